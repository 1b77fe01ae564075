//! cfn-lint and AWS's own validator: asked in few processes, and never twice about the same text.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::case::Case;
use super::seen::Seen;
use crate::command::{output, root};

/// Below the workspace: the templates that are asked about, and what was answered.
pub(super) const FOLDER: &str = "target/conformance/validate";

/// One of those that are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oracle {
    CfnLint,
    Aws,
}

impl Oracle {
    /// Its name in tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Oracle::CfnLint => "cfn-lint",
            Oracle::Aws => "cloudformation-validate",
        }
    }

    fn script(self) -> &'static str {
        match self {
            Oracle::CfnLint => include_str!("cfn_lint.py"),
            Oracle::Aws => include_str!("aws.py"),
        }
    }

    fn python(self) -> Result<PathBuf, String> {
        match self {
            Oracle::CfnLint => crate::oracles::python(),
            Oracle::Aws => crate::oracles::validators(),
        }
    }

    /// The interpreter with the script; cfn-lint's findings depend on the order of sets, so that is fixed.
    fn command(self) -> Result<Command, String> {
        let mut command = Command::new(self.python()?);
        command
            .args(["-c", self.script()])
            .env("PYTHONHASHSEED", "0")
            .current_dir(root());
        Ok(command)
    }

    /// The version that is installed.
    pub(super) fn version(self) -> Result<String, String> {
        let script = format!(
            "import importlib.metadata; print(importlib.metadata.version('{}'))",
            self.name()
        );
        let answer = output(Command::new(self.python()?).args(["-c", &script]))?;
        Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
    }

    /// Every rule that it has, with a few words about it.
    pub(super) fn rules(self) -> Result<Vec<(String, String)>, String> {
        let mut command = self.command()?;
        let answer = output(command.arg("rules"))?;
        let failed = |_| {
            format!(
                "{}: {}",
                self.name(),
                String::from_utf8_lossy(&answer.stderr)
            )
        };
        let rules: std::collections::BTreeMap<String, String> =
            serde_json::from_slice(&answer.stdout).map_err(failed)?;
        Ok(rules.into_iter().collect())
    }

    /// Its findings, case by case.
    ///
    /// # Errors
    /// It cannot be installed or started, or ends before it has answered.
    pub(super) fn ask(self, cases: &[Case]) -> Result<Vec<Vec<Seen>>, String> {
        let folder = root().join(FOLDER);
        fs::create_dir_all(&folder).map_err(|error| failed("make", &folder, &error))?;
        let name = format!("{}-{}.jsonl", self.name(), self.version()?);
        let answers = Answers::open(folder.join(name))?;
        let keys: Vec<String> = cases.iter().map(|case| self.key(case)).collect();
        let open: Vec<(usize, PathBuf)> = cases
            .iter()
            .enumerate()
            .filter(|(index, _)| !answers.knows(&keys[*index]))
            .map(|(index, case)| Ok((index, write(case)?)))
            .collect::<Result<_, String>>()?;
        if !open.is_empty() {
            eprintln!("{} is asked about {} templates", self.name(), open.len());
            self.ask_all(cases, &keys, &open, &answers)?;
        }
        let answers = answers.into_known()?;
        let answer = |key: &String| answers.get(key).cloned().ok_or("an answer is missing");
        let all: Result<Vec<_>, _> = keys.iter().map(answer).collect();
        Ok(all?)
    }

    fn key(self, case: &Case) -> String {
        let text = [self.script(), &case.region, &case.text].join("\n");
        let digest = Sha256::digest(text.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// As many processes as there are cores; each is asked for one template after the other.
    fn ask_all(
        self,
        cases: &[Case],
        keys: &[String],
        open: &[(usize, PathBuf)],
        answers: &Answers,
    ) -> Result<(), String> {
        let next = AtomicUsize::new(0);
        let work = || -> Result<(), String> {
            let mut process = Process::start(self.command()?)?;
            while let Some((index, file)) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
                let seen = process
                    .ask(file, &cases[*index].region)
                    .map_err(|error| format!("{}: {}: {error}", self.name(), file.display()))?;
                answers.add(&keys[*index], seen)?;
            }
            Ok(())
        };
        let cores = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            for thread in threads {
                thread
                    .join()
                    .map_err(|_| "a thread panicked".to_owned())??;
            }
            Ok(())
        })
    }
}

/// Where a case is written.
pub(super) fn file(case: &Case) -> PathBuf {
    let extension = if case.text.starts_with('{') {
        "json"
    } else {
        "yaml"
    };
    root()
        .join(FOLDER)
        .join("cases")
        .join(format!("{}.{extension}", case.name))
}

/// Writes a case, so that whoever reads of it can open it.
pub(super) fn write(case: &Case) -> Result<PathBuf, String> {
    let path = file(case);
    if fs::read_to_string(&path).is_ok_and(|there| there == case.text) {
        return Ok(path);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| failed("make", folder, &error))?;
    }
    fs::write(&path, &case.text).map_err(|error| failed("write", &path, &error))?;
    Ok(path)
}

fn failed(action: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {action} `{}`: {error}", path.display())
}

/// A process that answers one line with one line.
struct Process {
    child: std::process::Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Process {
    fn start(mut command: Command) -> Result<Process, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot start Python: {error}"))?;
        let answers = child.stdout.take().ok_or("no output")?;
        Ok(Process {
            answers: BufReader::new(answers),
            child,
        })
    }

    fn ask(&mut self, file: &Path, region: &str) -> Result<Vec<Seen>, String> {
        let question = json!({"file": file, "region": region});
        let input = self.child.stdin.as_mut().ok_or("no input")?;
        writeln!(input, "{question}").map_err(|error| error.to_string())?;
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        read.map_err(|error| error.to_string())?;
        serde_json::from_str(&line).map_err(|_| format!("no answer: `{}`", line.trim()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// What was answered, in a file that only grows.
struct Answers {
    file: Mutex<File>,
    known: Mutex<HashMap<String, Vec<Seen>>>,
}

impl Answers {
    fn open(path: PathBuf) -> Result<Answers, String> {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let read = |line: &str| {
            let line: Value = serde_json::from_str(line).ok()?;
            let seen: Vec<Seen> = serde_json::from_value(line["seen"].clone()).ok()?;
            let seen = seen.into_iter().map(Seen::beginning_once).collect();
            Some((line["key"].as_str()?.to_owned(), seen))
        };
        let file = OpenOptions::new().append(true).create(true).open(&path);
        Ok(Answers {
            file: Mutex::new(file.map_err(|error| failed("open", &path, &error))?),
            known: Mutex::new(text.lines().filter_map(read).collect()),
        })
    }

    fn knows(&self, key: &str) -> bool {
        self.known.lock().is_ok_and(|known| known.contains_key(key))
    }

    fn add(&self, key: &str, seen: Vec<Seen>) -> Result<(), String> {
        let line = json!({"key": key, "seen": seen});
        let broken = |_| "another thread panicked".to_owned();
        let mut file = self.file.lock().map_err(|_| broken(()))?;
        writeln!(file, "{line}").map_err(|error| error.to_string())?;
        let mut known = self.known.lock().map_err(|_| broken(()))?;
        let seen = seen.into_iter().map(Seen::beginning_once).collect();
        known.insert(key.to_owned(), seen);
        Ok(())
    }

    fn into_known(self) -> Result<HashMap<String, Vec<Seen>>, String> {
        self.known
            .into_inner()
            .map_err(|_| "another thread panicked".to_owned())
    }
}
