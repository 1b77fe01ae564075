//! The variables of a service's container: what it has to know of the environment, and what YAML adds.

use std::collections::BTreeMap;

use stratiform_stack::{Expr, Prop, arn, props, sub};

use crate::environment::{ParameterName, ServiceName};
use crate::resources::ecs::task_definition::{KeyValuePair, Secret};
use crate::services::Entry;

/// The variables of a container, in the order of their names.
pub(super) struct Variables {
    pub(super) plain: Vec<KeyValuePair>,
    pub(super) secret: Vec<Secret>,
}

/// Where a variable's value is.
enum Value {
    /// In the task definition, for everybody to read.
    Plain(Prop<String>),
    /// Behind an ARN, which ECS reads when the task starts.
    Secret(Prop<String>),
}

impl Variables {
    pub(super) fn of(entry: &Entry<'_>) -> Self {
        let mut variables = Variables {
            plain: Vec::new(),
            secret: Vec::new(),
        };
        for (name, value) in all(entry) {
            match value {
                Value::Plain(value) => variables.plain.push(props!(KeyValuePair { name, value })),
                Value::Secret(from) => variables.secret.push(props!(Secret {
                    name,
                    value_from: from,
                })),
            }
        }
        variables
    }
}

/// Each variable once. What the environment's file says wins over what is said here: a service with a database
/// user of its own says so there.
fn all(entry: &Entry<'_>) -> BTreeMap<String, Value> {
    let environment = &entry.context.env.settings.name;
    let mut all = BTreeMap::new();
    all.insert("ENVIRONMENT".to_owned(), plain(environment.to_string()));
    if let Some(http) = &entry.service.http {
        all.insert("PORT".to_owned(), plain(http.port.to_string()));
    }
    if entry.service.uses_database {
        let variables = database(entry).into_iter();
        all.extend(variables.map(|(name, value)| (name.to_owned(), value)));
    }
    for (name, queue) in &entry.context.uses.queues.queues {
        if name == entry.name || entry.service.publishes_to.contains(name) {
            all.insert(queue_url(name), plain(queue.queue.queue_url()));
        }
    }
    for (name, value) in &entry.service.variables {
        all.insert(name.to_string(), plain(value));
    }
    for (name, parameter) in &entry.service.secrets {
        all.insert(name.to_string(), secret(parameter_arn(parameter)));
    }
    all
}

fn plain(value: impl Into<Prop<String>>) -> Value {
    Value::Plain(value.into())
}

fn secret(arn: Expr<String>) -> Value {
    Value::Secret(Prop::from(arn))
}

fn database(entry: &Entry<'_>) -> [(&'static str, Value); 8] {
    let instance = &entry.context.uses.database.instance;
    let credentials = instance.master_user_secret_secret_arn();
    let key = |key: &str| secret(sub!("{}:{}::", &credentials, key));
    [
        ("DATABASE_HOST", plain(instance.endpoint_address())),
        ("DATABASE_PORT", plain(instance.endpoint_port())),
        (
            "DATABASE_NAME",
            plain(entry.context.env.database.name.as_ref()),
        ),
        ("DATABASE_SSLMODE", plain("verify-full")),
        ("DATABASE_IAM_USER", plain(entry.name.as_ref())),
        ("DATABASE_SECRET_ARN", plain(&credentials)),
        ("DATABASE_USERNAME", key("username")),
        ("DATABASE_PASSWORD", key("password")),
    ]
}

/// `MAIL_SENDER_QUEUE_URL` for `mail-sender`.
fn queue_url(service: &ServiceName) -> String {
    let name = service.as_ref().replace('-', "_").to_ascii_uppercase();
    format!("{name}_QUEUE_URL")
}

/// The ARN of a parameter in Parameter Store.
pub(super) fn parameter_arn(name: &ParameterName) -> Expr<String> {
    arn("ssm", format!("parameter{name}"))
}
