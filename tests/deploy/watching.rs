//! `watch`: whether an environment gets worse.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;
use stratiform_endpoint::Options;
use stratiform_test_support::Caller;

use crate::engine::Engine;
use crate::running::{Ran, edit, git, of_dev, ran, release, shop};
use crate::support::Project;

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";

/// A stack that has nothing but an alarm.
const ALARM: &str = r#"{"Resources": {"Errors": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
  "AlarmName": "shop-errors", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1,
  "MetricName": "Errors", "Namespace": "Shop", "Period": 60, "Statistic": "Sum", "Threshold": 0}}}}"#;

/// The shop, which is rolled back by an alarm of somebody else's.
fn with_alarm() -> Project {
    let project = shop();
    edit(
        &project,
        "environments/dev.yaml",
        "settings:\n",
        "settings:\n  deployment: { rollback_alarm: shop-errors }\n",
    );
    project
}

#[track_caller]
fn expect(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    for word in words {
        assert!(ran.stdout.contains(word), "no `{word}` in:\n{}", ran.stdout);
    }
}

#[test]
fn behind_the_engine_a_day_takes_no_time() {
    let project = shop();
    let local = |name: &str, words: &str| ran(of_dev(&project, name, &format!("--local {words}")));
    expect(
        &local("watch", "--after-deployment 24h"),
        0,
        &["nothing is deployed, and nothing was watched\n"],
    );
    local("deploy", "--yes").expect(0, &[]);
    let day = local("watch", "--for 24h --every 1h --format json");
    day.expect(
        0,
        &[
            "watching dev until ",
            ", every 1 h 0 min: now all is well\n",
        ],
    );
    let found: Value = serde_json::from_str(&day.stdout).unwrap();
    assert_eq!(
        (&found["result"], &found["looks"]),
        (&"well".into(), &25.into())
    );
    assert_eq!(found["account"], "111122223333");
    // A deployment whose start is in the future of this machine's clock is not too long ago.
    expect(
        &local("watch", "--for 2h --every 1h --after-deployment 24h"),
        0,
        &["nothing got worse at "],
    );
}

#[test]
fn nothing_is_asked_twice_where_nothing_changes() {
    let (project, engine) = (with_alarm(), Engine::start());
    engine.call(
        "CreateStack",
        &[("StackName", "alarm"), ("TemplateBody", ALARM)],
    );
    engine.deploy(&project, IMAGES).expect(0, &[]);
    let before = engine.calls();
    engine.deploy(&project, IMAGES).expect(0, &[]);
    let after = engine.calls();
    let asked = |service: &str, operation: &str| {
        let of = |calls: &BTreeMap<String, BTreeMap<String, u64>>| {
            let calls = calls.get(service).and_then(|calls| calls.get(operation));
            calls.copied().unwrap_or_default()
        };
        of(&after) - of(&before)
    };
    let stacks = before["cloudformation"]["CreateChangeSet"];
    assert!(stacks > 2, "{before:?}");
    let cloudformation = |operation| asked("cloudformation", operation);
    assert_eq!(cloudformation("DescribeStacks"), stacks, "{after:?}");
    assert_eq!(cloudformation("GetTemplate"), stacks, "{after:?}");
    assert_eq!(cloudformation("ListStackResources"), stacks, "{after:?}");
    assert_eq!(cloudformation("CreateChangeSet"), 0, "{after:?}");
    assert_eq!(asked("monitoring", "DescribeAlarms"), 1, "{after:?}");
    assert_eq!(asked("sts", "GetCallerIdentity"), 1, "{after:?}");
}

#[test]
fn an_alarm_that_goes_on_ends_it() {
    let (project, engine) = (with_alarm(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    engine.call(
        "CreateStack",
        &[("StackName", "others"), ("TemplateBody", ALARM)],
    );
    let mut command = engine.beside(of_dev(&project, "watch", "--for 24h --every 1s"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut watch = command.spawn().unwrap();
    let mut said = BufReader::new(watch.stderr.take().unwrap()).lines();
    let first = said.next().unwrap().unwrap();
    assert!(
        first.starts_with("watching dev until ") && first.ends_with(": now all is well"),
        "{first}"
    );
    engine.fault("alarm:shop-errors:at=0");
    let output = watch.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{text}");
    for word in [
        "dev in eu-central-1, account 123456789012: worse at look ",
        "\n  the alarm `shop-errors`: ",
        "\n  since 20",
        "\n  → `rollback --env dev`\n",
    ] {
        assert!(text.contains(word), "no `{word}` in:\n{text}");
    }
    // What is on at the start does not count, and makes the environment not well.
    expect(
        &engine.run(&project, "status", ""),
        3,
        &["  alarm     shop-errors ", "; not all is well\n"],
    );
    let again = engine.run(&project, "watch", "--for 1s --every 2s");
    expect(&again, 0, &["nothing got worse at 1 look\n"]);
    // After a deployment it does.
    expect(
        &engine.run(&project, "watch", "--for 1s --after-deployment 24h"),
        3,
        &["worse at look 1\n  the alarm `shop-errors`"],
    );
}

/// Nobody had looked for drift: the watch has CloudFormation look.
#[test]
fn drift_counts_where_it_was_not_there_at_the_start() {
    let (project, engine) = (shop(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    crate::drift::open_port(&engine, 22);
    // The start is the deployment.
    let after = engine.run(
        &project,
        "watch",
        "--for 10s --every 1s --after-deployment 24h",
    );
    expect(
        &after,
        3,
        &[
            "  the stack `services`: it is not as its template says any more\n",
            "  → `drift --env dev --revert`\n",
        ],
    );
    // The start is now.
    let now = engine.run(&project, "watch", "--for 2s --every 1s");
    expect(&now, 0, &["nothing got worse at "]);
}

/// Somebody else has CloudFormation look: what differs then is compared with what did at the start.
#[test]
fn what_had_drifted_and_drifts_further_is_worse() {
    let (project, engine) = (shop(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    crate::drift::open_port(&engine, 22);
    let mut command = engine.beside(of_dev(&project, "watch", "--for 24h --every 1s"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut watch = command.spawn().unwrap();
    let mut said = BufReader::new(watch.stderr.take().unwrap()).lines();
    let first = said.next().unwrap().unwrap();
    assert!(first.starts_with("watching dev until "), "{first}");
    crate::drift::open_port(&engine, 3389);
    engine.call("DetectStackDrift", &[("StackName", "shop-dev-services")]);
    let output = watch.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{text}");
    for word in [
        "\n  the stack `services`: it drifted further: SecurityGroup/SecurityGroupIngress",
        "\n  → `drift --env dev --revert`\n",
    ] {
        assert!(text.contains(word), "no `{word}` in:\n{text}");
    }
}

#[test]
fn with_an_alarm_it_goes_back_by_itself() {
    let project = with_alarm();
    project.write(".gitignore", ".stratiform\n");
    git(&project, "init --quiet --initial-branch main");
    release(&project, "v1");
    let local = |name: &str, words: &str| ran(of_dev(&project, name, &format!("--local {words}")));
    local("deploy", "--yes").expect(0, &[]);
    edit(
        &project,
        "environments/defaults.yaml",
        "retention_days: 14",
        "retention_days: 30",
    );
    release(&project, "v2");
    local("deploy", "--yes").expect(0, &[]);
    {
        let engine = Engine::of(Options {
            state: Some(project.path(".stratiform/engine.json")),
            ..Options::default()
        });
        let url = engine.url();
        let caller = Caller {
            url: &url,
            access_key: "111122223333",
            region: "eu-central-1",
        };
        caller.cloudformation(
            "CreateStack",
            &[("StackName", "others"), ("TemplateBody", ALARM)],
        );
        engine.fault("alarm:shop-errors:at=0");
        // What is due happens before the next call.
        caller.cloudformation("DescribeStacks", &[("StackName", "others")]);
    }
    let watched = local(
        "watch",
        "--for 24h --every 1h --after-deployment 24h --rollback-on-alarm",
    );
    expect(&watched, 3, &["worse at look 1\n  the alarm `shop-errors`"]);
    watched.expect(3, &["\ndeployed in "]);
    expect(
        &local("status", ""),
        3,
        &[
            "\ndev runs v1 (",
            "because: watch: the alarm shop-errors since ",
        ],
    );
    let history = local("history", "");
    expect(
        &history,
        0,
        &[
            "  rollback  succeeded       v1 (",
            "because: watch: the alarm shop-errors",
            "; checks skipped: ",
        ],
    );
}
