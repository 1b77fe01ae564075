//! Stacks, and answers that are not what AWS sends.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use stratiform_aws::Error;
use stratiform_test_support::serve;

use crate::client;
use crate::replies::{self, STACK, error, reply};

// The SDK's list of statuses is older than what AWS sends.
#[tokio::test]
async fn what_nobody_has_seen_before_is_read() {
    let endpoint = serve(|body| replies::of_stack(body, STACK));
    let names = ["one".to_owned()];
    let stacks = client(&endpoint).await.deployed(&names).await.unwrap();
    let stack = &stacks[0].as_ref().unwrap().stack;
    assert_eq!(stack.status.as_str(), "A_STATUS_OF_NEXT_YEAR");
    // Only the value behind the name is hidden.
    assert!(stack.parameters.contains_key("Token"));
    assert!(!stack.values().contains_key("Token"));
}

// Once wrong: the resources were listed and the processed template was fetched, for nobody; each needs a permission.
#[tokio::test]
async fn nothing_is_asked_that_nobody_reads() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    let endpoint = serve(move |body| {
        let part = |name: &str| {
            let value = body.split(name).nth(1).unwrap_or_default();
            value.split('&').next().unwrap_or_default().to_owned()
        };
        let call = format!("{} {}", part("Action="), part("TemplateStage="));
        log.lock().unwrap().push(call.trim_end().to_owned());
        replies::of_stack(body, STACK)
    });
    let aws = client(&endpoint).await;
    let stacks = aws.deployed(&["one".to_owned()]).await.unwrap();
    let stack = stacks[0].as_ref().unwrap();
    assert_eq!(
        *asked.lock().unwrap(),
        ["DescribeStacks", "GetTemplate Original"]
    );
    assert_eq!(aws.processed_template(stack).await.unwrap(), "{}");
    assert_eq!(asked.lock().unwrap()[2..], ["GetTemplate Processed"]);
}

#[tokio::test]
async fn another_refusal_is_not_a_missing_stack() {
    let failure = async |code: &'static str, message: &'static str| {
        let aws = client(&serve(move |_| error(code, message))).await;
        aws.deployed(&["one".to_owned()]).await.unwrap_err()
    };
    let refused = failure("ValidationError", "1 validation error").await;
    assert!(matches!(refused, Error::Refused(_)), "{refused:?}");
    let denied = failure("AccessDenied", "it does not exist").await;
    assert!(matches!(denied, Error::Denied(_)), "{denied:?}");
}

#[tokio::test]
async fn a_reply_cut_off_anywhere_is_an_error_or_a_value() {
    let length = Arc::new(AtomicUsize::new(0));
    let cut = length.clone();
    let endpoint =
        serve(move |body| replies::of_stack(body, &STACK[..cut.load(Ordering::Relaxed)]));
    let aws = client(&endpoint).await;
    for end in (0..STACK.len()).step_by(7) {
        length.store(end, Ordering::Relaxed);
        if let Err(error) = aws.deployed(&["one".to_owned()]).await {
            assert!(matches!(error, Error::Unreadable(_)), "{end}: {error:?}");
        }
    }
}

#[tokio::test]
async fn pages_that_repeat_come_to_an_end() {
    let page = "<StackSummaries><member><StackName>one</StackName><StackStatus>UPDATE_COMPLETE</StackStatus>\
                </member></StackSummaries><NextToken>again</NextToken>";
    let endpoint = serve(move |_| reply("ListStacks", page));
    let names = client(&endpoint).await.stack_names("one").await.unwrap();
    assert_eq!(names, ["one", "one"]);
}
