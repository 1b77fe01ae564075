//! A change set as `DescribeChangeSet` answers.
//!
//! Source: CloudFormation API reference, "DescribeChangeSet"; recorded change sets.

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::names::{ChangeSetId, ChangeSetName, StackId, StackName};
use crate::status::{ChangeSetStatus, ExecutionStatus};
use crate::timestamp::Timestamp;
use crate::word::{Word, words};

/// A change set. Of one with many changes this is a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeSet {
    /// What the stack may do: `CAPABILITY_IAM`.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// Its ARN.
    pub change_set_id: ChangeSetId,
    /// Its name.
    pub change_set_name: ChangeSetName,
    /// What changes.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// When it was asked for.
    pub creation_time: Timestamp,
    /// How it is deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_config: Option<DeploymentConfig>,
    /// `REVERT_DRIFT`, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_mode: Option<String>,
    /// What its author says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it can be executed, or was.
    pub execution_status: Word<ExecutionStatus>,
    /// Whether resources that exist are imported rather than made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import_existing_resources: Option<bool>,
    /// Whether nested stacks have change sets of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_nested_stacks: Option<bool>,
    /// More of [`ChangeSet::changes`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// Topics that are told.
    #[serde(default, rename = "NotificationARNs")]
    pub notification_arns: Vec<String>,
    /// What happens where the deployment fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_stack_failure: Option<Word<OnStackFailure>>,
    /// Values of parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// The change set of the stack around this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_change_set_id: Option<ChangeSetId>,
    /// Alarms that make a deployment fail.
    #[serde(default)]
    pub rollback_configuration: RollbackConfiguration,
    /// The change set of the outermost stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_change_set_id: Option<ChangeSetId>,
    /// Whether somebody else changed the stack's resources. Only where drift is reverted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_drift_status: Option<Word<StackDriftStatus>>,
    /// The stack's ARN.
    pub stack_id: StackId,
    /// The stack's name.
    pub stack_name: StackName,
    /// Whether it is made.
    pub status: Word<ChangeSetStatus>,
    /// Why it is not, or what it may lack; [`Reason`](crate::Reason) reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// Tags of the stack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Parameter {
    /// Its name.
    pub parameter_key: String,
    /// The value that was given; `****` for `NoEcho`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter_value: Option<String>,
    /// The value of the parameter of Systems Manager that the given value names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_value: Option<String>,
    /// Whether the value stays as it was, in a request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_previous_value: Option<bool>,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// Alarms that make a deployment fail, and how long they are watched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RollbackConfiguration {
    /// How long they are watched after all resources are deployed, 0 to 180 minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring_time_in_minutes: Option<u32>,
    /// At most 5 alarms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rollback_triggers: Vec<RollbackTrigger>,
}

/// An alarm that makes a deployment fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RollbackTrigger {
    /// Its ARN.
    pub arn: String,
    /// `AWS::CloudWatch::Alarm` or `AWS::CloudWatch::CompositeAlarm`.
    #[serde(rename = "Type")]
    pub trigger_type: String,
}

/// How a change is deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeploymentConfig {
    /// Whether what succeeded stays where something fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_rollback: Option<bool>,
    /// Whether resources are waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Word<DeploymentConfigMode>>,
}

words! {
    /// Are resources waited for until they are in use?
    pub enum DeploymentConfigMode {
        /// They are.
        Standard = "STANDARD",
        /// Only until they are configured.
        Express = "EXPRESS",
    }
}

words! {
    /// What happens to a stack whose deployment fails?
    pub enum OnStackFailure {
        /// It stays as it is.
        DoNothing = "DO_NOTHING",
        /// It goes back to what it was.
        Rollback = "ROLLBACK",
        /// It is deleted. Only where it is new.
        Delete = "DELETE",
    }
}

words! {
    /// What does a change set do with its stack?
    pub enum ChangeSetType {
        /// It makes the stack.
        Create = "CREATE",
        /// It changes the stack.
        Update = "UPDATE",
        /// It adopts resources that exist.
        Import = "IMPORT",
    }
}

words! {
    /// Did somebody else change a stack's resources?
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum StackDriftStatus {
        InSync = "IN_SYNC",
        Drifted = "DRIFTED",
        NotChecked = "NOT_CHECKED",
        Unknown = "UNKNOWN",
    }
}
