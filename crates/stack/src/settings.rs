//! What an app is told of its environment.

use indexmap::IndexMap;
use stratiform_service::{Region, StackPrefix};

/// What every app needs to know of its environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The app's name, the first part of every stack's name.
    pub app: String,
    /// The environment's name, the second part.
    pub environment: String,
    /// The region the stacks are for.
    pub region: Region,
    /// How stacks refer to each other.
    pub references: References,
    /// Whether deletion of every stack is refused.
    pub termination_protection: bool,
    /// Tags of every stack; CloudFormation puts them on every resource that can have tags.
    pub tags: IndexMap<String, String>,
}

impl Settings {
    /// The full name of a stack: `storefront-prod-network`.
    pub(crate) fn stack_name(&self, key: &str) -> String {
        self.prefix().text(key)
    }

    /// How the names of the app's stacks start: `storefront-prod-`.
    pub(crate) fn prefix(&self) -> StackPrefix {
        StackPrefix::of(&self.app, &self.environment)
    }
}

/// How stacks refer to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum References {
    /// By export and import: what is in use cannot vanish.
    #[default]
    Strong,
    /// By `Fn::GetStackOutput`: the producer may change freely; the consumer keeps the old value until it is
    /// deployed again.
    Weak,
}
