//! What a service may do: the role that starts its tasks, and the one that they run with.

use stratiform_parts::QueueHandles;
use stratiform_stack::condition::string_equals;
use stratiform_stack::{Expr, Handle, Statement, arn, props, sub};

use crate::environment::ServiceName;
use crate::parts;
use crate::resources::{iam, logs};
use crate::services::Entry;
use crate::services::cluster::Cluster;
use crate::services::variables::parameter_arn;

/// What ECS may do to start a task: pull its image, hand it its secrets, write its log.
pub(super) fn execution_role(
    entry: &Entry<'_>,
    logs: &Handle<logs::LogGroup>,
) -> Handle<iam::Role> {
    let repository = entry.context.uses.registry.repositories[entry.name];
    let mut statements = parts::pull(repository).to_vec();
    statements.push(
        Statement::allow(["logs:CreateLogStream", "logs:PutLogEvents"])
            .sid("WriteLogs")
            .on(logs),
    );
    if entry.service.uses_database {
        statements.extend(read_database_secret(entry));
    }
    statements.extend(read_parameters(entry));
    let role = props!(parts::Role {
        description: format!("Starts the tasks of {}", entry.name),
        trust: parts::trust_in_tasks(),
        policy_name: "start-tasks",
        statements,
    });
    role.add_to(entry.context.stack, &entry.id("ExecutionRole"))
}

/// What the service's own code may do.
pub(super) fn task_role(entry: &Entry<'_>, cluster: &Cluster) -> Handle<iam::Role> {
    let mut statements = Vec::new();
    if entry.service.uses_database {
        statements.push(connect_to_database(entry));
        // The password that the task started with is good for a week.
        statements.extend(read_database_secret(entry));
    }
    statements.extend(send(entry));
    statements.extend(consume(entry));
    if entry.service.execute_command {
        statements.extend(execute_command(cluster));
    }
    let role = props!(parts::Role {
        description: format!("What {} itself may do", entry.name),
        trust: parts::trust_in_tasks(),
        policy_name: "run",
        statements,
    });
    role.add_to(entry.context.stack, &entry.id("TaskRole"))
}

/// To log in without a password, as the database user of the service's name.
fn connect_to_database(entry: &Entry<'_>) -> Statement {
    let instance = entry.context.uses.database.instance.dbi_resource_id();
    Statement::allow(["rds-db:connect"])
        .sid("ConnectToDatabase")
        .on(arn(
            "rds-db",
            sub!("dbuser:{}/{}", instance, entry.name.as_ref()),
        ))
}

fn read_database_secret(entry: &Entry<'_>) -> [Statement; 2] {
    let secret = entry
        .context
        .uses
        .database
        .instance
        .master_user_secret_secret_arn();
    let decrypt = Statement::allow(["kms:Decrypt"])
        .sid("DecryptDatabaseSecret")
        .on(entry.context.uses.database.key);
    [
        Statement::allow(["secretsmanager:GetSecretValue"])
            .sid("ReadDatabaseSecret")
            .on(&secret),
        parts::through(decrypt, "secretsmanager")
            .when(string_equals("kms:EncryptionContext:SecretARN", &secret)),
    ]
}

fn read_parameters(entry: &Entry<'_>) -> Vec<Statement> {
    let parameters: Vec<Expr<String>> = entry.service.secrets.values().map(parameter_arn).collect();
    if parameters.is_empty() {
        return Vec::new();
    }
    // Nobody says here which key a parameter is encrypted with; but a key is for these parameters only.
    let decrypt = Statement::allow(["kms:Decrypt"])
        .sid("DecryptParameters")
        .on(arn("kms", "key/*"))
        .when(string_equals(
            "kms:EncryptionContext:PARAMETER_ARN",
            parameters.clone(),
        ));
    vec![
        Statement::allow(["ssm:GetParameters"])
            .sid("ReadParameters")
            .on_each(parameters),
        parts::through(decrypt, "ssm"),
    ]
}

fn send(entry: &Entry<'_>) -> Vec<Statement> {
    let queues = QueueUse {
        sid: "SendMessages",
        actions: &["sqs:GetQueueAttributes", "sqs:SendMessage"],
        key_sid: "EncryptMessages",
        key_actions: &["kms:Decrypt", "kms:GenerateDataKey"],
    };
    queues.of(entry, entry.service.publishes_to.iter())
}

fn consume(entry: &Entry<'_>) -> Vec<Statement> {
    let queues = QueueUse {
        sid: "ConsumeMessages",
        actions: &[
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        ],
        key_sid: "DecryptMessages",
        key_actions: &["kms:Decrypt"],
    };
    queues.of(entry, entry.service.queue.iter().map(|_| entry.name))
}

/// What may be done with queues, and through them with their key.
struct QueueUse {
    sid: &'static str,
    actions: &'static [&'static str],
    key_sid: &'static str,
    key_actions: &'static [&'static str],
}

impl QueueUse {
    /// The same of the queues of some services.
    fn of<'a>(
        self,
        entry: &Entry<'_>,
        services: impl Iterator<Item = &'a ServiceName>,
    ) -> Vec<Statement> {
        let queues = entry.context.uses.queues;
        let used: Vec<&QueueHandles> = services.map(|service| &queues.queues[service]).collect();
        let Some(key) = queues.key.as_ref().filter(|_| !used.is_empty()) else {
            return Vec::new();
        };
        let use_key = Statement::allow(self.key_actions.iter().copied())
            .sid(self.key_sid)
            .on(key);
        vec![
            Statement::allow(self.actions.iter().copied())
                .sid(self.sid)
                .on_each(used.into_iter().map(|queue| &queue.queue)),
            parts::through(use_key, "sqs"),
        ]
    }
}

/// A session of a person in a task, encrypted and on record.
fn execute_command(cluster: &Cluster) -> [Statement; 4] {
    [
        Statement::allow([
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ])
        .sid("ExecChannels")
        .on_any(),
        Statement::allow(["logs:DescribeLogGroups"])
            .sid("ExecFindLogGroups")
            .on_any(),
        Statement::allow([
            "logs:CreateLogStream",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
        ])
        .sid("ExecLogs")
        .on(cluster.exec_logs),
        Statement::allow(["kms:Decrypt"])
            .sid("ExecSession")
            .on(cluster.exec_key),
    ]
}
