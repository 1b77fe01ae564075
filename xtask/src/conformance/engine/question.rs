//! What is asked of the stack in the end, and under which name its answer is found.

use std::collections::BTreeMap;

use serde_json::Value;

use super::plan::{Described, Question};
use super::recording::{Recording, Said};

/// The name of what a recorded error answers.
pub(super) fn of_error(index: usize) -> String {
    format!("error {index}")
}

/// The name of what another recorded answer answers.
pub(super) fn of_other(key: &str) -> String {
    format!("other {key}")
}

/// The name of the template after its transforms.
pub(super) const PROCESSED: &str = "processed";

/// The call that a case is about, as its errors name it.
const MAIN: [&str; 6] = [
    "create_",
    "update_stack",
    "validate_",
    "deploy",
    "wait:",
    "get_template_summary",
];

/// The place of the recorded error that the call of the case itself was answered with.
pub(super) fn main_error(case: &Recording) -> Option<usize> {
    case.errors()
        .position(|said| said.api.is_none() || said.is_of(&MAIN))
}

/// Everything that is asked before the stack is deleted.
pub(super) fn questions(case: &Recording) -> BTreeMap<String, Question> {
    let main = main_error(case);
    let refused = case.errors().enumerate().filter_map(|(index, said)| {
        Some((of_error(index), refused(case, main == Some(index), &said)?))
    });
    let others = case.other();
    let others = others.filter_map(|(key, value)| Some((of_other(key), other(case, value)?)));
    let processed = case.recorded(PROCESSED_TEMPLATE);
    let processed =
        (!processed.is_null()).then(|| (PROCESSED.to_owned(), Question::ProcessedTemplate));
    refused.chain(others).chain(processed).collect()
}

pub(super) const PROCESSED_TEMPLATE: &str = "processed_template";

/// What was asked to be refused like this; none where it was no question about the stack.
fn refused(case: &Recording, is_main: bool, said: &Said<'_>) -> Option<Question> {
    match said.api? {
        "get_template_summary" if is_main && case.api() != "get_template_summary" => {
            Some(Question::TemplateSummary)
        }
        _ if is_main => None,
        "describe_stack_resource" => {
            Some(Question::StackResource(said.missing_resource()?.to_owned()))
        }
        "describe_change_set" => {
            let by_arn = said.message.as_deref().unwrap_or_default().contains("arn:");
            Some(Question::DeletedChangeSet(
                match by_arn && case.kind() == "deploy" {
                    true => Described::Before,
                    false => Described::AfterExecution,
                },
            ))
        }
        _ => None,
    }
}

/// What another recorded answer answers; none where it is not about the stack as it is.
pub(super) fn other(case: &Recording, value: &Value) -> Option<Question> {
    if value["StackResources"].is_array() {
        Some(Question::StackResources)
    } else if value["StackResourceSummaries"].is_array() {
        Some(Question::StackResourceSummaries)
    } else if value["StackResourceDetail"].is_object() {
        let detail = &value["StackResourceDetail"];
        let name = detail["LogicalResourceId"].as_str()?;
        let status = detail["ResourceStatus"].as_str().unwrap_or_default();
        // A name that was cut out cannot be asked for, and these resources are of an earlier moment of their test.
        let passed = name.contains('<')
            || status.starts_with("DELETE")
            || case.test() == "test_no_echo_parameter";
        (!passed).then(|| Question::StackResource(name.to_owned()))
    } else if value.get("TemplateBody").is_some() && value.get("StagesAvailable").is_some() {
        Some(Question::OriginalTemplate)
    } else if value.get("ResourceTypes").is_some() {
        Some(Question::TemplateSummary)
    } else if value["Exports"].is_array() {
        Some(Question::Exports)
    } else {
        None
    }
}
