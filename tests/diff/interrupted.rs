//! Ctrl-C while AWS is being waited for.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use crate::repository::Repository;
use crate::support::Project;

#[test]
fn ctrl_c_ends_the_waiting_with_a_word() {
    let repository = Repository::without_git(Project::of_shop());
    // It takes connections, and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut command = repository.command("--env dev --deployed");
    command
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let _connection = listener.accept().unwrap();
    let interrupt = format!("kill -INT {}", child.id());
    let status = Command::new("/bin/sh").args(["-c", &interrupt]).status();
    assert!(status.unwrap().success());
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(
        error.starts_with("error[interrupted]: interrupted while waiting for AWS\n"),
        "{error}"
    );
    assert!(output.stdout.is_empty());
}
