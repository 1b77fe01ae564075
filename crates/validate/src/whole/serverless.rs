//! AWS SAM: types that only its transform knows, and `Globals`. `E3038`, `E3724`.
//!
//! Source: AWS SAM developer guide, "Globals section of the AWS SAM template".

use stratiform_catalog::catalog;
use stratiform_finding::words::{listed, meant, shortened};
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Path, Resource, Template, Value};

use super::{section, told};
use crate::scene::{Scene, is_transformed};

const GLOBALS: [&str; 10] = [
    "Api",
    "CapacityProvider",
    "Connector",
    "Function",
    "HttpApi",
    "LayerVersion",
    "SimpleTable",
    "StateMachine",
    "WebSocketApi",
    "GraphQLApi",
];

pub(super) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    if scene.is_transformed {
        return;
    }
    let template = scene.template;
    let resources = section("Resources");
    for (logical_id, resource) in template.each_resource() {
        if resource.resource_type.starts_with("AWS::Serverless::") {
            left_out(resource, &resources.key(logical_id), findings);
        }
        let known = catalog().resource_type(&resource.resource_type);
        let needed = known.and_then(|known| known.transform());
        if let Some(needed) = needed.filter(|needed| !template.has_transform(needed)) {
            findings.push(told(
                &resources.key(logical_id).key("Type"),
                (Code::MissingTransform, Level::Error),
                format!("{} needs a transform", resource.resource_type),
                "CloudFormation itself does not know the type",
                format!("add `Transform: {needed}` to the template"),
            ));
        }
    }
}

/// What SAM does not read beside properties. `W3001`.
fn left_out(resource: &Resource, path: &Path<'_>, findings: &mut Vec<Finding>) {
    const READ: [&str; 2] = ["Connectors", "IgnoreGlobals"];
    let unknown = resource
        .unknown
        .keys()
        .filter(|name| !READ.contains(&name.as_str()) && !name.starts_with("Fn::"));
    for name in unknown {
        findings.push(told(
            &path.key(name),
            (Code::UnknownMember, Level::Warning),
            format!("SAM leaves out `{}`", shortened(name)),
            "it reads properties, and few other attributes of a resource",
            "move it to `Properties`, or remove it",
        ));
    }
}

/// The section itself, as it is written.
pub(crate) fn globals(template: &Template, findings: &mut Vec<Finding>) {
    let Some(Value::Map(globals)) = template.unknown.get("Globals") else {
        return;
    };
    if is_transformed(template) {
        return;
    }
    let path = section("Globals");
    for (name, value) in globals {
        if !matches!(value, Value::Map(_) | Value::Null) {
            let what = format!("`{}` of `Globals` is no map", shortened(name));
            let kind = (Code::InvalidStructure, Level::Error);
            let help = "write a map of properties";
            findings.push(told(&path.key(name), kind, what, "", help));
        }
    }
    for name in globals
        .keys()
        .filter(|name| !GLOBALS.contains(&name.as_str()))
    {
        findings.push(told(
            &path.key(name),
            (Code::UnknownMember, Level::Error),
            format!("`Globals` has no `{}`", shortened(name)),
            format!("there may be {}", listed(GLOBALS)),
            meant(name, GLOBALS).unwrap_or_else(|| "remove it".to_owned()),
        ));
    }
}
