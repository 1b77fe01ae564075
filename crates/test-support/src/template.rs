//! Templates of real resource types.

use indexmap::IndexMap;
use stratiform_catalog::catalog;
use stratiform_template::{
    Function, Map, Member, Output, Parameter, Resource, Section, Template, Value,
};

use crate::entropy::Entropy;
use crate::property::{properties, reference, value};

/// What templates are made of: types whose changes mean something (access, network, data, update policies), some that
/// stand for others or for whole stacks, one that a provider decides about, and one that nobody knows.
pub const TYPES: [&str; 73] = [
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::User",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::GlobalTable",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::OpenSearchService::Domain",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::Subnet",
    "AWS::EC2::LaunchTemplate",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::EC2::Volume",
    "AWS::EC2::Route",
    "AWS::Lambda::EventSourceMapping",
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::Method",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::CloudFront::Distribution",
    "AWS::CloudWatch::Alarm",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::EC2::Instance",
    "AWS::EC2::NatGateway",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::EKS::Cluster",
    "AWS::EKS::Nodegroup",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::Elasticsearch::Domain",
    "AWS::IAM::AccessKey",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::UserToGroupAddition",
    "AWS::Kinesis::Stream",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Url",
    "AWS::Lambda::Version",
    "AWS::Route53::HostedZone",
    "AWS::Route53::RecordSet",
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::SecretTargetAttachment",
    "AWS::SSM::Parameter",
    "AWS::WAFv2::WebACLAssociation",
    "AWS::CloudFormation::CustomResource",
    "AWS::CloudFormation::WaitCondition",
    "AWS::CloudFormation::Stack",
    "AWS::Serverless::Function",
    "AWS::Serverless::SimpleTable",
    "AWS::Serverless::Api",
    "Custom::Thing",
    "AWS::Nobody::Knows",
];

pub(crate) const IDS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];
pub(crate) const PARAMETERS: [&str; 4] = ["Given", "Free", "Bounded", "Password"];
pub(crate) const CONDITIONS: [&str; 4] = ["Holds", "Open", "Follows", "Nobody"];

/// A template. Whatever the bytes are, it has the form of one, and much in it may be wrong.
pub fn template(entropy: &mut Entropy<'_>) -> Template {
    let mut resources = Section::new();
    for id in IDS {
        if id == "A" || entropy.once_in(2) {
            resources.insert(id.to_owned(), member(entropy));
        }
    }
    let mut outputs = Section::new();
    for name in ["One", "Two"] {
        if entropy.once_in(2) {
            outputs.insert(name.to_owned(), Member::One(output(entropy)));
        }
    }
    let transform = match entropy.below(8) {
        5 => vec!["Nobody::Macro".into()],
        6 => vec!["AWS::Serverless-2016-10-31".into()],
        7 => Vec::new(),
        _ => vec!["AWS::LanguageExtensions".into()],
    };
    Template {
        transform,
        parameters: parameters(entropy),
        mappings: mappings(),
        conditions: conditions(entropy),
        resources,
        outputs,
        ..Template::default()
    }
}

fn member(entropy: &mut Entropy<'_>) -> Member<Resource> {
    if !entropy.once_in(12) {
        return Member::One(resource(entropy));
    }
    let body = Value::from([
        ("Type", "AWS::SNS::Topic".into()),
        (
            "Properties",
            Value::from([("TopicName", reference(entropy))]),
        ),
    ]);
    let collection = match entropy.below(3) {
        0 => Value::List(vec!["a".into(), "b".into()]),
        1 => reference(entropy),
        _ => value(entropy, None, 0),
    };
    Member::Unexpanded(Value::List(vec![
        "Item".into(),
        collection,
        Value::from([("Topic${Item}", body)]),
    ]))
}

/// A resource of any of the types.
pub(crate) fn resource(entropy: &mut Entropy<'_>) -> Resource {
    let resource_type = entropy.pick(&TYPES);
    let known = catalog().resource_type(resource_type);
    let policy = |entropy: &mut Entropy<'_>| match entropy.below(6) {
        1 => Some("Retain".into()),
        2 => Some("Snapshot".into()),
        3 => Some("Delete".into()),
        4 => Some("RetainExceptOnCreate".into()),
        5 => Some(value(entropy, None, 0)),
        _ => None,
    };
    Resource {
        resource_type: resource_type.to_owned(),
        properties: match known {
            Some(known) => properties(entropy, known.schema(), 0),
            None => Map::from([("Any", value(entropy, None, 0))]),
        },
        condition: entropy
            .once_in(4)
            .then(|| entropy.pick(&CONDITIONS).to_owned()),
        depends_on: match entropy.once_in(6) {
            true => vec![entropy.pick(&IDS).to_owned()],
            false => Vec::new(),
        },
        deletion_policy: policy(entropy),
        update_replace_policy: policy(entropy),
        update_policy: entropy.once_in(4).then(|| update_policy(entropy)),
        metadata: entropy.once_in(12).then(|| {
            let note = ("Note".to_owned(), value(entropy, None, 0));
            Value::Map([note].into_iter().collect())
        }),
        ..Resource::default()
    }
}

/// An update policy of one of the types that have them, or anything.
fn update_policy(entropy: &mut Entropy<'_>) -> Value {
    let (name, policy) = match entropy.below(6) {
        0 => {
            let replaces = Value::from([("WillReplace", entropy.once_in(2).into())]);
            ("AutoScalingReplacingUpdate", replaces)
        }
        1 => {
            let least = Value::from([("MinInstancesInService", value(entropy, None, 0))]);
            ("AutoScalingRollingUpdate", least)
        }
        2 => ("EnableVersionUpgrade", entropy.once_in(2).into()),
        3 => (
            "UseOnlineResharding",
            entropy.pick(&["true", "false"]).into(),
        ),
        4 => ("CodeDeployLambdaAliasUpdate", value(entropy, None, 0)),
        _ => return value(entropy, None, 0),
    };
    Value::from([(name, policy)])
}

fn output(entropy: &mut Entropy<'_>) -> Output {
    Output {
        value: value(entropy, None, 0),
        description: None,
        export: entropy
            .once_in(2)
            .then(|| entropy.pick(&["a", "b", "c"]).into()),
        condition: entropy
            .once_in(6)
            .then(|| entropy.pick(&CONDITIONS).to_owned()),
    }
}

fn parameters(entropy: &mut Entropy<'_>) -> IndexMap<String, Parameter> {
    let of = |parameter_type: &str, default: Option<Value>| Parameter {
        parameter_type: parameter_type.to_owned(),
        default,
        ..Parameter::default()
    };
    let types = [
        "String",
        "CommaDelimitedList",
        "Number",
        "AWS::SSM::Parameter::Value<String>",
    ];
    let given = of(
        entropy.pick(&types),
        Some(entropy.pick(&["a,b", "x", ""]).into()),
    );
    let allowed = Value::List(vec!["x".into(), "y".into(), "z".into()]);
    let bounded = Parameter {
        constraints: Map::from([("AllowedValues", allowed)]),
        ..of("String", None)
    };
    let password = Parameter {
        no_echo: Some(true),
        ..of("String", Some(entropy.pick(&["hunter2", "hunter3"]).into()))
    };
    let all = [given, of("String", None), bounded, password];
    let named = PARAMETERS.iter().map(|name| (*name).to_owned());
    named.zip(all).collect()
}

fn mappings() -> Map {
    let row = |one: &str| Value::from([("x", one.into()), ("y", Value::List(vec![one.into()]))]);
    let map = Value::from([("x", row("1")), ("y", row("1")), ("z", row("2"))]);
    Map::from([("Map", map)])
}

fn conditions(entropy: &mut Entropy<'_>) -> Section<Value> {
    let equals = |name: &str, value: Value| {
        let parameter = Value::function(Function::Ref, name);
        Value::function(Function::Equals, vec![parameter, value])
    };
    let named = |name: &str| Value::function(Function::Condition, name);
    let follows = match entropy.below(4) {
        0 => Value::function(Function::Not, vec![named("Open")]),
        1 => Value::function(Function::And, vec![named("Open"), named("Holds")]),
        2 => Value::function(
            Function::Or,
            vec![named("Open"), equals("Bounded", "x".into())],
        ),
        // A circle.
        _ => Value::function(Function::Not, vec![named("Follows")]),
    };
    let all = [
        ("Holds", equals("Given", entropy.pick(&["x", "y"]).into())),
        (
            "Open",
            equals(entropy.pick(&["Free", "Bounded"]), "x".into()),
        ),
        ("Follows", follows),
    ];
    let one = |(name, value): (&str, Value)| (name.to_owned(), Member::One(value));
    all.into_iter().map(one).collect()
}
