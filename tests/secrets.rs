//! The built binary, end to end: secrets that are found and never shown, and what is new since a revision.

#![expect(clippy::unwrap_used, reason = "a test")]

#[expect(dead_code, reason = "other tests need more of it")]
#[path = "support/repository.rs"]
mod repository;
#[expect(dead_code, reason = "other tests need more of it")]
mod support;

use std::fs;
use std::process::Command;

use repository::{Repository, hermetic};
use support::run;

/// A token, made here: whoever scans this repository finds none.
fn token() -> String {
    ["ghp", "vQ7zK2mX9pR4tW6yB1nC8dF3gH5jL0sAeUqI"].join("_")
}

fn password() -> String {
    ["kT7", "wQ2zX", "9c"].join("!")
}

const FORMATS: [&str; 4] = ["text", "json", "sarif", "github"];

fn command(repository: &Repository, arguments: &str) -> Command {
    let mut command = repository.project.command([]);
    hermetic(&mut command).args(arguments.split(' '));
    command
}

/// What a command says; it ends with a code, and shows no secret.
#[track_caller]
fn said(repository: &Repository, code: i32, arguments: &str) -> String {
    let said = run(command(repository, arguments));
    assert!(said.starts_with(&format!("exit code {code}\n")), "{said}");
    for secret in [token(), password()] {
        let parts = [&secret[..8], &secret[secret.len() - 8..]];
        assert!(!parts.iter().any(|part| said.contains(part)), "{said}");
    }
    said
}

fn template() -> String {
    format!(
        "Resources:
  Token:
    Type: AWS::SSM::Parameter
    Properties: {{Type: {token}, Name: /api/token, Value: {token}}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinition: []
      Cpu: 'a'
      ContainerDefinitions:
        - Name: api
          Image: api
          Environment:
            - Name: DB_PASSWORD
              Value: '{password}'
",
        token = token(),
        password = password()
    )
}

#[test]
fn a_secret_in_a_template_is_found_and_no_format_shows_it() {
    let repository = Repository::of_shop();
    repository.project.write("a.yaml", &template());
    insta::assert_snapshot!("template", said(&repository, 3, "validate a.yaml"));
    for format in FORMATS {
        let said = said(
            &repository,
            3,
            &format!("validate a.yaml --notes -v --format {format}"),
        );
        assert!(said.contains("plain-secret"), "{said}");
    }
    // In one line, where all of it is shown for each finding.
    let line = template()
        .replace('\n', "\n ")
        .replace("Properties: {", "Properties: {Nope: 1, ");
    repository.project.write("b.yaml", &line);
    said(&repository, 3, "validate b.yaml");
    said(&repository, 3, "validate b.yaml --fix --yes");
    let fixed = repository.project.read("b.yaml");
    assert!(
        fixed.contains(&token()) && fixed.contains(&password()),
        "{fixed}"
    );
    let marked = template().replace(
        "    Properties: {",
        "    # stratiform: no secret, but a test\n    Properties: {",
    );
    repository.project.write("c.yaml", &marked);
    let marked = said(&repository, 3, "validate c.yaml --format json");
    assert!(
        marked.contains("its line says that it is no secret"),
        "{marked}"
    );
}

#[test]
fn a_secret_in_an_environments_file_is_told_once_at_its_line() {
    let repository = Repository::of_shop();
    let variable = format!("LOG_LEVEL: info\n      GITHUB: {}", token());
    repository.edit("environments/defaults.yaml", "LOG_LEVEL: info", &variable);
    insta::assert_snapshot!("environment", said(&repository, 3, "validate --env dev"));
    said(&repository, 1, "synth");
    said(&repository, 0, "synth --no-validate");
    for format in FORMATS {
        said(&repository, 3, &format!("validate --format {format}"));
    }
}

/// A secret stands in a file that somebody accepted: then it is in the templates, and no command shows it.
#[test]
fn what_is_accepted_is_not_shown_either() {
    let repository = Repository::of_shop();
    let variables = format!(
        "LOG_LEVEL: info\n      GITHUB: {} # stratiform: no secret\n      DB_PASSWORD_VALUE: {}",
        token(),
        password()
    );
    repository.edit("environments/defaults.yaml", "LOG_LEVEL: info", &variables);
    let risk = "{reason: It is a token of tests.}";
    let risks = format!("settings:\n  accepted_risks: {{plain-secret: [{risk}]}}\n");
    repository.edit("environments/defaults.yaml", "settings:\n", &risks);
    for format in ["text", "json"] {
        for command in [
            "env show dev",
            "explain --env dev services",
            "explain --env dev services/ApiTaskDefinition",
            "explain --env dev services/ApiTaskDefinition.ContainerDefinitions",
            "explain --env dev services/ApiTaskDefinition.ContainerDefinitions[api].Environment[GITHUB].Value",
        ] {
            let said = said(&repository, 0, &format!("{command} --format {format}"));
            // Of a resource, the beginning of each value is shown.
            let is_whole = command.contains('.') || command.starts_with("env");
            assert!(!is_whole || said.contains("****"), "{said}");
        }
    }
    for format in ["text", "markdown", "html", "json"] {
        let said = said(&repository, 0, &format!("diff --env dev --format {format}"));
        assert!(said.contains("GITHUB") && said.contains("****"), "{said}");
    }
    said(&repository, 0, "diff --env dev --full");
    said(&repository, 0, "diff --env dev --against staging");
    // Another one is a change, and neither is shown.
    repository.synth();
    repository.commit();
    let other: String = token().chars().rev().take(36).collect();
    repository.edit(
        "environments/defaults.yaml",
        &token(),
        &format!("ghp_{other}"),
    );
    for format in ["text", "markdown", "html", "json"] {
        let said = said(&repository, 0, &format!("diff --env dev --format {format}"));
        assert!(!said.contains(&other[..8]), "{said}");
        assert!(said.contains("ApiTaskDefinition"), "{said}");
    }
}

#[test]
fn two_files_with_secrets_are_compared_and_show_none() {
    let repository = Repository::of_shop();
    repository.project.write("a.yaml", &template());
    let other = template()
        .replace(&token(), &token().replace("vQ7zK2", "wR8aL3"))
        .replace("Cpu: 'a'", "Cpu: '256'");
    repository.project.write("b.yaml", &other);
    for arguments in ["a.yaml b.yaml", "b.yaml a.yaml"] {
        for format in ["text", "text --full", "markdown", "html", "json"] {
            let said = said(
                &repository,
                0,
                &format!("diff {arguments} --format {format}"),
            );
            assert!(said.contains("Token") && !said.contains("wR8aL3"), "{said}");
        }
    }
}

#[test]
fn what_git_would_commit_is_looked_at() {
    let repository = Repository::of_shop();
    repository.project.write(".gitignore", "*.log\n");
    repository.project.write("ignored.log", &token());
    let nothing = said(&repository, 0, "secrets");
    assert!(nothing.contains("nothing found"), "{nothing}");
    let script = format!(
        "#!/bin/sh\nexport TOKEN={}\nexport DB_PASSWORD='{}'\n",
        token(),
        password()
    );
    repository.project.write("deploy.sh", &script);
    fs::write(repository.project.path("binary"), b"\xFF\xFE\0").unwrap();
    insta::assert_snapshot!("files", said(&repository, 3, "secrets"));
    for format in FORMATS {
        said(&repository, 3, &format!("secrets --format {format}"));
    }
    said(&repository, 3, "secrets deploy.sh --deny warning");
    said(&repository, 3, "secrets .");
    // Nothing is staged yet.
    said(&repository, 0, "secrets --staged");
    said(&repository, 3, "secrets --base HEAD");
    repository.git("add --all");
    said(&repository, 3, "secrets --staged");
    repository.commit();
    // What is there already is not new, wherever it moves to.
    repository.git("mv deploy.sh release.sh");
    repository
        .project
        .write("release.sh", &format!("{script}\necho done\n"));
    repository.git("add --all");
    for arguments in ["secrets --staged", "secrets --base HEAD"] {
        said(&repository, 0, arguments);
    }
    said(&repository, 3, "secrets --base main");
    let marked = script.replace("export", "# stratiform: no secret\nexport");
    repository.project.write("release.sh", &marked);
    let accepted = said(&repository, 0, "secrets --deny warning");
    assert!(accepted.contains("2 accepted"), "{accepted}");
    said(&repository, 1, "secrets --base nope");
    said(&repository, 1, "secrets nope.sh");
}

/// Something is wrong in it, and was before.
const QUEUE: &str = "Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 999999
      Tags:
        - Key: a
          Value: b
          Nope: c
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: what happens in the shop, and who wants to know of it
";

#[test]
fn only_what_is_new_in_files_fails_whatever_they_are_called_now() {
    let repository = Repository::of_shop();
    repository.project.write("queue.yaml", QUEUE);
    repository.commit();
    said(&repository, 3, "validate queue.yaml");
    let known = said(&repository, 0, "validate queue.yaml --new-since HEAD");
    assert!(known.contains("2 known since"), "{known}");
    said(
        &repository,
        0,
        "validate queue.yaml --new-since HEAD --deny note",
    );
    // Lines move, items of lists too, and the file has another name.
    let more = QUEUE
        .replace(
            "      Tags:\n",
            "      DelaySecond: 1\n      Tags:\n        - {Key: b, Value: c}\n",
        )
        .replace("Resources:", "# Queues\nResources:");
    repository.git("mv queue.yaml queues.yaml");
    repository.project.write("queues.yaml", &more);
    let redacted = |arguments: &str| {
        let commit = repository.git("rev-parse --short=7 HEAD");
        said(&repository, 3, arguments).replace(&commit, "COMMIT")
    };
    insta::assert_snapshot!(
        "new_in_file",
        redacted("validate queues.yaml --new-since HEAD --known")
    );
    insta::assert_snapshot!(
        "new_in_file_github",
        redacted("validate queues.yaml --new-since HEAD --format github")
    );
    let json = redacted("validate queues.yaml --new-since HEAD --format json");
    assert_eq!(json.matches("\"known\": true").count(), 2, "{json}");
    let sarif = redacted("validate queues.yaml --new-since HEAD --format sarif");
    assert_eq!(
        sarif.matches("\"baselineState\": \"unchanged\"").count(),
        2,
        "{sarif}"
    );
    assert_eq!(
        sarif.matches("\"baselineState\": \"new\"").count(),
        1,
        "{sarif}"
    );
    // What is accepted is accepted.
    let accepted = said(
        &repository,
        0,
        "validate queues.yaml --new-since HEAD --allow no-such-property",
    );
    assert!(accepted.contains("2 accepted, 1 known since"), "{accepted}");
    // Before it was there, all of it is new.
    said(&repository, 3, "validate queues.yaml --new-since main");
    let unknown = said(&repository, 1, "validate queues.yaml --new-since nope");
    assert!(
        unknown.contains("git knows no revision `nope`"),
        "{unknown}"
    );
    said(&repository, 2, "validate queues.yaml --known");
}

#[test]
fn only_what_is_new_in_stacks_fails_and_what_was_accepted_is_new_when_nobody_accepts_it() {
    let repository = Repository::of_shop();
    let right = repository.project.read("environments/prod.yaml");
    let wrong = right.replace("retention_days: 365", "retention_days: 366");
    let accepted = |until: &str| {
        let risk = format!("{{resource: network/FlowLogs, reason: a leap year{until}}}");
        let risks = format!("settings:\n  accepted_risks: {{value-not-allowed: [{risk}]}}\n");
        wrong.replace("settings:\n", &risks)
    };
    repository.project.write("environments/prod.yaml", &wrong);
    let new = said(&repository, 3, "validate --new-since HEAD");
    assert!(!new.contains("known since"), "{new}");
    // Somebody committed it all the same.
    said(&repository, 0, "synth --no-validate");
    repository.commit();
    let known = said(&repository, 0, "validate --new-since HEAD");
    assert!(known.contains(" known since"), "{known}");
    said(&repository, 3, "validate --new-since HEAD~1");
    // Accepted for a time that is over: that is no longer as it was.
    repository
        .project
        .write("environments/prod.yaml", &accepted(""));
    repository.commit();
    said(&repository, 0, "validate --new-since HEAD");
    repository
        .project
        .write("environments/prod.yaml", &accepted(", until: 2001-02-28"));
    said(&repository, 3, "validate --new-since HEAD");
    repository.project.write("environments/prod.yaml", &wrong);
    said(&repository, 3, "validate --new-since HEAD");
    // Where there were no snapshots, that is said.
    repository.git("rm --quiet -r --cached snapshots");
    repository.git("commit --quiet --message none");
    let none = said(&repository, 3, "validate --new-since HEAD");
    assert!(none.contains("there are no snapshots at"), "{none}");
}

#[test]
fn a_shallow_clone_says_how_to_fetch_what_is_missing() {
    let repository = Repository::of_shop();
    repository.project.write("queue.yaml", QUEUE);
    repository.commit();
    let clone = repository.project.path("clone");
    let from = format!("file://{}", repository.project.path("").display());
    let mut git = Command::new("git");
    let cloned = hermetic(&mut git)
        .args(["clone", "--quiet", "--depth=1", &from])
        .arg(&clone);
    assert!(cloned.status().unwrap().success());
    let mut validate = command(&repository, "validate queue.yaml --new-since HEAD~1");
    let said = run(std::mem::replace(
        validate.current_dir(&clone),
        Command::new(""),
    ));
    assert!(said.contains("the clone is shallow"), "{said}");
    assert!(said.contains("git fetch --unshallow origin"), "{said}");
}
