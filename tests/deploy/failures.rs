//! What fails, and what is said and left then.

use crate::engine::Engine;
use crate::running::{edit, shop};

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";

#[test]
fn an_update_that_fails_is_brought_back_and_the_cause_comes_first() {
    let (project, engine) = (shop(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &["5 stacks"]);
    engine.fault("update:shop-dev-network/FlowLogs:times=1");
    edit(
        &project,
        "environments/defaults.yaml",
        "retention_days: 14",
        "retention_days: 30",
    );
    let failed = engine.deploy(&project, "--yes");
    failed.expect(
        4,
        &[
            "error[resource-failed]: `FlowLogs` of the stack `network` is UPDATE_FAILED (AWS::Logs::LogGroup)",
            "The update was made to fail",
            "src/stacks.rs:",
            "network   rolled back",
            "rolled back in ",
        ],
    );
    let described = engine.describe("shop-dev-network");
    assert!(
        described.contains("UPDATE_ROLLBACK_COMPLETE"),
        "{described}"
    );
    // The fault is used up.
    engine
        .deploy(&project, "--yes")
        .expect(0, &[": 1 stack, 4 unchanged\n"]);
}

#[test]
fn what_needs_a_stack_that_failed_is_not_reached_and_others_go_on() {
    let (project, engine) = (shop(), Engine::start());
    engine.fault("create:shop-dev-network/Vpc:times=1");
    let failed = engine.deploy(&project, IMAGES);
    failed.expect(
        4,
        &[
            "`Vpc` of the stack `network` is CREATE_FAILED",
            "database  not reached  needs network\n",
            "registry  deployed",
        ],
    );
    // What never succeeded is cleared away first.
    engine.deploy(&project, IMAGES).expect(
        0,
        &[
            "a creation that never succeeded is deleted",
            "\ndeployed in ",
        ],
    );
}

#[test]
fn a_rollback_that_is_stuck_needs_a_person_and_is_continued_when_told() {
    let (project, engine) = (shop(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    engine.fault("update:shop-dev-network/FlowLogs:times=2");
    edit(
        &project,
        "environments/defaults.yaml",
        "retention_days: 14",
        "retention_days: 30",
    );
    engine.deploy(&project, "--yes").expect(
        5,
        &[
            "error[stack-stuck]: the stack `network` is UPDATE_ROLLBACK_FAILED, and needs a person",
            "deploy --continue-rollback",
        ],
    );
    engine
        .deploy(&project, "--yes")
        .expect(5, &["UPDATE_ROLLBACK_FAILED"]);
    engine.deploy(&project, "--yes --continue-rollback").expect(
        0,
        &[
            "goes back to where it can be deployed from",
            ": 1 stack, 4 unchanged\n",
        ],
    );
}

#[test]
fn data_goes_only_if_it_is_named() {
    let (project, engine) = (shop(), Engine::start());
    let (without, with) = (
        "  api:\n    variables",
        "  api:\n    queue: true\n    variables",
    );
    edit(&project, "environments/defaults.yaml", without, with);
    engine.deploy(&project, IMAGES).expect(0, &[]);
    // The queue goes, and what is in it.
    edit(&project, "environments/defaults.yaml", with, without);
    engine.deploy(&project, "--yes").expect(
        3,
        &[
            "removed           ApiQueue  AWS::SQS::Queue\n",
            "it holds data, and nobody named it: to let it go, add --allow delete:queues/ApiQueue",
            "queues    not approved",
            "error[data-at-risk]",
        ],
    );
    assert!(
        engine
            .describe("shop-dev-queues")
            .contains("CREATE_COMPLETE")
    );
    engine
        .deploy(&project, "--yes --allow replace:queues/ApiQueue")
        .expect(3, &["--allow delete:queues/ApiQueue"]);
    engine
        .deploy(&project, "--yes --allow delete:queues/ApiQueue")
        .expect(0, &[": 1 stack, 4 unchanged\n"]);
}

#[test]
fn where_it_comes_from_is_on_the_stacks() {
    let (project, engine) = (shop(), Engine::start());
    let mut command = engine.command(&project, "--yes --stack queues --emergency");
    command
        .arg("the queue is full")
        .env("GITHUB_ACTOR", "octocat");
    crate::running::ran(command).expect(0, &[]);
    let described = engine.describe("shop-dev-queues");
    for tag in [
        "stratiform:run",
        "<Value>octocat</Value>",
        "<Value>octocat with --yes</Value>",
        "<Value>the queue is full</Value>",
        "stratiform:skipped",
    ] {
        assert!(described.contains(tag), "no `{tag}` in {described}");
    }
    let json = engine.run(&project, "history", "--format json");
    let history: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let told = &history["deployments"][0];
    assert_eq!(told["approvedBy"], "octocat with --yes");
    assert_eq!(told["emergency"], "the queue is full");
    // Nothing was in the way: there is no repository that says what was reviewed.
    assert_eq!(told["skippedChecks"], serde_json::json!([]));
}
