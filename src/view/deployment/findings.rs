//! What went wrong, as findings: the root causes first, each at its place in the source.

use stratiform_deploy::call::ValidationFailure;
use stratiform_deploy::{Blocked, Cause, Ending, Failure, Health, Loss, Plan, Refused, Stuck};
use stratiform_finding::words::listed;
use stratiform_finding::{Code, Finding, Place};

use super::remedy::remedy;
use super::words::{one_line, subject};
use super::{Ended, Failed, Sources};

/// All that went wrong. What was not reached because of something else is not among it.
pub(crate) fn findings(plan: &Plan, sources: &Sources, ended: &Ended) -> Vec<Finding> {
    let mut found: Vec<(u8, Finding)> = Vec::new();
    for (index, stack) in plan.stacks.iter().enumerate() {
        let about = About {
            index,
            key: &stack.key,
            sources,
        };
        if let Some(ending) = ended.endings.get(index).and_then(Option::as_ref) {
            found.extend(about.ending(ending));
        }
    }
    for (index, blocked) in &ended.held_back {
        let Some(stack) = plan.stacks.get(*index) else {
            continue;
        };
        let about = About {
            index: *index,
            key: &stack.key,
            sources,
        };
        found.push((1, about.held_back(blocked)));
    }
    for failed in &ended.failed {
        found.push(of_besides(failed, &ended.in_the_way));
    }
    let stays = |ending: &Ending| matches!(ending, Ending::Deployed | Ending::RolledBack(_));
    if !ended.in_the_way.is_empty() && ended.endings.iter().flatten().any(stays) {
        let tasks = listed(&ended.in_the_way);
        let what = format!("nothing goes back by itself: {tasks} has begun, and cannot be undone");
        let allow = ended.in_the_way.iter();
        let allow: Vec<String> = allow.map(|task| format!("--allow cross:{task}")).collect();
        let help = format!(
            "correct it in a new release; or, where the release before runs well with what is there now: rollback {}",
            allow.join(" ")
        );
        let finding = Finding::new(Code::NotCrossed, what, help);
        let why =
            "what was deployed stays; what CloudFormation has rolled back runs over what was left";
        found.push((0, finding.because(why)));
    }
    for (of, health) in &ended.unwell {
        let why = match health {
            Health::Healthy => continue,
            Health::Not(why) | Health::Broken(why) => why,
        };
        let what = format!("not well: {}", subject(of));
        let help = "look at it in its own service; its logs mostly say why";
        found.push((
            2,
            Finding::new(Code::NotWell, what, help).because(one_line(why)),
        ));
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, finding)| finding).collect()
}

/// A task or a command that failed, and how soon somebody has to know; with the tasks that have begun and cannot be undone.
fn of_besides(failed: &Failed, one_way: &[String]) -> (u8, Finding) {
    match failed {
        Failed::Task(name, why) if one_way.contains(name) => {
            let what = format!("the task `{name}` failed, cannot be undone, and may be half done");
            let help = "what it printed is above, as far as CloudWatch Logs has it: find out what of it is done, and whether what runs runs well with that, before anything else is deployed";
            let finding = Finding::new(Code::TaskFailed, what, help);
            (0, finding.because(one_line(why)))
        }
        Failed::Task(name, why) => {
            let what = format!("the task `{name}` failed");
            let help =
                "the last lines that it printed are above, as far as CloudWatch Logs has them";
            let finding = Finding::new(Code::TaskFailed, what, help);
            (1, finding.because(one_line(why)))
        }
        Failed::Command(name, why) => {
            let what = format!("the command `{name}` failed");
            let help = "the last lines that it printed are above; --verbose shows all of them";
            let finding = Finding::new(Code::CommandFailed, what, help);
            (1, finding.because(one_line(why)))
        }
    }
}

/// What is wrong with how a stack ended, in sentences.
pub(crate) fn sentences(key: &str, ending: &Ending) -> Vec<String> {
    let about = About {
        index: 0,
        key,
        sources: &Sources::default(),
    };
    let found = about.ending(ending).into_iter();
    found
        .map(|(_, finding)| match finding.why.is_empty() {
            true => finding.what,
            false => format!("{}: {}", finding.what, finding.why),
        })
        .collect()
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
            Ending::Unchanged
            | Ending::Prepared
            | Ending::Deployed
            | Ending::WentBack
            | Ending::NotApproved
            | Ending::NotReached(_)
            | Ending::Held(_) => Vec::new(),
            Ending::RolledBack(Some(cause)) => vec![(1, self.failed(cause))],
            Ending::RolledBack(None) => {
                let what = format!("the stack `{}` went back to what it was", self.key);
                let help = "its events say why: `aws cloudformation describe-stack-events`";
                let finding = Finding::new(Code::ResourceFailed, what, help);
                vec![(1, finding.because("CloudFormation gave no reason"))]
            }
            Ending::Stuck(stuck) => self.stuck(stuck),
            Ending::Stays(ending) => self.ending(ending),
            Ending::Refused(refused) => self.refused(refused),
        }
    }

    /// The first real failure.
    fn failed(&self, cause: &Cause) -> Finding {
        let subject = cause.subject(self.key);
        let what = match &cause.logical_id {
            Some(_) => format!("{subject} is {} ({})", cause.status, cause.resource_type),
            None => format!("{subject} is {}", cause.status),
        };
        let help = remedy(&cause.reason).unwrap_or_default();
        let reason = match one_line(&cause.reason) {
            reason if reason.is_empty() => "CloudFormation gave no reason".to_owned(),
            reason => reason,
        };
        let finding = Finding::new(Code::ResourceFailed, what, help).because(reason);
        let id = cause.outermost().map(|id| id.as_str());
        self.placed(finding, id)
    }

    /// Data that would have gone.
    fn held_back(&self, blocked: &Blocked) -> Finding {
        let id = &blocked.logical_id;
        let how = match (blocked.loss, blocked.is_certain) {
            (Loss::Replace, true) => "would be replaced",
            (Loss::Replace, false) => "may be replaced",
            (Loss::Delete, _) => "would be deleted",
            (Loss::Interrupt, _) => "would be interrupted",
        };
        let finding = Finding::new(
            Code::DataAtRisk,
            format!(
                "`{id}` of the stack `{}` {how} ({})",
                self.key, blocked.resource_type
            ),
            format!(
                "if that is what you want: --allow {}",
                blocked.allowance(self.key)
            ),
        );
        self.placed(
            finding.because("it holds data, and nobody named it"),
            Some(id.as_str()),
        )
    }

    fn placed(&self, finding: Finding, logical_id: Option<&str>) -> Finding {
        let location = logical_id.and_then(|id| self.sources.location(self.index, id));
        match location {
            Some(location) => finding.at(Place::rust(location, "declared here")),
            None => finding,
        }
    }

    fn stuck(&self, stuck: &Stuck) -> Vec<(u8, Finding)> {
        let status = stuck.status.as_ref().map(|status| status.as_str());
        let what = match status {
            Some(status) => format!("the stack `{}` is {status}, and needs a person", self.key),
            None => format!("it is not known how the stack `{}` stands", self.key),
        };
        let help = match status {
            Some("UPDATE_ROLLBACK_FAILED") => {
                "correct what is in the way, then continue: `rollback`, or `deploy --continue-rollback`"
            }
            Some("ROLLBACK_FAILED") => "`rollback` deletes what is left of it; then deploy again",
            Some("ROLLBACK_COMPLETE" | "CREATE_FAILED" | "DELETE_FAILED") => {
                "look at what is left in it; if nobody needs it, delete the stack, and deploy again"
            }
            Some("UPDATE_FAILED") => "roll it back: `rollback`, or `deploy --continue-rollback`",
            Some(_) => "look at the stack in CloudFormation before anything else is done",
            None => {
                "look at the stack in CloudFormation; the same command again finds out, and goes on"
            }
        };
        let why = stuck.failure.as_ref().map(because).unwrap_or_default();
        let finding = Finding::new(Code::StackStuck, what, help).because(why);
        let cause = stuck.cause.as_ref().map(|cause| (1, self.failed(cause)));
        std::iter::once((0, finding)).chain(cause).collect()
    }

    fn refused(&self, refused: &Refused) -> Vec<(u8, Finding)> {
        let key = self.key;
        match refused {
            Refused::Call(failure) => {
                let what = format!("the stack `{key}`: {}", failure.what);
                let finding = Finding::new(Code::StackRefused, what, failure.help.clone());
                vec![(1, finding.because(one_line(&failure.why)))]
            }
            Refused::ChangeSet { reason, validation } if validation.is_empty() => {
                let what = format!("CloudFormation could not make the change set of `{key}`");
                let help = remedy(reason).unwrap_or_default();
                let finding = Finding::new(Code::StackRefused, what, help);
                vec![(1, finding.because(one_line(reason)))]
            }
            Refused::ChangeSet { validation, .. } => {
                let each = validation.iter();
                each.map(|failure| (1, self.invalid(failure))).collect()
            }
            Refused::Busy { status, run } => {
                let what = format!("somebody else is deploying to the stack `{key}`");
                let whose = run.as_ref().map(|run| format!(", of run {run}"));
                let why = format!("it is {status}{}", whose.unwrap_or_default());
                let help = "wait until that has ended, and deploy again";
                vec![(1, Finding::new(Code::StackBusy, what, help).because(why))]
            }
            Refused::Moved(why) => {
                let what = format!("the stack `{key}` is not as it was when this was approved");
                let help = "prepare again, and have it approved again: `deploy --prepare FILE`";
                let finding = Finding::new(Code::SealMoved, what, help);
                vec![(1, finding.because(one_line(why)))]
            }
            Refused::TooLarge { bytes } => {
                let what = format!("the template of `{key}` has {bytes} bytes");
                let help = "name a bucket that templates go through: `settings.deployment.artifact_bucket`";
                let finding = Finding::new(Code::StackRefused, what, help);
                vec![(1, finding.because("a call takes 51,200 bytes"))]
            }
        }
    }

    /// What the validation before the deployment found.
    fn invalid(&self, failure: &ValidationFailure) -> Finding {
        let what = format!(
            "CloudFormation refuses `{}` of the stack `{}`: {}",
            failure.logical_id, self.key, failure.path
        );
        let help = "correct it where it is declared";
        let finding = Finding::new(Code::StackRefused, what, help);
        let why = format!("{}: {}", failure.name, one_line(&failure.reason));
        self.placed(finding.because(why), Some(&failure.logical_id))
    }
}

fn because(failure: &Failure) -> String {
    format!("{}: {}", failure.what, one_line(&failure.why))
}

#[cfg(test)]
mod tests {
    use stratiform_service::Word;

    use super::*;

    #[test]
    fn endings_are_said_in_words() {
        let cause = || Cause {
            within: Vec::new(),
            logical_id: "Queue".parse().ok(),
            resource_type: "AWS::SQS::Queue".to_owned(),
            status: Word::new("CREATE_FAILED"),
            reason: "the key is\nnot there".to_owned(),
            nested: None,
        };
        let failed = "`Queue` of the stack `queues` is CREATE_FAILED (AWS::SQS::Queue): the key is not there";
        let ended = Ending::RolledBack(Some(Box::new(cause())));
        assert_eq!(sentences("queues", &ended), [failed]);
        let stuck = Stuck {
            status: Some(Word::new("ROLLBACK_FAILED")),
            cause: Some(cause()),
            failure: None,
        };
        assert_eq!(
            sentences("queues", &Ending::Stuck(Box::new(stuck))),
            [
                "the stack `queues` is ROLLBACK_FAILED, and needs a person",
                failed
            ]
        );
        let large = Refused::TooLarge { bytes: 60_000 };
        assert_eq!(
            sentences("queues", &Ending::Refused(Box::new(large))),
            ["the template of `queues` has 60000 bytes: a call takes 51,200 bytes"]
        );
        assert_eq!(sentences("queues", &Ending::Deployed), Vec::<String>::new());
    }
}
