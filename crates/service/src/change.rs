//! What a change set says of one resource, in the form of `DescribeChangeSet`.
//!
//! What lives here: the words and the shape. What does not: finding changes (`diff`).
//!
//! Fields stand in the order of the recordings, which is alphabetical; JSON keeps it. Lists that the service sends even
//! when they are empty are rendered so; fields that it leaves out are left out.
//!
//! Source: CloudFormation API reference, "ResourceChange"; recorded change sets.

mod words;

use serde::{Deserialize, Serialize};

use crate::names::{ChangeSetId, LogicalId, PhysicalId};
use crate::timestamp::Timestamp;
use crate::word::Word;

pub use words::{
    Action, Attribute, AttributeChangeType, ChangeSource, ChangeType, Evaluation, PolicyAction,
    Replacement, RequiresRecreation, ResourceDriftIgnoredReason, ResourceDriftStatus, ValueSource,
};

/// Which of `DescribeChangeSet`'s two answers is meant? They differ in the real service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeSetView {
    /// With `IncludePropertyValues`: follows values. A resource whose values stay the same is not listed.
    WithValues,
    /// Without: follows references. A resource that points at a changed one is listed.
    WithoutValues,
}

/// An entry of `Changes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    /// How many hooks will be invoked for the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook_invocation_count: Option<u32>,
    /// The change.
    pub resource_change: ResourceChange,
    /// What changes: `Resource` so far.
    #[serde(rename = "Type")]
    pub change_type: Word<ChangeType>,
}

/// What happens to a resource, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceChange {
    /// What happens.
    pub action: Word<Action>,
    /// The resource after the change: JSON in text, with values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_context: Option<String>,
    /// The resource before the change: JSON in text, with values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_context: Option<String>,
    /// The change set of a nested stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_set_id: Option<ChangeSetId>,
    /// Why it is modified. Empty where it comes or goes.
    #[serde(default)]
    pub details: Vec<Detail>,
    /// The logical ID.
    pub logical_resource_id: LogicalId,
    /// The modules that the resource comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module_info: Option<ModuleInfo>,
    /// The physical ID; none while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub physical_resource_id: Option<PhysicalId>,
    /// What happens to the physical resource that goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_action: Option<Word<PolicyAction>>,
    /// The resource at the last deployment: JSON in text. Only where drift is reverted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_deployment_context: Option<String>,
    /// Whether a new resource takes its place. Only where it is modified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replacement: Option<Word<Replacement>>,
    /// Where the resource's drift is left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource_drift_ignored_attributes: Vec<ResourceDriftIgnoredAttribute>,
    /// Whether somebody else changed it. Only where drift is reverted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_drift_status: Option<Word<ResourceDriftStatus>>,
    /// The resource type.
    pub resource_type: String,
    /// Which attributes change.
    #[serde(default)]
    pub scope: Vec<Word<Attribute>>,
}

/// One reason why a resource is modified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Detail {
    /// The parameter, resource or `Resource.Attribute` that causes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub causing_entity: Option<String>,
    /// Where the change comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_source: Option<Word<ChangeSource>>,
    /// When the new value is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<Word<Evaluation>>,
    /// What changes.
    pub target: Target,
}

/// What changes in a resource. The path, the values and the change type are there only with values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Target {
    /// The value after, as text; JSON where it is a list or a map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_value: Option<String>,
    /// Where the value after comes from. Only where drift is reverted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_value_from: Option<Word<ValueSource>>,
    /// The attribute.
    pub attribute: Word<Attribute>,
    /// Whether a value comes, goes or becomes another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_change_type: Option<Word<AttributeChangeType>>,
    /// The value before, as text; JSON where it is a list or a map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_value: Option<String>,
    /// Where the value before comes from. Only where drift is reverted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_value_from: Option<Word<ValueSource>>,
    /// What somebody else changed. Only where drift is reverted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// The top-level property, where the attribute is `Properties`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The way to what differs: `/Properties/Tags/0/Value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether such a change makes a new resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires_recreation: Option<Word<RequiresRecreation>>,
}

/// What somebody else changed since the last deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Drift {
    /// The value that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_value: Option<String>,
    /// When that was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift_detection_timestamp: Option<Timestamp>,
    /// The value of the last deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_value: Option<String>,
}

/// A part of a resource whose drift is left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceDriftIgnoredAttribute {
    /// The way to it.
    pub path: String,
    /// Why.
    pub reason: Word<ResourceDriftIgnoredReason>,
}

/// The modules that a resource comes from, outermost first, with slashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModuleInfo {
    /// Their logical IDs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logical_id_hierarchy: Option<String>,
    /// Their types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_hierarchy: Option<String>,
}

impl From<ResourceChange> for Change {
    fn from(resource_change: ResourceChange) -> Self {
        Change {
            hook_invocation_count: None,
            resource_change,
            change_type: ChangeType::Resource.into(),
        }
    }
}
