//! Two templates, as large as wanted, the second one as somebody might have changed the first.

use serde_json::{Map, Value, json};

/// How many resources belong together.
const BLOCK: usize = 10;

/// How many kinds of blocks there are, by what is changed in them.
const EDITS: usize = 12;

/// Which template?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// The one that there is.
    Before,
    /// With other resources.
    Resources,
    /// With other resources, another default of a parameter and another mapping: what is made of those changes, too.
    Everything,
}

/// A template: topics, queues, roles, security groups and so on, in blocks that refer to each other.
pub(super) fn template(resources: usize, version: Version) -> Value {
    let mut all = Map::new();
    for block in 0..resources / BLOCK {
        let mut members = members(block);
        if version != Version::Before {
            edit(block, &mut members);
        }
        all.append(&mut members);
    }
    let (level, kept) = match version {
        Version::Before | Version::Resources => ("info", 30),
        Version::Everything => ("error", 90),
    };
    json!({
        "Parameters": {
            "Level": { "Type": "String", "Default": level },
            "Vpc": { "Type": "String", "Default": "vpc-0123456789abcdef0" },
        },
        "Mappings": { "Days": { "logs": { "kept": kept } } },
        "Conditions": { "Verbose": { "Fn::Equals": [{ "Ref": "Level" }, "info"] } },
        "Resources": all,
    })
}

fn members(block: usize) -> Map<String, Value> {
    let name = |kind: &str| format!("{kind}{block}");
    let (topic, queue, letters) = (name("Topic"), name("Queue"), name("Letters"));
    let arn = |id: &str| json!({ "Fn::GetAtt": [id, "Arn"] });
    let tags = json!([
        { "Key": "app", "Value": "bench" },
        { "Key": "block", "Value": block.to_string() },
    ]);
    let members = json!({
        &topic: {
            "Type": "AWS::SNS::Topic",
            "Properties": { "TopicName": name("topic-"), "DisplayName": "Events", "Tags": tags },
        },
        &letters: {
            "Type": "AWS::SQS::Queue",
            "Properties": { "MessageRetentionPeriod": 1_209_600, "SqsManagedSseEnabled": true, "Tags": tags },
        },
        &queue: {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": name("queue-"),
                "VisibilityTimeout": 60,
                "RedrivePolicy": { "deadLetterTargetArn": arn(&letters), "maxReceiveCount": 5 },
                "Tags": tags,
            },
        },
        name("Subscription"): {
            "Type": "AWS::SNS::Subscription",
            "Properties": { "TopicArn": { "Ref": topic }, "Endpoint": arn(&queue), "Protocol": "sqs" },
        },
        name("Role"): {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{
                        "Effect": "Allow",
                        "Principal": { "Service": "lambda.amazonaws.com" },
                        "Action": "sts:AssumeRole",
                    }],
                },
                "Policies": [{
                    "PolicyName": "work",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            { "Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"], "Resource": arn(&queue) },
                            { "Effect": "Allow", "Action": "sns:Publish", "Resource": { "Ref": topic } },
                        ],
                    },
                }],
            },
        },
        name("Group"): {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": "Workers",
                "VpcId": { "Ref": "Vpc" },
                "SecurityGroupIngress": [
                    { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16" },
                ],
                "Tags": tags,
            },
        },
        name("Alarm"): {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "ComparisonOperator": "GreaterThanThreshold",
                "EvaluationPeriods": 5,
                "Namespace": "AWS/SQS",
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{ "Name": "QueueName", "Value": { "Fn::GetAtt": [queue, "QueueName"] } }],
                "Statistic": "Maximum",
                "Period": 60,
                "Threshold": 300,
                "AlarmActions": [{ "Ref": topic }],
            },
        },
        name("Access"): {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{ "Ref": queue }],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{
                        "Effect": "Allow",
                        "Principal": { "Service": "sns.amazonaws.com" },
                        "Action": "sqs:SendMessage",
                        "Resource": arn(&queue),
                        "Condition": { "ArnEquals": { "aws:SourceArn": { "Ref": topic } } },
                    }],
                },
            },
        },
        name("Logs"): {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": { "Fn::Sub": format!("/bench/{block}/{}", if block % EDITS == 10 { "${Level}" } else { "all" }) },
                "RetentionInDays": if block % EDITS == 5 { json!({ "Fn::FindInMap": ["Days", "logs", "kept"] }) } else { json!(14) },
            },
        },
        name("Setting"): {
            "Type": "AWS::SSM::Parameter",
            "Properties": { "Name": { "Fn::Sub": format!("/bench/{block}/topic") }, "Type": "String", "Value": { "Ref": topic } },
        },
    });
    let mut members = match members {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    if block % EDITS == 8 {
        members[&name("Setting")]["Condition"] = json!("Verbose");
    }
    members
}

/// What happens to a block. About every tenth resource is edited; others follow them.
fn edit(block: usize, members: &mut Map<String, Value>) {
    let name = |kind: &str| format!("{kind}{block}");
    let mut set = |kind: &str, property: &str, value: Value| {
        members[&name(kind)]["Properties"][property] = value;
    };
    match block % EDITS {
        0 => set("Topic", "TopicName", json!(name("renamed-topic-"))),
        1 => set("Queue", "VisibilityTimeout", json!(120)),
        2 => set("Group", "GroupDescription", json!("All workers")),
        3 => {
            members.remove(&name("Alarm"));
        }
        4 => {
            let more =
                json!({ "Type": "AWS::SNS::Topic", "Properties": { "TopicName": name("more-") } });
            members.insert(name("More"), more);
        }
        5 => {
            set("Role", "Description", json!("What the workers may do"));
            // Text instead of a number: CloudFormation passes on text in any case.
            set("Queue", "VisibilityTimeout", json!("60"));
        }
        6 => {
            let tags = &mut members[&name("Queue")]["Properties"]["Tags"];
            tags.as_array_mut()
                .into_iter()
                .for_each(|tags| tags.reverse());
        }
        7 => {
            let rules = &mut members[&name("Group")]["Properties"]["SecurityGroupIngress"];
            let more = json!({ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/16" });
            rules
                .as_array_mut()
                .into_iter()
                .for_each(|rules| rules.push(more.clone()));
        }
        8 => set("Alarm", "Threshold", json!(600)),
        9 => {
            members[&name("Setting")]["DependsOn"] = json!([name("Queue")]);
            members[&name("Alarm")]["Properties"]["MetricName"] = json!("NumberOfMessagesSent");
        }
        10 => set("Setting", "Type", json!("StringList")),
        _ => set("Queue", "QueueName", json!(name("renamed-queue-"))),
    }
}
