//! Whether the release runs, and runs well, in the environment before this one: asked there.

use indexmap::IndexMap;
use stratiform_service::status::{Ending, Phase};

use super::source::short;
use super::tally::Tally;
use super::{Check, Facts, Git, Heading, Id, Promotion, StackFound, Unasked, Verdict, running};
use crate::stack::is_same_json;

/// What has to run there.
struct Origin<'a> {
    release: Option<&'a str>,
    commit: Option<&'a str>,
}

impl<'a> Origin<'a> {
    fn of(release: Option<&'a str>, git: Option<&'a Git>) -> Origin<'a> {
        Origin {
            release: release.or_else(|| git.and_then(|git| git.tags.first()).map(String::as_str)),
            commit: git.map(|git| git.commit.as_str()),
        }
    }

    fn shown(&self) -> String {
        match (self.release, self.commit) {
            (Some(release), _) => format!("`{release}`"),
            (None, Some(commit)) => short(commit).to_owned(),
            (None, None) => "what is here".to_owned(),
        }
    }

    /// Whether a stack's tags say so.
    fn is_on(&self, found: &StackFound) -> bool {
        let has = |key, value: Option<&str>| value.is_some() && found.record(key) == value;
        has("release", self.release) || has("commit", self.commit)
    }

    /// Whether a stack comes from there. One that a release does not change keeps the tags of the last that did: then its
    /// template tells.
    fn is_of(&self, found: &StackFound) -> Option<bool> {
        if self.is_on(found) {
            return Some(true);
        }
        match &found.template {
            Some(Ok(template)) => Some(is_same_json(template, &found.planned)),
            Some(Err(_)) => None,
            None => Some(false),
        }
    }
}

/// The values of parameters that a release was tested with: those that the stacks of the environment before have, where it
/// runs there.
pub fn tested(
    promotion: &Promotion,
    release: Option<&str>,
    git: Option<&Git>,
) -> IndexMap<String, String> {
    let origin = Origin::of(release, git);
    let mut stacks = promotion.stacks.iter();
    let is_there = stacks.clone().any(|found| origin.is_on(found))
        && stacks.all(|found| origin.is_of(found) == Some(true));
    let stacks = promotion.stacks.iter().filter(|_| is_there);
    let parameters = stacks.filter_map(|found| Some(&found.there()?.parameters));
    let parameters = parameters.flatten();
    parameters
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

pub(super) fn promotion(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    if facts.wanted.heading == Heading::Back {
        tally.unasked(&Unasked::because(
            "not asked: what goes back was tested before",
            "",
        ));
        return tally.check(Id::Promotion, "");
    }
    let promotion = match &facts.promotion {
        None => {
            let well = format!("`{}` needs no other environment", facts.wanted.environment);
            return tally.check(Id::Promotion, well);
        }
        Some(Err(unasked)) => {
            tally.unasked(unasked);
            return tally.check(Id::Promotion, "");
        }
        Some(Ok(promotion)) => promotion,
    };
    let origin = Origin::of(facts.wanted.release.as_deref(), facts.git.as_ref().ok());
    let environment = &promotion.environment;
    let deploy = format!("deploy --env {environment}");
    for found in &promotion.stacks {
        let key = &found.key;
        let stack = match &found.stack {
            // Told with what runs.
            Err(_) => continue,
            Ok(None) => {
                tally.block(
                    format!("`{key}` is not deployed in `{environment}`"),
                    &deploy,
                );
                continue;
            }
            Ok(Some(stack)) => stack,
        };
        match stack.status.phase() {
            Phase::Settled(Ending::Applied) => {}
            Phase::Settled(Ending::Gone | Ending::Reviewed) => {
                tally.block(
                    format!("`{key}` is not deployed in `{environment}`"),
                    &deploy,
                );
                continue;
            }
            Phase::Settled(
                Ending::RolledBack
                | Ending::NeverCreated
                | Ending::Halfway
                | Ending::RollbackStuck
                | Ending::CreationStuck
                | Ending::Broken
                | Ending::Unknown,
            )
            | Phase::Moving(_) => {
                let status = &stack.status;
                tally.block(format!("`{key}` is {status} in `{environment}`"), &deploy);
                continue;
            }
        }
        match (origin.is_of(found), &found.template) {
            (Some(true), _) => {}
            (None, Some(Err(unasked))) => tally.unasked(unasked),
            (Some(false) | None, _) => {
                let runs = found
                    .record("release")
                    .map(|release| format!("`{release}`"));
                let runs = runs.unwrap_or_else(|| "something else".to_owned());
                tally.block(
                    format!(
                        "`{key}` in `{environment}` is {runs}, and not {}",
                        origin.shown()
                    ),
                    &deploy,
                );
            }
        }
    }
    running::all(
        &mut tally,
        Verdict::Block,
        &promotion.stacks,
        &promotion.running,
    );
    let well = format!(
        "{} runs in `{environment}`, and all is well there",
        origin.shown()
    );
    tally.check(Id::Promotion, well)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Block, Pass, Skipped};
    use super::super::{Promotion, fixture};
    use super::*;

    fn before(facts: &mut Facts) -> &mut Promotion {
        facts.promotion.as_mut().unwrap().as_mut().unwrap()
    }

    #[test]
    fn what_the_release_did_not_change_is_told_by_its_template() {
        let mut facts = fixture::facts();
        // `network` has the tag of `v1`, and the template of this release.
        assert_eq!(promotion(&facts).verdict, Pass);
        before(&mut facts).stacks[0].planned = "{\"Resources\":{\"A\":{}}}".to_owned();
        let check = promotion(&facts);
        assert_eq!((check.verdict, check.skippable), (Block, true));
        assert_eq!(check.reason, "`network` in `staging` is `v1`, and not `v2`");
        assert_eq!(check.remedy, "deploy --env staging");
        before(&mut facts).stacks[0].template = Some(Err(fixture::unasked()));
        assert_eq!(promotion(&facts).verdict, Skipped);
    }

    #[test]
    fn stacks_that_are_not_there_or_did_not_get_through() {
        for status in [
            "UPDATE_ROLLBACK_COMPLETE",
            "UPDATE_IN_PROGRESS",
            "REVIEW_IN_PROGRESS",
        ] {
            let mut facts = fixture::facts();
            let first = before(&mut facts).stacks.remove(0);
            let first = fixture::with_status(first, status);
            before(&mut facts).stacks.insert(0, first);
            assert_eq!(promotion(&facts).verdict, Block, "{status}");
        }
        let mut facts = fixture::facts();
        before(&mut facts).stacks[0].stack = Ok(None);
        assert_eq!(
            promotion(&facts).reason,
            "`network` is not deployed in `staging`"
        );
    }

    #[test]
    fn it_has_to_be_well_there() {
        let mut facts = fixture::facts();
        before(&mut facts).running.services[0].service = Ok(Some(fixture::service(1)));
        assert_eq!(promotion(&facts).verdict, Block);
        let mut facts = fixture::facts();
        before(&mut facts).running.alarms = Ok(vec![fixture::alarm("errors", "ALARM")]);
        assert_eq!(promotion(&facts).verdict, Block);
        let mut facts = fixture::facts();
        before(&mut facts).running.databases[0].database = Ok(None);
        assert_eq!(promotion(&facts).verdict, Block);
    }

    #[test]
    fn it_is_asked_and_never_assumed() {
        let mut facts = fixture::facts();
        before(&mut facts).stacks[0].stack = Err(fixture::unasked());
        assert_eq!(promotion(&facts).verdict, Skipped);
        facts.promotion = Some(Err(fixture::unasked()));
        assert_eq!(promotion(&facts).verdict, Skipped);
        facts.promotion = None;
        assert_eq!(promotion(&facts).verdict, Pass);
        facts.wanted.heading = Heading::Back;
        assert_eq!(promotion(&facts).verdict, Skipped);
    }

    #[test]
    fn only_what_was_tested_with_the_release() {
        let mut facts = fixture::facts();
        let git = facts.git.clone().unwrap();
        let before = before(&mut facts);
        for (found, image) in before.stacks.iter_mut().zip(["a@sha256:1", "a@sha256:2"]) {
            let stack = found.stack.as_mut().unwrap().as_mut().unwrap();
            stack
                .parameters
                .insert("ApiImage".to_owned(), image.to_owned());
        }
        let found = |before: &Promotion, release| {
            tested(before, Some(release), Some(&git))
                .get("ApiImage")
                .cloned()
        };
        assert_eq!(found(before, "v2").as_deref(), Some("a@sha256:2"));
        assert_eq!(found(before, "v3"), None);
        before.stacks[0].planned = "{}".to_owned();
        assert_eq!(found(before, "v2"), None);
    }
}
