//! Somebody between us and CloudFormation who spoils answers with status 200: a proxy, a connection that ends early, a
//! service that is not the one that is known.

use std::sync::atomic::{AtomicUsize, Ordering};

use stratiform_test_support::{pass_on, serve};

/// What comes instead of an answer?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoiled {
    /// Its first half.
    Cut,
    /// A page of a proxy, which passes nothing on.
    Page,
    /// The answer without all elements of this name.
    Without(&'static str),
    /// Nothing.
    Empty,
}

impl Spoiled {
    /// Each way to spoil the answers of an operation.
    pub(crate) fn all(operation: &str) -> impl Iterator<Item = Spoiled> {
        let missing = members(operation).iter();
        [Spoiled::Cut, Spoiled::Page, Spoiled::Empty]
            .into_iter()
            .chain(missing.map(|member| Spoiled::Without(member)))
    }

    fn spoil(self, answer: &str) -> String {
        match self {
            Spoiled::Cut => answer.chars().take(answer.chars().count() / 2).collect(),
            Spoiled::Page => {
                "<!DOCTYPE html>\n<html><body>Sign in to go on</body></html>".to_owned()
            }
            Spoiled::Without(member) => without(answer, member),
            Spoiled::Empty => String::new(),
        }
    }
}

/// What a run cannot do without, by the operation that answers it. The others are answered with nothing that is read.
fn members(operation: &str) -> &'static [&'static str] {
    match operation {
        "DescribeStacks" => &[
            "Stacks",
            "StackId",
            "StackName",
            "StackStatus",
            "CreationTime",
        ],
        "GetTemplate" => &["TemplateBody"],
        "CreateChangeSet" => &["Id", "StackId"],
        "DescribeChangeSet" => &[
            "ChangeSetId",
            "StackId",
            "Status",
            "ExecutionStatus",
            "Changes",
            "ResourceChange",
            "Action",
            "LogicalResourceId",
        ],
        "DescribeStackEvents" => &["EventId", "ResourceStatus", "Timestamp"],
        "ListStackResources" => &["LogicalResourceId", "ResourceStatus"],
        "GetStackPolicy" => &["StackPolicyBody"],
        _ => &[],
    }
}

/// Spoils the first answers of an operation; gives the address to call.
pub(crate) fn spoiling(engine: &str, operation: &str, spoiled: Spoiled, times: usize) -> String {
    let (engine, action) = (engine.to_owned(), format!("Action={operation}&"));
    let left = AtomicUsize::new(times);
    serve(move |request| {
        let is_meant = request.contains(&action)
            && left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                    left.checked_sub(1)
                })
                .is_ok();
        if is_meant && spoiled == Spoiled::Page {
            return (200, spoiled.spoil(""));
        }
        match pass_on(&engine, request) {
            // A refusal is whole: it has nothing that could be missing.
            (200, answer) if is_meant => (200, spoiled.spoil(&answer)),
            reply => reply,
        }
    })
}

/// The XML without all elements of a name.
fn without(xml: &str, member: &str) -> String {
    let (open, close) = (format!("<{member}>"), format!("</{member}>"));
    let mut rest = xml.replace(&format!("<{member}/>"), "");
    while let Some(from) = rest.find(&open) {
        let Some(length) = rest[from..].find(&close) else {
            break;
        };
        rest.replace_range(from..from + length + close.len(), "");
    }
    rest
}
