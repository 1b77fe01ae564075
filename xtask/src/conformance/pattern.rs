//! Recorded texts are patterns: tokens stand for what was cut out of them.

use std::iter;

/// What CloudFormation itself writes for a value that exists only after the change. It is no token.
const KNOWN_AFTER_APPLY: &str = stratiform_resolve::KNOWN_AFTER_APPLY;

/// Texts that are tokens as a whole.
const WHOLE: [&str; 5] = [
    "datetime",
    "timestamp",
    "logical-resource-id",
    "physical-resource-id",
    "resource-status-reason",
];

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Character(char),
    Anything,
}

/// Whether our text is one that a recorded text stands for.
pub(super) fn matches(recorded: &str, ours: &str) -> bool {
    WHOLE.contains(&recorded)
        || same_unknowns(recorded, ours)
            && agree(
                &parts(recorded, "<", ">"),
                &ours.chars().map(Part::Character).collect::<Vec<_>>(),
            )
}

/// Whether our text would be one that a recorded text stands for, if its `${…}` had values. Gives what is in there;
/// nothing where no values make the texts agree.
pub(super) fn unknowns<'t>(recorded: &str, ours: &'t str) -> Vec<&'t str> {
    let agrees =
        same_unknowns(recorded, ours) && agree(&parts(recorded, "<", ">"), &parts(ours, "${", "}"));
    if !agrees {
        return Vec::new();
    }
    let names = ours.split("${").skip(1);
    names
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .collect()
}

/// A token stands for a value, and what is known after the change has none.
fn same_unknowns(recorded: &str, ours: &str) -> bool {
    recorded.matches(KNOWN_AFTER_APPLY).count() == ours.matches(KNOWN_AFTER_APPLY).count()
}

fn parts(text: &str, open: &str, close: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, token)) = rest.split_once(open) {
        let Some((_, after)) = token.split_once(close) else {
            break;
        };
        parts.extend(before.chars().map(Part::Character));
        parts.push(Part::Anything);
        rest = after;
    }
    parts.extend(rest.chars().map(Part::Character));
    parts
}

/// Whether there is a text that both patterns stand for.
fn agree(one: &[Part], two: &[Part]) -> bool {
    // `row[n]`: whether what has been read of `one` agrees with the first `n` parts of `two`.
    let leading = two
        .iter()
        .take_while(|part| **part == Part::Anything)
        .count();
    let mut row: Vec<bool> = (0..=two.len()).map(|length| length <= leading).collect();
    for part in one {
        let above = row;
        let anything = *part == Part::Anything;
        row = iter::once(anything && above[0]).collect();
        for (index, other) in two.iter().enumerate() {
            let agrees = if anything || *other == Part::Anything {
                above[index] || above[index + 1] || row[index]
            } else {
                above[index] && part == other
            };
            row.push(agrees);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{matches, unknowns};

    #[test]
    fn tokens_stand_for_anything() {
        assert!(matches("topic-1", "topic-1"));
        assert!(!matches("topic-1", "topic-11"));
        assert!(matches(
            "arn:<partition>:sns:<region>:1:a",
            "arn:aws:sns:us-east-1:1:a"
        ));
        assert!(!matches(
            "arn:<partition>:sns:<region>:1:a",
            "arn:aws:sns:us-east-1:1:b"
        ));
        assert!(matches("<name:1>", "anything"));
        assert!(matches("a<name:1>", "a"));
        assert!(matches("datetime", "2025-05-19"));
        assert!(matches("a < b", "a < b"));
    }

    #[test]
    fn what_has_no_value_yet_is_no_token() {
        assert!(matches(
            "{{changeSet:KNOWN_AFTER_APPLY}}",
            "{{changeSet:KNOWN_AFTER_APPLY}}"
        ));
        assert!(!matches("<name:1>", "{{changeSet:KNOWN_AFTER_APPLY}}"));
        assert!(unknowns("{{changeSet:KNOWN_AFTER_APPLY}}", "${Topic}").is_empty());
    }

    #[test]
    fn what_only_the_service_knows_is_found() {
        assert_eq!(unknowns("arn:<partition>:sns:x-y", "${Topic}-y"), ["Topic"]);
        assert_eq!(
            unknowns("<name:1>-a-b", "${Topic.Name}-a-${Other}"),
            ["Topic.Name", "Other"]
        );
        assert!(unknowns("x-z", "${Topic}-y").is_empty());
        assert!(unknowns("x", "x").is_empty());
    }
}
