//! `OLD NEW`: any two templates, or two folders of them.

use std::fs;

use crate::repository::{Repository, refused};
use crate::support::Project;

const OLD: &str = "\
Parameters:
  Size: {Type: String}
  Count: {Type: Number, Default: 1}
Conditions:
  Big: !Equals [!Ref Size, big]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub 'jobs-${Size}'
      DelaySeconds: !If [Big, 10, 1]
      Tags: [{Key: size, Value: !Join ['-', [!Ref Size, !Ref Count]]}]
";

const NEW_JSON: &str = r#"{
  "Parameters": {"Size": {"Type": "String"}, "Count": {"Type": "Number", "Default": 1}},
  "Conditions": {"Big": {"Fn::Equals": [{"Ref": "Size"}, "big"]}},
  "Resources": {
    "Queue": {
      "Type": "AWS::SQS::Queue",
      "Properties": {
        "QueueName": {"Fn::Sub": "jobs-${Size}"},
        "DelaySeconds": {"Fn::If": ["Big", 10, 2]},
        "Tags": [{"Key": "size", "Value": {"Fn::Join": ["-", [{"Ref": "Size"}, {"Ref": "Count"}]]}}]
      }
    }
  }
}"#;

/// A folder with both templates; no repository is needed.
fn folder() -> Repository {
    let repository = Repository::without_git(Project::of_guestbook());
    repository.project.write("old.yaml", OLD);
    repository.project.write("new.json", NEW_JSON);
    repository
}

#[test]
fn yaml_against_json() {
    let repository = folder();
    insta::assert_snapshot!("yaml_against_json", repository.diff("old.yaml new.json"));
    assert_eq!(repository.exit_code("old.yaml new.json --exit-code"), 3);
    // The same in another language is the same.
    repository
        .project
        .write("same.json", &NEW_JSON.replace("10, 2", "10, 1"));
    assert_eq!(
        repository.exit_code("old.yaml same.json --exit-code --fail-on any"),
        0
    );
    // No git and no environments.
    let mut command = repository.command("old.yaml new.json");
    command.env("PATH", "");
    assert!(command.output().unwrap().status.success());
    fs::remove_dir_all(repository.project.path("environments")).unwrap();
    assert_eq!(repository.exit_code("old.yaml new.json"), 0);
}

#[test]
fn values_of_parameters() {
    let repository = folder();
    repository
        .project
        .write("small.json", r#"{"Size": "small", "Count": 2}"#);
    repository
        .project
        .write("big.json", r#"{"Size": "big", "Count": 2}"#);
    let old =
        repository.diff("old.yaml old.yaml --parameters big.json --old-parameters small.json");
    insta::assert_snapshot!("other_values", old);
    // The same values on both sides: what the functions make of them counts.
    for (values, code) in [("small", 3), ("big", 0)] {
        let arguments = format!("old.yaml new.json --parameters {values}.json --exit-code");
        assert_eq!(repository.exit_code(&arguments), code, "{values}");
    }
    let review = repository.json("old.yaml new.json --parameters small.json");
    let detail = &review["stacks"][0]["ResourceChanges"][0]["Details"][0];
    assert_eq!(detail["Target"]["BeforeValue"], "1");
    assert_eq!(detail["Target"]["AfterValue"], "2");
}

#[test]
fn values_as_the_aws_command_line_has_them() {
    let repository = folder();
    repository.project.write(
        "values.json",
        r#"[{"ParameterKey": "Size", "ParameterValue": "small"}]"#,
    );
    let output = repository.diff("old.yaml new.json --parameters values.json");
    assert!(output.contains("DelaySeconds  1 → 2"), "{output}");
}

#[test]
fn parameters_without_a_value_are_told() {
    let repository = folder();
    let output = repository.diff("old.yaml new.json");
    assert!(output.contains("`Size` has no value here"), "{output}");
    repository
        .project
        .write("values.json", r#"{"Size": "small"}"#);
    let output = repository.diff("old.yaml new.json --parameters values.json");
    assert!(!output.contains("no value here"), "{output}");
}

#[test]
fn files_of_parameters_that_are_refused() {
    let repository = folder();
    for (text, words) in [
        ("{", &["`values.json` is no JSON: EOF", "line 1"] as &[&str]),
        (
            "[1]",
            &[
                "`values.json` is no list of `ParameterKey`",
                "{\"Size\": \"db.t3.small\"}",
            ],
        ),
        ("\"text\"", &["`values.json` is no map"]),
        (
            r#"{"Size": {"a": 1}}"#,
            &["a value of `Size` that is no text, number or boolean"],
        ),
        (r#"{"Size": null}"#, &["a value of `Size`"]),
        (r#"{"Size": ["a"]}"#, &["a value of `Size`"]),
        (
            r#"{"Sise": "a"}"#,
            &["has a parameter `Sise`", "did you mean `Size`?"],
        ),
        (
            r#"{"Other": "a"}"#,
            &[
                "has a parameter `Other`",
                "the parameters are: Size and Count",
            ],
        ),
    ] {
        repository.project.write("values.json", text);
        for flag in ["--parameters", "--old-parameters"] {
            for format in ["text", "json"] {
                let arguments = format!("old.yaml new.json {flag} values.json --format {format}");
                repository.refuses(&arguments, 1, words);
            }
        }
    }
    fs::write(
        repository.project.path("values.json"),
        b"{\"Size\": \"\xff\"}",
    )
    .unwrap();
    repository.refuses(
        "old.yaml new.json --parameters values.json",
        1,
        &["no UTF-8"],
    );
    repository.refuses(
        "old.yaml new.json --parameters nope.json",
        1,
        &["cannot read `nope.json`"],
    );
    repository
        .project
        .write("plain.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n");
    repository.project.write("values.json", r#"{"Size": "a"}"#);
    repository.refuses(
        "plain.yaml plain.yaml --parameters values.json",
        1,
        &["there are no parameters: leave the file out"],
    );
    // Values of the new template that the old one does not know are no mistake.
    assert_eq!(
        repository.exit_code("plain.yaml new.json --parameters values.json"),
        0
    );
}

#[test]
fn paths_that_are_refused() {
    let repository = folder();
    for empty in ["empty", "other"] {
        fs::create_dir(repository.project.path(empty)).unwrap();
    }
    fs::write(
        repository.project.path("latin.yaml"),
        b"Resources: # \xe9\n",
    )
    .unwrap();
    for (arguments, code, words) in [
        (
            "old.yaml empty",
            2,
            &["the other is a file", "compare two files, or two folders"] as &[&str],
        ),
        ("empty new.json", 2, &["is a folder"]),
        ("old.yaml nope.yaml", 1, &["cannot read `nope.yaml`"]),
        ("nope.yaml new.json", 1, &["cannot read `nope.yaml`"]),
        (
            "empty other",
            1,
            &["there is no template in `empty`", ".template"],
        ),
        ("old.yaml latin.yaml", 1, &["`latin.yaml` is no UTF-8 text"]),
        (
            "old.yaml new.json --stack nope",
            2,
            &["no stack is called `nope`"],
        ),
    ] {
        for format in ["text", "json"] {
            repository.refuses(&format!("{arguments} --format {format}"), code, words);
        }
    }
}

#[test]
fn templates_that_cannot_be_read_have_a_place() {
    let repository = folder();
    for (file, text, place) in [
        (
            "bad.yaml",
            "Resources:\n  A:\n    Type: [\n",
            "bad.yaml:3:11",
        ),
        ("bad.json", "{\"Resources\": {\"A\": }}", "bad.json:1:21"),
        (
            "bad.yaml",
            "Resources:\n  A: {Type: AWS::SQS::Queue, DependsOn: {}}\n",
            "bad.yaml:2:",
        ),
        ("bad.yaml", "hello\n", "bad.yaml:1:1"),
        ("bad.yaml", "", "bad.yaml:1:1"),
    ] {
        repository.project.write(file, text);
        repository.refuses(&format!("old.yaml {file}"), 1, &[place, "help"]);
        repository.refuses(&format!("{file} old.yaml --format json"), 1, &[place]);
    }
    insta::assert_snapshot!("bad_json", repository.diff("old.yaml bad.json"));
}

#[test]
fn folders() {
    let repository = folder();
    for (file, text) in [
        ("one/jobs.yaml", OLD),
        ("one/gone.yml", OLD),
        ("two/jobs.json", NEW_JSON),
        ("two/next.template", NEW_JSON),
        ("two/notes.txt", "mine\n"),
    ] {
        let path = repository.project.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    insta::assert_snapshot!("folders", repository.diff("one two"));
    let review = repository.json("one two --stack jobs");
    assert_eq!(review["stacks"].as_array().unwrap().len(), 1);
    repository.refuses("one two --stack job", 2, &["did you mean `jobs`?"]);
}

#[test]
fn folders_of_snapshots() {
    let repository = folder();
    repository.synth();
    crate::repository::copy(
        &repository.project.path("snapshots/prod"),
        &repository.project.path("was"),
    );
    repository.edit("environments/prod.yaml", "365", "400");
    repository.synth();
    let output = repository.diff("was snapshots/prod --exit-code");
    assert!(output.contains("prod (eu-west-1)"), "{output}");
    assert!(output.contains("ExpirationInDays  365 → 400"), "{output}");
    // The stacks are known by their short names here too.
    assert_eq!(
        repository.exit_code("was snapshots/prod --stack inbox --exit-code"),
        0
    );
    repository.project.write("was/assembly.json", "{");
    repository.refuses(
        "was snapshots/prod",
        1,
        &["`was/assembly.json` cannot be read"],
    );
}

#[test]
fn folders_of_environments() {
    let repository = folder();
    repository.synth();
    let path = |name: &str| repository.project.path(name);
    crate::repository::copy(&path("snapshots/prod"), &path("was/prod"));
    repository.edit("environments/prod.yaml", "365", "400");
    repository.synth();
    let output = repository.diff("was snapshots");
    assert!(output.contains("prod (eu-west-1)"), "{output}");
    assert!(output.contains("ExpirationInDays  365 → 400"), "{output}");
    fs::rename(path("was/prod"), path("was/other")).unwrap();
    let review = repository.json("was snapshots");
    let changes = review["stacks"].as_array().unwrap().iter();
    let changes: Vec<_> = changes.map(|stack| &stack["change"]).collect();
    assert!(
        changes
            .iter()
            .all(|change| **change == "created" || **change == "removed")
    );
}

#[test]
fn two_files_of_one_stack() {
    let repository = folder();
    for file in ["one/jobs.json", "one/jobs.yaml", "two/jobs.yaml"] {
        let path = repository.project.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = if file == "one/jobs.json" {
            NEW_JSON
        } else {
            OLD
        };
        fs::write(path, text).unwrap();
    }
    refused(
        repository.command("one two"),
        1,
        &["`one` has two templates of the name `jobs`", "leave one"],
    );
}

#[test]
fn the_region_decides_which_facts_count() {
    let repository = folder();
    for region in ["eu-west-1", "us-gov-west-1", "cn-north-1"] {
        let review = repository.json(&format!("old.yaml new.json --region {region}"));
        assert_eq!(review["stacks"][0]["region"], region);
    }
}

// Once wrong: a region that does not exist is taken, and the facts of another one are used.
#[test]
fn a_region_that_does_not_exist() {
    folder().refuses("old.yaml new.json --region eu-wset-1", 2, &["eu-west-1"]);
}
