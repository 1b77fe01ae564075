//! Every policy, with what breaks it, what keeps it, what only a condition or a default breaks, and what nobody knows.
//!
//! A file in `cases/` has the resources for a policy; their names say what comes of them: `Broken…`, `When…` (broken, and
//! told when), `Holds…`, `Unknown…`, `Passes…` (the policy is not about it). `Other…` stand beside.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use stratiform_finding::{Finding, Level};
use stratiform_template::Template;
use stratiform_validate::policy::{ALL, Answer, Levels, ask};

pub(super) const HEAD: &str = "
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Given: {Type: String, Default: 'true'}
  Nobody: {Type: String, Default: NONE}
  Everything: {Type: String, Default: '*'}
  Actions: {Type: CommaDelimitedList, Default: 's3:GetObject, *'}
  Arns: {Type: CommaDelimitedList, Default: '*'}
  World: {Type: String, Default: 0.0.0.0/0}
  Any: {Type: String}
  Name: {Type: String, AllowedPattern: '[a-z0-9.-]+'}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
Resources:
";

/// What can come of a resource, by how its name begins.
const BEGINNINGS: [&str; 5] = ["Broken", "When", "Holds", "Unknown", "Passes"];

/// Policies that break or hold by what is there, and nothing else.
const ALWAYS_KNOWN: [&str; 2] = ["access-key", "flow-logs"];

/// The levels with which every policy is asked: those that nobody asks for otherwise, too.
pub(super) fn all_asked() -> Levels {
    let mut levels = Levels::default();
    for policy in ALL.iter().filter(|policy| policy.level.is_none()) {
        levels.set(policy, Some(Level::Note));
    }
    levels
}

/// The resources for each policy, by its name.
pub(super) fn cases() -> io::Result<BTreeMap<String, String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies/cases");
    let mut cases = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        cases.insert(name.into_owned(), fs::read_to_string(&path)?);
    }
    Ok(cases)
}

#[test]
fn each_policy_says_what_it_should() {
    let cases = cases().unwrap();
    let names: Vec<_> = ALL.iter().map(|policy| policy.code.as_str()).collect();
    assert_eq!(cases.keys().collect::<Vec<_>>(), names);
    let levels = all_asked();
    let mut wrong = Vec::new();
    let mut page = String::new();
    for (policy, resources) in &cases {
        let indented: String = resources
            .lines()
            .map(|line| format!("  {line}\n"))
            .collect();
        let template = Template::parse(&format!("{HEAD}{indented}")).unwrap();
        let asked = ask(&template, &[], &levels);
        let mut said = String::new();
        for (logical_id, _) in template.each_resource() {
            let is_of = |path: &[String]| path.get(1).is_some_and(|name| name == logical_id);
            let answered = asked
                .answers
                .iter()
                .find(|answered| answered.code.as_str() == policy && is_of(&answered.path));
            let found: Vec<_> = asked
                .findings
                .iter()
                .filter(|finding| finding.code.as_str() == policy && is_of(&finding.path))
                .collect();
            let answer = answered.map(|answered| answered.answer);
            if let Some(expected) = BEGINNINGS.iter().find(|it| logical_id.starts_with(**it))
                && beginning(answer, &found) != *expected
            {
                wrong.push(format!("{policy} {logical_id}: {answer:?} {found:?}"));
            }
            if !found.is_empty() {
                said += &format!("{logical_id}\n");
                found.iter().for_each(|finding| said += &told(finding));
            }
        }
        for beginning in &BEGINNINGS[..4] {
            let is_there = resources.lines().any(|line| line.starts_with(beginning));
            let is_needed = *beginning == "Broken" || !ALWAYS_KNOWN.contains(&policy.as_str());
            if !is_there && is_needed {
                wrong.push(format!("{policy}: no case `{beginning}`"));
            }
        }
        page += &format!("{policy}\n\n{said}\n");
    }
    insta::assert_snapshot!(page);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What comes of a resource.
fn beginning(answer: Option<Answer>, found: &[&Finding]) -> &'static str {
    match answer {
        None => "Passes",
        Some(Answer::Holds) => "Holds",
        Some(Answer::Unknown) => "Unknown",
        Some(Answer::Broken) if found.iter().any(|finding| finding.when.is_empty()) => "Broken",
        Some(Answer::Broken) => "When",
    }
}

fn told(finding: &Finding) -> String {
    let when = match finding.when.as_str() {
        "" => String::new(),
        when => format!(", when {when}"),
    };
    let (level, path) = (finding.level, finding.path[2..].join("/"));
    format!(
        "  {level:?} {path}: {}{when}\n    {}\n",
        finding.what, finding.help
    )
}
