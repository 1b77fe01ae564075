//! References to resources: attributes that exist, and resources that are there whenever they are referred to.

use stratiform_finding::words::{meant, shortened};
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Path, Reference, Value};

use super::told;
use super::walk::Spot;
use crate::cases::Decision;

/// `Fn::GetAtt` and `${Name.Attribute}` of attributes that the type has. `E1010`, `E1019`.
///
/// Source: CloudFormation template reference, "Return values" of each type.
pub(super) fn exists<'t>(
    spot: &Spot<'_, 't>,
    value: &'t Value,
    path: &Path<'_>,
    findings: &mut Vec<Finding>,
) {
    value.for_own_references(&mut |reference| {
        let Reference::Attribute {
            logical_id,
            attribute: Some(attribute),
        } = reference
        else {
            return;
        };
        let scene = spot.scene;
        let Some(resource) = scene.template.resource(logical_id) else {
            return;
        };
        let name = resource.resource_type.as_str();
        let Some(known) = scene.resource_type(own_type(name)) else {
            return;
        };
        // What a transform makes of it has attributes of its own.
        let is_made_of = known.transform().is_some() || scene.is_transformed;
        if is_made_of || known.attribute(attribute).is_some() {
            return;
        }
        let names: Vec<&str> = known.attributes().map(|known| known.name).collect();
        let help = match names.as_slice() {
            [] => format!("`Ref` is all that {name} gives"),
            _ => format!("it has {}", stratiform_finding::words::listed(&names)),
        };
        let help = meant(attribute, names.iter().copied()).unwrap_or(help);
        let what = format!(
            "`{}` has no attribute `{}`",
            shortened(logical_id),
            shortened(attribute)
        );
        let why = format!("by the catalog for {name}");
        let function = match value {
            Value::Function(function, _) => path.key(function.name()),
            _ => *path,
        };
        findings.push(told(
            &function,
            (Code::UnknownAttribute, Level::Error),
            what,
            why,
            help,
        ));
    });
}

/// The type in the catalog of what is of somebody's own making.
pub(super) fn own_type(name: &str) -> &str {
    match name.starts_with("Custom::") {
        true => "AWS::CloudFormation::CustomResource",
        false => name,
    }
}

/// Resources that are there whenever something refers to them. `W1001`, `W2503`.
///
/// It is an error only where they are there in no case: others may be cases that nobody chooses.
pub(super) fn is_there<'t>(
    spot: &Spot<'_, 't>,
    value: &'t Value,
    path: &Path<'_>,
    findings: &mut Vec<Finding>,
) {
    if !spot.part.has_references() {
        return;
    }
    value.for_own_references(&mut |reference| {
        let (Reference::Name(name)
        | Reference::Attribute {
            logical_id: name, ..
        }) = reference
        else {
            return;
        };
        let scene = spot.scene;
        let condition = scene.template.resource(name);
        let condition = condition.and_then(|resource| resource.condition.as_deref());
        let Some(condition) = condition.filter(|name| scene.template.conditions.contains_key(*name))
        else {
            return;
        };
        let when = |holds| {
            let decision = Decision::Condition(condition, holds);
            scene.cases.with(&spot.case, decision)
        };
        let Some(missing) = when(false) else { return };
        let is_never = scene.cases.holds(&spot.case, condition) == Some(false);
        let level = match is_never {
            true => Level::Error,
            false => Level::Warning,
        };
        let what = format!("`{}` is not there", shortened(name));
        let why = format!("it exists only where condition `{condition}` holds");
        let help = format!(
            "give both the same condition, or choose with `Fn::If [{condition}, …]`; what cannot be is said in `Rules`"
        );
        let function = match value {
            Value::Function(function, _) => path.key(function.name()),
            _ => *path,
        };
        let mut finding = told(
            &function,
            (Code::ConditionalReference, level),
            what,
            why,
            help,
        );
        if missing != spot.case {
            finding.when = scene.cases.witness(&missing);
        }
        findings.push(finding);
    });
}
