//! Programs in Python, pinned: a virtual environment below `target/` for each list of requirements.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::{root, run as run_command};

/// A virtual environment.
pub(crate) struct Venv {
    /// The folder below `target/`.
    pub(crate) name: &'static str,
    /// The file of this package that names everything that is installed.
    pub(crate) file: &'static str,
    /// What is in the file.
    pub(crate) requirements: &'static str,
}

impl Venv {
    /// A program of the virtual environment.
    ///
    /// # Errors
    /// The environment cannot be made.
    pub(crate) fn program(&self, name: &str) -> Result<PathBuf, String> {
        self.python().map(|python| python.with_file_name(name))
    }

    /// The interpreter, in an environment that is made where it is missing or old.
    ///
    /// # Errors
    /// The environment cannot be made.
    pub(crate) fn python(&self) -> Result<PathBuf, String> {
        let folder = root().join("target").join(self.name);
        let bin = if cfg!(windows) { "Scripts" } else { "bin" };
        let python = folder.join(bin).join("python");
        let installed = folder.join("installed.txt");
        if fs::read_to_string(&installed).is_ok_and(|text| text == self.requirements) {
            return Ok(python);
        }
        eprintln!("installing {} into target/{}", self.file, self.name);
        let _ = fs::remove_dir_all(&folder);
        run_command(Command::new("python3").args(["-m", "venv"]).arg(&folder))
            .map_err(|error| format!("{error}: install Python 3 with its venv module"))?;
        let mut pip = Command::new(&python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--requirement",
        ]);
        run_command(pip.arg(root().join("xtask").join(self.file)))?;
        fs::write(&installed, self.requirements)
            .map_err(|error| format!("cannot write `{}`: {error}", installed.display()))?;
        Ok(python)
    }
}
