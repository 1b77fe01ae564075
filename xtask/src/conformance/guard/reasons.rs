//! Why verdicts differ where nobody is to mend anything.
//!
//! What lives here: the reason that is in the verdicts themselves, and the table of the others (`reasons.tsv`; its head
//! says what its columns mean).

use std::fs;

use super::Difference;
use super::asked::NOTHING;
use crate::command::root;

const FILE: &str = "xtask/src/conformance/guard/reasons.tsv";

/// What nobody knows breaks nothing.
const NOT_KNOWN: &str = "only Guard, which judges the function in the place of a value that nobody knows: counted by us as not checked";

/// What no clause of is broken, isn't.
const NOT_RECORDED: &str =
    "only Guard's report, which lists a rule that it skipped: no clause of it failed";

/// All reasons.
pub(super) struct Reasons(Vec<Reason>);

struct Reason {
    is_theirs: bool,
    rule: String,
    mentions: String,
    text: String,
}

impl Reasons {
    /// Reads the table.
    ///
    /// # Errors
    /// It is not there, or a line of it has another form.
    pub(super) fn read() -> Result<Reasons, String> {
        let text = fs::read_to_string(root().join(FILE))
            .map_err(|error| format!("cannot read `{FILE}`: {error}"))?;
        let lines = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        let lines = lines.map(
            |line| match line.split('\t').collect::<Vec<_>>().as_slice() {
                [side, rule, mentions, text] if ["theirs", "ours"].contains(side) => Ok(Reason {
                    is_theirs: *side == "theirs",
                    rule: (*rule).to_owned(),
                    mentions: (*mentions).to_owned(),
                    text: (*text).to_owned(),
                }),
                _ => Err(format!("`{FILE}`: a line of another form: {line}")),
            },
        );
        lines.collect::<Result<_, String>>().map(Reasons)
    }

    /// The reason of a difference, where there is one.
    pub(super) fn of(&self, one: &Difference<'_>) -> Option<String> {
        let touches = |path: &String| {
            one.not_judged
                .iter()
                .any(|other| path.starts_with(other) || other.starts_with(path.as_str()))
        };
        if one.is_theirs && one.paths == [NOTHING] {
            return Some(NOT_RECORDED.to_owned());
        }
        if one.is_theirs && one.paths.iter().any(touches) {
            return Some(NOT_KNOWN.to_owned());
        }
        let place = format!("{} {} {}", one.case, one.resource, one.paths.join(" "));
        let reason = self.0.iter().find(|reason| {
            let is_rule = match reason.rule.strip_suffix('*') {
                Some(beginning) => one.rule.starts_with(beginning),
                None => one.rule == reason.rule,
            };
            reason.is_theirs == one.is_theirs
                && is_rule
                && (reason.mentions == "*" || place.contains(&reason.mentions))
        });
        reason.map(|reason| reason.text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::Reasons;

    #[test]
    fn the_table_can_be_read() {
        assert!(Reasons::read().is_ok());
    }
}
