//! Which policies stand for which checks, and why they differ where they do.
//!
//! What lives here: reading both tables, and making one for people. What does not: the lines.

use std::collections::BTreeMap;

use super::Count;
use super::checkov::Failure;
use super::ours::{Ours, Said};
use crate::conformance::validate::lines;
use stratiform_validate::policy::Policy;

const CHECKS: &str = "crates/validate/data/checkov.tsv";
const DIFFERENCES: &str = "xtask/src/conformance/policies/differences.tsv";

/// A check of checkov's.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) name: String,
    /// The policies that stand for it.
    pub(super) policies: Vec<String>,
    /// Why none does.
    why: String,
}

/// A reason why a policy holds where a check fails.
#[derive(Debug)]
struct Difference {
    checks: Vec<String>,
    /// What the type of the resource is, or `*`.
    resource_type: String,
    /// What its properties, as JSON, have in them; nothing: what they have not.
    has: Option<String>,
    has_not: Option<String>,
    why: String,
}

/// Both tables.
#[derive(Debug)]
pub(super) struct Table {
    checks: Vec<Check>,
    differences: Vec<Difference>,
}

impl Table {
    /// Reads both.
    ///
    /// # Errors
    /// One is not there, or a line of it has another form or names a policy that there is not.
    pub(super) fn read() -> Result<Table, String> {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let mut checks = Vec::new();
        for fields in lines(CHECKS)? {
            let [name, policies, why] = fields.as_slice() else {
                return Err(format!(
                    "`{CHECKS}`: a line without three columns: {fields:?}"
                ));
            };
            let policies: Vec<String> = match policies.as_str() {
                "-" => Vec::new(),
                policies => words(policies),
            };
            if let Some(nobody) = policies.iter().find(|name| Policy::named(name).is_none()) {
                return Err(format!("`{CHECKS}`: there is no policy `{nobody}`"));
            }
            if policies.is_empty() == why.is_empty() {
                return Err(format!("`{CHECKS}`: {name} needs policies, or a reason"));
            }
            checks.push(Check {
                name: name.clone(),
                policies,
                why: why.clone(),
            });
        }
        let mut differences = Vec::new();
        for fields in lines(DIFFERENCES)? {
            let [checks, resource_type, has, why] = fields.as_slice() else {
                return Err(format!(
                    "`{DIFFERENCES}`: a line without four columns: {fields:?}"
                ));
            };
            let has_not = has.strip_prefix('!').map(str::to_owned);
            let has = (has != "*" && has_not.is_none()).then(|| has.clone());
            differences.push(Difference {
                checks: words(checks),
                resource_type: resource_type.clone(),
                has,
                has_not,
                why: why.clone(),
            });
        }
        Ok(Table {
            checks,
            differences,
        })
    }

    /// Makes sure that each check of checkov's has a line, and no other.
    ///
    /// # Errors
    /// One has none, or a line is about none.
    pub(super) fn covers(&self, checks: &BTreeMap<String, String>) -> Result<(), String> {
        let new = checks.keys().filter(|name| self.check(name).is_none());
        let new: Vec<&str> = new.map(String::as_str).collect();
        let gone = self
            .checks
            .iter()
            .filter(|check| !checks.contains_key(&check.name));
        let gone: Vec<&str> = gone.map(|check| check.name.as_str()).collect();
        match (new.as_slice(), gone.as_slice()) {
            ([], []) => Ok(()),
            _ => Err(format!(
                "`{CHECKS}` does not say what stands for {new:?}, and checkov does not have {gone:?}"
            )),
        }
    }

    /// What stands for a check.
    pub(super) fn check(&self, name: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.name == name)
    }

    /// Why a policy holds where a check fails.
    pub(super) fn reason(&self, failure: &Failure, ours: &Ours) -> Option<&str> {
        let text = ours.text(failure);
        let mut reasons = self.differences.iter();
        reasons
            .find(|reason| reason.is_of(failure, &text))
            .map(|reason| reason.why.as_str())
    }

    /// Reasons that nothing needs.
    pub(super) fn unused(&self, failures: &[Failure], ours: &Ours) -> Vec<String> {
        let differs = |failure: &&Failure| {
            let check = self.check(&failure.check);
            check.is_some_and(|check| {
                !check.policies.is_empty() && ours.said(failure, &check.policies) == Said::Nothing
            })
        };
        let differing: Vec<(&Failure, String)> = failures
            .iter()
            .filter(differs)
            .map(|failure| (failure, ours.text(failure)))
            .collect();
        let is_unused = |reason: &&Difference| {
            !differing
                .iter()
                .any(|(failure, text)| reason.is_of(failure, text))
        };
        let unused = self.differences.iter().filter(is_unused);
        unused
            .map(|reason| format!("{:?}: {}", reason.checks, reason.why))
            .collect()
    }

    /// The section of `docs/conformance.md`.
    pub(super) fn to_markdown(
        &self,
        headline: &str,
        checks: &BTreeMap<String, String>,
        counts: &BTreeMap<&str, Count>,
    ) -> String {
        let mut text = format!(
            "{headline}.\n\n| check | asks | policy, or why none | both | not known | ours holds |\n| --- | --- | --- | --- | --- | --- |\n"
        );
        for check in &self.checks {
            let title = checks
                .get(&check.name)
                .map(String::as_str)
                .unwrap_or_default();
            let by = match check.policies.as_slice() {
                [] => check.why.clone(),
                policies => policies
                    .iter()
                    .map(|name| format!("[`{name}`](findings.md#{name})"))
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            let count = counts.get(check.name.as_str()).cloned().unwrap_or_default();
            let differences = count.differences.iter();
            let differences = differences.map(|(why, count)| format!("{count}: {why}"));
            let holds: Vec<String> = match count.none {
                0 => differences.collect(),
                count => vec![count.to_string()],
            };
            text += &format!(
                "| {} | {} | {by} | {} | {} | {} |\n",
                check.name,
                title.replace('|', "\\|"),
                shown(count.both),
                shown(count.unknown),
                holds.join("; "),
            );
        }
        text.trim_end().to_owned()
    }
}

/// A count; nothing for none.
fn shown(count: usize) -> String {
    match count {
        0 => String::new(),
        count => count.to_string(),
    }
}

impl Difference {
    fn is_of(&self, failure: &Failure, text: &str) -> bool {
        self.checks.contains(&failure.check)
            && (self.resource_type == "*" || self.resource_type == failure.resource_type)
            && self
                .has
                .as_ref()
                .is_none_or(|has| text.contains(has.as_str()))
            && self
                .has_not
                .as_ref()
                .is_none_or(|has| !text.contains(has.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(check: &str, resource_type: &str) -> Failure {
        Failure {
            check: check.to_owned(),
            template: "a".to_owned(),
            resource_type: resource_type.to_owned(),
            logical_id: "B".to_owned(),
        }
    }

    #[test]
    fn the_tables_can_be_read() {
        let table = Table::read().unwrap();
        assert!(table.check("CKV_AWS_7").unwrap().policies == ["key-rotation"]);
        assert!(table.check("CKV_AWS_19").unwrap().policies.is_empty());
    }

    #[test]
    fn a_check_without_a_line_is_an_error() {
        let table = Table::read().unwrap();
        let mut checks: BTreeMap<String, String> = table
            .checks
            .iter()
            .map(|check| (check.name.clone(), String::new()))
            .collect();
        assert!(table.covers(&checks).is_ok());
        checks.insert("CKV_AWS_9999".to_owned(), String::new());
        assert!(table.covers(&checks).unwrap_err().contains("CKV_AWS_9999"));
    }

    #[test]
    fn a_reason_is_of_a_check_a_type_and_what_is_written() {
        let reason = Difference {
            checks: vec!["CKV_A".to_owned()],
            resource_type: "AWS::S3::Bucket".to_owned(),
            has: Some("\"a\"".to_owned()),
            has_not: None,
            why: String::new(),
        };
        assert!(reason.is_of(&failure("CKV_A", "AWS::S3::Bucket"), "{\"a\":1}"));
        assert!(!reason.is_of(&failure("CKV_A", "AWS::S3::Bucket"), "{\"b\":1}"));
        assert!(!reason.is_of(&failure("CKV_B", "AWS::S3::Bucket"), "{\"a\":1}"));
        assert!(!reason.is_of(&failure("CKV_A", "AWS::SNS::Topic"), "{\"a\":1}"));
        let reason = Difference {
            has: None,
            has_not: Some("\"a\"".to_owned()),
            ..reason
        };
        assert!(reason.is_of(&failure("CKV_A", "AWS::S3::Bucket"), "{}"));
        assert!(!reason.is_of(&failure("CKV_A", "AWS::S3::Bucket"), "{\"a\":1}"));
    }
}
