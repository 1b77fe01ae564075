//! An environment from its committed templates, and its life on the engine.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use stratiform_assembly::{Assembly, StackAt};
use stratiform_engine::{Effect, Handled, Input, Request, State, step};
use stratiform_service::Timestamp;
use stratiform_template::{Member, Template, Value as Written};

pub(crate) const ACCOUNT: &str = "111122223333";

/// One region for all, so that only names keep environments apart.
const REGION: &str = "eu-central-1";

/// An environment, and what handlers did for it.
pub(crate) struct Estate {
    /// App and environment: `storefront-prod`.
    pub(crate) name: String,
    pub(crate) assembly: Assembly,
    pub(crate) handled: Vec<Handled>,
    arns: Vec<String>,
}

impl Estate {
    /// An environment as it is written.
    pub(crate) fn written(folder: &Path) -> Estate {
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let file: Value = serde_json::from_str(&read("assembly.json")).unwrap();
        let stacks = file["stacks"].as_array().unwrap().iter().map(|entry| {
            let template = Template::parse(&read(entry["template"].as_str().unwrap())).unwrap();
            let mut stack = StackAt::of(entry["name"].as_str().unwrap(), template);
            let parameters = entry["parameters"].as_object().unwrap().iter();
            let parameters = parameters
                .filter(|(_, default)| default.is_null())
                .map(|(name, _)| name);
            stack.parameters = parameters
                .map(|name| (name.clone(), given(name, &file)))
                .collect();
            stack
        });
        let text = |key: &str| file[key].as_str().unwrap().to_owned();
        Estate {
            name: format!("{}-{}", text("app"), text("environment")),
            assembly: Assembly {
                app: file["app"].as_str().map(str::to_owned),
                environment: file["environment"].as_str().map(str::to_owned),
                region: REGION.parse().unwrap(),
                account: None,
                stacks: stacks.collect(),
                tasks: Vec::new(),
            },
            handled: Vec::new(),
            arns: Vec::new(),
        }
    }

    /// The same after all of its stacks were created, changed and deleted.
    pub(crate) fn lived(mut self) -> Estate {
        let mut cloud = Cloud::new();
        for stack in &self.assembly.stacks {
            cloud.run("CreateStack", stack, &stack.template, "1");
        }
        for stack in &self.assembly.stacks {
            cloud.run("UpdateStack", stack, &changed(&stack.template), "2");
        }
        for stack in self.assembly.stacks.iter().rev() {
            cloud.run("DeleteStack", stack, &stack.template, "2");
        }
        self.handled = cloud.handled;
        let mut arns: Vec<String> = self.handled.iter().flat_map(arns).collect();
        arns.sort();
        arns.dedup();
        self.arns = arns;
        self
    }

    /// The ARNs of all that was there.
    pub(crate) fn arns(&self) -> impl Iterator<Item = &str> {
        self.arns.iter().map(String::as_str)
    }
}

fn given(parameter: &str, file: &Value) -> String {
    let (app, environment) = (
        file["app"].as_str().unwrap(),
        file["environment"].as_str().unwrap(),
    );
    match parameter.strip_suffix("Image").map(str::to_lowercase) {
        Some(service) => format!(
            "{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{app}/{environment}/{service}@sha256:{:064}",
            0
        ),
        None => format!("arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"),
    }
}

/// The same template with something else in its resources: some are replaced, and the tags change with all that has any.
fn changed(template: &Arc<Template>) -> Template {
    let mut template = Template::clone(template);
    let exported: Vec<String> = template
        .outputs
        .values()
        .map(|output| format!("{output:?}"))
        .collect();
    for (logical_id, member) in &mut template.resources {
        let Member::One(resource) = member else {
            continue;
        };
        // What another stack uses cannot be replaced.
        let is_used = exported
            .iter()
            .any(|output| output.contains(&format!("{logical_id:?}")));
        let (property, value) = match resource.resource_type.as_str() {
            "AWS::EC2::SecurityGroup" if !is_used => ("GroupDescription", Written::from("Another")),
            "AWS::ElasticLoadBalancingV2::TargetGroup" if !is_used => ("Port", Written::from(4242)),
            "AWS::ECS::TaskDefinition" => ("Cpu", Written::from("2048")),
            // What protects from deletion goes.
            "AWS::ElasticLoadBalancingV2::LoadBalancer" => {
                let key = ("Key", Written::from("deletion_protection.enabled"));
                let off = Written::from([key, ("Value", Written::from("false"))]);
                ("LoadBalancerAttributes", Written::from(vec![off]))
            }
            "AWS::RDS::DBInstance" => ("DeletionProtection", Written::from(false)),
            "AWS::SQS::Queue" => ("MessageRetentionPeriod", Written::from(4242)),
            "AWS::IAM::Role" => ("Description", Written::from("Another")),
            "AWS::CloudWatch::Alarm" => ("AlarmDescription", Written::from("Another")),
            "AWS::Events::Rule" => ("Description", Written::from("Another")),
            _ => continue,
        };
        resource.properties.insert(property.to_owned(), value);
    }
    template
}

/// A state machine whose clock is turned by hand, and what its handlers did.
struct Cloud {
    state: State,
    handled: Vec<Handled>,
}

impl Cloud {
    fn new() -> Cloud {
        let now: Timestamp = "2026-11-28T03:00:00.000Z".parse().unwrap();
        Cloud {
            state: State::new(7, now),
            handled: Vec::new(),
        }
    }

    /// Has an operation run to its end.
    fn run(&mut self, operation: &str, stack: &StackAt, template: &Template, version: &str) {
        let parameters = stack.parameters.iter();
        let parameters =
            parameters.map(|(key, value)| json!({ "ParameterKey": key, "ParameterValue": value }));
        let mut call = json!({ "StackName": stack.name });
        if operation != "DeleteStack" {
            call["TemplateBody"] = template.to_json().into();
            call["Parameters"] = parameters.collect();
            call["Capabilities"] = json!(["CAPABILITY_NAMED_IAM"]);
            call["Tags"] = json!([{ "Key": "version", "Value": version }]);
        }
        let answer = self.call(operation, call);
        assert!(answer.is_ok(), "{operation} {}: {answer:?}", stack.name);
        while let Some(due) = self.state.next_due() {
            let _ = self.input(&Input::Tick, due);
        }
        let answer = self.call("DescribeStacks", json!({ "StackName": stack.name }));
        match answer {
            Ok(answer) => {
                let status = &answer["Stacks"][0]["StackStatus"];
                let expected = ["CREATE_COMPLETE", "UPDATE_COMPLETE"];
                assert!(
                    expected.contains(&status.as_str().unwrap()),
                    "{}: {status}",
                    stack.name
                );
            }
            Err(_) => assert_eq!(operation, "DeleteStack"),
        }
    }

    fn call(&mut self, operation: &str, parameters: Value) -> Result<Value, String> {
        let request = Request {
            account: ACCOUNT.parse().unwrap(),
            region: REGION.parse().unwrap(),
            service: "cloudformation".to_owned(),
            operation: operation.to_owned(),
            parameters,
        };
        let now = self.state.now();
        let answer = self.input(&Input::Call(request), now);
        answer.unwrap().map_err(|refused| refused.to_string())
    }

    fn input(
        &mut self,
        input: &Input,
        now: Timestamp,
    ) -> Option<Result<Value, stratiform_engine::Refused>> {
        let empty = State::new(0, now);
        let (state, effects) = step(std::mem::replace(&mut self.state, empty), input, now);
        self.state = state;
        let mut answer = None;
        for effect in effects {
            match effect {
                Effect::Answer(given) => answer = Some(given.result),
                Effect::Handled(handled) => self.handled.push(handled),
                Effect::Notify { .. } | Effect::Unsupported { .. } => {}
            }
        }
        answer
    }
}

/// The ARNs of what a handler acted on, as the engine says them; or made of the IDs that it says.
pub(crate) fn arns(handled: &Handled) -> Vec<String> {
    let id = handled.physical_id.as_str();
    let last = id.rsplit('/').next().unwrap();
    let of = |service: &str, resource: String| {
        vec![format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}")]
    };
    let global =
        |service: &str, resource: String| vec![format!("arn:aws:{service}::{ACCOUNT}:{resource}")];
    let ec2 = |kind: &str| of("ec2", format!("{kind}/{id}"));
    let mut arns = match handled.resource_type.as_str() {
        "AWS::ApplicationAutoScaling::ScalableTarget" => {
            let target = id.split('|').next().unwrap();
            let alarm = format!("alarm:TargetTracking-{target}-AlarmHigh-0a1b");
            let target = of("application-autoscaling", "scalable-target/0a1b".to_owned());
            [target, of("cloudwatch", alarm)].concat()
        }
        "AWS::Budgets::Budget" => {
            let view = global("billing", "billingview/primary".to_owned());
            [view, global("budgets", format!("budget/{id}"))].concat()
        }
        "AWS::CloudWatch::Dashboard" => global("cloudwatch", format!("dashboard/{id}")),
        "AWS::EC2::EIP" => {
            let allocation = handled.attributes["AllocationId"].as_str().unwrap();
            of("ec2", format!("elastic-ip/{allocation}"))
        }
        "AWS::EC2::FlowLog" => ec2("vpc-flow-log"),
        "AWS::EC2::InternetGateway" => ec2("internet-gateway"),
        "AWS::EC2::NatGateway" => ec2("natgateway"),
        "AWS::EC2::NetworkAcl" => ec2("network-acl"),
        "AWS::EC2::RouteTable" => ec2("route-table"),
        "AWS::EC2::SecurityGroup" => ec2("security-group"),
        "AWS::EC2::SecurityGroupEgress" | "AWS::EC2::SecurityGroupIngress" => {
            ec2("security-group-rule")
        }
        "AWS::EC2::Subnet" => ec2("subnet"),
        "AWS::EC2::VPC" => ec2("vpc"),
        "AWS::EC2::VPCEndpoint" => ec2("vpc-endpoint"),
        "AWS::KMS::Alias" => of("kms", id.to_owned()),
        // What nobody says anything else about.
        "AWS::RDS::DBInstance" => [
            "og:default:postgres-16",
            "pg:default.postgres16",
            "subgrp:default",
        ]
        .into_iter()
        .flat_map(|group| of("rds", group.to_owned()))
        .collect(),
        "AWS::S3::Bucket" => vec![format!("arn:aws:s3:::{id}/key")],
        "AWS::SSM::Parameter" => of("ssm", format!("parameter/{last}")),
        _ => Vec::new(),
    };
    // Deeper attributes are of other resources, and made up where nobody wrote them down.
    let is_known = |name: &str| !name.contains('.') || name == "MasterUserSecret.SecretArn";
    let attributes = handled.attributes.iter().filter(|(name, _)| is_known(name));
    let said = attributes
        .filter_map(|(_, value)| value.as_str())
        .chain(id.split('|'));
    let said = said.filter(|text| text.starts_with("arn:"));
    arns.extend(said.map(str::to_owned));
    arns
}
