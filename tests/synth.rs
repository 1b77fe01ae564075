//! The built binary, end to end: `synth` and its neighbours, as a user meets them.

#![expect(clippy::unwrap_used, reason = "a test")]

mod support;

use std::fs;

use support::{Project, run};

#[test]
fn a_first_run_writes_everything_and_a_second_nothing() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!("first_run", run(project.command(["synth"])));
    insta::assert_snapshot!("second_run", run(project.command(["synth"])));
    insta::assert_snapshot!("assembly", project.read("snapshots/prod/assembly.json"));
    insta::assert_snapshot!("template", project.read("snapshots/prod/storage.yaml"));
}

#[test]
fn only_what_changed_is_written() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    let untouched = project.path("snapshots/dev/storage.yaml");
    let before = fs::metadata(&untouched).unwrap().modified().unwrap();
    project.write("environments/prod.yaml", "keep_days: 3\n");
    insta::assert_snapshot!(run(project.command(["synth"])));
    assert_eq!(
        fs::metadata(&untouched).unwrap().modified().unwrap(),
        before
    );
}

#[test]
fn check_shows_what_is_stale_and_writes_nothing() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    insta::assert_snapshot!("fresh", run(project.command(["synth", "--check"])));
    project.write("environments/prod.yaml", "keep_days: 400\n");
    let before = project.read("snapshots/prod/storage.yaml");
    insta::assert_snapshot!("stale", run(project.command(["synth", "--check"])));
    assert_eq!(project.read("snapshots/prod/storage.yaml"), before);
}

#[test]
fn files_of_stacks_and_environments_that_are_no_more_are_removed() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    // As a stack of an earlier day would have left it, and one file that is not ours.
    let assembly = project.read("snapshots/dev/assembly.json");
    project.write(
        "snapshots/dev/assembly.json",
        &assembly.replace("storage.yaml", "old.yaml"),
    );
    project.write("snapshots/dev/old.yaml", "Resources: {}\n");
    project.write("snapshots/dev/notes.txt", "mine\n");
    fs::remove_file(project.path("environments/prod.yaml")).unwrap();
    insta::assert_snapshot!(run(project.command(["synth"])));
    assert!(!project.path("snapshots/dev/old.yaml").exists());
    assert!(!project.path("snapshots/prod").exists());
    assert_eq!(project.read("snapshots/dev/notes.txt"), "mine\n");
}

#[test]
fn an_assembly_cannot_make_it_remove_files_elsewhere() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    let assembly = project.read("snapshots/dev/assembly.json");
    project.write(
        "snapshots/dev/assembly.json",
        &assembly.replace("storage.yaml", "../../precious.yaml"),
    );
    project.write("precious.yaml", "mine\n");
    run(project.command(["synth"]));
    assert_eq!(project.read("precious.yaml"), "mine\n");
}

#[test]
fn what_an_interrupted_run_left_is_cleaned_up() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    project.write("snapshots/dev/.stratiform-abc123", "half a templ");
    run(project.command(["synth"]));
    assert!(!project.path("snapshots/dev/.stratiform-abc123").exists());
}

#[test]
fn some_environments_and_some_stacks() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!(
        "one_environment",
        run(project.command(["synth", "--env", "dev"]))
    );
    assert!(!project.path("snapshots/prod").exists());
    run(project.command(["synth"]));
    project.write("environments/prod.yaml", "keep_days: 5\n");
    insta::assert_snapshot!(
        "one_stack",
        run(project.command(["synth", "--stack", "inbox"]))
    );
    insta::assert_snapshot!("after_one_stack", run(project.command(["synth"])));
}

#[test]
fn templates_on_standard_output() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!(
        "one_yaml",
        run(project.command(["synth", "--stdout", "--env", "dev", "--stack", "inbox"]))
    );
    insta::assert_snapshot!(
        "many_yaml",
        run(project.command(["synth", "--stdout", "--env", "dev"]))
    );
    let one = [
        "synth",
        "--stdout",
        "--format",
        "json",
        "--env",
        "dev",
        "--stack",
        "guestbook-dev-inbox",
    ];
    insta::assert_snapshot!("one_json", run(project.command(one)));
    insta::assert_snapshot!(
        "many_json",
        run(project.command(["synth", "--stdout", "--format", "json"]))
    );
    assert!(!project.path("snapshots").exists());
}

#[test]
fn another_folder_and_another_format() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!(run(project.command([
        "synth",
        "--format",
        "json",
        "--out",
        "elsewhere"
    ])));
    assert!(project.path("elsewhere/dev/inbox.json").is_file());
    assert!(!project.path("snapshots").exists());
    // Back to YAML: the other format's files go.
    run(project.command(["synth", "--out", "elsewhere"]));
    assert!(!project.path("elsewhere/dev/inbox.json").exists());
}

#[test]
fn the_same_bytes_whatever_the_machine() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    let reference = project.tree("snapshots");
    let locales = ["C", "de_DE.UTF-8", "tr_TR.UTF-8", "ja_JP.UTF-8"];
    for round in 0..20 {
        let out = format!("out-{round}");
        let mut command = project.command(["synth", "--out"]);
        command
            .arg(project.path(&out))
            .arg("--environments")
            .arg(project.path("environments"))
            .current_dir(if round % 2 == 0 {
                project.path("environments")
            } else {
                std::env::temp_dir()
            })
            .env("LC_ALL", locales[round % locales.len()])
            .env("LANG", locales[round % locales.len()])
            .env(
                "TZ",
                if round % 3 == 0 {
                    "Asia/Tokyo"
                } else {
                    "America/Lima"
                },
            )
            .env("HOME", format!("/nowhere/{round}"))
            .env("RUST_SEED", round.to_string());
        run(command);
        assert_eq!(project.tree(&out), reference, "round {round}");
    }
}

#[test]
fn from_a_folder_below_the_project() {
    let project = Project::of_guestbook();
    fs::create_dir_all(project.path("docs/deep")).unwrap();
    let mut command = project.command(["synth"]);
    command.current_dir(project.path("docs/deep"));
    run(command);
    assert!(project.path("snapshots/dev/assembly.json").is_file());
}

#[test]
fn values_and_where_they_come_from() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!("show_text", run(project.command(["env", "show", "prod"])));
    insta::assert_snapshot!(
        "show_json",
        run(project.command(["env", "show", "dev", "--format", "json"]))
    );
}

#[test]
fn the_schema_is_json() {
    let project = Project::of_guestbook();
    let output = project.command(["schema"]).output().unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(schema["properties"]["keep_days"]["maximum"], 3650);
}

#[test]
fn completions_for_every_shell() {
    let project = Project::of_guestbook();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = project.command(["completions", shell]).output().unwrap();
        assert!(output.status.success());
        assert!(
            String::from_utf8(output.stdout).unwrap().contains("synth"),
            "{shell}"
        );
    }
}

#[test]
fn mistakes_are_told_with_their_place() {
    let project = Project::of_guestbook();
    project.write(
        "environments/prod.yaml",
        "settings:\n  regoin: eu-west-1\nkeep_days: many\n",
    );
    insta::assert_snapshot!("mistakes_in_values", run(project.command(["synth"])));
    project.write("environments/prod.yaml", "settings: [\n");
    insta::assert_snapshot!("mistake_in_syntax", run(project.command(["synth"])));
    assert!(!project.path("snapshots").exists());
}

#[test]
fn wrong_usage() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!(
        "unknown_environment",
        run(project.command(["synth", "--env", "prd"]))
    );
    insta::assert_snapshot!(
        "unknown_stack",
        run(project.command(["synth", "--stack", "inbx"]))
    );
    insta::assert_snapshot!(
        "excluding_flags",
        run(project.command(["synth", "--check", "--stdout"]))
    );
    insta::assert_snapshot!("no_command", run(project.command([])));
    fs::remove_dir_all(project.path("environments")).unwrap();
    insta::assert_snapshot!("no_environments", run(project.command(["synth"])));
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_nothing_is_half_written() {
    let project = Project::of_guestbook();
    project.write("snapshots", "a file where the folder should be\n");
    insta::assert_snapshot!(run(project.command(["synth"])));
    assert_eq!(
        project.read("snapshots"),
        "a file where the folder should be\n"
    );
}
