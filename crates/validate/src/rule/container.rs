//! Ports of containers in ECS.
//!
//! Source: ECS API reference, `PortMapping`; ECS developer guide, "Troubleshooting service load balancers". cfn-lint:
//! E3053, E3049.

use stratiform_finding::Code;
use stratiform_template::Path;

use crate::schema::{Entries, Look, Looked};

/// Looks at a task definition: with `awsvpc`, a port of the host is the container's.
pub(super) fn task<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let way = ["ContainerDefinitions", "*", "PortMappings", "*"];
    let _ = look.along(properties, &way, path, &mut |look, value, path| {
        let Some(mapping) = value.as_map() else {
            return Ok(());
        };
        look.at_each(path, |look| {
            let mode = look.word_of(properties, "NetworkMode")?;
            let host = look.number_of(mapping, "HostPort")?;
            let container = look.number_of(mapping, "ContainerPort")?;
            let (Some(host), Some(container)) = (host, container) else {
                return Ok(());
            };
            if mode.as_deref() == Some("awsvpc") && host != container && host != 0.0 {
                let what = format!("port {host} of the host leads to port {container}");
                let why = "with `awsvpc` the container has the network to itself, and both are one";
                let help = format!("take `HostPort` away, or give it {container}");
                look.tell(&path.key("HostPort"), Code::HostPort, what, why, help);
            }
            Ok(())
        })
    });
}

/// Looks at a service behind a load balancer: where ports are chosen by themselves, the health check follows them.
pub(super) fn service<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let way = ["LoadBalancers", "*"];
    let _ = look.along(
        properties,
        &way,
        path,
        &mut |look, value, path| match value.as_map() {
            Some(balancer) => look.at_each(path, |look| follows(look, properties, balancer, path)),
            None => Ok(()),
        },
    );
}

fn follows<'t>(
    look: &mut Look<'_, 't>,
    properties: &'t Entries,
    balancer: &Entries,
    path: &Path<'_>,
) -> Looked<'t> {
    let (Some(task), Some(group)) = (
        properties.get("TaskDefinition"),
        balancer.get("TargetGroupArn"),
    ) else {
        return Ok(());
    };
    let (Some((_, task)), Some((group_name, group))) = (look.target(task)?, look.target(group)?)
    else {
        return Ok(());
    };
    if task.resource_type != "AWS::ECS::TaskDefinition"
        || group.resource_type != "AWS::ElasticLoadBalancingV2::TargetGroup"
        || look.may_grow(&group.properties)
    {
        return Ok(());
    }
    let port = look.number_of(balancer, "ContainerPort")?;
    let (Some(name), Some(port)) = (look.word_of(balancer, "ContainerName")?, port) else {
        return Ok(());
    };
    if !is_chosen(look, &task.properties, &name, port)? {
        return Ok(());
    }
    let checked = match look.given(&group.properties, "HealthCheckPort")? {
        Some(value) => match look.word(value)? {
            Some(text) => text,
            None => return Ok(()),
        },
        // This is what it is by default.
        None => return Ok(()),
    };
    if checked != "traffic-port" {
        let what = format!("the health check of `{group_name}` asks port {checked}");
        let why =
            "the container gets another port of the host with each start, since `HostPort` is 0";
        let help = "write `HealthCheckPort: traffic-port`";
        look.tell(&path.key("TargetGroupArn"), Code::HostPort, what, why, help);
    }
    Ok(())
}

/// Whether the host's port of a container's port is chosen when it starts.
fn is_chosen<'t>(
    look: &Look<'_, 't>,
    task: &'t Entries,
    name: &str,
    port: f64,
) -> Looked<'t, bool> {
    let Some(containers) = look.given(task, "ContainerDefinitions")? else {
        return Ok(false);
    };
    for (_, container) in look.items(containers)?.unwrap_or_default() {
        let Some(container) = container.as_map() else {
            continue;
        };
        if look.word_of(container, "Name")?.as_deref() != Some(name) {
            continue;
        }
        let Some(mappings) = look.given(container, "PortMappings")? else {
            continue;
        };
        for (_, mapping) in look.items(mappings)?.unwrap_or_default() {
            let Some(mapping) = mapping.as_map() else {
                continue;
            };
            if look.number_of(mapping, "ContainerPort")? == Some(port)
                && look.number_of(mapping, "HostPort")? == Some(0.0)
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
