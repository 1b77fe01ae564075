//! Which columns a case has, whatever the engine does: a call refused too early is no smaller test.

use std::collections::BTreeSet;

use super::column::Column;
use super::plan::Question;
use super::question::{self, PROCESSED_TEMPLATE};
use super::recording::Recording;

/// Calls whose refusals are compared.
const REFUSALS: [&str; 8] = [
    "create_",
    "update_stack",
    "validate_",
    "deploy",
    "get_template_summary",
    "wait:stack",
    "execute_change_set",
    "describe_",
];

/// Outcomes of a test that say how its operation ended.
const OUTCOMES: [&str; 3] = ["succeeded", "the deployment", "the operation"];

/// The columns of a case that must be compared.
pub(super) fn columns(case: &Recording) -> BTreeSet<Column> {
    let mut columns = BTreeSet::new();
    let recorded = |name: &str| case.recorded(name).is_object();
    if recorded("create_change_set") || recorded("create_change_set_with_values") {
        columns.insert(Column::Creation);
    }
    if recorded("change_set") {
        columns.extend([Column::Actions, Column::Plain, Column::ChangeSet]);
    }
    if recorded("change_set_with_values") {
        columns.extend([Column::Actions, Column::Values, Column::ChangeSet]);
    }
    let outcome = case.status("outcome").unwrap_or_default();
    let ends = case.status("stack").is_some()
        || OUTCOMES.iter().any(|known| outcome.starts_with(known))
        || case.is_process();
    if case.kind() != "error" && ends {
        columns.insert(Column::StackStatus);
    }
    if case.events_per_resource().next().is_some() {
        columns.insert(Column::Events);
    }
    let mut events = case.events_per_resource().flat_map(|(_, events)| events);
    if events.any(|event| event["EventId"].is_string()) {
        columns.insert(Column::RawEvents);
    }
    if !case.event_lists().is_empty() && case.test() != "test_blocked_stack_deletion" {
        columns.insert(Column::Events);
    }
    refusals(case, &mut columns);
    if is_good(case) && has_answers(case) {
        columns.insert(Column::Answers);
    }
    if case.recorded("stack_after")["Outputs"].is_array() {
        columns.insert(Column::Outputs);
    }
    columns
}

fn refusals(case: &Recording, columns: &mut BTreeSet<Column>) {
    for said in case.errors() {
        let compared = said.api.is_none() || said.is_of(&REFUSALS);
        let about_nothing =
            said.api == Some("describe_stack_resource") && said.missing_resource().is_none();
        if !compared || about_nothing {
            continue;
        }
        if said.code.is_some() {
            columns.insert(Column::Code);
        }
        if said.message.is_some() || said.failed_resource().is_some() {
            columns.insert(Column::Message);
        }
    }
}

/// Whether the stack is there in the end as it was wanted.
fn is_good(case: &Recording) -> bool {
    let status = case.status("stack").or_else(|| case.status("outcome"));
    let status = status.unwrap_or("succeeded");
    let good = ["succeeded", "CREATE_COMPLETE", "UPDATE_COMPLETE"];
    let api = case.api();
    good.iter().any(|known| status.starts_with(known))
        && matches!(api, "create_change_set" | "create_stack" | "update_stack")
}

fn has_answers(case: &Recording) -> bool {
    let asked = |question: Question| match question {
        Question::StackResources
        | Question::StackResourceSummaries
        | Question::StackResource(_)
        | Question::OriginalTemplate
        | Question::TemplateSummary
        | Question::Exports => true,
        Question::Stack
        | Question::StackEvents
        | Question::ProcessedTemplate
        | Question::DeletedChangeSet(_) => false,
    };
    let mut others = case.other();
    !case.recorded(PROCESSED_TEMPLATE).is_null()
        || !case.sorted_out_events().is_empty()
        || others.any(|(_, value)| question::other(case, value).is_some_and(asked))
}
