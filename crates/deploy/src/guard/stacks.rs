//! How the stacks stand: whether they can be deployed, who is at work, and the way back.

use std::collections::BTreeSet;

use stratiform_service::ResourceStatus;
use stratiform_service::status::{Ending, Phase};

use super::tally::{Tally, Wording, named};
use super::{Check, Facts, Id, StackFound};
use crate::call::Stack;
use crate::plan::Mending;
use crate::token::token_prefix;

pub(super) fn state(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    for found in &facts.stacks {
        match &found.stack {
            Err(unasked) => tally.unasked(unasked),
            Ok(None) => {}
            Ok(Some(stack)) => look(facts, found, stack, &mut tally),
        }
    }
    let there = facts.stacks.iter().filter(|found| found.there().is_some());
    let well = match (there.count(), facts.stacks.len()) {
        (0, all) => format!("all {all} stacks are made anew"),
        (there, all) => format!("all {all} stacks can be deployed, {there} are there"),
    };
    tally.check(Id::StackState, well)
}

fn look(facts: &Facts, found: &StackFound, stack: &Stack, tally: &mut Tally) {
    let key = &found.key;
    let status = &stack.status;
    let environment = &facts.wanted.environment;
    let mends = facts.wanted.mending == Mending::Rollbacks;
    match status.phase() {
        Phase::Settled(Ending::Applied | Ending::RolledBack | Ending::Gone | Ending::Reviewed) => {}
        Phase::Settled(Ending::NeverCreated) => match &found.resources {
            Err(unasked) => tally.unasked(unasked),
            Ok(resources) => {
                let left = resources.iter().filter(|resource| {
                    resource.physical_id.is_some()
                        && resource.status != ResourceStatus::DeleteComplete
                });
                let left: Vec<&str> = left.map(|resource| resource.logical_id.as_str()).collect();
                if left.is_empty() {
                    tally.warn(
                        format!("`{key}` is {status}: it holds nothing, and is deleted first"),
                        "",
                    );
                } else {
                    tally.block(
                        Wording::of(|length| {
                            let left = named(left.iter().copied(), length);
                            format!("`{key}` is {status}, and still has {left}")
                        }),
                        format!(
                            "look at what is left, and delete the stack `{}`",
                            stack.name
                        ),
                    );
                }
            }
        },
        Phase::Settled(Ending::Halfway | Ending::RollbackStuck) if mends => {
            tally.warn(format!("`{key}` is {status}: it is rolled back first"), "")
        }
        Phase::Settled(Ending::Halfway | Ending::RollbackStuck) => tally.block(
            format!("`{key}` is {status}: it has to be rolled back first"),
            format!("deploy --env {environment} --continue-rollback"),
        ),
        Phase::Settled(Ending::CreationStuck) if mends => tally.warn(
            format!("`{key}` is {status}: what is left of its creation is deleted first"),
            "",
        ),
        Phase::Settled(Ending::CreationStuck) => tally.block(
            format!("`{key}` is {status}: what is left of its creation has to be deleted first"),
            format!("rollback --env {environment}"),
        ),
        Phase::Settled(Ending::Broken) => tally.block(
            format!("`{key}` is {status}: what is left of it can only be deleted"),
            format!(
                "look at what is left, and delete the stack `{}`",
                stack.name
            ),
        ),
        Phase::Settled(Ending::Unknown) => tally.block(
            format!("`{key}` is {status}, which is not known here"),
            "look at the stack in CloudFormation",
        ),
        Phase::Moving(_) if is_own(facts, found) => {}
        Phase::Moving(_) => tally.add(
            super::Verdict::Skipped,
            format!("`{key}` is {status}: how that ends is not known yet"),
            "",
        ),
    }
}

/// Whether what is going on in a stack is the run that asks: one that was interrupted, and goes on.
fn is_own(facts: &Facts, found: &StackFound) -> bool {
    let own = facts.wanted.run.as_deref().map(token_prefix);
    let token = found.token.as_deref();
    own.zip(token)
        .is_some_and(|(own, token)| token.starts_with(&own))
}

pub(super) fn nobody_else(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    let mut goes_on = false;
    for found in &facts.stacks {
        let stack = match &found.stack {
            Err(unasked) => {
                tally.unasked(unasked);
                continue;
            }
            Ok(None) => continue,
            Ok(Some(stack)) => stack,
        };
        if !matches!(stack.status.phase(), Phase::Moving(_)) {
            continue;
        }
        if is_own(facts, found) {
            goes_on = true;
            continue;
        }
        // The tags say who deployed last; only the token says who is at work.
        let ours = found.token.as_deref();
        let ours = ours.and_then(|token| token.strip_prefix("stratiform-"));
        let by = match (ours, found.record("run"), found.record("deployed-by")) {
            (None, ..) => ", and not by a run of ours".to_owned(),
            (Some(token), run, by) => {
                let run = run.filter(|run| token.starts_with(run));
                let by = by.filter(|_| run.is_some());
                let run = run.map_or("a run of ours".to_owned(), |run| format!("the run {run}"));
                let by = by.map(|by| format!(" of {by}")).unwrap_or_default();
                format!(", by {run}{by}")
            }
        };
        tally.block(
            format!("`{}` is {}{by}", found.key, stack.status),
            "wait until it is done; the same deployment, started again, goes on",
        );
    }
    let well = if goes_on {
        "only this run, which was interrupted and goes on"
    } else {
        "nothing is going on in any stack"
    };
    tally.check(Id::NobodyElse, well)
}

/// Whether what is deployed can be deployed again: the templates can be read, git knows the releases that run, and nothing
/// is done that cannot be undone.
pub(super) fn way_back(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    let mut releases = BTreeSet::new();
    let mut readable = 0;
    for found in &facts.stacks {
        if let Err(unasked) = &found.stack {
            tally.unasked(unasked);
        }
        match &found.template {
            None => {}
            Some(Ok(_)) => readable += 1,
            Some(Err(refused)) if refused.is_refused() => tally.block(
                format!("`{}` could not go back: {}", found.key, refused.why),
                &refused.help,
            ),
            Some(Err(unasked)) => tally.unasked(unasked),
        }
        releases.extend(found.record("release"));
    }
    match &facts.git {
        _ if releases.is_empty() => {}
        Err(unasked) => tally.unasked(unasked),
        Ok(git) => {
            let is_known = |release: &&str| git.known.iter().any(|tag| tag == release);
            let unknown: Vec<&str> = releases.iter().copied().filter(|r| !is_known(r)).collect();
            if !unknown.is_empty() {
                tally.warn(
                    Wording::of(|length| {
                        let unknown = named(unknown.iter().copied(), length);
                        format!("what runs is {unknown}, which git does not know here")
                    }),
                    "fetch it, so that a rollback finds it: `git fetch --tags`",
                );
            }
        }
    }
    match &facts.tasks {
        Err(unasked) => tally.unasked(unasked),
        Ok(tasks) => {
            let crossed = &facts.wanted.crossed;
            let one_way = tasks
                .iter()
                .filter(|task| task.runs && !task.reversible && !crossed.contains(&task.name));
            for task in one_way {
                let (name, service) = (&task.name, &task.service);
                tally.warn(
                    format!(
                        "the task `{name}` of `{service}` runs, and cannot be undone: from then on nothing goes back by itself"
                    ),
                    format!(
                        "if what runs now runs well with what it leaves, say so: --allow cross:{name}"
                    ),
                );
            }
        }
    }
    let well = match readable {
        0 => "nothing is deployed that could be lost".to_owned(),
        readable => format!("the templates of all {readable} deployed stacks can be read"),
    };
    tally.check(Id::WayBack, well)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Block, Pass, Skipped, Warn};
    use super::super::{TaskFound, Unasked, fixture};
    use super::*;
    use crate::call::FailureKind;

    /// The first stack has another status.
    fn with(status: &str) -> Facts {
        let mut facts = fixture::facts();
        let first = facts.stacks.remove(0);
        facts.stacks.insert(0, fixture::with_status(first, status));
        facts
    }

    #[test]
    fn what_a_status_comes_to() {
        let cases = [
            ("CREATE_COMPLETE", Pass),
            ("UPDATE_ROLLBACK_COMPLETE", Pass),
            ("REVIEW_IN_PROGRESS", Pass),
            ("ROLLBACK_COMPLETE", Block),
            ("UPDATE_FAILED", Block),
            ("UPDATE_ROLLBACK_FAILED", Block),
            ("DELETE_FAILED", Block),
            ("UPDATE_IN_PROGRESS", Skipped),
            ("SOMETHING_NEW", Block),
        ];
        for (status, verdict) in cases {
            assert_eq!(state(&with(status)).verdict, verdict, "{status}");
        }
        let check = state(&with("UPDATE_ROLLBACK_FAILED"));
        assert_eq!(check.remedy, "deploy --env prod --continue-rollback");
        assert!(!check.skippable);
        let mut facts = with("UPDATE_ROLLBACK_FAILED");
        facts.wanted.mending = Mending::Rollbacks;
        assert_eq!(state(&facts).verdict, Warn);
    }

    #[test]
    fn a_creation_that_never_succeeded_goes_where_it_holds_nothing() {
        let mut facts = with("ROLLBACK_COMPLETE");
        let check = state(&facts);
        assert!(check.reason.contains("still has `Vpc`"), "{}", check.reason);
        facts.stacks[0].resources = Ok(Vec::new());
        assert_eq!(state(&facts).verdict, Warn);
        facts.stacks[0].resources = Err(fixture::unasked());
        assert_eq!(state(&facts).verdict, Skipped);
    }

    #[test]
    fn a_first_deployment() {
        let mut facts = fixture::facts();
        for found in &mut facts.stacks {
            found.stack = Ok(None);
            found.template = None;
            found.resources = Ok(Vec::new());
        }
        assert_eq!(state(&facts).reason, "all 2 stacks are made anew");
        assert_eq!(nobody_else(&facts).verdict, Pass);
        let check = way_back(&facts);
        assert_eq!(
            (check.verdict, &*check.reason),
            (Pass, "nothing is deployed that could be lost")
        );
    }

    #[test]
    fn somebody_is_deploying() {
        let mut facts = with("UPDATE_IN_PROGRESS");
        let check = nobody_else(&facts);
        assert_eq!((check.verdict, check.skippable), (Block, false));
        assert_eq!(
            check.reason,
            "`network` is UPDATE_IN_PROGRESS, and not by a run of ours"
        );
        facts.stacks[0].token = Some("stratiform-abc-12345678-1".to_owned());
        assert_eq!(
            nobody_else(&facts).reason,
            "`network` is UPDATE_IN_PROGRESS, by the run abc of bob"
        );
        facts.wanted.run = Some("abc".to_owned());
        assert_eq!(nobody_else(&facts).verdict, Pass);
        assert_eq!(state(&facts).verdict, Pass);
        facts.stacks[0].token = Some("stratiform-xyz-12345678-1".to_owned());
        assert_eq!(
            nobody_else(&facts).reason,
            "`network` is UPDATE_IN_PROGRESS, by a run of ours"
        );
        assert_eq!(nobody_else(&fixture::facts()).verdict, Pass);
        facts.stacks[0].stack = Err(fixture::unasked());
        assert_eq!(nobody_else(&facts).verdict, Skipped);
    }

    #[test]
    fn what_cannot_be_undone_is_named_before() {
        let task = |name: &str, runs, reversible| TaskFound {
            name: name.to_owned(),
            service: "api".to_owned(),
            runs,
            reversible,
        };
        let mut facts = fixture::facts();
        facts.tasks = Ok(vec![
            task("migrate", true, false),
            task("smoke", true, true),
            task("seed", false, false),
        ]);
        let check = way_back(&facts);
        assert_eq!(check.verdict, Warn);
        assert!(
            check.reason.contains("`migrate` of `api`"),
            "{}",
            check.reason
        );
        assert!(!check.reason.contains("smoke") && !check.reason.contains("seed"));
        facts.wanted.crossed = vec!["migrate".to_owned()];
        assert_eq!(way_back(&facts).verdict, Pass);
    }

    #[test]
    fn the_way_back() {
        let mut facts = fixture::facts();
        assert_eq!(way_back(&facts).verdict, Pass);
        facts.git.as_mut().unwrap().known.clear();
        let check = way_back(&facts);
        assert_eq!(check.verdict, Warn);
        assert!(check.reason.contains("`v1`"), "{}", check.reason);
        facts.stacks[0].template = Some(Err(fixture::unasked()));
        facts.git.as_mut().unwrap().known = vec!["v1".to_owned()];
        assert_eq!(way_back(&facts).verdict, Skipped);
        facts.stacks[0].template = Some(Err(Unasked {
            kind: Some(FailureKind::Denied),
            ..fixture::unasked()
        }));
        let check = way_back(&facts);
        assert_eq!((check.verdict, check.skippable), (Block, true));
    }
}
