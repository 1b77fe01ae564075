//! What is compared grows as its templates do: counted, so that it holds on any machine.

use serde_json::{Map, Value, json};
use stratiform_assembly::StackAt;
use stratiform_diff::diff;
use stratiform_resolve::Whereabouts;
use stratiform_service::Region;
use stratiform_template::Template;

const FEW: usize = 50;
const MANY: usize = 5000;

/// How much more may be asked of the allocator than there are more resources: tables grow by doubling.
const ROOM: u64 = 125;

/// Counts what comparing asks of the allocator, times and bytes, and says how many resources change.
fn counted(resources: usize, template: impl Fn(usize, &str) -> Value) -> [u64; 3] {
    let [before, after] = ["old", "new"].map(|version| {
        let text = json!({ "Resources": template(resources, version) }).to_string();
        let template = Template::parse(&text).expect("a template");
        StackAt::of("growth", template)
    });
    let place = Whereabouts {
        stack: "growth".to_owned(),
        region: Region::us_east_1(),
        account: None,
    };
    let mut changes = 0;
    let asked = allocation_counter::measure(|| {
        changes = diff(Some(&before), Some(&after), &place).resources.len();
    });
    [asked.count_total, asked.bytes_total, changes as u64]
}

fn check(template: impl Fn(usize, &str) -> Value) {
    let few = counted(FEW, &template);
    let many = counted(MANY, &template);
    let more = (MANY / FEW) as u64;
    assert_eq!(many[2], few[2] * more, "as many more changes");
    for (few, many) in few.into_iter().zip(many) {
        assert!(many <= few * more * ROOM / 100, "{few} became {many}");
    }
}

/// So many resources, each by its number.
fn each(resources: usize, one: impl Fn(usize) -> (String, Value)) -> Value {
    Value::Object((0..resources).map(one).collect::<Map<_, _>>())
}

fn queue(name: &str) -> Value {
    json!({ "Type": "AWS::SQS::Queue", "Properties": { "QueueName": name, "VisibilityTimeout": 60 } })
}

#[test]
fn resources_that_get_other_names() {
    check(|resources, version| {
        each(resources, |number| {
            (
                format!("Queue{number}"),
                queue(&format!("{version}-{number}")),
            )
        })
    });
}

#[test]
fn resources_that_move_to_other_logical_ids() {
    check(|resources, version| {
        each(resources, |number| {
            (
                format!("{version}{number}"),
                queue(&format!("queue-{number}")),
            )
        })
    });
}

#[test]
fn a_chain_of_resources_that_are_replaced() {
    check(|resources, version| {
        each(resources, |number| {
            let name = match number {
                0 => json!(version),
                _ => json!({ "Fn::Sub": format!("x-${{Topic{}.TopicName}}", number - 1) }),
            };
            let topic = json!({ "Type": "AWS::SNS::Topic", "Properties": { "TopicName": name } });
            (format!("Topic{number}"), topic)
        })
    });
}

#[test]
fn rules_of_one_security_group() {
    let block = |version: &str| match version {
        "old" => "10.0.0.0/8",
        _ => "11.0.0.0/8",
    };
    check(|resources, version| {
        each(resources, |number| match number {
            0 => {
                let properties = json!({ "GroupDescription": "all", "Tags": [{ "Key": "a", "Value": version }] });
                let group = json!({ "Type": "AWS::EC2::SecurityGroup", "Properties": properties });
                ("Group".to_owned(), group)
            }
            _ => {
                let rule = json!({
                    "GroupId": { "Fn::GetAtt": ["Group", "GroupId"] },
                    "IpProtocol": "tcp",
                    "FromPort": number,
                    "ToPort": number,
                    "CidrIp": block(version),
                });
                let rule = json!({ "Type": "AWS::EC2::SecurityGroupIngress", "Properties": rule });
                (format!("Rule{number}"), rule)
            }
        })
    });
}

#[test]
fn roles_with_other_permissions() {
    check(|resources, version| {
        each(resources, |number| {
            let statement = |what: Value| json!({ "Version": "2012-10-17", "Statement": [what] });
            let action = match version {
                "old" => "s3:GetObject",
                _ => "s3:PutObject",
            };
            let role = json!({
                "AssumeRolePolicyDocument": statement(json!({
                    "Effect": "Allow",
                    "Principal": { "Service": "lambda.amazonaws.com" },
                    "Action": "sts:AssumeRole",
                })),
                "Policies": [{
                    "PolicyName": "work",
                    "PolicyDocument": statement(json!({ "Effect": "Allow", "Action": action, "Resource": "*" })),
                }],
            });
            (
                format!("Role{number}"),
                json!({ "Type": "AWS::IAM::Role", "Properties": role }),
            )
        })
    });
}
