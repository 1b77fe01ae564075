//! What an account has room for.

use stratiform_deploy::{Call, FailureKind, Reply};
use stratiform_test_support::serve;

use crate::client;

fn quota() -> Call {
    Call::Quota {
        service: "vpc".to_owned(),
        code: "L-F678F1CE".to_owned(),
    }
}

// The shapes are those of the API references' examples.
#[tokio::test]
async fn a_quota_is_the_accounts_or_else_awss() {
    let own = serve(|_| {
        (
            200,
            r#"{"Quota":{"QuotaCode":"L-F678F1CE","ServiceCode":"vpc","Value":12.0}}"#.to_owned(),
        )
    });
    assert_eq!(
        client(&own).await.call(&quota()).await.unwrap(),
        Reply::Quota(12)
    );
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let default = serve(
        move |_| match asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => (
                400,
                r#"{"__type":"NoSuchResourceException","Message":"no"}"#.to_owned(),
            ),
            _ => (200, r#"{"Quota":{"Value":5.0}}"#.to_owned()),
        },
    );
    assert_eq!(
        client(&default).await.call(&quota()).await.unwrap(),
        Reply::Quota(5)
    );
}

#[tokio::test]
async fn resources_are_counted_over_all_pages() {
    let pages = serve(|body| {
        let page = match body.contains("NextToken") {
            false => {
                r#"{"TypeName":"AWS::EC2::VPC","ResourceDescriptions":[{"Identifier":"vpc-1"},{"Identifier":"vpc-2"}],"NextToken":"more"}"#
            }
            true => {
                r#"{"TypeName":"AWS::EC2::VPC","ResourceDescriptions":[{"Identifier":"vpc-3"}]}"#
            }
        };
        (200, page.to_owned())
    });
    let call = Call::CountResources {
        resource_type: "AWS::EC2::VPC".to_owned(),
    };
    assert_eq!(
        client(&pages).await.call(&call).await.unwrap(),
        Reply::Count(3)
    );
    let denied = serve(|_| {
        (
            400,
            r#"{"__type":"AccessDeniedException","Message":"no"}"#.to_owned(),
        )
    });
    let failure = client(&denied).await.call(&call).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Denied);
}

#[tokio::test]
async fn a_resource_is_there_or_not() {
    let call = Call::FindResource {
        resource_type: "AWS::IAM::OIDCProvider".to_owned(),
        identifier: "arn:aws:iam::111122223333:oidc-provider/example.com".to_owned(),
    };
    let answer = |status, body: &'static str| serve(move |_| (status, body.to_owned()));
    let there = answer(
        200,
        r#"{"TypeName":"AWS::IAM::OIDCProvider","ResourceDescription":{"Identifier":"a","Properties":"{}"}}"#,
    );
    let found = client(&there).await.call(&call).await.unwrap();
    assert_eq!(found, Reply::Found(true));
    let missing = answer(
        400,
        r#"{"__type":"com.amazonaws.cloudapiservice#ResourceNotFoundException","Message":"no"}"#,
    );
    let found = client(&missing).await.call(&call).await.unwrap();
    assert_eq!(found, Reply::Found(false));
    let denied = answer(400, r#"{"__type":"AccessDeniedException","Message":"no"}"#);
    let failure = client(&denied).await.call(&call).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Denied);
}
