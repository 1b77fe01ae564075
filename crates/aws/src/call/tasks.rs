//! Calls to ECS about tasks that are run by themselves.
//!
//! Source: Amazon ECS API reference, of each operation.

use serde::Deserialize;
use serde_json::{Value, json};
use stratiform_deploy::Reply;
use stratiform_deploy::call::{Container, NewTask, Task};

use super::ecs::without_nulls;
use crate::aws::Aws;
use crate::error::{Call as Operation, Error, FailedCall};
use crate::service::Seconds;

/// How many tasks `DescribeTasks` takes.
const AT_ONCE: usize = 100;

/// What a service says of where and how its tasks run, and `RunTask` takes.
const WHERE: [&str; 4] = [
    "networkConfiguration",
    "capacityProviderStrategy",
    "launchType",
    "platformVersion",
];

impl Aws {
    /// Tasks of a family, also those that have stopped, as long as ECS shows them: at least an hour.
    pub(super) async fn find_tasks(&self, cluster: &str, family: &str) -> Result<Reply, Error> {
        let mut arns: Vec<String> = Vec::new();
        for status in ["RUNNING", "STOPPED"] {
            let operation = Operation::new("ListTasks", family);
            let mut token: Option<String> = None;
            loop {
                let body = json!({
                    "cluster": cluster,
                    "family": family,
                    "desiredStatus": status,
                    "nextToken": token,
                });
                let page: Listed = self.ecs(&operation, &without_nulls(body)).await?;
                arns.extend(page.task_arns);
                token = operation.next_page(token.as_deref(), page.next_token.as_deref())?;
                if token.is_none() {
                    break;
                }
            }
        }
        let mut tasks = Vec::new();
        for arns in arns.chunks(AT_ONCE) {
            tasks.extend(self.described_tasks(cluster, arns).await?);
        }
        Ok(Reply::Tasks(tasks))
    }

    pub(super) async fn describe_task(&self, cluster: &str, task: &str) -> Result<Reply, Error> {
        let found = self.described_tasks(cluster, &[task.to_owned()]).await?;
        Ok(Reply::Task(found.into_iter().next().map(Box::new)))
    }

    async fn described_tasks(&self, cluster: &str, arns: &[String]) -> Result<Vec<Task>, Error> {
        let operation = Operation::new("DescribeTasks", &arns.join("`, `"));
        let body = json!({ "cluster": cluster, "tasks": arns });
        let answer: Described = self.ecs(&operation, &body).await?;
        Ok(answer.tasks.into_iter().map(DescribedTask::task).collect())
    }

    /// Runs a task in the service's own network and with its own capacity, as ECS says them now.
    pub(super) async fn run_task(&self, new: &NewTask) -> Result<Reply, Error> {
        let operation = Operation::new("DescribeServices", &new.service);
        let body = json!({ "cluster": new.cluster, "services": [new.service] });
        let answer: Value = self.ecs(&operation, &body).await?;
        let mut body = json!({
            "cluster": new.cluster,
            "taskDefinition": new.task_definition,
            "count": 1,
            "startedBy": new.started_by,
            "clientToken": new.token,
            "overrides": { "containerOverrides": [{
                "name": new.container,
                "command": new.command,
                "environment": new.variables.iter()
                    .map(|(name, value)| json!({ "name": name, "value": value }))
                    .collect::<Vec<_>>(),
            }] },
        });
        let service = &answer["services"][0];
        for name in WHERE {
            if let Some(value) = of_service(service, name) {
                body[name] = value.clone();
            }
        }
        // ECS takes one of the two, and a service may show both.
        if body["capacityProviderStrategy"].is_array()
            && let Some(members) = body.as_object_mut()
        {
            members.remove("launchType");
        }
        let operation = Operation::new("RunTask", &new.task_definition);
        let answer: Described = self.ecs(&operation, &body).await?;
        match answer.tasks.into_iter().next() {
            Some(task) => Ok(Reply::Task(Some(Box::new(task.task())))),
            None => Err(not_placed(operation, answer.failures)),
        }
    }

    pub(super) async fn stop_task(
        &self,
        cluster: &str,
        task: &str,
        reason: &str,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("StopTask", task);
        let body = json!({ "cluster": cluster, "task": task, "reason": reason });
        let answer: Result<Value, Error> = self.ecs(&operation, &body).await;
        answer.map(|_| Reply::Done)
    }
}

/// What a service says itself; where it does not, what its newest deployment or its primary task set says.
fn of_service<'s>(service: &'s Value, name: &str) -> Option<&'s Value> {
    let is_there = |value: &&Value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    };
    let of = |list: &str| {
        let all = service[list].as_array()?.iter();
        let mut primary = all.filter(|one| one["status"] == "PRIMARY");
        Some(&primary.next()?[name])
    };
    let own = Some(&service[name]).filter(is_there);
    own.or_else(|| of("deployments").filter(is_there))
        .or_else(|| of("taskSets").filter(is_there))
}

/// ECS found no place for it, and says so in an answer that is none.
fn not_placed(operation: Operation, failures: Vec<NotPlaced>) -> Error {
    let first = failures.into_iter().next().unwrap_or_default();
    let reason = first
        .reason
        .unwrap_or_else(|| "ECS does not say why".to_owned());
    let detail = first.detail.map(|detail| format!(": {detail}"));
    Error::Refused(FailedCall {
        call: operation,
        code: None,
        message: reason + &detail.unwrap_or_default(),
        request_id: None,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Listed {
    task_arns: Vec<String>,
    next_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Described {
    tasks: Vec<DescribedTask>,
    failures: Vec<NotPlaced>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NotPlaced {
    reason: Option<String>,
    detail: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribedTask {
    task_arn: String,
    task_definition_arn: String,
    started_by: Option<String>,
    last_status: String,
    started_at: Option<Seconds>,
    stopped_at: Option<Seconds>,
    stopped_reason: Option<String>,
    #[serde(default)]
    containers: Vec<DescribedContainer>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribedContainer {
    name: String,
    #[serde(default)]
    last_status: String,
    exit_code: Option<i32>,
    reason: Option<String>,
}

impl DescribedTask {
    fn task(self) -> Task {
        let containers = self.containers.into_iter().map(|container| Container {
            name: container.name,
            status: container.last_status,
            exit: container.exit_code,
            reason: container.reason,
        });
        Task {
            arn: self.task_arn,
            task_definition: self.task_definition_arn,
            started_by: self.started_by,
            status: self.last_status,
            started: self.started_at.and_then(Seconds::moment),
            stopped: self.stopped_at.and_then(Seconds::moment),
            reason: self.stopped_reason,
            containers: containers.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::of_service;

    #[test]
    fn where_a_service_runs_is_found_wherever_it_says_so() {
        let network = json!({ "awsvpcConfiguration": { "subnets": ["s"] } });
        for service in [
            json!({ "networkConfiguration": network, "taskSets": [] }),
            json!({ "deployments": [{ "status": "ACTIVE" }, { "status": "PRIMARY", "networkConfiguration": network }] }),
            json!({ "taskSets": [{ "status": "PRIMARY", "networkConfiguration": network }] }),
        ] {
            assert_eq!(of_service(&service, "networkConfiguration"), Some(&network));
        }
        for service in [
            Value::Null,
            json!({ "launchType": "" }),
            json!({ "taskSets": [] }),
        ] {
            assert_eq!(of_service(&service, "launchType"), None);
        }
    }
}
