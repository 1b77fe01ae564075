//! The programs that take part: ours, moto, and an example with the state machine alone.

use std::path::PathBuf;

use super::super::error::BenchError;
use super::super::process::Step;
use super::super::server::Server;
use super::super::workbench::Workbench;
use crate::oracles;

/// The programs that take part.
pub(super) struct Programs {
    ours: PathBuf,
    moto: PathBuf,
    pub(super) operations: PathBuf,
}

impl Programs {
    pub(super) fn install(bench: &Workbench) -> Result<Programs, BenchError> {
        eprintln!("building stratiform and the example `operations`");
        // Together, so that what both need is built once.
        Workbench::cargo(&bench.root, &bench.target)
            .args([
                "build",
                "--release",
                "--package",
                "stratiform-cli",
                "--package",
                "xtask",
            ])
            .args(["--bin", "stratiform", "--example", "operations"])
            .run(&bench.log())?;
        let release = bench.target.join("release");
        let name = |name: &str| format!("{name}{}", std::env::consts::EXE_SUFFIX);
        Ok(Programs {
            ours: release.join(name("stratiform")),
            operations: release.join("examples").join(name("operations")),
            moto: oracles::program("moto_server").map_err(BenchError::Answer)?,
        })
    }

    pub(super) fn versions(&self) -> Result<String, BenchError> {
        let script = "import importlib.metadata; print(importlib.metadata.version('moto'))";
        let python = self.moto.with_file_name("python");
        let version = Step::new(python, ".").args(["-c", script]).says();
        Ok(format!("moto {}", version.unwrap_or_default()))
    }

    /// Our engine at full speed, started and answering.
    pub(super) fn ours(&self) -> Result<Server, BenchError> {
        Server::ours(&self.ours, "max")
    }

    /// moto, started and answering.
    pub(super) fn moto(&self) -> Result<Server, BenchError> {
        Server::moto(&self.moto)
    }
}
