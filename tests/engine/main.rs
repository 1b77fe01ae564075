//! The built binary serving the engine, as a user meets it: its lines, its signals, and what outlives it.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use stratiform_test_support::alone;
use tempfile::TempDir;

/// A running engine. It is killed where the test ends before it.
struct Served {
    child: Child,
    line: String,
    address: String,
}

impl Served {
    fn start(arguments: &[&str]) -> Served {
        let mut child = command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let address = line.split_whitespace().next().unwrap_or_default();
        let address = address.trim_start_matches("http://").to_owned();
        Served {
            child,
            line,
            address,
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-s", name, &id]).status();
        assert!(status.unwrap().success());
    }

    /// The exit code, and what was said on standard error.
    fn end(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stratiform"));
    alone(&mut command)
        .args(["engine", "serve"])
        .args(arguments);
    command
}

/// The status of a call to Systems Manager; none where no answer comes.
fn ssm(address: &str, operation: &str, name: &str) -> Option<u16> {
    let body = format!(r#"{{"Name":"{name}","Value":"{name}","Type":"String"}}"#);
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nX-Amz-Target: AmazonSSM.{operation}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=123456789012/20261128/eu-west-1/ssm/aws4_request, SignedHeaders=host, \
         Signature=0\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn it_says_where_it_is_and_ends_when_told() {
    for signal in ["INT", "TERM"] {
        let served = Served::start(&["--port", "0"]);
        let shown = served.line.replace(&served.address, "ADDRESS");
        assert_eq!(
            shown,
            "http://ADDRESS answers: export AWS_ENDPOINT_URL=http://ADDRESS\n"
        );
        assert!(served.address.starts_with("127.0.0.1:"));
        assert_eq!(ssm(&served.address, "GetParameter", "a"), Some(400));
        assert_eq!(ssm(&served.address, "NoSuchThing", "a"), Some(400));
        assert_eq!(ssm(&served.address, "NoSuchThing", "b"), Some(400));
        served.signal(signal);
        let (code, said) = served.end();
        assert_eq!(code, Some(0));
        // Once for all calls, and without what they were called with.
        assert_eq!(
            said,
            "ssm: NoSuchThing was called, which the engine does not have\n"
        );
    }
}

#[test]
fn listening_elsewhere_says_what_that_means() {
    let served = Served::start(&["--port", "0", "--host", "0.0.0.0"]);
    assert!(
        served.address.starts_with("127.0.0.1:"),
        "{}",
        served.address
    );
    assert_eq!(ssm(&served.address, "GetParameter", "a"), Some(400));
    served.signal("TERM");
    let (_, said) = served.end();
    assert!(
        said.contains("whoever reaches it can do everything in this engine"),
        "{said}"
    );
}

#[test]
fn faults_are_given_on_the_command_line() {
    let served = Served::start(&["--port", "0", "--fault", "api:PutParameter=500:times=1"]);
    assert_eq!(ssm(&served.address, "PutParameter", "a"), Some(500));
    assert_eq!(ssm(&served.address, "PutParameter", "a"), Some(200));
}

fn shown(output: &Output, folder: &TempDir) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let folder = folder.path().canonicalize().unwrap();
    let stderr = stderr.replace(&format!("{}/", folder.display()), "");
    format!("exit code {}\n{stderr}", output.status.code().unwrap())
}

#[test]
fn what_keeps_it_from_starting_is_said() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("engine.json");
    let served = Served::start(&["--port", "0", "--state", text(&file)]);
    let locked = command(&["--port", "0", "--state", text(&file)])
        .output()
        .unwrap();
    let locked = shown(&locked, &folder).replace(&served.child.id().to_string(), "ID");
    insta::assert_snapshot!(locked, @r"
    exit code 1
    error[file]: `engine.json` is in use by another engine, process ID
     │
     ╰ help: end that process, or use another file with `--state`
    ");
    let port = served.address.rsplit(':').next().unwrap();
    let taken = command(&["--port", port]).output().unwrap();
    // The number of the system's error is another on each.
    let taken = shown(&taken, &folder).replace(port, "PORT");
    let taken = taken.replace("(os error 48)", "(os error 98)");
    insta::assert_snapshot!(taken, @r"
    exit code 1
    error[runtime]: cannot listen on 127.0.0.1:PORT: Address already in use (os error 98)
     │
     ╰ help: choose another port with `--port`; 0 picks a free one
    ");
    let other = folder.path().join("other.json");
    fs::write(&other, "{}\n").unwrap();
    let foreign = command(&["--port", "0", "--state", text(&other)])
        .output()
        .unwrap();
    insta::assert_snapshot!(shown(&foreign, &folder), @r"
    exit code 1
    error[file]: other.json:1: this is no state of an engine: its first line has no `format` and `version`
     │
     ╰ help: name another file with `--state`; this one was left as it is
    ");
    for wrong in [
        ["--speed", "0"],
        ["--speed", "fast"],
        ["--fault", "everything"],
        ["--host", "here"],
        ["--port", "-1"],
    ] {
        let output = command(&wrong).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

/// Four clients write, the process is killed in the middle, and all that was answered is there afterwards. The kernel
/// keeps what was written; that it is on the disk too cannot be seen from here.
#[test]
fn what_was_answered_outlives_a_kill() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("engine.json");
    let answered: Arc<Mutex<Vec<String>>> = Arc::default();
    for round in 0..3 {
        let served = Served::start(&["--port", "0", "--state", text(&file)]);
        let ended = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> = (0..4)
            .map(|client| {
                let (answered, ended) = (Arc::clone(&answered), Arc::clone(&ended));
                let address = served.address.clone();
                thread::spawn(move || {
                    for number in 0.. {
                        let name = format!("p-{round}-{client}-{number}");
                        match ssm(&address, "PutParameter", &name) {
                            Some(200) => answered.lock().unwrap().push(name),
                            _ if ended.load(Ordering::SeqCst) => break,
                            other => panic!("{name}: {other:?}"),
                        }
                    }
                })
            })
            .collect();
        while answered.lock().unwrap().len() < 40 * (round + 1) {
            thread::yield_now();
        }
        ended.store(true, Ordering::SeqCst);
        served.signal("KILL");
        let (code, _) = served.end();
        assert_eq!(code, None);
        for client in clients {
            client.join().unwrap();
        }
    }
    let served = Served::start(&["--port", "0", "--state", text(&file)]);
    let answered = answered.lock().unwrap();
    for name in answered.iter() {
        assert_eq!(
            ssm(&served.address, "GetParameter", name),
            Some(200),
            "{name}"
        );
    }
    assert!(answered.len() >= 120);
}
