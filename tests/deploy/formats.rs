//! What programs and GitHub are told.

use serde_json::Value;

use crate::engine::Engine;
use crate::running::{ran, shop};

#[test]
fn json_is_an_object_a_line_and_nothing_else_is_on_standard_output() {
    let (project, engine) = (shop(), Engine::start());
    let ran = engine.deploy(
        &project,
        "--yes --format json --stack network --stack queues",
    );
    ran.expect(0, &[]);
    let lines: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (first, last) = (&lines[0], &lines[lines.len() - 1]);
    assert_eq!(first["event"], "begun");
    assert_eq!(first["version"], 1);
    assert_eq!(first["environment"], "dev");
    assert_eq!(last["event"], "ended");
    assert_eq!(last["outcome"], "done");
    assert_eq!(last["stacks"][1]["ending"], "deployed");
    assert!(lines.iter().any(|line| line["event"] == "stack-event"));
    assert!(!ran.stdout.contains("ResourceProperties"));
}

#[test]
fn github_has_groups_annotations_and_a_summary() {
    let (project, engine) = (shop(), Engine::start());
    engine.fault("create:shop-dev-queues/WorkerQueue:times=1");
    let mut command = engine.command(&project, "--yes --stack network --stack queues");
    command
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", project.path("summary.md"));
    ran(command).expect(
        4,
        &[
            "::group::What would be deployed\n",
            "::group::network: deployed\n",
            "::group::queues: rolled back\n",
            "::error file=",
            "title=resource-failed::`WorkerQueue` of the stack `queues`",
        ],
    );
    let summary = project.read("summary.md");
    for words in [
        "## Deployment of dev: rolled back",
        "| `queues` | rolled back |",
    ] {
        assert!(summary.contains(words), "no `{words}` in {summary}");
    }
}
