//! `status`: how an environment stands.

use serde_json::Value;

use crate::engine::Engine;
use crate::running::{Ran, edit, local, of_dev, ran, shop};

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
        0,
        &[
            "dev in eu-central-1, account 123456789012\n\n  network   not deployed  → `deploy --env dev`\n",
            "\ndev: nothing is deployed\n",
        ],
    );
    expect(&status("--exit-code"), 3, &[]);
    local(&project, "--yes --stack network --stack queues").expect(0, &[]);
    expect(
        &status(""),
        0,
        &[
            "  network   deployed      ",
            "database  not deployed  → `deploy --env dev`\n",
            "; not all is well\n",
        ],
    );
    local(&project, "--yes --stack database").expect(0, &[]);
    expect(&status(""), 0, &["  database  shop-dev  well  available\n"]);
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
        &["  queues    deployed  v1 (", "\ndev runs v1 ("],
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
        &status("--exit-code"),
        3,
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
    assert_eq!(
        (&found["version"], &found["runs"]["release"]),
        (&1.into(), &"v2".into())
    );
    assert_eq!(found["stacks"][0]["state"], "deployed");
    assert_eq!(found["notChangedSince"][0]["release"], "v1");
    let database = found["parts"].as_array().unwrap().iter();
    let database = database.filter(|part| part["kind"] == "database");
    assert_eq!(
        database.map(|part| &part["health"]).collect::<Vec<_>>(),
        ["well"]
    );
}
