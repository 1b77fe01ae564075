//! The built binary, end to end: `workflows`, in a repository of one's own.
//!
//! That the workflows do what they say is tested by `.github/scripts/workflows_test.py`.

#![expect(clippy::unwrap_used, reason = "a test")]

#[expect(dead_code, reason = "other tests need more of it")]
#[path = "support/repository.rs"]
mod repository;
#[expect(dead_code, reason = "other tests need more of it")]
mod support;

use std::fs;
use std::process::Command;

use crate::repository::{Repository, hermetic};
use crate::support::run;

const MANIFEST: &str = "[package]\nname = \"guestbook\"\nversion = \"1.0.0\"\nrust-version = \"1.95\"\n\
                        [features]\naws = []\n[workspace]\n";

/// The guestbook as another team has it: a package of its own at the top of its repository.
fn guestbook() -> Repository {
    let repository = Repository::of_guestbook();
    fs::create_dir(repository.project.path("src")).unwrap();
    repository.project.write("src/main.rs", "fn main() {}\n");
    repository.project.write("Cargo.toml", MANIFEST);
    repository
}

fn command(repository: &Repository, arguments: &str) -> Command {
    let mut command = repository.project.command(["workflows"]);
    hermetic(&mut command).args(arguments.split(' ').filter(|word| !word.is_empty()));
    // To ask cargo about the package.
    for name in ["CARGO", "HOME", "PATH", "RUSTUP_HOME"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command
}

fn workflows(repository: &Repository, arguments: &str) -> String {
    run(command(repository, arguments))
}

fn written(repository: &Repository, file: &str) -> String {
    repository
        .project
        .read(&format!(".github/workflows/{file}"))
}

#[test]
fn a_repository_of_ones_own() {
    let repository = guestbook();
    let expect = |output: &str, code: i32, words: &str| {
        assert!(
            output.starts_with(&format!("exit code {code}\n")),
            "{output}"
        );
        assert!(output.contains(words), "no `{words}` in {output}");
    };
    expect(&workflows(&repository, "--check"), 3, "missing  ");
    expect(&workflows(&repository, ""), 0, "4 workflows in ");
    expect(
        &workflows(&repository, "--check"),
        0,
        "4 workflows, none stale",
    );
    expect(&workflows(&repository, ""), 0, ", 0 written");

    let dev = written(&repository, "deploy-dev.yml");
    for line in [
        "    branches: [\"main\"]\n",
        "        run: cargo build --locked --package guestbook --features aws\n",
        "rustup toolchain install 1.95.0 ",
        "          path: target/debug/guestbook\n",
        "          guestbook deploy \"${arguments[@]}\" || status=$?\n",
        "      AWS_REGION: eu-west-1\n",
        "${{ github.event.repository.default_branch }}",
    ] {
        assert!(dev.contains(line), "no `{line}` in:\n{dev}");
    }
    // It has no images.
    assert!(!dev.contains("docker"), "{dev}");

    // Anything that is not as it would be written is stale, and named.
    let file = repository.project.path(".github/workflows/rollback.yml");
    fs::write(&file, "name: rollback\n").unwrap();
    expect(&workflows(&repository, "--check"), 3, "rollback.yml\n");
    // What was not written by this stays.
    repository
        .project
        .write(".github/workflows/own.yml", "name: own\n");
    workflows(&repository, "");
    assert_eq!(written(&repository, "own.yml"), "name: own\n");
}

#[test]
fn environments_decide() {
    let repository = guestbook();
    let write = |name: &str, text: &str| {
        let file = format!("environments/{name}.yaml");
        repository.project.write(
            &file,
            &format!("settings:\n  deployment: {text}\nkeep_days: 7\n"),
        );
    };
    write("staging", "{ promotes_from: dev }");
    write("prod", "{ promotes_from: staging, release_only: true }");
    let output = workflows(&repository, "--out pipeline");
    assert!(output.starts_with("exit code 0\n"), "{output}");
    let file = |name: &str| {
        repository
            .project
            .read(&format!("pipeline/deploy-{name}.yml"))
    };
    assert!(file("dev").contains("    branches: [\"**\", \"!main\"]\n  workflow_call:\n"));
    assert!(file("staging").contains("    uses: $/.github/workflows/deploy-dev.yml\n"));
    let prod = file("prod");
    for line in [
        "    tags: [\"v*\"]\n",
        "  prepare:\n",
        "  execute:\n",
        "    environment: prod\n",
    ] {
        assert!(prod.contains(line), "no `{line}` in:\n{prod}");
    }
}

#[test]
fn what_cannot_be_built_is_said() {
    let refused = |manifest: Option<&str>, words: &str| {
        let repository = guestbook();
        match manifest {
            Some(manifest) => repository.project.write("Cargo.toml", manifest),
            None => fs::remove_file(repository.project.path("Cargo.toml")).unwrap(),
        }
        let output = workflows(&repository, "");
        assert!(output.starts_with("exit code 1\n"), "{output}");
        assert!(
            output.contains("no-package") && output.contains(words),
            "{output}"
        );
    };
    refused(None, "could not find `Cargo.toml`");
    let two = "[[bin]]\nname = \"a\"\npath = \"src/main.rs\"\n[[bin]]\nname = \"b\"\npath = \"src/main.rs\"\n";
    refused(
        Some(&format!("{MANIFEST}{two}")),
        "which binary of the package",
    );
}
