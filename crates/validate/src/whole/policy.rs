//! What stands beside properties: deletion, replacement, creation and updates. `E3016`, `E3035`, `E3036`, `E3055`,
//! `W3011`.
//!
//! Source: CloudFormation template reference, "Resource attribute reference".

mod form;

use stratiform_catalog::behaviour;
use stratiform_finding::words::{listed, meant, shortened};
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Path, Resource, Step, Value};

use super::{section, told};
use crate::scene::Scene;

pub(super) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    if scene.is_transformed {
        return;
    }
    let resources = section("Resources");
    for (logical_id, resource) in scene.template.each_resource() {
        let path = resources.key(logical_id);
        let deletion = &resource.deletion_policy;
        let replacement = &resource.update_replace_policy;
        for (name, value, only) in [
            ("DeletionPolicy", deletion, Some("RetainExceptOnCreate")),
            ("UpdateReplacePolicy", replacement, None),
        ] {
            if let Some(value) = value {
                what_remains(resource, value, only, &path.key(name), findings);
            }
        }
        findings.extend(uneven(resource, &path));
        form::check(resource, &path, findings);
    }
}

/// `Delete`, `Retain` and their like.
fn what_remains(
    resource: &Resource,
    value: &Value,
    only: Option<&'static str>,
    path: &Path<'_>,
    findings: &mut Vec<Finding>,
) {
    if let Some(branches) = branches(value) {
        let path = path.key(Function::If.name());
        for (position, branch) in branches {
            let path = path.below(Step::Index(position));
            what_remains(resource, branch, only, &path, findings);
        }
        return;
    }
    let text = match value {
        // Where the stack is says nothing of what remains of it.
        Value::Function(Function::Ref, name)
            if name.as_str().is_some_and(|name| name.starts_with("AWS::")) =>
        {
            ""
        }
        // What a function gives is not known.
        Value::Function(..) | Value::Null => return,
        Value::String(text) => text.as_str(),
        _ => "",
    };
    let mut known = vec!["Delete", "Retain"];
    known.extend(only);
    let own = resource.resource_type.as_str();
    if behaviour::takes_snapshot(own)
        || !own.starts_with("AWS::")
        || own.starts_with("AWS::Serverless::")
    {
        known.push("Snapshot");
    }
    if known.contains(&text) {
        return;
    }
    let name = crate::schema::named(path);
    let what = match text {
        "" => format!("{name} is no text"),
        "Snapshot" => format!("{own} has no snapshots"),
        _ => format!("{name} is `{}`", shortened(text)),
    };
    let help = meant(text, known.iter().copied());
    findings.push(told(
        path,
        (Code::ResourceAttribute, Level::Error),
        what,
        format!("it must be one of {}", listed(&known)),
        help.unwrap_or_else(|| "write one of them".to_owned()),
    ));
}

/// The branches of an `Fn::If`, with their positions.
fn branches(value: &Value) -> Option<[(usize, &Value); 2]> {
    match value {
        Value::Function(Function::If, argument) => match argument.as_list() {
            Some([_, then, otherwise]) => Some([(1, then), (2, otherwise)]),
            _ => None,
        },
        _ => None,
    }
}

/// Whether something remains, in one case or another.
fn saves(policy: &Value) -> bool {
    match branches(policy) {
        Some(branches) => branches.iter().any(|(_, branch)| saves(branch)),
        None => policy.as_str().is_some_and(|text| text != "Delete"),
    }
}

/// Data that is saved in one case, and in the other not.
fn uneven(resource: &Resource, path: &Path<'_>) -> Option<Finding> {
    // Versions are there to be kept, and no update replaces what was published.
    let own = resource.resource_type.as_str();
    if ["AWS::Lambda::LayerVersion", "AWS::Lambda::Version"].contains(&own) {
        return None;
    }
    let saves = |policy: &Option<Value>| policy.as_ref().is_some_and(saves);
    let (has, lacks) = match (&resource.deletion_policy, &resource.update_replace_policy) {
        (one, None) if saves(one) => ("DeletionPolicy", "UpdateReplacePolicy"),
        (None, other) if saves(other) => ("UpdateReplacePolicy", "DeletionPolicy"),
        _ => return None,
    };
    let when = match lacks {
        "DeletionPolicy" => "deleted",
        _ => "replaced",
    };
    Some(told(
        path,
        (Code::UnevenPolicies, Level::Warning),
        format!("the resource has `{has}` and no `{lacks}`"),
        format!("when it is {when}, nothing remains of it"),
        format!("add `{lacks}`"),
    ))
}
