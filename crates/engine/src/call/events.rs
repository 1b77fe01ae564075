//! Calls that list events.

use std::ops::Deref;

use serde_json::{Value, json};
use stratiform_service::{Refusal, ResourceStatus};

use crate::call::change_set::put;
use crate::call::describe::{page, page_of, paged};
use crate::call::{Call, Result};
use crate::event::{Event, NESTED_STACK, OperationStatus};
use crate::input::Refused;
use crate::stack::Stack;
use crate::state::State;

impl State {
    pub(crate) fn describe_stack_events(&mut self, call: &mut Call<'_>) -> Result {
        let name = call.arguments.needed("StackName")?;
        let stack = self.realm_of(call)?.stack(name).ok_or_else(|| {
            Refused::from(Refusal::StackOfEventsMissing {
                stack: name.to_owned(),
            })
        })?;
        let events = stack.events.iter().rev().filter(|event| event.is_listed());
        let (events, token) = page_of(self.events_a_page, events, call)?;
        let events = events
            .into_iter()
            .filter_map(|event| stack.stack_event(event));
        let events = json!({ "StackEvents": events.collect::<Vec<_>>() });
        Ok(paged(events, token))
    }

    /// Source: CloudFormation API reference, `DescribeEvents`.
    pub(crate) fn describe_events(&mut self, call: &mut Call<'_>) -> Result {
        let arguments = call.arguments;
        let realm = self.realm_of(call)?;
        let (change_set, operation, name) = (
            arguments.text("ChangeSetName"),
            arguments.text("OperationId"),
            arguments.text("StackName"),
        );
        let failed = match arguments.structure("Filters") {
            Some(filters) => filters.is("FailedEvents")?,
            None => false,
        };
        let (stack, operation, change_set) = match (change_set, operation, name) {
            (Some(id), _, name) => {
                let stack = name.and_then(|name| realm.stack(name));
                let found = realm.change_set(id, stack.map(|stack| stack.id.as_str()));
                let found = found.ok_or_else(|| {
                    Refused::from(Refusal::ChangeSetMissing {
                        change_set: id.to_owned(),
                    })
                })?;
                let stack = realm.stack(found.stack.as_str());
                (stack, None, Some(found.id.to_string()))
            }
            (None, Some(id), _) => {
                let stack = realm
                    .stacks
                    .values()
                    .map(Deref::deref)
                    .find(|stack| stack.history.iter().any(|begun| begun.id == id));
                let index =
                    stack.and_then(|stack| stack.history.iter().position(|begun| begun.id == id));
                (stack, index, None)
            }
            (None, None, Some(name)) => {
                let stack = realm.stack(name);
                // With failures only, it is the latest operation that is looked at (awslabs/mcp#4280).
                let latest = stack.and_then(|stack| stack.history.len().checked_sub(1));
                (stack, latest.filter(|_| failed), None)
            }
            (None, None, None) => {
                return Err(Refused::validation(
                    "One of ChangeSetName, OperationId or StackName must be specified",
                ));
            }
        };
        let asked = arguments.text("OperationId").filter(|_| name.is_none());
        if let (Some(id), None) = (asked, stack) {
            // Nobody recorded the words. See `docs/engine.md`.
            return Err(Refused::validation(format!(
                "Operation [{id}] does not exist"
            )));
        }
        let stack = stack.ok_or_else(|| {
            Refused::from(Refusal::StackMissing {
                stack: name.unwrap_or_default().to_owned(),
            })
        })?;
        let events = stack.events.iter().rev().filter(|event| {
            let of_operation = operation.is_none() || event.operation() == operation;
            let of_change_set = change_set.is_none() || event.change_set() == change_set.as_deref();
            of_operation && of_change_set && (!failed || event.is_failure())
        });
        let (events, token) = page(events, call)?;
        let events: Vec<Value> = events
            .into_iter()
            .map(|event| operation_event(stack, event))
            .collect();
        Ok(paged(json!({ "OperationEvents": events }), token))
    }
}

impl Event {
    fn change_set(&self) -> Option<&str> {
        match self {
            Event::Validation { change_set, .. } => change_set.as_deref(),
            Event::Progress { .. } | Event::Operation { .. } => None,
        }
    }

    fn is_failure(&self) -> bool {
        match self {
            Event::Progress { status, .. } => is_failed(*status),
            Event::Operation { status, .. } => *status == OperationStatus::Failed,
            Event::Validation { .. } => true,
        }
    }
}

fn is_failed(status: ResourceStatus) -> bool {
    status.as_str().ends_with("_FAILED")
}

fn operation_event(stack: &Stack, event: &Event) -> Value {
    let begun = event.operation().and_then(|index| stack.history.get(index));
    let mut item = json!({
        "EventId": event.id(),
        "StackId": stack.id,
        "Timestamp": event.at(),
    });
    if let Some(begun) = begun {
        put(&mut item, "OperationId", Some(&begun.id));
        put(&mut item, "OperationType", Some(begun.kind.as_str()));
    }
    match event {
        Event::Progress {
            token,
            resource,
            status,
            reason,
            detail,
            ..
        } => {
            let kind = if is_failed(*status) {
                "PROVISIONING_ERROR"
            } else {
                "PROGRESS"
            };
            put(&mut item, "EventType", Some(kind));
            put(&mut item, "ResourceStatus", Some(status.as_str()));
            put(&mut item, "ResourceStatusReason", reason.as_deref());
            put(&mut item, "ClientRequestToken", token.as_deref());
            put(
                &mut item,
                "DetailedStatus",
                detail.map(|detail| detail.as_str()),
            );
            match resource {
                Some(subject) => {
                    put(&mut item, "LogicalResourceId", Some(&subject.logical_id));
                    put(&mut item, "ResourceType", Some(&subject.resource_type));
                    put(
                        &mut item,
                        "PhysicalResourceId",
                        subject.physical_id.as_deref(),
                    );
                    let properties = subject.properties.as_ref();
                    let properties = properties.map(|properties| properties.to_value().to_string());
                    put(&mut item, "ResourceProperties", properties.as_deref());
                }
                None => {
                    put(&mut item, "LogicalResourceId", Some(stack.name.as_str()));
                    put(&mut item, "ResourceType", Some(NESTED_STACK));
                    put(&mut item, "PhysicalResourceId", Some(stack.id.as_str()));
                }
            }
        }
        Event::Operation { status, at, .. } => {
            put(&mut item, "EventType", Some("STACK_EVENT"));
            put(&mut item, "OperationStatus", Some(status.as_str()));
            let start = begun.map_or(*at, |begun| begun.start).to_string();
            put(&mut item, "StartTime", Some(&start));
            if *status != OperationStatus::InProgress {
                put(&mut item, "EndTime", Some(&at.to_string()));
            }
        }
        Event::Validation {
            logical_id,
            resource_type,
            physical_id,
            name,
            path,
            reason,
            ..
        } => {
            put(&mut item, "EventType", Some("VALIDATION_ERROR"));
            put(&mut item, "LogicalResourceId", Some(logical_id));
            put(&mut item, "ResourceType", Some(resource_type));
            put(&mut item, "PhysicalResourceId", physical_id.as_deref());
            put(&mut item, "ValidationName", Some(name));
            put(&mut item, "ValidationFailureMode", Some("FAIL"));
            put(&mut item, "ValidationStatus", Some("FAILED"));
            put(&mut item, "ValidationStatusReason", Some(reason));
            put(&mut item, "ValidationPath", Some(path));
        }
    }
    item
}
