//! What the player does with a recorded case: data, made here and carried out by `examples/player`.
//!
//! What lives here: the types alone, for both programs. What does not: how a recording becomes a plan (`planning`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A case, from an empty account on.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) stack_name: String,
    /// Parameters that are in Systems Manager before anything is deployed.
    pub(crate) put_before: Vec<SsmParameter>,
    /// Other stacks of the account.
    pub(crate) other_stacks: Vec<StackInput>,
    /// What comes before the call that the case is about.
    pub(crate) first: First,
    pub(crate) main: Main,
    /// What is asked at the end, by a name that is the recording's business.
    pub(crate) questions: BTreeMap<String, Question>,
    /// Whether the stack is deleted before its events are read.
    pub(crate) delete: Deletion,
    /// What is asked after that.
    pub(crate) after_deletion: BTreeMap<String, Question>,
}

/// A parameter of Systems Manager.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SsmParameter {
    pub(crate) name: String,
    #[serde(default = "string")]
    pub(crate) r#type: String,
    pub(crate) value: String,
}

fn string() -> String {
    "String".to_owned()
}

/// A template with its parameters.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StackInput {
    pub(crate) template: String,
    pub(crate) parameters: Vec<Parameter>,
}

/// A parameter of a template.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Parameter {
    pub(crate) key: String,
    /// None for the previous one.
    pub(crate) value: Option<String>,
}

/// What is there before the call?
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum First {
    Nothing,
    /// A stack of another template; then the parameters of Systems Manager get other values.
    Deployed {
        stack: StackInput,
        then_put: Vec<SsmParameter>,
    },
    /// The stack itself, under its name.
    DeployedAlready(StackInput),
    /// A stack that is deleted, or being deleted.
    DeployedAndDeleted(StackInput),
}

/// The call that the case is about.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Main {
    CreateStack(Direct),
    UpdateStack(Direct),
    ValidateTemplate(String),
    GetTemplateSummary(String),
    ChangeSet(ChangeSetPlan),
}

/// A stack without a change set.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Direct {
    pub(crate) stack: StackInput,
    pub(crate) options: Options,
    pub(crate) capabilities: Capabilities,
}

/// Which capabilities are given?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Capabilities {
    All,
    None,
}

/// A change set, and what becomes of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ChangeSetPlan {
    pub(crate) stack: StackInput,
    pub(crate) options: Options,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Whether the stack is named by its ARN.
    pub(crate) by_id: bool,
    pub(crate) execution: Execution,
    pub(crate) described: Described,
    /// Whether a change set that fails is what is expected.
    pub(crate) may_fail: bool,
    /// Whether the execution may be refused: the case goes on then.
    pub(crate) execution_may_be_refused: bool,
}

/// Of which type is a change set?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Create,
    Update,
}

/// What becomes of a change set?
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Execution {
    /// It is described and left.
    None,
    /// The stack is made without it.
    CreatedDirectly,
    Executed,
    /// A stack with this export is made first.
    ExecutedAfterExport(String),
}

/// When are the two views of a change set read?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Described {
    Before,
    AfterExecution,
}

/// Is the stack deleted in the end?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Deletion {
    No,
    Yes,
}

/// Further arguments of a call, as recordings name them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(crate) struct Options {
    pub(crate) description: Option<String>,
    pub(crate) disable_rollback: Option<bool>,
    pub(crate) enable_termination_protection: Option<bool>,
    pub(crate) import_existing_resources: Option<bool>,
    pub(crate) include_nested_stacks: Option<bool>,
    #[serde(rename = "NotificationARNs")]
    pub(crate) notification_arns: Option<Vec<String>>,
    pub(crate) on_failure: Option<String>,
    pub(crate) on_stack_failure: Option<String>,
    pub(crate) resource_types: Option<Vec<String>>,
    #[serde(rename = "RoleARN")]
    pub(crate) role_arn: Option<String>,
    pub(crate) stack_policy_body: Option<String>,
    pub(crate) stack_policy_during_update_body: Option<String>,
    pub(crate) tags: Option<Vec<Tag>>,
    pub(crate) timeout_in_minutes: Option<i32>,
    pub(crate) use_previous_template: Option<bool>,
}

/// A tag of a stack.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// Something to ask of the stack.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Question {
    Stack,
    StackEvents,
    StackResources,
    StackResourceSummaries,
    StackResource(String),
    OriginalTemplate,
    ProcessedTemplate,
    TemplateSummary,
    Exports,
    /// The change set of the case, after it was deleted: by its ARN while nothing is deployed, by name afterwards.
    DeletedChangeSet(Described),
}
