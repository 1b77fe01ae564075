//! Calls to CloudWatch Logs: what a task printed.
//!
//! Source: CloudWatch Logs API reference, `GetLogEvents`; ECS developer guide, "Using the awslogs log driver": what a
//! stream is called.

use serde::Deserialize;
use serde_json::{Value, json};
use stratiform_deploy::Reply;

use super::ecs::without_nulls;
use crate::aws::Aws;
use crate::error::{Call as Operation, Error};
use crate::service::Service;

const LOGS: Service = Service {
    id: "CloudWatch Logs",
    host: "logs",
    fips_host: "logs-fips",
    signed_as: "logs",
};
const TARGET: &str = "Logs_20140328";

/// How many lines are read.
const LINES: usize = 50;

impl Aws {
    /// The last lines of a container of a task; none where its logs go elsewhere, or nothing was printed.
    pub(super) async fn task_logs(
        &self,
        definition: &str,
        container: &str,
        task: &str,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("DescribeTaskDefinition", definition);
        let body = json!({ "taskDefinition": definition });
        let answer: Value = self.ecs(&operation, &body).await?;
        let Some((group, stream)) = place(&answer["taskDefinition"], container, task) else {
            return Ok(Reply::Printed(None));
        };
        let operation = Operation::new("GetLogEvents", &stream);
        let mut token: Option<String> = None;
        let mut lines: Vec<String> = Vec::new();
        loop {
            let body = json!({
                "logGroupName": group,
                "logStreamName": stream,
                "limit": LINES,
                "startFromHead": false,
                "nextToken": token,
            });
            let body = without_nulls(body);
            let page: Result<Events, Error> = self.json(&LOGS, TARGET, &operation, &body).await;
            let page = match page {
                Ok(page) => page,
                // Nothing was printed, or nobody made the group.
                Err(error) if error.has_code(&["ResourceNotFoundException"]) => {
                    return Ok(Reply::Printed(None));
                }
                Err(error) => return Err(error),
            };
            let earlier = page.events.into_iter().map(|event| event.message);
            let earlier: Vec<String> = earlier.collect();
            lines.splice(0..0, earlier);
            // A page may be empty although there is more; the last one answers with the token that it was asked with.
            let is_last = page.next_backward_token.is_none() || page.next_backward_token == token;
            if lines.len() >= LINES || is_last {
                break;
            }
            token = page.next_backward_token;
        }
        let from = lines.len().saturating_sub(LINES);
        let lines = lines.split_off(from);
        Ok(Reply::Printed((!lines.is_empty()).then_some(lines)))
    }
}

/// Group and stream of a container, where they are in CloudWatch Logs and can be known.
fn place(definition: &Value, container: &str, task: &str) -> Option<(String, String)> {
    let containers = definition["containerDefinitions"].as_array()?;
    let own = containers.iter().find(|one| one["name"] == container)?;
    let log = own
        .get("logConfiguration")
        .filter(|log| log["logDriver"] == "awslogs")?;
    let option = |name: &str| log["options"][name].as_str();
    let id = task.rsplit('/').next()?;
    let group = option("awslogs-group")?.to_owned();
    let stream = format!("{}/{container}/{id}", option("awslogs-stream-prefix")?);
    Some((group, stream))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Events {
    events: Vec<Event>,
    next_backward_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Event {
    message: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::place;

    #[test]
    fn a_stream_is_known_where_it_has_a_prefix() {
        let definition = |driver: &str, options: serde_json::Value| {
            json!({ "containerDefinitions": [
                { "name": "proxy" },
                { "name": "api", "logConfiguration": { "logDriver": driver, "options": options } },
            ] })
        };
        let options = json!({ "awslogs-group": "/shop", "awslogs-stream-prefix": "p" });
        let task = "arn:aws:ecs:eu-west-1:111122223333:task/shop/0f";
        assert_eq!(
            place(&definition("awslogs", options.clone()), "api", task),
            Some(("/shop".to_owned(), "p/api/0f".to_owned()))
        );
        let without = json!({ "awslogs-group": "/shop" });
        assert_eq!(place(&definition("awslogs", without), "api", task), None);
        assert_eq!(
            place(&definition("splunk", options.clone()), "api", task),
            None
        );
        assert_eq!(place(&definition("awslogs", options), "proxy", task), None);
    }
}
