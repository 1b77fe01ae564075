//! What is said of drift: a look that failed in part, words that nobody knows, and pages.

use stratiform_deploy::{Call, Reply};
use stratiform_service::change::ResourceDriftStatus;
use stratiform_service::drift::{DetectionStatus, DifferenceType};
use stratiform_test_support::serve;

use crate::client;
use crate::replies::{error, reply};

const ID: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/one/1";

fn drift(logical_id: &str, status: &str, more: &str) -> String {
    format!(
        "<member><StackId>{ID}</StackId><LogicalResourceId>{logical_id}</LogicalResourceId>\
         <ResourceType>AWS::SQS::Queue</ResourceType><StackResourceDriftStatus>{status}</StackResourceDriftStatus>\
         <Timestamp>2026-11-20T10:00:01.000Z</Timestamp>{more}</member>"
    )
}

#[tokio::test]
async fn a_look_that_failed_in_part_says_why() {
    let endpoint = serve(|_| {
        reply(
            "DescribeStackDriftDetectionStatus",
            &format!(
                "<StackId>{ID}</StackId><StackDriftDetectionId>d-1</StackDriftDetectionId>\
                 <DetectionStatus>DETECTION_FAILED</DetectionStatus>\
                 <DetectionStatusReason>Failed to detect drift on resources [Jobs]</DetectionStatusReason>\
                 <Timestamp>2026-11-20T10:00:00.000Z</Timestamp>"
            ),
        )
    });
    let detection = "d-1".to_owned();
    let call = Call::DriftDetectionStatus { detection };
    let reply = client(&endpoint).await.call(&call).await;
    let Ok(Reply::Detection(detection)) = reply else {
        panic!("{reply:?}");
    };
    assert_eq!(detection.status, DetectionStatus::Failed);
    let reason = detection.reason.as_deref();
    assert_eq!(reason, Some("Failed to detect drift on resources [Jobs]"));
}

#[tokio::test]
async fn all_pages_are_read_and_new_words_are_passed_on() {
    let endpoint = serve(|body| {
        let difference = "<PropertyDifferences><member><PropertyPath>/VisibilityTimeout</PropertyPath>\
                          <ExpectedValue>30</ExpectedValue><ActualValue>60</ActualValue>\
                          <DifferenceType>NOT_EQUAL</DifferenceType></member></PropertyDifferences>\
                          <ExpectedProperties>{&quot;VisibilityTimeout&quot;:30}</ExpectedProperties>";
        let (found, token) = match body.contains("NextToken=two") {
            false => (
                drift("Jobs", "MODIFIED", difference),
                "<NextToken>two</NextToken>",
            ),
            true => (drift("News", "OF_NEXT_YEAR", ""), ""),
        };
        let page = format!("<StackResourceDrifts>{found}</StackResourceDrifts>{token}");
        reply("DescribeStackResourceDrifts", &page)
    });
    let stack = ID.parse().unwrap();
    let call = Call::ResourceDrifts { stack };
    let reply = client(&endpoint).await.call(&call).await;
    let Ok(Reply::Drifts(drifts)) = reply else {
        panic!("{reply:?}");
    };
    assert_eq!(drifts[0].status, ResourceDriftStatus::Modified);
    assert_eq!(
        drifts[0].expected.as_deref(),
        Some("{\"VisibilityTimeout\":30}")
    );
    let difference = &drifts[0].differences[0];
    assert_eq!((&*difference.expected, &*difference.actual), ("30", "60"));
    assert_eq!(difference.kind, DifferenceType::NotEqual);
    assert_eq!(drifts[1].status.as_str(), "OF_NEXT_YEAR");
}

#[tokio::test]
async fn who_may_not_look_is_told_which_action_that_is() {
    let message = "User: arn:aws:iam::111122223333:user/a is not authorized to perform: cloudformation:DetectStackDrift";
    let endpoint = serve(move |_| error("AccessDenied", message));
    let stack = ID.parse().unwrap();
    let failure = client(&endpoint)
        .await
        .call(&Call::DetectStackDrift { stack })
        .await;
    let failure = failure.unwrap_err();
    assert_eq!(
        failure.what,
        "DetectStackDrift of `one` is not allowed with these credentials"
    );
    assert!(failure.why.contains("cloudformation:DetectStackDrift"));
}
