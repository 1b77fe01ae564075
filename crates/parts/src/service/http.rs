//! The way of a request from a load balancer to the tasks of a service.

use stratiform_stack::kinds::Ec2VpcId;
use stratiform_stack::{Handle, Id, List, Prop, Stack, props};

use crate::Entrance;
use crate::part::part;
use crate::resources::ec2;
use crate::resources::elasticloadbalancingv2::{ListenerRule, TargetGroup};
use crate::resources::elasticloadbalancingv2::{listener_rule, target_group};

part! {
    /// How requests reach a service: the paths that a load balancer sends to it.
    pub struct Http {
        required {
            /// The load balancer in front of it.
            load_balancer: Entrance,
            /// The port that its container listens on.
            port: Prop<i64>,
        }
        optional {
            /// What the load balancer asks for to see whether a task is well. The answer has to be 200.
            health_check_path: Prop<String> = "/",
            /// The paths that are its business.
            paths: Prop<List<String>> = ["/*"],
            /// Which service is asked first where the paths of several fit: the one with the smallest number.
            priority: Prop<i64> = 1,
        }
    }
}

/// What was added for it.
pub(super) struct Route {
    pub(super) target_group: Handle<TargetGroup>,
    pub(super) rule: Handle<ListenerRule>,
    /// Out of the load balancer.
    pub(super) egress: Handle<ec2::SecurityGroupEgress>,
    /// Into the tasks.
    pub(super) ingress: Handle<ec2::SecurityGroupIngress>,
}

impl Http {
    #[track_caller]
    pub(super) fn route(
        &self,
        stack: &Stack,
        id: &str,
        vpc: &Prop<Id<Ec2VpcId>>,
        tasks: &Handle<ec2::SecurityGroup>,
    ) -> Route {
        let balancer = &self.load_balancer.security_group;
        let egress = stack.add(
            format!("{id}EgressOfLoadBalancer"),
            props!(ec2::SecurityGroupEgress {
                group_id: balancer.clone(),
                ip_protocol: "tcp",
                description: format!("To the tasks of {id}"),
                from_port: self.port.clone(),
                to_port: self.port.clone(),
                destination_security_group_id: tasks,
            }),
        );
        let ingress = stack.add(
            format!("{id}IngressFromLoadBalancer"),
            props!(ec2::SecurityGroupIngress {
                ip_protocol: "tcp",
                description: "Requests and health checks",
                group_id: tasks,
                from_port: self.port.clone(),
                to_port: self.port.clone(),
                source_security_group_id: balancer.clone(),
            }),
        );
        let target_group = stack.add(format!("{id}TargetGroup"), self.target_group(vpc.clone()));
        let rule = stack.add(format!("{id}Rule"), self.rule(&target_group));
        Route {
            target_group,
            rule,
            egress,
            ingress,
        }
    }

    fn target_group(&self, vpc: Prop<Id<Ec2VpcId>>) -> TargetGroup {
        let attribute =
            |key: &str, value: &str| props!(target_group::TargetGroupAttribute { key, value });
        props!(TargetGroup {
            vpc_id: vpc,
            target_type: target_group::TargetType::Ip,
            protocol: target_group::Protocol::Http,
            port: self.port.clone(),
            health_check_protocol: target_group::HealthCheckProtocol::Http,
            health_check_path: self.health_check_path.clone(),
            health_check_interval_seconds: 15,
            health_check_timeout_seconds: 5,
            healthy_threshold_count: 2,
            unhealthy_threshold_count: 3,
            matcher: target_group::Matcher { http_code: "200" },
            target_group_attributes: [
                attribute("deregistration_delay.timeout_seconds", "30"),
                attribute(
                    "load_balancing.algorithm.type",
                    "least_outstanding_requests",
                ),
            ],
        })
    }

    fn rule(&self, target_group: &Handle<TargetGroup>) -> ListenerRule {
        props!(ListenerRule {
            listener_arn: self.load_balancer.listener.clone(),
            priority: self.priority.clone(),
            conditions: [listener_rule::RuleCondition {
                field: "path-pattern",
                path_pattern_config: listener_rule::PathPatternConfig {
                    values: self.paths.clone(),
                },
            }],
            actions: [listener_rule::Action {
                r#type: listener_rule::action::Type::Forward,
                target_group_arn: target_group,
            }],
        })
    }
}
