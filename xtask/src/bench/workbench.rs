//! Where benchmarks work: below the target folder, so that `cargo clean` takes it all away.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::error::BenchError;
use super::process::Step;

/// The folders of a run. One run at a time: two would measure each other.
pub(super) struct Workbench {
    /// The workspace.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// Locked as long as the file is open.
    _lock: File,
}

impl Workbench {
    pub(super) fn open(root: &Path) -> Result<Workbench, BenchError> {
        let target = std::env::var_os("CARGO_TARGET_DIR");
        let target = target.map_or_else(|| root.join("target"), |folder| root.join(folder));
        let folder = target.join("bench");
        fs::create_dir_all(&folder).map_err(BenchError::file("make", &folder))?;
        let path = folder.join("lock");
        let lock = File::create(&path).map_err(BenchError::file("write", &path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BenchError::Busy),
            Err(TryLockError::Error(error)) => return Err(BenchError::file("lock", &path)(error)),
        }
        Ok(Workbench {
            root: root.to_owned(),
            target,
            _lock: lock,
        })
    }

    /// A folder of ours, made where it is not there yet.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf, BenchError> {
        let folder = self.path(name);
        fs::create_dir_all(&folder).map_err(BenchError::file("make", &folder))?;
        Ok(folder)
    }

    /// A path among our folders; nothing is made.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.target.join("bench").join(name)
    }

    /// Where the output of the last process is.
    pub(super) fn log(&self) -> PathBuf {
        self.path("last.log")
    }

    /// A cargo command in a folder, with a target folder.
    pub(super) fn cargo(folder: &Path, target: &Path) -> Step {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        Step::new(cargo, folder).env("CARGO_TARGET_DIR", target)
    }

    /// Builds the program as it is shipped, and gives its path.
    pub(super) fn program(&self) -> Result<PathBuf, BenchError> {
        self.binary("stratiform-cli", "stratiform")
    }

    /// The same of a package with a binary of its name.
    pub(super) fn build(&self, package: &str) -> Result<PathBuf, BenchError> {
        self.binary(package, package)
    }

    fn binary(&self, package: &str, binary: &str) -> Result<PathBuf, BenchError> {
        eprintln!("building {binary}");
        Workbench::cargo(&self.root, &self.target)
            .args(["build", "--release", "--package", package, "--bin", binary])
            .run(&self.log())?;
        let name = format!("{binary}{}", std::env::consts::EXE_SUFFIX);
        Ok(self.target.join("release").join(name))
    }
}

/// Removes a folder, if it is there.
pub(super) fn remove(folder: &Path) -> Result<(), BenchError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(BenchError::file("remove", folder)(error))
        }
        _ => Ok(()),
    }
}
