//! How people are told: an encrypted topic, what may publish to it, and a queue for what could not be told.

use stratiform_environment::Text;
use stratiform_stack::condition::{arn_like, key};
use stratiform_stack::{
    Define, DeletionPolicy, Expr, Handle, Json, PolicyDocument, Principal, Stack, Statement, arn,
    props, pseudo, sub,
};

use super::{Alarm, Alarms};
use crate::environment::Environment;
use crate::parts::{self, Names, own_account};
use crate::resources::events::rule;
use crate::resources::sns::subscription::Protocol;
use crate::resources::{cloudwatch, events, kms, sns, sqs};

/// Events of the account's event bus that somebody should know of.
pub struct Events<'a> {
    /// What they are.
    pub description: &'a str,
    /// Which they are, in EventBridge's notation.
    pub pattern: Json,
    /// What the message says: names for it, and where they are in an event.
    pub paths: Vec<(&'a str, &'a str)>,
    /// The message, with `<name>` for each.
    pub message: &'a str,
}

impl Alarms {
    /// Adds an alarm that tells of the beginning and of the end.
    #[track_caller]
    pub fn alarm(&self, stack: &Stack, id: &str, alarm: Alarm) -> Handle<cloudwatch::Alarm> {
        stack.add(
            format!("{id}Alarm"),
            props!(cloudwatch::Alarm {
                alarm_actions: [&self.topic],
                ok_actions: [&self.topic],
                ..cloudwatch::Alarm::from(alarm)
            }),
        )
    }

    /// Adds a rule that tells of events.
    #[track_caller]
    pub fn events(&self, stack: &Stack, id: &str, events: Events<'_>) -> Handle<events::Rule> {
        let message = props!(rule::InputTransformer {
            input_template: format!("\"{}\"", events.message),
            input_paths_map: events.paths,
        });
        let target = props!(rule::Target {
            arn: &self.topic,
            id: "notify",
            dead_letter_config: rule::DeadLetterConfig {
                arn: &self.undelivered,
            },
            // What is an hour old is no news; then the queue's alarm tells.
            retry_policy: rule::RetryPolicy {
                maximum_event_age_in_seconds: 3600,
                maximum_retry_attempts: 10,
            },
            input_transformer: message,
        });
        stack.add(
            id,
            props!(events::Rule {
                description: events.description,
                state: rule::State::Enabled,
                event_pattern: events.pattern,
                targets: [target],
            }),
        )
    }
}

/// Adds the topic and what belongs to it.
pub(super) fn add(stack: &Stack, env: &Environment, names: Names<'_>) -> Alarms {
    let key = key(stack, env, names);
    let topic = stack.add(
        "Topic",
        props!(sns::Topic {
            display_name: names.prefix(),
            kms_master_key_id: key.arn(),
        }),
    );
    let policy = stack.add(
        "TopicPolicy",
        props!(sns::TopicPolicy {
            policy_document: PolicyDocument::new(publishers(&topic)),
            topics: [&topic],
        }),
    );
    if let Some(address) = &env.alarms.email {
        stack.add(
            "EmailSubscription",
            props!(sns::Subscription {
                protocol: Protocol::Email,
                topic_arn: &topic,
                endpoint: address.as_str(),
            }),
        );
    }
    let undelivered = "UndeliveredEvents";
    let queue = stack.add(
        undelivered,
        props!(sqs::Queue {
            message_retention_period: 14 * parts::DAY,
            ..parts::encrypted_queue(key)
        })
        .on_removal(DeletionPolicy::Delete),
    );
    let send = Statement::allow(["sqs:SendMessage"])
        .sid("EventRules")
        .to(events_service())
        .on(queue);
    let rules = arn("events", format!("rule/{}", names.name("*")));
    parts::queue_policy(
        stack,
        undelivered,
        queue,
        [own_account(send).when(arn_like(key::SOURCE_ARN, rules))],
    );
    Alarms {
        topic,
        policy,
        undelivered: queue,
    }
}

fn events_service() -> Principal {
    Principal::service("events.amazonaws.com")
}

/// The key of the topic and of the queue, for who publishes.
fn key(stack: &Stack, env: &Environment, names: Names<'_>) -> Handle<kms::Key> {
    let encrypt = |sid: &str| {
        Statement::allow(["kms:Decrypt", "kms:GenerateDataKey*"])
            .sid(sid)
            .on_any()
    };
    let publishers = encrypt("PublishersOfThisAccount")
        .to(Principal::service("budgets.amazonaws.com"))
        .to(Principal::service("cloudwatch.amazonaws.com"));
    let key = props!(parts::Key {
        description: format!("Notifications of {}", names.prefix()),
        alias: names.alias("alarms"),
        services: [
            own_account(publishers),
            // EventBridge does not say for which account it comes.
            encrypt("EventRules").to(events_service()),
        ],
        removal: DeletionPolicy::Delete,
        key: parts::deletion_window(env),
    });
    key.add_to(stack, "Key")
}

fn publishers(topic: &Handle<sns::Topic>) -> [Statement; 4] {
    let publish = |sid: &str, principal| {
        Statement::allow(["sns:Publish"])
            .sid(sid)
            .to(principal)
            .on(topic)
    };
    let of_account = |sid: &str, service: &str, source: Expr<String>| {
        own_account(publish(sid, Principal::service(service)))
            .when(arn_like(key::SOURCE_ARN, source))
    };
    // Budgets belong to no region.
    let budgets = sub!(
        "arn:{}:budgets::{}:*",
        pseudo::partition(),
        pseudo::account_id()
    );
    [
        of_account(
            "Alarms",
            "cloudwatch.amazonaws.com",
            arn("cloudwatch", "alarm:*"),
        ),
        of_account("Budgets", "budgets.amazonaws.com", budgets),
        // EventBridge allows no conditions here.
        publish("EventRules", events_service()),
        parts::deny_plaintext("sns:Publish", topic),
    ]
}
