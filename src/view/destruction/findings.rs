//! What went wrong, or forbids it, as findings: what needs a person first, each at its place in the source.

use stratiform_deploy::destruction::{Ending, Plan, Protection};
use stratiform_deploy::{Blocked, Cause, Failure, Stuck};
use stratiform_finding::words::listed;
use stratiform_finding::{Code, Finding, Place};

use super::Ended;
use super::remedy::remedy;
use crate::view::deployment::Sources;
use crate::view::deployment::words::one_line;

/// All that went wrong, or forbids it. What was not reached because of something else is not among it.
pub(super) fn findings(plan: &Plan, sources: &Sources, ended: &Ended<'_>) -> Vec<Finding> {
    let stacks = plan.stacks.iter().zip(&ended.endings).enumerate();
    let found = stacks.flat_map(|(index, (stack, ending))| {
        let about = About {
            index,
            key: &stack.key,
            sources,
        };
        ending
            .map(|ending| about.ending(ending))
            .unwrap_or_default()
    });
    let mut found: Vec<(u8, Finding)> = found.collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, finding)| finding).collect()
}

/// A stack that something is said about.
struct About<'a> {
    index: usize,
    key: &'a str,
    sources: &'a Sources,
}

impl About<'_> {
    /// What is wrong with how it ended, and how soon somebody has to know.
    fn ending(&self, ending: &Ending) -> Vec<(u8, Finding)> {
        match ending {
            Ending::Absent | Ending::Deleted(_) | Ending::NotApproved | Ending::NotReached(_) => {
                Vec::new()
            }
            Ending::Protected(protections) => {
                let protections = protections.iter();
                protections.map(|by| (1, self.protected(by))).collect()
            }
            Ending::DataAtRisk(at_risk) => vec![(2, self.at_risk(at_risk))],
            Ending::Refused(failure) => vec![(1, self.refused(failure))],
            Ending::CameBack { status, reason } => {
                let what = format!(
                    "the stack `{}` is {status} as before: CloudFormation stopped its deletion",
                    self.key
                );
                let help = remedy("AWS::CloudFormation::Stack", reason).unwrap_or_default();
                let finding = Finding::new(Code::StackRefused, what, help);
                vec![(1, finding.because(one_line(reason)))]
            }
            Ending::Stuck(stuck) => self.stuck(stuck),
        }
    }

    fn protected(&self, protection: &Protection) -> Finding {
        let key = self.key;
        match protection {
            Protection::Termination => {
                let what = format!("the stack `{key}` has termination protection");
                let help = "if it is to go for good, set `settings.termination_protection: false`, and deploy that";
                Finding::new(Code::StackProtected, what, help)
            }
            Protection::Resource {
                logical_id,
                resource_type,
                what: guard,
                property,
            } => {
                let what =
                    format!("`{logical_id}` of the stack `{key}` has {guard} ({resource_type})");
                let help =
                    "if it is to go for good, switch that off where it is declared, and deploy it";
                let finding = Finding::new(Code::StackProtected, what, help);
                self.placed(finding.because(property.clone()), Some(logical_id.as_str()))
            }
            Protection::Imported { export, by } => {
                let by = listed(by);
                let what =
                    format!("{by}, no part of this environment, imports from the stack `{key}`");
                let help = format!("delete {by} first, or deploy it without the import");
                let finding = Finding::new(Code::StackProtected, what, help);
                finding.because(format!("the export `{export}` is in use"))
            }
            Protection::Circle => {
                let what = format!("the stack `{key}` imports from stacks that import from it");
                let help = "deploy one of them without its imports first: then there is an order";
                Finding::new(Code::StackProtected, what, help)
            }
            Protection::Busy { status, run } => {
                let what = format!("somebody else is at work in the stack `{key}`");
                let whose = run
                    .as_ref()
                    .map(|run| format!("; run {run} deployed it last"));
                let why = format!("it is {status}{}", whose.unwrap_or_default());
                let help = "wait until that has ended, and run `destroy` again";
                Finding::new(Code::StackBusy, what, help).because(why)
            }
        }
    }

    /// Data that would have gone. That it is much, the list of all that would be deleted shows.
    fn at_risk(&self, at_risk: &[Blocked]) -> Finding {
        let ids = at_risk.iter().map(|blocked| blocked.logical_id.as_str());
        let (theirs, it) = match at_risk.len() {
            1 => (
                "its",
                "it holds data, no snapshot of it is taken, and nobody named it",
            ),
            _ => (
                "their",
                "they hold data, no snapshots of them are taken, and nobody named them",
            ),
        };
        let flags = at_risk.iter();
        let flags = flags.map(|blocked| format!("--allow {}", blocked.allowance(self.key)));
        let flags: Vec<String> = flags.collect();
        let finding = Finding::new(
            Code::DataAtRisk,
            format!(
                "{} of the stack `{}` would be deleted with {theirs} data",
                listed(ids),
                self.key
            ),
            format!("if that is what you want: {}", flags.join(" ")),
        );
        finding.because(it)
    }

    fn refused(&self, failure: &Failure) -> Finding {
        let what = format!("the stack `{}`: {}", self.key, failure.what);
        let finding = Finding::new(Code::StackRefused, what, failure.help.clone());
        finding.because(one_line(&failure.why))
    }

    fn stuck(&self, stuck: &Stuck) -> Vec<(u8, Finding)> {
        let what = match &stuck.status {
            Some(status) => format!("the stack `{}` is {status}, and needs a person", self.key),
            None => format!("it is not known how the stack `{}` stands", self.key),
        };
        let help = match stuck.status {
            Some(_) => {
                "see to what is in the way, and run `destroy` again: it goes on where it stopped"
            }
            None => "look at the stack in CloudFormation; `destroy` again finds out, and goes on",
        };
        let why = stuck.failure.as_ref();
        let why = why.map(|failure| format!("{}: {}", failure.what, one_line(&failure.why)));
        let finding = Finding::new(Code::StackStuck, what, help);
        let finding = finding.because(why.unwrap_or_default());
        let cause = stuck.cause.as_ref().map(|cause| (0, self.failed(cause)));
        std::iter::once((0, finding)).chain(cause).collect()
    }

    /// The first real failure.
    fn failed(&self, cause: &Cause) -> Finding {
        let subject = cause.subject(self.key);
        let what = match &cause.logical_id {
            Some(_) => format!("{subject} is {} ({})", cause.status, cause.resource_type),
            None => format!("{subject} is {}", cause.status),
        };
        let help = remedy(&cause.resource_type, &cause.reason).unwrap_or_default();
        let reason = match one_line(&cause.reason) {
            reason if reason.is_empty() => "CloudFormation gave no reason".to_owned(),
            reason => reason,
        };
        let finding = Finding::new(Code::ResourceFailed, what, help).because(reason);
        self.placed(finding, cause.outermost().map(|id| id.as_str()))
    }

    fn placed(&self, finding: Finding, logical_id: Option<&str>) -> Finding {
        let location = logical_id.and_then(|id| self.sources.location(self.index, id));
        match location {
            Some(location) => finding.at(Place::rust(location, "declared here")),
            None => finding,
        }
    }
}
