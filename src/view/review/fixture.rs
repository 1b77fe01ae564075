//! Reviews of small templates, for the tests of views.

use stratiform_assembly::StackAt;
use stratiform_changes::ChangeSource;
use stratiform_diff::{Certainty, Consequence, Kind, Note, Severity, diff};
use stratiform_resolve::{Resolved, Whereabouts};
use stratiform_template::Template;

use crate::view::reviewed::{Method, Origins, Review, ReviewedEnvironment, ReviewedStack};

const DATABASE: &str = "
Parameters:
  Password: {Type: String, NoEcho: true}
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties:
      DBInstanceIdentifier: shop
      DBInstanceClass: db.t4g.medium
      MasterUserPassword: !Ref Password
  Ingress:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: clients
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/8}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      ComparisonOperator: LessThanThreshold
      EvaluationPeriods: 1
      Dimensions:
        - {Name: DBInstanceIdentifier, Value: !Ref Database}
Outputs:
  Endpoint:
    Value: !GetAtt Database.Endpoint.Address
    Export: {Name: shop-endpoint}
";

const SERVICE: &str = "
Parameters:
  Image: {Type: String}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: shop
      ContainerDefinitions:
        - {Name: web, Image: !Ref Image, Command: [serve, --port, '80']}
  Service:
    Type: AWS::ECS::Service
    Properties:
      TaskDefinition: !Ref Task
      DesiredCount: 2
";

const QUEUES: &str = "
Resources:
  Jobs:
    Type: AWS::SQS::Queue
  Failed:
    Type: AWS::SQS::Queue
  Topic:
    Type: AWS::SNS::Topic
";

/// A value that no view may show.
pub(super) const SECRET: &str = "correct-horse-battery-staple";

/// A stack: its name, and a template and values of parameters for each side.
pub(super) fn stack(
    name: &str,
    before: Option<(&str, &[(&str, &str)])>,
    after: Option<(&str, &[(&str, &str)])>,
) -> ReviewedStack {
    let side = |(text, values): (&str, &[(&str, &str)])| {
        let parameters = values
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()));
        StackAt {
            parameters: parameters.collect(),
            ..StackAt::of(name, Template::parse(text).expect("a template"))
        }
    };
    let (old, new) = (before.map(side), after.map(side));
    let place = Whereabouts {
        stack: name.to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    };
    let mut diff = diff(old.as_ref(), new.as_ref(), &place);
    // What is found is for the tests of `stratiform-diff`; how it is shown is for these.
    diff.consequences = Vec::new();
    diff.notes = Vec::new();
    ReviewedStack {
        diff,
        before: old.map(|stack| stack.template.to_yaml()),
        after: new.map(|stack| stack.template.to_yaml()),
        origins: Origins::default(),
    }
}

/// A review of one environment.
pub(in crate::view) fn review(stacks: Vec<ReviewedStack>) -> Review {
    Review {
        method: Method {
            before: "snapshots at 1a2b3c4 (merge base with `main`)".to_owned(),
            after: "the working tree, synthesized".to_owned(),
            facts: "offline, from the catalog (cfn-lint 1.58.0, schemas of 2026-10-20)".to_owned(),
        },
        environments: vec![ReviewedEnvironment {
            name: Some("prod".to_owned()),
            region: "eu-west-1".parse().unwrap(),
            tool: None,
            compliance: None,
            stacks,
        }],
    }
}

/// A renamed database, a wider security group, another password, a new queue.
pub(super) fn database() -> ReviewedStack {
    let after = DATABASE
        .replace(
            "DBInstanceIdentifier: shop",
            "DBInstanceIdentifier: shop-two",
        )
        .replace("10.0.0.0/8", "0.0.0.0/0")
        .replace(
            "Outputs:",
            "  Audit:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: audit}\nOutputs:",
        );
    let mut stack = stack(
        "storefront-prod-database",
        Some((DATABASE, &[("Password", SECRET)])),
        Some((&after, &[("Password", &format!("{SECRET}-2"))])),
    );
    stack.diff.consequences = vec![replaced(), opened()];
    stack
}

/// An image of a service, as a parameter.
pub(super) fn service() -> ReviewedStack {
    let image = |digest: &str| {
        format!(
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:{}",
            digest.repeat(32)
        )
    };
    let mut stack = stack(
        "storefront-prod-services",
        Some((SERVICE, &[("Image", &image("ab"))])),
        Some((SERVICE, &[("Image", &image("cd"))])),
    );
    stack.diff.consequences = vec![Consequence {
        kind: Kind::Interruption,
        why: "`TaskDefinition` changes".to_owned(),
        help: None,
        ..consequence(
            Severity::Note,
            "starts a deployment of the service `Service`",
        )
    }];
    stack.diff.notes = vec![Note {
        what: "the value of the parameter `Cluster` is not known".to_owned(),
        help: Some("give it with --parameters".to_owned()),
    }];
    stack
}

/// A stack that is made.
pub(in crate::view) fn created() -> ReviewedStack {
    stack("storefront-prod-queues", None, Some((QUEUES, &[])))
}

/// A stack that goes.
pub(super) fn removed() -> ReviewedStack {
    let mut stack = stack("storefront-prod-mail", Some((QUEUES, &[])), None);
    stack.diff.notes = vec![Note {
        what: "no deployment deletes a stack: this is what deleting it would do".to_owned(),
        help: None,
    }];
    stack
}

/// A stack that stays the same.
pub(in crate::view) fn unchanged(name: &str) -> ReviewedStack {
    stack(name, Some((QUEUES, &[])), Some((QUEUES, &[])))
}

/// One of each.
pub(super) fn everything() -> Review {
    review(vec![
        unchanged("storefront-prod-network"),
        database(),
        service(),
        created(),
        removed(),
        unchanged("storefront-prod-registry"),
    ])
}

fn replaced() -> Consequence {
    Consequence {
        kind: Kind::DataLoss,
        severity: Severity::Danger,
        certainty: Certainty::Will,
        logical_id: Some("Database".to_owned()),
        resource_type: Some("AWS::RDS::DBInstance".to_owned()),
        what: "replaces the database `Database` with an empty one; its data is in a snapshot only"
            .to_owned(),
        why: "`DBInstanceIdentifier` is a createOnly property of the type".to_owned(),
        details: Vec::new(),
        help: Some("keep the identifier, or restore the new one from the snapshot".to_owned()),
        withheld: Vec::new(),
    }
}

fn opened() -> Consequence {
    Consequence {
        kind: Kind::NetworkWidened,
        severity: Severity::Warning,
        certainty: Certainty::Will,
        logical_id: Some("Ingress".to_owned()),
        resource_type: Some("AWS::EC2::SecurityGroup".to_owned()),
        what: "opens `Ingress` to the internet".to_owned(),
        why: "`0.0.0.0/0` is every address".to_owned(),
        details: vec!["tcp 5432 from 0.0.0.0/0".to_owned()],
        help: None,
        withheld: Vec::new(),
    }
}

/// A consequence of nothing in particular.
pub(super) fn consequence(severity: Severity, what: &str) -> Consequence {
    Consequence {
        severity,
        what: what.to_owned(),
        ..replaced()
    }
}

/// A stack in which every text that users choose is the same.
pub(super) fn hostile(text: &str) -> Review {
    let mut stack = database();
    stack.before = Some(text.to_owned());
    stack.after = Some(format!("{text}\n{text}"));
    let diff = &mut stack.diff;
    for change in &mut diff.resources {
        change.logical_id = text.to_owned();
        change.resource_type = text.to_owned();
        for detail in &mut change.values {
            detail.path.push(text.to_owned());
            detail.before = Some(Resolved::literal(text.to_owned()));
            detail.after = Some(Resolved::literal(format!("{text}{text}")));
            detail.causing_entity = Some(text.to_owned());
            detail.source = ChangeSource::ParameterReference;
        }
    }
    for parameter in &mut diff.parameters {
        parameter.name = text.to_owned();
    }
    for consequence in &mut diff.consequences {
        consequence.what = format!("replaces `{text}` with {text}");
        consequence.why = text.to_owned();
        consequence.details = vec![text.to_owned(); 20];
        consequence.help = Some(text.to_owned());
    }
    diff.notes = vec![Note {
        what: text.to_owned(),
        help: Some(text.to_owned()),
    }];
    diff.name = text.to_owned();
    let mut quiet = unchanged("quiet");
    quiet.diff.name = text.to_owned();
    let mut review = review(vec![stack, quiet]);
    review.environments[0].name = Some(text.to_owned());
    review.method.before = text.to_owned();
    review
}

/// A stack with a number of resources, each of which changes.
pub(super) fn large(resources: usize) -> ReviewedStack {
    let template = |value: &str| {
        let resource = |index| {
            let properties = format!("{{QueueName: jobs-{index}-{value}, DelaySeconds: 5}}");
            format!("  Queue{index}: {{Type: AWS::SQS::Queue, Properties: {properties}}}\n")
        };
        "Resources:\n".to_owned() + &(0..resources).map(resource).collect::<String>()
    };
    stack(
        "large",
        Some((&template("a"), &[])),
        Some((&template("b"), &[])),
    )
}
