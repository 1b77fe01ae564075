//! Events of a stack, as `DescribeStackEvents` answers.
//!
//! Source: CloudFormation API reference, "StackEvent"; recorded events.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::names::{LogicalId, PhysicalId, StackId, StackName};
use crate::status::{DetailedStatus, HookFailureMode, HookStatus, ResourceStatus};
use crate::timestamp::Timestamp;
use crate::word::Word;

/// Something that happened to a stack or to one of its resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StackEvent {
    /// The token of the call that began the operation; also on the events of its rollback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_token: Option<String>,
    /// What the status alone does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detailed_status: Option<Word<DetailedStatus>>,
    /// The event's own ID: a UUID for stacks, `<logical ID>-<status>-<time>` for most of resources.
    pub event_id: String,
    /// What a failed hook does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook_failure_mode: Option<Word<HookFailureMode>>,
    /// Where a hook is invoked: `PRE_PROVISION`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook_invocation_point: Option<String>,
    /// How a hook is doing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook_status: Option<Word<HookStatus>>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook_status_reason: Option<String>,
    /// The hook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook_type: Option<String>,
    /// The logical ID; in the stack's own events its name. [`StackEvent::subject`] tells them apart.
    pub logical_resource_id: String,
    /// The operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
    /// The physical ID; none while there is none, which AWS sends as empty text.
    #[serde(default, serialize_with = "or_empty", deserialize_with = "not_empty")]
    pub physical_resource_id: Option<PhysicalId>,
    /// The properties, resolved: JSON in text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_properties: Option<String>,
    /// What happened.
    pub resource_status: Word<ResourceStatus>,
    /// Why; [`Reason`](crate::Reason) reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_status_reason: Option<String>,
    /// The resource type: `AWS::CloudFormation::Stack` for the stack itself, and for nested ones.
    pub resource_type: String,
    /// The stack's ARN.
    pub stack_id: StackId,
    /// The stack's name.
    pub stack_name: StackName,
    /// When.
    pub timestamp: Timestamp,
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The stack.
    Stack,
    /// A resource of it.
    Resource(LogicalId),
    /// A name that no resource can have, as sent.
    Other(String),
}

impl StackEvent {
    /// What the event is about. A nested stack is a resource.
    pub fn subject(&self) -> Subject {
        let physical_id = self.physical_resource_id.as_ref();
        if physical_id.is_some_and(|id| id.as_str() == self.stack_id.as_str()) {
            return Subject::Stack;
        }
        LogicalId::new(&self.logical_resource_id).map_or_else(
            |_| Subject::Other(self.logical_resource_id.clone()),
            Subject::Resource,
        )
    }
}

fn or_empty<S: Serializer>(id: &Option<PhysicalId>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(id.as_ref().map_or("", PhysicalId::as_str))
}

fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PhysicalId>, D::Error> {
    // What fails the check is empty.
    String::deserialize(deserializer).map(|text| PhysicalId::new(text).ok())
}
