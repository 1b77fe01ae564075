//! What is read of a stack.

use aws_sdk_cloudformation::types::{Capability, Parameter, Tag};
use serde_json::Value;
use stratiform_aws::DeployedStack;

use crate::{ACCOUNT, Engine, TOPIC};

const VALUES: &str = "
Resources:
  Image: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /images/latest, Value: ami-1}}
  Token: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /token, Value: hunter2}}
";

const NETWORK: &str = "
Parameters:
  Size: {Type: Number}
  Nothing: {Type: String}
  Password: {Type: String, NoEcho: true}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>'}
  Token: {Type: 'AWS::SSM::Parameter::Value<String>', NoEcho: true}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Image}}
Outputs:
  VpcId: {Value: !Ref Vpc, Export: {Name: network-VpcId}}
  Image: {Value: !Ref Image}
";

#[tokio::test]
async fn a_stack_is_read_as_it_was_made() {
    let engine = Engine::start().await;
    engine.create("values", VALUES).await;
    let parameters = [
        ("Size", "2"),
        ("Nothing", ""),
        ("Password", "hunter2"),
        ("Image", "/images/latest"),
        ("Token", "/token"),
    ];
    let parameters = parameters.map(|(key, value)| {
        let parameter = Parameter::builder().parameter_key(key);
        parameter.parameter_value(value).build()
    });
    let request = engine.creation("network", NETWORK);
    let request = request.set_parameters(Some(parameters.into()));
    let tag = Tag::builder().key("team").value("shop & <co>").build();
    let request = request.tags(tag).enable_termination_protection(true);
    request.send().await.unwrap();

    let DeployedStack { stack, template } = engine.stack("network").await;
    assert_eq!(stack.name, "network");
    let id = format!("arn:aws:cloudformation:eu-central-1:{ACCOUNT}:stack/network/");
    assert!(stack.id.as_str().starts_with(&id), "{}", stack.id);
    assert_eq!(stack.status.as_str(), "CREATE_COMPLETE");
    assert_eq!(template, NETWORK);
    assert_eq!(stack.parameters.len(), 5);
    assert_eq!(stack.parameters["Image"], "/images/latest");
    let values = [("Size", "2"), ("Nothing", ""), ("Image", "ami-1")];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(stack.values(), values.into(), "what is hidden is not told");
    assert_eq!(stack.tags["team"], "shop & <co>");
    let vpc = &stack.outputs["VpcId"];
    assert!(vpc.0.starts_with("vpc-"), "{}", vpc.0);
    assert_eq!(vpc.1.as_deref(), Some("network-VpcId"));
    assert_eq!(stack.outputs["Image"], ("ami-1".to_owned(), None));
    assert!(stack.termination_protection);
}

#[tokio::test]
async fn answers_stand_where_their_names_do() {
    let engine = Engine::start().await;
    for name in ["two", "three", "five", "six"] {
        engine.create(name, TOPIC).await;
    }
    let names = ["one", "two", "three", "four", "five", "six"];
    let found = engine.deployed(&names).await.into_iter();
    let found: Vec<_> = found
        .map(|stack| stack.map(|found| found.stack.name))
        .collect();
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
async fn a_later_stack_of_the_same_name_is_another() {
    let engine = Engine::start().await;
    engine.create("shop", TOPIC).await;
    let first = engine.stack("shop").await;
    engine.delete("shop").await;
    assert_eq!(
        engine.deployed(&["shop", first.stack.id.as_str()]).await,
        [None, None]
    );
    engine.create("shop", TOPIC).await;
    let second = engine.stack("shop").await;
    assert_ne!(first.stack.id, second.stack.id);
    // By its ARN the first one is still gone.
    assert_eq!(engine.deployed(&[first.stack.id.as_str()]).await, [None]);
    assert_eq!(engine.stack(second.stack.id.as_str()).await, second);
}

#[tokio::test]
async fn a_template_is_read_before_and_after_its_transforms() {
    let engine = Engine::start().await;
    let original = "
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Topics: [Name, [One, Two], {'${Name}Topic': {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Name}}}]
";
    let request = engine.creation("shop", original);
    let request = request.capabilities(Capability::CapabilityAutoExpand);
    request.send().await.unwrap();
    let stack = engine.stack("shop").await;
    assert_eq!(stack.template, original);
    let processed = engine.aws().processed_template(&stack).await.unwrap();
    let processed: Value = serde_json::from_str(&processed).unwrap();
    let topic = |name: &str| serde_json::json!({"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}});
    let expected = serde_json::json!({"OneTopic": topic("One"), "TwoTopic": topic("Two")});
    assert_eq!(processed["Resources"], expected);
}

#[tokio::test]
async fn a_stack_policy_is_read_as_it_was_set() {
    let engine = Engine::start().await;
    engine.create("shop", TOPIC).await;
    let stack = engine.stack("shop").await;
    assert_eq!(engine.aws().stack_policy(&stack).await.unwrap(), None);
    let policy = r#"{"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}"#;
    let request = engine.client().set_stack_policy();
    let request = request.stack_name("shop").stack_policy_body(policy);
    request.send().await.unwrap();
    let read = engine.aws().stack_policy(&stack).await.unwrap();
    assert_eq!(read.as_deref(), Some(policy));
}
