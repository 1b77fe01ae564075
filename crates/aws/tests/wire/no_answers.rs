//! Answers with status 200 that are none.

use stratiform_deploy::{Call, FailureKind, Reply};

use crate::calls::{call, change_set, stack_id};
use crate::replies::reply;

fn execute() -> Call {
    Call::ExecuteChangeSet {
        change_set: change_set(),
        token: "run-1".to_owned(),
    }
}

// Once wrong: a proxy's page was taken for the answer to what is answered with nothing, and half a list for a short one.
#[tokio::test]
async fn what_is_not_one_whole_document_is_no_answer_to_any_call() {
    let stack = stack_id;
    let calls = [
        execute(),
        Call::DeleteChangeSet {
            change_set: change_set(),
        },
        Call::DeleteStack {
            stack: stack(),
            token: "run-1".to_owned(),
        },
        Call::ContinueUpdateRollback {
            stack: stack(),
            skip: Vec::new(),
            token: "run-1".to_owned(),
        },
        Call::SetStackPolicy {
            stack: stack(),
            policy: "{}".to_owned(),
        },
        Call::GetStackPolicy { stack: stack() },
        Call::ListStackResources { stack: stack() },
        Call::StackEvents {
            stack: stack(),
            after: None,
        },
    ];
    for asked in calls {
        for body in [
            "",
            "<html><body>Sign in</body></html>",
            "<!DOCTYPE html>\n<html>",
            "{}",
            "<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>",
            "<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents/>",
            "<DescribeStacksResponse><DescribeStacksResult/></DescribeStacksResponse>",
        ] {
            let (answer, requests) = call(vec![(200, body.to_owned())], &asked).await;
            let failure = answer.unwrap_err();
            assert_eq!(failure.kind, FailureKind::Unknown, "{body}: {failure:?}");
            assert_eq!(requests.len(), 1, "{body}: {failure:?}");
        }
    }
}

#[tokio::test]
async fn what_is_said_of_no_answer() {
    let page = (200, "<html>secret</html>".to_owned());
    let (answer, _) = call(vec![page], &execute()).await;
    let failure = answer.unwrap_err();
    insta::assert_snapshot!(format!("{}\n{}\n{}", failure.what, failure.why, failure.help), @r"
    ExecuteChangeSet of `release-7` got an answer that cannot be read
    the answer is none to ExecuteChangeSet (request 4711)
    check that AWS_ENDPOINT_URL and HTTPS_PROXY, where set, lead to AWS
    ");
    let down = (503, "<html>secret</html>".to_owned());
    let (answer, _) = call(vec![down], &execute()).await;
    let failure = answer.unwrap_err();
    insta::assert_snapshot!(format!("{}\n{}\n{}", failure.what, failure.why, failure.help), @r"
    ExecuteChangeSet of `release-7` failed: AWS is out of reach, or out of order
    the answer has status 503, and no error of AWS's (request 4711)
    check the network, HTTPS_PROXY and AWS_ENDPOINT_URL, and try again
    ");
}

#[tokio::test]
async fn a_change_set_that_is_made_has_changes_be_they_none() {
    let described = |status: &str, changes: &str| {
        let id = change_set();
        let stack = stack_id();
        reply(
            "DescribeChangeSet",
            &format!(
                "<ChangeSetName>release-7</ChangeSetName><ChangeSetId>{id}</ChangeSetId><StackId>{stack}</StackId>\
                 <StackName>shop</StackName><CreationTime>2026-11-20T10:00:00Z</CreationTime><Status>{status}</Status>\
                 <ExecutionStatus>AVAILABLE</ExecutionStatus>{changes}"
            ),
        )
    };
    let asked = Call::DescribeChangeSet {
        change_set: change_set(),
    };
    for (status, changes, is_readable) in [
        ("CREATE_COMPLETE", "<Changes/>", true),
        ("CREATE_COMPLETE", "", false),
        ("CREATE_IN_PROGRESS", "", true),
        ("FAILED", "", true),
    ] {
        let (answer, _) = call(vec![described(status, changes)], &asked).await;
        let is_read = matches!(answer, Ok(Reply::ChangeSet(_)));
        assert_eq!(is_read, is_readable, "{status} {changes}: {answer:?}");
    }
}
