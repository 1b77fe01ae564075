//! Values that must fit together: in one resource, across resources, under conditions.

#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_finding::{Code, Group};
use stratiform_template::Template;
use stratiform_validate::validate;

/// What is said of resources, in YAML's flow notation, but that something is missing otherwise.
fn said(resources: &str) -> String {
    let head = "Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Cpu: {Type: String, AllowedValues: ['256', '300']}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Resources:
";
    let template = Template::parse(&format!("{head}{resources}")).unwrap();
    let found = validate(&template, &["eu-west-1"]).findings.into_iter();
    let is_left =
        |code: Code| code == Code::MissingProperty || Group::Usage.codes().contains(&code);
    let found = found.filter(|finding| !is_left(finding.code));
    let lines = found.map(|finding| {
        let (level, code, path) = (finding.level, finding.code, finding.path.join("/"));
        let when = match finding.when.as_str() {
            "" => String::new(),
            when => format!("\n  when {when}"),
        };
        format!(
            "{level:?} {code}: {path}{when}\n  {}\n  {}",
            finding.what, finding.why
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

const TASK: &str = "  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      ContainerDefinitions: [{Name: a, Image: b}]
";

#[test]
fn what_does_not_fit_together_is_found() {
    let task =
        |cpu: &str, memory: &str| format!("{TASK}      Cpu: {cpu}\n      Memory: {memory}\n");
    let queues = |dead: &str, fifo: &str| {
        format!(
            "  Dead: {{Type: AWS::SQS::Queue, Properties: {dead}}}
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: {fifo}
      RedrivePolicy: {{deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}
"
        )
    };
    let source = |timeout: &str, visibility: &str| {
        format!(
            "  Function: {{Type: AWS::Lambda::Function, Properties: {{Timeout: {timeout}}}}}
  Queue: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: {visibility}}}}}
  Source:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {{FunctionName: !Ref Function, EventSourceArn: !GetAtt Queue.Arn}}
"
        )
    };
    let cases = [
        task("'256'", "'512'"),
        task("'256'", "'4096'"),
        task("!If [Prod, '256', '512']", "'4096'"),
        task("!Ref Cpu", "'512'"),
        task("!ImportValue cpu", "'512'"),
        queues("{FifoQueue: true}", "true"),
        queues("{FifoQueue: true}", "!If [Prod, true, !Ref AWS::NoValue]"),
        source("60", "30"),
        source("60", "!If [Prod, 360, 30]"),
        source("!Ref Stage", "30"),
        "  A: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-0123456789abcdef0, InstanceType: t3.tiny}}\n".to_owned(),
        "  A: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: '3', MaxSize: '2'}}\n".to_owned(),
        "  A: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, DBInstanceClass: db.t3.tiny}}\n".to_owned(),
        "  A: {Type: AWS::ElastiCache::ReplicationGroup, Properties: {ReplicationGroupDescription: a, Engine: redis, CacheNodeType: cache.t4g.tiny, NumCacheClusters: 2}}\n".to_owned(),
        "  A: {Type: AWS::RDS::DBInstance, Properties: {Engine: Postgres, EngineVersion: '9.0', DBInstanceClass: db.t4g.micro}}\n".to_owned(),
        "  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  Other: {Type: AWS::ApiGateway::RestApi, Properties: {Name: b}}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Other, DeploymentId: !Ref Deployment}}
".to_owned(),
    ];
    let said = cases.map(|resources| format!("{resources}{}\n", said(&resources)));
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_rule_about_another_engine_asks_in_the_cases_that_it_always_did() {
    let template = Template::parse(
        r#"
Parameters:
  Own: {Type: String, AllowedValues: ['yes', 'no']}
  License: {Type: String, AllowedValues: [general-public-license, bring-your-own-license]}
  Class: {Type: String, AllowedValues: [db.t3.micro, db.bogus]}
Conditions: {HasLicense: !Equals [!Ref Own, 'yes']}
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      LicenseModel: !If [HasLicense, !Ref License, !Ref AWS::NoValue]
      DBInstanceClass: !Ref Class
      Engine: mysql
"#,
    )
    .unwrap();

    let found = validate(&template, &["us-east-1"]).findings;

    let offered = found
        .iter()
        .find(|one| one.code == Code::InstanceNotOffered)
        .unwrap();
    assert_eq!(
        offered.when,
        "`Own` is `yes` and `Class` is `db.bogus` and `License` is `general-public-license`"
    );
}
