//! AWS SAM: types that only its transform knows, and `Globals`. `E3038`, `E3724`.
//!
//! Source: AWS SAM developer guide, "Globals section of the AWS SAM template".

use stratiform_catalog::catalog;
use stratiform_finding::words::{listed, meant, shortened};
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Map, Path, Resource, Template, Value};

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
    for (name, value) in globals {
        if let Some(entries) = value.as_map() {
            shared(template, name, entries, &path.key(name), findings);
        }
        if GLOBALS.contains(&name.as_str()) {
            continue;
        }
        findings.push(told(
            &path.key(name),
            (Code::UnknownMember, Level::Error),
            format!("`Globals` has no `{}`", shortened(name)),
            format!("there may be {}", listed(GLOBALS)),
            meant(name, GLOBALS).unwrap_or_else(|| "remove it".to_owned()),
        ));
    }
}

/// What SAM does not take for all resources of a kind, though one may have it.
const ONES_OWN: [(&str, &[&str]); 2] = [
    ("Api", &["DefinitionBody", "StageName"]),
    ("Function", &["Events", "FunctionName", "Policies", "Role"]),
];

/// The properties of a kind: those that no resource can have, where none shows it, and those that each has for itself.
fn shared(
    template: &Template,
    kind: &str,
    entries: &Map,
    path: &Path<'_>,
    findings: &mut Vec<Finding>,
) {
    let type_name = format!("AWS::Serverless::{kind}");
    let own = ONES_OWN.iter().find(|(of, _)| *of == kind);
    for name in own.map(|(_, own)| *own).unwrap_or_default() {
        if entries.contains_key(name) {
            findings.push(told(
                &path.key(name),
                (Code::UnknownMember, Level::Error),
                format!("`{name}` cannot stand in `Globals`"),
                format!("SAM takes it of each {type_name} by itself"),
                format!("move it to each {type_name}"),
            ));
        }
    }
    let is_shown = |resource: &Resource| {
        resource.resource_type == type_name && !resource.unknown.contains_key("IgnoreGlobals")
    };
    if template.each_resource().any(|(_, one)| is_shown(one)) {
        return;
    }
    let Some(known) = catalog().resource_type(&type_name) else {
        return;
    };
    let schema = known.schema().resolve();
    let names = || schema.properties().map(|(name, _)| name);
    for name in entries.keys().filter(|name| !name.starts_with("Fn::")) {
        if names().any(|known| known == name) {
            continue;
        }
        findings.push(told(
            &path.key(name),
            (Code::NoSuchProperty, Level::Error),
            format!("property `{}` does not exist", shortened(name)),
            format!("by the catalog for {type_name}"),
            meant(name, names()).unwrap_or_else(|| "remove it".to_owned()),
        ));
    }
}
