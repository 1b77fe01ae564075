//! The queues: one per service that reads one, each with a queue for what could not be worked on.

use std::collections::BTreeMap;

use stratiform_stack::{App, Handle, Stack, arn, json, props};

use crate::environment::{Environment, Queue, ServiceName};
use crate::parts::{self, Names};
use crate::resources::{kms, sqs};

/// What other stacks use of the queues.
#[derive(Clone, Debug)]
pub struct Queues {
    /// The queue that each service reads; nothing for a service without one.
    pub queues: BTreeMap<ServiceName, ServiceQueue>,
    /// Encrypts the messages. There is none where no service has a queue.
    pub key: Option<Handle<kms::Key>>,
}

/// The queue that a service reads.
#[derive(Clone, Debug)]
pub struct ServiceQueue {
    /// What is to be done.
    pub queue: Handle<sqs::Queue>,
    /// What was tried too often.
    pub dead_letters: Handle<sqs::Queue>,
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
    let key = parts::Key {
        id: "Key",
        alias: &names.name("queues"),
        description: &format!("Queues of {}", names.prefix()),
        services: Vec::new(),
        removal,
    };
    let key = key.add_to(&stack, env);
    let queues = wanted
        .into_iter()
        .map(|(service, queue)| {
            let queue = service_queue(&stack, names, service, queue, &key);
            queue.queue.on_removal(removal);
            queue.dead_letters.on_removal(removal);
            (service.clone(), queue)
        })
        .collect();
    Queues {
        queues,
        key: Some(key),
    }
}

fn service_queue(
    stack: &Stack,
    names: Names<'_>,
    service: &ServiceName,
    queue: &Queue,
    key: &Handle<kms::Key>,
) -> ServiceQueue {
    let id = service.logical_id_prefix();
    let name = names.name(service.as_ref());
    let dead_letters = stack.add(
        format!("{id}DeadLetters"),
        props!(sqs::Queue {
            queue_name: format!("{name}-dead-letters"),
            redrive_allow_policy: json!({
                "redrivePermission": "byQueue",
                // By name: the queue itself refers to this one.
                "sourceQueueArns": [arn("sqs", &name)],
            }),
            ..parts::dead_letter_queue(key)
        }),
    );
    let queue = stack.add(
        format!("{id}Queue"),
        props!(sqs::Queue {
            queue_name: name,
            message_retention_period: u32::from(queue.retention_days) * parts::DAY,
            visibility_timeout: queue.visibility_timeout_seconds,
            // Long polling: an empty answer costs as much as a full one.
            receive_message_wait_time_seconds: 20,
            redrive_policy: json!({
                "deadLetterTargetArn": dead_letters.arn(),
                "maxReceiveCount": queue.max_receives,
            }),
            ..parts::encrypted_queue(key)
        }),
    );
    for queue in [&queue, &dead_letters] {
        parts::queue_policy(stack, queue, []);
    }
    ServiceQueue {
        queue,
        dead_letters,
    }
}
