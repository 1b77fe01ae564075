//! How many tasks run: between the minimum and the maximum, near a target.

use stratiform_stack::{Handle, Opt, props, sub};

use crate::environment::Scaling;
use crate::resources::applicationautoscaling::{ScalableTarget, ScalingPolicy};
use crate::resources::applicationautoscaling::{scalable_target, scaling_policy};
use crate::resources::ecs;
use crate::services::Entry;
use crate::services::cluster::Cluster;

use scaling_policy::predefined_metric_specification::PredefinedMetricType as Predefined;

pub(super) fn scale(entry: &Entry<'_>, cluster: &Cluster, service: &Handle<ecs::Service>) {
    let stack = entry.context.stack;
    let resource = sub!("service/{}/{}", cluster.handle.reference(), service.name());
    let tasks = &entry.service.tasks;
    let target = stack.add(
        entry.id("ScalableTarget"),
        props!(ScalableTarget {
            max_capacity: tasks.maximum,
            min_capacity: tasks.minimum,
            resource_id: resource,
            scalable_dimension: scalable_target::ScalableDimension::EcsServiceDesiredCount,
            service_namespace: scalable_target::ServiceNamespace::Ecs,
        }),
    );
    stack.add(
        entry.id("ScalingPolicy"),
        props!(ScalingPolicy {
            policy_name: entry.name.as_ref(),
            policy_type: scaling_policy::PolicyType::TargetTrackingScaling,
            scaling_target_id: target,
            target_tracking_scaling_policy_configuration: tracking(entry, cluster, service),
        }),
    );
}

fn tracking(
    entry: &Entry<'_>,
    cluster: &Cluster,
    service: &Handle<ecs::Service>,
) -> scaling_policy::TargetTrackingScalingPolicyConfiguration {
    let toward = |target: u32| {
        props!(scaling_policy::TargetTrackingScalingPolicyConfiguration {
            target_value: target,
            // Quick to help, slow to leave.
            scale_out_cooldown: 60,
            scale_in_cooldown: 300,
        })
    };
    let average = |metric, percent: u8| {
        props!(scaling_policy::TargetTrackingScalingPolicyConfiguration {
            predefined_metric_specification: scaling_policy::PredefinedMetricSpecification {
                predefined_metric_type: metric,
            },
            ..toward(u32::from(percent))
        })
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
            props!(scaling_policy::TargetTrackingScalingPolicyConfiguration {
                customized_metric_specification: backlog(entry, cluster, service),
                ..toward(messages_per_task)
            })
        }
    }
}

/// Messages that wait, for each task that runs.
fn backlog(
    entry: &Entry<'_>,
    cluster: &Cluster,
    service: &Handle<ecs::Service>,
) -> scaling_policy::CustomizedMetricSpecification {
    let queue = &entry.context.uses.queues.queues[entry.name].queue;
    let per_task = props!(scaling_policy::TargetTrackingMetricDataQuery {
        id: "backlog",
        label: "Messages per task",
        expression: "visible / running",
        return_data: true,
    });
    let visible = Measured {
        id: "visible",
        namespace: "AWS/SQS",
        name: "ApproximateNumberOfMessagesVisible",
        statistic: "Sum",
        dimensions: vec![dimension("QueueName", queue.queue_name())],
    };
    let running = Measured {
        id: "running",
        namespace: "ECS/ContainerInsights",
        name: "RunningTaskCount",
        statistic: "Average",
        dimensions: vec![
            dimension("ClusterName", cluster.handle.reference()),
            dimension("ServiceName", service.name()),
        ],
    };
    props!(scaling_policy::CustomizedMetricSpecification {
        metrics: [per_task, visible.query(), running.query()],
    })
}

fn dimension(
    name: &str,
    value: impl Into<Opt<String>>,
) -> scaling_policy::TargetTrackingMetricDimension {
    props!(scaling_policy::TargetTrackingMetricDimension { name, value })
}

/// What a formula is made of.
struct Measured {
    id: &'static str,
    namespace: &'static str,
    name: &'static str,
    statistic: &'static str,
    dimensions: Vec<scaling_policy::TargetTrackingMetricDimension>,
}

impl Measured {
    fn query(self) -> scaling_policy::TargetTrackingMetricDataQuery {
        props!(scaling_policy::TargetTrackingMetricDataQuery {
            id: self.id,
            metric_stat: scaling_policy::TargetTrackingMetricStat {
                metric: scaling_policy::TargetTrackingMetric {
                    namespace: self.namespace,
                    metric_name: self.name,
                    dimensions: self.dimensions,
                },
                stat: self.statistic,
            },
            return_data: false,
        })
    }
}
