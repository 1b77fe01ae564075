//! The task definition: one container, as closed as it can be.

use stratiform_stack::{Expr, Handle, Parameter, props};

use crate::environment::{Architecture, Http};
use crate::parts;
use crate::resources::ecs::task_definition as task;
use crate::resources::{ecs, logs};
use crate::services::cluster::Cluster;
use crate::services::variables::Variables;
use crate::services::{Entry, permissions};

/// What the agent of ECS Exec writes to; the rest of the file system is read-only.
const EXEC_VOLUMES: [(&str, &str); 2] = [
    ("exec-state", "/var/lib/amazon/ssm"),
    ("exec-logs", "/var/log/amazon/ssm"),
];

/// Adds what a task of the service is made from.
pub(super) fn definition(entry: &Entry<'_>, cluster: &Cluster) -> Handle<ecs::TaskDefinition> {
    let context = &entry.context;
    let logs = props!(parts::LogGroup {
        name: context.names.path(&format!("services/{}", entry.name)),
        logs: &context.uses.network.logs,
    });
    let logs = logs.add_to(context.stack, &entry.id("Logs"));
    let execution_role = permissions::execution_role(entry, &logs);
    let task_role = permissions::task_role(entry, cluster);
    let volumes = exec_volumes(entry).map(|(name, _)| props!(task::Volume { name }));
    context.stack.add(
        entry.id("TaskDefinition"),
        props!(ecs::TaskDefinition {
            family: context.names.name(entry.name.as_ref()),
            requires_compatibilities: [task::RequiresCompatibilities::Fargate],
            network_mode: task::NetworkMode::Awsvpc,
            runtime_platform: task::RuntimePlatform {
                cpu_architecture: match entry.service.architecture {
                    Architecture::Arm64 => task::runtime_platform::CpuArchitecture::Arm64,
                    Architecture::X86_64 => task::runtime_platform::CpuArchitecture::X86_64,
                },
                operating_system_family: task::runtime_platform::OperatingSystemFamily::Linux,
            },
            cpu: entry.service.cpu.units(),
            memory: entry.service.memory_mib,
            execution_role_arn: &execution_role,
            task_role_arn: &task_role,
            volumes: parts::some(volumes),
            container_definitions: [container(entry, &logs)],
        }),
    )
}

fn container(entry: &Entry<'_>, logs: &Handle<logs::LogGroup>) -> task::ContainerDefinition {
    let Variables { plain, secret } = Variables::of(entry);
    let mount_points = exec_volumes(entry).map(|(name, path)| {
        props!(task::MountPoint {
            source_volume: name,
            container_path: path,
            read_only: false,
        })
    });
    let ports = entry.service.http.iter().map(|http| {
        props!(task::PortMapping {
            name: "http",
            container_port: http.port,
            protocol: task::port_mapping::Protocol::Tcp,
        })
    });
    props!(task::ContainerDefinition {
        image: image(entry),
        environment: plain,
        secrets: parts::some(secret),
        health_check: health_check(entry.service.http.as_ref()),
        stop_timeout: stop_timeout(entry),
        mount_points: parts::some(mount_points),
        port_mappings: parts::some(ports),
        ..parts::closed_container(entry.name.as_ref(), logs)
    })
}

/// Seconds that a task has to end. What reads a queue finishes its message; requests have stopped by then.
fn stop_timeout(entry: &Entry<'_>) -> u8 {
    if entry.service.queue.is_some() {
        120
    } else {
        30
    }
}

/// The image is given when the stack is deployed, so that a new image needs no new template. Only images out
/// of the service's own repository pass, by digest or by tag; nothing else could be pulled.
fn image(entry: &Entry<'_>) -> Expr<String> {
    let repository = entry.context.names.repository(entry.name.as_ref());
    entry.context.stack.parameter(
        entry.id("Image"),
        Parameter::string(&format!(
            "Image of the service {}; a digest runs what was tested",
            entry.name
        ))
        .pattern(
            &format!(
                r"^[0-9]{{12}}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/{repository}(@sha256:[0-9a-f]{{64}}|:[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})$"
            ),
            &format!("must be an image of {repository} in ECR, with a digest or a tag"),
        ),
    )
}

/// Asks what the load balancer asks. A service without HTTP touches `/tmp/alive` while it is well.
fn health_check(http: Option<&Http>) -> task::HealthCheck {
    let url = http.map(|http| format!("http://127.0.0.1:{}{}", http.port, http.health_check_path));
    let command = match &url {
        // No shell: what is in a path stays in it.
        Some(url) => vec!["CMD", "wget", "-q", "-T", "2", "-O", "/dev/null", url],
        None => vec!["CMD-SHELL", "find /tmp/alive -mmin -2 | grep -q ."],
    };
    props!(task::HealthCheck {
        command,
        interval: 15,
        timeout: 5,
        retries: 3,
        start_period: 60,
    })
}

fn exec_volumes(entry: &Entry<'_>) -> impl Iterator<Item = (&'static str, &'static str)> {
    EXEC_VOLUMES
        .into_iter()
        .filter(|_| entry.service.execute_command)
}
