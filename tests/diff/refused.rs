//! What `diff` refuses: with a sentence, a help, and nothing on standard output.

use std::fs;
use std::process::Command;

use crate::repository::{Repository, hermetic, refused};
use crate::support::Project;

#[test]
fn revisions_that_are_none() {
    let repository = Repository::of_guestbook();
    repository.git("tag tree HEAD:snapshots");
    for (base, shown) in [
        ("nope", "git knows no revision `nope`"),
        ("HEAD~9", "git knows no revision `HEAD~9`"),
        ("tree", "git knows no revision `tree`"),
        ("main:snapshots", "git knows no revision `main:snapshots`"),
        ("0000000", "git knows no revision `0000000`"),
        ("-x", "git knows no revision `-x`"),
        ("--all", "git knows no revision `--all`"),
        (
            "--output=/dev/null",
            "git knows no revision `--output=/dev/null`",
        ),
    ] {
        repository.refuses(&format!("--base={base}"), 1, &[shown, "git log"]);
    }
    repository.refuses("--base -x", 2, &["unexpected argument '-x'"]);
    insta::assert_snapshot!(repository.diff("--base nope"));
}

#[test]
fn no_repository_and_one_without_commits() {
    let repository = Repository::without_git(Project::of_guestbook());
    insta::assert_snapshot!("no_repository", repository.diff(""));
    repository.refuses("--base main", 1, &["is not in a git repository"]);
    repository.git("init --quiet --initial-branch main");
    insta::assert_snapshot!("no_commits", repository.diff(""));
    repository.refuses("--base main", 1, &["git knows no revision `main`"]);
}

#[test]
fn no_git() {
    let repository = Repository::of_guestbook();
    for path in ["", "/nowhere"] {
        for arguments in ["", "--base main"] {
            let mut command = repository.command(arguments);
            command.env("PATH", path);
            refused(command, 1, &["cannot start `git`", "install git"]);
        }
    }
}

// Once wrong: "is not in a git repository"; git's own answer says what to do: `safe.directory`.
#[test]
fn a_repository_of_somebody_else() {
    let repository = Repository::of_guestbook();
    let mut command = repository.command("");
    command.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    refused(command, 1, &["safe.directory"]);
}

#[test]
fn no_main_and_nothing_in_common() {
    let repository = Repository::of_guestbook();
    repository.git("checkout --quiet --orphan alone");
    repository.commit();
    insta::assert_snapshot!("nothing_in_common", repository.diff(""));
    repository.git("branch --delete --force main");
    insta::assert_snapshot!("no_main", repository.diff(""));
}

#[test]
fn a_shallow_clone() {
    let origin = Repository::of_guestbook();
    origin.commit();
    origin.git("checkout --quiet main");
    origin.commit();
    let clone = origin.project.path("clone");
    let url = format!("file://{}", origin.project.path("").display());
    let status = hermetic(&mut Command::new("git"))
        .args(["clone", "--quiet", "--depth", "1", "--no-single-branch"])
        .args(["--branch", "change"])
        .args([url.as_ref(), clone.as_os_str()])
        .status()
        .unwrap();
    assert!(status.success());
    let mut command = origin.command("");
    command.current_dir(&clone);
    refused(
        command,
        1,
        &[
            "have no commit in common here",
            "git fetch --unshallow",
            "--base REV",
        ],
    );
    // What can be named can be compared with.
    let mut command = origin.command("--base origin/main");
    command.current_dir(&clone);
    assert!(command.output().unwrap().status.success());
}

#[test]
fn snapshots_that_are_not_there_or_not_whole() {
    let dev = "snapshots/dev";
    let queue = "snapshots/dev/inbox.yaml";
    let assembly = "snapshots/dev/assembly.json";
    type Breakage = fn(&Repository);
    let cases: [(&str, Breakage, &[&str]); 8] = [
        (
            "no folder",
            |repository| fs::remove_dir_all(repository.project.path("snapshots")).unwrap(),
            &["there is no folder `snapshots` at", "(--base REV)"],
        ),
        (
            "a file",
            |repository| {
                fs::remove_dir_all(repository.project.path("snapshots")).unwrap();
                repository.project.write("snapshots", "a file\n");
            },
            &["there is no folder `snapshots` at"],
        ),
        (
            "a template is missing",
            |repository| {
                fs::remove_file(repository.project.path("snapshots/dev/inbox.yaml")).unwrap();
            },
            &[queue, "is listed and not there", "--base REV"],
        ),
        (
            "no YAML",
            |repository| {
                repository
                    .project
                    .write("snapshots/dev/inbox.yaml", "Resources:\n  A: [\n")
            },
            &[queue, ":2:6", "unclosed bracket", "(`HEAD`)"],
        ),
        (
            "no template",
            |repository| {
                repository
                    .project
                    .write("snapshots/dev/inbox.yaml", "Resources: {A: {}}\n");
            },
            &[queue, ":1:", "(`HEAD`)"],
        ),
        (
            "no JSON",
            |repository| {
                repository
                    .project
                    .write("snapshots/dev/assembly.json", "{,\n")
            },
            &[assembly, "cannot be read", "line 1 column 2"],
        ),
        (
            "another version",
            |repository| {
                repository.edit(
                    "snapshots/dev/assembly.json",
                    "\"version\": 1",
                    "\"version\": 2",
                );
            },
            &[assembly, "version 2", "version 1", "--base REV"],
        ),
        (
            "a field is missing",
            |repository| {
                repository.edit("snapshots/dev/assembly.json", "\"region\"", "\"regoin\"");
            },
            &[assembly, "missing field `region`"],
        ),
    ];
    for (name, breakage, words) in cases {
        let repository = Repository::of_guestbook();
        breakage(&repository);
        repository.commit();
        for format in ["text", "markdown", "html", "json"] {
            let arguments = format!("--base HEAD --format {format}");
            repository.refuses(&arguments, 1, words);
        }
        // Prod has nothing to do with it, where there is any.
        if name != "no folder" && name != "a file" {
            assert_eq!(repository.exit_code("--base HEAD --env prod"), 0, "{name}");
        }
        if name == "no YAML" {
            insta::assert_snapshot!(repository.diff("--base HEAD"));
        }
    }
    assert!(queue.starts_with(dev));
}

// Once wrong: the environment is shown as new, though its templates are there.
#[test]
fn a_folder_of_templates_without_their_listing() {
    let repository = Repository::of_guestbook();
    fs::remove_file(repository.project.path("snapshots/dev/assembly.json")).unwrap();
    repository.commit();
    repository.refuses("--base HEAD", 1, &["snapshots/dev/assembly.json"]);
}

#[test]
fn mistakes_in_the_working_tree() {
    let repository = Repository::of_guestbook();
    repository.edit("environments/prod.yaml", "365", "many");
    for format in ["text", "markdown", "html", "json"] {
        let arguments = format!("--format {format}");
        repository.refuses(&arguments, 1, &["environments/prod.yaml:3"]);
    }
    // It does not matter to the other environment.
    assert_eq!(repository.exit_code("--env dev"), 0);
}

#[test]
fn names_that_nothing_has() {
    let repository = Repository::of_guestbook();
    insta::assert_snapshot!("unknown_environment", repository.diff("--env prd"));
    insta::assert_snapshot!("unknown_stack", repository.diff("--stack inbx"));
    insta::assert_snapshot!("stacks_listed", repository.diff("--stack nothing-like-it"));
    repository.refuses(
        "--env prod --against prod",
        2,
        &["`prod` is compared with itself"],
    );
    repository.refuses("--env prod --against prd", 2, &["did you mean `prod`?"]);
    repository.refuses("--env prd --against prod", 2, &["did you mean `prod`?"]);
    repository.refuses(
        "--env dev --env nope",
        2,
        &["no environment is called `nope`"],
    );
    for name in ["../dev", "", "defaults"] {
        let mut command = repository.command("");
        command.args(["--env", name]);
        refused(command, 2, &[&format!("no environment is called `{name}`")]);
    }
}

#[test]
fn wrong_usage() {
    let repository = Repository::of_guestbook();
    for (arguments, words) in [
        (
            "--deployed --base main",
            &["cannot be used with"] as &[&str],
        ),
        (
            "--deployed --against prod --env dev",
            &["cannot be used with"],
        ),
        (
            "--env dev --against prod --base main",
            &["cannot be used with"],
        ),
        ("--against prod", &["--env <ENV>"]),
        (
            "--env dev --env prod --against prod",
            &["give --env once: diff --env staging --against prod"],
        ),
        ("a.yaml", &["one is given", "diff OLD NEW"]),
        ("a.yaml b.yaml c.yaml", &["3 are given", "diff OLD NEW"]),
        ("a.yaml b.yaml --base main", &["cannot be used with"]),
        ("a.yaml b.yaml --env dev", &["cannot be used with"]),
        ("a.yaml b.yaml --deployed", &["cannot be used with"]),
        ("a.yaml b.yaml --against prod", &["cannot be used with"]),
        ("--parameters a.json", &["required"]),
        ("--old-parameters a.json", &["required"]),
        ("--region eu-west-1", &["required"]),
        (
            "--format xml",
            &["possible values: text, markdown, html, json"],
        ),
        (
            "--fail-on death",
            &["replacement, data-loss, interruption, widening, any"],
        ),
    ] {
        repository.refuses(arguments, 2, words);
    }
}
