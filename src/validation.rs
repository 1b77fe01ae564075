//! What validation says of templates, wherever they are from.
//!
//! What lives here: findings of many templates together, what of them is accepted, and their number. What does not: what
//! is wrong with a template (`stratiform-validate`), and how it is shown (`view::validated`).

use std::collections::HashSet;

use stratiform_finding::words::counted;
use stratiform_finding::{Code, Finding, Level, Place};
use stratiform_service::Timestamp;
use stratiform_validate::Reason;

/// Something that was found, and whether somebody said that it may be so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Found {
    /// What.
    pub finding: Finding,
    /// Why it may be so: then it is counted, and fails nothing.
    pub accepted: Option<Acceptance>,
}

/// Why may something be as it is?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Acceptance {
    /// The command line says so.
    Allowed,
    /// It is written untyped in the code of the stack.
    Untyped,
    /// The environment's file says so.
    Risk {
        /// Why.
        reason: String,
        /// The last day on which it is accepted.
        until: Option<String>,
    },
}

impl Acceptance {
    /// The same in words.
    pub(crate) fn reason(&self) -> String {
        match self {
            Acceptance::Allowed => "--allow".to_owned(),
            Acceptance::Untyped => "untyped in the code of the stack".to_owned(),
            Acceptance::Risk {
                reason,
                until: Some(day),
            } => format!("{reason} (until {day})"),
            Acceptance::Risk {
                reason,
                until: None,
            } => reason.clone(),
        }
    }

    fn is_over(&self, today: &str) -> bool {
        match self {
            Acceptance::Risk {
                until: Some(day), ..
            } => day.as_str() < today,
            Acceptance::Risk { until: None, .. } | Acceptance::Allowed | Acceptance::Untyped => {
                false
            }
        }
    }
}

/// Something that nobody could look at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Unchecked {
    /// Why not.
    pub reason: Reason,
    /// Where, as far as it is known.
    pub place: Option<Place>,
    /// Keys and list positions from the top of the template.
    pub path: Vec<String>,
}

/// All that validation says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    /// What was found.
    pub found: Vec<Found>,
    /// How many templates were looked at.
    pub templates: usize,
    /// How many resources were held against the catalog.
    pub resources: usize,
    /// How many rules of the user's they were held against.
    pub rules: usize,
    /// What nobody could look at.
    pub not_checked: Vec<Unchecked>,
    /// How many files of folders are no templates.
    pub passed_over: usize,
    /// How many files could not be looked at: unreadable, or no templates though they are named.
    pub unreadable: usize,
}

impl Verdict {
    /// Both together.
    pub(crate) fn add(&mut self, other: Verdict) {
        self.found.extend(other.found);
        self.templates += other.templates;
        self.resources += other.resources;
        self.rules = self.rules.max(other.rules);
        self.not_checked.extend(other.not_checked);
        self.passed_over += other.passed_over;
        self.unreadable += other.unreadable;
    }

    /// More findings, none of them accepted.
    pub(crate) fn tell(&mut self, findings: impl IntoIterator<Item = Finding>) {
        let found = findings.into_iter().map(|finding| Found {
            finding,
            accepted: None,
        });
        self.found.extend(found);
    }

    /// Accepts what has one of these codes, and makes errors of what has at least a level and is not accepted.
    pub(crate) fn judge(&mut self, accepted: &[Code], denied: Option<Level>) {
        for found in &mut self.found {
            let is_allowed = accepted.contains(&found.finding.code);
            let allowed = is_allowed.then_some(Acceptance::Allowed);
            found.accepted = found.accepted.take().or(allowed);
            let is_denied = denied.is_some_and(|least| found.finding.level >= least);
            if is_denied && found.accepted.is_none() {
                found.finding.level = Level::Error;
            }
        }
    }

    /// Takes back what was accepted for a time that is over. Synthesis gives the same on every day and never does.
    pub(crate) fn expire(&mut self, today: &str) {
        for found in &mut self.found {
            found.accepted = found.accepted.take().filter(|it| !it.is_over(today));
        }
    }

    /// Puts everything in the order of files and places, and what several environments have alike there once.
    pub(crate) fn sort(&mut self) {
        let mut seen = HashSet::new();
        self.found.retain(|found| seen.insert(found.clone()));
        self.found.sort_by(|one, other| {
            let [one, other] = [one, other].map(|found| found.finding.places.first());
            position(one).cmp(&position(other))
        });
        let mut seen = HashSet::new();
        self.not_checked
            .retain(|unchecked| seen.insert(unchecked.clone()));
        self.not_checked.sort_by(|one, other| {
            position(one.place.as_ref()).cmp(&position(other.place.as_ref()))
        });
    }

    /// What was found, and nobody accepted.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Finding> {
        let open = self.found.iter().filter(|found| found.accepted.is_none());
        open.map(|found| &found.finding)
    }

    /// What is wrong.
    pub(crate) fn errors(&self) -> Vec<Finding> {
        let errors = self.open().filter(|finding| finding.level == Level::Error);
        errors.cloned().collect()
    }

    /// How many findings of a level nobody accepted.
    pub(crate) fn count(&self, level: Level) -> usize {
        self.open().filter(|finding| finding.level == level).count()
    }

    /// How many findings somebody accepted.
    pub(crate) fn accepted(&self) -> usize {
        let accepted = self.found.iter();
        accepted.filter(|found| found.accepted.is_some()).count()
    }

    /// What there was: `412 resources checked in 19 templates: 2 errors, 1 warning; not checked: 1 macro, 2 types`.
    pub(crate) fn sentence(&self, are_notes_shown: bool) -> String {
        let notes = self.count(Level::Note);
        let found = [
            (self.count(Level::Error), "error"),
            (self.count(Level::Warning), "warning"),
            (notes, "note"),
        ];
        let found = found.into_iter().filter(|(count, _)| *count > 0);
        let mut found: Vec<String> = found.map(|(count, noun)| counted(count, noun)).collect();
        if notes > 0
            && !are_notes_shown
            && let Some(last) = found.last_mut()
        {
            *last += " (--notes shows them)";
        }
        let accepted = self.accepted();
        if accepted > 0 {
            found.push(format!("{accepted} accepted"));
        }
        if found.is_empty() {
            found.push("nothing found".to_owned());
        }
        let of = |reason: Reason| {
            let not_checked = self.not_checked.iter();
            let count = not_checked.filter(|it| it.reason == reason).count();
            (count > 0).then(|| counted(count, reason.noun()))
        };
        let not_checked: Vec<String> = Reason::ALL.into_iter().filter_map(of).collect();
        let not_checked = match not_checked.as_slice() {
            [] => String::new(),
            _ => format!("; not checked: {}", not_checked.join(", ")),
        };
        let passed_over = match self.passed_over {
            0 => String::new(),
            1 => "; 1 file is no template".to_owned(),
            count => format!("; {count} files are no templates"),
        };
        let rules = match self.rules {
            0 => String::new(),
            rules => format!(", against {} of yours too", counted(rules, "rule")),
        };
        format!(
            "{} checked in {}{rules}: {}{not_checked}{passed_over}",
            counted(self.resources, "resource"),
            counted(self.templates, "template"),
            found.join(", "),
        )
    }
}

/// The day of a moment that the clock says.
pub(crate) fn today() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let millis = since.map(|since| since.as_millis()).unwrap_or_default();
    let now = Timestamp::from_millis(i64::try_from(millis).unwrap_or_default());
    let now = now.map(|now| now.to_string()).unwrap_or_default();
    now.chars().take("2027-03-31".len()).collect()
}

/// What places are sorted by.
fn position(place: Option<&Place>) -> Option<(&str, usize, usize)> {
    place.map(|place| place.at.position())
}

#[cfg(test)]
mod tests {
    use stratiform_finding::{Source, Span};

    use super::*;

    fn finding(code: Code, level: Level, line: usize) -> Finding {
        let span = Span {
            line,
            column: 1,
            ..Span::default()
        };
        let place = Place::text(&Source::new("a.yaml", ""), span, "");
        Finding {
            level,
            ..Finding::new(code, "what", "help").at(place)
        }
    }

    fn verdict() -> Verdict {
        let mut verdict = Verdict {
            templates: 2,
            resources: 1,
            ..Verdict::default()
        };
        verdict.tell([
            finding(Code::ValueLength, Level::Warning, 7),
            finding(Code::ValuePattern, Level::Error, 3),
            finding(Code::ValuePattern, Level::Error, 3),
            finding(Code::ValueRepeated, Level::Note, 5),
        ]);
        verdict.sort();
        verdict
    }

    #[test]
    fn what_is_found_is_sorted_and_told_once() {
        let verdict = verdict();
        let lines = verdict.open().filter_map(Finding::span);
        let lines: Vec<usize> = lines.map(|span| span.line).collect();
        assert_eq!(lines, [3, 5, 7]);
        assert_eq!(
            verdict.sentence(false),
            "1 resource checked in 2 templates: 1 error, 1 warning, 1 note (--notes shows them)"
        );
        assert_eq!(
            Verdict::default().sentence(false),
            "0 resources checked in 0 templates: nothing found"
        );
    }

    #[test]
    fn what_is_accepted_is_no_error_whatever_is_denied() {
        let mut verdict = verdict();
        verdict.judge(&[Code::ValueLength], Some(Level::Note));
        assert_eq!(verdict.accepted(), 1);
        assert_eq!(verdict.count(Level::Error), 2);
        assert!(verdict.sentence(true).ends_with("2 errors, 1 accepted"));
    }

    #[test]
    fn what_was_accepted_for_a_time_is_open_again_after_it() {
        let mut verdict = verdict();
        verdict.found[0].accepted = Some(Acceptance::Risk {
            reason: "it is a test".to_owned(),
            until: Some("2027-03-31".to_owned()),
        });
        verdict.expire("2027-03-31");
        assert_eq!(verdict.accepted(), 1);
        verdict.expire("2027-04-01");
        assert_eq!(verdict.accepted(), 0);
    }

    #[test]
    fn what_nobody_could_look_at_is_said() {
        let unchecked = |reason, path: &str| Unchecked {
            reason,
            place: None,
            path: vec![path.to_owned()],
        };
        let verdict = Verdict {
            not_checked: vec![
                unchecked(Reason::Type, "A"),
                unchecked(Reason::Macro, "B"),
                unchecked(Reason::Type, "C"),
            ],
            passed_over: 2,
            ..Verdict::default()
        };
        let sentence = verdict.sentence(false);
        let end = "nothing found; not checked: 1 macro, 2 types; 2 files are no templates";
        assert!(sentence.ends_with(end), "{sentence}");
    }
}
