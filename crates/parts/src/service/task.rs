//! The task definition: one container, as closed as it can be.

use stratiform_stack::generated::Overlay;
use stratiform_stack::kinds::LogsLogGroupName;
use stratiform_stack::{Arn, Handle, Id, Opt, Prop, Stack, Statements, partial, props, pseudo};

use super::permissions;
use crate::part::digits;
use crate::resources::ecs::task_definition as task;
use crate::resources::ecs::task_definition::log_configuration::LogDriver;
use crate::resources::{ecs, iam, logs};
use crate::{LogGroup, Logs};

/// A user of no name and no rights. The image need not know it.
const USER: &str = "10001:10001";

/// What a task definition is made from.
pub(super) struct Task {
    pub(super) container: task::ContainerDefinition,
    pub(super) cpu: Prop<i64>,
    pub(super) memory: Prop<i64>,
    pub(super) architecture: task::runtime_platform::CpuArchitecture,
    pub(super) port: Option<Prop<i64>>,
    pub(super) repository: Opt<Id<Arn>>,
    pub(super) start_statements: Statements,
    pub(super) statements: Statements,
    pub(super) log_group_name: Opt<String>,
    pub(super) logs: Logs,
    pub(super) task_definition: ecs::TaskDefinition,
}

/// What was added for it.
pub(super) struct TaskHandles {
    pub(super) definition: Handle<ecs::TaskDefinition>,
    pub(super) execution_role: Handle<iam::Role>,
    pub(super) task_role: Handle<iam::Role>,
    pub(super) log_group: Handle<logs::LogGroup>,
}

impl Task {
    #[track_caller]
    pub(super) fn add_to(self, stack: &Stack, id: &str) -> TaskHandles {
        let log_group = props!(LogGroup {
            name: self.log_group_name,
            logs: self.logs,
        });
        let log_group = log_group.add_to(stack, &format!("{id}Logs"));
        let execution_role =
            permissions::execution_role(id, &log_group, self.repository, self.start_statements)
                .add_to(stack, &format!("{id}ExecutionRole"));
        let task_role =
            permissions::task_role(id, self.statements).add_to(stack, &format!("{id}TaskRole"));
        let closed = partial!(task::ContainerDefinition {
            port_mappings: self.port.map(|port| [port_mapping(port)]),
            ..closed_container(self.container.name.clone(), log_group)
        });
        let container = self.container.over(closed);
        let defaults = props!(ecs::TaskDefinition {
            requires_compatibilities: [task::RequiresCompatibilities::Fargate],
            network_mode: task::NetworkMode::Awsvpc,
            runtime_platform: task::RuntimePlatform {
                cpu_architecture: self.architecture,
                operating_system_family: task::runtime_platform::OperatingSystemFamily::Linux,
            },
            cpu: digits(self.cpu),
            memory: digits(self.memory),
            execution_role_arn: &execution_role,
            task_role_arn: &task_role,
            container_definitions: [container],
        });
        let definition = stack.add(
            format!("{id}TaskDefinition"),
            self.task_definition.over(defaults),
        );
        TaskHandles {
            definition,
            execution_role,
            task_role,
            log_group,
        }
    }
}

/// The properties of a container that writes its log, and that can do little else: no rights of root, and no place to
/// write to but a small `/tmp` that nothing can be run from. Add the image and the rest with
/// `..parts::closed_container(name, log_group)`.
pub fn closed_container(
    name: impl Into<Prop<String>>,
    log_group: impl Into<Prop<Id<LogsLogGroupName>>>,
) -> task::ContainerDefinition {
    let name = name.into();
    partial!(task::ContainerDefinition {
        name: name.clone(),
        essential: true,
        user: USER,
        readonly_root_filesystem: true,
        linux_parameters: task::LinuxParameters {
            init_process_enabled: true,
            capabilities: task::KernelCapabilities { drop: ["ALL"] },
            tmpfs: [task::Tmpfs {
                size: 64,
                container_path: "/tmp",
                mount_options: ["nosuid", "nodev", "noexec"],
            }],
        },
        log_configuration: task::LogConfiguration {
            log_driver: LogDriver::Awslogs,
            options: [
                ("awslogs-group", log_group.into().into_expr()),
                ("awslogs-region", pseudo::region()),
                ("awslogs-stream-prefix", name.into_expr()),
                // A service that cannot write its log goes on; a blocking driver would stop it.
                ("mode", "non-blocking"),
                ("max-buffer-size", "25m"),
            ],
        },
    })
}

/// The port that requests come to.
fn port_mapping(port: Prop<i64>) -> task::PortMapping {
    props!(task::PortMapping {
        name: "http",
        container_port: port,
        protocol: task::port_mapping::Protocol::Tcp,
    })
}
