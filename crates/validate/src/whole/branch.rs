//! Conditions that decide nothing.

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Member, Path, Step, Value};

use super::walk::Spot;
use super::{section, told};
use crate::parameter;
use crate::scene::Scene;

/// Branches of `Fn::If` that a case leads to. `W1028`.
pub(super) fn is_reached<'t>(
    spot: &Spot<'_, 't>,
    value: &'t Value,
    path: &Path<'_>,
    findings: &mut Vec<Finding>,
) {
    let Value::Function(Function::If, argument) = value else {
        return;
    };
    let Some([Value::String(name), ..]) = argument.as_list() else {
        return;
    };
    let scene = spot.scene;
    // What is the same whatever is around it is told of the condition.
    let Some((name, _)) = scene.template.conditions.get_key_value(name.as_str()) else {
        return;
    };
    if scene
        .cases
        .holds(&crate::cases::Case::default(), name)
        .is_some()
    {
        return;
    }
    let Some(holds) = scene.cases.holds(&spot.case, name) else {
        return;
    };
    let function = path.key(Function::If.name());
    let (position, never) = if holds { (2, "always") } else { (1, "never") };
    findings.push(told(
        &function.below(Step::Index(position)),
        (Code::UnreachableBranch, Level::Warning),
        "this branch is never taken",
        format!("condition `{}` {never} holds here", shortened(name)),
        "take the other branch out of its `Fn::If`, or correct the condition",
    ));
}

/// Comparisons that come to the same whatever is deployed. `W8003`.
pub(super) fn constants(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    let conditions = scene.template.conditions.iter();
    let conditions = conditions.filter_map(|(name, member)| match member {
        Member::One(value) => Some(("Conditions", name.as_str(), value)),
        Member::Unexpanded(_) => None,
    });
    let rules = scene.template.rules.iter();
    let rules = rules.map(|(name, value)| ("Rules", name.as_str(), value));
    for (of, name, value) in rules.chain(conditions) {
        comparisons(scene, value, &section(of).key(name), findings);
    }
}

fn comparisons(scene: &Scene<'_>, value: &Value, path: &Path<'_>, findings: &mut Vec<Finding>) {
    match value {
        Value::List(items) => {
            for (position, item) in items.iter().enumerate() {
                comparisons(scene, item, &path.below(Step::Index(position)), findings);
            }
        }
        Value::Map(entries) => {
            for (key, value) in entries {
                comparisons(scene, value, &path.key(key), findings);
            }
        }
        Value::Function(function, argument) => {
            let path = path.key(function.name());
            if *function == Function::Equals
                && let Some([one, two]) = argument.as_list()
                && let Some(holds) = constant(scene, one, two)
            {
                let word = if holds { "always" } else { "never" };
                findings.push(told(
                    &path,
                    (Code::ConstantCondition, Level::Warning),
                    format!("the comparison {word} holds"),
                    "neither side can be anything else",
                    "compare with what a parameter may be",
                ));
            }
            comparisons(scene, argument, &path, findings);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn constant(scene: &Scene<'_>, one: &Value, two: &Value) -> Option<bool> {
    if let (Some(one), Some(two)) = (one.scalar(), two.scalar()) {
        return Some(one == two);
    }
    if one == two {
        return Some(true);
    }
    let (name, text) = match (one, two) {
        (Value::Function(Function::Ref, name), text)
        | (text, Value::Function(Function::Ref, name)) => (name.as_str()?, text.scalar()?),
        _ => return None,
    };
    let choices = parameter::choices(scene.template.parameters.get(name)?)?;
    (!choices.contains(&text)).then_some(false)
}
