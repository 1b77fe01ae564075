//! What is to be deployed, and how.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use stratiform_service::change_set::{DeploymentConfigMode, RollbackConfiguration};
use stratiform_service::{ChangeSetId, LogicalId, StackName, Timestamp};

use crate::besides::Besides;
use crate::call::{OnDrift, ParameterValue, Stack};
use crate::predicted::Prediction;
use crate::verification::Contract;

/// How tags of ours begin.
pub const PREFIX: &str = "stratiform:";

/// How the key of a stack ends that is deployed twice, the first time.
pub const FIRST: &str = ", first";

/// How the key of a stack ends that is deployed only to hold as text what it imports.
pub const HOLDS: &str = ", holds";

/// The key of the stack itself, whichever pass of it the key is of.
pub fn stack_of(key: &str) -> &str {
    let key = key.strip_suffix(FIRST).unwrap_or(key);
    key.strip_suffix(HOLDS).unwrap_or(key)
}

/// What is to be deployed, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The stacks, each after all that it needs. One that is there twice is deployed twice.
    pub stacks: Vec<PlannedStack>,
    /// How.
    pub conduct: Conduct,
}

/// A stack that is to be as it is described here.
#[derive(Clone, Debug)]
pub struct PlannedStack {
    /// CloudFormation's name.
    pub name: StackName,
    /// The name without app and environment: `network`.
    pub key: String,
    /// The stacks that must be deployed before, as places in [`Plan::stacks`], all smaller than its own.
    pub depends_on: Vec<usize>,
    /// The template's text, as it is sent.
    pub template: String,
    /// A value for each parameter of the template.
    pub parameters: IndexMap<String, ParameterValue>,
    /// Tags, but for those of [`Record`].
    pub tags: IndexMap<String, String>,
    /// What CloudFormation must be told: `CAPABILITY_IAM`.
    pub capabilities: Vec<String>,
    /// The stack policy, JSON; none where it stays as it is.
    pub policy: Option<String>,
    /// Whether CloudFormation shall refuse to delete it; none where it stays as it is.
    pub termination_protection: Option<bool>,
    /// Where it comes from; none where it is as the run.
    pub record: Option<Record>,
    /// What our own diff says; none where nobody asked it.
    pub predicted: Option<Prediction>,
    /// The change set that was approved; none where one is to be made.
    pub sealed: Option<SealedChangeSet>,
    /// What was there a moment ago; none where it has to be asked.
    pub seen: Option<Seen>,
    /// What becomes of what somebody else changed in it.
    pub drift: OnDrift,
    /// What it imports that an earlier pass of it held as text, because it has another value now.
    pub imports: Vec<Imported>,
}

/// A value of another stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// What `Fn::ImportValue` has in the template.
    pub name: serde_json::Value,
    /// The stack that exports it, as a place in [`Plan::stacks`].
    pub exporter: usize,
    /// The output there.
    pub output: String,
}

/// A stack as it was a moment ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The stack; none where there was none.
    pub stack: Option<Box<Stack>>,
    /// Its template's text, where it was read.
    pub template: Option<String>,
}

/// A change set that somebody approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedChangeSet {
    /// The change set.
    pub change_set: ChangeSetId,
    /// When the stack's last operation had begun; none where there was no stack.
    pub stack_changed: Option<Timestamp>,
    /// The digest of the changes.
    pub digest: String,
}

/// How a plan is carried out.
#[derive(Clone, Debug)]
pub struct Conduct {
    /// What this run is called, in names of change sets and in tokens: 1 to 64 of letters, digits and hyphens. The same
    /// deployment started again has the same.
    pub run: String,
    /// What the stacks are told of where they come from.
    pub record: Record,
    /// How many stacks at the same time, at least one.
    pub concurrency: usize,
    /// What happens to the other stacks of this run when one fails.
    pub on_failure: OnFailure,
    /// Whether change sets are executed.
    pub until: Until,
    /// Whether somebody has to be asked.
    pub approval: Approval,
    /// Stateful resources that may go.
    pub allowed: Vec<Allowance>,
    /// What may be done about stacks that cannot be updated as they are.
    pub mending: Mending,
    /// Resources that are left as they are where a rollback that is stuck is continued.
    pub skip: Vec<Skip>,
    /// The role that CloudFormation takes on.
    pub role: Option<String>,
    /// Topics that are told; none leaves them as they are.
    pub notification_arns: Vec<String>,
    /// Alarms that make a deployment fail. A stack that is made has none.
    pub rollback: Option<RollbackConfiguration>,
    /// Whether resources are waited for.
    pub mode: DeploymentConfigMode,
    /// Whether what is there already, outside of all stacks and under the name that a template gives, becomes part of the
    /// stack.
    pub import_existing: bool,
    /// Where templates of more than 51,200 bytes go; none where they are refused.
    pub bucket: Option<String>,
    /// Whether snapshots of all databases are taken before anything is executed.
    pub backup: bool,
    /// What has to be true afterwards; none where nobody asks.
    pub verify: Option<Contract>,
    /// What is done besides.
    pub besides: Besides,
    /// How often is asked.
    pub pace: Pace,
}

/// Where a deployment comes from: tags of its stacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The git tag.
    pub release: Option<String>,
    /// The commit.
    pub commit: Option<String>,
    /// Who.
    pub deployed_by: Option<String>,
    /// Why, where somebody had to say.
    pub reason: Option<String>,
    /// Who said yes to it; none where that is not known when change sets are made: a sealed release is approved later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Which checks were skipped for the reason: their names with spaces between them, or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// The region that was lost or left, where it was rebuilt in another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuilt_from: Option<String>,
}

/// What happens to the other stacks of a run when one fails?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// What is deployed stays.
    #[default]
    Keep,
    /// What this run deployed goes back to what it was.
    RollBackAll,
}

/// How far does a run go?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Stacks that cannot be updated as they are were mended.
    Mended,
    /// Change sets are made, and stay.
    Prepared,
    /// They are executed.
    Deployed,
}

/// Does somebody have to be asked before change sets are executed?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// Yes, once for all of them; again where a later one is worse than predicted.
    Asked,
    /// It was given before: only where one is worse than predicted.
    Given,
}

/// A resource that holds data and may go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Allowance {
    /// How.
    pub loss: Loss,
    /// The stack's key: `database`.
    pub stack: String,
    /// The resource.
    pub logical_id: LogicalId,
}

/// A resource that is left as it is where the rollback of its stack is continued: CloudFormation takes it as rolled back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// The stack's key: `database`.
    pub stack: String,
    /// The resource's logical ID; `Child.LogicalId` in a nested stack.
    pub resource: String,
}

/// How does a resource go?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Loss {
    /// A new one takes its place.
    Replace,
    /// It is deleted.
    Delete,
    /// It does not answer for a while.
    Interrupt,
}

/// What may be done about stacks that cannot be updated as they are?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mending {
    /// What loses nothing: to delete a creation that never succeeded and holds nothing.
    Harmless,
    /// Also to continue rollbacks that are stuck, and to roll back what was left halfway.
    Rollbacks,
}

/// How often is asked how things are?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The shortest pause, in milliseconds.
    pub least: i64,
    /// The longest.
    pub most: i64,
}

impl Pace {
    /// The pause after so many milliseconds of waiting: a 25th of them, so that the end is noticed within two per cent.
    pub fn pause(self, waited: i64) -> i64 {
        (waited / 25).clamp(self.least, self.most.max(self.least))
    }
}

impl Record {
    /// The record that a stack's tags have.
    pub(crate) fn of(tags: &IndexMap<String, String>) -> Record {
        let tag = |key: &str| tags.get(&format!("{PREFIX}{key}")).cloned();
        Record {
            release: tag("release"),
            commit: tag("commit"),
            deployed_by: tag("deployed-by"),
            reason: tag("reason"),
            approved_by: tag("approved-by"),
            skipped: tag("skipped"),
            rebuilt_from: tag("rebuilt-from"),
        }
    }

    /// The record as tags.
    pub fn tags(&self, run: &str) -> IndexMap<String, String> {
        let tags = [
            ("release", self.release.as_deref()),
            ("commit", self.commit.as_deref()),
            ("deployed-by", self.deployed_by.as_deref()),
            ("run", Some(run)),
            ("reason", self.reason.as_deref()),
            ("approved-by", self.approved_by.as_deref()),
            ("skipped", self.skipped.as_deref()),
            ("rebuilt-from", self.rebuilt_from.as_deref()),
        ];
        let tags = tags.into_iter();
        tags.filter_map(|(key, value)| Some((format!("{PREFIX}{key}"), tag_value(value?))))
            .collect()
    }
}

/// A text as CloudFormation takes it for a tag's value: letters, digits, spaces and `_.:/=+-@`, at most 256.
fn tag_value(text: &str) -> String {
    let allowed = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    let text = text.chars().map(|c| if allowed(c) { c } else { '-' });
    text.take(256).collect::<String>().trim().to_owned()
}

/// Whether a tag is part of a [`Record`], and so says nothing about the stack itself.
pub fn is_record(key: &str) -> bool {
    key.starts_with(PREFIX)
}
