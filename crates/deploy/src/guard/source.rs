//! What is deployed from: the commit, its release, and the snapshots.

use super::tally::{Tally, Wording, named};
use super::{Check, Deploys, Facts, Git, Heading, Id, Severity, Whose};

/// A commit as people read it.
pub(super) fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}

/// A check of what git knows.
fn asked(facts: &Facts, id: Id, look: impl FnOnce(&Git, &mut Tally) -> String) -> Check {
    let mut tally = Tally::default();
    let well = match &facts.git {
        Ok(git) => look(git, &mut tally),
        Err(unasked) => {
            tally.unasked(unasked);
            String::new()
        }
    };
    tally.check(id, well)
}

/// Says no where only releases are taken, and a word elsewhere.
fn say(facts: &Facts, tally: &mut Tally, reason: impl Into<Wording>, remedy: &str) {
    match facts.wanted.deploys {
        Deploys::ReleasesOnly => tally.block(reason, remedy),
        Deploys::AnyCommit => tally.warn(reason, remedy),
    }
}

pub(super) fn working_tree(facts: &Facts) -> Check {
    asked(facts, Id::WorkingTree, |git, tally| {
        if !git.changed.is_empty() {
            let reason = Wording::of(|length| {
                let files = named(git.changed.iter().map(String::as_str), length);
                format!("what is here is in no commit: {files}")
            });
            say(
                facts,
                tally,
                reason,
                "commit it, or put it away: `git stash`",
            );
        }
        format!("all is as in {}", short(&git.commit))
    })
}

pub(super) fn pushed(facts: &Facts) -> Check {
    asked(facts, Id::Pushed, |git, tally| {
        let commit = short(&git.commit);
        match &git.pushed {
            Ok(true) => {}
            Ok(false) => {
                let reason = format!("{commit} is in no branch of the remote");
                say(facts, tally, reason, "push it: `git push`");
            }
            Err(unasked) => tally.unasked(unasked),
        }
        format!("{commit} is at the remote")
    })
}

/// A release is a tag, and what is checked out is at it: whatever else is deployed would be recorded as what it is not.
pub(super) fn release(facts: &Facts) -> Check {
    if let (Some(tag), Err(unasked)) = (&facts.wanted.release, &facts.git) {
        let mut tally = Tally::default();
        let reason = format!(
            "whether `{tag}` is what is deployed is not known: {}",
            unasked.why
        );
        tally.block(reason, unasked.help.as_str());
        return tally.check(Id::Release, "");
    }
    asked(facts, Id::Release, |git, tally| {
        let commit = short(&git.commit);
        let claimed = facts.wanted.release.as_deref();
        match (claimed, &git.release) {
            (None, _) => {}
            (Some(tag), None) => tally.block(
                format!("the release `{tag}` is no tag that git knows here"),
                "fetch it (`git fetch --tags`), or name one that is there",
            ),
            (Some(_), Some(release)) if *release == git.commit => {}
            (Some(tag), Some(release)) => tally.block(
                format!(
                    "the release `{tag}` is {}, and {commit} is checked out",
                    short(release)
                ),
                format!("check it out: `git checkout {tag}`"),
            ),
        }
        match claimed.or(git.tags.first().map(String::as_str)) {
            Some(tag) => format!("{commit} is the release `{tag}`"),
            None => format!("{commit} is no release, and none is claimed"),
        }
    })
}

pub(super) fn release_only(facts: &Facts) -> Check {
    let environment = &facts.wanted.environment;
    match facts.wanted.deploys {
        Deploys::AnyCommit => {
            let well = format!("`{environment}` takes any commit");
            Tally::default().check(Id::ReleaseOnly, well)
        }
        Deploys::ReleasesOnly => asked(facts, Id::ReleaseOnly, |git, tally| {
            match git.tags.first() {
                Some(tag) => format!("`{environment}` takes only releases, and `{tag}` is one"),
                None => {
                    let commit = short(&git.commit);
                    tally.block(
                        format!("`{environment}` takes only releases, and {commit} has no tag"),
                        "check a release out, or make it one: `git tag`, and push the tag",
                    );
                    String::new()
                }
            }
        }),
    }
}

pub(super) fn snapshots(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    match &facts.stale {
        Err(unasked) => tally.unasked(unasked),
        Ok(stale) if stale.is_empty() => {}
        Ok(stale) => {
            let reason = Wording::of(|length| {
                let files = named(stale.iter().map(String::as_str), length);
                format!("what would be deployed was not reviewed: {files} of `snapshots`")
            });
            let remedy = "run `synth`, read `git diff snapshots`, and commit it";
            match facts.wanted.whose {
                Whose::Aws => tally.block(reason, remedy),
                // The engine takes what the working tree gives: that is what it is for.
                Whose::Engine => tally.warn(reason, remedy),
            }
        }
    }
    tally.check(Id::Snapshots, "they are what is synthesized")
}

/// What is wrong stops synthesis; what a policy forbids stops here. What is found in a release that ran already stops
/// nobody on the way back to it.
pub(super) fn findings(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    match &facts.findings {
        Err(unasked) => tally.unasked(unasked),
        Ok(found) => {
            let environment = &facts.wanted.environment;
            let remedy = format!("read `validate --env {environment}`");
            for flaw in found {
                match (flaw.severity, facts.wanted.heading) {
                    (Severity::Error, Heading::Forward) => {
                        tally.block(flaw.what.as_str(), remedy.as_str());
                    }
                    (Severity::Error, Heading::Back) | (Severity::Warning, _) => {
                        tally.warn(flaw.what.as_str(), remedy.as_str());
                    }
                }
            }
        }
    }
    tally.check(Id::Findings, "validation finds nothing in the templates")
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Block, Pass, Skipped, Warn};
    use super::super::{Flaw, Unasked, fixture};
    use super::*;

    fn git(facts: &mut Facts) -> &mut Git {
        facts.git.as_mut().unwrap()
    }

    #[test]
    fn what_validation_finds_is_told() {
        let mut facts = fixture::facts();
        assert_eq!(findings(&facts).verdict, Pass);
        let flaw = |what: &str, severity| Flaw {
            what: what.to_owned(),
            severity,
        };
        facts.findings = Ok(vec![
            flaw("one", Severity::Warning),
            flaw("two", Severity::Warning),
        ]);
        let check = findings(&facts);
        assert_eq!((check.verdict, &*check.reason), (Warn, "one; two"));
        assert_eq!(check.remedy, "read `validate --env prod`");
        facts.findings = Ok(vec![
            flaw("one", Severity::Warning),
            flaw("two", Severity::Error),
        ]);
        let check = findings(&facts);
        assert_eq!((check.verdict, &*check.reason), (Block, "two; one"));
        assert!(check.skippable);
        facts.wanted.heading = Heading::Back;
        assert_eq!(findings(&facts).verdict, Warn);
    }

    fn no_git() -> Facts {
        let mut facts = fixture::facts();
        facts.git = Err(Unasked::because("no repository", "make one"));
        facts
    }

    #[test]
    fn a_working_tree() {
        let mut facts = fixture::facts();
        assert_eq!(working_tree(&facts).verdict, Pass);
        git(&mut facts).changed = vec!["stacks/a.rs".to_owned()];
        assert_eq!(working_tree(&facts).verdict, Block);
        facts.wanted.deploys = Deploys::AnyCommit;
        let check = working_tree(&facts);
        assert_eq!(check.verdict, Warn);
        assert_eq!(check.reason, "what is here is in no commit: `stacks/a.rs`");
        assert_eq!(working_tree(&no_git()).verdict, Skipped);
    }

    #[test]
    fn pushed_or_not() {
        let mut facts = fixture::facts();
        assert_eq!(pushed(&facts).verdict, Pass);
        git(&mut facts).pushed = Ok(false);
        assert_eq!(pushed(&facts).verdict, Block);
        facts.wanted.deploys = Deploys::AnyCommit;
        assert_eq!(pushed(&facts).verdict, Warn);
        git(&mut facts).pushed = Err(Unasked::because("no remote", ""));
        assert_eq!(pushed(&facts).verdict, Skipped);
        assert_eq!(pushed(&no_git()).verdict, Skipped);
    }

    #[test]
    fn a_release_is_what_is_checked_out() {
        let mut facts = fixture::facts();
        let check = release(&facts);
        assert_eq!(
            (check.verdict, &*check.reason),
            (Pass, "1111111 is the release `v2`")
        );
        git(&mut facts).release = Some("2222222222".to_owned());
        let check = release(&facts);
        assert_eq!(check.verdict, Block);
        assert_eq!(
            check.reason,
            "the release `v2` is 2222222, and 1111111 is checked out"
        );
        git(&mut facts).release = None;
        let check = release(&facts);
        assert_eq!((check.verdict, check.skippable), (Block, false));
        assert!(check.reason.contains("no tag"), "{}", check.reason);
        facts.wanted.release = None;
        assert_eq!(release(&facts).verdict, Pass);
        git(&mut facts).tags.clear();
        let check = release(&facts);
        assert_eq!(check.reason, "1111111 is no release, and none is claimed");
        let mut facts = no_git();
        assert_eq!(release(&facts).verdict, Block);
        facts.wanted.release = None;
        assert_eq!(release(&facts).verdict, Skipped);
    }

    #[test]
    fn only_releases() {
        let mut facts = fixture::facts();
        assert_eq!(release_only(&facts).verdict, Pass);
        git(&mut facts).tags.clear();
        assert_eq!(release_only(&facts).verdict, Block);
        facts.wanted.deploys = Deploys::AnyCommit;
        assert_eq!(release_only(&facts).verdict, Pass);
        assert_eq!(release_only(&no_git()).verdict, Skipped);
    }

    #[test]
    fn stale_snapshots() {
        let mut facts = fixture::facts();
        assert_eq!(snapshots(&facts).verdict, Pass);
        facts.stale = Ok(vec!["prod/network.yaml".to_owned()]);
        let check = snapshots(&facts);
        assert_eq!((check.verdict, check.skippable), (Block, false));
        facts.wanted.whose = Whose::Engine;
        assert_eq!(snapshots(&facts).verdict, Warn);
        facts.stale = Err(Unasked::because("a file cannot be read", ""));
        assert_eq!(snapshots(&facts).verdict, Skipped);
    }
}
