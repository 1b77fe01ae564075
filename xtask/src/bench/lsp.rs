//! `bench lsp`: how long an editor waits. Whole messages, from the first byte of a question to the last of its answer,
//! with the program that it starts.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stratiform_template::Template;

use super::diff::template;
use super::error::BenchError;
use super::table::{self, Table};
use super::validate::{LARGEST, padded};
use super::workbench::Workbench;
use super::{Report, Request, process, verdict};

/// How many resources there are in templates that grow; the middle one is the most that CloudFormation takes.
const SIZES: [usize; 3] = [50, 500, 5_000];

/// The size for which there is a time to reach, and the time, in seconds.
const GOAL: usize = 500;
const GOAL_TIME: f64 = 0.020;

/// How often everything is asked in a round.
const TIMES: u32 = 10;

/// What is asked about, at the end of the template: a property that does not exist, so that there is always something
/// to tell.
const ASKED: &str = "AskedAbout";

/// A program that is spoken with.
struct Server {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    asked: u64,
}

/// How long somebody waits, and how much of it the server works, where the system says.
#[derive(Clone, Copy, Debug, Default)]
struct Took {
    wall: Duration,
    cpu: Option<Duration>,
}

/// What was measured of one template, in the order of [`QUESTIONS`].
type Times = [Vec<Took>; 6];

const QUESTIONS: [&str; 6] = [
    "opened → findings",
    "letter typed → findings",
    "hover",
    "properties",
    "references",
    "outline",
];

pub(super) fn run(bench: &Workbench, request: &Request) -> Result<Report, BenchError> {
    // The same server as every app's, and the AWS SDK need not be built for it.
    let program = bench.build("guestbook")?;
    let mut columns = vec!["resources", "size", "as"];
    columns.extend(QUESTIONS);
    columns.push("the text alone, to `cat` and back");
    let mut waiting = Table::new("How long an editor waits for an answer", &columns);
    let mut working = Table::new(
        "How long the server works for it: CPU of all its threads",
        &columns,
    );
    let mut longest = Vec::new();
    for resources in SIZES {
        for format in ["YAML", "JSON"] {
            let text = text(resources, format)?;
            let mut times = Times::default();
            for _ in 0..request.rounds {
                let failed = |error: io::Error| BenchError::Answer(error.to_string());
                round(&program, &text, format, &mut times).map_err(failed)?;
            }
            let alone: Result<Vec<Took>, io::Error> =
                (0..request.rounds).map(|_| through_a_pipe(&text)).collect();
            let alone = alone.map_err(|error| BenchError::Answer(error.to_string()))?;
            let head = [
                resources.to_string(),
                format!("{} KB", text.len() / 1000),
                format.to_owned(),
            ];
            let wall = times
                .each_ref()
                .map(|times| median(times, |took| Some(took.wall)));
            let cpu = times.each_ref().map(|times| median(times, |took| took.cpu));
            let row = |times: [Option<Duration>; 6], alone: Option<Duration>| {
                let times = times.into_iter().chain([alone]);
                let cells = times.map(|time| time.map_or_else(|| "–".to_owned(), table::time));
                head.iter().cloned().chain(cells).collect::<Vec<String>>()
            };
            let waited = row(wall, median(&alone, |took| Some(took.wall)));
            waiting.rows.push(waited);
            working.rows.push(row(cpu, median(&alone, |took| took.cpu)));
            // Whatever else the machine does is no matter of ours, where that can be told apart.
            let own = if cpu.iter().all(Option::is_some) {
                cpu
            } else {
                wall
            };
            let worst = own.into_iter().skip(1).flatten().max();
            longest.push((resources, worst.unwrap_or_default().as_secs_f64()));
        }
    }
    let of = |wanted: usize| {
        let found = longest.iter().filter(|(resources, _)| *resources == wanted);
        found.map(|(_, seconds)| *seconds).fold(0.0, f64::max)
    };
    working.notes.push(verdict(
        "every answer about 500 resources with 20 ms of work",
        GOAL_TIME / of(GOAL),
        1.0,
    ));
    working.notes.push(verdict(
        "ten times the resources with at most fifteen times the work",
        15.0 * of(500) / of(5_000),
        1.0,
    ));
    Ok(Report {
        tools: Vec::new(),
        tables: vec![waiting, working],
    })
}

fn median(times: &[Took], of: impl Fn(&Took) -> Option<Duration>) -> Option<Duration> {
    let mut times: Vec<Duration> = times.iter().filter_map(of).collect();
    times.sort();
    times.get(times.len() / 2).copied()
}

/// A template of so many resources, each as large as those of the largest template that CloudFormation takes.
fn text(resources: usize, format: &str) -> Result<String, BenchError> {
    let mut template = template(resources.saturating_sub(1));
    template["Resources"][ASKED] = json!({
        "Type": "AWS::SQS::Queue",
        "Properties": { "DelaySecond": 1, "KmsMasterKeyId": { "Ref": "AWS::NoValue" } },
    });
    let json = padded(template, LARGEST / GOAL * resources);
    match format {
        "YAML" => match Template::parse(&json) {
            Ok(template) => Ok(template.to_yaml()),
            Err(findings) => Err(BenchError::Answer(stratiform_finding::one_line(&findings))),
        },
        _ => Ok(json),
    }
}

/// How long a text takes to another process and back, which is there already.
fn through_a_pipe(text: &str) -> io::Result<Took> {
    let mut cat = Command::new("cat")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let gone = || io::Error::other("`cat` has no input or output");
    let mut input = cat.stdin.take().ok_or_else(gone)?;
    let mut output = cat.stdout.take().ok_or_else(gone)?;
    input.write_all(b"x")?;
    output.read_exact(&mut [0])?;
    let before = process::worked(cat.id());
    let start = Instant::now();
    let mut back = vec![0; text.len()];
    thread::scope(|scope| {
        // A pipe holds less than a template: somebody has to write meanwhile.
        let written = scope.spawn(|| input.write_all(text.as_bytes()));
        output.read_exact(&mut back)?;
        let failed = |_| io::Error::other("the text was not written");
        written.join().map_err(failed)?
    })?;
    let wall = start.elapsed();
    let worked = process::worked(cat.id()).zip(before);
    let cpu = worked.map(|(after, before)| after.saturating_sub(before));
    // It ends where there is nothing more to read.
    drop(input);
    cat.wait()?;
    Ok(Took { wall, cpu })
}

/// Opens a text, and asks about it again and again.
fn round(program: &Path, text: &str, format: &str, times: &mut Times) -> io::Result<()> {
    let mut server = Server::start(program)?;
    let uri = format!("file:///bench/template.{}", format.to_lowercase());
    let document = json!({ "uri": uri, "languageId": "x", "version": 0, "text": text });
    let open = json!({ "textDocument": document });
    times[0].push(server.told("textDocument/didOpen", &open)?);
    let place = |needle: &str| {
        let at = text.rfind(needle).map_or(0, |at| at + needle.len());
        let before = text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().map_or(0, str::len);
        json!({ "line": line, "character": column })
    };
    let (property, reference) = (place("DelaySec"), place("AWS::N"));
    // A letter in the middle of the template.
    let middle = text.len() / 2;
    let middle = text.get(middle..).and_then(|rest| rest.find("what it is"));
    let middle = middle.map_or_else(|| place("DelaySec"), |at| {
        let before = text.get(..text.len() / 2 + at).unwrap_or_default();
        json!({ "line": before.matches('\n').count(), "character": before.rsplit('\n').next().map_or(0, str::len) })
    });
    for version in 1..=TIMES {
        let change = json!({ "range": { "start": middle, "end": middle }, "text": "x" });
        let changed = json!({
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [change],
        });
        times[1].push(server.told("textDocument/didChange", &changed)?);
        let at = |position: &Value| json!({ "textDocument": { "uri": uri }, "position": position });
        times[2].push(server.asked("textDocument/hover", &at(&reference))?);
        times[3].push(server.asked("textDocument/completion", &at(&property))?);
        times[4].push(server.asked("textDocument/completion", &at(&reference))?);
        times[5].push(server.asked("textDocument/documentSymbol", &at(&property))?);
    }
    server.end()
}

impl Server {
    fn start(program: &Path) -> io::Result<Server> {
        let mut process = Command::new(program)
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let gone = || io::Error::other("the server has no input or output");
        let mut server = Server {
            input: process.stdin.take().ok_or_else(gone)?,
            output: BufReader::new(process.stdout.take().ok_or_else(gone)?),
            process,
            asked: 0,
        };
        server.asked("initialize", &json!({ "capabilities": {} }))?;
        server.send(&json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }))?;
        Ok(server)
    }

    fn send(&mut self, message: &Value) -> io::Result<()> {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        self.input.flush()
    }

    /// The bytes of the next message.
    fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line)? == 0 {
                return Err(io::Error::other("the server has ended"));
            }
            match line.trim_end().strip_prefix("Content-Length: ") {
                Some(value) => length = value.parse().map_err(io::Error::other)?,
                None if line.trim_end().is_empty() => break,
                None => {}
            }
        }
        let mut content = vec![0; length];
        self.output.read_exact(&mut content)?;
        Ok(content)
    }

    /// What comes back, and what it took.
    fn timed(&mut self, message: &Value) -> io::Result<(Vec<u8>, Took)> {
        let before = process::worked(self.process.id());
        let start = Instant::now();
        self.send(message)?;
        let answer = self.receive()?;
        let wall = start.elapsed();
        let worked = process::worked(self.process.id()).zip(before);
        let cpu = worked.map(|(after, before)| after.saturating_sub(before));
        Ok((answer, Took { wall, cpu }))
    }

    /// How long it takes until something is told that follows from a message.
    fn told(&mut self, method: &str, params: &Value) -> io::Result<Took> {
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        let (told, took) = self.timed(&message)?;
        let told: Value = serde_json::from_slice(&told)?;
        match told["params"]["diagnostics"].as_array() {
            Some(findings) if !findings.is_empty() => Ok(took),
            _ => Err(io::Error::other(format!("no findings were told: {told}"))),
        }
    }

    /// How long it takes until a question is answered.
    fn asked(&mut self, method: &str, params: &Value) -> io::Result<Took> {
        self.asked += 1;
        let id = self.asked;
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let (answer, took) = self.timed(&message)?;
        let answer: Value = serde_json::from_slice(&answer)?;
        match answer.get("result") {
            Some(result) if answer["id"] == id && !result.is_null() => Ok(took),
            _ => Err(io::Error::other(format!(
                "`{method}` was not answered: {answer}"
            ))),
        }
    }

    fn end(mut self) -> io::Result<()> {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "shutdown" }))?;
        self.receive()?;
        self.send(&json!({ "jsonrpc": "2.0", "method": "exit" }))?;
        self.process.wait().map(|_| ())
    }
}
