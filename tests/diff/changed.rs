//! What a change touches: `changed`, on the app with services.

use std::fs;

use serde_json::{Value, json};

use crate::repository::{Repository, hermetic, refused};
use crate::support::{Project, run};

/// The shop, whose `api` is made from `services/api` and `lib/common.txt`; all of it is committed.
fn shop() -> Repository {
    let repository = Repository::of_shop();
    fs::create_dir_all(repository.project.path("services/api/src")).unwrap();
    fs::create_dir_all(repository.project.path("lib")).unwrap();
    for (file, text) in [
        ("services/api/Dockerfile", "FROM scratch\n"),
        ("services/api/src/main.txt", "one\n"),
        ("lib/common.txt", "shared\n"),
        (".gitignore", "*.log\n"),
    ] {
        repository.project.write(file, text);
    }
    repository.edit(
        "environments/defaults.yaml",
        "settings:\n",
        "settings:\n  images:\n    api: { source: services/api, also: [lib/common.txt] }\n",
    );
    repository.commit();
    repository
}

fn changed(repository: &Repository, arguments: &str) -> std::process::Command {
    let mut command = repository.project.command(["changed"]);
    hermetic(&mut command).args(arguments.split(' ').filter(|word| !word.is_empty()));
    command
}

fn text(repository: &Repository, arguments: &str) -> String {
    let head = repository.git("rev-parse --short=7 HEAD");
    run(changed(repository, arguments)).replace(&head, "[COMMIT]")
}

fn json(repository: &Repository) -> Value {
    let output = changed(repository, "--base HEAD --format json");
    let output = { output }.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{error}"))
}

/// What a workflow gets: each output with its value.
fn outputs(repository: &Repository, arguments: &str) -> Vec<(String, Value)> {
    let output = changed(repository, &format!("{arguments} --format github"));
    let output = { output }.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{error}");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| {
        let (name, value) = line.split_once('=').unwrap();
        (name.to_owned(), serde_json::from_str(value).unwrap())
    });
    lines.collect()
}

fn services(repository: &Repository) -> Vec<String> {
    let services = json(repository)["services"].clone();
    let services = services.as_array().unwrap().iter();
    let each = services.map(|service| format!("{} {}", service["service"], service["why"]));
    each.collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn nothing() {
    let repository = shop();
    insta::assert_snapshot!(text(&repository, "--base HEAD"), @"
    exit code 0
    ── stdout
    nothing changed since [COMMIT] (`HEAD`)
    ── stderr
    ");
    let matrix = json!({"include": []});
    let expected = [
        ("any", json!(false)),
        ("environments", json!([])),
        ("stacks", json!([])),
        ("services", json!([])),
        ("environments_matrix", matrix.clone()),
        ("stacks_matrix", matrix.clone()),
        ("services_matrix", matrix),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(outputs(&repository, "--base HEAD"), expected);
}

#[test]
fn a_stack_and_a_service_in_every_format() {
    let repository = shop();
    repository.edit(
        "environments/prod.yaml",
        "retention_days: 365",
        "retention_days: 400",
    );
    repository
        .project
        .write("services/api/src/main.txt", "two\n");
    insta::assert_snapshot!("text", text(&repository, "--base HEAD"));
    insta::assert_snapshot!("json", text(&repository, "--base HEAD --format json"));
    insta::assert_snapshot!("github", text(&repository, "--base HEAD --format github"));
    // Only what is asked for; a service is that of the environments that were.
    let dev = outputs(&repository, "--base HEAD --env dev");
    assert_eq!(dev[1].1, json!(["dev"]));
    assert_eq!(dev[2].1, json!(["shop-dev-services"]));
}

#[test]
fn what_is_in_commits_and_what_is_not() {
    let repository = shop();
    repository
        .project
        .write("services/api/src/new.txt", "new\n");
    let uncommitted = outputs(&repository, "--base HEAD");
    assert_eq!(uncommitted[0].1, json!(true));
    repository.commit();
    assert_eq!(outputs(&repository, "--base HEAD")[0].1, json!(false));
    // The same content has the same digest, wherever it stands.
    assert_eq!(outputs(&repository, "--base HEAD~1"), uncommitted);
}

#[test]
fn content_decides_and_not_names() {
    let repository = shop();
    // Written again, ignored, beside the sources: nothing of it is in the image.
    repository
        .project
        .write("services/api/src/main.txt", "one\n");
    repository.project.write("services/api/run.log", "noise\n");
    repository.project.write("services/readme.txt", "words\n");
    assert_eq!(services(&repository), NOTHING);
    repository.project.write("lib/common.txt", "other\n");
    assert_eq!(
        services(&repository),
        [r#""api" ["source `lib/common.txt` differs"]"#]
    );
    repository.project.write("lib/common.txt", "shared\n");
    fs::rename(
        repository.project.path("services/api/src/main.txt"),
        repository.project.path("services/api/src/renamed.txt"),
    )
    .unwrap();
    assert_eq!(
        services(&repository),
        [r#""api" ["source `services/api` differs"]"#]
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_becomes_executable_is_another_image() {
    use std::os::unix::fs::PermissionsExt;
    let repository = shop();
    let file = repository.project.path("services/api/src/main.txt");
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(
        services(&repository),
        [r#""api" ["source `services/api` differs"]"#]
    );
}

#[test]
fn another_dockerfile_or_source_is_another_image() {
    let repository = shop();
    let file = "environments/defaults.yaml";
    let digests = ["services/api/Dockerfile", "services/api/src/main.txt"].map(|dockerfile| {
        let other = format!("services/api, dockerfile: {dockerfile}, also");
        repository.edit(file, "services/api, also", &other);
        let why = r#""api" ["`settings.images.api` differs"]"#;
        assert_eq!(services(&repository), [why]);
        let digest = json(&repository)["services"][0]["digest"].clone();
        repository.git("checkout --quiet .");
        digest
    });
    assert_ne!(digests[0], digests[1]);
    // The worker is made from the same: nothing else is new.
    repository.edit(
        file,
        "    api:",
        "    worker: { source: services/api }\n    api:",
    );
    assert_eq!(
        services(&repository),
        [r#""worker" ["`settings.images.worker` is new"]"#]
    );
}

#[test]
fn an_environment_that_is_new_needs_no_other_image() {
    let repository = shop();
    let dev = repository.project.read("environments/dev.yaml");
    let qa = dev.replace("10.0.0.0", "10.9.0.0");
    repository.project.write("environments/qa.yaml", &qa);
    assert_eq!(services(&repository), NOTHING);
    let shown = text(&repository, "--base HEAD");
    assert!(
        shown.contains("qa (eu-central-1): the environment is new\n"),
        "{shown}"
    );
    assert!(shown.contains("  network   the stack is new\n"), "{shown}");
    assert_eq!(outputs(&repository, "--base HEAD")[1].1, json!(["qa"]));
}

#[test]
fn what_is_removed_is_told_and_not_deployed() {
    let repository = shop();
    repository.edit("environments/prod.yaml", "backup_days: 35\n", "");
    let shown = text(&repository, "--base HEAD");
    assert!(
        shown.contains("  backup  the stack is no longer part of this\n"),
        "{shown}"
    );
    assert_eq!(outputs(&repository, "--base HEAD")[0].1, json!(false));
    fs::remove_file(repository.project.path("environments/prod.yaml")).unwrap();
    let shown = text(&repository, "--base HEAD");
    assert!(
        shown.contains("prod (eu-central-1): the environment is no longer there\n"),
        "{shown}"
    );
    assert_eq!(outputs(&repository, "--base HEAD")[0].1, json!(false));
}

#[test]
fn tags_and_protection_are_reasons() {
    let repository = shop();
    repository.edit(
        "environments/dev.yaml",
        "termination_protection: false",
        "termination_protection: true\n  tags: { cost: a }",
    );
    let shown = text(&repository, "--base HEAD --env dev");
    let expected = "  network   template: 4 resources change\n            the stack's tags differ\n            \
                    termination protection differs\n";
    assert!(shown.contains(expected), "{shown}");
}

#[test]
fn an_environments_files_that_another_type_had_are_read_for_their_images() {
    let repository = shop();
    let file = "environments/defaults.yaml";
    let right = repository.project.read(file);
    // As a version of the app had it that knew other keys.
    repository
        .project
        .write(file, &format!("{right}old_key: 1\n"));
    repository.commit();
    repository.project.write(file, &right);
    assert_eq!(services(&repository), NOTHING);
    // What cannot be read says nothing of images: they may be others.
    repository
        .project
        .write(file, &right.replace("services/api,", "[],"));
    repository.commit();
    repository.project.write(file, &right);
    let found = services(&repository);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("cannot be read"), "{found:?}");
}

#[test]
fn a_project_in_a_folder_of_the_repository() {
    let repository = shop();
    let infra = repository.project.path("infra");
    for folder in ["environments", "snapshots"] {
        crate::repository::copy(&repository.project.path(folder), &infra.join(folder));
        fs::remove_dir_all(repository.project.path(folder)).unwrap();
    }
    let file = "infra/environments/defaults.yaml";
    repository.edit(file, "source: services", "source: ../services");
    repository.edit(file, "[lib", "[../lib");
    repository.commit();
    repository
        .project
        .write("services/api/src/main.txt", "two\n");
    let mut command = changed(&repository, "--base HEAD --format json");
    command.current_dir(&infra);
    let output = command.output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let service = &found["services"][0];
    assert_eq!(service["why"], json!(["source `../services/api` differs"]));
    assert_eq!(service["source"], "services/api");
    assert_eq!(service["dockerfile"], "services/api/Dockerfile");
}

#[test]
fn a_revision_without_snapshots_has_no_stacks() {
    let repository = Repository::without_git(Project::of_shop());
    repository.git("init --quiet --initial-branch main");
    repository.commit();
    let found = outputs(&repository, "--base HEAD");
    assert_eq!(found[1].1, json!(["dev", "prod", "staging"]));
}

#[test]
fn what_images_are_made_from_has_to_be_there() {
    let repository = shop();
    let file = "environments/defaults.yaml";
    let right = repository.project.read(file);
    let cases = [
        (
            "source: services/api",
            "source: services/ap",
            "no such folder",
        ),
        (
            "source: services/api",
            "source: lib/common.txt",
            "is no folder",
        ),
        (
            "source: services/api",
            "source: ..",
            "leads out of the repository",
        ),
        ("source: services/api", "source: services", "no such file"),
        (
            "[lib/common.txt]",
            "[lib/none.txt]",
            "no such file or folder",
        ),
        (
            "source: services/api",
            "source: /services/api",
            "is seen from the folder",
        ),
        ("    api:", "    apis:", "did you mean `api`?"),
        ("    api:", "    Api:", "write `api`"),
    ];
    for (from, to, words) in cases {
        assert!(right.contains(from), "{from}");
        repository.project.write(file, &right.replacen(from, to, 1));
        refused(
            changed(&repository, "--base HEAD"),
            1,
            &[words, "environments/defaults.yaml"],
        );
    }
    repository
        .project
        .write(file, &right.replacen("    api:", "    apis:", 1));
    let words = ["no service is called `apis`"];
    refused(repository.project.command(["synth"]), 1, &words);
    repository.project.write(file, &right);
    repository.project.write(".gitignore", "lib\n");
    repository.git("rm --quiet --cached lib/common.txt");
    refused(
        changed(&repository, "--base HEAD"),
        1,
        &["git ignores `lib/common.txt`"],
    );
    refused(
        changed(&repository, "--base nope"),
        1,
        &["git knows no revision `nope`"],
    );
    refused(
        changed(&repository, "--env nope"),
        2,
        &["no environment is called `nope`"],
    );
}
