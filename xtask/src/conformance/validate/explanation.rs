//! Why findings differ where nobody is to mend anything: rules about the finding and its template, in a table.
//!
//! What lives here: reading the table, and telling which of its lines a difference is. What does not: the lines
//! (`explanations.tsv`; its head says what its columns mean).

use super::compare::{Disagreement, Side};
use super::oracle::Oracle;
use super::rules::{cfn_lint_number, lines};

const FILE: &str = "xtask/src/conformance/validate/explanations.tsv";

/// The peers that the first column of the table names: those whose findings are held against ours.
fn peers(text: &str) -> Option<&'static [Oracle]> {
    match text {
        "cfn-lint" => Some(&[Oracle::CfnLint]),
        "AWS" => Some(&[Oracle::Aws]),
        "both" => Some(&[Oracle::CfnLint, Oracle::Aws]),
        _ => None,
    }
}

/// A reason, and which differences have it.
#[derive(Debug)]
pub(super) struct Explanation {
    peers: &'static [Oracle],
    side: Side,
    /// Numbers of theirs, or codes of ours.
    rules: Vec<String>,
    /// What the other side has near it.
    near: Vec<String>,
    /// What was done to the template.
    changes: Vec<String>,
    /// What case, place or message have in them.
    mentions: String,
    /// A sentence for `docs/conformance.md`.
    pub(super) text: String,
}

/// All reasons.
pub(super) struct Explanations(Vec<Explanation>);

impl Explanations {
    /// Reads the table.
    ///
    /// # Errors
    /// It is not there, or a line of it has another form.
    pub(super) fn read() -> Result<Explanations, String> {
        let lines = lines(FILE)?.into_iter().map(|fields| {
            let [peers, side, rules, near, changes, mentions, text] = fields.as_slice() else {
                return Err(format!(
                    "`{FILE}`: a line without seven columns: {fields:?}"
                ));
            };
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
            let side = Side::ALL.into_iter().find(|one| one.name() == side);
            let peers = self::peers(peers);
            Ok(Explanation {
                peers: peers.ok_or_else(|| format!("`{FILE}`: no such peer: {fields:?}"))?,
                side: side.ok_or_else(|| format!("`{FILE}`: no such side: {fields:?}"))?,
                rules: words(rules),
                near: words(near)
                    .into_iter()
                    .map(|word: String| word.trim_matches('-').to_owned())
                    .collect(),
                changes: words(changes),
                mentions: mentions.clone(),
                text: text.clone(),
            })
        });
        lines.collect::<Result<_, String>>().map(Explanations)
    }

    /// The line of a difference with a peer, where one is about it.
    pub(super) fn of(&self, peer: Oracle, one: &Disagreement<'_>) -> Option<usize> {
        let near = one.near.map(|near| near.rule.as_str()).unwrap_or_default();
        let place = format!(
            "{} {}: {}",
            one.case.name,
            one.seen.place(),
            one.seen.message
        );
        self.0.iter().position(|line| {
            line.peers.contains(&peer)
                && line.side == one.side
                && is_rule(&line.rules, &one.seen.rule)
                && is_rule(&line.near, near)
                && is_one(&line.changes, &one.case.change)
                && (line.mentions == "*" || place.contains(&line.mentions))
        })
    }

    /// The line.
    pub(super) fn get(&self, line: usize) -> Option<&Explanation> {
        self.0.get(line)
    }
}

/// As [`is_one`], of a number: AWS's `F3012` is cfn-lint's `E3012`.
fn is_rule(words: &[String], rule: &str) -> bool {
    is_one(words, rule) || is_one(words, &cfn_lint_number(rule))
}

/// Whether a word is one of some, or one of any: `*`, `?*` where there must be one, or its beginning: `if-*`.
fn is_one(words: &[String], word: &str) -> bool {
    words.iter().any(|one| match one.strip_suffix('*') {
        Some("?") => !word.is_empty(),
        Some(beginning) => word.starts_with(beginning),
        None => one == word,
    })
}

#[cfg(test)]
mod tests {
    use super::{Explanations, is_one};
    use crate::conformance::validate::rules::Rules;

    #[test]
    fn the_tables_can_be_read() {
        assert!(Explanations::read().unwrap().get(0).is_some());
        let rules = Rules::read().unwrap();
        assert_eq!(rules.codes("F3012"), rules.codes("E3012"));
        assert!(rules.is_one("value-type", "E3012"));
        assert!(!rules.is_one("value-type", "E3002"));
        assert!(rules.reason("E0100").is_some());
        assert!(rules.verdict("E9014").is_some());
    }

    #[test]
    fn a_rule_with_a_code_needs_no_reason() {
        let rules = Rules::read().unwrap();
        let both: Vec<&str> = rules
            .reasons()
            .filter(|rule| !rules.codes(rule).is_empty())
            .collect();
        assert!(both.is_empty(), "{both:?}");
    }

    #[test]
    fn a_line_about_both_peers_names_neither() {
        let explanations = Explanations::read().unwrap();
        for line in &explanations.0 {
            let is_about_both = line.peers.len() == 2;
            let names_one = line.text.contains("cfn-lint") || line.text.contains("AWS's validator");
            assert!(!is_about_both || !names_one, "{}", line.text);
        }
    }

    #[test]
    fn a_star_is_any_ending() {
        let words = ["if-*".to_owned(), "null".to_owned()];
        assert!(is_one(&words, "if-two"));
        assert!(is_one(&words, "null"));
        assert!(!is_one(&words, "nulls"));
        assert!(is_one(&["*".to_owned()], ""));
        assert!(!is_one(&["?*".to_owned()], ""));
        assert!(is_one(&["?*".to_owned()], "null"));
    }
}
