//! How many tasks run: between the minimum and the maximum, near a target.

use stratiform_stack::kinds::EcsClusterName;
use stratiform_stack::{Handle, Id, Prop, Stack, props, sub};

use crate::resources::applicationautoscaling::{ScalableTarget, ScalingPolicy};
use crate::resources::applicationautoscaling::{scalable_target, scaling_policy};
use crate::resources::ecs;

use scaling_policy::predefined_metric_specification::PredefinedMetricType;

pub(super) struct Scaling {
    pub(super) minimum: Prop<i64>,
    pub(super) maximum: Prop<i64>,
    pub(super) target_cpu_percent: Prop<i64>,
}

impl Scaling {
    #[track_caller]
    pub(super) fn add_to(
        self,
        stack: &Stack,
        id: &str,
        cluster: Prop<Id<EcsClusterName>>,
        service: &Handle<ecs::Service>,
    ) {
        let target = stack.add(
            format!("{id}ScalableTarget"),
            props!(ScalableTarget {
                max_capacity: self.maximum,
                min_capacity: self.minimum,
                resource_id: sub!("service/{}/{}", cluster.into_expr(), service.name()),
                scalable_dimension: scalable_target::ScalableDimension::EcsServiceDesiredCount,
                service_namespace: scalable_target::ServiceNamespace::Ecs,
            }),
        );
        stack.add(
            format!("{id}ScalingPolicy"),
            props!(ScalingPolicy {
                policy_name: format!("{id}-cpu"),
                policy_type: scaling_policy::PolicyType::TargetTrackingScaling,
                scaling_target_id: target.reference(),
                target_tracking_scaling_policy_configuration:
                    scaling_policy::TargetTrackingScalingPolicyConfiguration {
                        predefined_metric_specification:
                            scaling_policy::PredefinedMetricSpecification {
                                predefined_metric_type:
                                    PredefinedMetricType::EcsServiceAverageCpuUtilization,
                            },
                        target_value: self.target_cpu_percent.into_expr(),
                        // Quick to help, slow to leave.
                        scale_out_cooldown: 60,
                        scale_in_cooldown: 300,
                    },
            }),
        );
    }
}
