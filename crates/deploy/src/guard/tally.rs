//! From what is found in one check to its verdict.

use super::{Check, Id, Unasked, Verdict};

/// What is found while a check looks at its facts.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    found: Vec<Found>,
}

#[derive(Clone, Debug)]
struct Found {
    verdict: Verdict,
    reason: String,
    remedy: String,
}

impl Tally {
    pub(super) fn block(&mut self, reason: impl Into<String>, remedy: impl Into<String>) {
        self.add(Verdict::Block, reason, remedy);
    }

    pub(super) fn warn(&mut self, reason: impl Into<String>, remedy: impl Into<String>) {
        self.add(Verdict::Warn, reason, remedy);
    }

    /// Something could not be asked.
    pub(super) fn unasked(&mut self, unasked: &Unasked) {
        self.add(Verdict::Skipped, &unasked.why, &unasked.help);
    }

    pub(super) fn add(
        &mut self,
        verdict: Verdict,
        reason: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.found.push(Found {
            verdict,
            reason: reason.into(),
            remedy: remedy.into(),
        });
    }

    /// The check: as bad as the worst that was found. Where nothing was, it passes, and this is why.
    pub(super) fn check(self, id: Id, well: impl Into<String>) -> Check {
        let mut found = self.found;
        // Stable: what was found first is told first.
        found.sort_by_key(|found| std::cmp::Reverse(found.verdict));
        let worst = found.first().map(|found| found.verdict);
        let reasons = told(found.iter().map(|found| found.reason.as_str()));
        let of_worst = found.iter().filter(|found| Some(found.verdict) == worst);
        Check {
            id,
            verdict: worst.unwrap_or(Verdict::Pass),
            reason: if found.is_empty() {
                well.into()
            } else {
                reasons
            },
            remedy: told(of_worst.map(|found| found.remedy.as_str())),
            skippable: id.is_skippable(),
        }
    }
}

/// Texts in one line, each once, and the longest lists cut.
fn told<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    const TOLD: usize = 3;
    let mut all: Vec<&str> = Vec::new();
    for text in texts {
        if !text.is_empty() && !all.contains(&text) {
            all.push(text);
        }
    }
    match all.split_at_checked(TOLD) {
        Some((first, rest @ [_, ..])) => format!("{}; and {} more", first.join("; "), rest.len()),
        _ => all.join("; "),
    }
}

/// Names in one line, each in backticks, the longest lists cut.
pub(super) fn named<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    const NAMED: usize = 3;
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_at_checked(NAMED) {
        Some((first, rest @ [_, ..])) => format!("{} and {} more", first.join(", "), rest.len()),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_decides_and_all_are_told() {
        let mut tally = Tally::default();
        tally.unasked(&Unasked::because("nobody answered", "ask again"));
        tally.warn("one is ill", "heal it");
        tally.block("one is gone", "bring it");
        tally.block("another is gone", "bring it");
        let check = tally.check(Id::Services, "all are well");
        assert_eq!(check.verdict, Verdict::Block);
        assert_eq!(
            check.reason,
            "one is gone; another is gone; one is ill; and 1 more"
        );
        assert_eq!(check.remedy, "bring it");
    }

    #[test]
    fn nothing_found_is_well() {
        let check = Tally::default().check(Id::Services, "all are well");
        assert_eq!(
            (check.verdict, &*check.reason, &*check.remedy),
            (Verdict::Pass, "all are well", "")
        );
    }

    #[test]
    fn names_in_a_line() {
        assert_eq!(named(["a", "b"]), "`a`, `b`");
        assert_eq!(named(["a", "b", "c", "d"]), "`a`, `b`, `c` and 1 more");
    }
}
