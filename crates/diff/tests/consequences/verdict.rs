//! The sentence that is read first.

use stratiform_assembly::StackAt;
use stratiform_diff::{Pair, diff_environment, verdict};
use stratiform_resolve::Whereabouts;

use crate::{environment, lines, template};

/// A stack of two queues, of which one takes what the other could not work off, and a log.
const JOBS: &str = "Jobs: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3}}}
Failed: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
Logs: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 7}}
Kept: {Type: AWS::SNS::Topic}";

fn without_jobs(is_protected: Option<bool>) -> Vec<stratiform_diff::StackDiff> {
    let stack = |text| StackAt {
        termination_protection: is_protected,
        ..StackAt::of("shop", template(text).unwrap())
    };
    diff_environment(&[Pair {
        place: Whereabouts {
            stack: "shop".to_owned(),
            region: "eu-west-1".parse().unwrap(),
            account: None,
        },
        before: Some(&stack(JOBS)),
        after: Some(&stack("Kept: {Type: AWS::SNS::Topic}")),
    }])
}

#[test]
fn logs_and_dead_letters_weigh_less_where_anybody_may_delete_the_stack() {
    let jobs = "danger data-loss will: deletes the queue `Jobs`, and its data with it";
    let [failed, logs] = ["the queue `Failed`", "the log group `Logs`"]
        .map(|name| format!("data-loss will: deletes {name}, and its data with it"));
    for is_protected in [None, Some(true)] {
        let found = without_jobs(is_protected);
        let all = [jobs, &format!("danger {failed}"), &format!("danger {logs}")];
        assert_eq!(lines(&found[0].consequences), all);
    }
    let found = without_jobs(Some(false));
    let all = [
        jobs,
        &format!("warning {failed}"),
        &format!("warning {logs}"),
    ];
    assert_eq!(lines(&found[0].consequences), all);
}

#[test]
fn protected_stacks_come_first() {
    let mut both = without_jobs(Some(false));
    both.extend(without_jobs(Some(true)));
    both[1].name = "prod".to_owned();
    for diffs in [[&both[0], &both[1]], [&both[1], &both[0]]] {
        assert_eq!(
            verdict(diffs),
            "2 stacks change: deletes the queue `Jobs`, and its data with it (`prod`); deletes the queue `Failed`, and its data with it, and 1 more thing to look at"
        );
    }
}

#[test]
fn what_opens_to_the_world_comes_before_a_log() {
    let group = |rule| {
        format!(
            "Group: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: x, SecurityGroupIngress: [{rule}]}}}}"
        )
    };
    let before = format!("Logs: {{Type: AWS::Logs::LogGroup}}\n{}", group(""));
    let after = group("{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}");
    let found = environment(&[("shop", &before, &after)]);
    assert_eq!(
        verdict(&found),
        "1 stack changes: opens tcp 22 of the security group `Group` to the whole internet; deletes the log group `Logs`, and its data with it"
    );
}

#[test]
fn a_verdict_is_short_whatever_a_template_says() {
    for length in [1, 20, 60, 100, 250] {
        let id = "N".repeat(length);
        let table = |id: &str, name: &str| {
            format!(
                "{id}: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: {name}, BillingMode: x}}}}"
            )
        };
        let name = "n".repeat(length * 10);
        let before = [table(&id, &name), table("Other", "b")].join("\n");
        let after = [table(&format!("{id}2"), &name), table("Another", "b")].join("\n");
        let names = [id.as_str(), "two"];
        let found = environment(&names.map(|stack| (stack, before.as_str(), after.as_str())));
        let said = verdict(&found);
        assert!(said.chars().count() < 200, "{}: {said}", said.len());
        assert_eq!(said.matches('`').count() % 2, 0, "{said}");
        for found in found.iter().flat_map(|diff| &diff.consequences) {
            let values = found.what.split('`').skip(1).step_by(2);
            assert!(
                values.clone().all(|value| value.chars().count() <= 80),
                "{}",
                found.what
            );
        }
    }
}

#[test]
fn a_replacement_and_its_data_are_one_thing() {
    let queue =
        |name: &str| format!("A: {{Type: AWS::SQS::Queue, Properties: {{QueueName: {name}}}}}");
    let found = environment(&[("shop", &queue("a"), &queue("b"))]);
    assert_eq!(
        verdict(&found),
        "1 stack changes: replaces the queue `A`: its data is deleted with it"
    );
}
