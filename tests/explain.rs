//! The built binary, end to end: `explain`, as a user meets it.

#![expect(clippy::unwrap_used, reason = "a test")]

#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use support::{Project, run};

fn explained(project: &Project, what: &str) -> String {
    run(project.command(["explain", what, "--env", "dev"]))
}

fn json<const N: usize>(project: &Project, arguments: [&str; N]) -> Value {
    let output = project.command(arguments).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_value_a_resource_and_a_stack() {
    let project = Project::of_shop();
    insta::assert_snapshot!(
        "value",
        explained(&project, "database/Instance.DBInstanceClass")
    );
    insta::assert_snapshot!(
        "replaced",
        explained(&project, "shop-dev-network/Vpc.CidrBlock")
    );
    insta::assert_snapshot!("resource", explained(&project, "queues/WorkerQueue"));
    insta::assert_snapshot!("stack", explained(&project, "services"));
    let inside =
        "services/ApiTaskDefinition.ContainerDefinitions[api].Environment[LOG_LEVEL].Value";
    insta::assert_snapshot!("inside", explained(&project, inside));
    insta::assert_snapshot!(
        "setting",
        explained(&project, "database/Instance.DeletionPolicy")
    );
    insta::assert_snapshot!(
        "not_written",
        explained(&project, "network/Vpc.EnableDnsSupport")
    );
    // Without an environment, each that has it.
    let all = run(project.command(["explain", "network/Vpc.CidrBlock"]));
    for environment in ["dev", "prod", "staging"] {
        assert!(
            all.contains(&format!("\n{environment}  network/Vpc.CidrBlock")),
            "{all}"
        );
    }
    insta::assert_snapshot!(
        "imports",
        explained(&project, "services/SecurityGroup.VpcId")
    );
    // Where nothing is another but names, once.
    let folded = ["explain", "queues/WorkerQueue.QueueName"];
    insta::assert_snapshot!("folded", run(project.command(folded)));
    let code = run(project.command(["explain", "duplicate-key"]));
    assert_eq!(code, run(project.command(["--explain", "duplicate-key"])));
    let by_validate = project.command(["validate", "--explain", "duplicate-key"]);
    assert_eq!(code, run(by_validate));
}

#[test]
fn what_is_not_there_and_what_was_meant() {
    let project = Project::of_shop();
    let all = [
        "netwrk",
        "network/Vpx",
        "network/Instance",
        "network/Vpc.CidrBlok",
        "network/Vpc.CidrBlock.x",
        "network/Vpc.Tags[team].Value",
        "network/Vpc.Type",
        "services/ApiTaskDefinition.ContainerDefinitions[ap].Name",
    ];
    let all = all.map(|what| explained(&project, what));
    insta::assert_snapshot!("unknown", all.join("\n"));
    // The stack is there where the environment asks for backups.
    let backups = run(project.command(["explain", "backup", "--env", "dev", "--env", "prod"]));
    assert!(backups.starts_with("exit code 2\n"), "{backups}");
}

/// The properties of one environment's resources, as they are synthesized: `network/Vpc.CidrBlock` and its value.
fn properties(project: &Project) -> Option<BTreeMap<String, Value>> {
    let arguments = ["synth", "--env", "dev", "--format", "json", "--out", "out"];
    let output = project.command(arguments).output().unwrap();
    if !output.status.success() {
        return None;
    }
    let mut properties = BTreeMap::new();
    for (file, text) in project.tree("out") {
        let stack = file.file_stem().unwrap().to_str().unwrap();
        if !file.starts_with("dev") || stack == "assembly" {
            continue;
        }
        let template: Value = serde_json::from_slice(&text).unwrap();
        for (id, resource) in template["Resources"].as_object().unwrap() {
            let written = resource["Properties"].as_object().into_iter().flatten();
            let named = written.map(|(name, it)| (format!("{stack}/{id}.{name}"), it.clone()));
            properties.extend(named);
        }
    }
    Some(properties)
}

/// The values that `explain` names for each property.
fn named(
    project: &Project,
    properties: &BTreeMap<String, Value>,
) -> BTreeMap<String, BTreeSet<String>> {
    let resources: BTreeSet<&str> = properties
        .keys()
        .map(|key| key.split('.').next().unwrap())
        .collect();
    let mut named = BTreeMap::new();
    for resource in resources {
        let arguments = ["explain", resource, "--env", "dev", "--format", "json"];
        let explained = json(project, arguments);
        let explained = &explained["environments"][0]["resource"];
        for property in explained["properties"].as_array().unwrap() {
            let name = property["name"].as_str().unwrap();
            let from = property["from"].as_array().unwrap().iter();
            let from = from.map(|it| it["path"].as_str().unwrap().to_owned());
            named.insert(format!("{resource}.{name}"), from.collect());
        }
    }
    named
}

/// Another text for a value that is written in YAML.
fn other(value: &Value) -> Option<String> {
    Some(match value {
        Value::Bool(value) => (!value).to_string(),
        Value::Number(number) => (number.as_i64()? + 1).to_string(),
        Value::String(text) if text.contains('/') => text.replacen("0.", "9.", 1),
        Value::String(text) => format!("{text}x"),
        _ => return None,
    })
}

#[test]
fn changing_a_line_changes_what_it_is_said_to_make_and_nothing_else() {
    let project = Project::of_shop();
    let now = properties(&project).unwrap();
    let named = named(&project, &now);
    assert_eq!(named.len(), now.len());
    let values = json(&project, ["env", "show", "dev", "--format", "json"]);
    let mut tried = 0;
    for leaf in values.as_array().unwrap() {
        let path = leaf["path"].as_str().unwrap();
        let key = path.rsplit('.').next().unwrap();
        let origin = leaf["origin"].as_str().unwrap().split_once(':');
        let (Some((file, line)), Some(other)) = (origin, other(&leaf["value"])) else {
            continue;
        };
        // Another name or region of the app is another environment altogether.
        if ["settings.app", "settings.region"].contains(&path) {
            continue;
        }
        let text = project.read(file);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let written = &mut lines[line.parse::<usize>().unwrap() - 1];
        let shown = leaf["value"]
            .as_str()
            .map_or(leaf["value"].to_string(), str::to_owned);
        *written = written.replace(&format!("{key}: {shown}"), &format!("{key}: {other}"));
        project.write(file, &lines.join("\n"));
        if let Some(after) = properties(&project) {
            tried += 1;
            for (property, value) in &now {
                let is_another = after.get(property) != Some(value);
                let is_named = named[property].contains(path);
                assert_eq!(is_another, is_named, "{path} and {property}");
            }
        }
        project.write(file, &text);
    }
    // What AWS would refuse is not tried.
    assert!(tried >= 11, "{tried}");
}
