//! Environments: layered YAML in, one typed and validated value out.
//!
//! Here live merging, checking and the origin of each value; the newtypes that any app's environment is made
//! of; and the JSON Schema that editors use, which is the same one that is checked. What does not live here:
//! reading files, printing, and what a particular app wants to know about its environments.
//!
//! One schema, made from the Rust types, drives all of it:
//!
//! ```text
//! defaults.yaml ┐                        ┌ check (all problems at once)
//! prod.yaml     ┴─parse→ layers ─merge→ tree ─deserialize→ E ─relations→ Loaded<E>
//! ```

mod check;
mod environment_type;
mod load;
mod message;
mod path;
mod schema;
mod settings;
#[cfg(test)]
mod tests;
mod values;
mod violation;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use environment_type::{AnyEnvironment, EnvironmentType};
pub use load::origin::{Effective, Origin};
pub use load::variation::{Variable, Variation};
pub use load::{Loaded, Loader, accepted_risks, check_all, images, load, load_all};
pub use path::{Path, Step};
pub use schema::{schema, unsupported};
pub use settings::{
    AcceptedRisk, AcceptedRisks, BesidesName, Bootstrap, Command, Contact, Covered, Deployment,
    FolderName, GitHubEnvironment, GitHubRepository, GitRef, HttpCheck, ImageSource, Images,
    Notify, OnFailure, ParameterOfStack, PolicyArn, PolicyLevel, PolicyName, Recovery, References,
    Rehearsal, RepositoryIds, Runs, ServiceWithImage, Settings, SourcePath, Task, Topic,
    VariableName, Verify, When,
};
pub use stratiform_finding::Source;
pub use stratiform_finding::words::{joined, listed, meant, nearest};
pub use values::cidr::Cidr;
pub use values::names::{
    AccountId, AppName, CheckId, Date, EmailAddress, EnvironmentName, TagKey, TagValue,
};
pub use values::region::Region;
pub use values::text;
pub use values::text::{Format, RefusedText, Text};
pub use violation::{Related, Violation};

/// What an app wants to know about its environments.
///
/// Its [`Settings`] are in a field named `settings`. Each struct and each tagged enum in it says
/// `#[serde(deny_unknown_fields)]`, so that a misspelt key is found.
pub trait Environment: DeserializeOwned + Serialize + JsonSchema + Sync + 'static {
    /// What the tool itself needs.
    fn settings(&self) -> &Settings;

    /// The formats of the app's own [`text!`] types. Those of this crate are known.
    fn formats() -> Vec<Format> {
        Vec::new()
    }

    /// What does not fit together, though each value is fine.
    fn check(&self) -> Vec<Violation> {
        Vec::new()
    }

    /// What does not fit together between environments; each violation with the environment it is in.
    fn check_all(all: &[(&EnvironmentName, &Self)]) -> Vec<(EnvironmentName, Violation)> {
        let _ = all;
        Vec::new()
    }
}

/// What [`text!`] needs from other crates, so that its users need not depend on them.
#[doc(hidden)]
pub mod reexported {
    pub use schemars::{JsonSchema, Schema, SchemaGenerator};
    pub use serde::de::Error;
    pub use serde::{Deserialize, Deserializer, Serialize, Serializer};
}
