//! How a new version replaces the old one, and what makes ECS go back.

use stratiform_stack::Handle;

use crate::environment::Deployment;
use crate::parts;
use crate::resources::cloudwatch;
use crate::resources::cloudwatch::alarm;
use crate::resources::ecs::service;
use crate::services::routing::Route;
use crate::services::{Entry, metrics};

pub(super) fn configuration(
    entry: &Entry<'_>,
    route: Option<&Route>,
) -> service::DeploymentConfiguration {
    let watched = service::DeploymentConfiguration {
        minimum_healthy_percent: 100.into(),
        maximum_percent: 200.into(),
        alarms: watch(&alarms(entry, route)).into(),
        ..Default::default()
    };
    match &entry.service.deployment {
        Deployment::Rolling { bake_time_minutes } => service::DeploymentConfiguration {
            strategy: service::DeploymentConfigurationStrategy::Rolling.into(),
            bake_time_in_minutes: (*bake_time_minutes).into(),
            deployment_circuit_breaker: service::DeploymentCircuitBreaker::new(true, true).into(),
            ..watched
        },
        Deployment::BlueGreen { bake_time_minutes } => service::DeploymentConfiguration {
            strategy: service::DeploymentConfigurationStrategy::BlueGreen.into(),
            bake_time_in_minutes: (*bake_time_minutes).into(),
            ..watched
        },
    }
}

/// Goes back when one of the alarms goes off.
fn watch(alarms: &[Handle<cloudwatch::Alarm>]) -> Option<service::DeploymentAlarms> {
    let names = parts::some(alarms.iter().map(|alarm| alarm.reference()))?;
    Some(service::DeploymentAlarms::new(names, true, true))
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
            cloudwatch::Alarm {
                metrics: metrics::error_rate(load_balancer, target_groups).into(),
                threshold: percent.into(),
                ..after(2, 3)
            },
        ));
        let seconds = f64::from(limits.response_time.above_milliseconds) / 1000.0;
        alarms.push(add(
            entry,
            "ResponseTimeAlarm",
            format!("slower than {seconds} s (p95)"),
            cloudwatch::Alarm {
                metrics: metrics::response_time(load_balancer, target_groups).into(),
                threshold: seconds.into(),
                ..after(4, 5)
            },
        ));
    }
    if let Some(queue) = entry.context.queues.queues.get(entry.name) {
        let seconds = limits.oldest_message_above_seconds;
        let name = queue.queue.queue_name();
        alarms.push(add(
            entry,
            "BacklogAlarm",
            format!("a message has waited for more than {seconds} s"),
            cloudwatch::Alarm {
                namespace: "AWS/SQS".into(),
                metric_name: "ApproximateAgeOfOldestMessage".into(),
                dimensions: [alarm::Dimension::new("QueueName", name)].into(),
                statistic: alarm::Statistic::Maximum.into(),
                period: 60.into(),
                threshold: seconds.into(),
                ..after(3, 3)
            },
        ));
    }
    alarms
}

/// Goes off when so many of the last so many data points are above the threshold.
fn after(points: u8, of: u8) -> cloudwatch::Alarm {
    cloudwatch::Alarm {
        comparison_operator: alarm::ComparisonOperator::GreaterThanThreshold.into(),
        evaluation_periods: of.into(),
        datapoints_to_alarm: points.into(),
        treat_missing_data: alarm::TreatMissingData::NotBreaching.into(),
        ..Default::default()
    }
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
        cloudwatch::Alarm {
            alarm_description: description.into(),
            ..alarm
        },
    )
}
