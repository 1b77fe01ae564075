//! A release that is sealed, approved, and executed as it was.

use serde_json::Value;

use crate::engine::Engine;
use crate::running::{edit, ran, shop};

const IMAGES: &str = "--image api=shop/api:1 --image worker=shop/worker:1";

#[test]
fn what_was_sealed_is_what_is_executed() {
    let (project, engine) = (shop(), Engine::start());
    let prepared = engine.deploy(&project, &format!("{IMAGES} --prepare sealed.json"));
    prepared
        .expect(0, &["nothing was executed", "sealed in `sealed.json`"])
        .lacks(&["executes"]);
    let sealed: Value = serde_json::from_str(&project.read("sealed.json")).unwrap();
    assert_eq!(sealed["version"], 1);
    assert_eq!(sealed["environment"], "dev");
    assert_eq!(sealed["account"], "123456789012");
    let stacks = sealed["stacks"].as_array().unwrap();
    let of = |name: &str| stacks.iter().find(|stack| stack["stack"] == name).unwrap();
    assert_eq!(of("network")["state"], "changes");
    assert!(of("network")["changeSet"]["digest"].is_string());
    // It imports what is not there yet.
    assert_eq!(of("database")["state"], "later");
    let shown = ran(project.command(["diff", "sealed.json"]));
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    for line in [
        "for dev: account 123456789012, eu-central-1\n",
        "network  4 changes, by its change set\n    new               Vpc\n",
        "database  3 changes predicted: its change set can only be made after others",
        "\nparameters\n  ApiImage=shop/api:1\n",
        "\nnothing is replaced or removed\nto execute exactly this: deploy --env dev --execute sealed.json\n",
    ] {
        assert!(
            shown.stdout.contains(line),
            "no `{line}` in:\n{}",
            shown.stdout
        );
    }
    let executed = engine.deploy(&project, "--execute sealed.json");
    executed.expect(0, &["\ndeployed in ", ": 5 stacks, 0 unchanged\n"]);
    engine
        .deploy(&project, "--yes")
        .expect(0, &["nothing to deploy"]);
    // GitHub could not be asked.
    let past = engine.run(&project, "history", "");
    assert!(
        past.stdout.contains("who approved is not recorded\n"),
        "{}",
        past.stdout
    );
}

#[test]
fn who_approved_what_was_sealed_is_remembered() {
    let (project, engine) = (shop(), Engine::start());
    engine
        .deploy(&project, "--yes --approved-by octo-cat")
        .expect(2, &["--execute"]);
    engine
        .deploy(&project, &format!("{IMAGES} --prepare sealed.json"))
        .expect(0, &[]);
    engine
        .deploy(&project, "--execute sealed.json --approved-by octo-cat")
        .expect(0, &["\ndeployed in "]);
    // Of every stack, also where the tags are those of the next deployment.
    edit(
        &project,
        "environments/defaults.yaml",
        "retention_days: 14",
        "retention_days: 30",
    );
    engine.deploy(&project, "--yes").expect(0, &[]);
    let past = engine.run(&project, "history", "--format json");
    let past: Value = serde_json::from_str(&past.stdout).unwrap();
    let deployments = past["deployments"].as_array().unwrap();
    let approved: Vec<&Value> = deployments.iter().map(|it| &it["approvedBy"]).collect();
    assert_eq!(approved.len(), 2, "{past:#}");
    assert!(
        approved[0].as_str().unwrap().ends_with(" with --yes"),
        "{past:#}"
    );
    assert_eq!(approved[1], "octo-cat");
}

#[test]
fn what_moved_is_refused_and_nothing_is_changed() {
    let (project, engine) = (shop(), Engine::start());
    engine
        .deploy(&project, &format!("--yes {IMAGES}"))
        .expect(0, &[]);
    let change = |from: &str, to: &str| {
        edit(
            &project,
            "environments/defaults.yaml",
            &format!("retention_days: {from}"),
            &format!("retention_days: {to}"),
        );
    };
    change("14", "30");
    engine
        .deploy(&project, "--prepare sealed.json")
        .expect(0, &["sealed in"]);
    // Another template than the one that was approved.
    change("30", "60");
    engine
        .deploy(&project, "--execute sealed.json")
        .expect(3, &["the template of `network` is another one"])
        .lacks(&["executes"]);
    // The stack was changed by somebody since.
    engine.deploy(&project, "--yes").expect(0, &[": 1 stack"]);
    change("60", "30");
    let moved = engine.deploy(&project, "--execute sealed.json");
    assert_ne!(moved.code, 0, "{}", moved.stderr);
    moved.lacks(&["executes"]);
}

#[test]
fn what_is_no_sealed_release_is_said() {
    let (project, engine) = (shop(), Engine::start());
    for text in ["", "{}", "{\"version\": 9}"] {
        project.write("sealed.json", text);
        let refused = engine.deploy(&project, "--execute sealed.json");
        refused.expect(1, &["`sealed.json` is no sealed release"]);
    }
    let both = engine.deploy(&project, "--execute sealed.json --prepare other.json");
    both.expect(2, &[]);
}

#[test]
fn a_secret_that_is_changed_alone_is_executed() {
    let (project, engine) = (shop(), Engine::start());
    edit(
        &project,
        "environments/defaults.yaml",
        "  api:\n    variables",
        "  api:\n    token: true\n    variables",
    );
    let given = |token: &str| format!("--parameter ApiToken={token}");
    engine
        .deploy(&project, &format!("--yes {IMAGES} {}", given("tokenXX1")))
        .expect(0, &[]);
    engine
        .deploy(
            &project,
            &format!("--prepare sealed.json {}", given("tokenXX2")),
        )
        .expect(0, &["prepared in ", ": 1 stack, 4 unchanged"]);
    assert!(!project.read("sealed.json").contains("tokenXX"));
    engine
        .deploy(&project, "--execute sealed.json")
        .expect(0, &["ApiTaskDefinition", "\ndeployed in "]);
    engine
        .deploy(&project, "--execute sealed.json")
        .expect(0, &["nothing to deploy"])
        .lacks(&["executes"]);
}
