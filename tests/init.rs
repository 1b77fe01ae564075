//! The built binary, end to end: `init`, and what is said where it refuses.
//!
//! That what it writes builds, and does what it says, is what `tests/tutorial.rs` goes through.

#![expect(clippy::unwrap_used, reason = "a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod support;

use std::fs;

use crate::support::{Project, root, run};

#[test]
fn a_new_folder_has_all_of_it() {
    let project = Project::of_shop();
    let said = run(project.command(["init", "orders"]));
    let tree: Vec<String> = project
        .tree("orders")
        .into_keys()
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    insta::assert_snapshot!(
        "new_folder",
        format!("{said}── files\n{}\n", tree.join("\n"))
    );
    let manifest = project.read("orders/Cargo.toml");
    let version = env!("CARGO_PKG_VERSION");
    let git = format!(
        "stratiform = {{ git = \"https://github.com/stratiform/stratiform\", tag = \"v{version}\", default-features = false }}\n"
    );
    assert!(manifest.contains(&git), "{manifest}");
    assert!(
        project
            .read("orders/environments/defaults.yaml")
            .contains("  app: orders\n")
    );
}

#[test]
fn the_current_folder_keeps_what_it_has() {
    let project = Project::of_shop();
    fs::create_dir(project.path("web")).unwrap();
    project.write("web/LICENSE", "ours\n");
    project.write("web/README.md", "ours\n");
    let init = || {
        let mut command = project.command([
            "init",
            "--git",
            "https://example.com/tool",
            "--rev",
            "abc123",
        ]);
        command.current_dir(project.path("web"));
        run(command)
    };
    insta::assert_snapshot!("files_are_there", init());
    assert_eq!(project.tree("web").len(), 2);
    fs::remove_file(project.path("web/README.md")).unwrap();
    insta::assert_snapshot!("current_folder", init());
    assert_eq!(project.read("web/LICENSE"), "ours\n");
    assert!(project.read("web/README.md").starts_with("# web\n"));
    assert!(project.read("web/Cargo.toml").contains("rev = \"abc123\""));
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_made() {
    let project = Project::of_shop();
    let refused = |arguments: [&str; 4]| {
        let said = run(project.command(arguments));
        assert!(!project.path("My_Shop").exists());
        said
    };
    insta::assert_snapshot!("no_name", refused(["init", "My_Shop", "--color", "never"]));
    insta::assert_snapshot!(
        "no_clone",
        refused(["init", "My_Shop", "--name=shop", "--path=environments"])
    );
    insta::assert_snapshot!(
        "two_sources",
        refused(["init", "My_Shop", "--registry", "--git=https://example.com"])
    );
}

#[test]
fn a_clone_is_named_from_the_new_folder_or_from_the_root() {
    let project = Project::of_shop();
    let clone = project.path("tool/crates/stack");
    fs::create_dir_all(&clone).unwrap();
    fs::write(clone.join("Cargo.toml"), "").unwrap();
    run(project.command(["init", "a/orders", "--path", "tool"]));
    let manifest = project.read("a/orders/Cargo.toml");
    assert!(
        manifest.contains("stratiform-stack = { path = \"../../tool/crates/stack\" }"),
        "{manifest}"
    );
    let tool = root().to_str().unwrap();
    run(project.command(["init", "orders", "--path", tool]));
    let manifest = project.read("orders/Cargo.toml");
    assert!(
        manifest.contains(&format!(
            "stratiform-stack = {{ path = \"{tool}/crates/stack\" }}"
        )),
        "{manifest}"
    );
}
