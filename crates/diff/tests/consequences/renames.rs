//! A word that many logical IDs share becomes another.

use crate::{check, check_stacks};

fn service(id: &str, name: &str) -> String {
    [
        format!("{id}Service: {{Type: AWS::ECS::Service, Properties: {{ServiceName: {name}, TaskDefinition: !Ref {id}TaskDefinition}}}}"),
        format!("{id}TaskDefinition: {{Type: AWS::ECS::TaskDefinition, Properties: {{Family: shop-{name}}}}}"),
        format!("{id}BlueTargetGroup: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Port: 80}}}}"),
        format!("{id}GreenTargetGroup: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Port: 80}}}}"),
    ]
    .join("\n")
}

#[test]
fn a_renamed_service_is_said_as_one() {
    check(
        &service("Api", "api"),
        &service("Web", "web").replace("Port: 80", "Port: 8080"),
        &[
            "warning interruption will: removes the service `ApiService`: its tasks end",
            "attention move will: service `api` became `web`: 4 resources are made anew",
            "- besides names differ `WebBlueTargetGroup` (`Port`), `WebGreenTargetGroup` (`Port`)",
        ],
    );
}

#[test]
fn what_guards_as_before_is_no_protection_lost() {
    let alarms = |id: &str, threshold: &str| {
        let of = |kind| {
            format!(
                "{id}{kind}Alarm: {{Type: AWS::CloudWatch::Alarm, Properties: {{AlarmName: '{id}-{kind}', Threshold: {threshold}}}}}\n"
            )
        };
        of("Cpu") + &of("Memory")
    };
    check(
        &alarms("OrderApi", "5"),
        &alarms("Orders", "5"),
        &["attention move will: `OrderApi…` became `Orders…`: 2 resources are made anew"],
    );
    check(
        &alarms("OrderApi", "5"),
        &alarms("Orders", "500"),
        &[
            "warning protection-lost will: removes the alarm `OrderApiCpuAlarm`, which tells when something is wrong",
            "warning protection-lost will: removes the alarm `OrderApiMemoryAlarm`, which tells when something is wrong",
            "attention move will: `OrderApi…` became `Orders…`: 2 resources are made anew",
            "- besides names differ `OrdersCpuAlarm` (`Threshold`), `OrdersMemoryAlarm` (`Threshold`)",
        ],
    );
}

#[test]
fn what_is_renamed_in_one_stack_is_renamed_in_the_others() {
    let topic =
        |id: &str| format!("{id}Topic: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: x}}}}");
    check_stacks(
        &[
            ("one", &topic("Api"), &topic("Web")),
            ("two", &topic("Api"), &topic("Web")),
        ],
        &[
            "one: attention move will: `Api…` became `Web…`: 1 resource is made anew",
            "two: attention move will: `Api…` became `Web…`: 1 resource is made anew",
        ],
    );
}

#[test]
fn alike_resources_are_paired_by_the_nearest_name() {
    let queue =
        |id: &str| format!("{id}: {{Type: AWS::SQS::Queue, Properties: {{DelaySeconds: 5}}}}\n");
    let kept = "Kept: {Type: AWS::SNS::Topic}";
    check_stacks(
        &[
            (
                "one",
                &format!("{}{}{kept}", queue("OldJobs"), queue("OldMails")),
                kept,
            ),
            (
                "two",
                kept,
                &format!("{}{}{kept}", queue("Mails"), queue("Jobs")),
            ),
        ],
        &[
            "one: danger data-loss will: deletes the queue `OldJobs`, and its data with it",
            "one: danger data-loss will: deletes the queue `OldMails`, and its data with it",
            "two: warning move will: deletes the queue `OldMails` and makes the same again: it looks like a move from stack `one` to stack `two`",
            "two: warning move will: deletes the queue `OldJobs` and makes the same again: it looks like a move from stack `one` to stack `two`",
        ],
    );
}
