//! What is told by a colour, and by a sign and a word for those who do not see it.

use std::borrow::Cow;

use serde::Serialize;
use stratiform_diff::{Severity, StackChange};

use crate::view::review::graph::Fate;

/// A sign and a word in a colour.
#[derive(Clone, Serialize)]
pub(super) struct Mark {
    /// The colour's class in `review.css`.
    pub class: &'static str,
    pub sign: &'static str,
    pub word: Cow<'static, str>,
}

fn mark(class: &'static str, sign: &'static str, word: impl Into<Cow<'static, str>>) -> Mark {
    Mark {
        class,
        sign,
        word: word.into(),
    }
}

impl From<Severity> for Mark {
    fn from(severity: Severity) -> Mark {
        let (class, sign) = match severity {
            Severity::Safe => ("solid green", "✓"),
            Severity::Note => ("solid blue", "i"),
            Severity::Attention => ("solid amber", "◆"),
            Severity::Warning => ("solid orange", "▲"),
            Severity::Danger => ("solid red", "✖"),
        };
        mark(class, sign, severity.as_str())
    }
}

impl From<Fate> for Mark {
    fn from(fate: Fate) -> Mark {
        match fate {
            Fate::Unchanged => mark("grey", "=", "unchanged"),
            Fate::Changes => mark("blue", "~", "changes"),
            Fate::New => mark("green", "+", "new"),
            Fate::MayReplace => mark("amber", "-/+", "may replace"),
            Fate::WillReplace => mark("orange", "-/+", "will replace"),
            Fate::Removed => mark("red", "-", "removed"),
        }
    }
}

/// Fates in the order in which they are shown.
const SHOWN: [Fate; 6] = [
    Fate::New,
    Fate::Changes,
    Fate::MayReplace,
    Fate::WillReplace,
    Fate::Removed,
    Fate::Unchanged,
];

/// Every fate, for the legend.
pub(super) fn fates() -> Vec<Mark> {
    SHOWN.map(Mark::from).to_vec()
}

/// What happens to a stack: how many of its resources are new, change, are replaced and go.
pub(super) fn stack(change: StackChange, fates: impl Iterator<Item = Fate>) -> Vec<Mark> {
    let itself = match change {
        StackChange::Unchanged => Some(mark("grey", "=", "unchanged")),
        StackChange::Updated => None,
        StackChange::Created => Some(mark("green", "+", "new stack")),
        StackChange::Removed => Some(mark("red", "-", "removed stack")),
    };
    itself.into_iter().chain(counts(fates)).collect()
}

/// How many resources are new, change, are replaced and go.
pub(super) fn counts(fates: impl Iterator<Item = Fate>) -> Vec<Mark> {
    let fates: Vec<Fate> = fates.collect();
    let count = |fate: &Fate| fates.iter().filter(|other| *other == fate).count();
    let known = |fate: &Fate| {
        let word = match fate {
            Fate::Unchanged => return None,
            Fate::Changes => "changed",
            Fate::New => "new",
            Fate::MayReplace => "may be replaced",
            Fate::WillReplace => "replaced",
            Fate::Removed => "removed",
        };
        let Mark { class, sign, .. } = Mark::from(*fate);
        Some(mark(class, sign, format!("{} {word}", count(fate))))
    };
    let there = SHOWN.iter().filter(|fate| fates.contains(fate));
    there.filter_map(known).collect()
}
