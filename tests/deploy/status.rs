//! `status`: how an environment stands.

use serde_json::Value;

use stratiform_endpoint::Options;

use crate::engine::Engine;
use crate::running::{Ran, edit, local, of_dev, ran, shop};
use crate::support::Project;

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";

/// It ended so, and said all of this on standard output.
#[track_caller]
fn expect(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    for word in words {
        assert!(ran.stdout.contains(word), "no `{word}` in:\n{}", ran.stdout);
    }
}

#[test]
fn nothing_then_some_of_it() {
    let project = shop();
    edit(
        &project,
        "environments/defaults.yaml",
        "region: eu-central-1\n",
        "region: eu-central-1\n  account: \"123456789012\"\n",
    );
    let status = |words: &str| ran(of_dev(&project, "status", &format!("--local {words}")));
    expect(
        &status(""),
        3,
        &[
            "dev in eu-central-1, account 123456789012\n\n  network   not deployed  → `deploy --env dev`\n",
            "\ndev: nothing is deployed\n",
        ],
    );
    local(&project, "--yes --stack network --stack queues").expect(0, &[]);
    expect(
        &status(""),
        3,
        &[
            "  network   deployed      ",
            "database  not deployed  → `deploy --env dev`\n",
            "; not all is well\n",
        ],
    );
    local(&project, "--yes --stack database").expect(0, &[]);
    expect(
        &status(""),
        3,
        &["  database  shop-dev  well  available, last backup "],
    );
}

#[test]
fn from_which_release_and_what_a_deployment_that_fails_leaves() {
    let (project, engine) = (shop(), Engine::start());
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(arguments)
            .current_dir(project.path(""))
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        assert!(git.output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "first"]);
    git(&["tag", "v1"]);
    engine.deploy(&project, IMAGES).expect(0, &[]);
    let status = |words: &str| engine.run(&project, "status", words);
    expect(
        &status(""),
        0,
        &[
            "  queues    deployed  v1 (",
            "well  1 of 1 tasks run\n",
            "  api: shop/api:1 (digest not known)\n",
            "\n  drift was never looked at: network, registry, ",
            "\ndev runs v1 (",
            "; all is well\n",
        ],
    );

    edit(
        &project,
        "environments/defaults.yaml",
        "retention_days: 14",
        "retention_days: 30",
    );
    git(&["commit", "--all", "--quiet", "--message", "second"]);
    git(&["tag", "v2"]);
    engine.fault("update:shop-dev-network/FlowLogs:times=2");
    engine.deploy(&project, "--yes").expect(5, &[]);
    expect(
        &status(""),
        5,
        &[
            "  network   stuck     v",
            "UPDATE_ROLLBACK_FAILED: its rollback failed\n",
            "→ correct what is in the way, then `rollback --env dev`\n",
        ],
    );
    engine
        .deploy(&project, "--yes --continue-rollback")
        .expect(0, &[]);
    expect(
        &status(""),
        0,
        &[
            "  network   deployed  v2 (",
            "dev was last deployed from v2 (",
            "not changed since: registry, database, queues, services of v1 (",
        ],
    );

    let json = status("--format json");
    let found: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(found["version"], 2);
    let found = &found["environments"][0];
    assert_eq!(
        (&found["verdict"], &found["runs"]["release"]),
        (&"well".into(), &"v2".into())
    );
    assert_eq!(found["stacks"][0]["state"], "deployed");
    assert_eq!(found["notChangedSince"][0]["release"], "v1");
    let of_kind = |kind: &str| {
        let mut parts = found["parts"].as_array().unwrap().iter();
        parts.find(|part| part["kind"] == kind).unwrap()
    };
    let database = of_kind("database");
    assert_eq!(
        (&database["health"], &database["backup"]["kind"]),
        (&"well".into(), &"continuous".into())
    );
    let service = &of_kind("service")["service"];
    assert_eq!(
        (&service["running"], &service["deployment"]),
        (&1.into(), &"COMPLETED".into())
    );
    assert_eq!(service["images"][0]["name"], "shop/api:1");

    history_of_it(&project, &engine);
}

/// The same as CloudFormation remembers it: three deployments, of which the second left a stack that needs a person.
fn history_of_it(project: &Project, engine: &Engine) {
    let json = engine.run(project, "history", "--format json");
    let found: Value = serde_json::from_str(&json.stdout).unwrap();
    let all = found["deployments"].as_array().unwrap();
    let told: Vec<(&str, &str, &str)> = all
        .iter()
        .map(|it| {
            let word = |key: &str| it[key].as_str().unwrap_or("none");
            (word("kind"), word("outcome"), word("release"))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("deploy", "succeeded", "v2"),
            ("mend", "succeeded", "v2"),
            ("deploy", "needs-person", "v2"),
            ("deploy", "succeeded", "v1"),
        ],
        "{}",
        json.stdout
    );
    let failed = &all[2]["stacks"][0];
    assert_eq!(
        (&failed["stack"], &failed["cause"]["logicalId"]),
        (&"network".into(), &"FlowLogs".into())
    );
    assert_eq!(all[3]["stacks"].as_array().unwrap().len(), 5);
    assert_eq!(found["rates"]["deployments"], 3);
    let text = engine.run(project, "history", "");
    expect(
        &text,
        0,
        &[
            "  deploy    needs a person  v2 (",
            "failed first: `FlowLogs` of the stack `network` is UPDATE_FAILED: ",
            "\n3 deployments: 67 % succeeded, ",
            ", approved by engine with --yes\n",
        ],
    );
    let markdown = engine.run(project, "history", "--since 2d --format markdown");
    expect(
        &markdown,
        0,
        &["| began | what | result |", " | needs a person | v2 ("],
    );
    let before = engine.run(project, "history", "--since 9999-01-01");
    expect(
        &before,
        0,
        &["  nothing was deployed\n", "no deployment is over\n"],
    );
}

/// Only what is read is called, and nothing is written.
#[test]
fn several_environments_and_nothing_is_changed() {
    let (project, engine) = (shop(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    let before = (project.tree("."), engine.calls());
    let mut command = project.command(["status", "--format", "json"]);
    command.args(["--env", "dev", "--env", "prod"]);
    let ran = ran(engine.beside(command));
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    let verdicts = ["well", "not-well"].map(Value::from);
    let all = found["environments"].as_array().unwrap();
    assert_eq!(
        all.iter().map(|one| &one["verdict"]).collect::<Vec<_>>(),
        verdicts.iter().collect::<Vec<_>>()
    );
    engine.run(&project, "history", "").expect(0, &[]);
    assert_eq!(project.tree("."), before.0);
    for (service, operations) in engine.calls() {
        for (operation, count) in operations {
            let is_new = before
                .1
                .get(&service)
                .and_then(|known| known.get(&operation))
                != Some(&count);
            let is_read = ["Describe", "Get", "List"]
                .iter()
                .any(|verb| operation.starts_with(verb));
            assert!(!is_new || is_read, "{service} {operation}");
        }
    }
}

#[test]
fn of_another_account_nothing_is_told() {
    let (project, engine) = (shop(), Engine::start());
    edit(
        &project,
        "environments/dev.yaml",
        "settings:\n",
        "settings:\n  account: \"999999999999\"\n",
    );
    for command in ["status", "history", "watch"] {
        let refused = engine.run(&project, command, "");
        refused.expect(1, &["999999999999", "123456789012"]);
        assert_eq!(refused.stdout, "", "{command}");
    }
}

#[test]
fn while_a_deployment_runs() {
    let (project, folder) = (shop(), tempfile::tempdir().unwrap());
    let state = folder.path().join("engine.json");
    let at = |speed: &str| {
        Engine::of(Options {
            state: Some(state.clone()),
            speed: speed.parse().unwrap(),
            ..Options::default()
        })
    };
    let engine = at("max");
    engine.deploy(&project, IMAGES).expect(0, &[]);
    engine.call(
        "CreateChangeSet",
        &[
            ("StackName", "shop-dev-registry"),
            ("ChangeSetName", "by-hand"),
            ("UsePreviousTemplate", "true"),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "other"),
        ],
    );
    drop(engine);
    // Time stands almost still now.
    let engine = at("0.000001");
    let body = engine.call("GetTemplate", &[("StackName", "shop-dev-network")]);
    assert!(body.contains("14"), "{body}");
    engine.call(
        "UpdateStack",
        &[
            ("StackName", "shop-dev-network"),
            ("UsePreviousTemplate", "true"),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "other"),
            ("Capabilities.member.1", "CAPABILITY_IAM"),
        ],
    );
    expect(
        &engine.run(&project, "status", ""),
        3,
        &[
            "  network   in progress  ",
            "UPDATE_IN_PROGRESS, of no run that is known here\n",
            "a change set waits: by-hand, made ",
            "; not all is well\n",
        ],
    );
    expect(
        &engine.run(&project, "history", ""),
        0,
        &["  not ours  in progress     by somebody else  –\n"],
    );
}

#[test]
fn what_was_destroyed_is_remembered() {
    let (project, engine) = (shop(), Engine::start());
    engine
        .deploy(&project, "--yes --stack network --stack queues")
        .expect(0, &[]);
    let destroy = engine.run(
        &project,
        "destroy",
        "--yes --allow delete:queues/WorkerQueue --allow delete:network/FlowLogs",
    );
    destroy.expect(0, &[]);
    let history = engine.run(&project, "history", "");
    expect(
        &history,
        0,
        &[
            "  destroy   succeeded       no recorded release  ",
            "  deploy    succeeded       no recorded release  ",
            "not known: who deployed and why, of 1 deployment: ",
        ],
    );
}
