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
        let output = self.git(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
        if !output.status.success() {
            return Ok(None);
        }
        let text = |output: &std::process::Output| {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let commit = text(&output);
        let tags = self.git(&["tag", "--points-at", "HEAD", "--sort=-version:refname"])?;
        let tags = text(&tags).lines().map(str::to_owned).collect();
        Ok(Some(Head { commit, tags }))
    }
}
