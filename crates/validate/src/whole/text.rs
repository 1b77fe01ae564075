//! `${…}` and what replaces it. `E1029`, `W1019`, `W1020`, `W1054`.

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Path, Step, Text, Value, sub_variables};

use super::told;
use super::walk::{Part, Spot};

/// Pseudo parameters that are one text.
const PSEUDO: [&str; 6] = [
    "AWS::AccountId",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

pub(super) fn check<'t>(
    spot: &Spot<'_, 't>,
    value: &'t Value,
    path: &Path<'_>,
    findings: &mut Vec<Finding>,
) {
    match value {
        Value::Function(Function::Sub, argument) => substituted(spot, argument, path, findings),
        Value::String(text) if text.contains("${") => literal(spot, text, path, findings),
        Value::String(text) if PSEUDO.contains(&text.as_str()) => named(spot, text, path, findings),
        _ => {}
    }
}

/// `Fn::Sub` replaces something, and each of its own variables is in its text.
fn substituted(
    spot: &Spot<'_, '_>,
    argument: &Value,
    path: &Path<'_>,
    findings: &mut Vec<Finding>,
) {
    let (text, own) = match (argument.as_str(), argument.as_list()) {
        (Some(text), _) => (text, None),
        (None, Some([Value::String(text), Value::Map(own)])) => (text.as_str(), Some(own)),
        _ => return,
    };
    let path = path.key(Function::Sub.name());
    let variables: Vec<&str> = sub_variables(text).map(str::trim).collect();
    let unused = |name: &&Text| !variables.contains(&name.as_str());
    let list = path.below(Step::Index(1));
    for name in own.into_iter().flat_map(|own| own.keys()).filter(unused) {
        findings.push(told(
            &list.key(name),
            (Code::UnusedVariable, Level::Warning),
            format!("`${{{}}}` does not stand in the text", shortened(name)),
            "",
            "write it where the value belongs, or remove it",
        ));
    }
    // SAM gives some a meaning of its own; `${!Name}` needs the function.
    if variables.is_empty() && !text.contains("${!") && spot.scene.template.transform.is_empty() {
        findings.push(told(
            &path,
            (Code::NeedlessSub, Level::Note),
            "the text has no `${…}`",
            "there is nothing to replace",
            "write the text alone",
        ));
    }
}

/// The name of a pseudo parameter as text, and no reference to it.
fn named(spot: &Spot<'_, '_>, text: &str, path: &Path<'_>, findings: &mut Vec<Finding>) {
    let is_argument = matches!(path.step, Step::Key(key) if Function::from_name(key).is_some());
    if matches!(spot.part, Part::Properties(_) | Part::Output) && !is_argument {
        findings.push(told(
            path,
            (Code::VariableWithoutSub, Level::Warning),
            format!("`{text}` is written as text"),
            "nothing replaces it",
            format!("write `!Ref {text}`"),
        ));
    }
}

/// Text outside of `Fn::Sub` with a variable that the template has something for.
fn literal(spot: &Spot<'_, '_>, text: &str, path: &Path<'_>, findings: &mut Vec<Finding>) {
    /// Texts in another language, or with variables of their own.
    const OTHERS: [&str; 6] = [
        "TemplateBody",
        "Definition",
        "DefinitionString",
        "DefinitionBody",
        "BuildSpec",
        "UserData",
    ];
    if !matches!(spot.part, Part::Properties(_) | Part::Output) || is_replaced(path, &OTHERS) {
        return;
    }
    let template = spot.scene.template;
    let is_meant = |name: &&str| {
        let first = name.split('.').next().unwrap_or_default();
        PSEUDO.contains(name)
            || template.parameters.contains_key(*name)
            || template.resource(first).is_some()
    };
    if let Some(name) = sub_variables(text).map(str::trim).find(is_meant) {
        findings.push(told(
            path,
            // AWS takes it: the text goes on as it is.
            (Code::VariableWithoutSub, Level::Warning),
            format!("nothing replaces `${{{}}}`", shortened(name)),
            "there is no `Fn::Sub` around the text",
            "write `!Sub` before it",
        ));
    }
}

/// Whether a text stands in `Fn::Sub`, or in a property whose own variables look the same.
fn is_replaced(path: &Path<'_>, others: &[&str]) -> bool {
    std::iter::successors(Some(path), |path| path.up).any(|path| match path.step {
        Step::Key(key) => key == Function::Sub.name() || others.contains(&key),
        Step::Index(_) => false,
    })
}
