//! AWS SAM: types that only its transform knows, and `Globals`. `E3038`, `E3724`.
//!
//! Source: AWS SAM developer guide, "Globals section of the AWS SAM template".

use stratiform_catalog::catalog;
use stratiform_finding::words::{listed, meant, shortened};
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::Value;

use super::{section, told};
use crate::scene::Scene;

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
    let has = |wanted: &str| {
        let mut names = template.transform.iter().filter_map(Value::as_str);
        names.any(|name| name == wanted)
    };
    let resources = section("Resources");
    for (logical_id, resource) in template.each_resource() {
        let known = catalog().resource_type(&resource.resource_type);
        let needed = known.and_then(|known| known.transform());
        if let Some(needed) = needed.filter(|needed| !has(needed)) {
            findings.push(told(
                &resources.key(logical_id).key("Type"),
                (Code::MissingTransform, Level::Error),
                format!("{} needs a transform", resource.resource_type),
                "CloudFormation itself does not know the type",
                format!("add `Transform: {needed}` to the template"),
            ));
        }
    }
    let Some(Value::Map(globals)) = template.unknown.get("Globals") else {
        return;
    };
    let path = section("Globals");
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
