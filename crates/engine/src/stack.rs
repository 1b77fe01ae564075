//! A stack: what is deployed, its resources, and the operation that is going on.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use stratiform_service::change_set::RollbackConfiguration;
use stratiform_service::status::DetailedStatus;
use stratiform_service::{Reason, ResourceStatus, StackId, StackName, StackStatus, Timestamp};
use stratiform_template::Template;

use crate::drift::Detection;
use crate::event::{Event, NESTED_STACK};
use crate::intake::ParameterValue;
use crate::operation::{Operation, OperationKind};
use crate::properties::Properties;
use crate::provider::Identity;

/// A stack, from its first change set to long after its deletion.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stack {
    pub(crate) id: StackId,
    pub(crate) name: StackName,
    pub(crate) status: StackStatus,
    pub(crate) reason: Option<String>,
    pub(crate) detail: Option<DetailedStatus>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Option<Timestamp>,
    pub(crate) deleted: Option<Timestamp>,
    pub(crate) deployment: Deployment,
    /// The change set that the last operation came from.
    pub(crate) change_set_id: Option<String>,
    pub(crate) disable_rollback: bool,
    /// Whether the last operation ran in express mode.
    pub(crate) mode: Mode,
    pub(crate) protection: bool,
    pub(crate) policy: Option<String>,
    pub(crate) timeout_minutes: Option<u32>,
    pub(crate) resources: IndexMap<String, Record>,
    pub(crate) outputs: Vec<OutputValue>,
    /// The exports that it uses.
    pub(crate) imports: Vec<String>,
    pub(crate) events: Vec<Event>,
    pub(crate) operation: Option<Box<Operation>>,
    /// What was deployed before the last operation that succeeded.
    pub(crate) before_last: Option<Box<Deployment>>,
    /// The change set that the operation executes.
    pub(crate) executing: Option<String>,
    /// Operations that were begun, oldest first.
    pub(crate) history: Vec<Begun>,
    /// Tokens that were used, and for what.
    pub(crate) tokens: IndexMap<String, Token>,
    pub(crate) detections: Vec<Detection>,
    /// The stack around this one, and the logical ID of this one in it.
    pub(crate) parent: Option<(StackId, String)>,
    pub(crate) root: Option<StackId>,
}

/// Is a resource waited for until it is in use?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Mode {
    #[default]
    Standard,
    Express,
}

/// An operation that was begun.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Begun {
    pub(crate) kind: OperationKind,
    pub(crate) id: String,
    pub(crate) start: Timestamp,
    pub(crate) end: Option<Timestamp>,
    pub(crate) failed: bool,
}

/// What a token was used for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) operation: String,
    pub(crate) parameters: Value,
}

/// What is deployed, or is to be.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Deployment {
    /// The template as it was sent.
    pub(crate) original: String,
    /// What it is made from instead: where the previous template is used again, that is what transforms made of it.
    pub(crate) source: Option<String>,
    /// The template that was made from it.
    #[serde(with = "template_text")]
    pub(crate) template: Arc<Template>,
    /// Whether the template as it was sent has transforms.
    pub(crate) transformed: bool,
    pub(crate) parameters: IndexMap<String, ParameterValue>,
    pub(crate) tags: IndexMap<String, String>,
    pub(crate) capabilities: Vec<String>,
    pub(crate) role: Option<String>,
    pub(crate) notification_arns: Vec<String>,
    pub(crate) rollback: RollbackConfiguration,
}

/// A resource of a stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) resource_type: String,
    pub(crate) status: ResourceStatus,
    pub(crate) reason: Option<String>,
    pub(crate) updated: Timestamp,
    /// None before the resource exists.
    pub(crate) identity: Option<Identity>,
    /// As the template says, with values.
    pub(crate) properties: Properties,
    /// The same, where dynamic references to secrets are as written; none where there are none.
    pub(crate) stated: Option<Properties>,
    /// The same, where what nobody may see is hidden; none where there is nothing to hide.
    pub(crate) shown: Option<Properties>,
    pub(crate) metadata: Option<Value>,
    pub(crate) deletion_policy: Option<String>,
    pub(crate) update_replace_policy: Option<String>,
    /// The stack's tags that were passed on.
    pub(crate) tags: IndexMap<String, String>,
    /// The logical IDs of what it refers to.
    pub(crate) needs: Vec<String>,
    /// What it has that only one can have, by key.
    pub(crate) holds: Vec<String>,
    /// What the last look for drift found.
    pub(crate) checked: Option<Checked>,
}

/// What the last look for drift found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Checked {
    pub(crate) status: String,
    pub(crate) at: Timestamp,
    pub(crate) actual: Option<Map<String, Value>>,
    pub(crate) expected: Map<String, Value>,
}

/// An output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct OutputValue {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) description: Option<String>,
    pub(crate) export: Option<String>,
}

impl Stack {
    /// A stack of which nothing is there yet.
    pub(crate) fn new(id: StackId, name: StackName, now: Timestamp) -> Stack {
        Stack {
            id,
            name,
            status: StackStatus::ReviewInProgress,
            reason: None,
            detail: None,
            created: now,
            updated: None,
            deleted: None,
            deployment: Deployment::default(),
            change_set_id: None,
            disable_rollback: false,
            mode: Mode::Standard,
            protection: false,
            policy: None,
            timeout_minutes: None,
            resources: IndexMap::new(),
            outputs: Vec::new(),
            imports: Vec::new(),
            events: Vec::new(),
            operation: None,
            before_last: None,
            executing: None,
            history: Vec::new(),
            tokens: IndexMap::new(),
            detections: Vec::new(),
            parent: None,
            root: None,
        }
    }
}

impl Deployment {
    /// The text that the template is made from.
    pub(crate) fn text(&self) -> &str {
        self.source.as_ref().unwrap_or(&self.original)
    }
}

impl Record {
    /// A resource that does not exist yet.
    pub(crate) fn empty(resource_type: String, now: Timestamp) -> Record {
        Record {
            resource_type,
            status: ResourceStatus::CreateInProgress,
            reason: None,
            updated: now,
            identity: None,
            properties: Properties::default(),
            stated: None,
            shown: None,
            metadata: None,
            deletion_policy: None,
            update_replace_policy: None,
            tags: IndexMap::new(),
            needs: Vec::new(),
            holds: Vec::new(),
            checked: None,
        }
    }

    /// Whether the stack has it.
    pub(crate) fn exists(&self) -> bool {
        let is_gone = matches!(
            self.status,
            ResourceStatus::DeleteComplete | ResourceStatus::DeleteSkipped
        );
        self.identity.is_some() && !is_gone
    }

    /// The properties as anybody may see them.
    pub(crate) fn shown(&self) -> &Properties {
        self.shown.as_ref().unwrap_or(&self.properties)
    }

    pub(crate) fn physical_id(&self) -> Option<&str> {
        let identity = self.identity.as_ref()?;
        Some(&identity.physical_id)
    }

    /// Whether it is the same resource, with the same properties and attributes.
    pub(crate) fn is_as(&self, other: &Record) -> bool {
        self.physical_id() == other.physical_id()
            && self.properties == other.properties
            && self.metadata == other.metadata
            && self.deletion_policy == other.deletion_policy
            && self.update_replace_policy == other.update_replace_policy
            && self.tags == other.tags
            && self.needs == other.needs
    }

    /// Whether it was still being made when that was called off: its service is not done with it.
    pub(crate) fn is_being_created(&self) -> bool {
        let reason = self.reason.as_deref().map(Reason::read);
        self.status == ResourceStatus::CreateFailed
            && reason.is_some_and(|reason| reason.is_follow_up())
    }

    pub(crate) fn is_nested_stack(&self) -> bool {
        self.resource_type == NESTED_STACK
    }

    /// Whether the last that happened to it failed.
    pub(crate) fn has_failed(&self) -> bool {
        matches!(
            self.status,
            ResourceStatus::CreateFailed
                | ResourceStatus::UpdateFailed
                | ResourceStatus::DeleteFailed
                | ResourceStatus::ImportFailed
        )
    }
}

/// Templates are kept as text.
mod template_text {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serializer, de};
    use stratiform_template::Template;

    pub(super) fn serialize<S: Serializer>(
        template: &Arc<Template>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&template.to_json())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<Template>, D::Error> {
        let text = String::deserialize(deserializer)?;
        match Template::parse(&text) {
            Ok(template) => Ok(Arc::new(template)),
            Err(findings) => {
                let first = findings.first().map(|finding| finding.what.clone());
                Err(de::Error::custom(first.unwrap_or_default()))
            }
        }
    }
}
