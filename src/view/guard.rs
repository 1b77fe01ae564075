//! What `guard` found, for people and for programs.

use serde::Serialize;
use stratiform_deploy::guard::{Check, Counts, Report, Verdict};

use super::style::{CYAN, GREEN, RED, YELLOW, paint};
use crate::report::Colour;

/// The shape of the JSON.
const VERSION: u32 = 1;

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guarded<'a> {
    /// The environment.
    pub environment: &'a str,
    /// Why it cannot wait.
    pub emergency: Option<&'a str>,
    /// Whether all of it is told.
    pub verbose: bool,
    /// What was found.
    pub report: &'a Report,
}

/// A table, the worst first, with the remedy under what is not well; then the whole in a sentence.
pub(crate) fn text(guarded: &Guarded<'_>, colour: Colour) -> String {
    let checks = guarded.report.worst_first();
    let width = checks.iter().map(|check| check.id.as_str().len());
    let width = width.max().unwrap_or_default();
    let rows: String = checks
        .iter()
        .map(|check| row(check, width, guarded, colour))
        .collect();
    format!("{rows}\n{}\n", sentence(guarded))
}

/// What blocks or warns, and the whole in a sentence.
pub(crate) fn in_short(guarded: &Guarded<'_>, colour: Colour) -> String {
    let checks = guarded.report.worst_first().into_iter();
    let checks = checks.filter(|check| check.verdict >= Verdict::Warn);
    let checks: Vec<&Check> = checks.collect();
    let width = checks.iter().map(|check| check.id.as_str().len());
    let width = width.max().unwrap_or_default();
    let rows = checks
        .iter()
        .map(|check| row(check, width, guarded, colour));
    let rows: String = rows.collect();
    format!("{rows}{}\n", sentence(guarded))
}

fn row(check: &Check, width: usize, guarded: &Guarded<'_>, colour: Colour) -> String {
    let told = match guarded.verbose {
        true => (check.reason.as_str(), check.remedy.as_str()),
        false => (check.brief.reason.as_str(), check.brief.remedy.as_str()),
    };
    line(check.verdict, (check.id.as_str(), width), told, colour)
}

/// A row of a table: what it came to, what it is in so many columns, why, and the remedy under it.
pub(crate) fn line(
    verdict: Verdict,
    (id, width): (&str, usize),
    (reason, remedy): (&str, &str),
    colour: Colour,
) -> String {
    let (word, code) = match verdict {
        Verdict::Block => ("blocks", RED),
        Verdict::Warn => ("warns", YELLOW),
        Verdict::Skipped => ("skipped", CYAN),
        Verdict::Pass => ("passes", GREEN),
    };
    let word = format!("{word:7}");
    let word = match colour {
        Colour::Always => paint(&word, code),
        Colour::Never => word,
    };
    let mut row = format!("{word}  {id:width$}  {reason}\n");
    if !remedy.is_empty() {
        let indent = " ".repeat(7 + 2 + width + 2);
        row += &format!("{indent}→ {remedy}\n");
    }
    row
}

/// The whole in a sentence. What was skipped is counted with its names.
pub(crate) fn sentence(guarded: &Guarded<'_>) -> String {
    let Guarded {
        environment,
        report,
        ..
    } = guarded;
    let Counts {
        pass,
        skipped,
        warn,
        block,
    } = report.counts();
    let verdict = if report.is_blocked() {
        "not now"
    } else {
        "nothing blocks"
    };
    let checks = report.checks.iter();
    let named = checks.filter(|check| check.verdict == Verdict::Skipped);
    let named: Vec<&str> = named.map(|check| check.id.as_str()).collect();
    let named = if named.is_empty() {
        String::new()
    } else {
        format!(" ({})", named.join(", "))
    };
    let score = report.score();
    format!(
        "{environment}: {verdict}; risk {score} of 100; {block} blocking, {warn} warning, {pass} passed, \
         {skipped} skipped{named}"
    )
}

/// The same for programs.
pub(crate) fn json(guarded: &Guarded<'_>) -> String {
    // It has text keys only, and nothing that could not be written.
    serde_json::to_string_pretty(&Shape::of(guarded)).unwrap_or_default() + "\n"
}

/// What programs get.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shape<'a> {
    version: u32,
    environment: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    emergency: Option<&'a str>,
    blocked: bool,
    score: u32,
    counts: Counts,
    checks: &'a [Check],
}

impl<'a> Shape<'a> {
    pub(crate) fn of(guarded: &Guarded<'a>) -> Shape<'a> {
        let Guarded {
            environment,
            emergency,
            report,
            ..
        } = *guarded;
        Shape {
            version: VERSION,
            environment,
            emergency,
            blocked: report.is_blocked(),
            score: report.score(),
            counts: report.counts(),
            checks: &report.checks,
        }
    }
}

#[cfg(test)]
mod tests {
    use stratiform_deploy::guard::{Brief, Id};

    use super::*;

    fn report() -> Report {
        let check = |id: Id, verdict, reason: &str, remedy: &str| Check {
            id,
            verdict,
            reason: reason.to_owned(),
            remedy: remedy.to_owned(),
            brief: Brief {
                reason: reason.to_owned(),
                remedy: remedy.to_owned(),
            },
            skippable: id.is_skippable(),
        };
        let release = "the release `v2` is 2222222, and 1111111 is checked out";
        let backup = "the last backup of `shop-prod` is 31 hours old";
        let alarm = "the alarm `errors` is on: threshold crossed";
        Report {
            checks: vec![
                check(Id::WorkingTree, Verdict::Pass, "all is as in 1111111", ""),
                check(
                    Id::Release,
                    Verdict::Block,
                    release,
                    "check it out: `git checkout v2`",
                ),
                check(
                    Id::Quotas,
                    Verdict::Skipped,
                    "not asked: Service Quotas are not read yet",
                    "",
                ),
                check(Id::Alarms, Verdict::Warn, alarm, "look at it first"),
                check(
                    Id::Backup,
                    Verdict::Block,
                    backup,
                    "take a snapshot of `shop-prod`",
                ),
            ],
        }
    }

    fn shown(report: &Report, emergency: Option<&str>) -> String {
        let guarded = Guarded {
            environment: "prod",
            emergency,
            verbose: false,
            report,
        };
        text(&guarded, Colour::Never)
    }

    #[test]
    fn for_people() {
        insta::assert_snapshot!(shown(&report(), None));
    }

    #[test]
    fn in_an_emergency() {
        let report = report().in_emergency("the shop is down");
        insta::assert_snapshot!(shown(&report, Some("the shop is down")));
    }

    #[test]
    fn all_is_well() {
        let mut report = report();
        report.checks.truncate(1);
        insta::assert_snapshot!(shown(&report, None));
    }

    #[test]
    fn whoever_wants_all_of_it_gets_it() {
        let mut report = report();
        report.checks.truncate(2);
        report.checks[1].brief.reason = "some of it".to_owned();
        let mut guarded = Guarded {
            environment: "prod",
            emergency: None,
            verbose: false,
            report: &report,
        };
        let all = |guarded: &Guarded<'_>| text(guarded, Colour::Never).contains("the release `v2`");
        assert!(!all(&guarded) && json(&guarded).contains("the release `v2`"));
        guarded.verbose = true;
        assert!(all(&guarded));
    }

    #[test]
    fn colours_are_on_the_verdict_alone() {
        let mut report = report();
        report.checks.truncate(2);
        let guarded = Guarded {
            environment: "prod",
            emergency: None,
            verbose: false,
            report: &report,
        };
        let coloured = text(&guarded, Colour::Always);
        assert!(
            coloured.starts_with("\u{1b}[31mblocks \u{1b}[0m  release       the"),
            "{coloured:?}"
        );
    }

    #[test]
    fn for_programs() {
        let report = report().in_emergency("the shop is down");
        let guarded = Guarded {
            environment: "prod",
            emergency: Some("the shop is down"),
            verbose: false,
            report: &report,
        };
        insta::assert_snapshot!(json(&guarded));
    }
}
