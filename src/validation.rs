//! What validation says of templates, wherever they are from.
//!
//! What lives here: findings of many templates together, what of them is accepted, and their number. What does not: what
//! is wrong with a template (`stratiform-validate`), and how it is shown (`view::validated`).

mod acceptance;
mod compliance;
pub(crate) mod known;
mod terms;

use std::collections::HashSet;

pub(crate) use acceptance::{Acceptance, Risk, Written};
pub(crate) use compliance::{Compliance, Question};
use indexmap::IndexMap;
use stratiform_assembly::environment_of;
use stratiform_finding::words::counted;
use stratiform_finding::{Code, Finding, Level, Place};
use stratiform_service::Timestamp;
use stratiform_validate::Reason;
pub(crate) use terms::{Terms, values, with_values};

use crate::secrets::hide;

/// Something that was found, and whether somebody said that it may be so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Found {
    /// What.
    pub finding: Finding,
    /// Why it may be so: then it is counted, and fails nothing.
    pub accepted: Option<Acceptance>,
    /// The key of the stack that it is in; none of a file, and of what no stack says.
    pub stack: Option<String>,
    /// Whether it was there before the change that is asked about: then it is counted, and fails nothing.
    pub is_known: bool,
}

impl Found {
    /// Something that nobody said anything of yet.
    pub(crate) fn new(finding: Finding) -> Found {
        Found {
            finding,
            accepted: None,
            stack: None,
            is_known: false,
        }
    }

    /// Whether somebody has to do something about it.
    pub(crate) fn is_open(&self) -> bool {
        self.accepted.is_none() && !self.is_known
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
    /// What policies were asked, and what they say.
    pub asked: Vec<Question>,
    /// The environments whose policies were asked, each with how many of them are turned off.
    pub held: IndexMap<String, usize>,
    /// What somebody decided to live with, as it is written.
    pub written: Vec<Written>,
    /// Decisions whose last day is over: what they are about, and where they are written.
    pub expired: HashSet<(Code, Option<Place>)>,
    /// How many files of folders are no templates.
    pub passed_over: usize,
    /// How many files could not be looked at: unreadable, or no templates though they are named.
    pub unreadable: usize,
    /// What is asked about is what changed since this revision.
    pub since: Option<String>,
}

impl Verdict {
    /// Both together.
    pub(crate) fn add(&mut self, other: Verdict) {
        self.found.extend(other.found);
        self.templates += other.templates;
        self.resources += other.resources;
        self.rules = self.rules.max(other.rules);
        self.not_checked.extend(other.not_checked);
        self.asked.extend(other.asked);
        self.held.extend(other.held);
        self.written.extend(other.written);
        self.expired.extend(other.expired);
        self.passed_over += other.passed_over;
        self.unreadable += other.unreadable;
        self.since = self.since.take().or(other.since);
    }

    /// More findings, none of them accepted.
    pub(crate) fn tell(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.found.extend(findings.into_iter().map(Found::new));
    }

    /// Accepts what has one of these codes, and makes errors of what has at least a level and is not accepted, and new.
    pub(crate) fn judge(&mut self, accepted: &[Code], denied: Option<Level>) {
        let allowed = |code: Code| accepted.contains(&code).then_some(Acceptance::Allowed);
        for found in &mut self.found {
            found.accepted = found.accepted.take().or(allowed(found.finding.code));
            let is_denied = denied.is_some_and(|least| found.finding.level >= least);
            if is_denied && found.is_open() {
                found.finding.level = Level::Error;
            }
        }
        for question in &mut self.asked {
            question.accepted = question.accepted.take().or(allowed(question.code));
        }
    }

    /// Takes back what was accepted for a time that is over, and says so where it is written. Synthesis gives the same on
    /// every day and never does.
    pub(crate) fn expire(&mut self, today: &str) {
        let mut told = Vec::new();
        for found in &mut self.found {
            let Some(over) = found.accepted.take_if(|it| it.is_over(today)) else {
                continue;
            };
            let code = found.finding.code;
            if let Some(risk) = over.risk()
                && self.expired.insert((code, risk.place.clone()))
            {
                told.push(acceptance::expired(code, risk));
            }
        }
        for question in &mut self.asked {
            question.accepted.take_if(|it| it.is_over(today));
        }
        self.tell(told);
    }

    /// How environments stand by their policies, in the order in which they were asked; of templates that lie around, all
    /// together. What an environment has besides its own stacks is found, and is no part of it: nobody deploys it with them.
    pub(crate) fn compliance(&self) -> IndexMap<Option<&str>, Compliance> {
        let own = |name: &&str| environment_of(name) == *name;
        let held = self.held.keys().map(String::as_str).filter(own).map(Some);
        let mut by: IndexMap<Option<&str>, Vec<&Question>> =
            held.map(|it| (it, Vec::new())).collect();
        for question in &self.asked {
            let name = question.environment.as_deref();
            if name.as_ref().is_none_or(own) {
                by.entry(name).or_default().push(question);
            }
        }
        let scores = by.into_iter().map(|(name, questions)| {
            let off = name.and_then(|name| self.held.get(name).copied());
            let compliance = Compliance {
                off: off.unwrap_or_default(),
                ..Compliance::of(questions)
            };
            (name, compliance)
        });
        scores.collect()
    }

    /// How the one environment stands that was asked about.
    pub(crate) fn score(&self) -> Compliance {
        let first = self.compliance().into_values().next();
        first.unwrap_or_default()
    }

    /// Puts everything in the order of files and places, and what several environments have alike there once; without
    /// secrets.
    pub(crate) fn sort(&mut self) {
        for found in &mut self.found {
            hide(&mut found.finding);
        }
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

    /// What was found, is new where that is asked, and nobody accepted.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Finding> {
        let open = self.found.iter().filter(|found| found.is_open());
        open.map(|found| &found.finding)
    }

    /// The same for whoever shows it one by one: once, and without secrets.
    pub(crate) fn into_open(mut self) -> Vec<Finding> {
        self.sort();
        self.open().cloned().collect()
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

    /// What was there before, and nobody accepted.
    pub(crate) fn known(&self) -> impl Iterator<Item = &Finding> {
        let known = self.found.iter();
        let known = known.filter(|found| found.is_known && found.accepted.is_none());
        known.map(|found| &found.finding)
    }

    /// What of it there was, in words: `2 errors, 1 warning, 1 accepted`.
    pub(crate) fn found_of_it(&self, are_notes_shown: bool) -> String {
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
        let known = self.known().count();
        if let (Some(since), 1..) = (&self.since, known) {
            found.push(format!("{known} known since {since}"));
        }
        match found.is_empty() {
            true => "nothing found".to_owned(),
            false => found.join(", "),
        }
    }

    /// What there was: `412 resources checked in 19 templates: 2 errors, 1 warning; not checked: 1 macro, 2 types`.
    pub(crate) fn sentence(&self, are_notes_shown: bool) -> String {
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
            self.found_of_it(are_notes_shown),
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
        let risk = |owner: Option<&str>| Risk {
            reason: "it is a test".to_owned(),
            owner: owner.map(str::to_owned),
            until: Some("2027-03-31".to_owned()),
            place: None,
        };
        verdict.found[0].accepted = Some(Acceptance::Risk(Box::new(risk(Some("web")))));
        verdict.expire("2027-03-31");
        assert_eq!((verdict.accepted(), verdict.count(Level::Error)), (1, 0));
        verdict.expire("2027-04-01");
        assert_eq!((verdict.accepted(), verdict.count(Level::Error)), (0, 2));
        let told = verdict.found.last().map(|found| &found.finding);
        let told = told.map(|it| format!("{it}\n{}\n{}", it.why, it.help));
        insta::assert_snapshot!(told.unwrap());
        // Each is told once.
        verdict.expire("2027-04-01");
        assert_eq!(verdict.count(Level::Error), 2);
    }

    #[test]
    fn what_is_accepted_and_not_there_can_go() {
        let mut verdict = verdict();
        let place = |line| finding(Code::ValueLength, Level::Note, line).places[0].clone();
        let written = |code, line| Written {
            code,
            resource: "database/Instance".to_owned(),
            risk: Risk {
                reason: "it is a test".to_owned(),
                owner: None,
                until: None,
                place: Some(place(line)),
            },
        };
        let used = written(Code::ValueLength, 11);
        verdict.found[2].accepted = Some(Acceptance::Risk(Box::new(used.risk.clone())));
        // Two environments have what stands in a file of both.
        verdict.written = vec![used.clone(), used, written(Code::NullValue, 12)];
        verdict.written.push(written(Code::NullValue, 12));
        verdict.tell_unused();
        let told = verdict.open();
        let told: Vec<String> = told
            .filter(|finding| finding.code == Code::UnusedAcceptance)
            .map(ToString::to_string)
            .collect();
        let what = "`null-value` is accepted for `database/Instance`, and nothing is found there";
        assert_eq!(told, [format!("{what} (a.yaml, line 12, column 1)")]);
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
