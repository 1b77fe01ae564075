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

/// Reads the events. `phases` are those of before.
pub(super) async fn happened(aws: &Aws, assembly: &Assembly, mut phases: Vec<Phase>) -> Happened {
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

/// What is told of it.
pub(super) struct Afterwards<'a> {
    pub environment: &'a str,
    /// What was made.
    pub made: &'a Assembly,
    /// The region that was lost or left.
    pub from: &'a Region,
    /// Whether it went home.
    pub is_back: bool,
    /// What each database began with.
    pub beginnings: &'a [(String, Chosen)],
    /// What was there already.
    pub taken_in: &'a BTreeSet<String>,
}

impl Afterwards<'_> {
    /// What is different from what it was made from, and what is left to do.
    pub(super) fn told(&self) -> String {
        let todo = match self.is_back {
            true => self.todo_at_home(),
            false => self.todo_elsewhere(),
        };
        let list = |lines: &[String]| {
            lines
                .iter()
                .map(|line| format!("  - {line}\n"))
                .collect::<String>()
        };
        format!(
            "\nwhat is different\n{}\nwhat is left to do\n{}",
            list(&self.differences()),
            list(&todo)
        )
    }

    fn differences(&self) -> Vec<String> {
        let Afterwards {
            made,
            from,
            beginnings,
            taken_in,
            ..
        } = *self;
        let later = match self.is_back {
            true => format!("what was written in {from} later is not in it"),
            false => format!("what came later is lost with {from}"),
        };
        let mut lines = Vec::new();
        for (resource, chosen) in beginnings {
            lines.push(match (&chosen.snapshot, chosen.taken) {
                (Some(snapshot), Some(taken)) => {
                    format!("{resource} has the data of {taken} ({snapshot}): {later}")
                }
                (Some(snapshot), None) => format!("{resource} has the data of {snapshot}"),
                (None, _) => format!("{resource} began empty"),
            });
        }
        let restored_ids: Vec<&str> = beginnings
            .iter()
            .map(|(resource, _)| resource.as_str())
            .collect();
        let empty: Vec<String> = made
            .stacks
            .iter()
            .flat_map(|stack| {
                let key = made.key(&stack.name);
                let all = stack.template.each_resource();
                let is_data =
                    |of: &str| holds_data(of) && !holds_history(of) && of != "AWS::KMS::Key";
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
        lines.push(
            "secrets that AWS makes (passwords, keys) have other values than before".to_owned(),
        );
        lines
    }

    fn todo_elsewhere(&self) -> Vec<String> {
        let (environment, from, region) = (self.environment, self.from, &self.made.region);
        vec![
            dns(region),
            format!(
                "deploy there from now on: swap `region` and `disaster_recovery_region` in `environments/{environment}.yaml`, \
                 run `synth` and `bootstrap --env {environment}`, commit"
            ),
            format!(
                "when {from} is back: it was not touched, and its database goes on with the data of before. To go back with the \
                 data of now: in a file with `region: {from}` and `disaster_recovery_region: {region}`, \
                 `rebuild --env {environment} --back`; it says what has to go first"
            ),
        ]
    }

    fn todo_at_home(&self) -> Vec<String> {
        let (environment, from, region) = (self.environment, self.from, &self.made.region);
        vec![
            dns(region),
            format!(
                "deploy from now on with `region: {region}`; where the bootstrap was moved: `bootstrap --env {environment}`"
            ),
            format!(
                "{from} was not touched but for the snapshots, and goes on. When nothing uses it any more, take it down, since the next rebuild there stops at its data: on a \
                 branch with `region: {from}` and `disaster_recovery_region: {region}` in `environments/{environment}.yaml`, \
                 and {}; there `synth`, `deploy --env {environment}`, and then `destroy --env {environment}`, which names what \
                 has data",
                unprotected()
            ),
            "delete the snapshots, in both regions, when nobody needs them any more".to_owned(),
        ]
    }
}

fn dns(region: &Region) -> String {
    format!(
        "point DNS at the load balancers and endpoints in {region}: their names are in the stacks' outputs"
    )
}

/// What `destroy` asks for, of a file.
fn unprotected() -> &'static str {
    "`termination_protection: false`, `deployment.release_only: false`, and the deletion protection of databases and load \
     balancers off"
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.,:/=@+".contains(c);
    match word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// How room is made at home for what comes back.
pub(super) fn room(
    environment: &str,
    (from, home): (&Region, &Region),
    values: &[String],
) -> String {
    let values = values.iter();
    let values: String = values
        .map(|one| format!(" --parameter {}", quoted(one)))
        .collect();
    let off = unprotected();
    format!(
        "before {environment} comes back to {home}
  1. see that nothing uses its stacks there: DNS points at {from}, and nobody deploys meanwhile. What was written after the \
     last backup that was copied is only there: save what is needed of it
  2. on a branch, in `environments/{environment}.yaml`, with `region: {home}` as it is: {off}
  3. there, one after the other; the last one names what has data, and asks for its `--allow`:
       synth
       deploy --env {environment}
       destroy --env {environment}
  4. on what is deployed otherwise:
       rebuild --env {environment} --back{values}\n\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_words_of_a_shell() {
        let plain = "Certificate=arn:aws:acm:eu-west-1:111122223333:certificate/1a";
        assert_eq!(quoted(plain), plain);
        assert_eq!(quoted("Motto=it's $5"), r"'Motto=it'\''s $5'");
    }
}
