//! What an endpoint answered beside what was recorded, column by column.
//!
//! What lives here: the calls and the stack. The modules below judge change sets, events and other answers. What does
//! not: which differences have a reason ([`super::explanation`]).

mod answers;
mod change_set;
mod events;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::pattern;
use super::super::value::{Beyond, Different, Rules};
use super::column::Column;
use super::expected;
use super::explanation::{Explanation, explain};
use super::planning::{is_left_unexecuted, is_waiter};
use super::question;
use super::recording::{Recording, Said, Side};
use super::transcript::{Refused, Reply, Transcript};

/// Ids, times and names: only the service's own, or different in every run.
const IGNORED: &[&str] = &[
    "ResponseMetadata",
    "ChangeSetId",
    "StackId",
    "CreationTime",
    "NotificationARNs",
    "RollbackConfiguration",
    "Capabilities",
    "LastUpdatedTime",
    "DeletionTime",
    "Timestamp",
    "LastUpdatedTimestamp",
    "EventId",
    "ChangeSetName",
    "StackName",
    "ParentChangeSetId",
    "RootChangeSetId",
    "PhysicalResourceId",
];

/// For answers: the service has learnt to say more since it was recorded.
const RECORDED: Rules = Rules {
    beyond: Beyond::Ignored,
    ignored: IGNORED,
};

/// A case, judged.
pub(super) struct Verdict {
    /// The columns that were compared, each with where it differs.
    pub(super) columns: BTreeMap<Column, Vec<Finding>>,
}

/// A difference.
pub(super) struct Finding {
    pub(super) at: String,
    pub(super) recorded: Option<Value>,
    pub(super) ours: Option<Value>,
    pub(super) explanation: Option<Explanation>,
}

/// Judges what was answered.
pub(super) fn judge(case: &Recording, transcript: &Transcript) -> Verdict {
    let mut judge = Judge {
        case,
        transcript,
        columns: BTreeMap::new(),
    };
    if transcript.trouble.is_none() {
        judge.change_sets();
        judge.refusals();
        judge.stack_status();
        judge.outputs();
        judge.answers();
        judge.events();
    }
    judge.missing();
    judge.verdict()
}

struct Judge<'j> {
    case: &'j Recording,
    transcript: &'j Transcript,
    columns: BTreeMap<Column, Vec<Finding>>,
}

impl Judge<'_> {
    /// Says that a column was compared, with what differs.
    fn compared(&mut self, column: Column, different: impl IntoIterator<Item = Different>) {
        let findings = different.into_iter().map(|(at, recorded, ours)| Finding {
            at,
            recorded,
            ours,
            explanation: None,
        });
        self.columns.entry(column).or_default().extend(findings);
    }

    fn same_text(&mut self, column: Column, at: &str, recorded: &str, ours: Option<&str>) {
        let same = ours.is_some_and(|ours| pattern::matches(recorded, ours));
        let different = || (at.to_owned(), Some(recorded.into()), ours.map(Value::from));
        self.compared(column, (!same).then(different));
    }

    fn refusals(&mut self) {
        let transcript = self.transcript;
        let main = question::main_error(self.case);
        for (index, said) in self.case.errors().enumerate() {
            let name = question::of_error(index);
            let asked = transcript.answers.get(&name);
            if let Some(reply) = asked {
                let refused = match reply {
                    Reply::Refused(refused) => Some(refused),
                    Reply::Answer(_) => None,
                };
                self.refusal(&said, refused);
            } else if main == Some(index) && !is_waiter(self.case) {
                self.refusal(&said, transcript.refused.as_ref());
            } else if said.api == Some("execute_change_set") {
                self.refusal(&said, transcript.execution_refused.as_ref());
            }
        }
    }

    fn refusal(&mut self, said: &Said<'_>, refused: Option<&Refused>) {
        if let Some(code) = &said.code {
            let ours = refused.map(|refused| refused.code.as_str());
            self.same_text(Column::Code, "code", code, ours);
        }
        if let Some(message) = &said.message {
            let ours = refused.map(|refused| refused.message.as_str());
            // An engine may be through with the deletion that the service was still at.
            let done = message.replace("DELETE_IN_PROGRESS", "DELETE_COMPLETE");
            let message = match ours.is_some_and(|ours| pattern::matches(&done, ours)) {
                true => &done,
                false => message,
            };
            self.same_text(Column::Message, "message", message, ours);
        }
    }

    /// The status in which the operation ends.
    fn stack_status(&mut self) {
        let case = self.case;
        let main = question::main_error(case);
        let main_error = main.and_then(|index| case.errors().nth(index));
        let refused_with_code = main_error.as_ref().is_some_and(|said| said.code.is_some());
        let stack = self.transcript.stack.as_ref();
        let ours = stack.and_then(|stack| stack["StackStatus"].as_str());
        let outcome = case.status("outcome").unwrap_or_default();
        let updated = !case.template(Side::Before).is_null();
        let succeeded = || match updated {
            true => "UPDATE_COMPLETE",
            false => "CREATE_COMPLETE",
        };
        let of_events = || {
            let last = case.failed_event_lists().next()?.first()?;
            last["ResourceStatus"].as_str()
        };
        let recorded = case
            .status("stack")
            .or_else(|| outcome.starts_with("succeeded").then(succeeded))
            .or_else(|| case.is_process().then_some("UPDATE_COMPLETE"))
            .or_else(of_events);
        let failed = [
            "the deployment was refused or failed",
            "the operation did not reach",
        ];
        let others = case.errors().count() > usize::from(main.is_some());
        if is_left_unexecuted(case) && self.transcript.change_set.is_some() {
            let good =
                |status: &&str| status.ends_with("_COMPLETE") && !status.contains("ROLLBACK");
            self.status("a success", ours, ours.as_ref().is_some_and(good));
        } else if let Some(recorded) = recorded
            && !(case.kind() == "error" && refused_with_code)
        {
            self.status(recorded, ours, ours == Some(recorded));
        } else if failed.iter().any(|known| outcome.starts_with(known)) && main.is_none() {
            let bad = |status: &&str| {
                status.ends_with("ROLLBACK_COMPLETE") || status.ends_with("_FAILED")
            };
            let failed = self.transcript.refused.is_some() || ours.as_ref().is_some_and(bad);
            self.status("a failure", ours, failed);
        }
        if expected::columns(case).is_empty() && !others {
            let refused = self.transcript.refused.is_none();
            self.status("an accepted call", ours, refused);
        }
    }

    fn status(&mut self, recorded: &str, ours: Option<&str>, same: bool) {
        let reason = self.transcript.stack.as_ref();
        let reason = reason.and_then(|stack| stack["StackStatusReason"].as_str());
        let reason = reason.map(str::to_owned).or_else(|| self.why());
        let ours = [ours.map(str::to_owned), reason];
        let ours: Vec<String> = ours.into_iter().flatten().collect();
        let ours = (!ours.is_empty()).then(|| ours.join(": ").into());
        let different = || ("StackStatus".to_owned(), Some(recorded.into()), ours);
        self.compared(Column::StackStatus, (!same).then(different));
    }

    /// What is expected, and was never reached.
    fn missing(&mut self) {
        let why = self.why();
        for column in expected::columns(self.case) {
            if !self.columns.contains_key(&column) {
                let why = why.clone().map(Value::from);
                self.compared(column, [("not reached".to_owned(), None, why)]);
            }
        }
    }

    /// What kept the case from going on.
    fn why(&self) -> Option<String> {
        let transcript = self.transcript;
        let refused = transcript.refused.as_ref().map(Refused::to_string);
        let trouble = transcript.trouble.clone();
        trouble
            .or_else(|| transcript.set_up_failed.clone())
            .or(refused)
    }

    fn verdict(self) -> Verdict {
        let mut columns = self.columns;
        for (column, findings) in &mut columns {
            for finding in findings {
                finding.explanation = explain(self.case, *column, finding);
            }
        }
        Verdict { columns }
    }
}
