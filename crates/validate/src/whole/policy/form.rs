//! The form of `CreationPolicy` and `UpdatePolicy`.
//!
//! Source: CloudFormation template reference, "CreationPolicy attribute" and "UpdatePolicy attribute".

use stratiform_finding::words::{listed, meant, shortened};
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Path, Resource, Step, Value};

use super::branches;
use crate::whole::told;

/// What something may be.
enum Form {
    Map(&'static [(&'static str, Form)]),
    Flag,
    /// A whole number, from and to.
    Whole(i64, i64),
    Text,
    Choice(&'static [&'static str]),
    List(&'static Form),
}

// A group without instances waits for no signal: templates that are deployed have `Count: 0`.
const SIGNAL: Form = Form::Map(&[("Count", Form::Whole(0, i64::MAX)), ("Timeout", Form::Text)]);
const PERCENT: Form = Form::Whole(0, 100);
const CREATION: Form = Form::Map(&[
    (
        "AutoScalingCreationPolicy",
        Form::Map(&[("MinSuccessfulInstancesPercent", PERCENT)]),
    ),
    ("ResourceSignal", SIGNAL),
]);
const SIGNALLED: Form = Form::Map(&[("ResourceSignal", SIGNAL)]);
const STARTED: Form = Form::Map(&[("StartFleet", Form::Flag)]);

const PROCESS: Form = Form::Choice(&[
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
]);
const ROLLING: Form = Form::Map(&[
    ("MaxBatchSize", Form::Whole(1, i64::MAX)),
    ("MinActiveInstancesPercent", PERCENT),
    ("MinInstancesInService", Form::Whole(0, i64::MAX)),
    ("MinSuccessfulInstancesPercent", PERCENT),
    ("PauseTime", Form::Text),
    ("SuspendProcesses", Form::List(&PROCESS)),
    ("WaitOnResourceSignals", Form::Flag),
]);
const PREFERENCES: Form = Form::Map(&[
    (
        "AlarmSpecification",
        Form::Map(&[("Alarms", Form::List(&Form::Text))]),
    ),
    ("BakeTime", Form::Whole(0, 172_800)),
    ("CheckpointDelay", Form::Whole(0, 172_800)),
    ("CheckpointPercentages", Form::List(&Form::Whole(1, 100))),
    ("InstanceWarmup", Form::Whole(0, i64::MAX)),
    ("MaxHealthyPercentage", Form::Whole(100, 200)),
    ("MinHealthyPercentage", PERCENT),
    (
        "ScaleInProtectedInstances",
        Form::Choice(&["Ignore", "Refresh", "Wait"]),
    ),
    ("SkipMatching", Form::Flag),
    (
        "StandbyInstances",
        Form::Choice(&["Ignore", "Terminate", "Wait"]),
    ),
]);
const SCALING: Form = Form::Map(&[
    (
        "AutoScalingInstanceRefresh",
        Form::Map(&[
            ("Preferences", PREFERENCES),
            ("Strategy", Form::Choice(&["ReplaceRootVolume", "Rolling"])),
        ]),
    ),
    (
        "AutoScalingReplacingUpdate",
        Form::Map(&[("WillReplace", Form::Flag)]),
    ),
    ("AutoScalingRollingUpdate", ROLLING),
    (
        "AutoScalingScheduledAction",
        Form::Map(&[("IgnoreUnmodifiedGroupSizeProperties", Form::Flag)]),
    ),
]);
const ALIAS: Form = Form::Map(&[(
    "CodeDeployLambdaAliasUpdate",
    Form::Map(&[
        ("AfterAllowTrafficHook", Form::Text),
        ("ApplicationName", Form::Text),
        ("BeforeAllowTrafficHook", Form::Text),
        ("DeploymentGroupName", Form::Text),
    ]),
)]);
const FLEET: Form = Form::Map(&[
    ("StopBeforeUpdate", Form::Flag),
    ("StartAfterUpdate", Form::Flag),
]);

fn creation(resource_type: &str) -> Option<Form> {
    match resource_type {
        "AWS::AutoScaling::AutoScalingGroup" => Some(CREATION),
        "AWS::EC2::Instance" | "AWS::CloudFormation::WaitCondition" => Some(SIGNALLED),
        "AWS::AppStream::Fleet" => Some(STARTED),
        _ => None,
    }
}

fn update(resource_type: &str) -> Option<Form> {
    match resource_type {
        "AWS::AutoScaling::AutoScalingGroup" => Some(SCALING),
        "AWS::Lambda::Alias" => Some(ALIAS),
        "AWS::ElastiCache::ReplicationGroup" => {
            Some(Form::Map(&[("UseOnlineResharding", Form::Flag)]))
        }
        "AWS::Elasticsearch::Domain" | "AWS::OpenSearchService::Domain" => {
            Some(Form::Map(&[("EnableVersionUpgrade", Form::Flag)]))
        }
        "AWS::AppStream::Fleet" => Some(FLEET),
        _ => None,
    }
}

/// Holds both against what the type takes. Modules take neither. `E5001`.
pub(super) fn check(resource: &Resource, path: &Path<'_>, findings: &mut Vec<Finding>) {
    let own = resource.resource_type.as_str();
    let is_module = own.ends_with("::MODULE");
    if !own.starts_with("AWS::") && !is_module {
        return;
    }
    // A policy that is of no use to the type does no harm.
    let lenient = if is_module {
        Level::Error
    } else {
        Level::Warning
    };
    for (name, value, form, level) in [
        (
            "CreationPolicy",
            &resource.creation_policy,
            creation(own),
            lenient,
        ),
        (
            "UpdatePolicy",
            &resource.update_policy,
            update(own),
            Level::Error,
        ),
    ] {
        let path = path.key(name);
        match (value, form) {
            (Some(value), Some(form)) => hold(value, &form, &path, findings),
            (Some(_), None) => findings.push(told(
                &path,
                (Code::ResourceAttribute, level),
                format!("{own} has no `{name}`"),
                "only some types have one, by AWS's page of the attribute",
                "remove it",
            )),
            (None, _) => {}
        }
    }
}

fn hold(value: &Value, form: &Form, path: &Path<'_>, findings: &mut Vec<Finding>) {
    if let Some(branches) = branches(value) {
        let path = path.key("Fn::If");
        for (position, branch) in branches {
            hold(branch, form, &path.below(Step::Index(position)), findings);
        }
        return;
    }
    if let Value::Function(function, _) = value {
        // These give text, and the others anything.
        let gives_text = matches!(function, Function::Ref | Function::Sub | Function::Join);
        if gives_text && matches!(form, Form::Map(_)) {
            wrong(form, path, findings);
        }
        return;
    }
    if *value == Value::Null {
        return;
    }
    match (form, value) {
        (Form::Map(members), Value::Map(entries)) => {
            for (key, value) in entries {
                let path = path.key(key);
                match members.iter().find(|(name, _)| name == key) {
                    Some((_, form)) => hold(value, form, &path, findings),
                    None if key.starts_with("Fn::") => {}
                    None => unknown(key, members, &path, findings),
                }
            }
        }
        (Form::List(item), Value::List(items)) => {
            for (position, value) in items.iter().enumerate() {
                hold(value, item, &path.below(Step::Index(position)), findings);
            }
        }
        _ if fits(form, value) => {}
        _ => wrong(form, path, findings),
    }
}

fn wrong(form: &Form, path: &Path<'_>, findings: &mut Vec<Finding>) {
    let what = format!("{} has the wrong form", crate::schema::named(path));
    findings.push(told(
        path,
        (Code::ResourceAttribute, Level::Error),
        what,
        format!("it must be {}", said(form)),
        "correct the value",
    ));
}

fn unknown(key: &str, members: &[(&str, Form)], path: &Path<'_>, findings: &mut Vec<Finding>) {
    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    let help = meant(key, names.iter().copied());
    findings.push(told(
        path,
        (Code::ResourceAttribute, Level::Error),
        format!("`{}` is not known here", shortened(key)),
        format!("there may be {}", listed(&names)),
        help.unwrap_or_else(|| "remove it".to_owned()),
    ));
}

fn fits(form: &Form, value: &Value) -> bool {
    let Some(text) = value.scalar() else {
        return false;
    };
    match form {
        Form::Flag => ["true", "false"].contains(&text.to_ascii_lowercase().as_str()),
        Form::Whole(least, most) => text
            .trim()
            .parse::<i64>()
            .is_ok_and(|number| (*least..=*most).contains(&number)),
        Form::Text => true,
        Form::Choice(known) => known.contains(&text.as_ref()),
        Form::Map(_) | Form::List(_) => false,
    }
}

fn said(form: &Form) -> String {
    match form {
        Form::Map(_) => "a map".to_owned(),
        Form::Flag => "`true` or `false`".to_owned(),
        Form::Whole(least, i64::MAX) => format!("a whole number, at least {least}"),
        Form::Whole(least, most) => format!("a whole number from {least} to {most}"),
        Form::Text => "text".to_owned(),
        Form::Choice(known) => format!("one of {}", listed(*known)),
        Form::List(_) => "a list".to_owned(),
    }
}
