//! What goes wrong, and what people read then.

use stratiform_aws::{Error, Identity};
use stratiform_deploy::Call;
use stratiform_test_support::{Reply, serve};

use crate::client;
use crate::replies::{error, reply};

/// What `stack_names` fails with when this is the answer.
async fn failure(reply: Reply) -> Error {
    let endpoint = serve(move |_| reply.clone());
    client(&endpoint).await.stack_names("").await.unwrap_err()
}

fn shown(error: &Error) -> String {
    let (code, why, help) = (error.code(), error.why(), error.help());
    format!("{code}: {error}\n  why: {why}\n  help: {help}")
}

#[tokio::test]
async fn what_people_read() {
    let denied = "User: arn:aws:iam::111122223333:user/eve is not authorized to perform: cloudformation:ListStacks";
    let nobody = serve(|_| reply("GetCallerIdentity", "<Arn>arn</Arn>"));
    let nobody = client(&nobody).await.identity().await;
    let identity = Identity {
        account: "111122223333".parse().unwrap(),
        arn: "arn:aws:iam::111122223333:user/eve".to_owned(),
    };
    assert!(identity.expect_account(None).is_ok());
    assert!(
        identity
            .expect_account(Some(&"111122223333".parse().unwrap()))
            .is_ok()
    );
    let errors = [
        failure(error(
            "ExpiredToken",
            "The security token included in the request is expired",
        ))
        .await,
        failure(error("AccessDenied", denied)).await,
        failure(error("Throttling", "Rate exceeded")).await,
        failure(error("OptInRequired", "Subscribe first")).await,
        failure(error("ServiceUnavailable", "Come back")).await,
        nobody.unwrap_err(),
        identity
            .expect_account(Some(&"444455556666".parse().unwrap()))
            .unwrap_err(),
    ];
    let errors = errors.map(|error| shown(&error)).join("\n");
    insta::assert_snapshot!(errors, @r"
    aws-credentials: ListStacks needs credentials that AWS accepts
      why: ExpiredToken: The security token included in the request is expired (request 4711)
      help: sign in again (`aws sso login`), or choose a profile with AWS_PROFILE; `aws sts get-caller-identity` shows whether AWS accepts what it finds
    aws-denied: ListStacks is not allowed with these credentials
      why: AccessDenied: User: arn:aws:iam::111122223333:user/eve is not authorized to perform: cloudformation:ListStacks (request 4711)
      help: use credentials that may call ListStacks, or allow it in their policies
    aws-throttled: ListStacks was throttled, every time it was tried
      why: Throttling: Rate exceeded (request 4711)
      help: try again when less is going on in the account: its programs share one limit
    aws-refused: ListStacks was refused
      why: OptInRequired: Subscribe first (request 4711)
      help: look for the code in AWS's reference of ListStacks
    aws-unavailable: ListStacks failed: AWS is out of reach, or out of order
      why: ServiceUnavailable: Come back (request 4711)
      help: check the network, HTTPS_PROXY and AWS_ENDPOINT_URL, and try again
    aws-unreadable: GetCallerIdentity got an answer that cannot be read
      why: the answer has no Account
      help: check that AWS_ENDPOINT_URL and HTTPS_PROXY, where set, lead to AWS
    other-account: the environment is in account 444455556666, and the credentials are of account 111122223333
      why: they are of `arn:aws:iam::111122223333:user/eve`
      help: use credentials of account 444455556666, or correct `settings.account` of the environment
    ");
}

#[tokio::test]
async fn what_is_not_xml_is_unreadable_or_an_outage() {
    let page = || "<html>Sign in to the hotel's network".to_owned();
    for status in [200, 400, 404] {
        let error = failure((status, page())).await;
        assert!(matches!(error, Error::Unreadable(_)), "{status}: {error:?}");
    }
    for status in [500, 503] {
        let error = failure((status, page())).await;
        assert!(
            matches!(error, Error::Unavailable(_)),
            "{status}: {error:?}"
        );
    }
}

#[tokio::test]
async fn nobody_there_is_no_answer() {
    // A port that the system gives to nobody.
    let error = client("http://127.0.0.1:1")
        .await
        .identity()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_session_token_is_not_repeated() {
    let message = "The request signature we calculated does not match the signature you provided.\n\n\
                   The Canonical String for this request should have been\n'POST\nx-amz-security-token:FwoG'";
    let error = failure(error("SignatureDoesNotMatch", message)).await;
    assert!(matches!(error, Error::Credentials(_)), "{error:?}");
    assert!(!format!("{error:?}{}", shown(&error)).contains("FwoG"));
}

#[tokio::test]
async fn what_failed_in_express_mode_has_one_way_out() {
    let message = "RollbackStack is not supported for stacks that were last updated using EXPRESS deployment mode and are in a \
                   failed state";
    let endpoint = serve(move |_| error("ValidationError", message));
    let id = "arn:aws:cloudformation:eu-central-1:111122223333:stack/shop/1";
    let call = Call::RollbackStack {
        stack: id.parse().unwrap(),
        token: "t".to_owned(),
    };
    let failure = client(&endpoint).await.call(&call).await.unwrap_err();
    assert!(failure.help.contains("`express: true`"), "{failure:?}");
}
