//! Where a deployment comes from, and what its run is called.

use stratiform_deploy::call::ParameterValue;
use stratiform_deploy::{PlannedStack, Record, text_digest};

use super::asking::Consent;
use crate::repository::head::Head;

/// What is asked for and found of a deployment's origin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    /// What is checked out.
    pub head: Option<&'a Head>,
    /// The release that was named.
    pub release: Option<&'a str>,
    /// The ARN of whoever deploys.
    pub caller: &'a str,
    /// Who GitHub says it is.
    pub actor: Option<&'a str>,
    /// Whose word it has, as far as that is known before it is asked for.
    pub consent: Consent,
    /// Whose word it is said to have.
    pub approved_by: Option<&'a str>,
    /// Why it could not wait.
    pub reason: Option<&'a str>,
    /// The region that was lost or left.
    pub rebuilt_from: Option<&'a str>,
}

/// Who GitHub says it is, in a job of its.
pub(crate) fn actor() -> Option<String> {
    std::env::var("GITHUB_ACTOR").ok()
}

/// The record of a deployment. Whether the release that was named is what is deployed, the guard asks.
pub(crate) fn record(origin: Origin<'_>) -> Record {
    let Origin {
        head,
        release,
        caller,
        actor,
        consent,
        approved_by,
        reason,
        rebuilt_from,
    } = origin;
    let tags = head.map(|head| head.tags.as_slice()).unwrap_or_default();
    let release = release.or_else(|| tags.first().map(String::as_str));
    let named = caller.rsplit(['/', ':']).next();
    let deployed_by = actor.or(named).filter(|name| !name.is_empty());
    Record {
        release: release.map(str::to_owned),
        commit: head.map(|head| head.commit.clone()),
        deployed_by: deployed_by.map(str::to_owned),
        reason: reason.map(str::to_owned),
        approved_by: approved_by
            .map(str::to_owned)
            .or_else(|| deployed_by.and_then(|name| consent.approver(name))),
        skipped: None,
        rebuilt_from: rebuilt_from.map(str::to_owned),
    }
}

/// What a run is called: ten digits that follow from where it comes from and what is to be there.
pub(crate) fn run(environment: &str, record: &Record, stacks: &[PlannedStack]) -> String {
    let mut text = format!("{environment}\n{:?}\n{:?}\n", record.commit, record.release);
    for stack in stacks {
        text += &format!("{} {}\n", stack.name, text_digest(&stack.template));
        for (name, value) in &stack.parameters {
            text += &match value {
                ParameterValue::Value(value) => format!("{name}={value:?}\n"),
                ParameterValue::Previous => format!("{name}\n"),
            };
        }
    }
    text_digest(&text).chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin<'a>(head: &'a Head, release: Option<&'a str>) -> Origin<'a> {
        Origin {
            head: Some(head),
            release,
            caller: "arn:aws:sts::111122223333:assumed-role/Deployer/alice",
            actor: None,
            consent: Consent::Asked,
            approved_by: None,
            reason: None,
            rebuilt_from: None,
        }
    }

    #[test]
    fn a_release_is_the_one_that_was_named_or_the_highest_tag() {
        let head = Head {
            commit: "1a2b3c4d".to_owned(),
            tags: vec!["v2".to_owned(), "v1".to_owned()],
        };
        let found = record(origin(&head, None));
        assert_eq!(found.release.as_deref(), Some("v2"));
        assert_eq!(found.commit.as_deref(), Some("1a2b3c4d"));
        assert_eq!(found.deployed_by.as_deref(), Some("alice"));
        let found = record(origin(&head, Some("v1")));
        assert_eq!(found.release.as_deref(), Some("v1"));
        let head = Head {
            tags: Vec::new(),
            ..head
        };
        assert_eq!(record(origin(&head, None)).release, None);
        let by_github = record(Origin {
            actor: Some("octocat"),
            ..origin(&head, None)
        });
        assert_eq!(by_github.deployed_by.as_deref(), Some("octocat"));
    }
}
