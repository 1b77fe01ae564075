//! Errors as a deployment takes them.

use stratiform_deploy::guard::Unasked;
use stratiform_deploy::{Call, Failure, FailureKind};
use stratiform_service::status::ExecutionStatus;
use stratiform_service::{ChangeSetId, Refusal, Vocabulary, Word};

use crate::error::{Error, FailedCall};

/// What failed, with CloudFormation's refusal where it is one.
pub(super) fn failure(call: &Call, error: Error) -> Failure {
    let error = without_values(error);
    let refusal = match &error {
        Error::Refused(failed) => refusal(call, failed),
        _ => None,
    };
    let why = error.why();
    Failure {
        kind: kind(&error),
        what: error.to_string(),
        help: match is_of_express(&why) {
            true => EXPRESS.to_owned(),
            false => error.help(),
        },
        why,
        refusal,
    }
}

fn kind(error: &Error) -> FailureKind {
    match error {
        Error::Credentials(_) => FailureKind::Credentials,
        Error::Denied(_) => FailureKind::Denied,
        Error::Throttled(_) => FailureKind::Throttled,
        Error::Refused(_) | Error::OtherAccount { .. } => FailureKind::Refused,
        Error::Unavailable(_) | Error::Unreadable(_) | Error::Unanswered(_) => FailureKind::Unknown,
    }
}

impl From<Error> for Unasked {
    fn from(error: Error) -> Unasked {
        Unasked {
            why: format!("{error}: {}", error.why()),
            help: error.help(),
            kind: Some(kind(&error)),
        }
    }
}

/// A stack that failed in express mode takes no other calls until it is well again in that mode.
///
/// Source: aws-cdk-cli#1739.
const EXPRESS: &str = "its last deployment was in express mode and failed: deploy the last release that was well again with \
                       `express: true` under `settings.deployment`, then go on as before";

fn is_of_express(why: &str) -> bool {
    why.contains("EXPRESS deployment mode")
}

/// A refusal of CloudFormation. Other services have its codes too, for other things.
fn refusal(call: &Call, failed: &FailedCall) -> Option<Refusal> {
    let code = failed.code.as_deref()?;
    is_cloudformations(call)
        .then(|| Refusal::read(code, &failed.message).or_else(|| of_code(call, failed, code)))
        .flatten()
}

/// What a code alone says. The words of some refusals are not recorded, and any may change.
fn of_code(call: &Call, failed: &FailedCall, code: &str) -> Option<Refusal> {
    match code {
        "ChangeSetNotFound" => Some(Refusal::ChangeSetMissing {
            change_set: change_set(call)?.to_string(),
        }),
        "InvalidChangeSetStatus" => Some(Refusal::ChangeSetNotExecutableAgain {
            change_set_id: change_set(call)?.to_string(),
            status: execution_status(&failed.message),
        }),
        "TokenAlreadyExistsException" => Some(Refusal::TokenUsed {
            token: token(call)?.to_owned(),
        }),
        _ => None,
    }
}

/// The longest status that a message names: `EXECUTE_COMPLETE`. Without one, the message itself.
fn execution_status(message: &str) -> Word<ExecutionStatus> {
    let named = ExecutionStatus::ALL.iter().copied();
    let named = named.filter(|status| message.contains(status.as_str()));
    named
        .max_by_key(|status| status.as_str().len())
        .map_or_else(|| Word::Other(message.into()), Word::Known)
}

/// The error without the value of a parameter, which AWS repeats where one has not the form of any: it may be a secret.
fn without_values(error: Error) -> Error {
    match error {
        Error::Refused(failed) => Error::Refused(FailedCall {
            message: without_value(failed.message),
            ..failed
        }),
        other => other,
    }
}

fn without_value(message: String) -> String {
    match Refusal::read("ValidationError", &message) {
        Some(Refusal::Constraint {
            member, constraint, ..
        }) if member.to_lowercase().contains("parameter") => Refusal::Constraint {
            value: "'****'".to_owned(),
            member,
            constraint,
        }
        .to_string(),
        _ => message,
    }
}

fn change_set(call: &Call) -> Option<&ChangeSetId> {
    match call {
        Call::DescribeChangeSet { change_set }
        | Call::ValidationEvents { change_set }
        | Call::ExecuteChangeSet { change_set, .. }
        | Call::DeleteChangeSet { change_set } => Some(change_set),
        _ => None,
    }
}

fn token(call: &Call) -> Option<&str> {
    match call {
        Call::ExecuteChangeSet { token, .. }
        | Call::DeleteStack { token, .. }
        | Call::ContinueUpdateRollback { token, .. }
        | Call::RollbackStack { token, .. }
        | Call::CancelUpdateStack { token, .. } => Some(token),
        _ => None,
    }
}

fn is_cloudformations(call: &Call) -> bool {
    match call {
        Call::DescribeStack { .. }
        | Call::GetTemplate { .. }
        | Call::GetStackPolicy { .. }
        | Call::ListStackResources { .. }
        | Call::DetectStackDrift { .. }
        | Call::DriftDetectionStatus { .. }
        | Call::ResourceDrifts { .. }
        | Call::CreateChangeSet(_)
        | Call::DescribeChangeSet { .. }
        | Call::ValidationEvents { .. }
        | Call::ExecuteChangeSet { .. }
        | Call::DeleteChangeSet { .. }
        | Call::DeleteStack { .. }
        | Call::ContinueUpdateRollback { .. }
        | Call::RollbackStack { .. }
        | Call::CancelUpdateStack { .. }
        | Call::SetStackPolicy { .. }
        | Call::UpdateTerminationProtection { .. }
        | Call::StackEvents { .. }
        | Call::EventsSince { .. }
        | Call::ListDeletedStacks
        | Call::ListChangeSets { .. }
        | Call::ListImports { .. } => true,
        Call::Identity
        | Call::PutTemplate { .. }
        | Call::DescribeServices { .. }
        | Call::LatestServiceDeployment { .. }
        | Call::DescribeTaskDefinition { .. }
        | Call::CopyTaskDefinition { .. }
        | Call::UpdateService { .. }
        | Call::FindTasks { .. }
        | Call::RunTask(_)
        | Call::DescribeTask { .. }
        | Call::StopTask { .. }
        | Call::TaskLogs { .. }
        | Call::Publish { .. }
        | Call::Webhook { .. }
        | Call::RunCommand(_)
        | Call::DescribeTargetHealth { .. }
        | Call::UnprotectLoadBalancer { .. }
        | Call::UnprotectDatabase { .. }
        | Call::DescribeAlarms { .. }
        | Call::DescribeDbInstance { .. }
        | Call::CreateDbSnapshot { .. }
        | Call::DescribeDbSnapshots { .. }
        | Call::DescribeImage { .. }
        | Call::Quota { .. }
        | Call::CountResources { .. }
        | Call::FindResource { .. }
        | Call::Http { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use stratiform_deploy::{Call, FailureKind};
    use stratiform_service::status::ExecutionStatus;
    use stratiform_service::{ChangeSetId, Refusal, Word};

    use super::failure;
    use crate::error::{Call as Operation, Error, FailedCall};

    fn refused(code: &str, message: &str) -> Error {
        Error::Refused(FailedCall {
            call: Operation::new("ExecuteChangeSet", "release-7"),
            code: Some(code.to_owned()),
            message: message.to_owned(),
            request_id: None,
        })
    }

    fn execution() -> Call {
        Call::ExecuteChangeSet {
            change_set: change_set(),
            token: "run-1".to_owned(),
        }
    }

    fn change_set() -> ChangeSetId {
        "arn:aws:cloudformation:eu-central-1:111122223333:changeSet/release-7/1"
            .parse()
            .unwrap()
    }

    #[test]
    fn a_refused_execution_is_told_in_whatever_words() {
        let status = |message: &str| {
            let failure = failure(&execution(), refused("InvalidChangeSetStatus", message));
            assert_eq!(failure.kind, FailureKind::Refused);
            match failure.refusal {
                Some(Refusal::ChangeSetNotExecutableAgain { status, .. }) => status,
                other => panic!("{other:?}"),
            }
        };
        for message in [
            "ChangeSet [arn] cannot be executed in its current execution status of [EXECUTE_COMPLETE]",
            "It is EXECUTE_COMPLETE.",
        ] {
            assert_eq!(status(message), ExecutionStatus::ExecuteComplete);
        }
        assert_eq!(status("UNAVAILABLE"), ExecutionStatus::Unavailable);
        assert_eq!(status("no"), Word::Other("no".into()));
        let token = failure(&execution(), refused("TokenAlreadyExistsException", "used"));
        let used = Refusal::TokenUsed {
            token: "run-1".to_owned(),
        };
        assert_eq!(token.refusal, Some(used));
        let missing = failure(&execution(), refused("ChangeSetNotFound", "gone"));
        assert_eq!(
            missing.refusal,
            Some(Refusal::ChangeSetMissing {
                change_set: change_set().to_string()
            })
        );
    }

    #[test]
    fn other_services_codes_are_no_refusals_of_cloudformation() {
        let alarms = Call::DescribeAlarms { names: Vec::new() };
        let message = "Stack with id shop does not exist";
        assert_eq!(
            failure(&alarms, refused("ValidationError", message)).refusal,
            None
        );
        let failure = failure(&execution(), refused("ValidationError", message));
        assert!(failure.is_stack_missing());
    }

    #[test]
    fn no_value_of_a_parameter_is_repeated() {
        let message = "1 validation error detected: Value 'hunter2' at 'parameters.3.member.parameterValue' failed to satisfy constraint: Member must have length less than or equal to 4096";
        let failure = failure(&execution(), refused("ValidationError", message));
        assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
        assert!(
            failure
                .why
                .contains("'parameters.3.member.parameterValue' failed"),
            "{}",
            failure.why
        );
    }
}
