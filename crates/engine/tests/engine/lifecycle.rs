//! What becomes of stacks: the way forward, and every way back.
use crate::cloud::Cloud;
use serde_json::{Value, json};

/// A topic and a queue that refers to it.
const TWO: &str = "
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: one}}
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Topic}}
";

/// The topic becomes another, the parameter another value, a queue comes.
const CHANGED: &str = "
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: two, TopicName: other}}
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Topic}}
  Queue: {Type: AWS::SQS::Queue, DependsOn: Parameter}
";

/// Only a property changes.
const RENAMED: &str = "
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: two}}
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Topic}}
";

#[test]
fn a_stack_is_made_changed_and_deleted() {
    let mut cloud = Cloud::new();
    cloud.create("shop", TWO);
    cloud.update("shop", CHANGED);
    let id = cloud.stack("shop")["StackId"].as_str().unwrap().to_owned();
    cloud.done("DeleteStack", json!({ "StackName": "shop" }));
    cloud.settle();
    insta::assert_snapshot!(cloud.story(&id));
    let refused = cloud.call("DescribeStacks", json!({ "StackName": "shop" }));
    assert_eq!(
        refused,
        Err("ValidationError: Stack with id shop does not exist".to_owned())
    );
}

#[test]
fn a_creation_that_fails_goes_back() {
    let mut cloud = Cloud::new();
    cloud.fault("create:shop/Parameter");
    cloud.create("shop", TWO);
    insta::assert_snapshot!(cloud.story("shop"));
    assert_eq!(cloud.status("shop"), "ROLLBACK_COMPLETE");
    let refused = cloud.call(
        "UpdateStack",
        json!({ "StackName": "shop", "TemplateBody": CHANGED }),
    );
    assert!(
        refused
            .unwrap_err()
            .ends_with("is in ROLLBACK_COMPLETE state and can not be updated.")
    );
}

#[test]
fn a_creation_that_fails_can_stay_and_be_taken_up_again() {
    let mut cloud = Cloud::new();
    cloud.fault("create:shop/Parameter:times=1");
    cloud.done(
        "CreateStack",
        json!({ "StackName": "shop", "TemplateBody": TWO, "DisableRollback": "true" }),
    );
    cloud.settle();
    assert_eq!(cloud.status("shop"), "CREATE_FAILED");
    let refused = cloud.call(
        "UpdateStack",
        json!({ "StackName": "shop", "TemplateBody": TWO }),
    );
    assert!(
        refused
            .unwrap_err()
            .contains("non-terminal [CREATE_FAILED] state")
    );
    cloud.done(
        "UpdateStack",
        json!({ "StackName": "shop", "TemplateBody": TWO, "DisableRollback": "true" }),
    );
    cloud.settle();
    insta::assert_snapshot!(cloud.story("shop"));
    assert_eq!(cloud.status("shop"), "UPDATE_COMPLETE");
}

#[test]
fn a_creation_that_failed_and_stayed_is_rolled_back() {
    let mut cloud = Cloud::new();
    cloud.fault("create:shop/Parameter");
    cloud.done(
        "CreateStack",
        json!({ "StackName": "shop", "TemplateBody": TWO, "OnFailure": "DO_NOTHING" }),
    );
    cloud.settle();
    cloud.done("RollbackStack", json!({ "StackName": "shop" }));
    cloud.settle();
    insta::assert_snapshot!(cloud.story("shop"));
    assert_eq!(cloud.status("shop"), "ROLLBACK_COMPLETE");
}

#[test]
fn a_creation_that_fails_can_delete_its_stack() {
    let mut cloud = Cloud::new();
    cloud.fault("create:shop/Parameter");
    let made = cloud.done(
        "CreateStack",
        json!({ "StackName": "shop", "TemplateBody": TWO, "OnFailure": "DELETE" }),
    );
    cloud.settle();
    insta::assert_snapshot!(cloud.story(made["StackId"].as_str().unwrap()));
}

/// All that a stack has, to be compared.
fn resources(cloud: &mut Cloud, stack: &str) -> Vec<(Value, Value)> {
    let answer = cloud.done("DescribeStackResources", json!({ "StackName": stack }));
    let resources = answer["StackResources"].as_array().unwrap().iter();
    resources
        .map(|resource| {
            (
                resource["LogicalResourceId"].clone(),
                resource["PhysicalResourceId"].clone(),
            )
        })
        .collect()
}

#[test]
fn an_update_that_fails_goes_back_to_the_resources_that_were() {
    let mut cloud = Cloud::new();
    cloud.create("shop", TWO);
    let before = resources(&mut cloud, "shop");
    cloud.fault("create:shop/Queue");
    cloud.update("shop", CHANGED);
    insta::assert_snapshot!(cloud.story("shop"));
    assert_eq!(cloud.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(resources(&mut cloud, "shop"), before);
    let template = cloud.done("GetTemplate", json!({ "StackName": "shop" }));
    assert_eq!(template["TemplateBody"], TWO);
}

#[test]
fn a_rollback_that_is_stuck_is_continued() {
    let mut cloud = Cloud::new();
    cloud.create("shop", TWO);
    cloud.fault("update:shop/Parameter:times=2");
    cloud.update("shop", CHANGED);
    assert_eq!(cloud.status("shop"), "UPDATE_ROLLBACK_FAILED");
    let refused = cloud.call("RollbackStack", json!({ "StackName": "shop" }));
    assert_eq!(
        refused,
        Err("ValidationError: RollbackStack cannot be called from current stack status".to_owned())
    );
    cloud.done("ContinueUpdateRollback", json!({ "StackName": "shop" }));
    cloud.settle();
    insta::assert_snapshot!(cloud.story("shop"));
    assert_eq!(cloud.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn a_rollback_that_is_stuck_for_ever_skips() {
    let mut cloud = Cloud::new();
    cloud.create("shop", TWO);
    cloud.fault("update:shop/Parameter");
    cloud.update("shop", CHANGED);
    cloud.done("ContinueUpdateRollback", json!({ "StackName": "shop" }));
    cloud.settle();
    assert_eq!(cloud.status("shop"), "UPDATE_ROLLBACK_FAILED");
    let refused = cloud.call(
        "ContinueUpdateRollback",
        json!({ "StackName": "shop", "ResourcesToSkip": ["Topic"] }),
    );
    assert!(refused.is_err(), "{refused:?}");
    cloud.done(
        "ContinueUpdateRollback",
        json!({ "StackName": "shop", "ResourcesToSkip": ["Parameter"] }),
    );
    cloud.settle();
    assert_eq!(cloud.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn an_update_is_cancelled() {
    let mut cloud = Cloud::new();
    cloud.create("shop", TWO);
    cloud.done(
        "UpdateStack",
        json!({ "StackName": "shop", "TemplateBody": CHANGED }),
    );
    cloud.pass(3);
    cloud.done("CancelUpdateStack", json!({ "StackName": "shop" }));
    cloud.settle();
    insta::assert_snapshot!(cloud.story("shop"));
    let refused = cloud.call("CancelUpdateStack", json!({ "StackName": "shop" }));
    assert_eq!(
        refused,
        Err(
            "ValidationError: CancelUpdateStack cannot be called from current stack status"
                .to_owned()
        )
    );
}

#[test]
fn an_update_that_failed_and_stayed_is_rolled_back() {
    let mut cloud = Cloud::new();
    cloud.create("shop", TWO);
    cloud.fault("update:shop/Topic:times=1");
    cloud.done(
        "UpdateStack",
        json!({ "StackName": "shop", "TemplateBody": RENAMED, "DisableRollback": "true" }),
    );
    cloud.settle();
    assert_eq!(cloud.status("shop"), "UPDATE_FAILED");
    cloud.done("RollbackStack", json!({ "StackName": "shop" }));
    cloud.settle();
    insta::assert_snapshot!(cloud.story("shop"));
    assert_eq!(cloud.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn nothing_is_replaced_without_rollback() {
    let mut cloud = Cloud::new();
    cloud.create("shop", TWO);
    cloud.done(
        "UpdateStack",
        json!({ "StackName": "shop", "TemplateBody": CHANGED, "DisableRollback": "true" }),
    );
    cloud.settle();
    let story = cloud.story("shop");
    let reason = "Topic UPDATE_FAILED";
    assert!(story.contains(reason), "{story}");
    assert!(
        story.contains("Replacement type updates not supported on stack with disable-rollback.")
    );
    assert_eq!(cloud.status("shop"), "UPDATE_FAILED");
}

#[test]
fn a_cleanup_that_fails_does_not_fail_the_update() {
    let mut cloud = Cloud::new();
    cloud.create("shop", TWO);
    cloud.fault("delete:shop/Topic");
    cloud.update("shop", CHANGED);
    insta::assert_snapshot!(cloud.story("shop"));
    assert_eq!(cloud.status("shop"), "UPDATE_COMPLETE");
}

#[test]
fn a_deletion_that_fails_spares_what_it_is_told_to() {
    let mut cloud = Cloud::new();
    cloud.create("shop", TWO);
    let id = cloud.stack("shop")["StackId"].as_str().unwrap().to_owned();
    cloud.fault("delete:shop/Topic");
    cloud.done("DeleteStack", json!({ "StackName": "shop" }));
    cloud.settle();
    assert_eq!(cloud.status("shop"), "DELETE_FAILED");
    cloud.done(
        "DeleteStack",
        json!({ "StackName": "shop", "RetainResources": ["Topic"] }),
    );
    cloud.settle();
    insta::assert_snapshot!(cloud.story(&id));
}

#[test]
fn exports_in_use_stay() {
    let exporter = |value: &str| {
        format!(
            "
Resources:
  Parameter: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: {value}}}}}
Outputs:
  Value: {{Value: !GetAtt Parameter.Value, Export: {{Name: shared}}}}
"
        )
    };
    let importer = "
Resources:
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !ImportValue shared}}
";
    let mut cloud = Cloud::new();
    cloud.create("exporter", &exporter("one"));
    cloud.create("importer", importer);
    cloud.update("exporter", &exporter("two"));
    cloud.done("DeleteStack", json!({ "StackName": "exporter" }));
    cloud.settle();
    insta::assert_snapshot!(cloud.story("exporter"));
    assert_eq!(cloud.status("exporter"), "UPDATE_ROLLBACK_COMPLETE");
    let imports = cloud.done("ListImports", json!({ "ExportName": "shared" }));
    assert_eq!(imports["Imports"], json!(["importer"]));
    cloud.create("second", &exporter("one"));
    let reason = cloud.story("second");
    assert!(
        reason.contains("Export with name shared is already exported by stack exporter"),
        "{reason}"
    );
    cloud.create("third", &importer.replace("shared", "nobody"));
    assert!(
        cloud
            .story("third")
            .contains("No export named nobody found. Rollback requested by user.")
    );
}

#[test]
fn alarms_stop_updates_also_after_the_last_resource() {
    let mut cloud = Cloud::new();
    cloud.create("shop", TWO);
    let missing = json!({ "RollbackTriggers": [{ "Arn": "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:nobody", "Type": "AWS::CloudWatch::Alarm" }] });
    cloud.done(
        "CreateStack",
        json!({ "StackName": "watched", "TemplateBody": TWO, "RollbackConfiguration": missing }),
    );
    cloud.settle();
    assert_eq!(cloud.status("watched"), "ROLLBACK_COMPLETE");
    cloud.fault("alarm:errors:at=300");
    let trigger = json!({ "Arn": "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:errors", "Type": "AWS::CloudWatch::Alarm" });
    cloud.done(
        "UpdateStack",
        json!({
            "StackName": "shop",
            "TemplateBody": RENAMED,
            "RollbackConfiguration": { "MonitoringTimeInMinutes": "10", "RollbackTriggers": [trigger] },
        }),
    );
    cloud.pass(200);
    assert_eq!(cloud.status("shop"), "UPDATE_IN_PROGRESS");
    cloud.settle();
    insta::assert_snapshot!(cloud.story("shop"));
}

#[test]
fn a_creation_may_take_too_long() {
    let mut cloud = Cloud::new();
    let database = "
Resources:
  Database: {Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: {DBInstanceClass: db.t4g.micro, Engine: postgres, AllocatedStorage: '20', MasterUsername: shop, ManageMasterUserPassword: true}}
";
    cloud.done(
        "CreateStack",
        json!({ "StackName": "shop", "TemplateBody": database, "TimeoutInMinutes": "2" }),
    );
    cloud.settle();
    insta::assert_snapshot!(cloud.story("shop"));
}

#[test]
fn what_is_kept_stays_outside_and_collides() {
    let kept = "
Resources:
  Topic: {Type: AWS::SNS::Topic, DeletionPolicy: Retain, Properties: {TopicName: orders}}
  Queue: {Type: AWS::SQS::Queue, DependsOn: Topic}
";
    let mut cloud = Cloud::new();
    cloud.fault("create:shop/Queue");
    cloud.create("shop", kept);
    cloud.create("again", kept);
    insta::assert_snapshot!(cloud.story("shop") + "\n\n" + &cloud.story("again"));
}

#[test]
fn a_custom_name_is_in_the_way_of_a_replacement() {
    let topic = |fifo: &str| {
        format!(
            "
Resources:
  Topic: {{Type: AWS::SNS::Topic, Properties: {{TopicName: orders.fifo, FifoTopic: true, {fifo}}}}}
"
        )
    };
    let group = |port: u16| {
        format!("
Resources:
  Group: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Name: web, Port: '{port}', Protocol: HTTP, VpcId: vpc-1}}}}
")
    };
    let _ = topic;
    let mut cloud = Cloud::new();
    cloud.create("shop", &group(80));
    cloud.update("shop", &group(81));
    insta::assert_snapshot!(cloud.story("shop"));
}

#[test]
fn a_stack_policy_is_asked_when_the_update_runs() {
    let mut cloud = Cloud::new();
    cloud.create("shop", TWO);
    let policy = r#"{"Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*", "Resource": "LogicalResourceId/Topic"}]}"#;
    cloud.done(
        "SetStackPolicy",
        json!({ "StackName": "shop", "StackPolicyBody": policy }),
    );
    cloud.update("shop", CHANGED);
    insta::assert_snapshot!(cloud.story("shop"));
    let allowed = r#"{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}"#;
    cloud.done(
        "UpdateStack",
        json!({ "StackName": "shop", "TemplateBody": CHANGED, "StackPolicyDuringUpdateBody": allowed }),
    );
    cloud.settle();
    assert_eq!(cloud.status("shop"), "UPDATE_COMPLETE");
}

#[test]
fn tokens_make_calls_repeatable() {
    let mut cloud = Cloud::new();
    let create = json!({ "StackName": "shop", "TemplateBody": TWO, "ClientRequestToken": "once" });
    let first = cloud.done("CreateStack", create.clone());
    cloud.settle();
    let again = cloud.done("CreateStack", create);
    assert_eq!(first["StackId"], again["StackId"]);
    let refused = cloud.call(
        "DeleteStack",
        json!({ "StackName": "shop", "ClientRequestToken": "once" }),
    );
    assert!(
        refused
            .unwrap_err()
            .starts_with("TokenAlreadyExistsException: ")
    );
    let refused = cloud.call(
        "CreateStack",
        json!({ "StackName": "shop", "TemplateBody": TWO }),
    );
    assert_eq!(
        refused,
        Err("AlreadyExistsException: Stack [shop] already exists".to_owned())
    );
}
