//! The cluster that all services run in, and what sessions of people in its tasks leave behind.

use stratiform_stack::{Define, DeletionPolicy, Handle, props};

use crate::parts;
use crate::resources::ecs::cluster;
use crate::resources::{ecs, kms, logs};
use crate::services::{Context, Uses};

/// The cluster, and what `execute-command` needs.
pub(super) struct Cluster {
    pub(super) handle: Handle<ecs::Cluster>,
    /// Encrypts sessions on their way.
    pub(super) exec_key: Handle<kms::Key>,
    /// Every word that was typed and shown in a session.
    pub(super) exec_logs: Handle<logs::LogGroup>,
}

pub(super) fn cluster(context: &Context<'_>) -> Cluster {
    let Context {
        stack,
        env,
        names,
        uses: Uses { network, .. },
        ..
    } = *context;
    // Key and log are there even where no service lets people in: somebody may switch it on in an emergency,
    // and that session must be on record, too.
    let exec_key = props!(parts::Key {
        description: format!("ECS Exec sessions of {}", names.prefix()),
        alias: names.alias("exec"),
        removal: DeletionPolicy::Delete,
        key: parts::deletion_window(env),
    });
    let exec_key = exec_key.add_to(stack, "ExecKey");
    let exec_logs = props!(parts::LogGroup {
        name: names.path("exec"),
        logs: &network.logs,
    });
    let exec_logs = exec_logs.add_to(stack, "ExecLogGroup");
    // It is there before the cluster writes to it, so that Container Insights does not make its own, which
    // would be neither encrypted nor ever emptied. For that the cluster's name must be known.
    let name = names.prefix();
    let insights = props!(parts::LogGroup {
        name: format!("/aws/ecs/containerinsights/{name}/performance"),
        logs: &network.logs,
    });
    let insights = insights.add_to(stack, "InsightsLogGroup");
    let handle = stack.add(
        "Cluster",
        props!(ecs::Cluster {
            cluster_name: name,
            cluster_settings: [cluster::ClusterSettings {
                name: "containerInsights",
                value: container_insights(context),
            }],
            configuration: cluster::ClusterConfiguration {
                execute_command_configuration: cluster::ExecuteCommandConfiguration {
                    kms_key_id: exec_key.arn(),
                    logging: cluster::execute_command_configuration::Logging::Override,
                    log_configuration: cluster::ExecuteCommandLogConfiguration {
                        cloud_watch_log_group_name: &exec_logs,
                        cloud_watch_encryption_enabled: true,
                    },
                },
            },
        })
        .depends_on(insights),
    );
    Cluster {
        handle,
        exec_key,
        exec_logs,
    }
}

/// Metrics of every service; of every task and container, too, where the environment is worth protecting.
fn container_insights(context: &Context<'_>) -> &'static str {
    if context.env.settings.termination_protection {
        "enhanced"
    } else {
        "enabled"
    }
}
