//! Rules on templates: what is found, where, and what nobody can say.

use stratiform_finding::{Code, Finding, Source};
use stratiform_guard_rules::{Checked, Rules, Setting, check};
use stratiform_template::Template;

fn checked(template: &str, rules: &str) -> Checked {
    let template =
        Template::parse(template).unwrap_or_else(|found| panic!("{template}: {found:?}"));
    let source = Source::new("policies/own.guard", rules);
    let rules = Rules::read(&source).unwrap_or_else(|found| panic!("{rules}: {found:?}"));
    check(&template, &Setting::default(), rules.as_slice())
}

/// A line per finding, and one per place that is not checked.
fn told(checked: &Checked) -> Vec<String> {
    let found = checked.findings.iter().map(|finding| {
        let Finding {
            what,
            why,
            when,
            help,
            path,
            ..
        } = finding;
        let line = finding.span().map_or(0, |span| span.line);
        let code = finding.code;
        format!(
            "{code} {}: {what}; why: {why}; when: {when}; help: {help}; line {line}",
            path.join("/")
        )
    });
    let not_checked = checked.not_checked.iter();
    let not_checked =
        not_checked.map(|it| format!("not checked: {} {}", it.reason.noun(), it.path.join("/")));
    found.chain(not_checked).collect()
}

#[track_caller]
fn holds(template: &str, rules: &str) {
    assert_eq!(told(&checked(template, rules)), Vec::<String>::new());
}

const ENCRYPTED: &str = "let databases = Resources.*[ Type == 'AWS::RDS::DBInstance' ]

rule encrypted when %databases !empty {
  %databases.Properties.StorageEncrypted == true <<Data has to be encrypted>>
}
";

fn database(head: &str, encrypted: &str) -> String {
    format!(
        "{head}Resources:
  Data:
    Type: AWS::RDS::DBInstance
    Properties:
      StorageEncrypted: {encrypted}
"
    )
}

#[test]
fn a_value_is_judged_as_what_it_comes_to() {
    let parameter = "Parameters: {Encrypted: {Type: String, Default: 'DEFAULT'}}\n";
    holds(&database("", "true"), ENCRYPTED);
    holds(
        &database(&parameter.replace("DEFAULT", "true"), "!Ref Encrypted"),
        ENCRYPTED,
    );
    let found = checked(
        &database(&parameter.replace("DEFAULT", "false"), "!Ref Encrypted"),
        ENCRYPTED,
    );
    insta::assert_snapshot!(told(&found).join("\n"), @r"guard-rule Resources/Data/Properties/StorageEncrypted: rule `encrypted` is broken: `StorageEncrypted` is false; why: Data has to be encrypted; when: ; help: change it, or the rule; line 4");
    let map = "Mappings: {Stages: {dev: {Encrypted: false}, prod: {Encrypted: true}}}\n";
    holds(
        &database(map, "!FindInMap [Stages, prod, Encrypted]"),
        ENCRYPTED,
    );
    let found = checked(
        &database(map, "!FindInMap [Stages, dev, Encrypted]"),
        ENCRYPTED,
    );
    assert_eq!(found.findings.len(), 1, "{:?}", told(&found));
    assert_eq!(found.findings[0].code, Code::GuardRule);
}

const STAGE: &str = "Parameters: {Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
";

#[test]
fn each_scenario_is_judged_and_the_one_that_breaks_a_rule_is_told() {
    let found = checked(&database(STAGE, "!If [IsProd, true, false]"), ENCRYPTED);
    insta::assert_snapshot!(told(&found).join("\n"), @r"guard-rule Resources/Data/Properties/StorageEncrypted/Fn::If/2: rule `encrypted` is broken: `StorageEncrypted` is false; why: Data has to be encrypted; when: `Stage` is `dev`; help: change it, or the rule; line 4");
    // Where no value is given, the property is missing there.
    let found = checked(
        &database(STAGE, "!If [IsProd, true, !Ref AWS::NoValue]"),
        ENCRYPTED,
    );
    insta::assert_snapshot!(told(&found).join("\n"), @r"guard-rule Resources/Data/Properties: rule `encrypted` is broken: `Data` has no `StorageEncrypted`; why: Data has to be encrypted; when: `Stage` is `dev`; help: change it, or the rule; line 4");
    // The resource is only there where the value is right.
    let there = database(STAGE, "!If [IsProd, true, false]")
        .replace("    Properties:", "    Condition: IsProd\n    Properties:");
    holds(&there, ENCRYPTED);
    // The parameter decides both.
    let stage = database(STAGE, "!If [IsProd, true, true]").replace(
        "StorageEncrypted",
        "KmsKeyId: !Ref Stage\n      StorageEncrypted",
    );
    let found = checked(
        &stage,
        "AWS::RDS::DBInstance {\n  Properties.KmsKeyId != 'prod'\n}\n",
    );
    assert_eq!(found.findings.len(), 1, "{:?}", told(&found));
    assert_eq!(found.findings[0].when, "`Stage` is `prod`");
    let both = stage.replace("true, true", "true, false");
    let rule = "AWS::RDS::DBInstance {\n  Properties.KmsKeyId != 'prod' or Properties.StorageEncrypted == false\n}\n";
    let found = checked(&both, rule);
    assert_eq!(found.findings.len(), 1, "{:?}", told(&found));
    assert_eq!(found.findings[0].when, "`Stage` is `prod`");
}

#[test]
fn what_nobody_knows_breaks_nothing_and_is_counted() {
    let unknown = "Parameters: {Encrypted: {Type: String}}\n";
    let found = checked(&database(unknown, "!Ref Encrypted"), ENCRYPTED);
    assert_eq!(
        told(&found),
        ["not checked: rule Resources/Data/Properties/StorageEncrypted"]
    );
    let import = checked(&database("", "!ImportValue encrypted"), ENCRYPTED);
    assert_eq!(
        told(&import),
        ["not checked: rule Resources/Data/Properties/StorageEncrypted"]
    );
    // A condition on it decides nothing either.
    let rule = "AWS::RDS::DBInstance {\n  when Properties.StorageEncrypted == false {\n    Properties.KmsKeyId exists\n  }\n}\n";
    let found = checked(&database(unknown, "!Ref Encrypted"), rule);
    assert_eq!(
        told(&found),
        ["not checked: rule Resources/Data/Properties/StorageEncrypted"]
    );
    // What is broken whatever it is, is.
    let rule = "AWS::RDS::DBInstance {\n  Properties.StorageEncrypted == true\n  Properties.KmsKeyId exists\n}\n";
    let found = checked(&database(unknown, "!Ref Encrypted"), rule);
    insta::assert_snapshot!(told(&found).join("\n"), @r"
    guard-rule Resources/Data/Properties: rule `default` is broken: `Data` has no `KmsKeyId`; why: ; when: ; help: change it, or the rule; line 3
    not checked: rule Resources/Data/Properties/StorageEncrypted
    ");
    // One of two is enough, and may be there.
    let rule = "AWS::RDS::DBInstance {\n  Properties.StorageEncrypted == true or Properties.KmsKeyId exists\n}\n";
    let found = checked(&database(unknown, "!Ref Encrypted"), rule);
    assert_eq!(
        told(&found),
        ["not checked: rule Resources/Data/Properties/StorageEncrypted"]
    );
    // A condition that holds on everything but a text may not hold.
    let rule = "AWS::RDS::DBInstance {\n  when Properties.Engine not in ['mysql'] {\n    Properties.KmsKeyId exists\n  }\n}\n";
    let engine = "Parameters: {E: {Type: String}}\n";
    let open = database(engine, "true\n      Engine: !Ref E");
    let found = checked(&open, rule);
    assert_eq!(
        told(&found),
        ["not checked: rule Resources/Data/Properties"]
    );
    let known = checked(&open.replace("!Ref E", "postgres"), rule);
    assert_eq!(known.findings.len(), 1, "{:?}", told(&known));
    let other = rule
        .replace(
            "Properties.KmsKeyId",
            "Properties.Engine not in ['x']\n    Properties.KmsKeyId",
        )
        .replace("['mysql']", "['never', 'x']");
    let always = other.replace(
        "when Properties.Engine not in ['never', 'x'] {",
        "when Properties exists {",
    );
    assert_eq!(checked(&open, &always).findings.len(), 1);
    // A choice without a default is gone through.
    let chosen = "Parameters: {Encrypted: {Type: String, AllowedValues: ['true', 'false']}}\n";
    let found = checked(&database(chosen, "!Ref Encrypted"), ENCRYPTED);
    assert_eq!(found.findings.len(), 1, "{:?}", told(&found));
    assert_eq!(found.findings[0].when, "`Encrypted` is `false`");
}

const KEYS: &str = "Resources:
  Key: {Type: AWS::KMS::Key}
  Data:
    Type: AWS::RDS::DBInstance
    Properties:
      StorageEncrypted: true
      KmsKeyId: !GetAtt Key.Arn
";

#[test]
fn a_reference_stays_what_authors_of_rules_expect() {
    holds(
        KEYS,
        "AWS::RDS::DBInstance {\n  Properties.KmsKeyId exists\n  Properties.KmsKeyId is_struct\n  Properties.KmsKeyId.'Fn::GetAtt' exists\n}\n",
    );
    holds(
        KEYS,
        "AWS::RDS::DBInstance {\n  Properties.KmsKeyId.'Fn::GetAtt'[0] == 'Key'\n}\n",
    );
    // Who asks for the form is answered.
    let found = checked(
        KEYS,
        "AWS::RDS::DBInstance {\n  Properties.KmsKeyId.Ref exists\n}\n",
    );
    assert_eq!(found.findings.len(), 1, "{:?}", told(&found));
    // Who asks for the text is not.
    for clause in [
        "== /^arn:aws:kms/",
        "is_string",
        "in ['a', 'b']",
        "!= 'alias/aws/rds'",
    ] {
        let rule = format!("AWS::RDS::DBInstance {{\n  Properties.KmsKeyId {clause}\n}}\n");
        let found = checked(KEYS, &rule);
        assert_eq!(
            told(&found),
            ["not checked: rule Resources/Data/Properties/KmsKeyId"],
            "{clause}"
        );
    }
}

#[test]
fn a_rule_that_asks_for_another_is_judged_by_it() {
    let rules = "rule encrypted {
  Resources.*[ Type == 'AWS::RDS::DBInstance' ].Properties.StorageEncrypted == true
}
rule safe when encrypted {
  Resources.*[ Type == 'AWS::RDS::DBInstance' ].Properties.KmsKeyId exists
}
rule strict {
  encrypted <<be strict>>
}
";
    let found = checked(&database("", "false"), rules);
    insta::assert_snapshot!(told(&found).join("\n"), @r"
    guard-rule Resources/Data/Properties/StorageEncrypted: rule `encrypted` is broken: `StorageEncrypted` is false; why: ; when: ; help: change it, or the rule; line 2
    guard-rule Resources/Data/Properties/StorageEncrypted: rule `strict` is broken: `StorageEncrypted` is false; why: be strict; when: ; help: change it, or the rule; line 8
    ");
    let found = checked(
        &database("Parameters: {E: {Type: String}}\n", "!Ref E"),
        rules,
    );
    assert_eq!(
        told(&found),
        ["not checked: rule Resources/Data/Properties/StorageEncrypted"]
    );
}

#[test]
fn places_are_those_of_the_template() {
    let template = "Conditions: {Has: !Equals [!Ref AWS::Region, eu-west-1]}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress:
        - !If [Has, {IpProtocol: tcp, CidrIp: 10.0.0.0/8}, !Ref AWS::NoValue]
        - {IpProtocol: tcp, CidrIp: 10.1.0.0/8}
        - !If [Has, !Ref AWS::NoValue, {IpProtocol: tcp, CidrIp: 0.0.0.0/0}]
";
    let found = checked(
        template,
        "AWS::EC2::SecurityGroup {\n  Properties.SecurityGroupIngress[*].CidrIp != '0.0.0.0/0'\n}\n",
    );
    insta::assert_snapshot!(told(&found).join("\n"), @r"guard-rule Resources/Group/Properties/SecurityGroupIngress/2/Fn::If/2/CidrIp: rule `default` is broken by `CidrIp`; why: ; when: `AWS::Region` is `af-south-1`; help: change it, or the rule; line 2");
    let looped = "Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Queues:
    - Name
    - [a, b]
    - Queue${Name}: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 1}}
";
    let found = checked(
        looped,
        "AWS::SQS::Queue {\n  Properties.DelaySeconds == 0\n}\n",
    );
    insta::assert_snapshot!(told(&found).join("\n"), @r"guard-rule Resources/Fn::ForEach::Queues/2/Queue${Name}/Properties/DelaySeconds: rule `default` is broken: `DelaySeconds` is 1; why: ; when: ; help: change it, or the rule; line 2");
}

#[test]
fn no_value_of_a_secret_is_told() {
    let template = "Parameters: {Password: {Type: String, NoEcho: true, Default: hunter2}}
Resources:
  Data:
    Type: AWS::RDS::DBInstance
    Properties: {MasterUserPassword: !Ref Password, DBInstanceIdentifier: letmein, TdeCredentialPassword: 31415926}
";
    let rules = "AWS::RDS::DBInstance {
  Properties.MasterUserPassword == /resolve/
  Properties.DBInstanceIdentifier == 'x'
  Properties.DBInstanceIdentifier > 5
  Properties.TdeCredentialPassword == 'x'
}
";
    let found = checked(template, rules);
    let told = told(&found).join("\n");
    assert!(
        ["hunter2", "letmein", "31415926"]
            .iter()
            .all(|secret| !told.contains(secret)),
        "{told}"
    );
    assert!(
        told.contains("not checked: rule Resources/Data/Properties/MasterUserPassword"),
        "{told}"
    );
    assert!(found.findings.len() >= 3, "{told}");
}

#[test]
fn what_cannot_be_evaluated_is_told_and_counted_and_the_others_are_judged() {
    let rules = "rule odd {
  Resources.*.Properties.StorageEncrypted empty
  Resources.*.Properties.AllocatedStorage empty
}
rule even {
  Resources.*.Properties.StorageEncrypted == true
}
";
    let template = database("", "false").replace(
        "StorageEncrypted",
        "AllocatedStorage: 5\n      StorageEncrypted",
    );
    let found = checked(&template, rules);
    insta::assert_snapshot!(told(&found).join("\n"), @r"
    guard-failed : rule `odd` could not be evaluated; why: Guard says: Types or variable assignments are incompatible; when: ; help: ask for the type of a value before it is compared; the rule is counted as not checked; line 1
    guard-rule Resources/Data/Properties/StorageEncrypted: rule `even` is broken: `StorageEncrypted` is false; why: ; when: ; help: change it, or the rule; line 6
    not checked: rule
    ");
}

#[test]
fn a_panic_of_guards_own_code_ends_nothing() {
    // The pattern tries more than its library has patience for.
    let rules = "rule slow {
  Resources.*.Properties.KmsKeyId in [/^(a+)+\\1b$/]
}
rule even {
  Resources.*.Properties.StorageEncrypted == true
}
";
    let key = format!("false\n      KmsKeyId: {}c", "a".repeat(60));
    let found = checked(&database("", &key), rules);
    let told = told(&found);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("guard-failed : rule `slow` could not be evaluated; why: Guard's own code stopped over it"), "{told:?}");
    assert!(told[1].contains("rule `even` is broken"), "{told:?}");
    assert_eq!(told[2], "not checked: rule ");
}

/// A rule of two lines, and templates that break it by a parameter's default and in one case.
const TWO_LINES: &str = "let open = Resources.*[ Properties.StorageEncrypted == false ]
%open empty <<Data has to be encrypted>>
";

const ORDERS: &str = "Parameters:
  Encrypted: {Type: String, Default: 'false'}
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Orders:
    Type: AWS::DocDB::DBCluster
    Properties:
      StorageEncrypted: !Ref Encrypted
  Reports:
    Type: AWS::DocDB::DBCluster
    Properties:
      StorageEncrypted: !If [IsProd, true, false]
";

#[test]
fn what_guard_itself_misses_is_found_by_what_it_comes_to() {
    use std::rc::Rc;

    use cloudformation_guard_lang::Status;
    use cloudformation_guard_lang::eval::eval_rules_file;
    use cloudformation_guard_lang::eval_context::root_scope;
    use cloudformation_guard_lang::parser::{Span, rules_file};
    use cloudformation_guard_lang::path_value::PathAwareValue;
    use cloudformation_guard_lang::values::read_from;

    let file = rules_file(Span::new_extra(TWO_LINES, "")).unwrap().unwrap();
    let written = PathAwareValue::try_from(read_from(ORDERS).unwrap()).unwrap();
    let mut scope = root_scope(&file, Rc::new(written));
    assert_eq!(
        eval_rules_file(&file, &mut scope, None).unwrap(),
        Status::PASS
    );
    insta::assert_snapshot!(told(&checked(ORDERS, TWO_LINES)).join("\n"), @r"
    guard-rule Resources/Orders: rule `default` is broken by `Orders`; why: Data has to be encrypted; when: ; help: change it, or the rule; line 2
    guard-rule Resources/Reports: rule `default` is broken by `Reports`; why: Data has to be encrypted; when: `Stage` is `dev`; help: change it, or the rule; line 2
    ");
}
