//! Calls of a deployment: answers that the engine does not give.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use stratiform_aws::Aws;
use stratiform_deploy::call::DatabaseKind;
use stratiform_deploy::{Call, FailureKind, Reply};
use stratiform_service::{ChangeSetId, Refusal, StackId};
use stratiform_test_support::{Reply as Answer, serve};

use crate::replies::{error, reply};
use crate::support;

/// What deploys, without pauses.
pub(crate) async fn deploying(endpoint: &str) -> Aws {
    let config = support::deployment_config(endpoint).await.into_builder();
    let retries = RetryConfig::standard().with_initial_backoff(Duration::ZERO);
    Aws::new(&config.retry_config(retries).build())
}

/// Answers with these, one after the other; the last one is that of all further requests. The requests are kept.
pub(crate) fn script(answers: Vec<Answer>) -> (String, Arc<Mutex<Vec<String>>>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = requests.clone();
    let endpoint = serve(move |request| {
        let mut kept = kept.lock().unwrap();
        kept.push(request.to_owned());
        let at = kept.len().min(answers.len()) - 1;
        answers[at].clone()
    });
    (endpoint, requests)
}

pub(crate) async fn call(
    answers: Vec<Answer>,
    call: &Call,
) -> (Result<Reply, stratiform_deploy::Failure>, Vec<String>) {
    let (endpoint, requests) = script(answers);
    let reply = deploying(&endpoint).await.call(call).await;
    let requests = requests.lock().unwrap().clone();
    (reply, requests)
}

/// The parameters of a request in the Query protocol.
pub(crate) fn form(request: &str) -> Vec<&str> {
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    body.split('&').collect()
}

pub(crate) fn json(text: &str) -> Answer {
    (200, text.to_owned())
}

pub(crate) fn change_set() -> ChangeSetId {
    "arn:aws:cloudformation:eu-central-1:111122223333:changeSet/release-7/1"
        .parse()
        .unwrap()
}

pub(crate) fn stack_id() -> StackId {
    "arn:aws:cloudformation:eu-central-1:111122223333:stack/shop/1"
        .parse()
        .unwrap()
}

pub(crate) fn services() -> Call {
    Call::DescribeServices {
        cluster: "shop".to_owned(),
        services: vec!["api".to_owned()],
    }
}

#[tokio::test]
async fn all_pages_and_the_newest_first() {
    let snapshot = |name: &str, time: &str| {
        format!(
            "<DBSnapshot><DBSnapshotIdentifier>{name}</DBSnapshotIdentifier><Status>available</Status><PercentProgress>100</PercentProgress>{time}</DBSnapshot>"
        )
    };
    let time =
        |day: u8| format!("<SnapshotCreateTime>2026-11-{day:02}T10:00:00Z</SnapshotCreateTime>");
    let page = |items: String, marker: &str| {
        reply(
            "DescribeDBSnapshots",
            &format!("<DBSnapshots>{items}</DBSnapshots><Marker>{marker}</Marker>"),
        )
    };
    let first = page(
        snapshot("b", &time(2)) + &snapshot("a", &time(1)),
        "more &amp; more",
    );
    let second = page(snapshot("d", "") + &snapshot("c", &time(3)), "");
    let asked = Call::DescribeDbSnapshots {
        instance: "shop".to_owned(),
    };
    let (answer, requests) = call(vec![first.clone(), second], &asked).await;
    let Ok(Reply::Snapshots(found)) = answer else {
        panic!("{answer:?}");
    };
    let names: Vec<_> = found
        .iter()
        .map(|found| found.identifier.as_str())
        .collect();
    assert_eq!(names, ["d", "c", "b", "a"]);
    assert!(form(&requests[1]).contains(&"Marker=more%20%26%20more"));
    // A page that comes again and again.
    let (answer, requests) = call(vec![first], &asked).await;
    assert_eq!(answer.unwrap_err().kind, FailureKind::Unknown);
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn snapshots_of_a_cluster_are_found_and_none_where_nobody_knows_it() {
    let snapshot = |name: &str, day: u8| {
        format!(
            "<DBClusterSnapshot><DBClusterSnapshotIdentifier>{name}</DBClusterSnapshotIdentifier><Status>available</Status>\
             <SnapshotCreateTime>2026-11-{day:02}T10:00:00Z</SnapshotCreateTime><KmsKeyId>key</KmsKeyId></DBClusterSnapshot>"
        )
    };
    let items = snapshot("old", 1) + &snapshot("new", 2);
    let there = reply(
        "DescribeDBClusterSnapshots",
        &format!("<DBClusterSnapshots>{items}</DBClusterSnapshots>"),
    );
    let (endpoint, _) = script(vec![there, error("DBClusterNotFoundFault", "no")]);
    let aws = deploying(&endpoint).await;
    let of = DatabaseKind::Cluster;
    let found = aws.snapshots_of(of, "shop").await.unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|found| (found.identifier.as_str(), found.key.as_deref()))
        .collect();
    assert_eq!(found, [("new", Some("key")), ("old", Some("key"))]);
    assert_eq!(aws.snapshots_of(of, "gone").await.unwrap(), []);
}

#[tokio::test]
async fn a_copy_is_encrypted_only_where_a_key_is_given() {
    for (kind, item, name) in [
        (DatabaseKind::Instance, "DBSnapshot", "snapshot"),
        (
            DatabaseKind::Cluster,
            "DBClusterSnapshot",
            "cluster-snapshot",
        ),
    ] {
        let copied = reply(
            &format!("Copy{item}"),
            &format!(
                "<{item}><{item}Identifier>now</{item}Identifier><Status>creating</Status></{item}>"
            ),
        );
        let (endpoint, requests) = script(vec![copied.clone(), copied]);
        let aws = deploying(&endpoint).await;
        let source = format!("arn:aws:rds:eu-west-1:111122223333:{name}:now");
        for key in [None, Some("alias/aws/rds")] {
            let copy = aws.copy_snapshot(kind, (&source, "now"), key);
            assert_eq!(copy.await.unwrap().identifier, "now");
        }
        let requests = requests.lock().unwrap();
        let action = format!("Action=Copy{item}");
        let target = format!("Target{item}Identifier=now");
        for request in requests.iter() {
            let form = form(request);
            assert!(form.contains(&action.as_str()) && form.contains(&target.as_str()));
        }
        let keys = requests.iter().map(|request| form(request));
        let keys = keys.map(|form| form.contains(&"KmsKeyId=alias%2Faws%2Frds"));
        assert_eq!(keys.collect::<Vec<_>>(), [false, true]);
        assert!(
            form(&requests[0])
                .iter()
                .all(|pair| !pair.starts_with("KmsKeyId"))
        );
    }
}

#[tokio::test]
async fn the_protection_of_a_cluster_is_its_own() {
    let done = reply("ModifyDBCluster", "<DBCluster></DBCluster>");
    let gone = error("DBClusterNotFoundFault", "no");
    let asked = Call::UnprotectDatabase {
        kind: DatabaseKind::Cluster,
        identifier: "shop".to_owned(),
    };
    let (answer, requests) = call(vec![done], &asked).await;
    assert_eq!(answer.unwrap(), Reply::Done);
    let sent = form(&requests[0]);
    for pair in ["DBClusterIdentifier=shop", "DeletionProtection=false"] {
        assert!(sent.contains(&pair), "{sent:?}");
    }
    let (answer, _) = call(vec![gone], &asked).await;
    assert_eq!(answer.unwrap(), Reply::Done);
}

#[tokio::test]
async fn the_newest_deployment_is_that_of_all_pages() {
    let brief = |name: &str, at: &str| {
        format!(r#"{{"serviceDeploymentArn":"{name}","status":"SUCCESSFUL","createdAt":{at}}}"#)
    };
    let first = json(&format!(
        r#"{{"serviceDeployments":[{}],"nextToken":"next"}}"#,
        brief("old", "1.7e9")
    ));
    let second = json(&format!(
        r#"{{"serviceDeployments":[{},{}]}}"#,
        brief("new", "1790461406.836"),
        brief("older", "1600000000")
    ));
    let whole = json(
        r#"{"serviceDeployments":[{"serviceDeploymentArn":"new","status":"ROLLBACK_SUCCESSFUL","statusReason":"Service deployment rolled back because the circuit breaker threshold was exceeded.","createdAt":1790461406.836}],"failures":[]}"#,
    );
    let asked = Call::LatestServiceDeployment {
        cluster: "shop".to_owned(),
        service: "api".to_owned(),
    };
    let (answer, requests) = call(vec![first, second, whole], &asked).await;
    let Ok(Reply::ServiceDeployment(Some(found))) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(
        (found.arn.as_str(), found.status.as_str()),
        ("new", "ROLLBACK_SUCCESSFUL")
    );
    assert_eq!(
        found.created.unwrap().to_string(),
        "2026-09-26T22:23:26.836Z"
    );
    assert!(requests[0].ends_with(r#"{"cluster":"shop","maxResults":100,"service":"api"}"#));
    assert!(requests[1].contains(r#""nextToken":"next""#));
    assert!(requests[2].ends_with(r#"{"serviceDeploymentArns":["new"]}"#));
}

#[tokio::test]
async fn a_service_with_two_target_groups_and_two_deployments() {
    let answer = json(
        r#"{"services":[{"serviceArn":"arn","serviceName":"api","status":"ACTIVE","desiredCount":2,"runningCount":3,"pendingCount":0,"taskDefinition":"api:2",
        "loadBalancers":[{"targetGroupArn":"blue","advancedConfiguration":{"alternateTargetGroupArn":"green"}},{"targetGroupArn":"blue"},{"loadBalancerName":"classic"}],
        "deployments":[{"id":"ecs-svc/1","status":"ACTIVE","taskDefinition":"api:1","runningCount":2,"createdAt":1790000000.5,"rolloutState":"COMPLETED"},
        {"id":"ecs-svc/2","status":"PRIMARY","taskDefinition":"api:2","runningCount":1,"failedTasks":1,"createdAt":1790461406,"rolloutState":"IN_PROGRESS","rolloutStateReason":"ECS deployment ecs-svc/2 in progress."}],
        "events":[{"message":"nobody reads this"}]}],"failures":[{"arn":"gone","reason":"MISSING"}]}"#,
    );
    let (answer, _) = call(vec![answer], &services()).await;
    insta::assert_debug_snapshot!(answer.unwrap(), @r#"
    Services(
        [
            Service {
                arn: "arn",
                name: "api",
                status: "ACTIVE",
                desired: 2,
                running: 3,
                task_definition: "api:2",
                deployments: [
                    Deployment {
                        id: "ecs-svc/2",
                        status: "PRIMARY",
                        rollout: Some(
                            "IN_PROGRESS",
                        ),
                        reason: Some(
                            "ECS deployment ecs-svc/2 in progress.",
                        ),
                        task_definition: "api:2",
                        running: 1,
                        failed: 1,
                    },
                    Deployment {
                        id: "ecs-svc/1",
                        status: "ACTIVE",
                        rollout: Some(
                            "COMPLETED",
                        ),
                        reason: None,
                        task_definition: "api:1",
                        running: 2,
                        failed: 0,
                    },
                ],
                target_groups: [
                    "blue",
                    "green",
                ],
            },
        ],
    )
    "#);
}

#[tokio::test]
async fn kinds_of_failures_of_other_services() {
    let refused = |code: &str| (400, format!(r#"{{"__type":"{code}","message":"because"}}"#));
    for (answer, kind, attempts) in [
        (refused("AccessDeniedException"), FailureKind::Denied, 1),
        (
            refused("com.amazon.coral.service#UnrecognizedClientException"),
            FailureKind::Credentials,
            1,
        ),
        (
            refused("InvalidSignatureException"),
            FailureKind::Credentials,
            1,
        ),
        (refused("ThrottlingException"), FailureKind::Throttled, 3),
        (
            refused("InvalidParameterException"),
            FailureKind::Refused,
            1,
        ),
        (
            (
                500,
                r#"{"__type":"ServerException","message":"because"}"#.to_owned(),
            ),
            FailureKind::Unknown,
            3,
        ),
        ((200, "<html>Sign in".to_owned()), FailureKind::Unknown, 1),
        (
            (
                200,
                r#"{"services":[{"serviceArn":"secret","desiredCount":"secret"}]}"#.to_owned(),
            ),
            FailureKind::Unknown,
            1,
        ),
        ((403, "<html>secret".to_owned()), FailureKind::Unknown, 1),
    ] {
        let (reply, requests) = call(vec![answer.clone()], &services()).await;
        let failure = reply.unwrap_err();
        assert_eq!(failure.kind, kind, "{answer:?}: {failure:?}");
        assert_eq!(requests.len(), attempts, "{answer:?}");
        assert_eq!(failure.refusal, None);
        assert!(failure.what.starts_with("DescribeServices"), "{failure:?}");
        assert!(!format!("{failure:?}").contains("secret"), "{failure:?}");
    }
    let missing = refused("ClusterNotFoundException");
    let (answer, _) = call(vec![missing], &services()).await;
    assert_eq!(answer, Ok(Reply::Services(Vec::new())));
}

#[tokio::test]
async fn answers_in_xml_that_are_none() {
    let database = Call::DescribeDbInstance {
        identifier: "shop".to_owned(),
    };
    for answer in [
        reply("DescribeDBSnapshots", ""),
        (200, "<DescribeDBInstancesResponse/>".to_owned()),
        (200, "<DescribeDBInstancesResponse>".to_owned()),
        reply(
            "DescribeDBInstances",
            "<DBInstances><DBInstance/></DBInstances>",
        ),
    ] {
        let (answer, _) = call(vec![answer], &database).await;
        assert_eq!(answer.unwrap_err().kind, FailureKind::Unknown);
    }
    let (answer, _) = call(vec![error("DBInstanceNotFoundFault", "no")], &database).await;
    assert_eq!(answer, Ok(Reply::Database(None)));
}

#[tokio::test]
async fn a_limit_is_told_at_once() {
    let limit = error(
        "LimitExceededException",
        "ChangeSet limit exceeded for stack arn",
    );
    let execute = Call::ExecuteChangeSet {
        change_set: change_set(),
        token: "run-1".to_owned(),
    };
    let (answer, requests) = call(vec![limit], &execute).await;
    let failure = answer.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(
        matches!(failure.refusal, Some(Refusal::ChangeSetLimit { .. })),
        "{failure:?}"
    );
    assert_eq!(requests.len(), 1);
}
