//! Plain words of YAML that CloudFormation, which reads YAML 1.1, takes for numbers.
//!
//! Sources: its reply to an account ID as a key is in aws-cloudformation/cfn-lint issue 292, and the same for keys of
//! properties in awsdocs/aws-cloudformation-user-guide pull request 404. What becomes of digits after a zero was shown
//! on a parameter's default: `012345678901` arrives as `1.2345678901E10`, `011` as `9`.

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Fix, Level, Place, Span};

use crate::node::{Node, NodeKind, Scalar};
use crate::read::Step;

/// The sections whose keys and values are looked at: names of others are held against stricter rules, and nothing reads
/// numbers in metadata.
const SECTIONS: [&str; 4] = ["Parameters", "Mappings", "Resources", "Outputs"];

/// Keys that are refused, and values that arrive as others.
pub(crate) fn numbers(node: &Node) -> Vec<Finding> {
    let mut found = Vec::new();
    for section in SECTIONS {
        if let Some(inside) = node.get(section) {
            below(inside, &mut vec![Step::Key(section)], &mut found);
        }
    }
    found
}

fn below<'n>(node: &'n Node, path: &mut Vec<Step<'n>>, found: &mut Vec<Finding>) {
    match &node.kind {
        NodeKind::Map(entries) => {
            for entry in entries {
                if path.len() == 2 && entry.key == "Metadata" {
                    continue;
                }
                path.push(Step::Key(&entry.key));
                if is_plain(&entry.key, entry.key_span) && is_digits(&entry.key) {
                    found.push(key(&entry.key, entry.key_span, path));
                }
                below(&entry.value, path, found);
                path.pop();
            }
        }
        NodeKind::List(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Step::Index(index));
                below(item, path, found);
                path.pop();
            }
        }
        NodeKind::Scalar(Scalar::String(text)) => {
            let starts_with_zero = text.len() > 1 && text.starts_with('0');
            if starts_with_zero && is_plain(text, node.span) && is_digits(text) {
                found.push(value(text, node.span, path));
            }
        }
        NodeKind::Scalar(_) => {}
    }
}

fn steps(path: &[Step<'_>]) -> Vec<String> {
    path.iter().map(Step::to_string).collect()
}

/// What is in quotes, or has a tag, is longer than its text.
fn is_plain(text: &str, span: Span) -> bool {
    span.end - span.start == text.len()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn key(key: &str, span: Span, path: &[Step<'_>]) -> Finding {
    let path = steps(path);
    let above = path.split_last().map_or(&[][..], |(_, above)| above);
    let place = above.join("/");
    let shown = shortened(key);
    Finding {
        path,
        ..Finding::new(
            Code::NumberAsKey,
            format!("the key `{shown}` is a number"),
            format!("put it in quotes: `\"{shown}\":`"),
        )
    }
    .because("keys are texts, and CloudFormation takes digits without quotes for a number")
    .recorded(format!(
        "Template format error: [/{place}] map keys must be strings; received numeric [{shown}] instead"
    ))
    .at(Place::given(span, ""))
    .fixed_by(Fix::QuoteKey)
}

fn value(text: &str, span: Span, path: &[Step<'_>]) -> Finding {
    let shown = shortened(text);
    Finding {
        path: steps(path),
        level: Level::Warning,
        ..Finding::new(
            Code::LeadingZero,
            format!("`{shown}` is a number that begins with a zero"),
            format!("put it in quotes: `\"{shown}\"`"),
        )
    }
    .because("CloudFormation reads YAML 1.1, and what arrives is another number")
    .at(Place::given(span, ""))
    .fixed_by(Fix::Quote)
}

#[cfg(test)]
mod tests {
    use super::numbers;
    use crate::parse::parse;

    #[track_caller]
    fn found(text: &str) -> Vec<String> {
        let found = numbers(&parse(text).unwrap());
        let found = found.iter();
        found
            .map(|finding| format!("{} {}", finding.code, finding.path.join("/")))
            .collect()
    }

    #[test]
    fn digits_without_quotes_are_found_where_they_arrive_as_something_else() {
        assert_eq!(
            found(
                "Mappings:\n  M:\n    123456789012: {A: 012}\n    '210987654321': {A: '012', B: 12, C: 0}\n"
            ),
            [
                "number-as-key Mappings/M/123456789012",
                "leading-zero Mappings/M/123456789012/A"
            ]
        );
        assert_eq!(
            found(
                "Parameters: {P: {Type: String, Default: 012345678901, AllowedValues: [010, \"011\"]}}"
            ),
            [
                "leading-zero Parameters/P/Default",
                "leading-zero Parameters/P/AllowedValues/0"
            ]
        );
        assert_eq!(
            found(r#"{"Mappings": {"M": {"123": {"A": "012"}}}}"#),
            [""; 0]
        );
        assert_eq!(
            found("Resources: {A: {Type: T, Metadata: {1: 01}, Properties: {Monday: {1: on}}}}"),
            ["number-as-key Resources/A/Properties/Monday/1"]
        );
        assert_eq!(
            found("Resources: {A: {Version: 2012-10-17, Time: 01:30, Mode: 0o7}}"),
            [""; 0]
        );
    }
}
