//! `stratiform engine serve`, as a user starts it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::command::{cargo, root, run as run_command};
use crate::http;

/// A running engine. It ends with the value.
pub(super) struct Server {
    process: Child,
    url: String,
}

impl Server {
    /// Builds the program and starts it on a free port, at full speed.
    pub(super) fn start() -> Result<Server, String> {
        // The whole workspace, as for the tests: fewer packages would have other features, and be compiled again.
        run_command(&mut cargo([
            "build",
            "--quiet",
            "--workspace",
            "--bin",
            "stratiform",
        ]))?;
        let target = std::env::var_os("CARGO_TARGET_DIR");
        let target = target.map_or_else(|| root().join("target"), |folder| root().join(folder));
        let name = format!("stratiform{}", std::env::consts::EXE_SUFFIX);
        let mut command = Command::new(target.join("debug").join(name));
        let failed =
            |error: std::io::Error| format!("cannot run `stratiform engine serve`: {error}");
        let mut process = command
            .args(["engine", "serve", "--port", "0", "--speed", "max"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(failed)?;
        }
        let url = line.split(' ').next().unwrap_or_default().to_owned();
        let server = Server { process, url };
        match server.url.starts_with("http://") {
            true => Ok(server),
            false => Err(format!(
                "`stratiform engine serve` said no address, but `{line}`"
            )),
        }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Has something fail: the text of a `--fault`.
    pub(super) fn fault(&self, fault: &str) -> Result<(), String> {
        let address = self.url.trim_start_matches("http://");
        let answer = http::post(address, "/_stratiform/fault", &[], fault);
        match answer.map_err(|error| error.to_string())? {
            (200, _) => Ok(()),
            (status, body) => Err(format!(
                "the fault `{fault}` is answered with {status} {body}"
            )),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
