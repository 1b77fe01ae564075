//! Attributes: what `Fn::GetAtt` can ask a resource for.
//!
//! The catalog stores their names, because they are not simply the read-only properties: some types
//! give all their properties, some give a few beside the read-only ones, and some give whatever
//! somebody else decides. Which type is which, the importer finds in the source.

use crate::schema::Schema;

/// Stands for names that nobody can list.
const ANY: &str = "*";

/// Something that `Fn::GetAtt` accepts.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-getatt.html>
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attribute {
    /// The name, its steps joined by dots: `Endpoint.Address`. In the name of an open attribute, the
    /// step `*` is any text without dots, or at the end any text at all: `Outputs.*`.
    pub name: &'static str,
    /// The schema of the value; `None` if the type's schema has no such place, which is so for no
    /// attribute of the embedded catalog. Where the value is an object, ask for its members.
    pub schema: Option<Schema>,
}

impl Attribute {
    /// Tells whether this stands for attributes whose names only the resource knows: the outputs
    /// of a nested stack, what a custom resource returns, the members of the items of a list.
    pub fn is_open(self) -> bool {
        is_open(self.name)
    }

    /// Tells whether this is the attribute of that name, or stands for it.
    pub fn covers(self, name: &str) -> bool {
        covers(self.name, name)
    }
}

pub(crate) fn is_open(name: &str) -> bool {
    name.split('.').any(|step| step == ANY)
}

pub(crate) fn covers(pattern: &str, name: &str) -> bool {
    if pattern == ANY {
        return !name.is_empty();
    }
    let (pattern_step, pattern_rest) = split(pattern);
    let (step, rest) = split(name);
    let fits = step == pattern_step || pattern_step == ANY && !step.is_empty();
    fits && match (pattern_rest, rest) {
        (Some(pattern), Some(name)) => covers(pattern, name),
        (pattern, name) => pattern == name,
    }
}

/// Takes the first step of a name.
pub(crate) fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once('.') {
        Some((step, rest)) => (step, Some(rest)),
        None => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_name_covers_what_fits() {
        let check = |pattern, covered: &[&str], others: &[&str]| {
            for name in covered {
                assert!(covers(pattern, name), "{pattern} and {name}");
            }
            for name in others {
                assert!(!covers(pattern, name), "{pattern} and {name}");
            }
        };
        check("Arn", &["Arn"], &["", "Arn.", "ARN", "Arn.Id", "*"]);
        check(
            "Endpoint.Port",
            &["Endpoint.Port"],
            &["Endpoint", "EndpointXPort"],
        );
        check("*", &["Anything", "With.Dots"], &[""]);
        check(
            "Outputs.*",
            &["Outputs.Url", "Outputs.A.B"],
            &["Outputs", "Outputs.", "Url"],
        );
        check(
            "Nodes.*.Id",
            &["Nodes.0.Id"],
            &["Nodes.Id", "Nodes..Id", "Nodes.0", "Nodes.0.Id.X"],
        );
    }
}
