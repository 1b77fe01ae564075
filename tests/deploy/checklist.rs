//! `checklist`: what is open of a release.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::engine::Engine;
use crate::running::{Ran, edit, git, of_dev, ran, release, shop};
use crate::support::Project;

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";

/// GitHub's own program, which says this.
fn github(project: &Project, says: &str) {
    let folder = project.path("bin");
    fs::create_dir_all(&folder).unwrap();
    let gh = folder.join("gh");
    fs::write(&gh, format!("#!/bin/sh\nprintf '{says}'\n")).unwrap();
    fs::set_permissions(&gh, fs::Permissions::from_mode(0o755)).unwrap();
}

fn checklist(engine: &Engine, project: &Project, words: &str) -> Ran {
    let mut command = engine.beside(of_dev(project, "checklist", words));
    let path = std::env::var("PATH").unwrap_or_default();
    let folder = project.path("bin");
    command.env("PATH", format!("{}:{path}", folder.display()));
    ran(command)
}

/// The boxes with one mark, by name.
fn marked(found: &Ran, mark: &str) -> Vec<String> {
    let lines = found
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix(mark));
    let names = lines.filter_map(|line| line.split_whitespace().nth(1));
    names.map(str::to_owned).collect()
}

#[test]
fn from_nothing_to_a_release_with_nothing_open() {
    let (project, engine) = (shop(), Engine::start());
    github(&project, "");
    git(&project, "init --quiet --initial-branch main .");
    project.write(".gitignore", "/bin\n/remote\n");
    project.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"1.0.0\"\n",
    );
    release(&project, "v0.9.0");
    let early = checklist(&engine, &project, "--release v1.0.0");
    assert_eq!(early.code, 3, "{}{}", early.stdout, early.stderr);
    assert_eq!(marked(&early, "[x]"), ["committed"]);
    assert_eq!(marked(&early, "[ ]"), ["tagged", "deployed"]);
    assert!(
        early
            .stdout
            .contains("nothing is deployed in eu-central-1, account 123456789012")
    );

    project.write("CHANGELOG.md", "# Changelog\n\n## 1.0.0\n\n- The shop.\n");
    release(&project, "v1.0.0");
    git(&project, "init --quiet --bare remote");
    git(&project, "remote add origin remote");
    git(&project, "push --quiet origin main v1.0.0");
    engine.deploy(&project, IMAGES).expect(0, &[]);
    let untested = checklist(&engine, &project, "--release v1.0.0");
    assert_eq!(marked(&untested, "[?]"), ["tests"], "{}", untested.stdout);
    github(&project, "ci\\tcompleted\\tfailure\\n");
    let failed = checklist(&engine, &project, "--release v1.0.0");
    assert_eq!(marked(&failed, "[ ]"), ["tests"], "{}", failed.stdout);
    github(&project, "ci\\tcompleted\\tsuccess\\n");
    let done = checklist(&engine, &project, "--release v1.0.0");
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.ends_with("\nv1.0.0: nothing is open\n"),
        "{}",
        done.stdout
    );
    assert!(
        done.stdout.contains(
            "going back to v0.9.0 loses nothing, and gets there on the embedded engine, within "
        ),
        "{}",
        done.stdout
    );
    let json = checklist(&engine, &project, "--release v1.0.0 --format json");
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        (&json["done"], &json["boxes"][1]["name"]),
        (&true.into(), &"tagged".into())
    );
}

#[test]
fn a_release_that_is_not_what_it_says() {
    let (project, engine) = (shop(), Engine::start());
    git(&project, "init --quiet --initial-branch main .");
    project.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"1.0.0\"\n",
    );
    release(&project, "v1.0.0");
    engine.deploy(&project, IMAGES).expect(0, &[]);
    // A queue more: whoever goes back loses what is in it.
    edit(
        &project,
        "environments/defaults.yaml",
        "  api:\n",
        "  api:\n    queue: true\n",
    );
    release(&project, "v1.1.0");
    project.write("left.txt", "not committed");
    let found = checklist(&engine, &project, "--release v1.1.0");
    assert_eq!(found.code, 3, "{}", found.stderr);
    let open = marked(&found, "[ ]");
    let expected = ["committed", "version", "changelog", "deployed", "way-back"];
    assert_eq!(open, expected, "{}", found.stdout);
    for words in [
        "not as in commit",
        "left.txt",
        "the code is 1.0.0, and the tag says 1.1.0",
        "v1.0.0 runs in eu-central-1",
        "going back to v1.0.0: ",
    ] {
        assert!(
            found.stdout.contains(words),
            "no `{words}` in:\n{}",
            found.stdout
        );
    }
    // There is no `gh` that answers, and no remote: that ticks nothing.
    assert_eq!(
        marked(&found, "[?]"),
        ["tests", "pushed", "healthy"],
        "{}",
        found.stdout
    );
}
