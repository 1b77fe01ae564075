//! What the tool itself needs to know about an environment, whatever the app.

mod besides;
mod bootstrap;
mod contacts;
mod deployment;
mod images;
mod policies;
mod recovery;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::names::{AccountId, AppName, CheckId, EnvironmentName, TagKey, TagValue};
use crate::values::region::Region;

pub use besides::{
    BesidesName, Command, FolderName, Notify, Runs, Task, Topic, VariableName, When,
};
pub use bootstrap::{
    Bootstrap, GitHubEnvironment, GitHubRepository, GitRef, PolicyArn, RepositoryIds,
};
pub use contacts::Contact;
pub use deployment::{Deployment, HttpCheck, OnFailure, Rehearsal, Verify};
pub use images::{ImageSource, Images, ServiceWithImage, SourcePath};
pub use policies::{AcceptedRisk, Covered, PolicyLevel, PolicyName};
pub use recovery::{ParameterOfStack, Recovery};

/// What the tool itself needs to know: where the environment lives, and how its stacks are treated.
///
/// An app's environment has it in a field named `settings`. A section of its own, and not fields mixed with
/// the app's: so `env.settings.region` and `settings.region` in YAML are the same words, an app can use any
/// name for its own sections, and an unknown key is known to be unknown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The environment's name. It is the file's name, so it is not written in the file.
    #[schemars(skip)]
    pub name: EnvironmentName,

    /// The app's name: the first part of every stack's name. Lower-case letters, digits and hyphens, at most
    /// 20 characters. Changing it makes new stacks.
    pub app: AppName,

    /// The region that the stacks are in.
    pub region: Region,

    /// The account that the stacks are in: 12 digits, in quotes. When given, nothing is deployed with
    /// credentials of another account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,

    /// The region to rebuild in when the first one is lost. Images and backups are copied there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disaster_recovery_region: Option<Region>,

    /// What is promised for that day, and what a rebuild needs there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,

    /// Tags of every stack, and so of every resource that can have tags. At most 40: AWS allows 50, and the
    /// tool adds its own.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 40))]
    pub tags: BTreeMap<TagKey, TagValue>,

    /// How a stack refers to a resource of another stack.
    #[serde(default)]
    pub references: References,

    /// Whether CloudFormation refuses to delete the stacks. `true` where losing the environment would hurt.
    #[serde(default)]
    pub termination_protection: bool,

    /// How the environment is deployed, and what has to be true afterwards.
    #[serde(default)]
    pub deployment: Deployment,

    /// Who may deploy the environment from GitHub, and with which limits: what `bootstrap` makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap: Option<Bootstrap>,

    /// What the images of services are made from, by service: `api`, where a stack has a parameter `ApiImage`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub images: Images,

    /// Who is told when something is wrong, in the order in which the runbook names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,

    /// How much policies matter here: `storage-encrypted: error`. Those that are not named have the level of `all`, or else
    /// their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policies: BTreeMap<PolicyName, PolicyLevel>,

    /// Findings that the team has decided to live with: the check's ID, then for which resource and why.
    #[serde(default)]
    pub accepted_risks: AcceptedRisks,
}

/// Findings that the team has decided to live with, by the check's ID.
pub type AcceptedRisks = BTreeMap<CheckId, Vec<AcceptedRisk>>;

impl Settings {
    /// The name of the field that an app's environment has them in.
    pub const SECTION: &'static str = "settings";

    /// The accepted risk that covers a check's finding on a resource, if there is one.
    pub fn accepted(&self, check: &str, stack: &str, logical_id: &str) -> Option<&AcceptedRisk> {
        self.acceptance(check, stack, logical_id)
            .map(|(_, risk)| risk)
    }

    /// The same with its position among those of the check.
    pub fn acceptance(
        &self,
        check: &str,
        stack: &str,
        logical_id: &str,
    ) -> Option<(usize, &AcceptedRisk)> {
        let mut risks = self.accepted_risks.get(check)?.iter().enumerate();
        risks.find(|(_, risk)| risk.resource.covers(stack, logical_id))
    }
}

/// How a stack refers to a resource of another stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum References {
    /// Export and import: what is in use cannot be changed or deleted.
    #[default]
    Strong,
    /// `Fn::GetStackOutput`: the producer changes freely, and its users notice on their next deployment.
    Weak,
}
