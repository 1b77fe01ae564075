//! A project in a temporary folder, and the guestbook's binary to run in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A copy of `examples/guestbook` without its snapshots.
pub(crate) struct Project {
    folder: TempDir,
    binary: PathBuf,
}

impl Project {
    pub(crate) fn of_guestbook() -> Self {
        let project = Project {
            folder: TempDir::new().unwrap(),
            binary: binary(),
        };
        let environments =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guestbook/environments");
        fs::create_dir(project.path("environments")).unwrap();
        for entry in fs::read_dir(environments).unwrap() {
            let file = entry.unwrap().path();
            fs::copy(
                &file,
                project.path("environments").join(file.file_name().unwrap()),
            )
            .unwrap();
        }
        project
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Every file below a folder with its content.
    pub(crate) fn tree(&self, name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let root = self.path(name);
        let mut tree = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    tree.insert(
                        path.strip_prefix(&root).unwrap().to_owned(),
                        fs::read(&path).unwrap(),
                    );
                }
            }
        }
        tree
    }

    /// The binary in the project's folder, with nothing of this process's environment.
    pub(crate) fn command<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear();
        command
    }
}

/// The guestbook's binary: built beside this test.
fn binary() -> PathBuf {
    let ours = PathBuf::from(env!("CARGO_BIN_EXE_stratiform"));
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--package", "guestbook"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(status.success(), "the guestbook does not build");
    ours.with_file_name(format!("guestbook{}", std::env::consts::EXE_SUFFIX))
}

/// What a command printed and how it ended, times and temporary folders made the same every time.
pub(crate) fn run(mut command: Command) -> String {
    let output = command.output().unwrap();
    let folder = command
        .get_current_dir()
        .unwrap_or(Path::new(""))
        .display()
        .to_string();
    let text = |bytes: &[u8]| {
        redact(
            &String::from_utf8(bytes.to_vec())
                .unwrap()
                .replace(&folder, "[PROJECT]"),
        )
    };
    format!(
        "exit code {}\n── stdout\n{}── stderr\n{}",
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr)
    )
}

/// `in 17 ms` → `in [TIME]`.
fn redact(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let Some((before, after)) = line.split_once(" in ") else {
            return line.to_owned();
        };
        let digits = after.trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == '.');
        match digits
            .strip_prefix(" ms")
            .or_else(|| digits.strip_prefix(" s"))
        {
            Some(rest) if digits.len() < after.len() => format!("{before} in [TIME]{rest}"),
            _ => line.to_owned(),
        }
    });
    lines.collect()
}
