//! Events of stacks, and what validation found.

use std::collections::HashSet;

use aws_sdk_cloudformation::types::{self, EventFilter};
use stratiform_deploy::Reply;
use stratiform_deploy::call::ValidationFailure;
use stratiform_service::event::Subject;
use stratiform_service::{ChangeSetId, PhysicalId, StackEvent, StackId, Timestamp, Word};

use super::reading::word;
use crate::aws::Aws;
use crate::error::{Call as Operation, Error};

/// How AWS marks the event with which an operation begins that somebody asked for.
const BEGINNING: &str = "User Initiated";

/// Whether events that are older are needed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// They are.
    On,
    /// This one is the last.
    Last,
    /// The one before was.
    Enough,
}

impl Aws {
    /// Events after a known one, or those of the last operation; oldest first.
    pub(super) async fn stack_events(
        &self,
        stack: &StackId,
        after: Option<&str>,
    ) -> Result<Reply, Error> {
        self.events(stack, |event| match after {
            Some(after) if after == event.event_id => Reading::Enough,
            None if is_beginning(event) => Reading::Last,
            _ => Reading::On,
        })
        .await
    }

    /// All events from a moment on, oldest first.
    pub(super) async fn events_since(
        &self,
        stack: &StackId,
        since: Timestamp,
    ) -> Result<Reply, Error> {
        self.events(stack, |event| match event.timestamp < since {
            true => Reading::Enough,
            false => Reading::On,
        })
        .await
    }

    /// Events, oldest first. AWS lists them newest first, 100 a page; no more pages are asked for than are needed.
    ///
    /// Source: [DescribeStackEvents](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html).
    async fn events(
        &self,
        stack: &StackId,
        reading: impl Fn(&StackEvent) -> Reading,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("DescribeStackEvents", stack.stack_name());
        let mut events: Vec<StackEvent> = Vec::new();
        let mut token = None;
        // What happens meanwhile moves events on to the next page, where they are a second time.
        let mut seen = HashSet::new();
        'pages: loop {
            let request = self.cloudformation.describe_stack_events();
            let request = request
                .stack_name(stack.as_str())
                .set_next_token(token.clone());
            let page = request.send().await;
            let page = page.map_err(|error| operation.error(&error))?;
            for event in page.stack_events() {
                let event = read(&operation, stack, event)?;
                let reading = reading(&event);
                if reading != Reading::Enough && seen.insert(event.event_id.clone()) {
                    events.push(event);
                }
                if reading != Reading::On {
                    break 'pages;
                }
            }
            token = operation.next_page(token.as_deref(), page.next_token())?;
            if token.is_none() {
                break;
            }
        }
        events.reverse();
        Ok(Reply::Events(events))
    }

    /// What failed in validation, in the order of the service; what was skipped is left out.
    ///
    /// Source: [DescribeEvents](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html).
    pub(super) async fn validation_events(&self, id: &ChangeSetId) -> Result<Reply, Error> {
        let operation = Operation::new("DescribeEvents", id.change_set_name());
        let mut failures = Vec::new();
        let mut token = None;
        loop {
            let request = self.cloudformation.describe_events();
            let filter = EventFilter::builder().failed_events(true).build();
            let request = request.change_set_name(id.as_str()).filters(filter);
            let page = request.set_next_token(token.clone()).send().await;
            let page = page.map_err(|error| operation.error(&error))?;
            failures.extend(page.operation_events().iter().filter_map(validation));
            token = operation.next_page(token.as_deref(), page.next_token())?;
            if token.is_none() {
                return Ok(Reply::Validation(failures));
            }
        }
    }
}

/// Whether an event is the one with which somebody began an operation of its stack.
fn is_beginning(event: &StackEvent) -> bool {
    event.subject() == Subject::Stack
        && event.resource_status.as_str().ends_with("_IN_PROGRESS")
        && event.resource_status_reason.as_deref() == Some(BEGINNING)
}

fn validation(event: &types::OperationEvent) -> Option<ValidationFailure> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let status = event.validation_status().map(|status| status.as_str());
    let is_failure = event.event_type().map(|kind| kind.as_str()) == Some("VALIDATION_ERROR")
        && status != Some("SKIPPED");
    is_failure.then(|| ValidationFailure {
        logical_id: text(event.logical_resource_id()),
        path: text(event.validation_path()),
        name: text(event.validation_name()),
        reason: text(event.validation_status_reason()),
    })
}

fn read(
    operation: &Operation,
    stack: &StackId,
    event: &types::StackEvent,
) -> Result<StackEvent, Error> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let stack_id = event.stack_id().unwrap_or(stack.as_str());
    let name = event.stack_name().unwrap_or(stack.stack_name());
    let status = event.resource_status().map(|status| status.as_str());
    let failure_mode = event.hook_failure_mode().map(|mode| mode.as_str());
    Ok(StackEvent {
        client_request_token: owned(event.client_request_token()),
        detailed_status: word(event.detailed_status().map(|status| status.as_str())),
        event_id: operation.required(event.event_id(), "EventId")?,
        hook_failure_mode: word(failure_mode),
        hook_invocation_point: owned(event.hook_invocation_point().map(|point| point.as_str())),
        hook_status: word(event.hook_status().map(|status| status.as_str())),
        hook_status_reason: owned(event.hook_status_reason()),
        hook_type: owned(event.hook_type()),
        logical_resource_id: owned(event.logical_resource_id()).unwrap_or_default(),
        operation_id: owned(event.operation_id()),
        physical_resource_id: event
            .physical_resource_id()
            .and_then(|id| PhysicalId::new(id).ok()),
        resource_properties: owned(event.resource_properties()),
        resource_status: Word::new(&operation.required(status, "ResourceStatus")?),
        resource_status_reason: owned(event.resource_status_reason()),
        resource_type: owned(event.resource_type()).unwrap_or_default(),
        stack_id: operation.part(Some(stack_id), "StackId")?,
        stack_name: operation.part(Some(name), "StackName")?,
        timestamp: operation.moment(event.timestamp(), "Timestamp")?,
    })
}
