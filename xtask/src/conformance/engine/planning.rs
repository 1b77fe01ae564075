//! How a recording becomes a plan: what its test must have called, read from what it recorded.
//!
//! A recording has answers, not calls. Each rule here says which call an answer tells of.

use std::collections::BTreeMap;

use serde_json::Value;

use super::plan::{
    Capabilities, ChangeSetPlan, Deletion, Described, Direct, Execution, First, Kind, Main,
    Options, Parameter, Plan, Question, SsmParameter, StackInput,
};
use super::question;
use super::recording::{Recording, Side, sent};

const BEFORE: &str = "before the first deployment";
const BETWEEN: &str = "between the two";

/// The name that a change set has where the recording gives it none.
pub(super) const CHANGE_SET: &str = "cs-after";

/// The plan for a case.
///
/// # Errors
/// It has an argument that nobody here knows.
pub(super) fn plan(case: &Recording, number: usize) -> Result<Plan, String> {
    Ok(Plan {
        stack_name: refused_name(case).unwrap_or_else(|| format!("case-{number}")),
        put_before: put(case, BEFORE)?,
        other_stacks: other_stacks(case),
        first: first(case)?,
        main: main(case)?,
        questions: question::questions(case),
        delete: deletion(case),
        after_deletion: after_deletion(case),
    })
}

/// The name that the service refused.
fn refused_name(case: &Recording) -> Option<String> {
    case.errors().find_map(|said| {
        let message = said.message?;
        let (before, _) = message.split_once("' at 'stackName'")?;
        Some(before.rsplit_once("Value '")?.1.to_owned())
    })
}

fn put(case: &Recording, when: &str) -> Result<Vec<SsmParameter>, String> {
    let calls = case.list("external_calls").filter(|call| {
        call["service"] == "ssm" && call["operation"] == "put_parameter" && call["when"] == when
    });
    let parameters = calls.map(|call| read(&call["arguments"]));
    parameters.collect()
}

fn other_stacks(case: &Recording) -> Vec<StackInput> {
    let others = case.list("other_stacks").zip(case.sent_others());
    let others = others.map(|(other, template)| StackInput {
        template: template.to_owned(),
        parameters: values(other["params"].as_object().into_iter().flatten(), &[]),
    });
    others.collect()
}

fn first(case: &Recording) -> Result<First, String> {
    if !case.template(Side::Before).is_null() {
        return Ok(First::Deployed {
            stack: stack(case, Side::Before),
            then_put: put(case, BETWEEN)?,
        });
    }
    Ok(if case.note().contains("deleted") {
        First::DeployedAndDeleted(stack(case, Side::After))
    } else if case.says("already exists") {
        First::DeployedAlready(stack(case, Side::After))
    } else {
        First::Nothing
    })
}

fn main(case: &Recording) -> Result<Main, String> {
    let stack = stack(case, Side::After);
    Ok(match case.api() {
        "create_stack" => Main::CreateStack(direct(case, stack)?),
        "update_stack" => Main::UpdateStack(direct(case, stack)?),
        "validate_template" => Main::ValidateTemplate(stack.template),
        "get_template_summary" => Main::GetTemplateSummary(stack.template),
        _ => Main::ChangeSet(change_set(case, stack)?),
    })
}

fn direct(case: &Recording, stack: StackInput) -> Result<Direct, String> {
    let insufficient = case
        .errors()
        .any(|said| said.code.as_deref() == Some("InsufficientCapabilitiesException"));
    Ok(Direct {
        stack,
        options: options(case)?,
        capabilities: match insufficient {
            true => Capabilities::None,
            false => Capabilities::All,
        },
    })
}

fn change_set(case: &Recording, stack: StackInput) -> Result<ChangeSetPlan, String> {
    let deleted = case.note().contains("deleted");
    let exists = !case.template(Side::Before).is_null();
    let again = deleted && !case.errors_text().contains("already exists");
    let create = case.note().contains("CREATE for a stack");
    let options = Options {
        // An argument of the direct calls alone.
        stack_policy_body: None,
        ..options(case)?
    };
    let executed = case.status("change_set_ExecutionStatus") == Some("EXECUTE_COMPLETE");
    Ok(ChangeSetPlan {
        stack,
        options,
        name: refused_change_set(case).unwrap_or_else(|| CHANGE_SET.to_owned()),
        kind: match (exists || again) && !create {
            true => Kind::Update,
            false => Kind::Create,
        },
        by_id: deleted,
        execution: execution(case),
        described: match executed {
            true => Described::AfterExecution,
            false => Described::Before,
        },
        may_fail: case.status("change_set_Status") == Some("FAILED") || is_waiter(case),
        execution_may_be_refused: case
            .errors()
            .any(|said| said.api == Some("execute_change_set")),
    })
}

/// The name of the change set that the service refused to execute.
fn refused_change_set(case: &Recording) -> Option<String> {
    let errors = case.errors_text();
    let (_, rest) = errors.split_once("changeSet [")?;
    let (name, _) = rest.split_once(']')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (!name.is_empty() && name.bytes().all(plain)).then(|| name.to_owned())
}

/// Whether the test waited for the change set, in vain.
pub(super) fn is_waiter(case: &Recording) -> bool {
    case.errors().any(|said| said.is_of(&["wait:change_set"]))
}

/// Whether the change set was described and never executed, though the recording has a stack: the one before.
pub(super) fn is_left_unexecuted(case: &Recording) -> bool {
    case.test() == "test_no_echo_parameter" && case.kind() == "change-set-update"
}

fn execution(case: &Recording) -> Execution {
    let status = case.status("stack");
    let execution = case.status("change_set_ExecutionStatus");
    if execution == Some("OBSOLETE") {
        return Execution::CreatedDirectly;
    }
    let wanted = case.is_process()
        || status.is_some_and(|status| status != "REVIEW_IN_PROGRESS")
        || case.status("outcome").is_some()
        || case.events_per_resource().next().is_some()
        || execution == Some("EXECUTE_COMPLETE")
        || case
            .errors()
            .any(|said| said.api == Some("execute_change_set"));
    // A refusal because of that status tells that there was nothing but the change set.
    let in_review = status.is_none() && case.says("REVIEW_IN_PROGRESS");
    let described_only = case.kind() == "change-set-create"
        && case.status("stack_reason") == Some("User Initiated")
        && !case.other().any(|(key, _)| key.contains("post-execute"));
    if !wanted || in_review || described_only || is_left_unexecuted(case) || is_waiter(case) {
        return Execution::None;
    }
    // The test makes the export between change set and execution.
    let reason = case.status("change_set_StatusReason").unwrap_or_default();
    if reason.contains("No export named") && status == Some("CREATE_COMPLETE") {
        let name = imported(&case.template(Side::After)["Resources"]);
        return Execution::ExecutedAfterExport(name.unwrap_or_else(|| "x".to_owned()));
    }
    Execution::Executed
}

/// The name of the first export that is imported by its name.
fn imported(value: &Value) -> Option<String> {
    match value {
        Value::Object(entries) => entries.iter().find_map(|(key, value)| {
            let name = value.as_str().filter(|_| key == "Fn::ImportValue");
            name.map(str::to_owned).or_else(|| imported(value))
        }),
        Value::Array(items) => items.iter().find_map(imported),
        _ => None,
    }
}

/// Whether the recorded events end with a deletion, or what was asked only makes sense after one.
fn deletion(case: &Recording) -> Deletion {
    let whole = case.event_lists().into_iter();
    let whole = whole.chain(case.events_per_resource().map(|(_, events)| events));
    let mut of_stack = whole.flatten().filter(|event| {
        let resource_type = event["ResourceType"].as_str();
        resource_type == Some("AWS::CloudFormation::Stack")
    });
    let gone = |event: &Value| event["ResourceStatus"] == "DELETE_COMPLETE";
    let mut others = case.sorted_out_events().into_iter().flatten();
    let asked = !after_deletion(case).is_empty();
    // The stack of this one is never gone: that is what the test is about.
    let blocked = case.test() == "test_blocked_stack_deletion";
    match (of_stack.any(gone) || others.any(gone) || asked) && !blocked {
        true => Deletion::Yes,
        false => Deletion::No,
    }
}

fn after_deletion(case: &Recording) -> BTreeMap<String, Question> {
    let errors = case.errors().enumerate();
    let asked = errors.filter_map(|(index, said)| {
        let question = match said.api? {
            "describe_stacks" => Question::Stack,
            "describe_stack_events" => Question::StackEvents,
            _ => return None,
        };
        Some((question::of_error(index), question))
    });
    asked.collect()
}

fn stack(case: &Recording, side: Side) -> StackInput {
    let previous = case
        .list("after_params_previous_value")
        .filter_map(Value::as_str);
    let previous: Vec<&str> = match side {
        Side::Before => Vec::new(),
        Side::After => previous.collect(),
    };
    StackInput {
        template: case.sent(side).unwrap_or_default().to_owned(),
        parameters: values(case.parameters(side), &previous),
    }
}

fn values<'v>(
    values: impl Iterator<Item = (&'v String, &'v Value)>,
    previous: &[&str],
) -> Vec<Parameter> {
    let values = values.map(|(key, value)| Parameter {
        key: key.clone(),
        value: (!previous.contains(&key.as_str())).then(|| sent(value)),
    });
    values.collect()
}

fn options(case: &Recording) -> Result<Options, String> {
    let mut options = case.part("options").clone();
    if let Some(options) = options.as_object_mut() {
        // About the test, not the call.
        options.remove("process");
        options.remove("note");
    }
    match options {
        Value::Null => Ok(Options::default()),
        options => read(&options),
    }
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_json::from_value(value.clone()).map_err(|error| error.to_string())
}
