//! The queues: one per service that reads one, each with a queue for what could not be worked on.

use std::collections::BTreeMap;

use stratiform_stack::{App, Define, DeletionPolicy, Handle, Stack, arn, json, props};

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
            let queue = Wanted {
                service,
                queue,
                key,
                removal,
            };
            (service.clone(), queue.add_to(&stack, names))
        })
        .collect();
    Queues {
        queues,
        key: Some(key),
    }
}

/// A service's queue, and what becomes of it.
struct Wanted<'a> {
    service: &'a ServiceName,
    queue: &'a Queue,
    key: Handle<kms::Key>,
    removal: DeletionPolicy,
}

impl Wanted<'_> {
    fn add_to(self, stack: &Stack, names: Names<'_>) -> ServiceQueue {
        let Wanted {
            service,
            queue,
            key,
            removal,
        } = self;
        let prefix = service.logical_id_prefix();
        let name = names.name(service.as_ref());
        let dead_letters = stack.add(
            format!("{prefix}DeadLetters"),
            props!(sqs::Queue {
                queue_name: format!("{name}-dead-letters"),
                redrive_allow_policy: json!({
                    "redrivePermission": "byQueue",
                    // By name: the queue itself refers to this one.
                    "sourceQueueArns": [arn("sqs", &name)],
                }),
                ..parts::dead_letter_queue(&key)
            })
            .on_removal(removal),
        );
        let queue = stack.add(
            format!("{prefix}Queue"),
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
                ..parts::encrypted_queue(&key)
            })
            .on_removal(removal),
        );
        for (id, queue) in [("Queue", queue), ("DeadLetters", dead_letters)] {
            parts::queue_policy(stack, &format!("{prefix}{id}"), &queue, []);
        }
        ServiceQueue {
            queue,
            dead_letters,
        }
    }
}
