//! What policies and rules of one's own say in an editor.

use serde_json::{Value, json};

use crate::support::Project;
use crate::{Editor, TEMPLATE};

/// A queue whose delay a rule of one's own wants otherwise, and a bucket that somebody decided about once.
const JUDGED: &str = "Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 5}}
  Site:
    Type: AWS::S3::Bucket
    Metadata: {stratiform: {accept: [{code: bucket-public, reason: It is a web page., until: 2001-02-28}]}}
";

#[test]
fn a_template_is_told_what_validate_says_of_the_file() {
    let project = Project::of_shop();
    project.write("judged.yaml", JUDGED);
    project.write(
        "late.guard",
        "rule late { Resources.*.Properties.DelaySeconds == 6 }\n",
    );
    let codes = |arguments: &[&str]| {
        let (mut editor, _) = Editor::asking(&project, arguments).initialized(&[]);
        editor.open("judged.yaml", JUDGED);
        // What is right is told nothing of: behind it, something is wrong.
        editor.open("wrong.yaml", TEMPLATE);
        let told = serde_json::to_value(editor.told()).unwrap();
        let is_it = told["uri"].as_str().unwrap().ends_with("judged.yaml");
        let told = told["diagnostics"].as_array().unwrap().iter();
        let codes = told
            .filter(|_| is_it)
            .map(|it| it["code"].as_str().unwrap());
        let mut codes: Vec<String> = codes.map(str::to_owned).collect();
        codes.sort_unstable();
        codes
    };
    let validated = |arguments: &[&str]| {
        let mut command = project.command(["validate", "judged.yaml", "--format", "json"]);
        let output = command.args(arguments).output().unwrap();
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        let found = said["findings"].as_array().unwrap().iter();
        let found = found.filter(|it| it["accepted"] == false);
        let mut codes: Vec<String> = found
            .map(|it| it["code"].as_str().unwrap().to_owned())
            .collect();
        codes.sort_unstable();
        codes
    };
    for (arguments, code) in [
        ([].as_slice(), None),
        (&["--policies"], Some("expired-acceptance")),
        (&["--rules", "late.guard"], Some("guard-rule")),
    ] {
        let said = codes(arguments);
        assert_eq!(said, validated(arguments), "{arguments:?}");
        assert!(
            code.is_none_or(|code| said.iter().any(|it| it == code)),
            "{said:?}"
        );
    }
    // Rules that nobody can use are said before anything is asked.
    project.write("late.guard", "rule late { Resources exists\n");
    let (code, said) = Editor::asking(&project, &["--rules", "late.guard"]).end();
    assert!(code == 1 && said.contains("late.guard"), "{code}: {said}");
}

#[test]
fn a_value_that_breaks_a_rule_of_the_projects_is_told_where_it_is_written() {
    let project = Project::of_shop();
    project.write(
        "policies/logs.guard",
        "rule kept { Resources.*[ Type == 'AWS::Logs::LogGroup' ].Properties.RetentionInDays >= 400 }\n",
    );
    let (mut editor, _) = Editor::ready(&project, &[]);
    let file = "environments/prod.yaml";
    let prod = project.read(file);
    editor.open(file, &prod);
    let said = super::said(&editor.told());
    let line = prod.lines().position(|line| line == "retention_days: 365");
    let start = format!("{}:", line.unwrap());
    let told = said.lines().find(|line| line.starts_with(&start));
    let words = "guard-rule: rule `kept` is broken: `RetentionInDays` is 365";
    assert!(told.is_some_and(|told| told.contains(words)), "{said}");
    // A decision about nothing can go.
    let unused = prod.replace(
        "settings:\n",
        "settings:\n  accepted_risks: {access-key: [{reason: There is none of it.}]}\n",
    );
    editor.change(file, 2, json!([{ "text": unused }]));
    assert!(super::said(&editor.told()).contains("unused-acceptance"));
}
