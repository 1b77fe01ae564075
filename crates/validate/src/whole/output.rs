//! Outputs are text. `E6101`, `E6102`, `W6001`, `W2010`.
//!
//! Source: CloudFormation user guide, "Outputs section syntax".

use stratiform_catalog::JsonType;
use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Parameter, Path, Reference, Value};

use super::walk::{Part, Spot};
use super::{told, walk};
use crate::scene::Scene;

pub(super) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    walk::each(scene, &mut |spot, value, path| {
        match spot.part {
            Part::Output if is_whole(path) => whole(spot, value, path, findings),
            Part::Output | Part::Metadata => {}
            Part::Properties(_) | Part::Attribute | Part::Export | Part::Condition | Part::Rule => {
                return;
            }
        }
        hidden(spot, value, path, findings);
    });
}

/// Whether a value is that of the output, and no part of it: `Outputs/Name/Value`, or a branch of an `Fn::If` there.
fn is_whole(path: &Path<'_>) -> bool {
    let steps = path.steps();
    let mut rest = steps.get(3..).unwrap_or_default();
    while let [function, position, deeper @ ..] = rest {
        if function != Function::If.name() || !["1", "2"].contains(&position.as_str()) {
            return false;
        }
        rest = deeper;
    }
    rest.is_empty()
}

fn whole(spot: &Spot<'_, '_>, value: &Value, path: &Path<'_>, findings: &mut Vec<Finding>) {
    let is = match value {
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
        Value::Function(Function::ImportValue, _) => {
            findings.push(told(
                path,
                (Code::OutputValue, Level::Note),
                "the output is what another stack exports",
                "whoever needs it can import it there",
                "remove the output, where nobody needs it under this name",
            ));
            return;
        }
        Value::Function(..) if gives_list(spot.scene, value) => "a list",
        _ => return,
    };
    let help = match is {
        "a list" => "join it with `Fn::Join`, or take one item with `Fn::Select`",
        _ => "make an output of each member",
    };
    let what = format!("the output is {is}");
    findings.push(told(
        path,
        (Code::OutputValue, Level::Error),
        what,
        "outputs are text",
        help,
    ));
}

/// Whether a function gives a list, whatever it is about.
fn gives_list(scene: &Scene<'_>, value: &Value) -> bool {
    let Value::Function(function, argument) = value else {
        return false;
    };
    match (function, argument.as_list()) {
        (Function::Split | Function::GetAZs | Function::Cidr, _) => true,
        (Function::Ref, _) => argument.as_str().is_some_and(|name| {
            let declared = scene.template.parameters.get(name);
            name == "AWS::NotificationARNs" || declared.is_some_and(Parameter::is_list)
        }),
        (Function::GetAtt, Some([Value::String(name), Value::String(attribute)])) => {
            let resource = scene.template.resource(name);
            let known = resource.and_then(|resource| scene.resource_type(&resource.resource_type));
            let schema = known
                .and_then(|known| known.attribute(attribute))
                .filter(|attribute| !attribute.is_open())
                .and_then(|attribute| attribute.schema);
            let types = schema.map(|schema| schema.resolve().types());
            types.is_some_and(|types| types.single() == Some(JsonType::Array))
        }
        _ => false,
    }
}

/// Parameters with `NoEcho`, which everybody could read there.
fn hidden(spot: &Spot<'_, '_>, value: &Value, path: &Path<'_>, findings: &mut Vec<Finding>) {
    value.for_own_references(&mut |reference| {
        let Reference::Name(name) = reference else {
            return;
        };
        let declared = spot.scene.template.parameters.get(name);
        if declared.is_some_and(|declared| declared.no_echo == Some(true)) {
            let function = match value {
                Value::Function(function, _) => path.key(function.name()),
                _ => *path,
            };
            findings.push(told(
                &function,
                (Code::HiddenShown, Level::Warning),
                format!("hidden parameter `{}` is shown here", shortened(name)),
                "outputs and metadata can be read by whoever may look at the stack",
                "leave it out, or take the secret from Secrets Manager by a dynamic reference",
            ));
        }
    });
}
