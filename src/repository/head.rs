//! What is checked out.

use super::git::Folder;
use crate::report::Failure;

/// The commit that is checked out, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The full object name.
    pub commit: String,
    /// The tags that are at it, the highest version first.
    pub tags: Vec<String>,
}

impl Folder {
    /// What is checked out; none outside of a repository, and where nothing was committed yet.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn head(&self) -> Result<Option<Head>, Failure> {
        self.at("HEAD")
    }

    /// A commit by any name of it; none where git does not know it.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn at(&self, name: &str) -> Result<Option<Head>, Failure> {
        let spec = format!("{name}^{{commit}}");
        let arguments = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &spec,
        ];
        let output = self.git(&arguments)?;
        if !output.status.success() {
            return Ok(None);
        }
        let text = |output: &std::process::Output| {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let commit = text(&output);
        let tags = self.git(&["tag", "--points-at", &commit, "--sort=-version:refname"])?;
        let tags = text(&tags).lines().map(str::to_owned).collect();
        Ok(Some(Head { commit, tags }))
    }
}
