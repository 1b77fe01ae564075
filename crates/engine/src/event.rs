//! Events: what a stack tells of itself and of its resources.

use serde::{Deserialize, Serialize};
use stratiform_service::status::DetailedStatus;
use stratiform_service::{PhysicalId, ResourceStatus, StackEvent, Timestamp};

use crate::ids::Ids;
use crate::operation::OperationKind;
use crate::properties::Properties;
use crate::stack::Stack;

/// An event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Event {
    /// Of the stack or of a resource.
    Progress {
        /// None where it is `<logical ID>-<status>-<time>`.
        id: Option<String>,
        at: Timestamp,
        operation: Option<usize>,
        token: Option<String>,
        /// None for the stack itself.
        resource: Option<Box<Subject>>,
        status: ResourceStatus,
        reason: Option<String>,
        detail: Option<DetailedStatus>,
    },
    /// An operation begins or ends.
    Operation {
        id: String,
        at: Timestamp,
        operation: usize,
        status: OperationStatus,
    },
    /// A resource does not pass the validation before the deployment.
    Validation {
        id: String,
        at: Timestamp,
        operation: Option<usize>,
        /// The change set that is being made.
        change_set: Option<String>,
        logical_id: String,
        resource_type: String,
        physical_id: Option<String>,
        name: String,
        path: String,
        reason: String,
    },
}

/// How is an operation doing?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum OperationStatus {
    InProgress,
    Succeeded,
    Failed,
}

impl OperationStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            OperationStatus::InProgress => "IN_PROGRESS",
            OperationStatus::Succeeded => "SUCCEEDED",
            OperationStatus::Failed => "FAILED",
        }
    }
}

/// The resource that an event is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Subject {
    pub(crate) logical_id: String,
    pub(crate) resource_type: String,
    pub(crate) physical_id: Option<String>,
    pub(crate) properties: Option<Properties>,
}

/// What is told of a resource.
pub(crate) struct Told {
    /// Properties are left out where the service leaves them out: deletions of a cleanup, checks of consistency.
    pub(crate) subject: Subject,
    pub(crate) status: ResourceStatus,
    pub(crate) reason: Option<String>,
    pub(crate) detail: Option<DetailedStatus>,
}

impl Event {
    /// The event's ID.
    pub(crate) fn id(&self) -> String {
        match self {
            Event::Progress {
                id: None,
                at,
                resource,
                status,
                ..
            } => {
                let logical_id = resource.as_ref().map_or("", |subject| &subject.logical_id);
                format!("{logical_id}-{}-{at}", status.as_str())
            }
            Event::Progress { id: Some(id), .. }
            | Event::Operation { id, .. }
            | Event::Validation { id, .. } => id.clone(),
        }
    }

    pub(crate) fn at(&self) -> Timestamp {
        match self {
            Event::Progress { at, .. }
            | Event::Operation { at, .. }
            | Event::Validation { at, .. } => *at,
        }
    }

    /// The reason with which a stack turned back, where the event says that it did.
    pub(crate) fn failure_of_stack(&self) -> Option<String> {
        match self {
            Event::Progress {
                resource: None,
                status:
                    ResourceStatus::RollbackInProgress
                    | ResourceStatus::UpdateRollbackInProgress
                    | ResourceStatus::DeleteFailed
                    | ResourceStatus::CreateFailed
                    | ResourceStatus::UpdateFailed,
                reason,
                ..
            } => reason.clone(),
            Event::Progress { .. } | Event::Operation { .. } | Event::Validation { .. } => None,
        }
    }

    /// Whether `DescribeStackEvents` lists it.
    pub(crate) fn is_listed(&self) -> bool {
        matches!(self, Event::Progress { .. })
    }

    pub(crate) fn operation(&self) -> Option<usize> {
        match self {
            Event::Progress { operation, .. } | Event::Validation { operation, .. } => *operation,
            Event::Operation { operation, .. } => Some(*operation),
        }
    }
}

impl Stack {
    /// A moment for the next event: no two events of a stack have the same.
    fn next_moment(&self, now: Timestamp) -> Timestamp {
        let last = self.events.last().map(|event| event.at().millis() + 1);
        let millis = last.unwrap_or_default().max(now.millis());
        Timestamp::from_millis(millis).unwrap_or(now)
    }

    fn running(&self) -> Option<usize> {
        self.operation.as_ref()?;
        self.history.len().checked_sub(1)
    }

    fn token(&self) -> Option<String> {
        self.operation.as_ref()?.token.clone()
    }

    /// Tells what happened to the stack, whose status that is from now on.
    pub(crate) fn tell(
        &mut self,
        status: ResourceStatus,
        reason: Option<String>,
        detail: Option<DetailedStatus>,
        now: Timestamp,
        ids: &mut Ids,
    ) {
        let operation = self.running();
        // The first event of a creation has the ID of its operation.
        let begun = operation.and_then(|index| self.history.get(index));
        let is_first = !self
            .events
            .iter()
            .rev()
            .take_while(|event| event.operation() == operation)
            .any(|event| matches!(event, Event::Progress { .. }));
        let id = match begun {
            Some(begun) if is_first && begun.kind == OperationKind::CreateStack => begun.id.clone(),
            _ => ids.uuid(),
        };
        let event = Event::Progress {
            id: Some(id),
            at: self.next_moment(now),
            operation,
            token: self.token(),
            resource: None,
            status,
            reason,
            detail,
        };
        self.events.push(event);
    }

    /// Tells what happened to a resource.
    pub(crate) fn tell_of(&mut self, told: Told, now: Timestamp, ids: &mut Ids) {
        let id = match told.subject.properties {
            Some(_) => None,
            None => Some(format!("{}-{}", told.subject.logical_id, ids.uuid())),
        };
        let event = Event::Progress {
            id,
            at: self.next_moment(now),
            operation: self.running(),
            token: self.token(),
            resource: Some(Box::new(told.subject)),
            status: told.status,
            reason: told.reason,
            detail: told.detail,
        };
        self.events.push(event);
    }

    /// Tells that the operation that is going on begins or ends.
    pub(crate) fn tell_operation(
        &mut self,
        status: OperationStatus,
        now: Timestamp,
        ids: &mut Ids,
    ) {
        let Some(operation) = self.running() else {
            return;
        };
        let event = Event::Operation {
            id: ids.uuid(),
            at: self.next_moment(now),
            operation,
            status,
        };
        self.events.push(event);
    }

    /// Tells that a resource does not pass the validation before the deployment.
    pub(crate) fn tell_validation(
        &mut self,
        invalid: &Invalid,
        change_set: Option<&str>,
        now: Timestamp,
        ids: &mut Ids,
    ) {
        let event = Event::Validation {
            id: ids.uuid(),
            at: self.next_moment(now),
            operation: self.running(),
            change_set: change_set.map(str::to_owned),
            logical_id: invalid.logical_id.clone(),
            resource_type: invalid.resource_type.clone(),
            physical_id: None,
            name: invalid.name.to_owned(),
            path: invalid.path.clone(),
            reason: invalid.reason.clone(),
        };
        self.events.push(event);
    }

    /// An event as `DescribeStackEvents` answers it; none where that does not list it.
    pub(crate) fn stack_event(&self, event: &Event) -> Option<StackEvent> {
        let Event::Progress {
            at,
            operation,
            token,
            resource,
            status,
            reason,
            detail,
            ..
        } = event
        else {
            return None;
        };
        let begun = operation.and_then(|index| self.history.get(index));
        let resource = resource.as_deref();
        let physical_id = match resource {
            Some(resource) => resource.physical_id.as_deref(),
            None => Some(self.id.as_str()),
        };
        let properties = resource.and_then(|resource| resource.properties.as_ref());
        Some(StackEvent {
            client_request_token: token.clone(),
            detailed_status: detail.map(Into::into),
            event_id: event.id(),
            hook_failure_mode: None,
            hook_invocation_point: None,
            hook_status: None,
            hook_status_reason: None,
            hook_type: None,
            logical_resource_id: resource
                .map_or(self.name.as_str(), |resource| &resource.logical_id)
                .to_owned(),
            operation_id: begun.map(|begun| begun.id.clone()),
            physical_resource_id: physical_id.and_then(|id| PhysicalId::new(id).ok()),
            resource_properties: properties.map(|properties| properties.to_value().to_string()),
            resource_status: (*status).into(),
            resource_status_reason: reason.clone(),
            resource_type: resource
                .map_or(NESTED_STACK, |resource| &resource.resource_type)
                .to_owned(),
            stack_id: self.id.clone(),
            stack_name: self.name.clone(),
            timestamp: *at,
        })
    }
}

/// The type of stacks, also of those in others.
pub(crate) const NESTED_STACK: &str = "AWS::CloudFormation::Stack";

/// What does not pass the validation before the deployment.
#[derive(Clone, Debug)]
pub(crate) struct Invalid {
    pub(crate) logical_id: String,
    pub(crate) resource_type: String,
    pub(crate) name: &'static str,
    pub(crate) path: String,
    pub(crate) reason: String,
    /// What it is identified by: `Name=orders`.
    pub(crate) identified: String,
}

/// An event as a topic is told of it: a line for each field.
pub(crate) fn message(event: &StackEvent) -> String {
    let properties = event.resource_properties.as_deref().unwrap_or("null");
    let reason = event.resource_status_reason.as_deref().unwrap_or_default();
    let token = event.client_request_token.as_deref().unwrap_or("null");
    let physical_id = event
        .physical_resource_id
        .as_ref()
        .map_or("", |id| id.as_str());
    let account = event
        .stack_id
        .as_str()
        .split(':')
        .nth(4)
        .unwrap_or_default();
    let fields = [
        ("StackId", event.stack_id.as_str()),
        ("Timestamp", &event.timestamp.to_string()),
        ("EventId", &event.event_id),
        ("LogicalResourceId", &event.logical_resource_id),
        ("Namespace", account),
        ("PhysicalResourceId", physical_id),
        ("ResourceProperties", properties),
        ("ResourceStatus", event.resource_status.as_str()),
        ("ResourceStatusReason", reason),
        ("ResourceType", &event.resource_type),
        ("StackName", event.stack_name.as_str()),
        ("ClientRequestToken", token),
    ];
    fields
        .map(|(name, value)| format!("{name}='{value}'\n"))
        .concat()
}
