//! Calls of a deployment that do not come through, or whose answers do not.

use std::time::{Duration, Instant};

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use futures_util::future::join_all;
use stratiform_aws::Aws;
use stratiform_deploy::{Call, FailureKind, Reply};
use stratiform_service::change_set::ChangeSetType;
use stratiform_service::{ExecutionStatus, Refusal, StackId, StackStatus};

use crate::Engine;
use crate::calls::{deploy, described, execute, make, new, stack};

/// What deploys, without long pauses, where calls are to fail so. What is never answered, or too late, is not waited for;
/// all else is, however slow this machine is.
fn impatient(engine: &Engine, fault: &str) -> Aws {
    let patience = match fault {
        "timeout" | "lost" => Duration::from_secs(1),
        _ => Duration::from_secs(60),
    };
    let retries = RetryConfig::standard()
        .with_max_attempts(6)
        .with_initial_backoff(Duration::ZERO);
    let timeouts = TimeoutConfig::builder().read_timeout(patience).build();
    let config = engine.deployment.clone().into_builder();
    Aws::new(
        &config
            .retry_config(retries)
            .timeout_config(timeouts)
            .build(),
    )
}

fn delete(stack: &StackId) -> Call {
    Call::DeleteStack {
        stack: stack.clone(),
        token: "token-9".to_owned(),
    }
}

#[tokio::test]
async fn what_does_not_come_through_is_made_again() {
    let engine = Engine::start().await;
    for how in ["throttle", "500", "cut", "lost"] {
        let aws = impatient(&engine, how);
        for operation in [
            "CreateChangeSet",
            "DescribeChangeSet",
            "ExecuteChangeSet",
            "DescribeStacks",
            "DescribeStackEvents",
            "DeleteStack",
        ] {
            engine.fault(&format!("api:{operation}={how}:times=1"));
        }
        let name = format!("shop-{how}");
        let id = deploy(&aws, &name).await;
        let made = stack(&aws, &name).await.unwrap();
        assert_eq!(made.status, StackStatus::CreateComplete, "{how}");
        let events = Call::StackEvents {
            stack: id.clone(),
            after: None,
        };
        assert!(matches!(aws.call(&events).await, Ok(Reply::Events(_))));
        assert_eq!(aws.call(&delete(&id)).await, Ok(Reply::Done), "{how}");
    }
}

#[tokio::test]
async fn an_execution_is_not_refused_for_having_been_made() {
    let engine = Engine::start().await;
    let aws = impatient(&engine, "lost");
    let (first, _) = make(&aws, &new("shop", "release-1", ChangeSetType::Create)).await;
    engine.fault("api:ExecuteChangeSet=lost:times=1");
    assert_eq!(execute(&aws, &first, "token-1").await, Ok(Reply::Done));
    // With another token it is another execution, which whoever makes it is told.
    let failure = execute(&aws, &first, "token-2").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    match failure.refusal {
        Some(Refusal::ChangeSetNotExecutableAgain { status, .. }) => {
            assert_eq!(status, ExecutionStatus::ExecuteComplete);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_change_set_of_the_name_is_answered() {
    let engine = Engine::start().await;
    let aws = engine.deploying();
    let creation = new("shop", "release-1", ChangeSetType::Create);
    let first = make(&aws, &creation).await;
    assert_eq!(make(&aws, &creation).await, first);
    let mut other = creation.clone();
    other.description = "somebody else's".to_owned();
    assert_eq!(make(&aws, &other).await, first);
    let read = described(&aws, &first.0).await;
    assert_eq!(read.description.as_deref(), Some("release-1 of shop"));
    let delete = Call::DeleteChangeSet {
        change_set: first.0.clone(),
    };
    assert_eq!(aws.call(&delete).await, Ok(Reply::Done));
    assert_eq!(aws.call(&delete).await, Ok(Reply::Done));
    let gone = Call::DescribeChangeSet {
        change_set: first.0.clone(),
    };
    let failure = aws.call(&gone).await.unwrap_err();
    let missing = matches!(failure.refusal, Some(Refusal::ChangeSetMissing { .. }));
    assert!(missing, "{failure:?}");
    // The name is free again, and what has it is another one.
    assert_ne!(make(&aws, &creation).await.0, first.0);
}

#[tokio::test]
async fn what_is_on_its_way_back_is_not_refused() {
    let engine = Engine::waiting().await;
    let aws = impatient(&engine, "lost");
    let (first, id) = make(&aws, &new("shop", "release-1", ChangeSetType::Create)).await;
    engine.advance(60);
    execute(&aws, &first, "token-1").await.unwrap();
    engine.advance(600);
    let mut second = new("shop", "release-2", ChangeSetType::Update);
    second.parameters.insert(
        "Shown".to_owned(),
        stratiform_deploy::call::ParameterValue::Value("second".to_owned()),
    );
    let (second, _) = make(&aws, &second).await;
    engine.advance(60);
    execute(&aws, &second, "token-2").await.unwrap();
    engine.advance(1);
    for how in ["cut", "lost"] {
        engine.fault(&format!("api:CancelUpdateStack={how}:times=1"));
        let cancel = Call::CancelUpdateStack {
            stack: id.clone(),
            token: "token-3".to_owned(),
        };
        assert_eq!(aws.call(&cancel).await, Ok(Reply::Done), "{how}");
        let found = stack(&aws, "shop").await.unwrap();
        assert_eq!(found.status, StackStatus::UpdateRollbackInProgress);
    }
}

#[tokio::test]
async fn trouble_has_a_kind() {
    let describe = Call::DescribeStack {
        stack: "shop".to_owned(),
    };
    let services = Call::DescribeServices {
        cluster: "default".to_owned(),
        services: vec!["api".to_owned()],
    };
    let database = Call::DescribeDbInstance {
        identifier: "shop".to_owned(),
    };
    let calls = [
        ("DescribeStacks", describe),
        ("DescribeServices", services),
        ("DescribeDBInstances", database),
    ];
    let troubles = [
        ("throttle", FailureKind::Throttled),
        ("500", FailureKind::Unknown),
        ("cut", FailureKind::Unknown),
        ("timeout", FailureKind::Unknown),
    ];
    let all = calls.iter().flat_map(|(operation, call)| {
        let each = troubles.iter();
        each.map(move |(how, kind)| troubled(operation, call, how, *kind))
    });
    join_all(all).await;
}

async fn troubled(operation: &str, call: &Call, how: &str, kind: FailureKind) {
    let engine = Engine::start().await;
    let aws = impatient(&engine, how);
    engine.fault(&format!("api:{operation}={how}:times=1"));
    assert!(aws.call(call).await.is_ok(), "{operation} {how}");
    engine.fault(&format!("api:{operation}={how}"));
    let failure = aws.call(call).await.unwrap_err();
    assert_eq!(failure.kind, kind, "{operation} {how}: {failure:?}");
    assert!(failure.kind.is_passing());
}

#[tokio::test]
async fn throttling_slows_down_and_does_not_fail() {
    let engine = Engine::start().await;
    let aws = engine.deploying();
    engine.fault("api:DescribeStacks=throttle:times=1");
    let begun = Instant::now();
    assert_eq!(stack(&aws, "shop").await, None);
    // Left to itself, the SDK's adaptive mode sleeps for ten for the first one.
    assert!(begun.elapsed() < Duration::from_secs(9));
}
