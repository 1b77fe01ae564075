//! How a new version replaces the old one, and what makes ECS go back.

use stratiform_stack::{Handle, props};

use crate::environment::Deployment;
use crate::resources::cloudwatch;
use crate::resources::cloudwatch::alarm;
use crate::resources::ecs::service;
use crate::services::routing::Route;
use crate::services::{Entry, metrics};

pub(super) fn configuration(
    entry: &Entry<'_>,
    route: Option<&Route>,
) -> service::DeploymentConfiguration {
    let watched = props!(service::DeploymentConfiguration {
        minimum_healthy_percent: 100,
        maximum_percent: 200,
        alarms: watch(&alarms(entry, route)),
    });
    match &entry.service.deployment {
        Deployment::Rolling { bake_time_minutes } => props!(service::DeploymentConfiguration {
            strategy: service::deployment_configuration::Strategy::Rolling,
            bake_time_in_minutes: *bake_time_minutes,
            deployment_circuit_breaker: service::DeploymentCircuitBreaker {
                enable: true,
                rollback: true,
            },
            ..watched
        }),
        Deployment::BlueGreen { bake_time_minutes } => props!(service::DeploymentConfiguration {
            strategy: service::deployment_configuration::Strategy::BlueGreen,
            bake_time_in_minutes: *bake_time_minutes,
            ..watched
        }),
    }
}

/// Goes back when one of the alarms goes off.
fn watch(alarms: &[Handle<cloudwatch::Alarm>]) -> Option<service::DeploymentAlarms> {
    let watched = || {
        props!(service::DeploymentAlarms {
            alarm_names: alarms,
            enable: true,
            rollback: true,
        })
    };
    (!alarms.is_empty()).then(watched)
}

/// Alarms that tell nobody: ECS watches them while it deploys. They go off sooner than those that wake people,
/// and refer to nothing that a deployment makes.
fn alarms(entry: &Entry<'_>, route: Option<&Route>) -> Vec<Handle<cloudwatch::Alarm>> {
    let limits = &entry.context.env.alarms;
    let mut alarms = Vec::new();
    if let Some(Route {
        load_balancer,
        target_groups,
        ..
    }) = route
    {
        let percent = limits.error_rate.above_percent;
        alarms.push(add(
            entry,
            "ErrorsAlarm",
            format!("more than {percent} % errors"),
            props!(cloudwatch::Alarm {
                metrics: metrics::error_rate(load_balancer, target_groups),
                threshold: percent,
                ..after(2, 3)
            }),
        ));
        let seconds = f64::from(limits.response_time.above_milliseconds) / 1000.0;
        alarms.push(add(
            entry,
            "ResponseTimeAlarm",
            format!("slower than {seconds} s (p95)"),
            props!(cloudwatch::Alarm {
                metrics: metrics::response_time(load_balancer, target_groups),
                threshold: seconds,
                ..after(4, 5)
            }),
        ));
    }
    if let Some(queue) = entry.context.uses.queues.queues.get(entry.name) {
        let seconds = limits.oldest_message_above_seconds;
        let name = queue.queue.queue_name();
        alarms.push(add(
            entry,
            "BacklogAlarm",
            format!("a message has waited for more than {seconds} s"),
            props!(cloudwatch::Alarm {
                namespace: "AWS/SQS",
                metric_name: "ApproximateAgeOfOldestMessage",
                dimensions: [alarm::Dimension {
                    name: "QueueName",
                    value: name,
                }],
                statistic: alarm::Statistic::Maximum,
                period: 60,
                threshold: seconds,
                ..after(3, 3)
            }),
        ));
    }
    alarms
}

/// Goes off when so many of the last so many data points are above the threshold.
fn after(points: u8, of: u8) -> cloudwatch::Alarm {
    props!(cloudwatch::Alarm {
        comparison_operator: alarm::ComparisonOperator::GreaterThanThreshold,
        evaluation_periods: of,
        datapoints_to_alarm: points,
        treat_missing_data: alarm::TreatMissingData::NotBreaching,
    })
}

fn add(
    entry: &Entry<'_>,
    id: &str,
    what: String,
    alarm: cloudwatch::Alarm,
) -> Handle<cloudwatch::Alarm> {
    let description = format!("{}: {what}, watched during deployments", entry.name);
    entry.context.stack.add(
        entry.id(&format!("Deployment{id}")),
        props!(cloudwatch::Alarm {
            alarm_description: description,
            ..alarm
        }),
    )
}
