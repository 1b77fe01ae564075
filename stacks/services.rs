//! The services: containers on Fargate in one cluster, and a load balancer in front of those that speak HTTP.
//!
//! Everything follows from the entries of `services` in the environment; no entry is known by its name. Logical
//! IDs of what belongs to one service begin with its name, and end in words that end no other logical ID here:
//! so whatever services are called, they never collide.

pub mod metrics;

mod cluster;
mod deployment;
mod load_balancer;
mod permissions;
mod routing;
mod scaling;
mod task;
mod variables;
mod waf;

use std::collections::BTreeMap;

use stratiform_stack::{App, Define, Handle, Stack, props};

use crate::database::Database;
use crate::environment::{Deployment, Environment, Service, ServiceName};
use crate::network::Network;
use crate::parts::{self, Names};
use crate::queues::Queues;
use crate::registry::Registry;
use crate::resources::ec2::security_group;
use crate::resources::ecs::service;
use crate::resources::{ec2, ecs, elasticloadbalancingv2};
use crate::services::cluster::Cluster;
use crate::services::load_balancer::LoadBalancer;
use crate::services::routing::Route;

/// What other stacks use of the services.
#[derive(Clone, Debug)]
pub struct Services {
    /// Where all of them run.
    pub cluster: Handle<ecs::Cluster>,
    /// There where a service speaks HTTP.
    pub load_balancer: Option<Handle<elasticloadbalancingv2::LoadBalancer>>,
    /// Every service of the environment.
    pub services: BTreeMap<ServiceName, RunningService>,
}

/// A service that runs.
#[derive(Clone, Debug)]
pub struct RunningService {
    /// Keeps the tasks running.
    pub service: Handle<ecs::Service>,
    /// Where the load balancer finds the tasks: blue, and with blue/green deployments green. Empty without
    /// HTTP.
    pub target_groups: Vec<Handle<elasticloadbalancingv2::TargetGroup>>,
}

/// What the services use of other stacks.
#[derive(Clone, Copy, Debug)]
pub struct Uses<'a> {
    /// Where they run.
    pub network: &'a Network,
    /// Where their images come from.
    pub registry: &'a Registry,
    /// What some of them keep things in.
    pub database: &'a Database,
    /// What some of them read and write.
    pub queues: &'a Queues,
}

/// What the parts of this stack are made from.
#[derive(Clone, Copy)]
struct Context<'a> {
    stack: &'a Stack,
    env: &'a Environment,
    names: Names<'a>,
    uses: Uses<'a>,
}

/// One service of the environment, while it is being built.
#[derive(Clone, Copy)]
struct Entry<'a> {
    context: Context<'a>,
    name: &'a ServiceName,
    service: &'a Service,
}

impl Entry<'_> {
    /// The logical ID of something that belongs to the service: `ApiService`.
    fn id(&self, what: &str) -> String {
        format!("{}{what}", self.name.logical_id_prefix())
    }
}

/// Adds the stack.
pub fn stack(app: &App, env: &Environment, uses: Uses<'_>) -> Services {
    let names = Names::of(app);
    let stack = app.stack("services", &names.describe(&contents(env)));
    let context = Context {
        stack: &stack,
        env,
        names,
        uses,
    };
    let cluster = cluster::cluster(&context);
    let load_balancer = load_balancer::load_balancer(&context);
    if let Some(load_balancer) = &load_balancer
        && env.load_balancer.waf
    {
        waf::protect(&context, &load_balancer.handle);
    }
    let services = env.services.iter().map(|(name, service)| {
        let entry = Entry {
            context,
            name,
            service,
        };
        (name.clone(), run(&entry, &cluster, load_balancer.as_ref()))
    });
    Services {
        services: services.collect(),
        cluster: cluster.handle,
        load_balancer: load_balancer.map(|load_balancer| load_balancer.handle),
    }
}

/// What is in the stack, for its description.
fn contents(env: &Environment) -> String {
    let names: Vec<&str> = env.services.keys().map(AsRef::as_ref).collect();
    let load_balancer = if load_balancer::is_needed(env) {
        ", load balancer"
    } else {
        ""
    };
    format!(
        "cluster{load_balancer}, and the services {}",
        names.join(", ")
    )
}

fn run(
    entry: &Entry<'_>,
    cluster: &Cluster,
    load_balancer: Option<&LoadBalancer>,
) -> RunningService {
    let stack = entry.context.stack;
    let tasks = security_group(entry);
    let route = entry
        .service
        .http
        .as_ref()
        .zip(load_balancer)
        .map(|(http, load_balancer)| routing::route(entry, http, load_balancer, &tasks));
    let definition = task::definition(entry, cluster);
    // ECS refuses a target group that no listener uses. With blue/green, the service refers to the rule.
    let rule = match entry.service.deployment {
        Deployment::Rolling { .. } => route.as_ref().map(|route| route.rule),
        _ => None,
    };
    let service = stack.add(
        entry.id("Service"),
        props!(ecs::Service {
            service_name: entry.name.as_ref(),
            cluster: &cluster.handle,
            task_definition: &definition,
            launch_type: service::LaunchType::Fargate,
            platform_version: "1.4.0",
            availability_zone_rebalancing: service::AvailabilityZoneRebalancing::Enabled,
            enable_ecs_managed_tags: true,
            propagate_tags: service::PropagateTags::Service,
            enable_execute_command: entry.service.execute_command,
            deployment_controller: service::DeploymentController {
                r#type: service::deployment_controller::Type::Ecs,
            },
            deployment_configuration: deployment::configuration(entry, route.as_ref()),
            network_configuration: network_configuration(entry, &tasks),
            // No DesiredCount: a deployment would set a scaled service back to it.
            ..in_front(entry, route.as_ref())
        })
        // Tasks that nobody can ask how they are would count as ill.
        .depends_on(route.as_ref().map(|route| route.egress))
        .depends_on(route.as_ref().map(|route| route.ingress))
        .depends_on(rule),
    );
    scaling::scale(entry, cluster, &service);
    RunningService {
        service,
        target_groups: route.map_or_else(Vec::new, |route| route.target_groups),
    }
}

/// What a service has because the load balancer is in front of it.
fn in_front(entry: &Entry<'_>, route: Option<&Route>) -> ecs::Service {
    let (Some(http), Some(route)) = (&entry.service.http, route) else {
        return props!(ecs::Service {});
    };
    props!(ecs::Service {
        health_check_grace_period_seconds: http.health_check_grace_seconds,
        load_balancers: [route.targets.clone()],
    })
}

fn network_configuration(
    entry: &Entry<'_>,
    tasks: &Handle<ec2::SecurityGroup>,
) -> service::NetworkConfiguration {
    let Context {
        uses: Uses {
            network, database, ..
        },
        ..
    } = entry.context;
    let mut groups = vec![tasks];
    if entry.service.uses_database {
        groups.push(&database.clients);
    }
    props!(service::NetworkConfiguration {
        awsvpc_configuration: service::AwsVpcConfiguration {
            assign_public_ip: service::aws_vpc_configuration::AssignPublicIp::Disabled,
            subnets: &network.private_subnets,
            security_groups: groups,
        },
    })
}

/// The group of the service's tasks. Only the load balancer gets in, where there is one.
fn security_group(entry: &Entry<'_>) -> Handle<ec2::SecurityGroup> {
    let Context {
        stack,
        names,
        uses: Uses { network, .. },
        ..
    } = entry.context;
    stack.add(
        entry.id("TaskSecurityGroup"),
        props!(ec2::SecurityGroup {
            group_description: format!("The tasks of {}", entry.name),
            vpc_id: &network.vpc,
            security_group_egress: [security_group::Egress {
                ip_protocol: "tcp",
                description: "AWS APIs and other HTTPS endpoints",
                from_port: 443,
                to_port: 443,
                cidr_ip: parts::ANYWHERE,
            }],
            tags: names.tag(entry.name.as_ref()),
        }),
    )
}
