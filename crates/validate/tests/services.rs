//! What services refuse and no schema says: what is found, and what nothing is said of.

#![expect(clippy::panic, reason = "a test")]

mod services {
    mod documents;
    mod networks;
    mod policies;
    mod values;
}

use stratiform_finding::{Code, Group, Level};
use stratiform_template::Template;
use stratiform_validate::validate;

const HEAD: &str = "
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
Resources:
";

/// Codes that rules of services share with the schemas.
const SHARED: [&str; 9] = [
    "unknown-condition-key",
    "unknown-action",
    "unknown-operator",
    "missing-property",
    "value-length",
    "value-out-of-range",
    "value-not-allowed",
    "exclusive-properties",
    "quota-exceeded",
];

/// What is said of these resources, one finding a paragraph. Of what the schemas miss nothing is told: the resources of
/// these tests are not whole.
fn said(resources: &str) -> String {
    let template = match Template::parse(&format!("{HEAD}{resources}")) {
        Ok(template) => template,
        Err(findings) => panic!("{resources}: {findings:?}"),
    };
    let found = validate(&template, &[]).findings;
    let own = found.into_iter().filter(|finding| {
        let is_own = Group::Services.codes().contains(&finding.code)
            || finding.code == Code::IgnoredProperty;
        let is_shared = SHARED.contains(&finding.code.as_str());
        is_own || is_shared && !finding.why.contains("by the catalog")
    });
    let lines = own.map(|finding| {
        let level = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        let when = match finding.when.as_str() {
            "" => String::new(),
            when => format!(" when {when}"),
        };
        let path = finding.path.join("/");
        format!(
            "{level}[{}] {path}\n  {}{when}\n  {}\n  {}",
            finding.code, finding.what, finding.why, finding.help
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// One resource, with properties in YAML's flow notation.
fn one(resource_type: &str, properties: &str) -> String {
    said(&format!(
        "  It: {{Type: {resource_type}, Properties: {properties}}}\n"
    ))
}

/// Each of several resources, with what is said of it.
fn each(resource_type: &str, properties: &[&str]) -> String {
    let said = properties
        .iter()
        .map(|properties| format!("{properties}\n{}", one(resource_type, properties)));
    said.collect::<Vec<_>>().join("\n\n")
}

/// Nothing is said of any of them.
#[track_caller]
fn clean(resource_type: &str, properties: &[&str]) {
    for properties in properties {
        assert_eq!(one(resource_type, properties), "", "{properties}");
    }
}

/// Every code of the group is in what the tests of this folder show.
#[test]
fn every_code_is_shown() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/services/snapshots");
    let mut shown = String::new();
    for file in std::fs::read_dir(folder).unwrap() {
        shown += &std::fs::read_to_string(file.unwrap().path()).unwrap();
    }
    let is_missing = |code: &&Code| !shown.contains(&format!("[{code}]"));
    let missing: Vec<&Code> = Group::Services.codes().iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
