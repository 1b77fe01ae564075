//! How files get to their place: all of them or none, and never over one that is there.

use std::fs::{self, File as Opened};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use stratiform_finding::Code;
use stratiform_finding::words::counted;

use super::files::File;
use crate::exit::Exit;
use crate::report::Failure;

/// Puts files into a folder, which people call `shown`.
///
/// A folder that is not there comes in one step, with all that is in it. In one that is there, files are made one after
/// the other, and taken away again where one cannot be made.
///
/// # Errors
/// One of the files is there already, or cannot be written: then all is as it was.
pub(super) fn place(folder: &Path, shown: &Path, files: &[File]) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::io("write", shown, &error);
    if folder.symlink_metadata().is_ok() {
        let there = files
            .iter()
            .filter(|file| is_there(&folder.join(file.path)));
        let there: Vec<&str> = there.map(|file| file.path).collect();
        if !there.is_empty() {
            return Err(refused(shown, &there));
        }
        return write(folder, files).map_err(failed);
    }
    let parent = folder.parent().unwrap_or(Path::new("/"));
    let mut made = Made::default();
    let moved = made
        .folders(parent)
        .and_then(|()| beside(parent, files))
        .and_then(|staged| fs::rename(staged.path(), folder));
    moved.map_err(|error| {
        made.undo();
        failed(error)
    })
}

/// A folder beside the one that is to be, with all files in it. It goes unless it is moved away.
fn beside(parent: &Path, files: &[File]) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".stratiform-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any other new folder, less what the user's mask takes away.
        builder.permissions(fs::Permissions::from_mode(0o777));
    }
    let staged = builder.tempdir_in(parent)?;
    write(staged.path(), files)?;
    Ok(staged)
}

/// Makes files in a folder; none where one of them cannot be made.
fn write(folder: &Path, files: &[File]) -> io::Result<()> {
    let mut made = Made::default();
    let written = files.iter().try_for_each(|file| {
        let path = folder.join(file.path);
        made.folders(path.parent().unwrap_or(folder))?;
        made.file(&path, &file.text)
    });
    if written.is_err() {
        made.undo();
    }
    written
}

/// What was made, in order.
#[derive(Debug, Default)]
struct Made {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Made {
    /// A folder, and those above it that are not there.
    fn folders(&mut self, folder: &Path) -> io::Result<()> {
        let lacking = folder.ancestors().take_while(|folder| !folder.is_dir());
        let lacking: Vec<&Path> = lacking.collect();
        for folder in lacking.into_iter().rev() {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_owned());
        }
        Ok(())
    }

    /// A file that was not there, also not since one looked.
    fn file(&mut self, path: &Path, text: &str) -> io::Result<()> {
        let mut file = Opened::create_new(path)?;
        self.files.push(path.to_owned());
        file.write_all(text.as_bytes())
    }

    /// Takes away what was made. What somebody else put into a folder meanwhile keeps it.
    fn undo(&self) {
        for file in self.files.iter().rev() {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Whether something has a name: a link that leads nowhere, too.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn refused(folder: &Path, there: &[&str]) -> Failure {
    let lines: String = there.iter().map(|path| format!("\n  {path}")).collect();
    Failure::new(
        Exit::Failed,
        Code::AlreadyThere,
        format!(
            "`{}` has {} that `init` would write:{lines}",
            folder.display(),
            counted(there.len(), "file")
        ),
        "nothing was written: name another folder, or move what is there away and back again afterwards",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<File> {
        let file = |path| File {
            path,
            text: format!("{path}\n"),
        };
        vec![
            file("Cargo.toml"),
            file("src/main.rs"),
            file("src/deep/a.rs"),
        ]
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_folder_and_those_above_it_are_made() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("a/b");
        place(&folder, &folder, &files()).unwrap();
        assert_eq!(names(&folder), ["Cargo.toml", "src"]);
        assert_eq!(names(&temporary.path().join("a")), ["b"]);
        let text = fs::read_to_string(folder.join("src/deep/a.rs")).unwrap();
        assert_eq!(text, "src/deep/a.rs\n");
    }

    #[test]
    fn what_is_there_stays_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("LICENSE"), "ours").unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/main.rs"), "ours").unwrap();
        let failure = place(folder.path(), Path::new("shop"), &files()).unwrap_err();
        let what = &failure.findings[0].what;
        assert_eq!(
            what,
            "`shop` has 1 file that `init` would write:\n  src/main.rs"
        );
        assert_eq!(names(folder.path()), ["LICENSE", "src"]);

        fs::remove_file(folder.path().join("src/main.rs")).unwrap();
        place(folder.path(), Path::new("shop"), &files()).unwrap();
        assert_eq!(names(folder.path()), ["Cargo.toml", "LICENSE", "src"]);
    }

    #[test]
    fn where_one_cannot_be_made_none_is() {
        let folder = tempfile::tempdir().unwrap();
        // In the way of the last one's folder.
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/deep"), "ours").unwrap();
        assert!(place(folder.path(), Path::new("shop"), &files()).is_err());
        assert_eq!(names(folder.path()), ["src"]);
        assert_eq!(names(&folder.path().join("src")), ["deep"]);

        // Below a file there can be no folder.
        let below = folder.path().join("src/deep/shop");
        assert!(place(&below, &below, &files()).is_err());
        assert_eq!(names(&folder.path().join("src")), ["deep"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_not_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = folder.path().join("elsewhere");
        std::os::unix::fs::symlink(&elsewhere, folder.path().join("Cargo.toml")).unwrap();
        assert!(place(folder.path(), Path::new("shop"), &files()).is_err());
        assert!(!elsewhere.exists());
    }
}
