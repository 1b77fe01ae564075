//! Conditions of statements, and which of them let more through.

use stratiform_resolve::{Entries, Resolved};

use super::pattern::{Case, Cover, Pattern};

/// Keys that say who may come, so that a statement for everybody is not for everybody.
///
/// Source: S3 user guide, "Blocking public access", "The meaning of public"; IAM user guide, "Global condition keys".
const LIMITING: [&str; 17] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpcsourceip",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
];

/// What has to be so for a statement to count: all of these.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Condition(Vec<Test>);

/// One line of a condition.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Test {
    operator: String,
    /// The same in any case.
    key: String,
    /// In order, without duplicates.
    values: Vec<Pattern>,
}

impl Condition {
    pub(super) fn new(value: Option<&Resolved<'_>>) -> Self {
        let mut tests = Vec::new();
        for (operator, keys) in value.into_iter().flat_map(Resolved::entries) {
            for (key, values) in keys.entries() {
                tests.push(Test::new(operator, key, values));
            }
            if !matches!(keys, Resolved::Map(_)) {
                tests.push(Test::new(operator, "", keys));
            }
        }
        if let Some(unknown @ (Resolved::Literal(_) | Resolved::Text(_) | Resolved::List(_))) =
            value
        {
            tests.push(Test::new("", "", unknown));
        }
        tests.sort_by(|one, two| (&one.operator, &one.key).cmp(&(&two.operator, &two.key)));
        Condition(tests)
    }

    /// Whether this lets everything through that the other lets through.
    pub(super) fn covers(&self, other: &Condition) -> Cover {
        if self.is_weaker(other) {
            Cover::Yes
        } else if other.is_weaker(self) {
            Cover::No
        } else {
            Cover::Perhaps
        }
    }

    fn is_weaker(&self, other: &Condition) -> bool {
        let mut tests = self.0.iter();
        tests.all(|test| other.0.iter().any(|other| test.is_weaker(other)))
    }

    /// Whether it says who may come.
    pub(super) fn limits_who(&self) -> bool {
        self.0.iter().any(|test| {
            LIMITING.contains(&test.key.to_ascii_lowercase().as_str())
                && !test.is_negative()
                && !test.operator.ends_with("IfExists")
                && !test
                    .values
                    .iter()
                    .any(|value| value.is_any() || matches!(value.shown(), "0.0.0.0/0" | "::/0"))
        })
    }

    /// ` if StringEquals aws:SourceAccount 111122223333`, or nothing.
    pub(super) fn shown(&self) -> String {
        let tests: Vec<String> = self.0.iter().map(Test::shown).collect();
        if tests.is_empty() {
            return String::new();
        }
        format!(" if {}", tests.join(" and "))
    }
}

impl Test {
    fn new(operator: &str, key: &str, values: &Resolved<'_>) -> Self {
        let mut values: Vec<Pattern> = values
            .items()
            .iter()
            .map(|value| Pattern::new(value, Case::Matters))
            .collect();
        values.sort_by(|one, two| one.shown().cmp(two.shown()));
        values.dedup();
        Test {
            operator: operator.to_owned(),
            key: key.to_owned(),
            values,
        }
    }

    fn is_negative(&self) -> bool {
        self.operator.contains("Not") || self.operator == "Null"
    }

    /// Several values are alternatives; for a negative operator, each of them is excluded.
    ///
    /// Source: IAM user guide, "Conditions with multiple context keys or values".
    fn is_weaker(&self, other: &Test) -> bool {
        if self.operator != other.operator || !self.key.eq_ignore_ascii_case(&other.key) {
            return false;
        }
        let within = |values: &[Pattern], all: &[Pattern]| {
            let found = |value: &Pattern| all.iter().any(|one| self.includes(one, value));
            values.iter().all(found)
        };
        match self.operator.contains(':') && self.is_negative() {
            true => self.values == other.values,
            false if self.is_negative() => within(&self.values, &other.values),
            false => within(&other.values, &self.values),
        }
    }

    fn includes(&self, one: &Pattern, value: &Pattern) -> bool {
        let wildcards = ["StringLike", "StringNotLike", "Arn"];
        match wildcards
            .iter()
            .any(|operator| self.operator.contains(operator))
        {
            true => one.covers(value) == Cover::Yes,
            false => one == value,
        }
    }

    fn shown(&self) -> String {
        let values: Vec<&str> = self.values.iter().map(Pattern::shown).collect();
        let parts = [self.operator.as_str(), &self.key, &values.join(", ")];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    }
}

/// Adds a test to a condition that is being written.
pub(super) fn add(
    tests: &mut Entries<'static>,
    operator: &str,
    key: &str,
    value: Resolved<'static>,
) {
    if !tests.contains_key(operator) {
        tests.insert(operator.to_owned(), Resolved::default());
    }
    if let Some(Resolved::Map(keys)) = tests.get_mut(operator) {
        keys.insert(key.to_owned(), value);
    }
}
