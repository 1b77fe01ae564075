//! Carries out what a deployment asks of AWS: one function from a [`Call`] to a [`Reply`], over the network.
//!
//! What lives here: which call is made how, and how long nobody answering is waited for. The folder has a file per
//! service. What does not: when to make a call and what follows from its answer (`deploy`).

mod backups;
mod change_set;
mod change_sets;
mod cloudwatch;
mod command;
mod drift;
mod ecr;
mod ecs;
mod elb;
mod events;
mod failure;
mod logs;
mod metrics;
mod offers;
mod quotas;
mod rds;
mod reading;
mod s3;
mod secrets;
mod sns;
mod stacks;
mod tasks;
mod web;

use std::time::Duration;

use stratiform_deploy::call::DatabaseKind;
use stratiform_deploy::{Call, Failure, Reply};
use tokio::time::{Instant, sleep};

use crate::aws::Aws;
use crate::error::Error;
use failure::failure;
pub(crate) use secrets::Secrets;
pub(crate) use web::path_of;

/// A call that nobody answered is made again this long after it was made first, and not later: with the time that an
/// attempt may take ([`deployment_configuration`](crate::deployment_configuration)) it is told within ten seconds.
const PATIENCE: Duration = Duration::from_millis(1500);
const PAUSE: Duration = Duration::from_millis(300);

impl Aws {
    /// Makes a call and answers with what AWS said: the reply that [`Call`] names, whole, with all its pages.
    ///
    /// A call is made again where that may help and does no harm, as the configuration says
    /// ([`deployment_configuration`](crate::deployment_configuration)). What was done by an attempt whose answer was lost
    /// counts as done. Only an executed change set is told as AWS tells it: whether it was this execution is a question
    /// for who made it.
    ///
    /// # Errors
    /// The call fails after all attempts. [`Failure::refusal`] is CloudFormation's refusal; of a code that is known with a
    /// message that is not, it has what is known.
    pub async fn call(&self, call: &Call) -> Result<Reply, Failure> {
        let begun = Instant::now();
        loop {
            match Box::pin(self.answer(call)).await {
                Err(error) if is_unanswered(&error) && begun.elapsed() < PATIENCE => {
                    sleep(PAUSE).await;
                }
                Ok(reply) => return Ok(self.secrets.hidden(reply)),
                Err(error) => return Err(self.secrets.hidden_in(failure(call, error))),
            }
        }
    }

    async fn answer(&self, call: &Call) -> Result<Reply, Error> {
        match call {
            Call::Identity => self.identity().await.map(|identity| Reply::Identity {
                account: identity.account,
                arn: identity.arn,
            }),
            Call::DescribeStack { stack } => {
                let stack = self.stack(stack).await?;
                Ok(Reply::Stack(stack.map(Box::new)))
            }
            Call::GetTemplate { stack } => self.original_template(stack).await,
            Call::GetStackPolicy { stack } => self.policy(stack).await,
            Call::ListStackResources { stack } => self.list_stack_resources(stack).await,
            Call::DetectStackDrift { stack } => self.detect_stack_drift(stack).await,
            Call::DriftDetectionStatus { detection } => {
                self.drift_detection_status(detection).await
            }
            Call::ResourceDrifts { stack } => self.resource_drifts(stack).await,
            Call::CreateChangeSet(new) => self.create_change_set(new).await,
            Call::DescribeChangeSet { change_set } => self.describe_change_set(change_set).await,
            Call::ValidationEvents { change_set } => self.validation_events(change_set).await,
            Call::ExecuteChangeSet { change_set, token } => {
                self.execute_change_set(change_set, token).await
            }
            Call::DeleteChangeSet { change_set } => self.delete_change_set(change_set).await,
            Call::DeleteStack { stack, token } => self.delete_stack(stack, token).await,
            Call::ContinueUpdateRollback { stack, skip, token } => {
                self.continue_update_rollback(stack, skip, token).await
            }
            Call::RollbackStack { stack, token } => self.rollback_stack(stack, token).await,
            Call::CancelUpdateStack { stack, token } => {
                self.cancel_update_stack(stack, token).await
            }
            Call::SetStackPolicy { stack, policy } => self.set_stack_policy(stack, policy).await,
            Call::UpdateTerminationProtection { stack, protected } => {
                self.update_termination_protection(stack, *protected).await
            }
            Call::StackEvents { stack, after } => self.stack_events(stack, after.as_deref()).await,
            Call::EventsSince { stack, since } => self.events_since(stack, *since).await,
            Call::ListDeletedStacks => self.deleted_stacks().await,
            Call::ListChangeSets { stack } => self.list_change_sets(stack).await,
            Call::ListImports { export } => self.imports(export).await.map(Reply::Importers),
            Call::PutTemplate { bucket, key, body } => self.put_template(bucket, key, body).await,
            Call::DescribeServices { cluster, services } => {
                self.describe_services(cluster, services).await
            }
            Call::LatestServiceDeployment { cluster, service } => {
                self.latest_service_deployment(cluster, service).await
            }
            Call::DescribeTaskDefinition { task_definition } => {
                self.describe_task_definition(task_definition).await
            }
            Call::CopyTaskDefinition {
                task_definition,
                family,
                images,
            } => {
                self.copy_task_definition(task_definition, family.as_deref(), images)
                    .await
            }
            Call::UpdateService {
                cluster,
                service,
                task_definition,
            } => self.update_service(cluster, service, task_definition).await,
            Call::FindTasks { cluster, family } => self.find_tasks(cluster, family).await,
            Call::RunTask(new) => self.run_task(new).await,
            Call::DescribeTask { cluster, task } => self.describe_task(cluster, task).await,
            Call::StopTask {
                cluster,
                task,
                reason,
            } => self.stop_task(cluster, task, reason).await,
            Call::TaskLogs {
                task_definition,
                container,
                task,
            } => self.task_logs(task_definition, container, task).await,
            Call::Publish {
                topic,
                subject,
                message,
                attributes,
            } => self.publish(topic, subject, message, attributes).await,
            Call::Webhook { body } => self.tell_webhook(body).await,
            Call::RunCommand(new) => command::run(new, self.webhook_variable()).await,
            Call::UnprotectDatabase { kind, identifier } => {
                self.unprotect_database(*kind, identifier).await
            }
            Call::UnprotectLoadBalancer { load_balancer } => {
                self.modify_load_balancer_attributes(load_balancer).await
            }
            Call::DescribeTargetHealth { target_group } => {
                self.describe_target_health(target_group).await
            }
            Call::DescribeAlarms { names } => self.describe_alarms(names).await,
            Call::DescribeDbInstance { identifier } => self.describe_db_instance(identifier).await,
            Call::CreateDbSnapshot { instance, snapshot } => {
                let kind = DatabaseKind::Instance;
                let made = self.create_snapshot(kind, instance, snapshot).await;
                made.map(Reply::Snapshot)
            }
            Call::DescribeDbSnapshots { instance } => {
                let found = self.snapshots_of(DatabaseKind::Instance, instance).await;
                found.map(Reply::Snapshots)
            }
            Call::DescribeImage {
                repository,
                reference,
            } => self.describe_image(repository, reference).await,
            Call::Quota { service, code } => self.quota(service, code).await,
            Call::CountResources { resource_type } => self.count_resources(resource_type).await,
            Call::FindResource {
                resource_type,
                identifier,
            } => self.find_resource(resource_type, identifier).await,
            Call::Http { url } => self.get(url).await,
        }
    }
}

/// Whether nobody answered, as far as an error can say.
fn is_unanswered(error: &Error) -> bool {
    matches!(error, Error::Unavailable(failed) if failed.code.is_none())
}
