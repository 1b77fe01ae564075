//! A project in a temporary folder, and the binary of an app to run in it.
//!
//! The reference app plays no part: whoever edits `stacks/` or `environments/` breaks no test of the tool.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use stratiform_test_support::{alone, redact};
use tempfile::TempDir;

/// A copy of an app's environments, and the app's binary.
pub(crate) struct Project {
    folder: TempDir,
    binary: PathBuf,
}

impl Project {
    /// `examples/guestbook`: small, and the repository's own environments play no part in it.
    pub(crate) fn of_guestbook() -> Self {
        Project::of("examples/guestbook/environments", guestbook())
    }

    /// `tests/shop`: an app of the tests' own, with something of every kind.
    pub(crate) fn of_shop() -> Self {
        Project::of("tests/shop/environments", shop())
    }

    fn of(environments: &str, binary: PathBuf) -> Self {
        let folder = TempDir::new().unwrap();
        let project = Project { folder, binary };
        let environments = root().join(environments);
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
        let path = self.path(name);
        path.parent().map(fs::create_dir_all).transpose().unwrap();
        fs::write(path, text).unwrap();
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

    /// The binary in a shell: `"$0"` in the script.
    #[cfg(unix)]
    pub(crate) fn shell(&self, script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        alone(&mut command)
            .args(["-c", script])
            .arg(&self.binary)
            .current_dir(self.folder.path());
        command
    }

    /// The binary in the project's folder, with nothing of this process's environment.
    pub(crate) fn command<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = Command::new(&self.binary);
        alone(&mut command)
            .args(arguments)
            .current_dir(self.folder.path());
        command
    }
}

/// The repository.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap()
}

fn shop() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_shop"))
}

/// The guestbook's binary: built beside this test, in the same profile, and without the feature `aws`, as a repository
/// of one's own has it.
fn guestbook() -> PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let binary = BINARY.get_or_init(|| {
        let ours = shop();
        let folder = ours.parent().unwrap();
        let profile = match folder.file_name().unwrap() {
            debug if debug == "debug" => "dev".as_ref(),
            profile => profile,
        };
        let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--quiet", "--package", "guestbook", "--profile"])
            .arg(profile)
            // Wherever this test was built: by a variable, a flag, or a configuration that cargo here does not know of.
            .arg("--target-dir")
            .arg(folder.parent().unwrap())
            .current_dir(root())
            .status()
            .unwrap();
        assert!(status.success(), "the guestbook does not build");
        ours.with_file_name(format!("guestbook{}", std::env::consts::EXE_SUFFIX))
    });
    binary.clone()
}

/// What a command printed and how it ended, without what differs each time.
pub(crate) fn run(mut command: Command) -> String {
    let output = command.output().unwrap();
    let folder = command
        .get_current_dir()
        .unwrap_or(Path::new(""))
        .display()
        .to_string();
    let text = |bytes: &[u8]| redact(std::str::from_utf8(bytes).unwrap(), &folder);
    format!(
        "exit code {}\n── stdout\n{}── stderr\n{}",
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr)
    )
}
