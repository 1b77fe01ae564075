//! Recordings as LocalStack keeps them, made whole again: what the service sent, as far as its form goes.
//!
//! Also used by `cargo xtask conformance service`, for all recordings.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use stratiform_service::{ChangeSet, Refusal, StackEvent};

/// What was read of a recording.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// Answers of `DescribeChangeSet`.
    pub(crate) change_sets: usize,
    /// Events.
    pub(crate) events: usize,
    /// Refused calls.
    pub(crate) refusals: usize,
}

/// Reads all answers of a recording, renders them again, and compares.
///
/// # Errors
/// What is not as it was, by its place in the recording.
pub(crate) fn check(recorded: &Value) -> Result<Count, String> {
    let mut count = Count::default();
    for key in [
        "create_change_set",
        "create_change_set_with_values",
        "change_set",
        "change_set_with_values",
    ] {
        if let Some(answer) = recorded.get(key).filter(|answer| answer.is_object()) {
            same::<ChangeSet>(&whole(answer)).map_err(|error| format!("{key}: {error}"))?;
            count.change_sets += 1;
        }
    }
    let of_resources = recorded["events_per_resource"].as_object();
    let of_resources = of_resources.into_iter().flat_map(Map::values);
    let lists = of_resources.chain([&recorded["other"]["stack_events"]["StackEvents"]]);
    for event in lists.filter_map(Value::as_array).flatten() {
        // Some tests recorded pairs of a name and a status.
        if event.is_object() {
            same::<StackEvent>(&whole(event)).map_err(|error| format!("{event}: {error}"))?;
            count.events += 1;
        }
    }
    for error in recorded["errors"].as_array().into_iter().flatten() {
        count.refusals += refusal(error)?;
    }
    Ok(count)
}

/// One, where the error is of CloudFormation; the others are of services that a test asked besides.
fn refusal(error: &Value) -> Result<usize, String> {
    let content = &error["content"];
    let content = content.get("Error").unwrap_or(content);
    if error["api"].as_str().is_some_and(|api| api.contains('.')) {
        return Ok(0);
    }
    let (Some(code), Some(message)) = (content["Code"].as_str(), content["Message"].as_str())
    else {
        return Ok(0);
    };
    match Refusal::read(code, message) {
        None => Err(format!("{code} is no code of a refusal")),
        Some(Refusal::Other { text }) => Err(format!("not known: {text}")),
        Some(refusal) if refusal.to_string() != message => {
            Err(format!("`{message}` became `{refusal}`"))
        }
        Some(_) => Ok(1),
    }
}

/// Reads an answer, and renders it to the same text.
fn same<T: Serialize + DeserializeOwned>(answer: &Value) -> Result<(), String> {
    let typed: T = serde_json::from_value(answer.clone()).map_err(|error| error.to_string())?;
    match serde_json::to_value(&typed) {
        Ok(ours) if ours == *answer => Ok(()),
        ours => Err(format!("{answer} became {ours:?}")),
    }
}

/// An answer as it was before the recorder replaced what differs from run to run.
pub(crate) fn whole(answer: &Value) -> Value {
    let mut answer = filled("", answer);
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("ResponseMetadata");
        if answer.contains_key("ResourceStatus") {
            // Left out of the events that some tests recorded.
            let id = "arn:aws:cloudformation:eu-central-1:111111111111:stack/stack-name-1/1";
            for (key, value) in [
                ("EventId", "1"),
                ("StackId", id),
                ("StackName", "stack-name-1"),
            ] {
                answer.entry(key).or_insert_with(|| json!(value));
            }
        }
    }
    answer
}

/// Fields that are JSON in text, where they have structure.
const IN_TEXT: [&str; 5] = [
    "AfterContext",
    "AfterValue",
    "BeforeContext",
    "BeforeValue",
    "ResourceProperties",
];

fn filled(key: &str, value: &Value) -> Value {
    match value {
        Value::Object(_) | Value::Array(_) if IN_TEXT.contains(&key) => json!(value.to_string()),
        Value::Object(entries) => {
            let entries = entries.iter();
            entries
                .map(|(key, value)| (key.clone(), filled(key, value)))
                .collect()
        }
        Value::Array(items) => items.iter().map(|item| filled(key, item)).collect(),
        Value::String(text) => json!(filled_text(key, text)),
        other => other.clone(),
    }
}

fn filled_text(key: &str, text: &str) -> String {
    let kind = match key {
        "CreationTime" | "Timestamp" => return "2025-05-19T10:00:00.000Z".to_owned(),
        "ChangeSetId" => "changeSet",
        "StackId" => "stack",
        _ => return without_tokens(text),
    };
    let text = without_tokens(text);
    let Some((_, path)) = text.split_once(&format!(":{kind}/")) else {
        return format!("arn:aws:cloudformation:eu-central-1:111111111111:{kind}/{text}/1");
    };
    // The recorder took a name and the ID behind it for one word.
    if path.contains('/') {
        text
    } else {
        text + "/1"
    }
}

/// `<stack-name:1>` as `stack-name-1`.
fn without_tokens(text: &str) -> String {
    let text = text
        .replace("<partition>", "aws")
        .replace("<region>", "eu-central-1");
    let mut whole = String::new();
    let mut rest = text.as_str();
    while let Some((before, (token, after))) = rest
        .split_once('<')
        .and_then(|(before, rest)| Some((before, rest.split_once('>')?)))
    {
        whole += before;
        whole += &token.replace(':', "-");
        rest = after;
    }
    whole + rest
}
