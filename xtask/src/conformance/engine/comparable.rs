//! Which cases can be held against the engine: decided from the recording alone, never from what the engine answers.

use super::recording::{Recording, Side, contains, types};

/// Needs that nothing without an AWS account can have.
const NEEDS: [&str; 6] = [
    "fn-transform",
    "macro-definition",
    "custom-resource",
    "nested-stack",
    "module",
    "aws-parameter-type",
];

/// The transform that the engine has.
const LANGUAGE_EXTENSIONS: &str = "transform:AWS::LanguageExtensions";

/// What stands for a value that only the service gave.
const UNKNOWN: &str = "unknown--";

const NO_VALUE: &str = "a value that only the service gave";

/// Parts of a case that are sent.
const SENT: [&str; 8] = [
    "before_template",
    "after_template",
    "before_params",
    "after_params",
    "options",
    "before_template_text",
    "after_template_text",
    "other_stacks",
];

/// Why a case can be compared with nothing but AWS; none where it can be.
pub(super) fn not_comparable(case: &Recording) -> Option<String> {
    let refused = case.kind() == "error"
        && case
            .errors()
            .any(|said| said.is_of(&["create_", "update_", "validate_", "get_template"]));
    // What is answered before anything is provisioned or expanded needs nothing from outside.
    let early = refused || matches!(case.api(), "validate_template" | "get_template_summary");
    let provisioned = || (!early).then(|| needs_provisioning(case)).flatten();
    let unknown = case.needs().any(|need| need == "unknown-value")
        || SENT
            .iter()
            .any(|part| contains(case.part(part), &|text| text.contains(UNKNOWN)));
    let no_template = case.sent(Side::After).is_none();
    provisioned()
        .or_else(|| unknown.then(|| NO_VALUE.to_owned()))
        .or_else(|| no_template.then(|| "the template is not known".to_owned()))
}

fn needs_provisioning(case: &Recording) -> Option<String> {
    let outside = case
        .list("external_calls")
        .find(|call| call["service"] != "ssm");
    if let Some(call) = outside {
        let word = |name: &str| call[name].as_str().unwrap_or_default();
        return Some(format!("needs {} {}", word("service"), word("operation")));
    }
    let unmet = |need: &&str| {
        NEEDS.contains(need) || need.starts_with("transform:") && *need != LANGUAGE_EXTENSIONS
    };
    if let Some(need) = case.needs().find(unmet) {
        return Some(need.to_owned());
    }
    let others = case.list("other_stacks").map(|other| &other["template"]);
    let templates = [Side::Before, Side::After].map(|side| case.template(side));
    let foreign = |name: &&str| {
        !name.starts_with("AWS::")
            || matches!(
                *name,
                "AWS::CloudFormation::CustomResource" | "AWS::CloudFormation::Macro"
            )
    };
    let mut types = templates.into_iter().chain(others).flat_map(types);
    types.find(foreign).map(|name| format!("type {name}"))
}
