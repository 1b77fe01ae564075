//! Servers that are called: ours and moto.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::caller::Caller;
use super::error::BenchError;
use super::process::{self, Step};

/// A server that does not answer by then never will.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. It ends with the value.
pub(super) struct Server {
    process: Child,
    pub(super) address: String,
    /// From its start to its first answer.
    pub(super) started: Duration,
}

impl Server {
    /// Our engine, started and answering. The speed is what `--speed` takes.
    pub(super) fn ours(program: &Path, speed: &str) -> Result<Server, BenchError> {
        let start = Instant::now();
        let mut command = Command::new(program);
        command.args(["engine", "serve", "--port", "0", "--speed", speed]);
        let mut process = spawn(command.stdout(Stdio::piped()), "stratiform engine serve")?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            let read = BufReader::new(stdout).read_line(&mut line);
            read.map_err(BenchError::file("read", "the engine's output"))?;
        }
        let url = line.split(' ').next().unwrap_or_default();
        Server {
            process,
            address: url.trim_start_matches("http://").to_owned(),
            started: Duration::ZERO,
        }
        .answering(start)
    }

    /// moto, started and answering.
    pub(super) fn moto(program: &Path) -> Result<Server, BenchError> {
        let start = Instant::now();
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = port.map_err(BenchError::file("find", "a free port"))?;
        let mut command = Command::new(program);
        command.args(["--host", "127.0.0.1", "--port", &address.port().to_string()]);
        let process = spawn(command.stdout(Stdio::null()), "moto_server")?;
        Server {
            process,
            address: address.to_string(),
            started: Duration::ZERO,
        }
        .answering(start)
    }

    /// What clients are given as `AWS_ENDPOINT_URL`.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn answering(mut self, start: Instant) -> Result<Server, BenchError> {
        let caller = Caller::new(&self.address, "us-east-1");
        while caller.call("ListStacks", &[]).is_err() {
            if start.elapsed() > PATIENCE {
                let what = format!("nothing answers at {}", self.address);
                return Err(BenchError::Answer(what));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        self.started = start.elapsed();
        Ok(self)
    }

    /// How long its threads have been running; none where the system does not say that in parts of a tick.
    pub(super) fn own_time(&self) -> Option<Duration> {
        process::worked(self.process.id())
    }

    /// Its resident set, in bytes; 0 where the system does not say.
    pub(super) fn memory(&self) -> u64 {
        let ps = Step::new("ps", ".")
            .args(["-o", "rss=", "-p"])
            .arg(self.process.id().to_string());
        let kibibytes = ps.says().and_then(|text| text.trim().parse::<u64>().ok());
        kibibytes.unwrap_or_default() * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(command: &mut Command, name: &str) -> Result<Child, BenchError> {
    let command = command.stdin(Stdio::null()).stderr(Stdio::null());
    command.spawn().map_err(|source| BenchError::Start {
        program: name.to_owned(),
        source,
    })
}
