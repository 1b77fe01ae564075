//! What comes out: counts by field and view, and the differences.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use stratiform_changes::ChangeSetView;

use super::case::Case;
use super::compare::Comparison;
use super::difference::{Difference, Explanation};
use super::field::Field;

/// Which differences are shown one by one?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    Unexplained,
    All,
}

/// The comparisons of all cases.
#[derive(Default)]
pub(super) struct Report {
    cases: Vec<(String, Vec<Comparison>)>,
}

/// What a comparison came to. Worst last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Equal,
    Explained,
    Unexplained,
}

impl Outcome {
    fn of(comparison: &Comparison) -> Outcome {
        let each = comparison.differences.iter();
        let each = each.map(|difference| match difference.explanation {
            Some(_) => Outcome::Explained,
            None => Outcome::Unexplained,
        });
        each.max().unwrap_or(Outcome::Equal)
    }
}

impl Report {
    pub(super) fn add(&mut self, case: &Case, comparisons: Vec<Comparison>) {
        self.cases.push((case.id.clone(), comparisons));
    }

    /// Whether nothing differs without a reason that must not.
    pub(super) fn conforms(&self) -> bool {
        self.cases
            .iter()
            .all(|(_, case)| outcome(case) < Outcome::Unexplained)
    }

    pub(super) fn to_text(&self, detail: Detail) -> String {
        let mut text = self.headline();
        // Writing to a `String` cannot fail.
        for (view, name) in [
            (ChangeSetView::WithoutValues, "without values"),
            (ChangeSetView::WithValues, "with values"),
        ] {
            let _ = write!(
                text,
                "\n\n{name:<16}compared   equal   explained   unexplained"
            );
            for field in Field::ALL {
                let outcomes = self
                    .comparisons()
                    .filter(|(_, one)| one.view == view && one.field == field);
                let outcomes: Vec<Outcome> = outcomes.map(|(_, one)| Outcome::of(one)).collect();
                let count = |wanted| {
                    outcomes
                        .iter()
                        .filter(|outcome| **outcome == wanted)
                        .count()
                };
                if !outcomes.is_empty() {
                    let _ = write!(
                        text,
                        "\n  {:<14}{:>8}{:>8}{:>12}{:>14}",
                        field.name(),
                        outcomes.len(),
                        count(Outcome::Equal),
                        count(Outcome::Explained),
                        count(Outcome::Unexplained),
                    );
                }
            }
        }
        let mut reasons: BTreeMap<Explanation, Vec<String>> = BTreeMap::new();
        let mut unexplained = Vec::new();
        for (case, comparison) in self.comparisons() {
            for difference in &comparison.differences {
                let shown = shown(case, comparison, difference);
                match difference.explanation {
                    Some(reason) => reasons.entry(reason).or_default().push(shown),
                    None => unexplained.push(shown),
                }
            }
        }
        text += "\n\nexplained differences";
        for (reason, differences) in reasons {
            let _ = write!(text, "\n  {:>4}  {}", differences.len(), reason.text());
            if detail == Detail::All {
                text.extend(differences);
            }
        }
        let _ = write!(
            text,
            "\n\nunexplained differences\n  {:>4}",
            unexplained.len()
        );
        text.extend(unexplained);
        text
    }

    fn headline(&self) -> String {
        let count = |wanted| {
            let cases = self.cases.iter();
            cases.filter(|(_, case)| outcome(case) == wanted).count()
        };
        format!(
            "{} of {} cases with a change set are equal in action, replacement and property paths; \
             {} differ for a known reason, {} without one",
            count(Outcome::Equal),
            self.cases.len(),
            count(Outcome::Explained),
            count(Outcome::Unexplained),
        )
    }

    fn comparisons(&self) -> impl Iterator<Item = (&str, &Comparison)> {
        let cases = self.cases.iter();
        cases.flat_map(|(id, case)| case.iter().map(|comparison| (id.as_str(), comparison)))
    }
}

/// What a case came to in the fields that must agree.
fn outcome(case: &[Comparison]) -> Outcome {
    let fields = case
        .iter()
        .filter(|comparison| comparison.field.must_agree());
    fields.map(Outcome::of).max().unwrap_or(Outcome::Equal)
}

fn shown(case: &str, comparison: &Comparison, difference: &Difference) -> String {
    let value = |value: &Option<Value>| match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "–".to_owned(),
    };
    let view = match comparison.view {
        ChangeSetView::WithValues => "with values",
        ChangeSetView::WithoutValues => "without values",
    };
    format!(
        "\n        {case} ({view}): {} {} {}\n            recorded  {}\n            ours      {}",
        comparison.resource,
        comparison.field.name(),
        difference.at,
        value(&difference.recorded),
        value(&difference.ours),
    )
}
