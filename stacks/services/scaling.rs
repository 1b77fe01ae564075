//! How many tasks run: between the minimum and the maximum, near a target.

use stratiform_stack::{Handle, Prop, sub};

use crate::environment::Scaling;
use crate::resources::applicationautoscaling::{ScalableTarget, ScalingPolicy};
use crate::resources::applicationautoscaling::{scalable_target, scaling_policy};
use crate::resources::ecs;
use crate::services::Entry;
use crate::services::cluster::Cluster;

use scaling_policy::PredefinedMetricSpecificationPredefinedMetricType as Predefined;

pub(super) fn scale(entry: &Entry<'_>, cluster: &Cluster, service: &Handle<ecs::Service>) {
    let stack = entry.context.stack;
    let resource = sub!("service/{}/{}", cluster.handle.reference(), service.name());
    let tasks = &entry.service.tasks;
    let target = stack.add(
        entry.id("ScalableTarget"),
        ScalableTarget::new(
            tasks.maximum,
            tasks.minimum,
            resource,
            scalable_target::ScalableDimension::EcsServiceDesiredCount,
            scalable_target::ServiceNamespace::Ecs,
        ),
    );
    stack.add(
        entry.id("ScalingPolicy"),
        ScalingPolicy {
            scaling_target_id: target.reference().into(),
            target_tracking_scaling_policy_configuration: tracking(entry, cluster, service).into(),
            ..ScalingPolicy::new(
                entry.name.as_ref(),
                scaling_policy::PolicyType::TargetTrackingScaling,
            )
        },
    );
}

fn tracking(
    entry: &Entry<'_>,
    cluster: &Cluster,
    service: &Handle<ecs::Service>,
) -> scaling_policy::TargetTrackingScalingPolicyConfiguration {
    let toward = |target: Prop<f64>| scaling_policy::TargetTrackingScalingPolicyConfiguration {
        // Quick to help, slow to leave.
        scale_out_cooldown: 60.into(),
        scale_in_cooldown: 300.into(),
        ..scaling_policy::TargetTrackingScalingPolicyConfiguration::new(target)
    };
    let average = |metric, percent: u8| scaling_policy::TargetTrackingScalingPolicyConfiguration {
        predefined_metric_specification: scaling_policy::PredefinedMetricSpecification::new(metric)
            .into(),
        ..toward(percent.into())
    };
    match entry.service.scaling {
        Scaling::Cpu { target_percent } => {
            average(Predefined::EcsServiceAverageCpuUtilization, target_percent)
        }
        Scaling::Memory { target_percent } => average(
            Predefined::EcsServiceAverageMemoryUtilization,
            target_percent,
        ),
        Scaling::QueueBacklog { messages_per_task } => {
            scaling_policy::TargetTrackingScalingPolicyConfiguration {
                customized_metric_specification: backlog(entry, cluster, service).into(),
                ..toward(messages_per_task.into())
            }
        }
    }
}

/// Messages that wait, for each task that runs.
fn backlog(
    entry: &Entry<'_>,
    cluster: &Cluster,
    service: &Handle<ecs::Service>,
) -> scaling_policy::CustomizedMetricSpecification {
    let queue = &entry.context.queues.queues[entry.name].queue;
    let per_task = scaling_policy::TargetTrackingMetricDataQuery {
        id: "backlog".into(),
        label: "Messages per task".into(),
        expression: "visible / running".into(),
        return_data: true.into(),
        ..Default::default()
    };
    let visible = measured(
        "visible",
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Sum"),
        vec![dimension("QueueName", queue.queue_name())],
    );
    let running = measured(
        "running",
        ("ECS/ContainerInsights", "RunningTaskCount", "Average"),
        vec![
            dimension("ClusterName", cluster.handle.reference()),
            dimension("ServiceName", service.name()),
        ],
    );
    scaling_policy::CustomizedMetricSpecification {
        metrics: [per_task, visible, running].into(),
        ..Default::default()
    }
}

fn dimension(
    name: &str,
    value: impl Into<Prop<String>>,
) -> scaling_policy::TargetTrackingMetricDimension {
    let value: Prop<String> = value.into();
    scaling_policy::TargetTrackingMetricDimension {
        name: name.into(),
        value: value.into(),
    }
}

fn measured(
    id: &str,
    (namespace, name, statistic): (&str, &str, &str),
    dimensions: Vec<scaling_policy::TargetTrackingMetricDimension>,
) -> scaling_policy::TargetTrackingMetricDataQuery {
    scaling_policy::TargetTrackingMetricDataQuery {
        id: id.into(),
        metric_stat: scaling_policy::TargetTrackingMetricStat {
            metric: scaling_policy::TargetTrackingMetric {
                namespace: namespace.into(),
                metric_name: name.into(),
                dimensions: dimensions.into(),
            }
            .into(),
            stat: statistic.into(),
            ..Default::default()
        }
        .into(),
        return_data: false.into(),
        ..Default::default()
    }
}
