//! The way of a request from the load balancer to a service's tasks.

use stratiform_stack::{Handle, PolicyDocument, Statement, props};

use crate::environment::{Deployment, Http};
use crate::parts;
use crate::resources::ecs::service;
use crate::resources::elasticloadbalancingv2::{
    Listener, ListenerRule, TargetGroup, listener_rule, target_group,
};
use crate::resources::{ec2, elasticloadbalancingv2, iam};
use crate::services::Entry;
use crate::services::load_balancer::LoadBalancer;

/// How requests reach a service.
pub(super) struct Route {
    pub(super) load_balancer: Handle<elasticloadbalancingv2::LoadBalancer>,
    /// Blue; and green where deployments are blue/green.
    pub(super) target_groups: Vec<Handle<TargetGroup>>,
    /// Sends the service's paths to its target groups.
    pub(super) rule: Handle<ListenerRule>,
    /// Out of the load balancer.
    pub(super) egress: Handle<ec2::SecurityGroupEgress>,
    /// Into the tasks.
    pub(super) ingress: Handle<ec2::SecurityGroupIngress>,
    /// What ECS has to know of all that.
    pub(super) targets: service::LoadBalancer,
}

/// Adds the way from the load balancer to the tasks that carry a security group.
pub(super) fn route(
    entry: &Entry<'_>,
    http: &Http,
    load_balancer: &LoadBalancer,
    tasks: &Handle<ec2::SecurityGroup>,
) -> Route {
    let builder = Builder {
        entry,
        http,
        load_balancer,
    };
    let (egress, ingress) = builder.connect(tasks);
    // Both strategies begin with blue, so that a change from one to the other takes no target group away
    // from tasks that run.
    let mut target_groups = vec![builder.target_group("BlueTargetGroup")];
    if let Deployment::BlueGreen { .. } = entry.service.deployment {
        target_groups.push(builder.target_group("GreenTargetGroup"));
    }
    let rule = builder.rule("ProductionRule", &load_balancer.production, &target_groups);
    let targets = props!(service::LoadBalancer {
        container_name: entry.name.as_ref(),
        container_port: http.port,
        target_group_arn: &target_groups[0],
        advanced_configuration: builder.shift(&rule, &target_groups),
    });
    Route {
        load_balancer: load_balancer.handle,
        target_groups,
        rule,
        egress,
        ingress,
        targets,
    }
}

struct Builder<'a> {
    entry: &'a Entry<'a>,
    http: &'a Http,
    load_balancer: &'a LoadBalancer,
}

impl Builder<'_> {
    /// Opens the way from the load balancer's group to that of the tasks, on both sides.
    fn connect(
        &self,
        tasks: &Handle<ec2::SecurityGroup>,
    ) -> (
        Handle<ec2::SecurityGroupEgress>,
        Handle<ec2::SecurityGroupIngress>,
    ) {
        let Builder { entry, http, .. } = self;
        let stack = entry.context.stack;
        let balancer = &self.load_balancer.security_group;
        let egress = stack.add(
            entry.id("EgressOfLoadBalancer"),
            props!(ec2::SecurityGroupEgress {
                group_id: balancer,
                ip_protocol: "tcp",
                description: format!("To the tasks of {}", entry.name),
                from_port: http.port,
                to_port: http.port,
                destination_security_group_id: tasks,
            }),
        );
        let ingress = stack.add(
            entry.id("IngressFromLoadBalancer"),
            props!(ec2::SecurityGroupIngress {
                ip_protocol: "tcp",
                description: "Requests and health checks",
                group_id: tasks,
                from_port: http.port,
                to_port: http.port,
                source_security_group_id: balancer,
            }),
        );
        (egress, ingress)
    }

    fn target_group(&self, id: &str) -> Handle<TargetGroup> {
        let Builder { entry, http, .. } = self;
        let attribute =
            |key: &str, value: &str| props!(target_group::TargetGroupAttribute { key, value });
        entry.context.stack.add(
            entry.id(id),
            props!(TargetGroup {
                vpc_id: &entry.context.uses.network.vpc,
                target_type: target_group::TargetType::Ip,
                protocol: target_group::Protocol::Http,
                port: http.port,
                health_check_protocol: target_group::HealthCheckProtocol::Http,
                health_check_path: http.health_check_path.as_ref(),
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
            }),
        )
    }

    /// Sends the service's paths to its target groups: all of them to the first.
    ///
    /// With blue/green, ECS moves the weights at every deployment. A change of this rule in the template, of
    /// the paths or the priority, has CloudFormation set them back to these, whichever colour runs by then.
    fn rule(
        &self,
        id: &str,
        listener: &Handle<Listener>,
        target_groups: &[Handle<TargetGroup>],
    ) -> Handle<ListenerRule> {
        let Builder { entry, http, .. } = self;
        let weights = [1, 0].into_iter().zip(target_groups);
        let weighted = weights.map(|(weight, group)| {
            props!(listener_rule::TargetGroupTuple {
                target_group_arn: group,
                weight,
            })
        });
        let forward = props!(listener_rule::Action {
            r#type: listener_rule::action::Type::Forward,
            forward_config: listener_rule::ForwardConfig {
                target_groups: weighted.collect::<Vec<_>>(),
            },
        });
        let condition = props!(listener_rule::RuleCondition {
            field: "path-pattern",
            path_pattern_config: listener_rule::PathPatternConfig {
                values: http.paths.iter().map(AsRef::as_ref).collect::<Vec<&str>>(),
            },
        });
        entry.context.stack.add(
            entry.id(id),
            props!(ListenerRule {
                actions: [forward],
                conditions: [condition],
                priority: http.priority,
                listener_arn: listener,
            }),
        )
    }

    /// How ECS moves traffic from one target group to the other, where there are two: first that of the test
    /// listener, then everybody's.
    fn shift(
        &self,
        production: &Handle<ListenerRule>,
        target_groups: &[Handle<TargetGroup>],
    ) -> Option<service::AdvancedConfiguration> {
        let [_, green] = target_groups else {
            return None;
        };
        let listener = self.load_balancer.test.as_ref();
        let test = listener.map(|listener| self.rule("TestRule", listener, target_groups));
        let rules = [production].into_iter().chain(&test);
        let role = self.traffic_role(rules, target_groups);
        Some(props!(service::AdvancedConfiguration {
            alternate_target_group_arn: green,
            production_listener_rule: production,
            test_listener_rule: test.as_ref(),
            role_arn: &role,
        }))
    }

    /// What ECS may do to move traffic: Amazon's own policy for it, limited to this service's rules and groups.
    fn traffic_role<'a>(
        &self,
        rules: impl Iterator<Item = &'a Handle<ListenerRule>>,
        target_groups: &[Handle<TargetGroup>],
    ) -> Handle<iam::Role> {
        let describe = Statement::allow([
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth",
        ])
        .sid("Describe")
        .on_any();
        let shift = Statement::allow(["elasticloadbalancing:ModifyRule"])
            .sid("ShiftTraffic")
            .on_each(rules);
        let register = Statement::allow([
            "elasticloadbalancing:DeregisterTargets",
            "elasticloadbalancing:RegisterTargets",
        ])
        .sid("RegisterTasks")
        .on_each(target_groups);
        let service = self.entry.name;
        let role = props!(parts::Role {
            description: format!("ECS moves the traffic of {service} between blue and green"),
            trust: PolicyDocument::assumed_by("ecs.amazonaws.com"),
            policy_name: "shift-traffic",
            statements: [describe, shift, register],
        });
        role.add_to(self.entry.context.stack, &self.entry.id("TrafficRole"))
    }
}
