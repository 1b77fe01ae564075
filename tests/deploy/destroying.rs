//! `destroy`: what forbids it, what goes in which order, and what stays.

use serde_json::Value;

use crate::engine::Engine;
use crate::running::{Ran, edit, local, of_dev, ran, shop};
use crate::support::Project;

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";

/// All data of the shop.
const ALL: &str = "--yes --allow delete:network/FlowLogs --allow delete:registry/ApiRepository --allow \
                   delete:registry/WorkerRepository --allow delete:queues/WorkerQueue";

fn deployed() -> (Project, Engine) {
    let (project, engine) = (shop(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &["5 stacks"]);
    (project, engine)
}

fn destroy(engine: &Engine, project: &Project, words: &str) -> Ran {
    engine.run(project, "destroy", words)
}

/// Whether all stacks are there as they were.
#[track_caller]
fn expect_all(engine: &Engine) {
    for stack in ["network", "registry", "database", "queues", "services"] {
        let described = engine.describe(&format!("shop-dev-{stack}"));
        assert!(described.contains("CREATE_COMPLETE"), "{described}");
    }
}

/// The lines of `--format json`.
fn lines(ran: &Ran) -> Vec<Value> {
    let lines = ran.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn first_the_data_is_named_then_all_goes_and_what_stays_is_listed() {
    let project = shop();
    local(&project, "--yes").expect(0, &[]);
    let destroy = |words: &str| ran(of_dev(&project, "destroy", &format!("--local {words}")));
    let refused = destroy("--yes");
    refused
        .expect(
            3,
            &[
                "deleted with its data  FlowLogs  AWS::Logs::LogGroup",
                "deleted after a snapshot  Instance  AWS::RDS::DBInstance  shop-dev\n",
                "error[data-at-risk]: `WorkerQueue` of the stack `queues` would be deleted with its data",
                "--allow delete:registry/ApiRepository --allow delete:registry/WorkerRepository --allow \
                 delete:queues/WorkerQueue\n",
                "not destroyed: the answer is no; nothing was deleted",
            ],
        )
        .lacks(&["DELETE_IN_PROGRESS"]);
    let nobody = destroy(ALL.trim_start_matches("--yes "));
    nobody
        .expect(3, &["nobody is there to approve this", "to be deleted"])
        .lacks(&["DELETE_IN_PROGRESS", "data-at-risk"]);
    let done = destroy(ALL);
    done.expect(
        0,
        &[
            "database/Instance  AWS::RDS::DBInstance  the snapshot shop-dev-database-snapshot-instance-",
            " of shop-dev\n",
            "\ndeleted in ",
            ": 5 stacks, 1 resource stays\n",
        ],
    );
    destroy(ALL).expect(0, &["nothing to delete: none of 5 stacks is there"]);
}

#[test]
fn stacks_that_need_another_go_before_it() {
    let (project, engine) = deployed();
    let ran = destroy(&engine, &project, &format!("{ALL} --format json"));
    ran.expect(0, &[]);
    let lines = lines(&ran);
    let place = |event: &str, stack: &str| {
        let mut lines = lines.iter();
        let found = lines.position(|line| line["event"] == event && line["stack"] == stack);
        found.unwrap_or_else(|| panic!("no {event} of {stack} in {}", ran.stdout))
    };
    for first in ["database", "services"] {
        assert!(
            place("finished", first) < place("deleting", "network"),
            "{first}"
        );
    }
    // Those that need nothing of each other go at the same time.
    assert!(place("deleting", "queues") < place("finished", "services"));
    assert_eq!(lines[0]["event"], "begun");
    let review = lines.iter().find(|line| line["event"] == "review").unwrap();
    let database = &review["stacks"][2];
    assert_eq!(database["stack"], "database");
    let instance = database["resources"].as_array().unwrap();
    let instance = instance
        .iter()
        .find(|item| item["logicalId"] == "Instance")
        .unwrap();
    assert_eq!(
        (&instance["fate"], &instance["holdsData"]),
        (&"snapshot".into(), &true.into())
    );
    let ended = lines.last().unwrap();
    assert_eq!(
        (&ended["event"], &ended["outcome"]),
        (&"ended".into(), &"done".into())
    );
    let stays = &ended["stacks"][2]["stays"][0];
    assert_eq!(stays["logicalId"], "Instance");
    assert!(stays["kept"]["snapshot"].is_string(), "{stays}");
}

#[test]
fn an_environment_that_its_file_protects_is_not_even_asked_about() {
    let project = shop();
    let mut prod = project.command(["destroy", "--env", "prod", "--yes"]);
    prod.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    ran(prod).expect(
        3,
        &[
            "error[stack-protected]: the environment `prod` is protected: `settings.termination_protection`",
            "prod.yaml",
        ],
    );
    edit(
        &project,
        "environments/dev.yaml",
        "  termination_protection: false\n",
        "  deployment: { release_only: true }\n",
    );
    ran(of_dev(&project, "destroy", "--local --yes"))
        .expect(3, &["is protected: `settings.deployment.release_only`"]);
}

#[test]
fn one_protected_stack_keeps_all() {
    let (project, engine) = deployed();
    let protect = |value: &str| {
        let parameters = [
            ("StackName", "shop-dev-queues"),
            ("EnableTerminationProtection", value),
        ];
        engine.call("UpdateTerminationProtection", &parameters);
    };
    protect("true");
    destroy(&engine, &project, ALL)
        .expect(
            3,
            &[
                "error[stack-protected]: the stack `queues` has termination protection",
                "queues    protected\n",
                "network   not deleted\n",
            ],
        )
        .lacks(&["DELETE_IN_PROGRESS"]);
    expect_all(&engine);
    protect("false");
    destroy(&engine, &project, ALL).expect(0, &["deleted in "]);
}

#[test]
fn a_stack_outside_that_imports_keeps_all() {
    let (project, engine) = deployed();
    let exports = engine.call("ListExports", &[]);
    let (_, rest) = exports.split_once("<Name>shop-dev-network").unwrap();
    let (rest, _) = rest.split_once("</Name>").unwrap();
    let export = format!("shop-dev-network{rest}");
    let template = format!(
        r#"{{"Resources": {{"Topic": {{"Type": "AWS::SNS::Topic", "Properties": {{"DisplayName": {{"Fn::ImportValue": "{export}"}}}}}}}}}}"#
    );
    let other = [("StackName", "other"), ("TemplateBody", &template)];
    engine.call("CreateStack", &other);
    engine.describe("other");
    destroy(&engine, &project, ALL)
        .expect(
            3,
            &[
                "`other`, no part of this environment, imports from the stack `network`",
                &format!("the export `{export}` is in use"),
                "delete `other` first",
            ],
        )
        .lacks(&["DELETE_IN_PROGRESS"]);
    expect_all(&engine);
    engine.call("DeleteStack", &[("StackName", "other")]);
    destroy(&engine, &project, ALL).expect(0, &["deleted in "]);
}

#[test]
fn what_cannot_be_deleted_is_told_with_its_cause_and_the_same_command_goes_on() {
    let (project, engine) = deployed();
    engine.fault("delete:shop-dev-database/SubnetGroup:times=1");
    destroy(&engine, &project, ALL).expect(
        5,
        &[
            "error[stack-stuck]: the stack `database` is DELETE_FAILED, and needs a person",
            "run `destroy` again: it goes on where it stopped",
            "error[resource-failed]: `SubnetGroup` of the stack `database` is DELETE_FAILED (AWS::RDS::DBSubnetGroup)",
            "src/stacks.rs:",
            "services  deleted\n",
            "database  needs a person\n",
            "network   not reached  needed by database, still there\n",
            "a stack needs a person; 3 of 5 stacks deleted",
        ],
    );
    let database = engine.describe("shop-dev-database");
    assert!(database.contains("DELETE_FAILED"), "{database}");
    let network = engine.describe("shop-dev-network");
    assert!(network.contains("CREATE_COMPLETE"), "{network}");
    // The fault is used up. What is gone by now needs no name any more.
    destroy(&engine, &project, "--yes --allow delete:network/FlowLogs").expect(
        0,
        &["services  was not there\n", ": 2 stacks, nothing stays\n"],
    );
}

#[test]
fn wrong_words_are_refused_before_anything_is_asked() {
    let project = shop();
    let cases = [
        (
            "--allow delete:netwrk/FlowLogs",
            2,
            "did you mean `network`?",
        ),
        (
            "--allow replace:network/FlowLogs",
            2,
            "`destroy` deletes, and does nothing else",
        ),
        ("--allow everything", 2, "replace:STACK/LOGICAL_ID"),
        ("--concurrency 0", 2, "--concurrency"),
    ];
    for (words, code, said) in cases {
        let words = format!("--local --yes {words}");
        ran(of_dev(&project, "destroy", &words)).expect(code, &[said]);
    }
}
