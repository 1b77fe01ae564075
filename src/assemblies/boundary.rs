//! The permissions boundary that an environment asks for, on every role and user of its stacks.

use stratiform_assembly::Assembly;
use stratiform_environment::{Settings, Text};
use stratiform_finding::{Code, Finding};
use stratiform_stack::{App, Json, Untyped};

use super::verdict::declared;

/// The types that a boundary limits.
const LIMITED: [&str; 2] = ["AWS::IAM::Role", "AWS::IAM::User"];

const PROPERTY: &str = "PermissionsBoundary";

/// The boundary's ARN.
fn boundary(settings: &Settings) -> Option<&str> {
    let boundary = settings.bootstrap.as_ref()?.permissions_boundary.as_ref();
    boundary.map(Text::as_str)
}

/// Gives the boundary to the roles and users that have none.
pub(super) fn limit(app: &App, settings: &Settings) {
    let Some(boundary) = boundary(settings) else {
        return;
    };
    for resource_type in LIMITED {
        let properties = Json::object([(PROPERTY, Json::from(boundary))]);
        app.defaults(Untyped::new(resource_type, properties));
    }
}

/// Those that have another one: CloudFormation's role may not make them.
pub(super) fn others(assembly: &Assembly, settings: &Settings) -> Vec<Finding> {
    let Some(boundary) = boundary(settings) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for stack in &assembly.stacks {
        for (id, resource) in stack.template.each_resource() {
            let given = resource.properties.get(PROPERTY);
            let is_limited = LIMITED.contains(&resource.resource_type.as_str());
            if !is_limited || given.and_then(|value| value.as_str()) == Some(boundary) {
                continue;
            }
            let finding = Finding {
                path: ["Resources", id, "Properties", PROPERTY]
                    .map(str::to_owned)
                    .into(),
                ..Finding::new(
                    Code::PermissionsBoundary,
                    format!(
                        "`{id}` has another permissions boundary than the environment asks for"
                    ),
                    format!("leave `{PROPERTY}` out: it becomes the environment's"),
                )
            };
            let finding = finding.because(format!(
                "with `settings.bootstrap.permissions_boundary`, CloudFormation's role makes only what `{boundary}` limits"
            ));
            findings.push(declared(finding, assembly.key(&stack.name), stack));
        }
    }
    findings
}
