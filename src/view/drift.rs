//! What was changed by hand, for people and for programs.

mod adoption;
mod json;
mod text;

use std::collections::HashMap;
use std::panic::Location;

use serde_json::Value;
use stratiform_deploy::drift::{Ledger, StackDrift, Verdict};
use stratiform_deploy::guard::Unasked;
use stratiform_diff::{Consequence, Severity, StackDiff};
use stratiform_finding::words::counted;
use stratiform_service::Word;
use stratiform_service::drift::DifferenceType;

pub(crate) use adoption::adoption;
pub(crate) use json::{json, json_line};
pub(crate) use text::{text, without_code};

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    /// The environment.
    pub environment: &'a str,
    /// Its region.
    pub region: &'a str,
    /// The account that was asked.
    pub account: Option<&'a str>,
    /// What all of it comes to.
    pub verdict: Verdict,
    /// How much was looked at.
    pub ledger: Ledger,
    /// The stacks that are there.
    pub stacks: &'a [Judged],
    /// Why it is not known which stacks there are that the code does not have.
    pub unlisted: Option<&'a Unasked>,
}

/// A stack that was looked at, and what its differences do.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// Whether the code has the stack; else what is deployed is what is expected.
    pub is_in_code: bool,
    /// What of it was looked at.
    pub stack: StackDrift,
    /// The differences, judged as a change; none where the template could not be read.
    pub diff: Option<StackDiff>,
    /// What differs.
    pub differences: Vec<Difference>,
    /// Where drifted resources are declared.
    pub declared: HashMap<String, &'static Location<'static>>,
}

/// A value that is another than it should be.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    /// The resource.
    pub logical_id: String,
    /// The way to it: `/Tags/0/Value`.
    pub path: String,
    /// Whether it was added, is missing, or is another.
    pub kind: Word<DifferenceType>,
    /// The value that the template gives; none where it gives none.
    pub expected: Option<Value>,
    /// The value that is there.
    pub actual: Option<Value>,
    /// Who changes it past CloudFormation as a matter of course.
    pub who: Option<String>,
    /// Why a deployment cannot set it back.
    pub stays: Option<&'static str>,
    /// The values of the environment's files that the expected one comes from, the one to look at first.
    pub keys: Vec<Key>,
}

/// A value of an environment's file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    /// Where it is in the environment: `database.backup_days`.
    pub path: String,
    /// The value.
    pub value: Value,
    /// File and line; none where it is built in.
    pub at: Option<(String, usize)>,
    /// The value that makes the template say what is there; none where none does.
    pub adopted: Option<Value>,
}

impl Judged {
    /// What the differences of a resource do, worst first.
    fn consequences(&self, logical_id: &str) -> impl Iterator<Item = &Consequence> {
        let all = self.diff.iter().flat_map(|diff| &diff.consequences);
        all.filter(move |found| found.logical_id.as_deref() == Some(logical_id))
    }

    /// How bad the differences of a resource are: at least worth knowing.
    fn severity(&self, logical_id: &str) -> Severity {
        let severities = self.consequences(logical_id).map(|found| found.severity);
        severities.max().unwrap_or_default().max(Severity::Note)
    }

    /// What differs in a resource.
    fn of<'j>(&'j self, logical_id: &'j str) -> impl Iterator<Item = &'j Difference> {
        let all = self.differences.iter();
        all.filter(move |difference| difference.logical_id == logical_id)
    }
}

/// The whole in a sentence.
pub(crate) fn sentence(shown: &Shown<'_>) -> String {
    let Shown {
        environment,
        ledger,
        verdict,
        ..
    } = shown;
    let all = counted(ledger.total(), "resource");
    let rest = ledger.total() - ledger.checked();
    match verdict {
        Verdict::NothingDeployed => format!("{environment}: nothing is deployed"),
        Verdict::InSync => format!("{environment} is in sync: all of {all} were checked"),
        Verdict::InSyncAsFarAsSupported => format!(
            "{environment}: nothing drifted of the {} that were checked; of {rest} more nobody knows",
            ledger.checked()
        ),
        Verdict::NotAllChecked => format!(
            "{environment}: nothing drifted of the {} that were checked, and not all was checked that could be",
            ledger.checked()
        ),
        Verdict::Drifted => format!(
            "{environment} drifted: {} of the {} that were checked{}",
            ledger.drifted,
            ledger.checked(),
            match rest {
                0 => String::new(),
                rest => format!("; of {rest} more nobody knows"),
            }
        ),
    }
}

/// What is there, in a word.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NothingDeployed => "nothing-deployed",
        Verdict::InSync => "in-sync",
        Verdict::InSyncAsFarAsSupported => "in-sync-as-far-as-supported",
        Verdict::NotAllChecked => "not-all-checked",
        Verdict::Drifted => "drifted",
    }
}
