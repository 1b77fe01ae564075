//! APIs that are defined in two ways at once.
//!
//! Source: CloudFormation template reference, `AWS::ApiGateway::RestApi`: `Body` and `BodyS3Location` put the whole API
//! anew, without what other resources made of it. cfn-lint: W3660.

use stratiform_finding::Code;
use stratiform_finding::words::shortened;
use stratiform_template::{Path, Reference, Resource, Step};

use crate::schema::{Entries, Look, Looked};

/// Resources that define a part of an API.
const PARTS: [&str; 6] = [
    "AWS::ApiGateway::Authorizer",
    "AWS::ApiGateway::GatewayResponse",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Model",
    "AWS::ApiGateway::RequestValidator",
    "AWS::ApiGateway::Resource",
];

/// Looks at an API, and at what refers to it.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let Some(Step::Key(own)) = path.up.map(|resource| resource.step) else {
        return;
    };
    for name in ["Body", "BodyS3Location"] {
        if properties.contains_key(name) {
            let path = path.key(name);
            let _ = look.at_each(&path, |look| parts(look, properties, (name, own), &path));
        }
    }
}

fn parts<'t>(
    look: &mut Look<'_, 't>,
    properties: &'t Entries,
    (name, own): (&str, &str),
    path: &Path<'_>,
) -> Looked<'t> {
    if look.given(properties, name)?.is_none() {
        return Ok(());
    }
    for (part, resource) in look.scene.template.each_resource() {
        let is_part = PARTS.contains(&resource.resource_type.as_str());
        if is_part && refers(resource, own) && look.exists(resource)? {
            let what = format!("the API is defined here, and by `{}`", shortened(part));
            let why = "each update puts what is here anew, without what other resources made";
            let help = "define all of it here, or nothing";
            look.warn(path, Code::MixedDefinitions, what, why, help);
        }
    }
    Ok(())
}

/// Whether a resource refers to another.
fn refers(resource: &Resource, name: &str) -> bool {
    let mut refers = false;
    resource.for_each_reference(&mut |reference| {
        refers |= match reference {
            Reference::Name(known) => known == name,
            Reference::Attribute { logical_id, .. } => logical_id == name,
            _ => false,
        };
    });
    refers
}
