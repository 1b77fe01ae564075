//! Services on Fargate.

mod http;
mod permissions;
mod scaling;
mod task;

use stratiform_stack::generated::Overlay;
use stratiform_stack::kinds::{Ec2SecurityGroupId, Ec2SubnetId, Ec2VpcId, EcsClusterName};
use stratiform_stack::{Arn, Define, Handle, Id, List, Opt, Prop, Stack, Statements, props};

use crate::Logs;
use crate::part::part;
use crate::resources::ec2::{self, security_group};
use crate::resources::ecs::{self, cluster, service, task_definition};
use crate::resources::{elasticloadbalancingv2, iam, logs};
use crate::vpc::ANYWHERE;

pub use http::Http;
pub use task::closed_container;
pub use task_definition::runtime_platform::CpuArchitecture;

part! {
    /// A service on Fargate that scales with its CPU: tasks without a public address, without rights of root and with
    /// a read-only file system (but for a small `/tmp`), each in its own security group, with a log group, a role to
    /// start with and one to run with that are allowed what is said here and nothing else. A deployment that fails
    /// goes back.
    pub struct FargateService {
        required {
            /// The VPC.
            vpc: Prop<Id<Ec2VpcId>>,
            /// Where its tasks run: private subnets.
            subnets: Prop<List<Id<Ec2SubnetId>>>,
            /// Its container: `name` and `image`, and any other property, which counts over the part's.
            container: task_definition::ContainerDefinition,
        }
        optional {
            /// The cluster. Without one, it gets its own, with Container Insights.
            cluster: Opt<Id<EcsClusterName>>,
            /// CPU of a task, in 1/1024 of a core.
            cpu: Prop<i64> = 256,
            /// Memory of a task in MiB. Not every pair with `cpu` exists.
            memory: Prop<i64> = 512,
            /// What the image is built for.
            architecture: CpuArchitecture = CpuArchitecture::X86_64,
            /// The load balancer in front of it, where it speaks HTTP.
            http: Option<Http>,
            /// The fewest tasks that run.
            minimum_tasks: Prop<i64> = 2,
            /// The most tasks that run.
            maximum_tasks: Prop<i64> = 4,
            /// The CPU that the tasks should use on average. More, and further tasks start.
            target_cpu_percent: Prop<i64> = 60,
            /// The repository in ECR that the image is pulled from. Without one, the image has to be public.
            repository: Opt<Id<Arn>>,
            /// What has to be allowed to start a task, besides pulling the image and writing the log: reading secrets.
            start_statements: Statements,
            /// What its own code may do.
            statements: Statements,
            /// Further security groups of the tasks, such as the clients of a database.
            security_groups: Vec<Prop<Id<Ec2SecurityGroupId>>>,
            /// The name of its log group. A [`LogKey`](crate::LogKey) must admit it.
            log_group_name: Opt<String>,
            /// How long its log is kept, and under which key.
            logs: Logs,
            /// Properties of the service itself: what is named here counts, the rest is the part's.
            service: ecs::Service,
            /// The same of its task definition.
            task_definition: ecs::TaskDefinition,
        }
    }
}

/// A [`FargateService`] that was added.
#[derive(Clone, Debug)]
pub struct FargateServiceHandles {
    /// Keeps the tasks running.
    pub service: Handle<ecs::Service>,
    /// What a task is made from.
    pub task_definition: Handle<ecs::TaskDefinition>,
    /// The cluster, where the service has its own.
    pub cluster: Option<Handle<ecs::Cluster>>,
    /// What the tasks carry. Whoever may connect to them connects to this.
    pub security_group: Handle<ec2::SecurityGroup>,
    /// Where the load balancer finds the tasks.
    pub target_group: Option<Handle<elasticloadbalancingv2::TargetGroup>>,
    /// What starts the tasks.
    pub execution_role: Handle<iam::Role>,
    /// What they run with.
    pub task_role: Handle<iam::Role>,
    /// What they write to.
    pub log_group: Handle<logs::LogGroup>,
}

impl FargateService {
    /// Adds it. The logical IDs of what it is made of begin with `id`.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, id: &str) -> FargateServiceHandles {
        let security_group = security_group(stack, id, self.vpc.clone());
        let (cluster, own_cluster) = cluster_of(stack, id, self.cluster);
        // No closure: it would be the place of mistakes.
        let mut route = None;
        if let Some(http) = &self.http {
            route = Some(http.route(stack, id, &self.vpc, &security_group));
        }
        let load_balancers = route.as_ref().zip(self.http.clone()).map(|(route, http)| {
            [props!(service::LoadBalancer {
                container_name: self.container.name.clone().into_expr(),
                container_port: http.port,
                target_group_arn: &route.target_group,
            })]
        });
        let task = task::Task {
            container: self.container,
            cpu: self.cpu,
            memory: self.memory,
            architecture: self.architecture,
            port: self.http.map(|http| http.port),
            repository: self.repository,
            start_statements: self.start_statements,
            statements: self.statements,
            log_group_name: self.log_group_name,
            logs: self.logs,
            task_definition: self.task_definition,
        };
        let task = task.add_to(stack, id);
        let mut groups = vec![Prop::from(&security_group)];
        groups.extend(self.security_groups);
        let defaults = props!(ecs::Service {
            cluster: cluster.clone(),
            task_definition: &task.definition,
            load_balancers,
            network_configuration: service::NetworkConfiguration {
                awsvpc_configuration: service::AwsVpcConfiguration {
                    assign_public_ip: service::aws_vpc_configuration::AssignPublicIp::Disabled,
                    subnets: self.subnets,
                    security_groups: groups,
                },
            },
            ..on_fargate()
        });
        let service = stack.add(
            format!("{id}Service"),
            self.service
                .over(defaults)
                // Tasks that nobody can ask how they are would count as ill.
                .depends_on(route.as_ref().map(|route| route.egress))
                .depends_on(route.as_ref().map(|route| route.ingress))
                // ECS refuses a target group that no listener uses.
                .depends_on(route.as_ref().map(|route| route.rule)),
        );
        let scaling = scaling::Scaling {
            minimum: self.minimum_tasks,
            maximum: self.maximum_tasks,
            target_cpu_percent: self.target_cpu_percent,
        };
        scaling.add_to(stack, id, cluster, &service);
        FargateServiceHandles {
            service,
            task_definition: task.definition,
            cluster: own_cluster,
            security_group,
            target_group: route.map(|route| route.target_group),
            execution_role: task.execution_role,
            task_role: task.task_role,
            log_group: task.log_group,
        }
    }
}

/// What every service is. A new version replaces the old one task by task, and goes back where its tasks do not become
/// well.
fn on_fargate() -> ecs::Service {
    // No DesiredCount: a deployment would set a scaled service back to it.
    props!(ecs::Service {
        launch_type: service::LaunchType::Fargate,
        platform_version: "1.4.0",
        availability_zone_rebalancing: service::AvailabilityZoneRebalancing::Enabled,
        enable_ecs_managed_tags: true,
        propagate_tags: service::PropagateTags::Service,
        deployment_configuration: service::DeploymentConfiguration {
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            deployment_circuit_breaker: service::DeploymentCircuitBreaker {
                enable: true,
                rollback: true,
            },
        },
    })
}

/// The cluster that was given, or one of its own.
#[track_caller]
fn cluster_of(
    stack: &Stack,
    id: &str,
    given: Opt<Id<EcsClusterName>>,
) -> (Prop<Id<EcsClusterName>>, Option<Handle<ecs::Cluster>>) {
    if let Some(given) = given.into_prop() {
        return (given, None);
    }
    let own = stack.add(
        format!("{id}Cluster"),
        props!(ecs::Cluster {
            cluster_settings: [cluster::ClusterSettings {
                name: "containerInsights",
                value: "enabled",
            }],
        }),
    );
    (own.into(), Some(own))
}

/// The group of the tasks: out to HTTPS, and in from nowhere yet.
#[track_caller]
fn security_group(stack: &Stack, id: &str, vpc: Prop<Id<Ec2VpcId>>) -> Handle<ec2::SecurityGroup> {
    stack.add(
        format!("{id}TaskSecurityGroup"),
        props!(ec2::SecurityGroup {
            group_description: format!("The tasks of {id}"),
            vpc_id: vpc,
            security_group_egress: [security_group::Egress {
                ip_protocol: "tcp",
                description: "AWS APIs and other HTTPS endpoints",
                from_port: 443,
                to_port: 443,
                cidr_ip: ANYWHERE,
            }],
        }),
    )
}
