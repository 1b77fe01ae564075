//! Processes: what to run, running it, and measuring it.
//!
//! A measured process is started by a small process of its own (this program, as `bench probe`): what the
//! kernel counts for finished children then belongs to that one measurement, and this program's own memory,
//! which a child starts with, stays out of it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use super::error::BenchError;

/// The hidden task that measures one process.
pub(super) const PROBE: &str = "probe";

/// A command line, its folder, and its environment variables on top of ours, without those that are taken away.
#[derive(Clone, Debug)]
pub(super) struct Step {
    program: OsString,
    arguments: Vec<OsString>,
    folder: PathBuf,
    variables: Vec<(OsString, OsString)>,
    removed: Vec<OsString>,
}

/// What a finished process took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// From starting it to its end.
    pub wall: Duration,
    /// Of all processors, it and the processes it started.
    pub cpu: Duration,
    /// The most memory that one process of the tree had at a time, in bytes.
    pub peak: u64,
}

impl Usage {
    /// The usage of one step after the other.
    pub(super) fn then(self, next: Usage) -> Usage {
        Usage {
            wall: self.wall + next.wall,
            cpu: self.cpu + next.cpu,
            peak: self.peak.max(next.peak),
        }
    }
}

impl Step {
    pub(super) fn new(program: impl AsRef<OsStr>, folder: impl Into<PathBuf>) -> Step {
        Step {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            folder: folder.into(),
            variables: Vec::new(),
            removed: Vec::new(),
        }
    }

    pub(super) fn arg(mut self, argument: impl AsRef<OsStr>) -> Step {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    pub(super) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Step {
        let arguments = arguments
            .into_iter()
            .map(|argument| argument.as_ref().to_owned());
        self.arguments.extend(arguments);
        self
    }

    pub(super) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Step {
        self.variables
            .push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Takes a variable of ours away.
    pub(super) fn env_remove(mut self, name: impl AsRef<OsStr>) -> Step {
        self.removed.push(name.as_ref().to_owned());
        self
    }

    /// The command as one would type it.
    fn shown(&self) -> String {
        let words = std::iter::once(&self.program).chain(&self.arguments);
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        words.join(" ")
    }

    fn command(&self, program: &OsStr) -> Command {
        let mut command = Command::new(program);
        for name in &self.removed {
            command.env_remove(name);
        }
        command
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        // The variables of the `cargo run` that started us; they would make an inner cargo build anew.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command
    }

    /// Runs the step, its output in a log.
    pub(super) fn run(&self, log: &Path) -> Result<(), BenchError> {
        let output = Output::new(log)?;
        let mut command = self.command(&self.program);
        command.args(&self.arguments);
        let status = command
            .stdout(output.stdio()?)
            .stderr(output.stdio()?)
            .status()
            .map_err(|source| BenchError::Start {
                program: self.shown(),
                source,
            })?;
        if status.success() {
            Ok(())
        } else {
            Err(output.failure(self, status.to_string()))
        }
    }

    /// What the step prints, without the line break at its end; nothing where it cannot be run.
    pub(super) fn says(&self) -> Option<String> {
        let output = self
            .command(&self.program)
            .args(&self.arguments)
            .stderr(Stdio::null())
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim_end().to_owned())
    }

    /// Runs the step and measures it, its output in a log.
    pub(super) fn measure(&self, log: &Path) -> Result<Usage, BenchError> {
        let output = Output::new(log)?;
        let answer = log.with_extension("usage");
        let probe = std::env::current_exe().map_err(BenchError::file("find", "xtask"))?;
        let mut command = self.command(probe.as_os_str());
        command
            .args(["bench", PROBE])
            .arg(&answer)
            .arg(&self.program)
            .args(&self.arguments);
        let status = command
            .stdout(output.stdio()?)
            .stderr(output.stdio()?)
            .status()
            .map_err(|source| BenchError::Start {
                program: self.shown(),
                source,
            })?;
        if !status.success() {
            return Err(output.failure(self, status.to_string()));
        }
        let text = fs::read_to_string(&answer).map_err(BenchError::file("read", &answer))?;
        parse_usage(&text).ok_or_else(|| output.failure(self, "no measurement".to_owned()))
    }
}

/// Where a process's output goes.
struct Output<'a> {
    log: &'a Path,
    file: File,
}

impl Output<'_> {
    fn new(log: &Path) -> Result<Output<'_>, BenchError> {
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder).map_err(BenchError::file("make", folder))?;
        }
        let file = File::create(log).map_err(BenchError::file("write", log))?;
        Ok(Output { log, file })
    }

    fn stdio(&self) -> Result<Stdio, BenchError> {
        let file = self.file.try_clone();
        Ok(file.map_err(BenchError::file("write", self.log))?.into())
    }

    fn failure(&self, step: &Step, status: String) -> BenchError {
        let text = fs::read(self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.trim_end().lines().collect();
        let tail = &lines[lines.len().saturating_sub(15)..];
        BenchError::Failed {
            command: step.shown(),
            status,
            tail: tail.join("\n"),
            log: self.log.to_owned(),
        }
    }
}

fn parse_usage(text: &str) -> Option<Usage> {
    let mut numbers = text.split_whitespace().map(str::parse::<u64>);
    let mut next = || numbers.next()?.ok();
    Some(Usage {
        wall: Duration::from_nanos(next()?),
        cpu: Duration::from_micros(next()?),
        peak: next()?,
    })
}

/// `bench probe <answer> <program> <argument>…`: runs the program and writes down what it took.
pub(super) fn probe(arguments: &[String]) -> ExitCode {
    let [answer, program, arguments @ ..] = arguments else {
        return ExitCode::from(2);
    };
    let mut command = Command::new(program);
    command.args(arguments);
    let start = Instant::now();
    let status = command.status();
    let wall = start.elapsed();
    let status = match status {
        Ok(status) => status,
        Err(error) => {
            eprintln!("cannot start `{program}`: {error}");
            return ExitCode::FAILURE;
        }
    };
    if !status.success() {
        eprintln!("ended with {status}");
        return ExitCode::FAILURE;
    }
    let written = children().and_then(|(cpu, peak)| {
        let text = format!("{} {} {peak}\n", wall.as_nanos(), cpu.as_micros());
        fs::write(answer, text).map_err(BenchError::file("write", answer))
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// CPU time of all finished children and their children, and the memory of the largest one of them.
fn children() -> Result<(Duration, u64), BenchError> {
    usage(Whose::Children)
}

/// CPU time of this process so far.
pub(super) fn cpu_time() -> Result<Duration, BenchError> {
    Ok(usage(Whose::Own)?.0)
}

/// How long all threads of a running process have run; none where the system does not say that in parts of a tick.
pub(super) fn worked(process: u32) -> Option<Duration> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).ok()?;
    let ran = threads.map(|thread| {
        let text = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    ran.sum::<Option<u64>>().map(Duration::from_nanos)
}

enum Whose {
    Children,
    Own,
}

#[cfg(unix)]
fn usage(whose: Whose) -> Result<(Duration, u64), BenchError> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::{TimeVal, TimeValLike};

    // Linux counts memory in KiB, macOS in bytes.
    const UNIT: u64 = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let (who, what) = match whose {
        Whose::Children => (UsageWho::RUSAGE_CHILDREN, "children"),
        Whose::Own => (UsageWho::RUSAGE_SELF, "this process"),
    };
    let usage = getrusage(who).map_err(|error| BenchError::file("measure", what)(error.into()))?;
    let duration = |time: TimeVal| {
        Duration::from_micros(u64::try_from(time.num_microseconds()).unwrap_or_default())
    };
    let cpu = duration(usage.user_time()) + duration(usage.system_time());
    let peak = u64::try_from(usage.max_rss()).unwrap_or_default() * UNIT;
    Ok((cpu, peak))
}

#[cfg(not(unix))]
fn usage(_: Whose) -> Result<(Duration, u64), BenchError> {
    Err(BenchError::NoUnix)
}

/// Makes sure that a program can be run, and gives what it says its version is.
pub(super) fn version_of(
    program: &str,
    why: &'static str,
    what: &'static str,
) -> Result<String, BenchError> {
    Step::new(program, ".")
        .arg("--version")
        .says()
        .ok_or_else(|| BenchError::Missing {
            program: program.to_owned(),
            why,
            what,
        })
}
