//! Environments and stacks that come, go and move.

use std::fs;

use crate::repository::Repository;

#[test]
fn an_environment_that_is_new() {
    let repository = Repository::of_guestbook();
    repository
        .project
        .write("environments/qa.yaml", "keep_days: 3\n");
    insta::assert_snapshot!(repository.diff("--exit-code"));
    assert_eq!(repository.exit_code("--env qa --exit-code"), 3);
    assert_eq!(repository.exit_code("--env qa --fail-on any"), 0);
}

#[test]
fn an_environment_that_is_removed() {
    let repository = Repository::of_guestbook();
    fs::remove_file(repository.project.path("environments/prod.yaml")).unwrap();
    insta::assert_snapshot!("removed", repository.diff(""));
    let named = repository.diff("--env prod --exit-code");
    assert!(named.starts_with("exit code 3\n"), "{named}");
    let both = repository.json("--env prod --env dev");
    assert_eq!(both["stacks"].as_array().unwrap().len(), 4);
    let changes = repository.json("--env prod");
    for stack in changes["stacks"].as_array().unwrap() {
        assert_eq!(stack["change"], "removed");
    }
    // The other one is left.
    assert_eq!(repository.exit_code("--env dev --exit-code"), 0);
}

// Once wrong: two apps share the folder of snapshots, which `synth` takes care of; here the other app's stacks are
// shown as removed, with their data, and every `--fail-on any` is a no.
#[test]
fn another_apps_snapshots_play_no_part() {
    let repository = Repository::of_guestbook();
    let folder = repository.project.path("snapshots/other");
    crate::repository::copy(&repository.project.path("snapshots/dev"), &folder);
    repository.edit("snapshots/other/assembly.json", "\"guestbook\"", "\"shop\"");
    repository.commit();
    let output = repository.diff("--base HEAD --exit-code");
    assert!(output.starts_with("exit code 0\n"), "{output}");
}

#[test]
fn a_folder_without_an_assembly_is_no_environment() {
    let repository = Repository::of_guestbook();
    fs::create_dir(repository.project.path("snapshots/notes")).unwrap();
    repository
        .project
        .write("snapshots/notes/readme.md", "mine\n");
    repository.commit();
    assert_eq!(repository.exit_code("--base HEAD --exit-code"), 0);
    repository.refuses(
        "--base HEAD --env nope",
        2,
        &["no environment is called `nope`"],
    );
}

/// Prod without its backups: their stack goes.
fn without_backups(repository: &Repository) {
    repository.edit("environments/prod.yaml", "backup_days: 35\n", "");
}

#[test]
fn a_stack_that_goes_and_comes() {
    let repository = Repository::of_shop();
    without_backups(&repository);
    let change = |review: &serde_json::Value| {
        let stacks = review["stacks"].as_array().unwrap();
        let backup = stacks
            .iter()
            .find(|stack| stack["name"] == "shop-prod-backup");
        backup.unwrap()["change"].clone()
    };
    assert_eq!(change(&repository.json("")), "removed");
    assert_eq!(
        change(&repository.json("--env prod --stack backup")),
        "removed"
    );
    insta::assert_snapshot!("stack_removed", repository.diff("--stack backup"));
    repository.synth();
    repository.commit();
    repository.git("checkout --quiet main environments");
    assert_eq!(change(&repository.json("--base change")), "created");
    assert_eq!(repository.exit_code("--base change --fail-on data-loss"), 0);
}

// No template names the region.
#[test]
fn a_region_that_changes_is_no_small_thing() {
    let repository = Repository::of_guestbook();
    repository.edit("environments/defaults.yaml", "eu-west-1", "eu-central-1");
    let output = repository.diff("--exit-code");
    assert!(output.starts_with("exit code 3\n"), "{output}");
    assert!(output.contains("eu-west-1"), "{output}");
    assert_eq!(repository.exit_code("--fail-on any"), 3);
}

#[test]
fn an_app_that_is_renamed_leaves_its_stacks() {
    let repository = Repository::of_guestbook();
    repository.edit("environments/defaults.yaml", "app: guestbook", "app: book");
    let review = repository.json("--env dev");
    let stacks = review["stacks"].as_array().unwrap().iter();
    let changes: Vec<_> = stacks
        .map(|stack| {
            (
                stack["name"].as_str().unwrap(),
                stack["change"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        changes,
        [
            ("book-dev-storage", "created"),
            ("book-dev-inbox", "created"),
            ("guestbook-dev-storage", "removed"),
            ("guestbook-dev-inbox", "removed"),
        ]
    );
}

#[test]
fn what_is_beside_the_template() {
    let repository = Repository::of_guestbook();
    repository.edit(
        "environments/defaults.yaml",
        "keep_days",
        "  tags: { team: a }\nkeep_days",
    );
    let tags = repository.diff("--env dev --exit-code");
    assert!(
        tags.starts_with("exit code 3\n") && tags.contains("Tags.team"),
        "{tags}"
    );
    repository.git("checkout --quiet environments");
    repository.edit("environments/prod.yaml", "true", "false");
    let protection = repository.diff("--env prod --exit-code");
    assert!(protection.starts_with("exit code 3\n"), "{protection}");
    assert!(
        protection.contains("takes away the stack's termination protection"),
        "{protection}"
    );
}

// The instance is updated in place, so what it exports stays.
#[test]
fn days_of_backups_change_no_export() {
    let repository = Repository::of_shop();
    repository.edit(
        "environments/prod.yaml",
        "backup_retention_days: 30",
        "backup_retention_days: 31",
    );
    let review = repository.json("--env prod --stack database");
    assert_eq!(review["stacks"][0]["outputs"].as_array().unwrap().len(), 0);
    let output = repository.diff("--env prod");
    assert!(!output.contains("exports"), "{output}");
}

// Once wrong: what the stack protects is in another stack, and stays: prod's database is no longer backed up.
#[test]
fn a_stack_that_protects_others_is_missed() {
    let repository = Repository::of_shop();
    without_backups(&repository);
    let output = repository.diff("--stack backup");
    assert!(output.contains("backup plan `Plan`"), "{output}");
}
