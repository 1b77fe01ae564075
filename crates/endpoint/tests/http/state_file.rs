//! The state's file: what was answered is there again, and what cannot be read stops the start and stays as it is.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::support::{json, send, still};
use stratiform_endpoint::{Endpoint, Error, Listener, Options, Running, Speed};
use tempfile::TempDir;

type Notices = Arc<Mutex<Vec<String>>>;

fn open(file: &Path) -> Result<(Running, Notices), Error> {
    let notices = Notices::default();
    let told = Arc::clone(&notices);
    let running = Endpoint::start(still(Options {
        state: Some(file.to_owned()),
        listener: Listener::new(move |notice| told.lock().unwrap().push(notice.to_string())),
        ..Options::default()
    }))?;
    Ok((running, notices))
}

fn put(endpoint: &Running, name: &str) {
    let body = format!(r#"{{"Name":"{name}","Value":"secret","Type":"String"}}"#);
    let answer = json(endpoint.address(), "ssm", "AmazonSSM.PutParameter", &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn has(endpoint: &Running, name: &str) -> bool {
    let body = format!(r#"{{"Name":"{name}"}}"#);
    let answer = json(endpoint.address(), "ssm", "AmazonSSM.GetParameter", &body);
    answer.status == 200
}

/// What a person reads where a start is refused, without the folder; the file is as it was.
fn refused(folder: &TempDir, content: &str) -> String {
    let file = folder.path().join("engine.json");
    fs::write(&file, content).unwrap();
    let message = told(folder, &file);
    assert_eq!(fs::read_to_string(&file).unwrap(), content);
    message
}

fn told(folder: &TempDir, file: &Path) -> String {
    let error = open(file).map(drop).unwrap_err();
    let text = format!("{error}\nhelp: {}", error.help());
    let folder = folder.path().canonicalize().unwrap();
    text.replace(&format!("{}/", folder.display()), "")
        .replace(&std::process::id().to_string(), "ID")
}

#[test]
fn what_was_answered_is_there_again() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("engine.json");
    {
        let (endpoint, _) = open(&file).unwrap();
        put(&endpoint, "a");
        put(&endpoint, "b");
    }
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 3);
    let (endpoint, notices) = open(&file).unwrap();
    assert!(has(&endpoint, "a") && has(&endpoint, "b") && !has(&endpoint, "c"));
    assert!(notices.lock().unwrap().is_empty());
    // Made short at the start.
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_torn_last_line_is_left_out_and_said() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("engine.json");
    {
        let (endpoint, _) = open(&file).unwrap();
        put(&endpoint, "a");
        put(&endpoint, "b");
    }
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 10]).unwrap();
    let (endpoint, notices) = open(&file).unwrap();
    assert!(has(&endpoint, "a") && !has(&endpoint, "b"));
    let notices = notices.lock().unwrap().clone();
    assert_eq!(notices.len(), 1);
    assert!(
        notices[0].contains("engine.json:3: the last line was written only in part"),
        "{notices:?}"
    );
}

#[test]
fn an_empty_file_is_a_new_state() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("engine.json");
    fs::write(&file, "").unwrap();
    let (endpoint, _) = open(&file).unwrap();
    assert!(!has(&endpoint, "a"));
}

#[test]
fn what_cannot_be_read_is_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("engine.json");
    {
        let (endpoint, _) = open(&file).unwrap();
        put(&endpoint, "a");
        put(&endpoint, "b");
    }
    let good = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    let damaged = format!("{}\n{}\n{}\n", lines[0], &lines[1][..30], lines[2]);
    insta::assert_snapshot!(refused(&folder, &damaged), @r"
    engine.json:2: the state is damaged: it is no JSON, from column 30 on
    help: remove that line and those after it to go on from before, or use another file with `--state`; this one was left as it is
    ");
    let other = format!("{}\n{{\"at\":\"now\"}}\n", lines[0]);
    insta::assert_snapshot!(refused(&folder, &other), @r"
    engine.json:2: the state is damaged: it is not as this program writes it, from column 12 on
    help: remove that line and those after it to go on from before, or use another file with `--state`; this one was left as it is
    ");
    let newer = good.replacen("\"version\":1", "\"version\":2", 1);
    insta::assert_snapshot!(refused(&folder, &newer), @r"
    engine.json:1: the state is of version 2, and this program knows version 1
    help: use the newer program, or another file with `--state`; this one was left as it is
    ");
    let older = "{\"format\":\"stratiform-engine\",\"version\":1,\"state\":{}}\n";
    insta::assert_snapshot!(refused(&folder, older), @r"
    engine.json:1: the state is damaged: it is not as this program writes it, from column 52 on
    help: remove that line and those after it to go on from before, or use another file with `--state`; this one was left as it is
    ");
    for foreign in [
        "Resources: {}\n",
        "{\"format\":\"other\",\"version\":1}\n",
        "{}",
        "\u{0}",
    ] {
        let message = refused(&folder, foreign);
        assert!(
            message.starts_with("engine.json:1: this is no state of an engine: "),
            "{message}"
        );
    }
    insta::assert_snapshot!(refused(&folder, "{}"), @r"
    engine.json:1: this is no state of an engine: its first line has no `format` and `version`
    help: name another file with `--state`; this one was left as it is
    ");
}

#[test]
fn one_writes_at_a_time() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("engine.json");
    let first = open(&file).unwrap();
    insta::assert_snapshot!(told(&folder, &file), @r"
    `engine.json` is in use by another engine, process ID
    help: end that process, or use another file with `--state`
    ");
    drop(first);
    open(&file).unwrap();
}

#[test]
fn a_folder_that_is_not_there() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("nowhere/engine.json");
    assert!(matches!(open(&file), Err(Error::File { .. })));
}

#[test]
fn time_passes_as_fast_as_told_and_jumps() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("engine.json");
    let start = || {
        let options = Options {
            state: Some(file.clone()),
            speed: Speed::Times(0.001),
            ..Options::default()
        };
        Endpoint::start(still(options)).unwrap()
    };
    let now = |endpoint: &Running| {
        has(endpoint, "a");
        let state = send(endpoint.address(), "GET /_stratiform/state", &[], b"");
        let state: serde_json::Value = serde_json::from_slice(&state.body).unwrap();
        state["now"].as_str().unwrap().to_owned()
    };
    let endpoint = start();
    assert!(now(&endpoint).starts_with("2026-11-28T09:00:00"));
    let jumped = send(
        endpoint.address(),
        "POST /_stratiform/advance",
        &[],
        b"3600",
    );
    assert_eq!(jumped.status, 200);
    assert!(now(&endpoint).starts_with("2026-11-28T10:00:00"));
    drop(endpoint);
    assert!(now(&start()).starts_with("2026-11-28T10:00:00"));
}
