//! What a handler asks AWS for, as the catalog says it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stratiform_catalog::action::{Action, Kind, action, actions};
use stratiform_catalog::{Handler, catalog};
use stratiform_engine::Handled;
use stratiform_permissions::{Condition, Grant, Lacking, Needed, lacking};

use crate::estate::{self, Estate};

/// An action on a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Request {
    pub(crate) action: String,
    pub(crate) resource: String,
    /// The service that a role is passed to.
    pub(crate) context: Option<String>,
}

/// What an action of a handler comes to.
pub(crate) enum Answer {
    Asks(Request),
    NothingToActOn(String),
    NoSuchAction(String),
}

impl Request {
    pub(crate) fn new(action: &Action, resource: &str) -> Request {
        Request {
            action: format!("{}:{}", action.service, action.name),
            resource: resource.to_owned(),
            context: None,
        }
    }
}

/// What a handler asks for: its own actions, and those of reading, on what it acts on.
pub(crate) fn of_handler(handled: &Handled, estate: &Estate) -> Vec<Answer> {
    let found = catalog().resource_type(&handled.resource_type).unwrap();
    let named = [handled.handler, Handler::Read]
        .into_iter()
        .flat_map(|handler| found.permissions(handler));
    let named: BTreeSet<&str> = named.chain(found.tagging_permissions()).collect();
    let own = estate::arns(handled);
    let mut answers = Vec::new();
    for name in named.into_iter().flat_map(actions_of) {
        let Some(known) = action(&name) else {
            answers.push(Answer::NoSuchAction(name));
            continue;
        };
        let resources: Vec<String> = match name.to_ascii_lowercase().as_str() {
            "iam:passrole" => {
                answers.extend(passed(handled, estate).into_iter().map(Answer::Asks));
                continue;
            }
            "iam:createservicelinkedrole" => linked(handled).into_iter().collect(),
            _ if known.kinds.is_empty() => vec!["*".to_owned()],
            _ => {
                // What AWS has for all is used, and not tagged.
                let is_tagging = found.tagging_permissions().any(|tagging| tagging == name);
                let is_meant = |arn: &&String| {
                    acts_on(known, arn) && !(is_tagging && arn.contains(":default"))
                };
                let own: Vec<_> = own.iter().filter(is_meant).cloned().collect();
                let has_own = own.iter().any(|arn| !arn.contains(":default"));
                let others = estate
                    .arns()
                    .filter(|arn| !has_own && !is_tagging && acts_on(known, arn));
                others.map(str::to_owned).chain(own.clone()).collect()
            }
        };
        if resources.is_empty() {
            answers.push(Answer::NothingToActOn(name));
            continue;
        }
        let requests = resources.iter().map(|resource| Request {
            action: name.clone(),
            resource: resource.clone(),
            context: None,
        });
        answers.extend(requests.map(Answer::Asks));
    }
    answers
}

/// The actions that a handler's word stands for.
pub(crate) fn actions_of(name: &str) -> impl Iterator<Item = String> {
    let start = name.strip_suffix('*').map(str::to_ascii_lowercase);
    let named = start.is_none().then(|| name.to_owned());
    let service = name.split(':').next().unwrap().to_ascii_lowercase();
    let all = actions(&service).map(|action| format!("{}:{}", action.service, action.name));
    let meant = all.filter(move |action| {
        let start = start.as_ref();
        start.is_some_and(|start| action.to_ascii_lowercase().starts_with(start))
    });
    named.into_iter().chain(meant.collect::<Vec<_>>())
}

/// Whether an ARN is of a kind that an action acts on.
pub(crate) fn acts_on(action: &Action, arn: &str) -> bool {
    let rest: Vec<&str> = arn.splitn(6, ':').skip(2).collect();
    // The package cuts formats at the first `*`: a bucket's and an object's look the same.
    let is_plausible = |kind: &&Kind| match (kind.name, rest[0]) {
        ("bucket", "s3") => !rest[3].contains('/'),
        ("object", "s3") => rest[3].contains('/'),
        (kind, "wafv2") => rest[3].contains(&format!("/{kind}/")),
        _ => true,
    };
    let formats = action
        .kinds
        .iter()
        .filter(is_plausible)
        .flat_map(|kind| &kind.formats);
    let mut formats = formats.map(|format| format.splitn(4, ':').collect::<Vec<_>>());
    formats.any(|format| {
        let start = format[3].trim_end_matches('*');
        let is_place = (format[1].is_empty(), format[2].is_empty())
            == (rest[1].is_empty(), rest[2].is_empty());
        let fits = match format[3].ends_with('*') {
            true => rest[3].starts_with(start) && rest[3].len() > start.len(),
            false => rest[3] == format[3],
        };
        format[0] == rest[0] && is_place && fits
    })
}

/// The roles of the environment that a type's handler passes to a service, by the services that their names tell.
fn passed(handled: &Handled, estate: &Estate) -> Vec<Request> {
    let (role, service) = match handled.resource_type.as_str() {
        "AWS::ECS::Service" | "AWS::ECS::TaskDefinition" => ("TaskRole-", "ecs-tasks"),
        "AWS::EC2::FlowLog" => ("FlowLogRole-", "vpc-flow-logs"),
        "AWS::RDS::DBInstance" => ("MonitoringRole-", "monitoring.rds"),
        "AWS::Backup::BackupSelection" => ("-backup-Role-", "backup"),
        _ => return Vec::new(),
    };
    let roles = estate
        .arns()
        .filter(|arn| arn.contains(":role/") && arn.contains(role));
    let request = |role: &str| Request {
        action: "iam:PassRole".to_owned(),
        resource: role.to_owned(),
        context: Some(format!("{service}.amazonaws.com")),
    };
    roles.map(request).collect()
}

/// The role that a service makes for itself.
fn linked(handled: &Handled) -> Option<String> {
    let service = match handled.resource_type.as_str() {
        "AWS::ApplicationAutoScaling::ScalableTarget" => "ecs.application-autoscaling",
        "AWS::Backup::BackupSelection" => "backup",
        "AWS::EC2::FlowLog" => "delivery.logs",
        "AWS::ECR::ReplicationConfiguration" => "replication.ecr",
        "AWS::ECS::Cluster" => "ecs",
        "AWS::WAFv2::LoggingConfiguration" => "wafv2",
        of_rds if of_rds.starts_with("AWS::RDS::") => "rds",
        _ => return None,
    };
    let role = format!("aws-service-role/{service}.amazonaws.com/AWSServiceRole");
    Some(format!("arn:aws:iam::{}:role/{role}", estate::ACCOUNT))
}

/// What policies refuse of requests.
pub(crate) fn answer(policies: &[Value], requests: &[Request]) -> Vec<Lacking> {
    let mut of_action: BTreeMap<(&str, Option<&str>), Vec<String>> = BTreeMap::new();
    for request in requests {
        let key = (request.action.as_str(), request.context.as_deref());
        of_action
            .entry(key)
            .or_default()
            .push(request.resource.clone());
    }
    let grants = of_action.into_iter().map(|((action, service), resources)| {
        let condition = service.map(|service| Condition {
            operator: "StringEquals".to_owned(),
            key: "iam:PassedToService".to_owned(),
            values: vec![service.to_owned()],
        });
        Grant {
            actions: vec![action.to_owned()],
            resources,
            conditions: condition.into_iter().collect(),
        }
    });
    let needed = Needed {
        grants: grants.collect(),
        ..Needed::default()
    };
    lacking(policies, &needed)
}
