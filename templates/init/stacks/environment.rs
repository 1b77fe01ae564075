//! What differs between environments: what the files in `environments/` say. Comments become what editors show.
//!
//! `cargo run -- schema > environments/schema.json` after a change here; a test says when it is forgotten.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stratiform_environment::Settings;

/// An environment.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Where the environment lives, and how its stacks are treated.
    pub settings: Settings,

    /// The queue of what is to be done.
    pub inbox: Inbox,

    /// The address that alarms are mailed to; nobody when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarms_to: Option<String>,
}

/// The queue of what is to be done.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inbox {
    /// Days that a message waits before it is lost.
    #[schemars(range(min = 1, max = 14))]
    pub keep_days: u8,

    /// Seconds that working on a message may take: then somebody else gets it.
    #[schemars(range(min = 1, max = 43200))]
    pub work_seconds: u16,

    /// How often a message is tried before it is set aside.
    #[schemars(range(min = 1, max = 1000))]
    pub attempts: u16,
}

impl stratiform_environment::Environment for Environment {
    fn settings(&self) -> &Settings {
        &self.settings
    }
}
