//! Queues.

use stratiform_stack::generated::Overlay;
use stratiform_stack::kinds::KmsKeyArn;
use stratiform_stack::{
    Define, DeletionPolicy, Handle, Id, Opt, PolicyDocument, Prop, Stack, Statement, Statements,
    arn, json, props, sub,
};

use crate::part::part;
use crate::resources::sqs;
use crate::statements::deny_plaintext;

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

part! {
    /// A queue, and another one for the messages that were tried too often: encrypted, over TLS only, and read with
    /// long polling.
    pub struct Queue {
        required {}
        optional {
            /// The name of the queue; that of the other one is `<name>-dead-letters`. With a name, no other queue
            /// may put its messages there.
            name: Opt<String>,
            /// What encrypts the messages. Without one, SQS uses a key of its own.
            key: Opt<Id<KmsKeyArn>>,
            /// How often a message is tried.
            max_receives: Prop<i64> = 3,
            /// What services may do with the queue, besides what IAM policies of the account allow.
            services: Statements,
            /// What becomes of both, and of the messages in them, when they leave their stack.
            removal: DeletionPolicy = DeletionPolicy::RetainExceptOnCreate,
            /// Properties of the queue itself, such as its time-out: what is named here counts, the rest is the part's.
            queue: sqs::Queue,
            /// The same of the queue of what was tried too often.
            dead_letters: sqs::Queue,
        }
    }
}

/// A [`Queue`] that was added.
#[derive(Clone, Debug)]
pub struct QueueHandles {
    /// What is to be done.
    pub queue: Handle<sqs::Queue>,
    /// What was tried too often, for two weeks: as long as SQS keeps anything.
    pub dead_letters: Handle<sqs::Queue>,
}

impl Queue {
    /// Adds both under the logical IDs `<id>Queue` and `<id>DeadLetters`, each with a policy.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, id: &str) -> QueueHandles {
        let name = self.name.into_prop().map(Prop::into_expr);
        let name = name.as_ref();
        let encrypted = encrypted_queue(self.key);
        let dead_letters = props!(sqs::Queue {
            queue_name: name.map(|name| sub!("{}-dead-letters", name)),
            message_retention_period: 14 * DAY,
            // By name: the queue itself refers to this one.
            redrive_allow_policy: name.map(|name| json!({
                "redrivePermission": "byQueue",
                "sourceQueueArns": [arn("sqs", name)],
            })),
            ..encrypted.clone()
        });
        let dead_letters = stack.add(
            format!("{id}DeadLetters"),
            self.dead_letters
                .over(dead_letters)
                .on_removal(self.removal),
        );
        let queue = props!(sqs::Queue {
            queue_name: name,
            // Long polling: an empty answer costs as much as a full one.
            receive_message_wait_time_seconds: 20,
            redrive_policy: json!({
                "deadLetterTargetArn": dead_letters.arn(),
                "maxReceiveCount": self.max_receives.into_expr(),
            }),
            ..encrypted
        });
        let queue = self.queue.over(queue).on_removal(self.removal);
        let queue = stack.add(format!("{id}Queue"), queue);
        queue_policy(stack, &format!("{id}Queue"), queue, self.services);
        queue_policy(
            stack,
            &format!("{id}DeadLetters"),
            dead_letters,
            Statements::default(),
        );
        QueueHandles {
            queue,
            dead_letters,
        }
    }
}

/// The properties of a queue that is encrypted: with a key, or without one with a key of SQS's own. Add what it is
/// for with `..parts::encrypted_queue(key)`.
pub fn encrypted_queue(key: impl Into<Opt<Id<KmsKeyArn>>>) -> sqs::Queue {
    match key.into().into_prop() {
        Some(key) => props!(sqs::Queue {
            kms_master_key_id: key.into_expr(),
            // Fewer calls of KMS; a data key is never stored unencrypted.
            kms_data_key_reuse_period_seconds: 3600,
        }),
        None => props!(sqs::Queue {
            sqs_managed_sse_enabled: true,
        }),
    }
}

/// The policy of the queue with this logical ID: what services may do with it, and nothing without TLS.
#[track_caller]
pub fn queue_policy(
    stack: &Stack,
    id: &str,
    queue: Handle<sqs::Queue>,
    services: impl IntoIterator<Item: Into<Prop<Statement>>>,
) {
    let services = services.into_iter().map(Into::into);
    let statements = services.chain([deny_plaintext("sqs:*", queue).into()]);
    stack.add(
        format!("{id}Policy"),
        props!(sqs::QueuePolicy {
            policy_document: PolicyDocument::new(statements),
            queues: [queue],
        }),
    );
}
