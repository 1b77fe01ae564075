//! Back to an earlier release, and out of stacks that are stuck.

use crate::engine::Engine;
use crate::running::{edit, git, of_dev, ran, release, shop};
use crate::support::Project;

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";

fn retention(project: &Project, from: &str, to: &str) {
    edit(
        project,
        "environments/defaults.yaml",
        &format!("retention_days: {from}"),
        &format!("retention_days: {to}"),
    );
}

/// `v1` and `v2` of the shop; `v2` is checked out.
fn two_releases() -> Project {
    let project = shop();
    project.write(".gitignore", ".stratiform\n");
    git(&project, "init --quiet --initial-branch main");
    release(&project, "v1");
    retention(&project, "14", "30");
    release(&project, "v2");
    project
}

#[test]
fn to_the_release_before_and_to_any_other() {
    let project = two_releases();
    let local = |name: &str, words: &str| ran(of_dev(&project, name, &format!("--local {words}")));
    git(&project, "checkout --quiet v1");
    local("deploy", "--yes").expect(0, &["\ndeployed in "]);
    git(&project, "checkout --quiet v2");
    local("deploy", "--yes").expect(0, &["\ndeployed in "]);
    local("deploy", "--yes").expect(0, &["nothing to deploy"]);
    // Each release brings its images along.
    local("rollback", "--yes").expect(0, &["FlowLogs", "ApiTaskDefinition", "\ndeployed in "]);
    local("rollback", "--yes --to v1").expect(0, &["nothing to deploy"]);
    local("rollback", "--yes --to v2").expect(0, &["FlowLogs", "\ndeployed in "]);
    local("deploy", "--yes").expect(0, &["nothing to deploy"]);
}

#[test]
fn what_cannot_be_gone_back_to() {
    let project = two_releases();
    let local = |name: &str, words: &str| ran(of_dev(&project, name, &format!("--local {words}")));
    local("rollback", "--yes").expect(1, &["it is not known which release runs", "--to TAG"]);
    local("rollback", "--yes --to v22")
        .expect(1, &["error[unknown-release]", "did you mean `v2`?"]);
    git(&project, "checkout --quiet v1");
    local("deploy", "--yes").expect(0, &[]);
    local("rollback", "--yes").expect(1, &["git knows no release before `v1`, which runs"]);
    local("rollback", "--to v2").expect(3, &["nobody is there to approve this"]);
    local("rollback", "--yes --skip network/Vpc").expect(2, &["nothing can be skipped"]);
}

#[test]
fn storage_never_shrinks() {
    let project = two_releases();
    let local = |name: &str, words: &str| ran(of_dev(&project, name, &format!("--local {words}")));
    local("deploy", "--yes").expect(0, &[]);
    git(&project, "checkout --quiet v1");
    let snapshot = project.read("snapshots/dev/database.yaml");
    let smaller = snapshot.replace("AllocatedStorage: '20'", "AllocatedStorage: '10'");
    let smaller = smaller.replace("AllocatedStorage: \"20\"", "AllocatedStorage: \"10\"");
    assert_ne!(smaller, snapshot);
    project.write("snapshots/dev/database.yaml", &smaller);
    release(&project, "v0");
    local("rollback", "--yes --to v0")
        .expect(
            3,
            &["error[one-way]: `database/Instance` cannot go back: its AllocatedStorage is 20, and was 10 then"],
        )
        .lacks(&["executes"]);
    local("rollback", "--yes --to v0 --stack network").expect(0, &["FlowLogs", "\ndeployed in "]);
}

#[test]
fn a_creation_that_could_not_be_rolled_back_is_taken_away() {
    let (project, engine) = (shop(), Engine::start());
    engine.fault("create:shop-dev-network/FlowLogs");
    engine.fault("delete:shop-dev-network/Vpc");
    engine.deploy(&project, IMAGES).expect(
        5,
        &[
            "the stack `network` is ROLLBACK_FAILED, and needs a person",
            "`rollback` deletes what is left of it",
        ],
    );
    engine
        .deploy(&project, IMAGES)
        .expect(5, &["`network` is ROLLBACK_FAILED", "rollback --env dev"]);
    // It fails once more, and then it is a deletion that failed.
    for status in ["ROLLBACK_FAILED", "DELETE_FAILED"] {
        engine.run(&project, "rollback", "--yes").expect(
            5,
            &[
                &format!("network is {status}: it failed to be created"),
                "Vpc  DELETE_FAILED",
                "  → what is left of it is deleted; `deploy` makes it anew\n",
                "the stack `network` is DELETE_FAILED, and needs a person",
            ],
        );
    }
    engine.calm();
    engine
        .run(&project, "rollback", "--yes")
        .expect(0, &["\nwent back in "]);
    engine
        .deploy(&project, IMAGES)
        .expect(0, &["\ndeployed in "]);
}

#[test]
fn a_rollback_that_is_stuck_is_explained_and_continued() {
    let (project, engine) = (shop(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    engine.fault("update:shop-dev-network/FlowLogs:times=3");
    retention(&project, "14", "30");
    engine
        .deploy(&project, "--yes")
        .expect(5, &["UPDATE_ROLLBACK_FAILED"]);
    let explained = engine.run(&project, "rollback", "");
    explained.expect(
        3,
        &[
            "network is UPDATE_ROLLBACK_FAILED: it failed to update, and failed again on the way back",
            "FlowLogs  UPDATE_FAILED",
            "leave it as it is: --skip network/FlowLogs",
            "nobody is there to approve this",
        ],
    );
    engine
        .run(&project, "rollback", "--yes --skip network/Vpc")
        .expect(2, &["`Vpc` of the stack `network` is not UPDATE_FAILED"]);
    // It fails once more.
    engine
        .run(&project, "rollback", "--yes")
        .expect(5, &["UPDATE_ROLLBACK_FAILED"]);
    engine
        .run(&project, "rollback", "--yes --skip network/FlowLogs")
        .expect(
            0,
            &[
                "its rollback is continued without FlowLogs",
                "\nwent back in ",
            ],
        );
    engine
        .deploy(&project, "--yes")
        .expect(0, &["\ndeployed in "]);
}

#[test]
fn a_service_gets_back_what_it_ran_and_its_stack_follows() {
    let (project, engine) = (shop(), Engine::start());
    engine
        .deploy(&project, IMAGES)
        .expect(0, &["all that runs is well"]);
    engine
        .run(&project, "rollback", "--yes --service api")
        .expect(1, &["it is not known what the service", "--image api=TAG"]);
    engine
        .deploy(&project, "--yes --image api=shop/api:2")
        .expect(0, &[]);
    engine.run(&project, "rollback", "--service api").expect(
        3,
        &[
            "runs shop/api:2 (shop-api:2)",
            "it runs shop/api:1, with a copy of shop-api:1",
            "nobody is there",
        ],
    );
    engine
        .run(&project, "rollback", "--yes --service api")
        .expect(
            0,
            &[
                "ECS accepted it after ",
                "api is well, ",
                "services  ApiTaskDefinition  UPDATE_COMPLETE",
                "\ndeployed in ",
            ],
        );
    engine
        .deploy(&project, "--yes")
        .expect(0, &["nothing to deploy"]);
    // Where it came back from nobody wants to go again.
    engine
        .run(&project, "rollback", "--yes --service api")
        .expect(1, &["came back from shop/api:2 already", "--image api=TAG"]);
    engine
        .run(&project, "rollback", "--yes --service ap")
        .expect(
            1,
            &[
                "no service that is deployed is called `ap`",
                "the services are: api and worker",
            ],
        );
}

#[test]
fn what_was_swapped_stays_with_the_next_deployment() {
    let (project, engine) = (shop(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    engine
        .deploy(&project, "--yes --hotswap --image api=shop/api:2")
        .expect(
            0,
            &[
                "it runs shop/api:2, with a copy of shop-api:1",
                "past CloudFormation: the next deployment brings the stack in line",
            ],
        );
    engine
        .deploy(&project, "--yes")
        .expect(0, &["ApiTaskDefinition", "\ndeployed in "]);
    assert!(engine.describe("shop-dev-services").contains("shop/api:2"));
    engine
        .deploy(&project, "--yes")
        .expect(0, &["nothing to deploy"]);
    edit(
        &project,
        "environments/defaults.yaml",
        "  tags: { team: shop }\n",
        "  tags: { team: shop }\n  deployment: { release_only: true }\n",
    );
    engine
        .deploy(&project, "--yes --hotswap --image api=shop/api:3")
        .expect(
            3,
            &["error[no-hotswap]: `dev` is no environment to try things out in"],
        );
}
