//! The built binary, end to end: `validate`, on the project and on files.

#![expect(clippy::unwrap_used, reason = "a test")]

mod support;

use std::fs;

use support::{Project, run};

/// Something is wrong in it always, something in one case, and something nobody can look at.
const TEMPLATE: &str = "Parameters:
  Stage:
    Type: String
    AllowedValues: [dev, prod]
Conditions:
  Prod: !Equals [!Ref Stage, prod]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      DelaySecond: 5  # a little
      VisibilityTimeout: !If [Prod, 999999, 30]
  Own:
    Type: My::Own::Thing
";

#[track_caller]
fn exit(project: &Project, code: i32, shell: &str) -> String {
    let said = run(project.shell(&format!("exec \"$0\" {shell}")));
    assert!(said.starts_with(&format!("exit code {code}\n")), "{said}");
    said
}

/// What was said, without how many policies there are to be off: whoever adds one changes none of this.
fn without_number(said: &str) -> String {
    let lines = said
        .lines()
        .map(|line| match line.split_once("\"policies_off\": ") {
            Some((before, _)) => format!("{before}\"policies_off\": [NUMBER]"),
            None => match line.strip_suffix(" policies are off") {
                Some(line) if !line.ends_with("all") => {
                    let line = line.trim_end_matches(|digit: char| digit.is_ascii_digit());
                    format!("{line}[NUMBER] policies are off")
                }
                Some(_) | None => line.to_owned(),
            },
        });
    lines.map(|line| line + "\n").collect()
}

#[test]
fn the_projects_stacks_are_right() {
    let project = Project::of_shop();
    insta::assert_snapshot!("project", run(project.command(["validate"])));
    // A repository of one's own, without the SDK.
    exit(&Project::of_guestbook(), 0, "validate");
    let one = run(project.command(["validate", "--env", "dev", "--format", "json"]));
    insta::assert_snapshot!("project_json", without_number(&one));
    insta::assert_snapshot!(
        "project_files_and_environment",
        run(project.command(["validate", "--env", "dev", "a.yaml"]))
    );
}

#[test]
fn a_value_of_the_environment_that_breaks_a_limit_is_found_by_everyone_but_who_asks_not_to() {
    let project = Project::of_shop();
    let prod = project.read("environments/prod.yaml");
    let wrong = prod.replace("retention_days: 365", "retention_days: 366");
    project.write("environments/prod.yaml", &wrong);
    insta::assert_snapshot!("wrong_value", run(project.command(["validate"])));
    exit(&project, 1, "synth");
    exit(&project, 0, "synth --no-validate");
    let accepted = exit(&project, 0, "validate --allow value-not-allowed");
    assert!(accepted.contains("accepted\n"), "{accepted}");
}

#[test]
fn what_an_environments_file_accepts_is_listed_with_its_reason_until_its_last_day() {
    let project = Project::of_shop();
    let prod = project.read("environments/prod.yaml");
    let wrong = prod.replace("retention_days: 365", "retention_days: 366");
    let accepted = |more: &str| {
        let risk = format!("{{resource: network/FlowLogs, reason: It is a leap year.{more}}}");
        let risks = format!("settings:\n  accepted_risks: {{value-not-allowed: [{risk}]}}\n");
        project.write(
            "environments/prod.yaml",
            &wrong.replace("settings:\n", &risks),
        );
    };
    accepted("");
    insta::assert_snapshot!("accepted_risk", exit(&project, 0, "validate"));
    let json = exit(&project, 0, "validate --format json");
    assert!(
        json.contains("\"acceptance\": \"It is a leap year.\""),
        "{json}"
    );
    accepted(", until: 2001-02-28");
    exit(&project, 3, "validate");
    // Synthesis gives the same on every day.
    exit(&project, 0, "synth");
}

/// A bucket that everybody may read, and one that somebody decided about.
const BUCKETS: &str = "Resources:
  Open:
    Type: AWS::S3::Bucket
  Site:
    Type: AWS::S3::Bucket
    Metadata:
      stratiform:
        accept:
          - { code: bucket-public, reason: It is a web page., owner: web, until: DAY }
";

#[test]
fn policies_are_asked_of_files_where_somebody_wants_it_and_say_who_accepted_what() {
    let project = Project::of_shop();
    project.write("buckets.yaml", &BUCKETS.replace("DAY", "9999-12-31"));
    exit(&project, 0, "validate buckets.yaml");
    let format = |format| {
        let command = format!("validate buckets.yaml --policies --format {format}");
        exit(&project, 3, &command)
    };
    insta::assert_snapshot!("policies_text", format("text"));
    insta::assert_snapshot!("policies_json", format("json"));
    insta::assert_snapshot!("policies_github", format("github"));
    let sarif = format("sarif");
    let accepted = "\"justification\": \"It is a web page. (web, until 9999-12-31)\"";
    assert!(sarif.contains(accepted), "{sarif}");
    project.write("buckets.yaml", &BUCKETS.replace("DAY", "2001-02-28"));
    insta::assert_snapshot!("policies_expired", format("text"));
}

#[test]
fn an_environment_says_how_much_policies_matter_and_which_score_it_needs() {
    let project = Project::of_shop();
    let prod = project.read("environments/prod.yaml");
    let with = |settings: &str| {
        let settings = format!("settings:\n{settings}");
        project.write(
            "environments/prod.yaml",
            &prod.replace("settings:\n", &settings),
        );
        run(project.command(["validate", "--env", "prod"]))
    };
    let levels = "  policies: { all: off, storage-encrypted: LEVEL }\n";
    let level = |level| with(&levels.replace("LEVEL", level));
    insta::assert_snapshot!("policy_error", level("error"));
    insta::assert_snapshot!("policy_warning", level("warning"));
    insta::assert_snapshot!("policy_off", level("off"));
    let risk = "  policies: { storage-encrypted: error }
  deployment: { compliance_at_least: 90 }
  accepted_risks:
    storage-encrypted:
      - { resource: database/*, reason: It is a shop of tests., owner: shop }
      - { resource: network/*, reason: There is no storage. }
    storage-encryptd: [{ reason: It is misspelt. }]
";
    insta::assert_snapshot!("policy_accepted", without_number(&with(risk)));
    let misspelt = with("  policies: { bucket-publik: off }\n");
    assert!(
        misspelt.contains("did you mean `bucket-public`?"),
        "{misspelt}"
    );
}

#[test]
fn findings_of_a_file_in_every_format() {
    let project = Project::of_shop();
    project.write("queue.yaml", TEMPLATE);
    let format = |format| run(project.command(["validate", "queue.yaml", "--format", format]));
    insta::assert_snapshot!("file_text", format("text"));
    insta::assert_snapshot!("file_json", format("json"));
    insta::assert_snapshot!("file_github", format("github"));
    let sarif = format("sarif");
    assert!(sarif.starts_with("exit code 3\n"), "{sarif}");
    assert!(sarif.contains("\"startLine\": 12"), "{sarif}");
    insta::assert_snapshot!(
        "file_verbose",
        run(project.command([
            "validate",
            "queue.yaml",
            "--allow",
            "no-such-property",
            "-v"
        ]))
    );
}

#[test]
fn what_is_no_template_is_said_of_each_file_and_the_others_are_looked_at() {
    let project = Project::of_shop();
    project.write("queue.yaml", TEMPLATE);
    project.write("empty.yaml", "");
    project.write("other.json", "{\"name\": \"x\"}");
    project.write("broken.yaml", "Resources:\n  A: [\n");
    project.write(
        "twice.json",
        "{\"Resources\": {\"A\": {\"Type\": \"AWS::SQS::Queue\", \"Type\": \"AWS::SNS::Topic\"}}}",
    );
    fs::write(project.path("binary.yaml"), b"\xFF\xFE\0\0").unwrap();
    let files = "empty.yaml other.json broken.yaml binary.yaml missing.yaml queue.yaml twice.json";
    insta::assert_snapshot!("several", exit(&project, 1, &format!("validate {files}")));
}

#[test]
fn a_folder_is_searched_for_templates() {
    let project = Project::of_shop();
    for folder in ["all/below", "all/.hidden", "all/node_modules", "none"] {
        fs::create_dir_all(project.path(folder)).unwrap();
    }
    for file in [
        "all/below/one.yaml",
        "all/two.template",
        "all/.hidden/no.yaml",
        "all/node_modules/no.yaml",
    ] {
        project.write(file, TEMPLATE);
    }
    for (folder, text) in [
        ("all", "Resources: 'none ::'\n"),
        ("none", "Resources: [::\n"),
    ] {
        project.write(&format!("{folder}/values.yaml"), text);
    }
    insta::assert_snapshot!(
        "folder",
        exit(&project, 3, "validate ./all --format github")
    );
    insta::assert_snapshot!("folder_without", exit(&project, 1, "validate none"));
    // Files that synth wrote are for the region that it says.
    exit(&project, 0, "synth");
    let snapshots = exit(&project, 0, "validate snapshots");
    assert!(
        snapshots.ends_with("nothing found\n── stderr\n"),
        "{snapshots}"
    );
}

#[test]
fn what_is_denied_or_accepted_decides_the_exit_code() {
    let project = Project::of_shop();
    let text = "Parameters: {P: {Type: String, Default: 012}}\nResources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref P}}}\n";
    project.write("a.yaml", text);
    exit(&project, 0, "validate a.yaml");
    exit(&project, 3, "validate a.yaml --deny warning");
    exit(
        &project,
        0,
        "validate a.yaml --deny note --allow leading-zero",
    );
    let unknown = exit(&project, 2, "validate a.yaml --allow leading-zeros");
    assert!(
        unknown.contains("did you mean `leading-zero`?"),
        "{unknown}"
    );
    let unknown = exit(&project, 2, "validate a.yaml --region eu-west-9");
    assert!(
        unknown.contains("AWS has no region `eu-west-9`"),
        "{unknown}"
    );
    exit(&project, 0, "validate - < a.yaml");
}

#[test]
fn what_has_one_right_answer_is_shown_and_written_only_after_a_yes() {
    let project = Project::of_shop();
    project.write("queue.yaml", TEMPLATE);
    let before = project.tree(".");
    insta::assert_snapshot!(
        "fix_shown",
        exit(&project, 3, "validate queue.yaml --fix < /dev/null")
    );
    assert_eq!(project.tree("."), before);
    insta::assert_snapshot!(
        "fix_written",
        exit(&project, 3, "validate queue.yaml --fix --yes")
    );
    let fixed = TEMPLATE.replace("DelaySecond:", "DelaySeconds:");
    assert_eq!(project.read("queue.yaml"), fixed);
    let nothing = exit(&project, 3, "validate queue.yaml --fix --yes");
    assert!(nothing.contains("has one right answer"), "{nothing}");
    exit(&project, 2, "validate . --fix --yes");
    exit(&project, 2, "validate --fix");
}

#[test]
fn nested_stacks_are_held_against_the_templates_beside_them() {
    let project = Project::of_shop();
    project.write(
        "parent.yaml",
        "Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./child.yaml
      Parameters: {Nam: a}
Outputs:
  Topic: {Value: !GetAtt Child.Outputs.Topc}
",
    );
    project.write(
        "child.yaml",
        "Parameters: {Name: {Type: String}}
Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Name}}}
Outputs: {Topic: {Value: !Ref Topic}}
",
    );
    insta::assert_snapshot!(
        "nested",
        exit(&project, 3, "validate parent.yaml child.yaml")
    );
}

/// Two lines that find a thing by what it comes to.
const RULES: &str = "AWS::RDS::DBInstance {
  Properties.StorageEncrypted != false <<Data has to be encrypted>>
}
";

/// Encrypted by a parameter, and in one case by a condition; and by something that nobody knows.
const DATA: &str = "Parameters:
  Encrypted: {Type: String, Default: 'false'}
  Stage: {Type: String, Default: dev}
  Later: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Orders:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties: &database
      DBInstanceClass: db.t4g.micro
      Engine: postgres
      AllocatedStorage: '20'
      BackupRetentionPeriod: 7
      ManageMasterUserPassword: true
      MasterUsername: app
      StorageEncrypted: !Ref Encrypted
  Reports:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties:
      <<: *database
      StorageEncrypted: !If [IsProd, true, false]
  Archive:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties:
      <<: *database
      StorageEncrypted: !Ref Later
";

#[test]
fn rules_of_ones_own_judge_values_as_they_come_out() {
    let project = Project::of_shop();
    project.write("data.yaml", DATA);
    project.write("rules/data.guard", RULES);
    for format in ["text", "json", "github", "sarif"] {
        let validate =
            format!("validate data.yaml --rules rules/data.guard --verbose --format {format}");
        insta::assert_snapshot!(format!("rules_{format}"), exit(&project, 3, &validate));
    }
    // A folder has the same; what is accepted is no error.
    let accepted = exit(
        &project,
        0,
        "validate data.yaml --rules rules --allow guard-rule",
    );
    assert!(accepted.contains("2 accepted"), "{accepted}");
    // So is what the template itself accepts.
    let accepts = "Resources:
  Queue:
    Type: AWS::SQS::Queue
    Metadata: { stratiform: { accept: [{ code: guard-rule, reason: It has to be so. }] } }
    Properties: { DelaySeconds: 5 }
";
    project.write("queue.yaml", accepts);
    project.write(
        "late.guard",
        "rule late { Resources.*.Properties.DelaySeconds == 6 }\n",
    );
    let accepted = exit(&project, 0, "validate queue.yaml --rules late.guard");
    assert!(accepted.contains("It has to be so."), "{accepted}");
}

#[test]
fn the_rules_of_a_project_judge_all_of_its_environments() {
    let project = Project::of_shop();
    let rules = "rule logs_are_kept {
  Resources.*[ Type == 'AWS::Logs::LogGroup' ].Properties.RetentionInDays >= 90 <<
    Logs are kept for a quarter.
    [FIX]: Raise `logs.retention_days`.
  >>
}
";
    project.write("policies/logs.guard", rules);
    insta::assert_snapshot!("rules_project", exit(&project, 3, "validate"));
    // What the file of an environment accepts of one resource is accepted.
    let prod = project.read("environments/prod.yaml");
    exit(&project, 0, "validate --env prod");
    project.write("policies/logs.guard", &rules.replace("90", "400"));
    exit(&project, 3, "validate --env prod");
    let risk = "settings:\n  accepted_risks: {guard-rule: [{resource: network/FlowLogs, reason: Space is scarce.}]}\n";
    project.write("environments/prod.yaml", &prod.replace("settings:\n", risk));
    exit(&project, 0, "validate --env prod");
}

#[test]
fn rules_that_cannot_be_used_are_found_at_their_place_and_nothing_is_green() {
    let project = Project::of_shop();
    project.write("data.yaml", DATA);
    project.write(
        "rules/circle.guard",
        "rule one when two {\n  Resources exists\n}\nrule two {\n  one\n}\n",
    );
    project.write("rules/syntax.guard", "rule one {\n  Resources exists\n");
    project.write(
        "rules/more/unknown.guard",
        "rule one {\n  %there exists\n}\n",
    );
    insta::assert_snapshot!(
        "rules_unusable",
        exit(&project, 1, "validate data.yaml --rules rules")
    );
    let none = exit(&project, 1, "validate data.yaml --rules environments");
    assert!(
        none.contains("there are no rules in `environments`"),
        "{none}"
    );
    exit(&project, 1, "validate data.yaml --rules nowhere.guard");
}
