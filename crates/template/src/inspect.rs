//! All that is wrong with a text as a template, each thing once.
//!
//! What lives here: [`inspect`], which goes on where something cannot be held. What does not: the rules themselves
//! (`read`, `check`).

use std::collections::BTreeSet;

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Fix, Place};

use crate::check::check;
use crate::node::{Entry, Node};
use crate::parse::scalar::boolean;
use crate::plain::numbers;
use crate::template::Template;

/// Reads what can be held of a template, and tells everything that is wrong with its form; but nothing that is only so
/// since a part could not be held.
///
/// ```
/// use stratiform_template::{inspect, parse};
///
/// let text = "Conditions:\n  C: {Fn::Of: [a]}\nResources:\n  A: {Type: AWS::SNS::Topic, Condition: D}\n";
/// let (template, findings) = inspect(&parse(text).unwrap());
/// assert_eq!(template.resources.len(), 1);
/// let codes: Vec<&str> = findings.iter().map(|finding| finding.code.as_str()).collect();
/// assert_eq!(codes, ["unknown-function", "unresolved-condition"]);
/// ```
pub fn inspect(node: &Node) -> (Template, Vec<Finding>) {
    let (template, mut findings) = Template::read(node);
    findings.extend(boolean_names(node));
    let numbers = numbers(node);
    let broken: BTreeSet<Vec<String>> = findings.iter().map(|found| found.path.clone()).collect();
    let follows = |found: &Finding| {
        let above = |path: &Vec<String>| found.path.starts_with(path);
        let below = |path: &Vec<String>| path.starts_with(&found.path);
        broken.iter().any(|path| above(path) || below(path))
    };
    findings.extend(check(&template).into_iter().filter(|found| !follows(found)));
    findings.extend(numbers);
    (template, findings)
}

/// Names that YAML 1.1, which CloudFormation reads, takes for `true` or `false`: nothing finds them again.
fn boolean_names(node: &Node) -> Vec<Finding> {
    const SECTIONS: [&str; 6] = [
        "Parameters",
        "Rules",
        "Mappings",
        "Conditions",
        "Resources",
        "Outputs",
    ];
    let named = |section: &'static str| {
        let entries = node.get(section).map_or(&[][..], Node::entries);
        entries.iter().map(move |entry| (section, entry))
    };
    let boolean = |(section, entry): (&str, &Entry)| {
        let read = boolean(&entry.key)?;
        let text = &entry.key;
        // A key in quotes is longer than its text.
        let is_plain = entry.key_span.end - entry.key_span.start == text.len();
        let is_itself = *text == read.to_string();
        (is_plain && !is_itself).then(|| Finding {
            path: vec![section.to_owned(), text.clone()],
            ..Finding::new(
                Code::InvalidName,
                format!("the name `{}` is `{read}`", shortened(text)),
                format!("put it in quotes (`\"{text}\":`), or use another name"),
            )
            .because("CloudFormation reads YAML 1.1, in which that word is a boolean")
            .at(Place::given(entry.key_span, ""))
            .fixed_by(Fix::QuoteKey)
        })
    };
    SECTIONS
        .into_iter()
        .flat_map(named)
        .filter_map(boolean)
        .collect()
}
