//! Stacks and imports.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use stratiform_aws::{DeployedOutput, DeployedParameter, DeployedStack, Error};

use crate::client;
use crate::replies::{self, STACK, error, reply, stack};
use crate::server::{Reply, serve};

/// Reads the stacks `one`, `two`, … from a server.
async fn deployed(
    names: &[&str],
    answer: impl Fn(&str) -> Reply + Send + Sync + 'static,
) -> Result<Vec<Option<DeployedStack>>, Error> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    client(&serve(answer)).await.deployed(&names).await
}

/// Reads one stack that DescribeStacks answers with this.
async fn read(described: String) -> Result<Option<DeployedStack>, Error> {
    let stacks = deployed(&["one"], move |body| replies::of_stack(body, &described)).await?;
    Ok(stacks.into_iter().next().unwrap())
}

#[tokio::test]
async fn a_stack_is_read_in_whole() {
    let stack = read(STACK.to_owned()).await.unwrap().unwrap();
    assert_eq!(stack.status.as_str(), "A_STATUS_OF_NEXT_YEAR");
    assert_eq!(stack.template, "Transform: AWS::LanguageExtensions");
    assert!(stack.termination_protection);
    let known = |text: &str| DeployedParameter::Known(text.to_owned());
    let parameters: Vec<_> = stack.parameters.into_iter().collect();
    assert_eq!(
        parameters,
        [
            ("Size".to_owned(), known("2")),
            ("Nothing".to_owned(), known("")),
            ("Password".to_owned(), DeployedParameter::Hidden),
            (
                "Image".to_owned(),
                DeployedParameter::Resolved {
                    name: "/images/latest".to_owned(),
                    value: "ami-1".to_owned()
                }
            ),
            ("Token".to_owned(), DeployedParameter::Hidden),
        ]
    );
    assert_eq!(stack.tags["team"], "shop & co");
    let output = |value: &str, export: Option<&str>| DeployedOutput {
        value: value.to_owned(),
        export: export.map(str::to_owned),
    };
    assert_eq!(stack.outputs["VpcId"], output("vpc-1", Some("one-VpcId")));
    assert_eq!(stack.outputs["Note"], output("internal", None));
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
async fn answers_stand_where_their_names_do() {
    let names = ["one", "two", "three", "four", "five", "six"];
    let stacks = deployed(&names, |request| match replies::name_in(request).as_str() {
        name @ ("one" | "four") => {
            let message = format!("Stack with id {name} does not exist");
            error("ValidationError", &message)
        }
        name => replies::of_stack(request, &stack("UPDATE_COMPLETE", name)),
    });
    let found = stacks.await.unwrap().into_iter();
    let found: Vec<_> = found.map(|stack| stack.map(|stack| stack.name)).collect();
    let found: Vec<_> = found.iter().map(Option::as_deref).collect();
    let expected = [
        None,
        Some("two"),
        Some("three"),
        None,
        Some("five"),
        Some("six"),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_stack_without_anything_deployed_is_none() {
    for status in ["REVIEW_IN_PROGRESS", "DELETE_COMPLETE"] {
        assert_eq!(read(stack(status, "one")).await.unwrap(), None, "{status}");
    }
}

#[tokio::test]
async fn another_refusal_is_not_a_missing_stack() {
    let refused = deployed(&["one"], |_| error("ValidationError", "1 validation error"));
    assert!(matches!(refused.await, Err(Error::Refused(_))));
    let denied = deployed(&["one"], |_| error("AccessDenied", "it does not exist"));
    assert!(matches!(denied.await, Err(Error::Denied(_))));
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
async fn imports_of_all_pages_or_none() {
    let endpoint = serve(|body| match body {
        _ if body.contains("unused") => error(
            "ValidationError",
            "Export 'unused' is not imported by any stack.",
        ),
        _ if body.contains("NextToken=more") => {
            reply("ListImports", "<Imports><member>two</member></Imports>")
        }
        _ => reply(
            "ListImports",
            "<Imports><member>one</member></Imports><NextToken>more</NextToken>",
        ),
    });
    let aws = client(&endpoint).await;
    assert_eq!(aws.imports("VpcId").await.unwrap(), ["one", "two"]);
    assert!(aws.imports("unused").await.unwrap().is_empty());
}

#[tokio::test]
async fn pages_that_repeat_come_to_an_end() {
    let page = "<StackSummaries><member><StackName>one</StackName><StackStatus>UPDATE_COMPLETE</StackStatus>\
                </member></StackSummaries><NextToken>again</NextToken>";
    let endpoint = serve(move |_| reply("ListStacks", page));
    let names = client(&endpoint).await.stack_names("one").await.unwrap();
    assert_eq!(names, ["one", "one"]);
}
