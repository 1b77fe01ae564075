//! Which files differ, as git tells it.

use super::git::Folder;
use crate::exit::Exit;
use crate::report::Failure;
use stratiform_finding::Code;

/// A file that is there now and differs from what was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// Its name, from the repository's top.
    pub name: String,
    /// What it was called before; none where it was not there.
    pub before: Option<String>,
}

/// What git is asked for, so that [`changes`] can read it: files that are there, and what became of them.
pub(super) const ASKED: [&str; 4] = [
    "-z",
    "--name-status",
    "--find-renames",
    "--diff-filter=ACMRT",
];

/// What git tells of each file: what became of it, and its name; of a renamed one two names.
pub(super) fn changes(told: &str) -> Vec<Change> {
    let mut fields = told.split('\0').filter(|field| !field.is_empty());
    let mut changes = Vec::new();
    while let (Some(status), Some(name)) = (fields.next(), fields.next()) {
        let name = name.to_owned();
        changes.push(match status.as_bytes().first() {
            Some(b'A') => Change { name, before: None },
            Some(b'R' | b'C') => Change {
                name: fields.next().map_or_else(|| name.clone(), str::to_owned),
                before: Some(name),
            },
            _ => Change {
                before: Some(name.clone()),
                name,
            },
        });
    }
    changes
}

impl Folder {
    /// The files that are staged; from the repository's top, in which the folder has to be.
    ///
    /// # Errors
    /// No git, no repository.
    pub(crate) fn staged(&self) -> Result<Vec<Change>, Failure> {
        let output = self.git(&[&["diff", "--cached"], ASKED.as_slice()].concat())?;
        if !output.status.success() {
            self.inside()?;
            let what = "git cannot tell what is staged";
            let help = "`git diff --cached` shows the same";
            return Err(Failure::new(Exit::Failed, Code::Git, what, help));
        }
        Ok(changes(&String::from_utf8_lossy(&output.stdout)))
    }

    /// The bytes of a file that is staged (`:NAME`), or in a commit (`HEAD:NAME`); none where there is no such one.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn blob(&self, object: &str) -> Result<Option<Vec<u8>>, Failure> {
        let output = self.git(&["cat-file", "blob", object])?;
        Ok(output.status.success().then_some(output.stdout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_each_file_is_read() {
        let told = "A\0new.txt\0M\0same.txt\0R087\0old\n.txt\0other.txt\0T\0link\0";
        let read = changes(told);
        let read: Vec<(&str, Option<&str>)> = read
            .iter()
            .map(|change| (change.name.as_str(), change.before.as_deref()))
            .collect();
        let wanted = [
            ("new.txt", None),
            ("same.txt", Some("same.txt")),
            ("other.txt", Some("old\n.txt")),
            ("link", Some("link")),
        ];
        assert_eq!(read, wanted);
        assert_eq!(changes(""), []);
    }
}
