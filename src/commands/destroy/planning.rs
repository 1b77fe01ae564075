//! From what is synthesized and the command line to a plan.

use stratiform_assembly::Assembly;
use stratiform_deploy::destruction::{Conduct, Plan, PlannedStack};
use stratiform_deploy::{Allowance, Loss, text_digest};
use stratiform_environment::Settings;
use stratiform_finding::words::{joined, meant};
use stratiform_finding::{Code, Finding};
use stratiform_service::{LogicalId, StackName};

use crate::args::{Allow, Destroy, Going};
use crate::commands::deploy::conduct::{concurrency, pace};
use crate::exit::Exit;
use crate::report::Failure;

/// Refuses an environment whose file says that it must not be lost.
///
/// # Errors
/// It does.
pub(super) fn protected(environment: &str, settings: &Settings) -> Result<(), Failure> {
    let reasons = [
        (
            settings.termination_protection,
            "settings.termination_protection",
            "its stacks are protected from being deleted",
        ),
        (
            settings.deployment.release_only,
            "settings.deployment.release_only",
            "only releases are deployed to it: somebody relies on it",
        ),
    ];
    let findings = reasons.into_iter().filter(|(is_set, ..)| *is_set);
    let findings = findings.map(|(_, setting, why)| {
        let what = format!("the environment `{environment}` is protected: `{setting}`");
        let help = format!(
            "if it is to go for good, set it to false in `{environment}.yaml`, have that reviewed, and deploy it"
        );
        Finding::new(Code::StackProtected, what, help).because(why)
    });
    let mut failure = Failure::of(findings);
    failure.exit = Exit::No;
    if failure.findings.is_empty() {
        Ok(())
    } else {
        Err(failure)
    }
}

/// All stacks of an environment, and what may go of them.
///
/// # Errors
/// A stack's name is none that CloudFormation takes; `--allow` names no stack, or no deletion.
pub(super) fn plan(
    assembly: &Assembly,
    settings: &Settings,
    args: &Destroy,
) -> Result<Plan, Failure> {
    let mut stacks: Vec<PlannedStack> = Vec::new();
    for stack in &assembly.stacks {
        let name = StackName::new(&stack.name).map_err(|malformed| {
            let what = malformed.to_string();
            Failure::of([Finding::new(Code::StackName, what, "rename the stack")])
        })?;
        let needed = stack.depends_on.iter();
        let needed =
            needed.filter_map(|name| stacks.iter().position(|other| other.name.as_str() == name));
        stacks.push(PlannedStack {
            name,
            key: assembly.key(&stack.name).to_owned(),
            depends_on: needed.collect(),
        });
    }
    let allowed = args.allow.iter().map(|allow| allowance(&stacks, allow));
    let allowed: Result<Vec<Allowance>, Failure> = allowed.collect();
    let conduct = Conduct {
        run: run(&args.env, &stacks),
        concurrency: concurrency(args.concurrency, &settings.deployment),
        allowed: allowed?,
        pace: pace(args.local),
    };
    Ok(Plan { stacks, conduct })
}

/// What a run is called: ten digits, the same for the same stacks, so that it is found again after an interruption.
fn run(environment: &str, stacks: &[PlannedStack]) -> String {
    let names: Vec<&str> = stacks.iter().map(|stack| stack.name.as_str()).collect();
    let text = format!("destroy\n{environment}\n{}", names.join("\n"));
    text_digest(&text).chars().take(10).collect()
}

fn allowance(stacks: &[PlannedStack], allow: &Allow) -> Result<Allowance, Failure> {
    let wrong = |code, what: String, help: String| Failure::new(Exit::Usage, code, what, help);
    let Allow::Resource {
        going,
        stack,
        logical_id,
    } = allow
    else {
        return Err(wrong(
            Code::UnknownResource,
            "`destroy` runs no task, and crosses none".to_owned(),
            "write what may be deleted: --allow delete:STACK/ID".to_owned(),
        ));
    };
    if *going != Going::Deleted {
        return Err(wrong(
            Code::UnknownResource,
            "`destroy` deletes, and does nothing else".to_owned(),
            format!("write what may be deleted: --allow delete:{stack}/{logical_id}"),
        ));
    }
    let is_it =
        |known: &&PlannedStack| known.key == *stack || known.name.as_str() == stack.as_str();
    let found = stacks.iter().find(is_it).ok_or_else(|| {
        let keys: Vec<&str> = stacks.iter().map(|stack| stack.key.as_str()).collect();
        let help = meant(stack, keys.iter().copied())
            .unwrap_or_else(|| format!("the stacks are: {}", joined(&keys)));
        wrong(
            Code::UnknownStack,
            format!("no stack is called `{stack}`"),
            help,
        )
    })?;
    let logical_id = LogicalId::new(logical_id);
    Ok(Allowance {
        loss: Loss::Delete,
        stack: found.key.clone(),
        logical_id: logical_id.map_err(|malformed| {
            wrong(
                Code::UnknownResource,
                malformed.to_string(),
                "write a logical ID: --allow delete:STACK/ID".to_owned(),
            )
        })?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stacks() -> Vec<PlannedStack> {
        vec![PlannedStack {
            name: "shop-dev-queues".parse().unwrap(),
            key: "queues".to_owned(),
            depends_on: Vec::new(),
        }]
    }

    fn allowed(text: &str) -> Result<Allowance, Failure> {
        allowance(&stacks(), &text.parse().unwrap())
    }

    #[test]
    fn only_deletions_of_stacks_that_are_there() {
        for text in ["delete:queues/Jobs", "delete:shop-dev-queues/Jobs"] {
            let found = allowed(text).unwrap();
            assert_eq!(
                (&*found.stack, found.logical_id.as_str()),
                ("queues", "Jobs")
            );
        }
        let replaced = allowed("replace:queues/Jobs").unwrap_err();
        assert!(replaced.findings[0].help.contains("delete:queues/Jobs"));
        let unknown = allowed("delete:queue/Jobs").unwrap_err();
        assert!(unknown.findings[0].help.contains("`queues`"));
        assert_eq!(unknown.exit, Exit::Usage);
    }

    #[test]
    fn a_run_is_called_the_same_when_it_is_started_again() {
        assert_eq!(run("dev", &stacks()), run("dev", &stacks()));
        assert_ne!(run("dev", &stacks()), run("qa", &stacks()));
    }
}
