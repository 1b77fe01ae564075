//! What a deployment did, as the server tells it: calls, stacks, and the time that CloudFormation itself took.

use std::collections::BTreeMap;
use std::time::Duration;

use stratiform_service::status::{Direction, Ending, Phase};
use stratiform_service::{StackStatus, Timestamp, Word};

use super::super::caller::{Caller, element};
use super::super::error::BenchError;
use super::super::server::Server;
use crate::deployment::Environment;
use crate::http;

/// How often each operation was called: `cloudformation DescribeStacks`.
pub(in crate::bench) type Calls = BTreeMap<String, u64>;

/// What there is before a deployment.
pub(super) struct Before {
    calls: Calls,
    /// How many events each stack has, by name.
    events: BTreeMap<String, usize>,
}

/// What a deployment did.
#[derive(Clone)]
pub(super) struct Observation {
    /// How often each operation was called.
    pub calls: Calls,
    /// How many stacks were created or updated.
    pub stacks: usize,
    /// The longest chain of stacks of which each needs the one before, in the engine's time. A stack takes from its first
    /// event to its last; change sets are not in it, nor what is between two stacks.
    pub own: Duration,
}

/// Looks at what is there.
pub(super) fn before(server: &Server, environment: &Environment) -> Result<Before, BenchError> {
    let caller = Caller::new(&server.address, &environment.region);
    let mut events = BTreeMap::new();
    for stack in &environment.stacks {
        // A stack that is not there yet is refused.
        let number = caller.list(EVENTS, &stack.name).map_or(0, |all| all.len());
        events.insert(stack.name.clone(), number);
    }
    Ok(Before {
        calls: calls(server)?,
        events,
    })
}

/// Looks at what was done since, and that all of it is there.
///
/// # Errors
/// A stack is not created or updated, or has other resources than it should.
pub(super) fn since(
    before: &Before,
    server: &Server,
    environment: &Environment,
) -> Result<Observation, BenchError> {
    // First of all: looking is calling, too.
    let mut calls = calls(server)?;
    for (operation, number) in &before.calls {
        if let Some(calls) = calls.get_mut(operation) {
            *calls -= number;
        }
    }
    calls.retain(|_, number| *number > 0);
    let caller = Caller::new(&server.address, &environment.region);
    let mut ends: BTreeMap<&str, Duration> = BTreeMap::new();
    let mut stacks = 0;
    for stack in &environment.stacks {
        let resources = caller.list("ListStackResources", &stack.name)?.len();
        if u64::try_from(resources).ok() != Some(stack.resources) {
            return Err(BenchError::Answer(format!(
                "{} has {resources} resources instead of {}",
                stack.name, stack.resources
            )));
        }
        let seen = before.events.get(&stack.name).copied();
        let events = caller.list(EVENTS, &stack.name)?;
        let own = operation(&stack.name, &events, seen.unwrap_or_default())?;
        stacks += usize::from(own.is_some());
        let needed = stack.depends_on.iter();
        let start = needed.filter_map(|needed| ends.get(needed.as_str())).max();
        let end = start.copied().unwrap_or_default() + own.unwrap_or_default();
        ends.insert(&stack.name, end);
    }
    Ok(Observation {
        calls,
        stacks,
        own: ends.into_values().max().unwrap_or_default(),
    })
}

const EVENTS: &str = "DescribeStackEvents";

/// How long the operation took that a stack's events tell of, from the number that was seen before; none where no new
/// ones tell of any. The newest event comes first.
///
/// # Errors
/// The stack is not there as it should be.
fn operation(stack: &str, events: &[String], seen: usize) -> Result<Option<Duration>, BenchError> {
    let new = events.len().saturating_sub(seen);
    let (mut began, mut ended, mut last) = (None, None, None);
    for (number, event) in events.iter().enumerate().rev() {
        if element(event, "LogicalResourceId") != Some(stack) {
            continue;
        }
        let status = element(event, "ResourceStatus").unwrap_or_default();
        let time = element(event, "Timestamp").and_then(|time| time.parse::<Timestamp>().ok());
        let phase = Word::<StackStatus>::new(status).phase();
        last = Some(phase);
        match phase {
            Phase::Moving(Direction::Forward) if number < new && began.is_none() => began = time,
            Phase::Settled(Ending::Applied) if number < new => ended = time,
            _ => {}
        }
    }
    if last != Some(Phase::Settled(Ending::Applied)) {
        return Err(BenchError::Answer(format!(
            "{stack} is not as it should be: {}",
            events.first().map(String::as_str).unwrap_or_default()
        )));
    }
    let took = began.zip(ended).map(|(began, ended)| {
        let millis = ended.millis().saturating_sub(began.millis());
        Duration::from_millis(u64::try_from(millis).unwrap_or_default())
    });
    Ok(took)
}

/// The calls since the server's start.
pub(in crate::bench) fn calls(server: &Server) -> Result<Calls, BenchError> {
    let answer = http::send("GET", &server.address, "/_stratiform/calls", &[], "");
    let (_, text) = answer.map_err(BenchError::file("call", &server.address))?;
    let services: BTreeMap<String, BTreeMap<String, u64>> = serde_json::from_str(&text)
        .map_err(|error| BenchError::Answer(format!("the calls are no JSON: {error}")))?;
    let calls = services.into_iter().flat_map(|(service, operations)| {
        let operations = operations.into_iter();
        operations.map(move |(operation, number)| (format!("{service} {operation}"), number))
    });
    Ok(calls.collect())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::operation;

    /// The events of a stack `app`, the newest first, as the service lists them.
    fn events(of: &[(&str, &str, &str)]) -> Vec<String> {
        let events = of.iter().rev().map(|(id, status, second)| {
            format!(
                "<LogicalResourceId>{id}</LogicalResourceId><ResourceStatus>{status}</ResourceStatus>\
                 <Timestamp>2026-11-29T03:00:{second}Z</Timestamp>"
            )
        });
        events.collect()
    }

    const CREATED: [(&str, &str, &str); 5] = [
        ("app", "REVIEW_IN_PROGRESS", "00.000"),
        ("app", "CREATE_IN_PROGRESS", "02.500"),
        ("Queue", "CREATE_IN_PROGRESS", "03.000"),
        ("Queue", "CREATE_COMPLETE", "33.000"),
        ("app", "CREATE_COMPLETE", "33.500"),
    ];

    #[test]
    fn an_operation_lasts_from_its_first_event_to_its_last() {
        let took = operation("app", &events(&CREATED), 0);
        assert_eq!(took.ok(), Some(Some(Duration::from_secs(31))));
    }

    #[test]
    fn what_was_seen_before_is_another_operation() {
        assert_eq!(operation("app", &events(&CREATED), 5).ok(), Some(None));
        let mut updated = CREATED.to_vec();
        updated.extend([
            ("app", "UPDATE_IN_PROGRESS", "40.000"),
            ("app", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "45.000"),
            ("app", "UPDATE_COMPLETE", "47.000"),
        ]);
        let took = operation("app", &events(&updated), 5);
        assert_eq!(took.ok(), Some(Some(Duration::from_secs(7))));
    }

    #[test]
    fn a_stack_that_is_not_as_it_should_be_is_told() {
        for end in ["CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE"] {
            let mut failed = CREATED;
            failed[4].1 = end;
            let Err(error) = operation("app", &events(&failed), 0) else {
                panic!("{end} passes");
            };
            assert!(error.to_string().contains(end), "{error}");
        }
        assert!(operation("app", &events(&CREATED[..1]), 0).is_err());
    }
}
