//! A queue of what is to be done, one of what could not be, and an alarm when there is something in that.

use stratiform_stack::{App, Define, DeletionPolicy, json, props};

use crate::environment::Environment;
use crate::resources::cloudwatch::alarm::{
    ComparisonOperator, Dimension, Statistic, TreatMissingData,
};
use crate::resources::sns::subscription::Protocol;
use crate::resources::{cloudwatch, sns, sqs};

/// Seconds.
const DAY: u32 = 24 * 60 * 60;

/// Adds the stack.
pub(crate) fn stack(env: &Environment, app: &App) {
    let stack = app.stack("inbox", "What is to be done, and what could not be");

    let failed = stack.add(
        "Failed",
        props!(sqs::Queue {
            message_retention_period: 14 * DAY,
        })
        // What is in it should not go with the stack.
        .on_removal(DeletionPolicy::Retain),
    );

    let queue = stack.add(
        "Queue",
        props!(sqs::Queue {
            message_retention_period: u32::from(env.inbox.keep_days) * DAY,
            visibility_timeout: env.inbox.work_seconds,
            redrive_policy: json!({
                "deadLetterTargetArn": failed.arn(),
                "maxReceiveCount": env.inbox.attempts,
            }),
        }),
    );

    let alarms = stack.add("Alarms", props!(sns::Topic {}));
    if let Some(address) = &env.alarms_to {
        stack.add(
            "Mail",
            props!(sns::Subscription {
                topic_arn: &alarms,
                protocol: Protocol::Email,
                endpoint: address,
            }),
        );
    }
    stack.add(
        "FailedAlarm",
        props!(cloudwatch::Alarm {
            alarm_description: "Messages were tried too often, and wait for somebody to look",
            namespace: "AWS/SQS",
            metric_name: "ApproximateNumberOfMessagesVisible",
            dimensions: [Dimension {
                name: "QueueName",
                value: failed.queue_name(),
            }],
            statistic: Statistic::Maximum,
            period: 60,
            evaluation_periods: 1,
            threshold: 0,
            comparison_operator: ComparisonOperator::GreaterThanThreshold,
            treat_missing_data: TreatMissingData::NotBreaching,
            alarm_actions: [alarms.reference()],
        }),
    );

    stack.output("QueueUrl", "Where to send messages", queue.reference());
}
