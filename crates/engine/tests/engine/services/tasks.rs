//! Tasks that are run by themselves, and what they print.

use serde_json::{Value, json};

use super::{ask, refused};
use crate::cloud::Cloud;

const TEMPLATE: &str = "
Resources:
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: shop}}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /shop/api}}
  Definition:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: api
      NetworkMode: awsvpc
      ContainerDefinitions:
        - Name: api
          Essential: true
          Image: shop/api:1
          LogConfiguration:
            LogDriver: awslogs
            Options: {awslogs-group: !Ref Logs, awslogs-region: eu-central-1, awslogs-stream-prefix: api}
";

fn shop() -> Cloud {
    let mut cloud = Cloud::new();
    cloud.create("shop-dev", TEMPLATE);
    assert_eq!(cloud.status("shop-dev"), "CREATE_COMPLETE");
    cloud
}

fn asked(more: Value) -> Value {
    let mut asked = json!({
        "cluster": "shop",
        "taskDefinition": "api",
        "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-1"] } },
        "startedBy": "run-1",
        "overrides": { "containerOverrides": [{ "name": "api", "command": ["migrate", "up"] }] },
    });
    let members = asked.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    asked
}

fn run(cloud: &mut Cloud) -> String {
    let answer = ask(cloud, "ecs", "RunTask", asked(json!({})));
    answer["tasks"][0]["taskArn"].as_str().unwrap().to_owned()
}

fn described(cloud: &mut Cloud, task: &str) -> Value {
    let asked = json!({ "cluster": "shop", "tasks": [task] });
    ask(cloud, "ecs", "DescribeTasks", asked)["tasks"][0].clone()
}

fn listed(cloud: &mut Cloud, filter: Value) -> usize {
    let mut asked = json!({ "cluster": "shop" });
    let members = asked.as_object_mut().unwrap();
    members.extend(filter.as_object().unwrap().clone());
    let listed = ask(cloud, "ecs", "ListTasks", asked);
    listed["taskArns"].as_array().unwrap().len()
}

#[test]
fn a_task_runs_to_its_end_and_prints() {
    let mut cloud = shop();
    let task = run(&mut cloud);
    assert_eq!(described(&mut cloud, &task)["lastStatus"], "PROVISIONING");
    cloud.pass(10);
    let running = described(&mut cloud, &task);
    assert_eq!(running["lastStatus"], "RUNNING");
    assert_eq!(running["startedBy"], "run-1");
    assert_eq!(running["containers"][0]["exitCode"], Value::Null);
    assert_eq!(listed(&mut cloud, json!({ "startedBy": "run-1" })), 1);
    assert_eq!(listed(&mut cloud, json!({ "family": "other" })), 0);
    cloud.settle();
    let stopped = described(&mut cloud, &task);
    assert_eq!(stopped["lastStatus"], "STOPPED");
    assert_eq!(stopped["containers"][0]["exitCode"], 0);
    assert_eq!(listed(&mut cloud, json!({ "startedBy": "run-1" })), 0);
    let stopped = json!({ "family": "api", "desiredStatus": "STOPPED" });
    assert_eq!(listed(&mut cloud, stopped.clone()), 1);

    let id = task.rsplit('/').next().unwrap();
    let stream = json!({ "logGroupName": "/shop/api", "logStreamName": format!("api/api/{id}") });
    let printed = ask(&mut cloud, "logs", "GetLogEvents", stream);
    let lines = printed["events"].as_array().unwrap().iter();
    let lines: Vec<&str> = lines
        .map(|line| line["message"].as_str().unwrap())
        .collect();
    assert_eq!(
        lines,
        ["the engine runs nothing: migrate up", "exit code 0"]
    );
    let filtered =
        json!({ "logGroupName": "/shop/api", "logStreamNames": [format!("api/api/{id}")] });
    let filtered = ask(&mut cloud, "logs", "FilterLogEvents", filtered);
    assert_eq!(filtered["events"].as_array().unwrap().len(), 2);

    cloud.pass(3_700);
    assert_eq!(listed(&mut cloud, stopped), 0);
}

#[test]
fn one_token_runs_one_task() {
    let mut cloud = shop();
    let once = asked(json!({ "clientToken": "t1" }));
    let first = ask(&mut cloud, "ecs", "RunTask", once.clone());
    let again = ask(&mut cloud, "ecs", "RunTask", once);
    assert_eq!(first["tasks"][0]["taskArn"], again["tasks"][0]["taskArn"]);
    let other = ask(
        &mut cloud,
        "ecs",
        "RunTask",
        asked(json!({ "clientToken": "t2" })),
    );
    assert_ne!(first["tasks"][0]["taskArn"], other["tasks"][0]["taskArn"]);
}

#[test]
fn tasks_fail_as_they_are_made_to() {
    let mut cloud = shop();
    let end = |cloud: &mut Cloud, fault: &str| {
        cloud.fault(fault);
        let task = run(cloud);
        cloud.settle();
        let task = described(cloud, &task);
        let container = &task["containers"][0];
        (
            container["exitCode"].clone(),
            task["stopCode"].clone(),
            task["stoppedReason"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    let (exit, code, reason) = end(&mut cloud, "task:shop/api=fail:exit=3:times=1");
    assert_eq!((exit, code), (json!(3), json!("EssentialContainerExited")));
    assert_eq!(reason, "Essential container in task exited");
    // The stack of the cluster is as good a name.
    let (exit, code, reason) = end(&mut cloud, "task:shop-dev/api=pull:times=1");
    assert_eq!((exit, code), (Value::Null, json!("TaskFailedToStart")));
    assert!(reason.starts_with("CannotPullContainerError: "), "{reason}");
    let (exit, ..) = end(&mut cloud, "task:other/api=fail");
    assert_eq!(exit, 0);

    cloud.fault("task:shop/api=stall:times=1");
    let task = run(&mut cloud);
    cloud.pass(86_400);
    assert_eq!(described(&mut cloud, &task)["lastStatus"], "RUNNING");
    let stop = json!({ "cluster": "shop", "task": task, "reason": "too long" });
    ask(&mut cloud, "ecs", "StopTask", stop);
    let stopped = described(&mut cloud, &task);
    assert_eq!(stopped["stoppedReason"], "too long");
    assert_eq!(stopped["containers"][0]["exitCode"], 143);
}

#[test]
fn what_cannot_run_is_refused() {
    let mut cloud = shop();
    let cases = [
        (json!({ "taskDefinition": "nobody" }), "ClientException"),
        (json!({ "cluster": "nobody" }), "ClusterNotFoundException"),
        (
            json!({ "networkConfiguration": null }),
            "InvalidParameterException",
        ),
        (
            json!({ "overrides": { "containerOverrides": [{ "name": "nobody" }] } }),
            "InvalidParameterException",
        ),
        (
            json!({ "launchType": "FARGATE", "capacityProviderStrategy": [{ "capacityProvider": "FARGATE" }] }),
            "InvalidParameterException",
        ),
    ];
    for (more, code) in cases {
        assert_eq!(
            refused(&mut cloud, "ecs", "RunTask", asked(more.clone())),
            code,
            "{more}"
        );
    }
    let filters = json!({ "cluster": "shop", "startedBy": "run-1", "family": "api" });
    assert_eq!(
        refused(&mut cloud, "ecs", "ListTasks", filters),
        "InvalidParameterException"
    );
    let stream = json!({ "logGroupName": "/shop/api", "logStreamName": "api/api/0" });
    assert_eq!(
        refused(&mut cloud, "logs", "GetLogEvents", stream),
        "ResourceNotFoundException"
    );
}
