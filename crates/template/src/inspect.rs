//! All that is wrong with a text as a template, each thing once.
//!
//! What lives here: [`inspect`], which goes on where something cannot be held. What does not: the rules themselves
//! (`read`, `check`).

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Fix, Place};

use crate::check::check;
use crate::node::{Entry, Node};
use crate::parse::scalar::boolean;
use crate::plain::numbers;
use crate::template::Template;

/// A template as far as it can be held, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// What can be held. Where something cannot, there is `null`, or nothing.
    pub template: Template,
    /// What cannot be held.
    pub unreadable: Vec<Finding>,
    /// What CloudFormation would refuse besides, as [`check`] tells it.
    pub wrong: Vec<Finding>,
}

impl Inspected {
    /// Whether a finding is about a part that cannot be held, or about what that is in: it may follow from that alone.
    pub fn follows(&self, finding: &Finding) -> bool {
        let is_about = |found: &Finding| {
            finding.path.starts_with(&found.path) || found.path.starts_with(&finding.path)
        };
        self.unreadable.iter().any(is_about)
    }

    /// All of it, as it stands.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.unreadable.iter().chain(&self.wrong)
    }
}

/// Reads what can be held of a template, and tells everything that is wrong with its form; but nothing that is only so
/// since a part could not be held.
///
/// ```
/// use stratiform_template::{inspect, parse};
///
/// let text = "Conditions:\n  C: {Fn::Of: [a]}\nResources:\n  A: {Type: AWS::SNS::Topic, Condition: D}\n";
/// let inspected = inspect(&parse(text).unwrap());
/// assert_eq!(inspected.template.resources.len(), 1);
/// let codes: Vec<&str> = inspected.findings().map(|finding| finding.code.as_str()).collect();
/// assert_eq!(codes, ["unknown-function", "unresolved-condition"]);
/// ```
pub fn inspect(node: &Node) -> Inspected {
    let (template, mut unreadable) = Template::read(node);
    unreadable.extend(boolean_names(node));
    let wrong = check(&template);
    let mut inspected = Inspected {
        template,
        unreadable,
        wrong: Vec::new(),
    };
    let own = wrong.into_iter();
    let own = own.filter(|finding| !inspected.follows(finding));
    inspected.wrong = own.chain(numbers(node)).collect();
    inspected
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
