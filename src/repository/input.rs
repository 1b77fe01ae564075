//! Files as text: read up to a limit, and refused where they are none.
//!
//! What lives here: how much of a file is looked at, and what is said of one that is a folder, a device, too large or
//! no text. What does not live here: what a text means.

use std::ffi::OsStr;
use std::fs::{self, DirEntry, File};
use std::io::Read;
use std::path::Path;

use stratiform_finding::{Code, Finding};
use stratiform_template::MAX_BYTES;

use crate::exit::Exit;
use crate::report::Failure;

/// What a file is for: how much of it is read, and whether it may be a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// Values of an environment.
    Environment,
    /// A template that somebody names; `<(…)` of a shell is a pipe, and `-` what is piped in.
    Template,
    /// Values of parameters; a pipe, too.
    Parameters,
    /// A file of `snapshots/`.
    Snapshot,
    /// Rules of the user's.
    Rules,
}

/// How files of templates end.
pub(crate) const TEMPLATE_ENDINGS: [&str; 4] = ["yaml", "yml", "json", "template"];

/// What is in a folder, by name.
///
/// # Errors
/// What to say of a folder that cannot be read.
pub(crate) fn entries(folder: &Path) -> Result<Vec<DirEntry>, Box<Finding>> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let mut entries = entries.map_err(|error| {
        let what = format!("cannot read `{}`: {error}", folder.display());
        Box::new(Finding::new(Code::File, what, "check that you may read it"))
    })?;
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}

/// Whether nobody has files of their own in a folder of this name: it is hidden, or comes from a registry.
pub(crate) fn is_of_others(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with('.') || name == "node_modules"
}

const MEGABYTE: usize = 1024 * 1024;

impl Input {
    /// The most that is read, in bytes.
    fn most(self) -> usize {
        match self {
            Input::Environment | Input::Parameters | Input::Rules => MEGABYTE,
            Input::Template | Input::Snapshot => MAX_BYTES,
        }
    }

    fn may_be_a_pipe(self) -> bool {
        match self {
            Input::Environment | Input::Snapshot | Input::Rules => false,
            Input::Template | Input::Parameters => true,
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, is a folder, or has more than is read; or it is a device or a pipe that never ends, where
    /// only a file makes sense.
    pub(crate) fn bytes(self, path: &Path) -> Result<Vec<u8>, Failure> {
        let failed = |error| Failure::io("read", path, &error);
        if path == Path::new("-") && self.may_be_a_pipe() {
            return self.limited(std::io::stdin().lock(), path);
        }
        let metadata = fs::metadata(path).map_err(failed)?;
        let refused = |what: &str, help: &str| {
            let what = format!("`{}` {what}", path.display());
            Failure::new(Exit::Failed, Code::File, what, help)
        };
        if metadata.is_dir() {
            return Err(refused(
                "is a folder",
                "name a file, or move the folder away",
            ));
        }
        // Opening a pipe may already wait for ever.
        if !metadata.is_file() && !self.may_be_a_pipe() {
            return Err(refused("is no file", "put a file there, no device or pipe"));
        }
        self.limited(File::open(path).map_err(failed)?, path)
    }

    fn limited(self, from: impl Read, path: &Path) -> Result<Vec<u8>, Failure> {
        let most = self.most();
        let mut bytes = Vec::new();
        // One byte more tells what is too large, however large it is.
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let read = from.take(limit).read_to_end(&mut bytes);
        read.map_err(|error| Failure::io("read", path, &error))?;
        if bytes.len() > most {
            return Err(Failure::new(
                Exit::Failed,
                Code::File,
                format!("`{}` has more than {} MB", path.display(), most / MEGABYTE),
                "no more is read: check that it is the file you mean",
            ));
        }
        Ok(bytes)
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// Those of [`Input::bytes`]; and what is no UTF-8.
    pub(crate) fn text(self, path: &Path) -> Result<String, Failure> {
        String::from_utf8(self.bytes(path)?).map_err(|_| {
            Failure::new(
                Exit::Failed,
                Code::File,
                format!("`{}` is no UTF-8 text", path.display()),
                "save it as UTF-8",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(input: Input, path: &Path, what: &str) {
        let failure = input.text(path).unwrap_err();
        assert_eq!(failure.findings.len(), 1);
        let finding = &failure.findings[0];
        assert!(finding.what.ends_with(what), "{finding:?}");
        assert!(
            finding.what.contains(&path.display().to_string()),
            "{finding:?}"
        );
    }

    #[test]
    fn what_is_no_text_is_refused_as_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        refused(Input::Environment, folder.path(), "is a folder");
        let file = folder.path().join("file");
        fs::write(&file, b"\xFF\xFE\0").unwrap();
        refused(Input::Template, &file, "is no UTF-8 text");
        fs::write(&file, "x".repeat(MEGABYTE)).unwrap();
        assert_eq!(Input::Environment.text(&file).unwrap().len(), MEGABYTE);
        fs::write(&file, "x".repeat(MEGABYTE + 1)).unwrap();
        refused(Input::Environment, &file, "has more than 1 MB");
        assert!(Input::Template.text(&file).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn what_never_ends_is_not_read_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link.yaml");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        refused(Input::Environment, &link, "is no file");
        refused(Input::Snapshot, &link, "is no file");
        refused(Input::Template, &link, "has more than 16 MB");
        refused(Input::Parameters, &link, "has more than 1 MB");
        // Nobody ever writes into it.
        let pipe = folder.path().join("pipe.yaml");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        refused(Input::Environment, &pipe, "is no file");
    }
}
