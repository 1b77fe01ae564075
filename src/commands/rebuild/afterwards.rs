//! What is to be known after a rebuild: how long it took, what is different, and what a person has to do.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use stratiform_assembly::Assembly;
use stratiform_aws::Aws;
use stratiform_catalog::behaviour::{holds_data, holds_history};
use stratiform_deploy::rebuild::{Chosen, Phase, Timeline, timeline as in_order};
use stratiform_deploy::{Call, Reply};
use stratiform_service::{Region, ResourceStatus, StackEvent, Word};

use crate::commands::guard::looking::ask;
use crate::restores::restored;

/// What CloudFormation's events tell of a rebuild.
pub(super) struct Happened {
    /// How long each stack took, and each database in it.
    pub timeline: Option<Timeline>,
    /// What was there already, and is part of a stack now: `registry/ApiRepository`.
    pub taken_in: BTreeSet<String>,
}

/// Reads the events.
pub(super) async fn happened(aws: &Aws, assembly: &Assembly) -> Happened {
    let mut phases = Vec::new();
    let mut taken_in = BTreeSet::new();
    let all = assembly.stacks.iter().map(|stack| events(aws, &stack.name));
    for (stack, events) in assembly.stacks.iter().zip(join_all(all).await) {
        let Some(events) = events else { continue };
        let key = assembly.key(&stack.name);
        let imported = |event: &&StackEvent| {
            event.resource_status == Word::Known(ResourceStatus::ImportComplete)
        };
        let imported = events.iter().filter(imported);
        taken_in.extend(imported.map(|event| format!("{key}/{}", event.logical_resource_id)));
        phases.extend(Phase::of_stack(key, &events));
        let databases = restored(&stack.template).into_values();
        phases.extend(
            databases.filter_map(|restored| Phase::of_resource(key, restored.logical_id, &events)),
        );
    }
    Happened {
        timeline: in_order(phases),
        taken_in,
    }
}

/// The events of a stack's last operation; none where there is no stack, or it could not be asked.
async fn events(aws: &Aws, stack: &str) -> Option<Vec<StackEvent>> {
    let call = Call::DescribeStack {
        stack: stack.to_owned(),
    };
    let stack = ask(aws, call, |reply| match reply {
        Reply::Stack(stack) => Some(stack),
        _ => None,
    });
    let call = Call::StackEvents {
        stack: stack.await.ok()??.id,
        after: None,
    };
    let events = ask(aws, call, |reply| match reply {
        Reply::Events(events) => Some(events),
        _ => None,
    });
    events.await.ok()
}

/// What is different from the environment that was lost, and what is left to do.
pub(super) fn differences(
    environment: &str,
    assembly: &Assembly,
    beginnings: &[(String, Chosen)],
    taken_in: &BTreeSet<String>,
    lost: &Region,
) -> String {
    let region = &assembly.region;
    let mut lines = Vec::new();
    for (resource, chosen) in beginnings {
        lines.push(match (&chosen.snapshot, chosen.taken) {
            (Some(snapshot), Some(taken)) => {
                format!("{resource} has the data of {taken} ({snapshot}): what came later is lost with {lost}")
            }
            (Some(snapshot), None) => format!("{resource} has the data of {snapshot}"),
            (None, _) => format!("{resource} began empty"),
        });
    }
    let restored_ids: Vec<&str> = beginnings
        .iter()
        .map(|(resource, _)| resource.as_str())
        .collect();
    let empty: Vec<String> = assembly
        .stacks
        .iter()
        .flat_map(|stack| {
            let key = assembly.key(&stack.name);
            let all = stack.template.each_resource();
            let is_data = |of: &str| holds_data(of) && !holds_history(of) && of != "AWS::KMS::Key";
            let all = all.filter(move |(_, resource)| is_data(&resource.resource_type));
            all.map(move |(id, _)| format!("{key}/{id}"))
        })
        .filter(|resource| {
            !restored_ids.contains(&resource.as_str()) && !taken_in.contains(resource)
        })
        .collect();
    if !taken_in.is_empty() {
        let all: Vec<&str> = taken_in.iter().map(String::as_str).collect();
        lines.push(format!(
            "was there already, and is part of the stacks now: {}",
            all.join(", ")
        ));
    }
    if !empty.is_empty() {
        lines.push(format!("began empty: {}", empty.join(", ")));
    }
    lines.push("secrets that AWS makes (passwords, keys) have other values than before".to_owned());
    let todo = [
        format!(
            "point DNS at the load balancers and endpoints in {region}: their names are in the stacks' outputs"
        ),
        format!(
            "deploy there from now on: swap `region` and `disaster_recovery_region` in `environments/{environment}.yaml`, \
             run `synth` and `bootstrap --env {environment}`, commit"
        ),
        format!(
            "when {lost} is back: it was not touched, and its database goes on with the data of before. To go back with the data \
             of now: copy a snapshot of the database to {lost}; take the old environment down from a branch whose file still has \
             `region: {lost}` (`destroy` acts where the file says: with `region: {region}` it would take down what lives now); \
             then, with `region: {region}`, `rebuild --env {environment} --region {lost} --database SNAPSHOT`"
        ),
    ];
    let list = |lines: &[String]| {
        lines
            .iter()
            .map(|line| format!("  - {line}\n"))
            .collect::<String>()
    };
    format!(
        "\nwhat is different\n{}\nwhat is left to do\n{}",
        list(&lines),
        list(&todo)
    )
}
