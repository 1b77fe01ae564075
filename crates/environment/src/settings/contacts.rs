//! Who is told when something is wrong.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Somebody who is told when something is wrong. What is written here is printed in the runbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Who, or what for: `on call`, `database`, `customers`.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,

    /// How to reach them: a channel, a phone number, an address. No password, and no address that lets whoever knows
    /// it write.
    #[schemars(length(min = 1, max = 200))]
    pub reach: String,
}
