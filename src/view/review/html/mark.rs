//! What is told by a colour, and by a sign and a word for those who do not see it.

use std::borrow::Cow;

use serde::Serialize;
use stratiform_diff::{Severity, StackChange};

use crate::view::review::graph::Impact;

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

impl From<Impact> for Mark {
    fn from(fate: Impact) -> Mark {
        match fate {
            Impact::Unchanged => mark("grey", "=", "unchanged"),
            Impact::Changes => mark("blue", "~", "changes"),
            Impact::New => mark("green", "+", "new"),
            Impact::MayReplace => mark("amber", "-/+", "may replace"),
            Impact::WillReplace => mark("orange", "-/+", "will replace"),
            Impact::Removed => mark("red", "-", "removed"),
        }
    }
}

/// Fates in the order in which they are shown.
const SHOWN: [Impact; 6] = [
    Impact::New,
    Impact::Changes,
    Impact::MayReplace,
    Impact::WillReplace,
    Impact::Removed,
    Impact::Unchanged,
];

/// Every fate, for the legend.
pub(super) fn fates() -> Vec<Mark> {
    SHOWN.map(Mark::from).to_vec()
}

/// What happens to a stack: how many of its resources are new, change, are replaced and go.
pub(super) fn stack(change: StackChange, fates: impl Iterator<Item = Impact>) -> Vec<Mark> {
    let itself = match change {
        StackChange::Unchanged => Some(mark("grey", "=", "unchanged")),
        StackChange::Updated => None,
        StackChange::Created => Some(mark("green", "+", "new stack")),
        StackChange::Removed => Some(mark("red", "-", "removed stack")),
    };
    itself.into_iter().chain(counts(fates)).collect()
}

/// How many resources are new, change, are replaced and go.
pub(super) fn counts(fates: impl Iterator<Item = Impact>) -> Vec<Mark> {
    let fates: Vec<Impact> = fates.collect();
    let count = |fate: &Impact| fates.iter().filter(|other| *other == fate).count();
    let known = |fate: &Impact| {
        let word = match fate {
            Impact::Unchanged => return None,
            Impact::Changes => "changed",
            Impact::New => "new",
            Impact::MayReplace => "may be replaced",
            Impact::WillReplace => "replaced",
            Impact::Removed => "removed",
        };
        let Mark { class, sign, .. } = Mark::from(*fate);
        Some(mark(class, sign, format!("{} {word}", count(fate))))
    };
    let there = SHOWN.iter().filter(|fate| fates.contains(fate));
    there.filter_map(known).collect()
}
