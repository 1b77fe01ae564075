//! Stacks that are read while something is going on, or after it went wrong.

use aws_sdk_cloudformation::types::ChangeSetType;

use crate::{Engine, TOPIC};

const TWO: &str = "
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: one}}
  Queue: {Type: AWS::SQS::Queue, DependsOn: Topic}
Outputs:
  Name: {Value: !GetAtt Topic.TopicName}
";

fn changed() -> String {
    TWO.replace("DisplayName: one", "DisplayName: two")
}

#[tokio::test]
async fn a_creation_is_seen_on_its_way() {
    let engine = Engine::waiting().await;
    engine.create("shop", TWO).await;
    let stack = engine.stack("shop").await;
    assert_eq!(stack.stack.status.as_str(), "CREATE_IN_PROGRESS");
    assert_eq!(stack.template, TWO);
    assert!(stack.stack.outputs.is_empty(), "{:?}", stack.stack.outputs);
    assert_eq!(engine.aws().stack_names("shop").await.unwrap(), ["shop"]);
    engine.advance(600);
    let stack = engine.stack("shop").await;
    assert_eq!(stack.stack.status.as_str(), "CREATE_COMPLETE");
    assert_eq!(stack.stack.outputs.len(), 1);
}

#[tokio::test]
async fn an_update_is_seen_on_its_way() {
    let engine = Engine::waiting().await;
    engine.create("shop", TWO).await;
    engine.advance(600);
    engine.update("shop", &changed()).await;
    let stack = engine.stack("shop").await;
    assert_eq!(stack.stack.status.as_str(), "UPDATE_IN_PROGRESS");
    engine.advance(600);
    let stack = engine.stack("shop").await;
    assert_eq!(stack.stack.status.as_str(), "UPDATE_COMPLETE");
    assert_eq!(stack.template, changed());
}

#[tokio::test]
async fn what_went_wrong_is_there() {
    let engine = Engine::start().await;
    engine.fault("create:lost/Queue");
    engine.create("lost", TWO).await;
    let stack = engine.stack("lost").await;
    assert_eq!(stack.stack.status.as_str(), "ROLLBACK_COMPLETE");
    assert!(stack.stack.outputs.is_empty(), "{:?}", stack.stack.outputs);

    engine.create("stuck", TWO).await;
    engine.fault("update:stuck/Topic:times=2");
    engine.update("stuck", &changed()).await;
    let stack = engine.stack("stuck").await;
    assert_eq!(stack.stack.status.as_str(), "UPDATE_ROLLBACK_FAILED");
    let request = engine.client().continue_update_rollback();
    request.stack_name("stuck").send().await.unwrap();
    let stack = engine.stack("stuck").await;
    assert_eq!(stack.stack.status.as_str(), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(stack.template, TWO);
    assert_eq!(stack.stack.outputs.len(), 1);

    engine.create("left", TWO).await;
    engine.fault("delete:left/Topic:times=1");
    engine.delete("left").await;
    let stack = engine.stack("left").await;
    assert_eq!(stack.stack.status.as_str(), "DELETE_FAILED");
    engine.delete("left").await;
    assert_eq!(engine.deployed(&["left"]).await, [None]);
}

#[tokio::test]
async fn a_stack_that_only_has_a_change_set_is_none() {
    let engine = Engine::start().await;
    let request = engine.client().create_change_set();
    let request = request.stack_name("shop").change_set_name("first");
    let request = request.change_set_type(ChangeSetType::Create);
    request.template_body(TOPIC).send().await.unwrap();
    assert_eq!(engine.deployed(&["shop"]).await, [None]);
    assert!(engine.aws().stack_names("").await.unwrap().is_empty());
    let request = engine.client().execute_change_set();
    let request = request.stack_name("shop").change_set_name("first");
    request.send().await.unwrap();
    assert_eq!(engine.stack("shop").await.template, TOPIC);
}
