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

const LOCK: &str = "version = 4\n[[package]]\nname = \"guestbook\"\nversion = \"1.0.0\"\n";

/// The guestbook as another team has it: a package of its own at the top of its repository.
fn guestbook() -> Repository {
    let repository = Repository::of_guestbook();
    fs::create_dir(repository.project.path("src")).unwrap();
    repository.project.write("src/main.rs", "fn main() {}\n");
    repository.project.write("Cargo.toml", MANIFEST);
    repository.project.write("Cargo.lock", LOCK);
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
    expect(
        &workflows(&repository, "--check"),
        3,
        "missing  .github/workflows/",
    );
    expect(
        &workflows(&repository, ""),
        0,
        "7 workflows in `.github/workflows`, 7 written",
    );
    expect(
        &workflows(&repository, "--check"),
        0,
        "7 workflows, none stale",
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
    // What does not come from the environments: what has to hold before a change lands, and releases.
    let ci = written(&repository, "ci.yml");
    for line in [
        "          \"$GITHUB_WORKSPACE/target/debug/guestbook\" workflows --check\n",
        "        run: cargo deny --workspace check advisories\n",
    ] {
        assert!(ci.contains(line), "no `{line}` in:\n{ci}");
    }
    let release = written(&repository, "release.yml");
    for line in [
        "          MANIFEST: Cargo.toml\n",
        "          PACKAGE: guestbook\n",
        "          git-cliff==",
    ] {
        assert!(release.contains(line), "no `{line}` in:\n{release}");
    }
    // It has no images.
    assert!(!dev.contains("docker"), "{dev}");

    // Anything that is not as it would be written is stale, and named.
    let file = ".github/workflows/rollback.yml";
    repository.edit(file, "name: rollback", "name: back");
    expect(&workflows(&repository, "--check"), 3, "stale    ");
    expect(&workflows(&repository, ""), 0, ", 1 written");
}

#[test]
fn what_was_not_written_here_stays_and_what_is_over_goes() {
    let repository = guestbook();
    repository
        .project
        .write("environments/preview.yaml", "keep_days: 1\n");
    workflows(&repository, "");
    for file in ["own.yml", "rollback.yml"] {
        let file = format!(".github/workflows/{file}");
        repository.project.write(&file, "name: own\n");
    }
    fs::remove_file(repository.project.path("environments/preview.yaml")).unwrap();

    // The workflow of an environment that is no more is not as it would be written; one's own is.
    let over = workflows(&repository, "--check");
    assert!(over.starts_with("exit code 3\n"), "{over}");
    assert!(
        over.contains("over     ") && over.contains("deploy-preview.yml\n"),
        "{over}"
    );
    assert!(
        over.contains("rollback.yml` is your own, and stays"),
        "{over}"
    );
    assert_eq!(
        over.lines().filter(|line| line.contains("    /")).count(),
        0,
        "{over}"
    );

    // Two: those that name all environments, and the one that goes.
    let output = workflows(&repository, "");
    assert!(
        output.contains(" 1 removed") && output.contains("rollback.yml` is your own"),
        "{output}"
    );
    assert_eq!(written(&repository, "own.yml"), "name: own\n");
    assert_eq!(written(&repository, "rollback.yml"), "name: own\n");
    let gone = repository
        .project
        .path(".github/workflows/deploy-preview.yml");
    assert!(!gone.exists());
    let fresh = workflows(&repository, "--check");
    assert!(fresh.starts_with("exit code 0\n"), "{fresh}");
}

#[test]
fn steps_that_deploy_get_the_secrets_that_they_need() {
    let repository = guestbook();
    let write = |name: &str, text: &str| {
        let text = format!("settings:\n  deployment: {text}\nkeep_days: 7\n");
        repository
            .project
            .write(&format!("environments/{name}.yaml"), &text);
    };
    let load = "commands: [{ name: load, command: [load], secrets: [LOAD_KEY] }]";
    write("dev", &format!("{{ {load} }}"));
    write(
        "staging",
        "{ promotes_from: dev, notify: { webhook_from: HOOK } }",
    );
    write(
        "prod",
        &format!("{{ release_only: true, notify: {{ webhook_from: HOOK }}, {load} }}"),
    );
    let output = workflows(&repository, "");
    assert!(output.starts_with("exit code 0\n"), "{output}");
    let count = |file: &str, words: &str| written(&repository, file).matches(words).count();
    let (hook, key) = (
        "HOOK: ${{ secrets.HOOK }}\n",
        "LOAD_KEY: ${{ secrets.LOAD_KEY }}\n",
    );
    assert_eq!(
        (count("deploy-dev.yml", hook), count("deploy-dev.yml", key)),
        (0, 1)
    );
    // What calls another workflow hands over what that needs.
    assert_eq!(
        count(
            "deploy-dev.yml",
            "    secrets:\n      LOAD_KEY:\n        required: false\n"
        ),
        1
    );
    assert_eq!(
        count("deploy-staging.yml", &format!("    secrets:\n      {key}")),
        1
    );
    assert_eq!(count("deploy-staging.yml", hook), 1);
    // Nobody is told by a command, and what only prepares runs none.
    assert_eq!(
        (
            count("deploy-prod.yml", hook),
            count("deploy-prod.yml", key)
        ),
        (2, 1)
    );
    assert_eq!(
        (count("rollback.yml", hook), count("rollback.yml", key)),
        (2, 2)
    );

    write("prod", "{ notify: { webhook_from: STACKS } }");
    let output = workflows(&repository, "");
    assert!(
        output.contains("error[secret-name]: prod takes a secret from STACKS"),
        "{output}"
    );
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
fn a_rebuild_is_rehearsed_where_an_environment_has_another_region() {
    let repository = guestbook();
    let file = ".github/workflows/disaster-recovery.yml";
    workflows(&repository, "");
    assert!(!repository.project.path(file).exists());
    let write = |name: &str, more: &str| {
        let region = "disaster_recovery_region: eu-west-3";
        let text = format!("settings:\n  {region}\n{more}keep_days: 7\n");
        repository
            .project
            .write(&format!("environments/{name}.yaml"), &text);
    };
    write("staging", "");
    let who = "  account: '111122223333'\n  bootstrap: { repository: octo/shop, refs: [refs/tags/v*], github_environment: live }\n";
    write(
        "prod",
        &format!("{who}  deployment: {{ release_only: true }}\n"),
    );
    let output = workflows(&repository, "");
    assert!(output.starts_with("exit code 0\n"), "{output}");
    let text = repository.project.read(file);
    for line in [
        "        options: [prod, staging]\n",
        // Releases on their tags, all others on the branch of the schedule.
        "          begin prod '[\"v*\"]'\n          begin staging ''\n",
        // An environment of GitHub's and a role that are only for that.
        "    environment: prod-try\n",
        "      AWS_ROLE_ARN: arn:aws:iam::111122223333:role/guestbook-prod-try-deploy\n",
        "    environment: staging-try\n",
        "      AWS_ROLE_ARN: ${{ vars.AWS_ROLE_ARN }}\n",
        "      AWS_REGION: eu-west-3\n",
        "rebuild --env staging --region eu-west-3 --rehearsal --yes",
    ] {
        assert!(text.contains(line), "no `{line}` in:\n{text}");
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

#[test]
fn what_is_outside_of_the_repository_cannot_be_built_at_github() {
    let repository = guestbook();
    let library = tempfile::tempdir().unwrap();
    let folder = library.path().canonicalize().unwrap();
    let package = |name: &str, version: &str, more: &str| {
        let folder = folder.join(name);
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("src/lib.rs"), "").unwrap();
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\n{more}");
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    };
    package("core", "0.2.0", "");
    package(
        "library",
        "0.2.0",
        "repository = \"https://example.com/library\"\n[dependencies]\ncore = { path = \"../core\" }\n",
    );
    let dependency = format!("[dependencies]\nlibrary = {{ path = {folder:?} }}\n").replace(
        &format!("{folder:?}"),
        &format!("{:?}", folder.join("library")),
    );
    repository
        .project
        .write("Cargo.toml", &format!("{MANIFEST}{dependency}"));
    let locked = "dependencies = [\"library\"]\n[[package]]\nname = \"library\"\nversion = \"0.2.0\"\n\
                  dependencies = [\"core\"]\n[[package]]\nname = \"core\"\nversion = \"0.2.0\"\n";
    repository
        .project
        .write("Cargo.lock", &format!("{LOCK}{locked}"));
    let output = workflows(&repository, "");
    assert!(output.starts_with("exit code 1\n"), "{output}");
    for words in [
        "error[dependency-outside]: `Cargo.toml` takes `library` from a folder that is not in the repository",
        "library = { git = \"https://example.com/library\", tag = \"v0.2.0\" }",
    ] {
        assert!(output.contains(words), "no `{words}` in {output}");
    }
    // What it needs itself goes with it.
    assert!(!output.contains("`core`"), "{output}");
    assert!(!repository.project.path(".github").exists());
}

#[test]
fn the_toolchain_is_always_pinned() {
    let with = |from: &str, to: &str, file: Option<&str>| {
        let repository = guestbook();
        repository.edit("Cargo.toml", from, to);
        if let Some(file) = file {
            repository
                .project
                .write(file, "[toolchain]\nchannel = \"1.97.1\"\n");
        }
        workflows(&repository, "");
        let text = written(&repository, "deploy-dev.yml");
        let line = text.lines().find(|line| line.contains("rustup toolchain"));
        line.unwrap().trim().to_owned()
    };
    let version = "rust-version = \"1.95\"\n";
    let newer = with(version, "rust-version = \"1.1000.2\"\n", None);
    assert!(newer.contains(" install 1.1000.2 "), "{newer}");
    // The oldest with which this library builds, where the package says nothing, or an older one.
    let library = concat!(" install ", env!("CARGO_PKG_RUST_VERSION"), ".0 ");
    for less in ["", "rust-version = \"1.0\"\n"] {
        let line = with(version, less, None);
        assert!(line.contains(library), "{line}");
    }
    // The file of the repository's, which rustup goes by.
    let file = with(version, version, Some("rust-toolchain.toml"));
    assert_eq!(
        file,
        "run: rustup toolchain install --profile minimal --no-self-update"
    );
}

/// This repository's own `ci.yml` and `release.yml` are not written by `workflows`: what both run is the same.
#[test]
fn scanners_and_actions_are_those_of_this_repository() {
    let repository = guestbook();
    repository.project.write("deny.toml", "");
    workflows(&repository, "");
    for file in ["ci.yml", "release.yml"] {
        let own = support::root().join(".github/workflows").join(file);
        let own = fs::read_to_string(own).unwrap();
        let text = written(&repository, file);
        let pinned = [
            "uses: ",
            "VERSION: ",
            "SHA256: ",
            "cargo-deny ",
            "cargo deny ",
        ];
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| pinned.iter().any(|word| line.contains(word)))
            .filter(|line| !line.contains("print(") && !line.trim_start().starts_with('#'))
            .collect();
        assert!(lines.len() > 1, "{text}");
        for line in lines {
            assert!(own.contains(line.trim()), "{file} has no `{line}`");
        }
    }
}

#[test]
fn the_version_is_where_the_package_says() {
    let repository = guestbook();
    repository.edit(
        "Cargo.toml",
        "version = \"1.0.0\"",
        "version.workspace = true",
    );
    repository.edit(
        "Cargo.toml",
        "[workspace]\n",
        "[workspace.package]\nversion = \"1.0.0\"\n",
    );
    let package = "[package]\nname = \"member\"\nversion = \"2.0.0\"\n[features]\n";
    let member = repository.project.path("member");
    fs::create_dir_all(member.join("src")).unwrap();
    fs::write(member.join("src/main.rs"), "fn main() {}\n").unwrap();
    fs::write(member.join("Cargo.toml"), package).unwrap();
    fs::rename(
        repository.project.path("environments"),
        member.join("environments"),
    )
    .unwrap();
    repository.edit(
        "Cargo.toml",
        "[workspace.package]",
        "[workspace]\nmembers = [\"member\"]\n[workspace.package]",
    );
    let lock = format!("{LOCK}[[package]]\nname = \"member\"\nversion = \"2.0.0\"\n");
    repository.project.write("Cargo.lock", &lock);
    let manifest = || {
        let output = workflows(&repository, "--environments member/environments");
        assert!(output.starts_with("exit code 0\n"), "{output}");
        let text = written(&repository, "release.yml");
        let line = text.lines().find(|line| line.contains(" MANIFEST: "));
        line.unwrap().trim().to_owned()
    };
    assert_eq!(manifest(), "MANIFEST: member/Cargo.toml");
    fs::write(
        member.join("Cargo.toml"),
        package.replace("version = \"2.0.0\"", "version.workspace = true"),
    )
    .unwrap();
    repository
        .project
        .write("Cargo.lock", &lock.replace("2.0.0", "1.0.0"));
    assert_eq!(manifest(), "MANIFEST: Cargo.toml");
}
