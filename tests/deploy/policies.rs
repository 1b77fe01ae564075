//! What policies keep from an environment: an error, a score that is too low, an acceptance that is over.

use serde_json::Value;

use crate::engine::Engine;
use crate::running::{edit, git, of_dev, ran, release, synth};
use crate::support::Project;

/// What a check of `guard` came to, and why.
fn check(engine: &Engine, project: &Project, id: &str) -> (i32, String, String) {
    let guard = engine.run(project, "guard", "--format json");
    let report: Value = serde_json::from_str(&guard.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|it| it["id"] == id).unwrap();
    let text = |name: &str| check[name].as_str().unwrap().to_owned();
    (guard.code, text("verdict"), text("reason"))
}

#[test]
fn what_a_policy_forbids_is_not_deployed_unless_somebody_accepts_it() {
    let project = Project::of_shop();
    git(&project, "init --quiet --initial-branch main");
    let file = "environments/dev.yaml";
    let from = "settings:\n";
    let broken = "settings:
  policies: { storage-encrypted: error }
  deployment: { compliance_at_least: 90 }
";
    edit(&project, file, from, broken);
    synth(&project);
    release(&project, "v1");
    let engine = Engine::start();
    let (code, verdict, reason) = check(&engine, &project, "findings");
    assert_eq!((code, &*verdict), (3, "block"), "{reason}");
    assert!(
        reason.contains("what is stored here is not encrypted"),
        "{reason}"
    );
    let (_, verdict, reason) = check(&engine, &project, "compliance");
    let costs = "and has to be 90 at least; what costs most: storage-encrypted in database/Instance (100.0)";
    assert_eq!(verdict, "block");
    assert_eq!(reason, format!("the score is 0, {costs}"));
    // The score is of the whole environment, what is found of what is deployed.
    engine
        .deploy(&project, "--yes --stack network")
        .expect(3, &["blocks   compliance  the score is 0"])
        .lacks(&["not encrypted"]);

    let accepted = "settings:
  accepted_risks:
    storage-encrypted:
      - { resource: database/*, reason: It is a shop of tests., owner: shop, until: DAY }
";
    edit(&project, file, from, &accepted.replace("DAY", "9999-12-31"));
    release(&project, "v2");
    let (code, verdict, _) = check(&engine, &project, "findings");
    assert_eq!((code, &*verdict), (0, "pass"));
    let (_, verdict, reason) = check(&engine, &project, "compliance");
    let number = "the score is 100 (0 without what is accepted), of 90 at least";
    assert_eq!((&*verdict, &*reason), ("pass", number));
    let status = engine.run(&project, "status", "");
    let line = "\ncompliance of what is checked out: 100 (0 without what is accepted)\n";
    assert!(status.stdout.ends_with(line), "{}", status.stdout);
    // Each side by its own files: nothing changed in what is deployed.
    let diff = ran(of_dev(&project, "diff", "--format markdown --base v1")).stdout;
    let change = "- compliance of dev: 0 → 100 (0 without what is accepted)\n";
    assert!(diff.contains(change), "{diff}");

    edit(&project, file, "9999-12-31", "2001-02-28");
    release(&project, "v3");
    let (code, verdict, reason) = check(&engine, &project, "findings");
    assert_eq!((code, &*verdict), (3, "block"), "{reason}");
    let over =
        "`storage-encrypted` was accepted until 2001-02-28, and is still found: shop decided";
    assert!(reason.contains(over), "{reason}");
}

#[test]
fn what_a_rule_of_the_projects_forbids_is_not_deployed_unless_somebody_accepts_it() {
    let project = Project::of_shop();
    git(&project, "init --quiet --initial-branch main");
    let rule = "rule small { AWS::RDS::DBInstance { Properties.DBInstanceClass == 'db.t3.large' <<Too small>> } }\n";
    project.write("policies/data.guard", rule);
    synth(&project);
    release(&project, "v1");
    let engine = Engine::start();
    let (code, verdict, reason) = check(&engine, &project, "findings");
    assert_eq!((code, &*verdict), (3, "block"), "{reason}");
    let words = "rule `small` is broken by `DBInstanceClass` (stack `database`, at Resources/Instance/Properties/DBInstanceClass): Too small";
    assert!(reason.contains(words), "{reason}");

    let accepted = "settings:
  accepted_risks: { guard-rule: [{ resource: database/*, reason: It is a shop of tests. }] }
";
    edit(&project, "environments/dev.yaml", "settings:\n", accepted);
    release(&project, "v2");
    let (code, verdict, reason) = check(&engine, &project, "findings");
    assert_eq!((code, &*verdict), (0, "pass"), "{reason}");

    // Rules that nobody can use hold nothing: that is no green.
    project.write("policies/data.guard", "rule small { Resources exists\n");
    release(&project, "v3");
    let (code, verdict, reason) = check(&engine, &project, "findings");
    assert_eq!((code, &*verdict), (3, "block"), "{reason}");
    assert!(reason.contains("policies/data.guard"), "{reason}");
}
