//! `assembly.json`: how an environment's templates are deployed. `docs/assembly.md` says the same to users.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::ordered::Ordered;

/// The file's name, in the folder of each environment.
pub(crate) const FILE: &str = "assembly.json";

/// The version that is written, and the only one that is read.
const VERSION: u32 = 1;

/// An environment's stacks, in deployment order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssemblyFile {
    version: u32,
    pub app: String,
    pub environment: String,
    pub region: String,
    pub stacks: Vec<StackEntry>,
}

/// All about a stack but its template.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StackEntry {
    pub name: String,
    pub template: String,
    pub depends_on: Vec<String>,
    pub capabilities: Vec<String>,
    pub parameters: IndexMap<String, Option<String>>,
    pub tags: IndexMap<String, String>,
    pub termination_protection: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_policy: Option<Ordered>,
    pub sha256: String,
    pub bytes: usize,
    pub resources: usize,
}

impl AssemblyFile {
    /// What is written for an environment.
    pub(crate) fn new(
        app: &str,
        environment: &str,
        region: &str,
        stacks: Vec<StackEntry>,
    ) -> AssemblyFile {
        AssemblyFile {
            version: VERSION,
            app: app.to_owned(),
            environment: environment.to_owned(),
            region: region.to_owned(),
            stacks,
        }
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// What is wrong with it, in words: no JSON, a field that is missing, another version.
    pub(crate) fn parse(text: &str) -> Result<AssemblyFile, String> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let said: Versioned = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if said.version != VERSION {
            let found = said.version;
            return Err(format!(
                "it has version {found}, and this program reads version {VERSION}"
            ));
        }
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// The file's text.
    pub(crate) fn render(&self) -> String {
        // Maps with text keys, text, numbers: nothing that JSON cannot hold.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}
