//! Calls to ECS.
//!
//! Source: Amazon ECS API reference, of each operation.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};
use stratiform_deploy::Reply;
use stratiform_deploy::call::{Deployment, Service as Running, ServiceDeployment};

use crate::aws::Aws;
use crate::error::{Call as Operation, Error};
use crate::service::{Seconds, Service};

const ECS: Service = Service {
    id: "ECS",
    host: "ecs",
    fips_host: "ecs-fips",
    signed_as: "ecs",
};
const TARGET: &str = "AmazonEC2ContainerServiceV20141113";

/// What ECS says of a task definition and does not take: what it is of this revision, and nothing that it describes.
const OF_A_REVISION: [&str; 9] = [
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
];

/// There is no such cluster or service.
const MISSING: [&str; 2] = ["ClusterNotFoundException", "ServiceNotFoundException"];

impl Aws {
    /// Services of a cluster; none of a cluster that is not there.
    pub(super) async fn describe_services(
        &self,
        cluster: &str,
        services: &[String],
    ) -> Result<Reply, Error> {
        let operation = Operation::new("DescribeServices", cluster);
        let body = json!({ "cluster": cluster, "services": services });
        let answer: Result<Services, Error> = self.ecs(&operation, &body).await;
        match answer {
            Ok(answer) => {
                let services = answer.services.into_iter().map(Described::running);
                Ok(Reply::Services(services.collect()))
            }
            Err(error) if error.has_code(&MISSING) => Ok(Reply::Services(Vec::new())),
            Err(error) => Err(error),
        }
    }

    /// The newest deployment of a service. ECS does not say in which order it lists them, so all are looked at.
    pub(super) async fn latest_service_deployment(
        &self,
        cluster: &str,
        service: &str,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("ListServiceDeployments", service);
        let mut newest: Option<Brief> = None;
        let mut token: Option<String> = None;
        loop {
            let body = json!({
                "cluster": cluster,
                "service": service,
                "maxResults": 100,
                "nextToken": token,
            });
            let page: Result<Briefs, Error> = self.ecs(&operation, &without_nulls(body)).await;
            let page = match page {
                Ok(page) => page,
                Err(error) if error.has_code(&MISSING) => {
                    return Ok(Reply::ServiceDeployment(None));
                }
                Err(error) => return Err(error),
            };
            for brief in page.service_deployments {
                if newest
                    .as_ref()
                    .is_none_or(|newest| newest.created_at < brief.created_at)
                {
                    newest = Some(brief);
                }
            }
            token = operation.next_page(token.as_deref(), page.next_token.as_deref())?;
            if token.is_none() {
                break;
            }
        }
        let Some(newest) = newest else {
            return Ok(Reply::ServiceDeployment(None));
        };
        let operation = Operation::new("DescribeServiceDeployments", service);
        let body = json!({ "serviceDeploymentArns": [newest.service_deployment_arn] });
        let answer: Briefs = self.ecs(&operation, &body).await?;
        let found = answer.service_deployments.into_iter().next();
        Ok(Reply::ServiceDeployment(found.map(|found| {
            ServiceDeployment {
                arn: found.service_deployment_arn,
                status: found.status,
                reason: found.status_reason,
                created: found.created_at.and_then(Seconds::moment),
            }
        })))
    }

    pub(super) async fn describe_task_definition(&self, asked: &str) -> Result<Reply, Error> {
        let operation = Operation::new("DescribeTaskDefinition", asked);
        let body = json!({ "taskDefinition": asked });
        let answer: Definition = self.ecs(&operation, &body).await?;
        Ok(answer.task_definition.reply())
    }

    /// A copy is made of what ECS answers: members that are not known here go with it.
    pub(super) async fn copy_task_definition(
        &self,
        asked: &str,
        family: Option<&str>,
        images: &IndexMap<String, String>,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("DescribeTaskDefinition", asked);
        let body = json!({ "taskDefinition": asked });
        let mut answer: Value = self.ecs(&operation, &body).await?;
        let mut copy = answer["taskDefinition"].take();
        if let Some(members) = copy.as_object_mut() {
            members.retain(|name, _| !OF_A_REVISION.contains(&name.as_str()));
            if let Some(family) = family {
                members.insert("family".to_owned(), family.into());
            }
        }
        let containers = copy["containerDefinitions"].as_array_mut();
        for container in containers.into_iter().flatten() {
            let name = container["name"].as_str().unwrap_or_default();
            if let Some(image) = images.get(name) {
                container["image"] = image.clone().into();
            }
        }
        let operation = Operation::new("RegisterTaskDefinition", asked);
        let answer: Definition = self.ecs(&operation, &copy).await?;
        Ok(answer.task_definition.reply())
    }

    pub(super) async fn update_service(
        &self,
        cluster: &str,
        service: &str,
        task_definition: &str,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("UpdateService", service);
        let body = json!({
            "cluster": cluster,
            "service": service,
            "taskDefinition": task_definition,
        });
        let answer: Result<Value, Error> = self.ecs(&operation, &body).await;
        answer.map(|_| Reply::Done)
    }

    pub(super) async fn ecs<Answer: serde::de::DeserializeOwned>(
        &self,
        operation: &Operation,
        body: &Value,
    ) -> Result<Answer, Error> {
        self.json(&ECS, TARGET, operation, body).await
    }
}

/// ECS takes no null for what is left out.
pub(super) fn without_nulls(mut body: Value) -> Value {
    if let Value::Object(members) = &mut body {
        members.retain(|_, value| !value.is_null());
    }
    body
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Services {
    services: Vec<Described>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    service_arn: String,
    service_name: String,
    status: String,
    desired_count: u32,
    running_count: u32,
    /// None where an external controller has it.
    #[serde(default)]
    task_definition: String,
    #[serde(default)]
    deployments: Vec<DescribedDeployment>,
    #[serde(default)]
    load_balancers: Vec<LoadBalancer>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribedDeployment {
    id: String,
    status: String,
    rollout_state: Option<String>,
    rollout_state_reason: Option<String>,
    #[serde(default)]
    task_definition: String,
    #[serde(default)]
    running_count: u32,
    #[serde(default)]
    failed_tasks: u32,
    created_at: Option<Seconds>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LoadBalancer {
    target_group_arn: Option<String>,
    advanced_configuration: Option<Advanced>,
}

/// Of a service that has two target groups and uses one after the other.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Advanced {
    alternate_target_group_arn: Option<String>,
}

impl Described {
    fn running(mut self) -> Running {
        // ECS lists the newest first, as far as anybody has seen, and does not say so.
        self.deployments.sort_by(|one, other| {
            let order = other.created_at.partial_cmp(&one.created_at);
            order.unwrap_or(std::cmp::Ordering::Equal)
        });
        let deployments = self.deployments.into_iter().map(|deployment| Deployment {
            id: deployment.id,
            status: deployment.status,
            rollout: deployment.rollout_state,
            reason: deployment
                .rollout_state_reason
                .filter(|reason| !reason.is_empty()),
            task_definition: deployment.task_definition,
            running: deployment.running_count,
            failed: deployment.failed_tasks,
        });
        let groups = self.load_balancers.into_iter().flat_map(|balancer| {
            let advanced = balancer.advanced_configuration.unwrap_or_default();
            [
                balancer.target_group_arn,
                advanced.alternate_target_group_arn,
            ]
        });
        let mut target_groups: Vec<String> = Vec::new();
        for group in groups.flatten() {
            if !target_groups.contains(&group) {
                target_groups.push(group);
            }
        }
        Running {
            arn: self.service_arn,
            name: self.service_name,
            status: self.status,
            desired: self.desired_count,
            running: self.running_count,
            task_definition: self.task_definition,
            deployments: deployments.collect(),
            target_groups,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Briefs {
    service_deployments: Vec<Brief>,
    next_token: Option<String>,
}

/// What both answers have of a deployment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Brief {
    service_deployment_arn: String,
    status: String,
    status_reason: Option<String>,
    created_at: Option<Seconds>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Definition {
    task_definition: TaskDefinition,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TaskDefinition {
    task_definition_arn: String,
    /// `ACTIVE`, `INACTIVE`, `DELETE_IN_PROGRESS`.
    #[serde(default)]
    status: String,
    #[serde(default)]
    container_definitions: Vec<Container>,
}

impl TaskDefinition {
    fn reply(self) -> Reply {
        let containers = self.container_definitions.into_iter();
        Reply::TaskDefinition {
            arn: self.task_definition_arn,
            is_active: self.status == "ACTIVE",
            images: containers
                .map(|container| (container.name, container.image))
                .collect::<IndexMap<_, _>>(),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Container {
    name: String,
    image: String,
}
