//! Creations that failed and could not be rolled back: what is left goes, and nothing else.

use stratiform_deploy::{
    Allowance, Call, Ending, Loss, Mending, Outcome, Plan, Reply, Stuck, never_was_complete,
};
use stratiform_service::{ResourceStatus, StackEvent, StackId};

use crate::deploying::Went;
use crate::{Engine, plans};

const BALANCER: &str = r#"
    "Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {
        "Subnets": ["subnet-1", "subnet-2"],
        "LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "true"}, {"Key": "idle_timeout.timeout_seconds", "Value": "30"}]}}"#;

/// A stack with a protected load balancer, these resources, and a queue that comes last.
fn front(others: &str) -> Plan {
    let template = format!(
        r#"{{"Resources": {{{BALANCER}, {others} "Queue": {{"Type": "AWS::SQS::Queue", "DependsOn": ["Balancer"]}}}}}}"#
    );
    let mut conduct = plans::conduct();
    conduct.verify = None;
    Plan {
        stacks: vec![plans::stack("front", &template, Vec::new())],
        conduct,
    }
}

fn mending(mut plan: Plan) -> Plan {
    plan.conduct.mending = Mending::Rollbacks;
    plan
}

fn stuck(went: &Went) -> Stuck {
    match went.endings().remove(0) {
        Ending::Stuck(stuck) => *stuck,
        other => panic!("{other:?}: {:?}", went.story(0)),
    }
}

fn status(went: &Went) -> String {
    stuck(went).status.unwrap().to_string()
}

/// The first deployment of it fails, and its load balancer stays.
async fn fails(plan: Plan) -> Engine {
    let engine = Engine::start().await;
    engine.fault("create:shop-dev-front/Queue:times=1");
    let went = engine.deploy(plan).await;
    assert_eq!(status(&went), "ROLLBACK_FAILED", "{:?}", went.story(0));
    engine
}

async fn stack(engine: &Engine) -> StackId {
    let call = Call::DescribeStack {
        stack: "shop-dev-front".to_owned(),
    };
    match engine.aws().call(&call).await.unwrap() {
        Reply::Stack(Some(stack)) => stack.id,
        other => panic!("{other:?}"),
    }
}

async fn events(engine: &Engine) -> Vec<StackEvent> {
    let call = Call::StackEvents {
        stack: stack(engine).await,
        after: Some(String::new()),
    };
    match engine.aws().call(&call).await.unwrap() {
        Reply::Events(events) => events,
        other => panic!("{other:?}"),
    }
}

/// The resources that are there.
async fn left(engine: &Engine) -> Vec<String> {
    let call = Call::ListStackResources {
        stack: stack(engine).await,
    };
    let Reply::Resources(resources) = engine.aws().call(&call).await.unwrap() else {
        panic!();
    };
    let left = resources
        .into_iter()
        .filter(|resource| resource.status != ResourceStatus::DeleteComplete);
    left.map(|resource| resource.logical_id.to_string())
        .collect()
}

#[tokio::test]
async fn the_protection_of_a_load_balancer_is_lifted_where_somebody_asks_for_it() {
    let engine = fails(front("")).await;
    let went = engine.deploy(front("")).await;
    assert_eq!(went.outcome(), Outcome::NeedsPerson);
    assert_eq!(went.story(0), ["found ROLLBACK_FAILED", "Finished"]);
    assert_eq!(left(&engine).await, ["Balancer"]);

    let went = engine.deploy(mending(front(""))).await;
    assert_eq!(went.endings(), [Ending::Deployed], "{:?}", went.story(0));
    assert_eq!(
        went.story(0)[..3],
        ["found ROLLBACK_FAILED", "Unprotecting", "Clearing"]
    );
}

#[tokio::test]
async fn where_that_fails_once_more_the_same_again_goes_on() {
    let engine = fails(front("")).await;
    engine.fault("delete:shop-dev-front/Balancer");
    for _ in 0..2 {
        let went = engine.deploy(mending(front(""))).await;
        assert_eq!(status(&went), "DELETE_FAILED", "{:?}", went.story(0));
        let cause = stuck(&went).cause.unwrap();
        assert!(cause.reason.contains("made to fail"), "{}", cause.reason);
    }
    engine.calm();
    let went = engine.deploy(mending(front(""))).await;
    assert_eq!(went.endings(), [Ending::Deployed], "{:?}", went.story(0));
}

#[tokio::test]
async fn a_stack_that_once_was_complete_is_left_alone() {
    let engine = Engine::start().await;
    engine.deploy(front("")).await;
    let delete = Call::DeleteStack {
        stack: stack(&engine).await,
        token: "somebody".to_owned(),
    };
    engine.aws().call(&delete).await.unwrap();
    let before = events(&engine).await;
    let went = engine.deploy(mending(front(""))).await;
    assert_eq!(status(&went), "DELETE_FAILED");
    assert_eq!(went.story(0), ["found DELETE_FAILED", "Finished"]);
    assert_eq!(events(&engine).await, before);
    // Events that are forgotten say nothing.
    assert!(!never_was_complete(&before));
    assert!(!never_was_complete(&before[before.len() - 3..]));
    assert!(!never_was_complete(&[]));
}

#[tokio::test]
async fn data_that_nobody_named_keeps_all_that_is_left() {
    let table = r#""Table": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Delete", "Properties": {
        "DeletionProtectionEnabled": true, "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}},"#;
    let engine = fails(front(table)).await;
    let before = events(&engine).await;
    let went = engine.deploy(mending(front(table))).await;
    let failure = stuck(&went).failure.unwrap();
    assert_eq!(failure.help, "if it may go: --allow delete:front/Table");
    assert_eq!(events(&engine).await, before);

    // Named, it is tried; its protection is AWS's, and stays.
    let mut named = mending(front(table));
    named.conduct.allowed.push(Allowance {
        loss: Loss::Delete,
        stack: "front".to_owned(),
        logical_id: "Table".parse().unwrap(),
    });
    let went = engine.deploy(named).await;
    assert_eq!(status(&went), "DELETE_FAILED", "{:?}", went.story(0));
    assert_eq!(left(&engine).await, ["Table"]);
}

const DATABASE: &str = r#""Instance": {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Snapshot", "Properties": {
    "DBInstanceClass": "db.t4g.micro", "Engine": "postgres", "AllocatedStorage": "20", "MasterUsername": "shop",
    "ManageMasterUserPassword": true, "DeletionProtection": true}},"#;

const CLUSTER: &str = r#""Cluster": {"Type": "AWS::RDS::DBCluster", "DeletionPolicy": "Snapshot", "Properties": {
    "Engine": "aurora-postgresql", "MasterUsername": "shop", "ManageMasterUserPassword": true, "DeletionProtection": true}},"#;

/// With `Snapshot`, nothing is lost either way.
#[tokio::test]
async fn a_database_that_never_was_complete_holds_nothing() {
    for (id, resources) in [("Instance", DATABASE), ("Cluster", CLUSTER)] {
        let engine = Engine::start().await;
        engine.fault(&format!("create:shop-dev-front/{id}:times=1"));
        let went = engine.deploy(front(resources)).await;
        assert_eq!(status(&went), "ROLLBACK_FAILED", "{:?}", went.story(0));
        assert!(left(&engine).await.contains(&id.to_owned()));
        let went = engine.deploy(mending(front(resources))).await;
        assert_eq!(went.endings(), [Ending::Deployed], "{:?}", went.story(0));
    }
}

#[tokio::test]
async fn one_that_was_complete_stays_protected() {
    let last = DATABASE.replace(
        "}},",
        "}}, \"Topic\": {\"Type\": \"AWS::SNS::Topic\", \"DependsOn\": [\"Instance\"]},",
    );
    let engine = Engine::start().await;
    engine.fault("create:shop-dev-front/Topic:times=1");
    let went = engine.deploy(front(&last)).await;
    assert_eq!(status(&went), "ROLLBACK_FAILED", "{:?}", went.story(0));
    let went = engine.deploy(mending(front(&last))).await;
    assert_eq!(status(&went), "DELETE_FAILED", "{:?}", went.story(0));
    assert_eq!(left(&engine).await, ["Instance"]);
}
