//! The queues: one per service that reads one, each with a queue for what could not be worked on.

use std::collections::BTreeMap;

use stratiform_parts::QueueHandles;
use stratiform_stack::{App, Handle, props};

use crate::environment::{Environment, Queue, ServiceName};
use crate::parts::{self, Names};
use crate::resources::{kms, sqs};

/// What other stacks use of the queues.
#[derive(Clone, Debug)]
pub struct Queues {
    /// The queue that each service reads; nothing for a service without one.
    pub queues: BTreeMap<ServiceName, QueueHandles>,
    /// Encrypts the messages. There is none where no service has a queue.
    pub key: Option<Handle<kms::Key>>,
}

/// Adds the stack, where some service has a queue.
pub fn stack(app: &App, env: &Environment) -> Queues {
    let wanted: Vec<(&ServiceName, &Queue)> = env
        .services
        .iter()
        .filter_map(|(name, service)| Some((name, service.queue.as_ref()?)))
        .collect();
    if wanted.is_empty() {
        return Queues {
            queues: BTreeMap::new(),
            key: None,
        };
    }
    let names = Names::of(app);
    let stack = app.stack("queues", &names.describe("queues and their dead letters"));
    let removal = parts::keep_history(env);
    let key = props!(parts::Key {
        description: format!("Queues of {}", names.prefix()),
        alias: names.alias("queues"),
        removal,
        key: parts::deletion_window(env),
    });
    let key = key.add_to(&stack, "Key");
    let queues = wanted.into_iter().map(|(service, queue)| {
        let queue = props!(parts::Queue {
            name: names.name(service.as_ref()),
            key: &key,
            max_receives: queue.max_receives,
            removal,
            queue: sqs::Queue {
                message_retention_period: u32::from(queue.retention_days) * parts::DAY,
                visibility_timeout: queue.visibility_timeout_seconds,
            },
        });
        let queue = queue.add_to(&stack, &service.logical_id_prefix());
        (service.clone(), queue)
    });
    let queues = queues.collect();
    Queues {
        queues,
        key: Some(key),
    }
}
