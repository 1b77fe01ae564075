//! CloudWatch Logs: what tasks printed that somebody ran by themselves. Nothing else prints.

use serde_json::{Value, json};
use stratiform_service::Timestamp;

use super::ecs;
use crate::call::{Call, Result, unsupported};
use crate::input::Refused;
use crate::state::{Realm, State};

const GROUP: &str = "AWS::Logs::LogGroup";

/// How many events an answer has at most.
///
/// Source: CloudWatch Logs API, `GetLogEvents`.
const MOST: usize = 10_000;

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "GetLogEvents" => events(state, call),
        "FilterLogEvents" => filtered(state, call),
        operation => {
            let message = format!("CloudWatch Logs' {operation} is not in the embedded engine");
            Err(unsupported(call, "UnknownOperationException", message))
        }
    }
}

fn missing(what: &str) -> Refused {
    let message = format!("The specified log {what} does not exist.");
    Refused::new("ResourceNotFoundException", message)
}

/// The name of the log group that a call means.
fn group(realm: &Realm, call: &Call<'_>) -> std::result::Result<String, Refused> {
    let arguments = call.arguments;
    let asked = match arguments.text("logGroupName") {
        Some(name) => name,
        None => arguments.needed("logGroupIdentifier")?,
    };
    let name = asked.rsplit(":log-group:").next().unwrap_or(asked);
    let name = name.trim_end_matches(":*");
    match realm.estate.living(GROUP, name) {
        Some(_) => Ok(name.to_owned()),
        None => Err(missing("group")),
    }
}

fn most(call: &Call<'_>) -> std::result::Result<usize, Refused> {
    let most = call.arguments.number("limit")?.map_or(MOST, |limit| {
        usize::try_from(limit).unwrap_or(MOST).clamp(1, MOST)
    });
    Ok(most)
}

fn shown(at: Timestamp, line: &str) -> Value {
    json!({ "timestamp": at.millis(), "ingestionTime": at.millis(), "message": line })
}

/// All of a stream in one page: the last events, or the first where somebody asks for them.
fn events(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let group = group(realm, call)?;
    let stream = call.arguments.needed("logStreamName")?;
    let mut tasks = ecs::one_off(&realm.estate);
    let lines = tasks.find_map(|task| task.printed(&group, stream, state.now()));
    let lines = lines.ok_or_else(|| missing("stream"))?;
    let most = most(call)?;
    let part = match call.arguments.is("startFromHead")? {
        true => lines.get(..most.min(lines.len())),
        false => lines.get(lines.len().saturating_sub(most)..),
    };
    // Whoever has a token has seen all of it.
    let is_more = call.arguments.text("nextToken").is_none();
    let part = part.filter(|_| is_more).unwrap_or_default().iter();
    let events: Vec<Value> = part.map(|(at, line)| shown(*at, line)).collect();
    Ok(json!({
        "events": events,
        "nextForwardToken": format!("f/{stream}"),
        "nextBackwardToken": format!("b/{stream}"),
    }))
}

/// Those of streams that are named, in the order of time. Patterns are not in the engine: all events fit.
fn filtered(state: &State, call: &mut Call<'_>) -> Result {
    if call.arguments.text("filterPattern").is_some() {
        let message = "Patterns of FilterLogEvents are not in the embedded engine".to_owned();
        return Err(unsupported(call, "InvalidParameterException", message));
    }
    let realm = state.realm_of(call)?;
    let group = group(realm, call)?;
    let streams = call.arguments.texts("logStreamNames").unwrap_or_default();
    let mut events = Vec::new();
    for stream in &streams {
        let mut tasks = ecs::one_off(&realm.estate);
        let lines = tasks.find_map(|task| task.printed(&group, stream, state.now()));
        for (at, line) in lines.ok_or_else(|| missing("stream"))? {
            let mut event = shown(at, &line);
            event["logStreamName"] = stream.as_str().into();
            events.push((at, event));
        }
    }
    events.sort_by_key(|(at, _)| *at);
    let events = events.into_iter().map(|(_, event)| event);
    let events: Vec<Value> = events.take(most(call)?).collect();
    Ok(json!({ "events": events, "searchedLogStreams": [] }))
}
