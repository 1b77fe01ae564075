//! What comes out: counts by kind and column, and the differences.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::super::report::Detail;
use super::column::Column;
use super::explanation::Explanation;
use super::judge::{Finding, Verdict};

/// The kinds of cases, in the order of the recordings' README.
const KINDS: [&str; 5] = [
    "change-set-create",
    "change-set-update",
    "update",
    "deploy",
    "error",
];

/// All cases.
#[derive(Default)]
pub(super) struct Report {
    cases: Vec<Case>,
}

struct Case {
    id: String,
    kind: String,
    result: Result<Verdict, NotComparable>,
}

/// Why a case can be compared with nothing but AWS.
pub(super) struct NotComparable(pub(super) String);

/// What a column, or a case, came to. Worst last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Equal,
    Explained,
    Unexplained,
}

impl Outcome {
    fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Outcome {
        let each = findings
            .into_iter()
            .map(|finding| match finding.explanation {
                Some(_) => Outcome::Explained,
                None => Outcome::Unexplained,
            });
        each.max().unwrap_or(Outcome::Equal)
    }
}

impl Case {
    /// None where it was not compared.
    fn outcome(&self) -> Option<Outcome> {
        let verdict = self.result.as_ref().ok()?;
        Some(Outcome::of(verdict.columns.values().flatten()))
    }

    fn outcome_in(&self, column: Column) -> Option<Outcome> {
        let verdict = self.result.as_ref().ok()?;
        Some(Outcome::of(verdict.columns.get(&column)?))
    }
}

impl Report {
    pub(super) fn add(&mut self, id: &str, kind: &str, result: Result<Verdict, NotComparable>) {
        self.cases.push(Case {
            id: id.to_owned(),
            kind: kind.to_owned(),
            result,
        });
    }

    /// Whether nothing differs without a reason, and something was compared.
    pub(super) fn conforms(&self) -> bool {
        self.count(Outcome::Unexplained) == 0 && self.compared() > 0
    }

    pub(super) fn headline(&self) -> String {
        format!(
            "{} of {} cases are equal in everything that was recorded; {} differ for a known reason, {} without one; \
             {} can be compared with nothing but AWS",
            self.count(Outcome::Equal),
            self.compared(),
            self.count(Outcome::Explained),
            self.count(Outcome::Unexplained),
            self.cases.len() - self.compared(),
        )
    }

    /// For a terminal.
    pub(super) fn to_text(&self, detail: Detail) -> String {
        let mut text = self.headline();
        let rows = self.rows();
        // Writing to a `String` cannot fail.
        let _ = write!(text, "\n\n{:<18}{:>6}", "", "all");
        for column in Column::ALL {
            let _ = write!(text, "{:>12}", column.name());
        }
        for Row { kind, all, cells } in &rows {
            let _ = write!(text, "\n{kind:<18}{all:>6}");
            for cell in cells {
                let _ = write!(text, "{cell:>12}");
            }
        }
        let reasons = self.not_comparable();
        let reasons = reasons
            .iter()
            .map(|(reason, count)| format!("{count} {reason}"));
        let reasons = reasons.collect::<Vec<_>>().join(", ");
        let _ = write!(text, "\n\nnot comparable: {reasons}");
        for (reason, shown) in self.explained() {
            let _ = write!(text, "\n\n{:>4}  {}", shown.len(), reason.text());
            if detail == Detail::All {
                text.extend(shown);
            }
        }
        let unexplained: Vec<String> = self.shown(None).collect();
        let _ = write!(text, "\n\nunexplained differences: {}", unexplained.len());
        text.extend(unexplained);
        text
    }

    /// For the documentation.
    pub(super) fn to_markdown(&self) -> String {
        let columns = Column::ALL.map(Column::name).join(" | ");
        let rule = "--: | ".repeat(Column::ALL.len() + 1);
        let mut text = format!(
            "{}.\n\n| | all | {columns} |\n| --- | {} |\n",
            self.headline(),
            rule.trim_end_matches(" | ")
        );
        for Row { kind, all, cells } in self.rows() {
            let _ = writeln!(text, "| {kind} | {all} | {} |", cells.join(" | "));
        }
        let reasons = self.not_comparable();
        text += "\n| cases that are not compared | because of |\n| --: | --- |\n";
        for (reason, count) in reasons {
            let _ = writeln!(text, "| {count} | {reason} |");
        }
        let explained = self.explained();
        if !explained.is_empty() {
            text += "\n| differences | known reason |\n| --: | --- |\n";
            for (reason, shown) in explained {
                let _ = writeln!(text, "| {} | {} |", shown.len(), reason.text());
            }
        }
        text
    }

    fn rows(&self) -> Vec<Row> {
        let kinds = KINDS.into_iter().map(Some).chain([None]);
        let rows = kinds.map(|kind| {
            let of_kind = |case: &&Case| kind.is_none_or(|kind| case.kind == kind);
            let cases: Vec<&Case> = self.cases.iter().filter(of_kind).collect();
            let cell = |outcomes: Vec<Outcome>| {
                let good = |outcome: &&Outcome| **outcome < Outcome::Unexplained;
                match outcomes.len() {
                    0 => "–".to_owned(),
                    all => format!("{}/{all}", outcomes.iter().filter(good).count()),
                }
            };
            Row {
                kind: kind.unwrap_or("all"),
                all: cell(cases.iter().filter_map(|case| case.outcome()).collect()),
                cells: Column::ALL
                    .map(|column| {
                        let cases = cases.iter();
                        cell(cases.filter_map(|case| case.outcome_in(column)).collect())
                    })
                    .to_vec(),
            }
        });
        rows.collect()
    }

    fn count(&self, wanted: Outcome) -> usize {
        let outcomes = self.cases.iter().filter_map(Case::outcome);
        outcomes.filter(|outcome| *outcome == wanted).count()
    }

    fn compared(&self) -> usize {
        self.cases.iter().filter(|case| case.result.is_ok()).count()
    }

    fn not_comparable(&self) -> BTreeMap<&str, usize> {
        let mut reasons = BTreeMap::new();
        for case in &self.cases {
            if let Err(NotComparable(reason)) = &case.result {
                *reasons.entry(reason.as_str()).or_default() += 1;
            }
        }
        reasons
    }

    fn explained(&self) -> BTreeMap<Explanation, Vec<String>> {
        let findings = self.findings();
        let reasons = findings.filter_map(|(_, _, finding)| finding.explanation);
        let mut explained: BTreeMap<Explanation, Vec<String>> = BTreeMap::new();
        for reason in reasons {
            explained
                .entry(reason)
                .or_insert_with(|| self.shown(Some(reason)).collect());
        }
        explained
    }

    fn shown(&self, reason: Option<Explanation>) -> impl Iterator<Item = String> {
        let findings = self.findings();
        findings
            .filter(move |(_, _, finding)| finding.explanation == reason)
            .map(|(case, column, finding)| shown(&case.id, column, finding))
    }

    fn findings(&self) -> impl Iterator<Item = (&Case, Column, &Finding)> {
        let cases = self.cases.iter();
        let verdicts = cases.filter_map(|case| Some((case, case.result.as_ref().ok()?)));
        verdicts.flat_map(|(case, verdict)| {
            let columns = verdict.columns.iter();
            columns.flat_map(move |(column, findings)| {
                findings.iter().map(move |finding| (case, *column, finding))
            })
        })
    }
}

struct Row {
    kind: &'static str,
    /// Equal or explained, of those compared.
    all: String,
    cells: Vec<String>,
}

fn shown(case: &str, column: Column, finding: &Finding) -> String {
    let value = |value: &Option<Value>| match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "–".to_owned(),
    };
    format!(
        "\n  {case}: {}, {}\n      recorded  {}\n      ours      {}",
        column.name(),
        finding.at,
        value(&finding.recorded),
        value(&finding.ours),
    )
}
