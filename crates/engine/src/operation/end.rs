//! From one stage of an operation to the next, and to its end.

use stratiform_service::status::DetailedStatus;
use stratiform_service::{Reason, StackStatus};

use crate::agenda::Moment;
use crate::event::{Invalid, OperationStatus};
use crate::operation::{
    Around, Deferred, Failed, Failure, OnFailure, Operation, OperationKind, Purpose, Stage,
};
use crate::stack::Stack;

impl Stack {
    /// Goes on where nothing is running any more.
    pub(crate) fn go_on(&mut self, around: &mut Around<'_>) {
        let Some(operation) = &self.operation else {
            return;
        };
        if operation.running > 0 {
            return;
        }
        let has_failed = !operation.failures.is_empty();
        match operation.stage {
            Stage::Forward if has_failed => self.fail(around),
            Stage::Forward => self.forward_done(around),
            Stage::Back if has_failed => self.stuck(around),
            Stage::Back => self.back_done(around),
            Stage::Cleanup => self.cleaned(around),
            Stage::BackCleanup => self.back_cleaned(around),
            Stage::Deleting => self.all_deleted(around),
            Stage::Monitoring | Stage::Held | Stage::Halted => {}
        }
    }

    /// All resources are as they are to be.
    fn forward_done(&mut self, around: &mut Around<'_>) {
        let cause = match self.computed_outputs(around) {
            Ok(outputs) => self.forbidden_exports(&outputs, around),
            Err(cause) => Some(cause),
        };
        let Some(operation) = &mut self.operation else {
            return;
        };
        if cause.is_some() {
            operation.cause = cause;
            self.fail(around);
            return;
        }
        let minutes = operation.target.rollback.monitoring_time_in_minutes;
        match minutes.filter(|minutes| *minutes > 0) {
            Some(minutes) => {
                operation.stage = Stage::Monitoring;
                around.later(self, u64::from(minutes) * 60_000, Moment::Monitored);
            }
            None => self.complete(around),
        }
    }

    /// What was asked for is there.
    pub(crate) fn complete(&mut self, around: &mut Around<'_>) {
        if let Ok(outputs) = self.computed_outputs(around) {
            self.publish(outputs, around);
        }
        let Some(operation) = &mut self.operation else {
            return;
        };
        match operation.purpose {
            Purpose::Create => self.finish(StackStatus::CreateComplete, None, around),
            Purpose::Import => self.finish(StackStatus::ImportComplete, None, around),
            Purpose::Update => {
                self.before_last = Some(Box::new(operation.previous.clone()));
                let is_nested = self.parent.is_some();
                operation.stage = if is_nested {
                    Stage::Held
                } else {
                    Stage::Cleanup
                };
                self.settle(StackStatus::UpdateCompleteCleanupInProgress, None, around);
                match is_nested {
                    // What it has left over may be needed again, should the stack around it go back.
                    true => self.report(around),
                    false => self.clean_up(around),
                }
            }
            Purpose::Delete => {}
        }
    }

    /// What nobody needs any more is deleted, here and in the stacks in this one.
    pub(crate) fn clean_up(&mut self, around: &mut Around<'_>) {
        if let Some(operation) = &mut self.operation {
            operation.stage = Stage::Cleanup;
        }
        self.release_nested(around);
        self.set_out_cleanup(around);
    }

    fn cleaned(&mut self, around: &mut Around<'_>) {
        let not_cleaned = self
            .operation
            .as_ref()
            .is_some_and(|operation| operation.not_cleaned);
        let reason = not_cleaned.then(|| Reason::NotCleanedUp {}.to_string());
        self.finish(StackStatus::UpdateComplete, reason, around);
    }

    /// An alarm went off, it took too long, or somebody called it off.
    pub(crate) fn call_off(&mut self, cause: String, around: &mut Around<'_>) {
        let Some(operation) = &mut self.operation else {
            return;
        };
        match operation.stage {
            Stage::Forward | Stage::Monitoring => {
                operation.cause = Some(cause);
                self.fail(around);
            }
            Stage::Held
            | Stage::Cleanup
            | Stage::Back
            | Stage::BackCleanup
            | Stage::Deleting
            | Stage::Halted => {}
        }
    }

    /// It failed: what is running is called off, and the stack goes back, stays, or goes.
    pub(crate) fn fail(&mut self, around: &mut Around<'_>) {
        self.cancel_running(around);
        let Some(operation) = &self.operation else {
            return;
        };
        let (purpose, on_failure) = (operation.purpose, operation.on_failure);
        let reason = operation.reason();
        match (purpose, on_failure) {
            (Purpose::Create, OnFailure::DoNothing) => {
                self.halt(StackStatus::CreateFailed, reason, around);
            }
            (Purpose::Update, OnFailure::DoNothing) => {
                self.halt(StackStatus::UpdateFailed, reason, around);
            }
            (Purpose::Create, OnFailure::Delete) => {
                self.turn(OperationKind::DeleteStack, Stage::Deleting, around);
                self.settle(StackStatus::DeleteInProgress, Some(reason), around);
                self.set_out_deletion(around);
            }
            (Purpose::Create, OnFailure::Rollback) => self.roll_back_creation(reason, around),
            (Purpose::Update, OnFailure::Rollback | OnFailure::Delete) => {
                self.roll_back_update(StackStatus::UpdateRollbackInProgress, reason, around);
                // The stack around it fails now, and not when this one is back.
                self.report(around);
            }
            (Purpose::Import, _) => {
                self.roll_back_update(StackStatus::ImportRollbackInProgress, reason, around);
            }
            (Purpose::Delete, _) => {}
        }
    }

    /// The deployment does not pass the validation before it: nothing is tried.
    ///
    /// Source: recorded, stackd `function_resource_policy_validation`; of updates, inferred.
    pub(crate) fn refuse_invalid(&mut self, invalid: &[Invalid], around: &mut Around<'_>) {
        for invalid in invalid {
            self.tell_validation(invalid, None, around.now, around.ids);
        }
        let Some(operation) = &self.operation else {
            return;
        };
        let (purpose, on_failure) = (operation.purpose, operation.on_failure);
        let status = match purpose {
            Purpose::Create => StackStatus::CreateFailed,
            Purpose::Update | Purpose::Import | Purpose::Delete => StackStatus::UpdateFailed,
        };
        let reason = Reason::ValidationFailed {
            errors: invalid.len().to_string(),
        };
        let reason = Some(reason.to_string());
        self.settle_in_detail(
            status,
            reason,
            Some(DetailedStatus::ValidationFailed),
            around,
        );
        let reason =
            "Validation failure detected. See the operation's FAILED event for details.".to_owned();
        match (on_failure, purpose) {
            (OnFailure::DoNothing, _) => self.stay(around),
            (_, Purpose::Create) => self.roll_back_creation(reason, around),
            _ => self.roll_back_update(StackStatus::UpdateRollbackInProgress, reason, around),
        }
    }

    /// All that was made for a new stack is deleted.
    pub(crate) fn roll_back_creation(&mut self, reason: String, around: &mut Around<'_>) {
        self.turn(OperationKind::Rollback, Stage::Deleting, around);
        self.settle(StackStatus::RollbackInProgress, Some(reason), around);
        self.set_out_deletion(around);
    }

    /// Every resource becomes what it was before the update.
    pub(crate) fn roll_back_update(
        &mut self,
        status: StackStatus,
        reason: String,
        around: &mut Around<'_>,
    ) {
        self.turn(OperationKind::Rollback, Stage::Back, around);
        // From here on the stack says what it goes back to, also where it gets stuck on the way.
        if let Some(operation) = &self.operation {
            self.deployment = operation.previous.clone();
        }
        self.settle(status, Some(reason), around);
        self.set_out_back(around);
    }

    /// The operation turns into another one.
    pub(crate) fn turn(&mut self, kind: OperationKind, stage: Stage, around: &mut Around<'_>) {
        let was_halted = self
            .operation
            .as_ref()
            .is_some_and(|operation| operation.stage == Stage::Halted);
        if !was_halted {
            self.end_history(OperationStatus::Failed, around);
        }
        self.open(kind, around);
        self.change_set_id = None;
        let round = self.history.len();
        if let Some(operation) = &mut self.operation {
            operation.stage = stage;
            operation.round = round;
            operation.failures.clear();
            operation.cause = None;
        }
        self.tell_operation(OperationStatus::InProgress, around.now, around.ids);
    }

    fn end_history(&mut self, status: OperationStatus, around: &mut Around<'_>) {
        self.tell_operation(status, around.now, around.ids);
        if let Some(begun) = self.history.last_mut() {
            begun.end = Some(around.now);
            begun.failed = status == OperationStatus::Failed;
        }
    }

    /// It failed, and waits for a call.
    pub(crate) fn halt(&mut self, status: StackStatus, reason: String, around: &mut Around<'_>) {
        self.settle(status, Some(reason), around);
        self.stay(around);
    }

    fn stay(&mut self, around: &mut Around<'_>) {
        self.release_nested(around);
        self.end_history(OperationStatus::Failed, around);
        let round = self.history.len() + 1;
        if let Some(operation) = &mut self.operation {
            operation.stage = Stage::Halted;
            operation.round = round;
        }
        self.report(around);
    }

    /// The operation is over.
    pub(crate) fn finish(
        &mut self,
        status: StackStatus,
        reason: Option<String>,
        around: &mut Around<'_>,
    ) {
        self.settle(status, reason, around);
        let outcome = match status {
            StackStatus::RollbackFailed
            | StackStatus::DeleteFailed
            | StackStatus::ImportRollbackFailed => OperationStatus::Failed,
            _ => OperationStatus::Succeeded,
        };
        self.end_history(outcome, around);
        self.operation = None;
        self.report(around);
    }

    /// Tells the stack around this one how it ended.
    fn report(&mut self, around: &mut Around<'_>) {
        let Some((parent, logical_id)) = self.parent.clone() else {
            return;
        };
        let outcome = match self.status {
            StackStatus::CreateComplete
            | StackStatus::UpdateComplete
            | StackStatus::UpdateCompleteCleanupInProgress
            | StackStatus::UpdateRollbackComplete
            | StackStatus::DeleteComplete
            | StackStatus::ImportComplete => Ok(()),
            _ => Err(self.nested_failure()),
        };
        around.deferred.push(Deferred::Returned {
            realm: around.realm,
            child: self.id.clone(),
            parent,
            logical_id,
            outcome,
        });
    }

    /// All is rolled back that can be, and something cannot.
    fn stuck(&mut self, around: &mut Around<'_>) {
        let Some(operation) = &self.operation else {
            return;
        };
        let status = match operation.purpose {
            Purpose::Import => StackStatus::ImportRollbackFailed,
            Purpose::Create | Purpose::Update | Purpose::Delete => {
                StackStatus::UpdateRollbackFailed
            }
        };
        let reason = operation.reason();
        self.halt(status, reason, around);
    }
}

impl Operation {
    /// Why it failed, in the service's words.
    pub(crate) fn reason(&self) -> String {
        let requested = match (self.purpose, self.stage, self.on_failure) {
            (Purpose::Create, Stage::Forward | Stage::Monitoring, OnFailure::Rollback) => {
                "Rollback requested by user."
            }
            (Purpose::Create, Stage::Forward | Stage::Monitoring, OnFailure::Delete) => {
                "Delete requested by user."
            }
            _ => "",
        };
        match &self.cause {
            Some(cause) if requested.is_empty() => cause.clone(),
            Some(cause) => format!("{cause}. {requested}"),
            None => failed(&self.failures) + requested,
        }
    }
}

/// `The following resource(s) failed to create: [A, B]. `, and so for all that failed.
pub(crate) fn failed(failures: &[Failure]) -> String {
    let of = |what: Failed| -> Vec<&str> {
        let failures = failures.iter().filter(|failure| failure.what == what);
        failures
            .map(|failure| failure.logical_id.as_str())
            .collect()
    };
    let sentence = |what: Failed, verb: &str| match of(what).as_slice() {
        [] => String::new(),
        ids => format!(
            "The following resource(s) failed to {verb}: [{}]. ",
            ids.join(", ")
        ),
    };
    sentence(Failed::Create, "create")
        + &sentence(Failed::Update, "update")
        + &sentence(Failed::Import, "import")
        + &sentence(Failed::Delete, "delete")
}
