use std::collections::BTreeMap;

use stratiform_assembly::StackAt;
use stratiform_diff::{Pair, diff_environment};
use stratiform_resolve::Whereabouts;
use stratiform_template::Template;

use super::*;

/// What is said of a stack whose resources change, one in each line.
fn stack(before: &str, after: &str) -> StackDiff {
    let [before, after] = [before, after].map(|resources| {
        let resources = resources.lines().map(|line| format!("  {line}\n"));
        let text = format!("Resources:\n{}", resources.collect::<String>());
        StackAt::of("shop", Template::parse(&text).expect("a template"))
    });
    let place = Whereabouts {
        stack: "shop".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    };
    let (before, after) = (Some(&before), Some(&after));
    let diffs = diff_environment(&[Pair {
        place,
        before,
        after,
    }]);
    diffs.into_iter().next().expect("one for each pair")
}

/// A line for each entry, and one more, behind a dash, for what belongs to it.
fn lines(entries: &[Entry]) -> Vec<String> {
    let lines = entries.iter().flat_map(|entry| {
        let line = format!("{}: {}", entry.severity, entry.what);
        let below = entry.lines.iter().map(|line| format!("- {line}"));
        std::iter::once(line).chain(below)
    });
    lines.collect()
}

#[track_caller]
fn check(before: &str, after: &str, expected: &[&str]) -> Vec<Entry> {
    let entries = brief(&stack(before, after), Detail::Whole);
    assert_eq!(lines(&entries), expected);
    entries
}

const KEPT: &str = "Kept: {Type: AWS::SNS::Topic}\n";

#[test]
fn what_happens_alike_is_said_once() {
    let alarms: String = ["Cpu", "Memory", "Disk"]
        .map(|id| format!("{id}: {{Type: AWS::CloudWatch::Alarm, Properties: {{Threshold: 1}}}}\n"))
        .concat();
    let service = "Api: {Type: AWS::ECS::Service}\nMail: {Type: AWS::ECS::Service}\n";
    check(
        &format!("{KEPT}{alarms}{service}"),
        KEPT,
        &[
            "warning: removes each of 2 services: its tasks end",
            "- `Api`, `Mail`",
            "warning: removes 3 alarms, each of which tells when something is wrong",
            "- `Cpu`, `Memory`, `Disk`",
        ],
    );
}

#[test]
fn a_resource_and_its_data_are_one() {
    let table = |key: &str| {
        format!("Orders: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: {key}}}}}")
    };
    let entries = check(
        &table("a"),
        &table("b"),
        &[
            "danger: replaces the table `Orders`: its data is deleted with it",
            "- the new one starts empty",
        ],
    );
    assert_eq!(
        entries[0].why,
        "`TableName` is a createOnly property of the type; there is no `UpdateReplacePolicy`, and the default is `Delete`"
    );
}

#[test]
fn what_follows_belongs_to_its_root() {
    let group = |name: &str| {
        format!(
            "Group: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: {name}}}}}
Rule: {{Type: AWS::EC2::SecurityGroupIngress, Properties: {{GroupId: !GetAtt Group.GroupId, IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.0/8}}}}"
        )
    };
    check(
        &group("one"),
        &group("two"),
        &[
            "attention: replaces the security group `Group`",
            "- `Rule` is replaced: `GroupId` refers to `Group`",
        ],
    );
}

#[test]
fn the_parts_of_a_rename_belong_to_it() {
    let service = |id: &str, port: u16| {
        format!(
            "{id}Service: {{Type: AWS::ECS::Service, Properties: {{ServiceName: {id}}}}}
{id}Role: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{Statement: [{{Effect: Allow, Principal: {{Service: ecs-tasks.amazonaws.com}}, Action: 'sts:AssumeRole'}}]}}}}}}
{id}Group: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: x, SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: {port}, ToPort: {port}, CidrIp: 0.0.0.0/0}}]}}}}"
        )
    };
    check(
        &service("Api", 80),
        &service("Web", 8080),
        &[
            // What is newly open is never only a part of something.
            "warning: opens tcp 8080 of the security group `WebGroup` to the whole internet",
            "- + tcp 8080 from 0.0.0.0/0 (the whole internet, IPv4)",
            "warning: service `Api` became `Web`: 3 resources are made anew",
            "- removes the service `ApiService`: its tasks end",
            "- besides names differ `WebGroup` (`SecurityGroupIngress.0.FromPort`, `SecurityGroupIngress.0.ToPort`)",
        ],
    );
}

#[test]
fn nothing_of_danger_is_left_out_where_there_is_much() {
    let mut before = KEPT.to_owned();
    for index in 0..20 {
        before += &format!(
            "Table{index}: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: t{index}}}}}\n"
        );
        before += &format!("Rule{index}: {{Type: AWS::Events::Rule}}\n");
    }
    let diff = stack(&before, KEPT);
    let detail = Detail::of([&diff]);
    assert_eq!(detail, Detail::Short);
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    let entries = brief(&diff, detail);
    entries
        .iter()
        .for_each(|it| *counts.entry(it.severity).or_default() += 1);
    assert_eq!(
        lines(&entries)[..2],
        [
            "danger: deletes each of 20 tables, and its data with it",
            "- `Table0`, `Table1`, `Table2`, `Table3`, `Table4`, `Table5` and 14 more"
        ]
    );
    assert!(entries[0].why.contains("the default is `Delete`") && entries[0].help.is_some());
    assert_eq!(counts.get(&Severity::Danger), Some(&1));
}

#[test]
fn a_reason_is_said_once() {
    let diff = stack(
        &format!(
            "{KEPT}A: {{Type: AWS::DynamoDB::Table}}\nB: {{Type: AWS::S3::Bucket}}\nC: {{Type: AWS::Kinesis::Stream}}"
        ),
        KEPT,
    );
    let entries = Told::default().without(brief(&diff, Detail::Whole));
    let whys = entries.iter().filter(|entry| !entry.why.is_empty());
    let mut whys: Vec<&str> = whys.map(|entry| entry.why.as_str()).collect();
    let all = whys.len();
    whys.sort_unstable();
    whys.dedup();
    assert_eq!(whys.len(), all);
}

#[test]
fn more_than_one() {
    let nouns = [
        "alarm",
        "scaling policy",
        "key",
        "alias",
        "address",
        "batch",
    ];
    assert_eq!(
        nouns.map(many),
        [
            "alarms",
            "scaling policies",
            "keys",
            "aliases",
            "addresses",
            "batches"
        ]
    );
}

#[test]
fn data_that_a_refusal_keeps_is_not_lost_in_a_rename() {
    let resources = |word: &str| {
        format!(
            "{word}Table: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: t}}}}\n\
             {word}Topic: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: d}}}}\n"
        )
    };
    let entries = brief(&stack(&resources("Api"), &resources("Web")), Detail::Short);
    let lines = lines(&entries);
    let table = "- otherwise it deletes the table `ApiTable`, and its data with it";
    assert!(lines.iter().any(|line| line == table), "{lines:?}");
}
