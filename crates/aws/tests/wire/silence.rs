//! Web servers, and nobody who answers.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use stratiform_aws::Aws;
use stratiform_deploy::{Call, FailureKind, Reply};
use stratiform_test_support::serve;

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

/// With what is configured for deployments.
#[tokio::test]
async fn nobody_answering_is_told_within_ten_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_url = format!("http://{}", silent.local_addr().unwrap());
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let asked = |endpoint: String, call: Call| async move {
        let config = support::deployment_config(&endpoint).await;
        let begun = Instant::now();
        let failure = Aws::deploying(&config).call(&call).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unknown, "{failure:?}");
        begun.elapsed()
    };
    let describe = || Call::DescribeStack {
        stack: "shop".to_owned(),
    };
    let gone = format!("http://{closed}");
    let all = futures_util::future::join_all([
        Box::pin(asked(silent_url.clone(), describe()))
            as std::pin::Pin<Box<dyn Future<Output = Duration>>>,
        Box::pin(asked(silent_url.clone(), services())),
        Box::pin(asked(silent_url, Call::Identity)),
        Box::pin(asked(gone.clone(), describe())),
        Box::pin(asked(gone, services())),
    ]);
    for elapsed in all.await {
        assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
    }
}
