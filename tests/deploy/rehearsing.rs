//! A deployment rehearsed: from a release to the working tree, with everything that can fail in it.

use serde_json::Value;

use crate::running::{edit, git, of_dev, ran, release, shop};

#[test]
fn whatever_fails_in_a_change_comes_back_or_goes_through() {
    let project = shop();
    project.write(".gitignore", ".stratiform\n");
    git(&project, "init --quiet --initial-branch main");
    release(&project, "v1");
    edit(
        &project,
        "environments/defaults.yaml",
        "retention_days: 14",
        "retention_days: 30",
    );
    let rehearsed = ran(of_dev(&project, "rehearse", "--format json"));
    rehearsed.expect(0, &["from the release v1 to the working tree\n"]);
    let json: Value = serde_json::from_str(&rehearsed.stdout).unwrap();
    assert_eq!(json["verdict"], "yes", "{json:#}");
    assert_eq!(
        (&json["from"], &json["withoutFailure"]["exit"]),
        (&"v1".into(), &0.into())
    );
    assert!(json["data"].as_u64().unwrap() > 0);
    let failures = json["failures"].as_array().unwrap();
    assert_eq!(json["counts"]["failures"], failures.len());
    let of = |kind: &str| {
        let found = failures.iter().filter(|end| end["failure"]["kind"] == kind);
        found.collect::<Vec<_>>()
    };
    let logs = of("resource").into_iter();
    let mut logs = logs.filter(|end| end["failure"]["logicalId"] == "FlowLogs");
    let logs = logs.next().expect("what changes can fail");
    let failure = &logs["failure"];
    assert_eq!(
        (&failure["stack"], &failure["phase"]),
        (&"network".into(), &"update".into())
    );
    // The other stacks stay where they are: one command, and all is well.
    assert_eq!(
        (&logs["exit"], &logs["lost"]),
        (&4.into(), &Value::Null),
        "{logs}"
    );
    assert!(
        ["back", "halfway"].map(Value::from).contains(&logs["harm"]),
        "{logs}"
    );
    for end in of("killed") {
        assert_eq!(
            end["harm"], "through",
            "whoever starts again finishes it: {end}"
        );
    }
    for end in of("call") {
        if end["failure"]["times"] == "once" {
            assert_eq!(end["harm"], "through", "it is called again: {end}");
        }
    }
    assert!(of("killed").len() >= 4 && of("call").len() > 40 && !of("service").is_empty());
    // It changes nothing.
    assert!(!project.path(".stratiform").exists());
}

#[test]
fn what_is_there_before_has_to_be_known() {
    let project = shop();
    git(&project, "init --quiet --initial-branch main");
    release(&project, "v1");
    let rehearse = |words: &str| ran(of_dev(&project, "rehearse", words));
    rehearse("--from v11").expect(1, &["error[unknown-release]", "did you mean `v1`?"]);
    let both = rehearse("--from v1 --local");
    both.expect(2, &["cannot be used with"]);
}
