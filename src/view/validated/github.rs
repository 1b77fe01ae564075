//! Findings as annotations of a GitHub workflow.
//!
//! Source: GitHub docs, "Workflow commands for GitHub Actions": a step shows ten of each level.

use stratiform_finding::{Finding, Level};

use super::{level, message, position};
use crate::validation::{Acceptance, Verdict};
use crate::view::annotation::{data, property};

/// So many annotations of one level are shown.
const SHOWN: usize = 10;

/// The worst first. What GitHub would not show stands in the log, and the last annotation says how many those are.
pub(crate) fn github(verdict: &Verdict, are_notes_shown: bool) -> String {
    let mut text = String::new();
    for level in [Level::Error, Level::Warning, Level::Note] {
        if level == Level::Note && !are_notes_shown {
            continue;
        }
        let found = verdict.open().filter(|finding| finding.level == level);
        let found: Vec<&Finding> = found.collect();
        let shown = match found.len() {
            count if count > SHOWN => SHOWN - 1,
            count => count,
        };
        let (shown, more) = found.split_at(shown);
        text.extend(shown.iter().map(|finding| annotation(finding)));
        if !more.is_empty() {
            let all = plain(level);
            let (word, count) = (command(level), more.len());
            text += &format!("::{word} title=validate::and {count} more {all}: see the log\n");
            text.extend(more.iter().map(|finding| line(finding)));
        }
    }
    // What somebody decided to live with is nobody's to look at, and is not hidden.
    let decided = verdict.found.iter().filter_map(|found| {
        let reason = found.accepted.as_ref()?.risk().map(|_| &found.accepted)?;
        let reason = reason.as_ref().map(Acceptance::reason)?;
        Some(plain_line(
            "accepted",
            &found.finding,
            &format!(" ({reason})"),
        ))
    });
    text.extend(decided);
    text
}

fn command(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    }
}

fn plain(level: Level) -> &'static str {
    match level {
        Level::Error => "errors",
        Level::Warning => "warnings",
        Level::Note => "notes",
    }
}

fn annotation(finding: &Finding) -> String {
    let place = position(finding)
        .map(|(file, line, column)| format!("file={},line={line},col={column},", property(file)));
    let title = property(finding.code.as_str());
    let message = data(&[&message(finding), finding.help.as_str()].join("\n"));
    let (word, place) = (command(finding.level), place.unwrap_or_default());
    format!("::{word} {place}title={title}::{}\n", message.trim_end())
}

/// The same for whoever reads the log; nothing in it is a command.
fn line(finding: &Finding) -> String {
    plain_line(level(finding.level), finding, "")
}

fn plain_line(word: &str, finding: &Finding, more: &str) -> String {
    let place = position(finding).map(|(file, line, column)| format!("{file}:{line}:{column}: "));
    let code = finding.code;
    let text = format!("{word}[{code}]: {}{more}", message(finding));
    let line = place.unwrap_or_default() + &text;
    format!("  {}\n", line.replace(['\n', '\r'], " "))
}

#[cfg(test)]
mod tests {
    use stratiform_finding::{Code, Place, Source, Span};

    use super::*;

    fn finding(level: Level, what: &str) -> Finding {
        let span = Span {
            line: 3,
            column: 5,
            ..Span::default()
        };
        Finding {
            level,
            when: "`Stage` is `prod`".to_owned(),
            ..Finding::new(Code::ValuePattern, what, "write\nanother")
                .because("it is 100% wrong")
                .at(Place::text(&Source::new("a,b:c.yaml", ""), span, ""))
        }
    }

    #[test]
    fn what_stands_in_an_annotation_ends_no_part_of_it() {
        let mut verdict = Verdict::default();
        verdict.tell([finding(Level::Error, "one"), finding(Level::Note, "two")]);
        assert_eq!(
            github(&verdict, false),
            "::error file=a%2Cb%3Ac.yaml,line=3,col=5,title=value-pattern::one, when `Stage` is `prod`: it is 100%25 wrong%0Awrite%0Aanother\n"
        );
        assert!(github(&verdict, true).contains("\n::notice file="));
    }

    #[test]
    fn what_github_would_not_show_is_counted_and_stands_in_the_log() {
        let shown = |count: usize| {
            let mut verdict = Verdict::default();
            let found =
                (0..count).map(|number| finding(Level::Warning, &format!("w{number}\n::error::x")));
            verdict.tell(found);
            github(&verdict, false)
        };
        let commands = |text: &str| text.lines().filter(|line| line.starts_with("::")).count();
        assert_eq!(commands(&shown(10)), 10);
        let more = shown(12);
        assert_eq!(commands(&more), 10);
        assert!(more.contains("::warning title=validate::and 3 more warnings: see the log\n  a,b:c.yaml:3:5: warning[value-pattern]: w9"), "{more}");
        assert_eq!(more.lines().count(), 13);
    }
}
