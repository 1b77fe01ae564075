//! Environments for tests.

use std::sync::Arc;

use serde_json::{Value, json};
use stratiform_assembly::{Assembly, StackAt};
use stratiform_environment::Settings;
use stratiform_template::Template;

/// Settings of the app `shop` and an environment, with more of them over that.
pub(crate) fn settings(environment: &str, more: Value) -> Settings {
    let mut settings = json!({
        "name": environment,
        "app": "shop",
        "region": "eu-central-1",
        "bootstrap": { "repository": "octo-org/shop" },
    });
    if let (Value::Object(settings), Value::Object(more)) = (&mut settings, more) {
        settings.extend(more);
    }
    serde_json::from_value(settings).unwrap()
}

/// Stacks of `shop-prod` by their keys.
pub(crate) fn assembly(stacks: &[(&str, &str)]) -> Assembly {
    let stacks = stacks.iter().map(|(key, template)| StackAt {
        tags: [("app".to_owned(), "shop".to_owned())].into(),
        ..StackAt::of(
            format!("shop-prod-{key}"),
            Arc::new(Template::parse(template).unwrap()),
        )
    });
    Assembly {
        app: Some("shop".to_owned()),
        environment: Some("prod".to_owned()),
        region: "eu-central-1".parse().unwrap(),
        account: None,
        tasks: Vec::new(),
        stacks: stacks.collect(),
    }
}

/// A service with its task and image, a database, a queue.
pub(crate) fn shop() -> Assembly {
    assembly(&[
        (
            "services",
            "
Resources:
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: shop-prod}}
  TaskRole: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: shop-api
      TaskRoleArn: !GetAtt TaskRole.Arn
      ContainerDefinitions:
        - {Name: api, Image: api, LogConfiguration: {LogDriver: awslogs, Options: {awslogs-group: !Ref Logs}}}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /shop/prod/api}}
  Alarms: {Type: AWS::SNS::Topic, Properties: {TopicName: shop-prod-alarms, KmsMasterKeyId: alias/alarms}}
  Api:
    Type: AWS::ECS::Service
    Properties: {Cluster: !Ref Cluster, TaskDefinition: !Ref Task}
",
        ),
        (
            "data",
            "
Resources:
  Repository: {Type: AWS::ECR::Repository, Properties: {RepositoryName: shop/prod/api}}
  Database: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: !Sub 'Shop-${AWS::Region}'}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: shop-prod-jobs}}
",
        ),
    ])
}
