//! Which of our codes stand for which of cfn-lint's rules, and why a rule has none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::command::root;

/// Codes and numbers of cfn-lint's, and of AWS's validator where they are its own: `crates/validate/data/rules.tsv`, which lives with the rules.
#[derive(Default)]
pub(super) struct Rules {
    /// Code → numbers.
    numbers: BTreeMap<String, BTreeSet<String>>,
    /// Number → why there is no code.
    reasons: BTreeMap<String, String>,
    /// Number → who is right where cfn-lint and AWS's validator differ.
    verdicts: BTreeMap<String, String>,
}

impl Rules {
    /// Reads both tables.
    ///
    /// # Errors
    /// One of them is not there.
    pub(super) fn read() -> Result<Rules, String> {
        let mut rules = Rules::default();
        for fields in lines("crates/validate/data/rules.tsv")? {
            let [code, numbers, ..] = fields.as_slice() else {
                continue;
            };
            let numbers = numbers.split_whitespace().map(str::to_owned);
            rules
                .numbers
                .entry(code.clone())
                .or_default()
                .extend(numbers);
        }
        for (file, table) in [
            ("reasons.tsv", &mut rules.reasons),
            ("verdicts.tsv", &mut rules.verdicts),
        ] {
            for fields in lines(&format!("xtask/src/conformance/validate/{file}"))? {
                if let [number, text, ..] = fields.as_slice() {
                    table.insert(number.clone(), text.clone());
                }
            }
        }
        Ok(rules)
    }

    /// Whether a code of ours stands for a rule of theirs. Most of AWS's numbers are cfn-lint's; those of what is fatal
    /// begin with another letter.
    pub(super) fn is_one(&self, code: &str, rule: &str) -> bool {
        self.numbers
            .get(code)
            .is_some_and(|numbers| has(numbers, rule))
    }

    /// The codes that stand for a rule.
    pub(super) fn codes(&self, rule: &str) -> Vec<&str> {
        let codes = self.numbers.iter();
        codes
            .filter(|(_, numbers)| has(numbers, rule))
            .map(|(code, _)| code.as_str())
            .collect()
    }

    /// The rules that have a reason.
    #[cfg(test)]
    pub(super) fn reasons(&self) -> impl Iterator<Item = &str> {
        self.reasons.keys().map(String::as_str)
    }

    /// Why no code stands for a rule.
    pub(super) fn reason(&self, rule: &str) -> Option<&str> {
        self.reasons.get(rule).map(String::as_str)
    }

    /// Who is right where the two peers differ.
    pub(super) fn verdict(&self, rule: &str) -> Option<&str> {
        self.verdicts.get(rule).map(String::as_str)
    }
}

/// Whether a number of theirs is among some: itself, or cfn-lint's for it.
fn has(numbers: &BTreeSet<String>, rule: &str) -> bool {
    numbers.contains(rule) || numbers.contains(&cfn_lint_number(rule))
}

/// `F3012` is `E3012`.
pub(super) fn cfn_lint_number(rule: &str) -> String {
    match rule.strip_prefix('F') {
        Some(number) => format!("E{number}"),
        None => rule.to_owned(),
    }
}

/// The lines of a table with tabs between its fields; a `#` begins what is for people.
pub(in crate::conformance) fn lines(file: &str) -> Result<Vec<Vec<String>>, String> {
    let text = fs::read_to_string(root().join(file))
        .map_err(|error| format!("cannot read `{file}`: {error}"))?;
    let told = |line: &&str| !line.is_empty() && !line.starts_with('#');
    let fields = |line: &str| {
        line.split('\t')
            .map(|field| field.trim().to_owned())
            .collect()
    };
    Ok(text.lines().filter(told).map(fields).collect())
}
