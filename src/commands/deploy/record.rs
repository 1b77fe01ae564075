//! Where a deployment comes from, and what its run is called.

use stratiform_deploy::call::ParameterValue;
use stratiform_deploy::{PlannedStack, Record, text_digest};
use stratiform_finding::Code;
use stratiform_finding::words::listed;

use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::head::Head;

/// What is asked for and found of a deployment's origin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    /// What is checked out.
    pub head: Option<&'a Head>,
    /// The release that was named.
    pub release: Option<&'a str>,
    /// The ARN of whoever deploys.
    pub caller: &'a str,
    /// Who GitHub says it is.
    pub actor: Option<&'a str>,
    /// Why it could not wait.
    pub reason: Option<&'a str>,
}

/// The record of a deployment.
///
/// # Errors
/// The release is not what is checked out.
pub(super) fn record(origin: Origin<'_>) -> Result<Record, Failure> {
    let Origin {
        head,
        release,
        caller,
        actor,
        reason,
    } = origin;
    let tags = head.map(|head| head.tags.as_slice()).unwrap_or_default();
    let release = match release {
        None => tags.first().cloned(),
        Some(release) if tags.iter().any(|tag| tag == release) => Some(release.to_owned()),
        Some(release) => {
            let found = match (head, tags) {
                (None, _) => "nothing that git knows is checked out".to_owned(),
                (Some(_), []) => "it has no tag".to_owned(),
                (Some(_), tags) => format!("it has {}", listed(tags)),
            };
            return Err(Failure::new(
                Exit::Failed,
                Code::UnknownRelease,
                format!("the commit that is checked out is not the release `{release}`: {found}"),
                format!("check it out first: `git checkout {release}`"),
            ));
        }
    };
    let named = caller.rsplit(['/', ':']).next();
    let deployed_by = actor.or(named).filter(|name| !name.is_empty());
    Ok(Record {
        release,
        commit: head.map(|head| head.commit.clone()),
        deployed_by: deployed_by.map(str::to_owned),
        reason: reason.map(str::to_owned),
    })
}

/// What a run is called: ten digits that follow from where it comes from and what is to be there.
pub(super) fn run(environment: &str, record: &Record, stacks: &[PlannedStack]) -> String {
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
            reason: None,
        }
    }

    #[test]
    fn a_release_is_a_tag_of_what_is_checked_out() {
        let head = Head {
            commit: "1a2b3c4d".to_owned(),
            tags: vec!["v2".to_owned(), "v1".to_owned()],
        };
        let found = record(origin(&head, None)).unwrap();
        assert_eq!(found.release.as_deref(), Some("v2"));
        assert_eq!(found.deployed_by.as_deref(), Some("alice"));
        let found = record(origin(&head, Some("v1"))).unwrap();
        assert_eq!(found.release.as_deref(), Some("v1"));
        let refused = record(origin(&head, Some("v3"))).unwrap_err();
        assert_eq!(refused.findings[0].code, Code::UnknownRelease);
        assert!(refused.findings[0].what.ends_with("it has `v2` and `v1`"));
        let head = Head {
            tags: Vec::new(),
            ..head
        };
        assert_eq!(record(origin(&head, None)).unwrap().release, None);
        let by_github = record(Origin {
            actor: Some("octocat"),
            ..origin(&head, None)
        });
        assert_eq!(by_github.unwrap().deployed_by.as_deref(), Some("octocat"));
    }
}
