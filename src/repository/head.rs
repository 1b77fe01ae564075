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

    /// All tags, the highest version first, each after its commit; nothing outside of a repository.
    ///
    /// # Errors
    /// Git cannot be started.
    #[cfg(feature = "aws")]
    pub(crate) fn tagged(&self) -> Result<Vec<(String, String)>, Failure> {
        // What an annotated tag is of; of any other one there is no `*objectname`.
        let format = "--format=%(objectname) %(*objectname) %(refname:short)";
        let output = self.git(&[
            "for-each-ref",
            "--sort=-version:refname",
            format,
            "refs/tags",
        ])?;
        let text = String::from_utf8_lossy(&output.stdout);
        let tags = text.lines().filter_map(|line| {
            let (object, rest) = line.split_once(' ')?;
            let (commit, tag) = rest.split_once(' ')?;
            let commit = if commit.is_empty() { object } else { commit };
            Some((commit.to_owned(), tag.to_owned()))
        });
        Ok(tags.collect())
    }
}
