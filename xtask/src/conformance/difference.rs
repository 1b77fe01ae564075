//! Where two answers differ, and why they may.

use serde_json::Value;
use stratiform_changes::ChangeSetView;

use super::case::{Case, Stack};

/// A difference between the two answers.
#[derive(Clone)]
pub(super) struct Difference {
    /// Where in the field, for those that have parts.
    pub at: String,
    /// The property that it is about, where it is about one.
    pub property: Option<String>,
    pub recorded: Option<Value>,
    pub ours: Option<Value>,
    /// The reason, where it is known.
    pub explanation: Option<Explanation>,
}

/// A change set in the two answers.
pub(super) struct Pair<'c> {
    pub case: &'c Case,
    pub view: ChangeSetView,
    pub before: Option<&'c Stack>,
    pub after: Option<&'c Stack>,
}

/// Why may the two answers differ?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Explanation {
    /// What a transform makes of a template is known to the service alone.
    Transform,
    /// A value comes from outside of the template.
    Outside,
    /// `Ref` or an attribute of a resource that exists: the service knows its value.
    CurrentValue,
    /// The service used to say `Replacement` of what it adds.
    ReplacementOfAdded,
    /// The service used to know less of what it says today.
    Before2023,
}

impl Explanation {
    pub(super) fn text(self) -> &'static str {
        match self {
            Explanation::Transform => {
                "a transform makes another template of it, which only the service knows"
            }
            Explanation::Outside => {
                "the property has a value from outside of the template, which only the service can look up"
            }
            Explanation::CurrentValue => {
                "the service knows the current value of a Ref or an attribute; offline, only the template is known"
            }
            Explanation::ReplacementOfAdded => {
                "until 2025-05-19 the view with values said `Replacement: True` of what is added; since then, nothing"
            }
            Explanation::Before2023 => {
                "the service of 2022 gave no `PolicyAction` and did not tell which parameter causes a change"
            }
        }
    }
}
