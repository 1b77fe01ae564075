//! From what is found in one check to its verdict.

use super::{Brief, Check, Id, Unasked, Verdict};

/// What is found while a check looks at its facts.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    found: Vec<Found>,
}

#[derive(Clone, Debug)]
struct Found {
    verdict: Verdict,
    reason: Wording,
    remedy: String,
}

/// A sentence, whole and in brief.
#[derive(Clone, Debug)]
pub(super) struct Wording {
    whole: String,
    brief: String,
}

/// How much of a list is told?
#[derive(Clone, Copy, Debug)]
pub(super) enum Length {
    /// All of it.
    Whole,
    /// The first few, and how many there are more.
    Brief,
}

impl Wording {
    pub(super) fn of(sentence: impl Fn(Length) -> String) -> Wording {
        Wording {
            whole: sentence(Length::Whole),
            brief: sentence(Length::Brief),
        }
    }
}

impl From<String> for Wording {
    fn from(text: String) -> Wording {
        Wording {
            brief: text.clone(),
            whole: text,
        }
    }
}

impl From<&str> for Wording {
    fn from(text: &str) -> Wording {
        text.to_owned().into()
    }
}

impl Tally {
    pub(super) fn block(&mut self, reason: impl Into<Wording>, remedy: impl Into<String>) {
        self.add(Verdict::Block, reason, remedy);
    }

    pub(super) fn warn(&mut self, reason: impl Into<Wording>, remedy: impl Into<String>) {
        self.add(Verdict::Warn, reason, remedy);
    }

    /// Something could not be asked.
    pub(super) fn unasked(&mut self, unasked: &Unasked) {
        self.add(Verdict::Skipped, unasked.why.as_str(), &unasked.help);
    }

    pub(super) fn add(
        &mut self,
        verdict: Verdict,
        reason: impl Into<Wording>,
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
        if found.is_empty() {
            let well = well.into().into();
            found.push(Found {
                verdict: Verdict::Pass,
                reason: well,
                remedy: String::new(),
            });
        }
        let whole = || found.iter().map(|found| found.reason.whole.as_str());
        let brief = found.iter().map(|found| found.reason.brief.as_str());
        let remedies = || {
            let of_worst = found.iter().filter(|found| Some(found.verdict) == worst);
            of_worst.map(|found| found.remedy.as_str())
        };
        Check {
            id,
            verdict: worst.unwrap_or(Verdict::Pass),
            brief: Brief {
                reason: told(brief, Length::Brief),
                remedy: told(remedies(), Length::Brief),
            },
            reason: told(whole(), Length::Whole),
            remedy: told(remedies(), Length::Whole),
            skippable: id.is_skippable(),
        }
    }
}

/// Texts in one line, each once.
fn told<'t>(texts: impl Iterator<Item = &'t str>, length: Length) -> String {
    let mut all: Vec<&str> = Vec::new();
    for text in texts {
        if !text.is_empty() && !all.contains(&text) {
            all.push(text);
        }
    }
    match (length, all.split_at_checked(TOLD)) {
        (Length::Brief, Some((first, rest @ [_, ..]))) => {
            format!("{}; and {} more", first.join("; "), rest.len())
        }
        _ => all.join("; "),
    }
}

/// Names in one line, each in backticks.
pub(super) fn named<'n>(names: impl IntoIterator<Item = &'n str>, length: Length) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match (length, names.split_at_checked(TOLD)) {
        (Length::Brief, Some((first, rest @ [_, ..]))) => {
            format!("{} and {} more", first.join(", "), rest.len())
        }
        _ => names.join(", "),
    }
}

/// How much of a list is told in brief.
const TOLD: usize = 3;

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
            "one is gone; another is gone; one is ill; nobody answered"
        );
        assert_eq!(
            check.brief.reason,
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
        assert_eq!(named(["a", "b"], Length::Brief), "`a`, `b`");
        let all = ["a", "b", "c", "d"];
        assert_eq!(named(all, Length::Brief), "`a`, `b`, `c` and 1 more");
        assert_eq!(named(all, Length::Whole), "`a`, `b`, `c`, `d`");
    }
}
