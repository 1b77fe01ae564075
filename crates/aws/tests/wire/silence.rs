//! Web servers, and nobody who answers.

use std::net::TcpListener;
use std::time::Duration;

use stratiform_aws::{Aws, Error};
use stratiform_deploy::{Call, FailureKind, Reply};
use stratiform_test_support::serve;
use tokio::time::Instant;

use crate::calls::{deploying, script, services};
use crate::support;

#[tokio::test]
async fn a_web_server_is_asked_once() {
    let get = |url: &str| Call::Http {
        url: url.to_owned(),
    };
    let (endpoint, requests) = script(vec![(302, "é".repeat(100_000))]);
    let aws = deploying("http://127.0.0.1:1").await;
    let asked = format!("{endpoint}/health?deep=1#top");
    let answer = aws.call(&get(&asked)).await.unwrap();
    let Reply::Http { status, body } = answer else {
        panic!("{answer:?}");
    };
    assert_eq!((status, body.len()), (302, 64 << 10));
    let requests = requests.lock().unwrap().clone();
    assert_eq!(requests.len(), 1);
    let head = requests[0].to_lowercase();
    assert!(
        head.starts_with("get /health?deep=1 http/1.1\r\n"),
        "{head}"
    );
    assert!(
        !head.contains("authorization") && !head.contains("amz"),
        "{head}"
    );

    let down = serve(|_| (503, String::new()));
    let answer = aws.call(&get(&down)).await;
    assert!(
        matches!(answer, Ok(Reply::Http { status: 503, .. })),
        "{answer:?}"
    );

    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for (url, shown) in [
        (
            format!("http://user:secret@{nobody}/x?secret"),
            format!("GET of `http://{nobody}/x` was not answered"),
        ),
        ("secret".to_owned(), "GET was not answered".to_owned()),
        (
            "http://a b/".to_owned(),
            "GET of `http://a b/` was not answered".to_owned(),
        ),
    ] {
        let failure = aws.call(&get(&url)).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unknown);
        assert_eq!(failure.what, shown);
        assert!(!format!("{failure:?}").contains("secret"), "{failure:?}");
    }
}

/// With what is configured for deployments, and for reading. The clock goes forward by itself whenever nobody has anything to do: what is
/// measured are our own limits, and not this machine.
#[tokio::test(start_paused = true)]
async fn nobody_answering_is_told_within_ten_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}", closed.local_addr().unwrap());
    // No name ends so: RFC 2606.
    let unknown = "http://cloudformation.invalid".to_owned();
    for endpoint in [silent, closed, unknown] {
        let describe = Call::DescribeStack {
            stack: "shop".to_owned(),
        };
        for call in [describe, services(), Call::Identity] {
            let config = support::deployment_config(&endpoint).await;
            let begun = Instant::now();
            let failure = Aws::new(&config).call(&call).await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::Unknown, "{failure:?}");
            let elapsed = begun.elapsed();
            let cell = format!("{call:?} of {endpoint}: {elapsed:?}");
            assert!(elapsed < Duration::from_secs(10), "{cell}");
        }
        let aws = Aws::new(&support::config(&endpoint).await);
        let begun = Instant::now();
        let error = aws.deployed(&["shop".to_owned()]).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{endpoint}");
    }
}
