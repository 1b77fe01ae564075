//! A task that a deployment runs besides its stacks, as far as those have to know who go back over it.

use serde::{Deserialize, Serialize};

/// A task of an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskEntry {
    /// Its name: `migrate`.
    pub name: String,
    /// The service whose image it has.
    pub service: String,
    /// `before` the service's stack changes, or `after` all are deployed.
    pub runs: String,
    /// `always`, or where the `image_changes`.
    pub when: String,
    /// Whether what it does can be undone.
    pub reversible: bool,
}
