//! Does a quota come near?

use stratiform_template::{Map, Member, Template, Value};

use super::{Certainty, Consequence, Kind, Severity};

/// From which share of a quota on it is worth saying, in percent.
const NEAR: usize = 80;

/// Quotation marks, colons and commas around a name or a text.
const PUNCTUATION: usize = 4;

/// How something in a template is counted.
type Count = fn(&Template) -> usize;

/// Quotas of a template: what is counted, the limit, and what happens beyond it.
///
/// Source: CloudFormation user guide, "Understand CloudFormation quotas".
const QUOTAS: [(&str, usize, Count); 4] = [
    ("resources", 500, |template| template.resources.len()),
    ("outputs", 200, |template| template.outputs.len()),
    ("parameters", 200, |template| template.parameters.len()),
    ("bytes of template", 1_000_000, size),
];

/// The size of what is sent, give or take quotation marks: names and texts of resources, mappings and metadata.
fn size(template: &Template) -> usize {
    let resources = template.resources.iter().map(|(id, member)| {
        let values: usize = match member {
            Member::One(resource) => {
                let metadata = resource.metadata.iter().map(value_size).sum::<usize>();
                entries_size(&resource.properties) + metadata + resource.resource_type.len()
            }
            Member::Unexpanded(body) => value_size(body),
        };
        id.len() + values + PUNCTUATION
    });
    resources.sum::<usize>() + entries_size(&template.mappings) + entries_size(&template.metadata)
}

fn entries_size(entries: &Map) -> usize {
    entries
        .iter()
        .map(|(key, value)| key.len() + value_size(value) + PUNCTUATION)
        .sum()
}

fn value_size(value: &Value) -> usize {
    let mut size = 0;
    value.walk(&mut |value| {
        size += match value {
            Value::Null | Value::Bool(_) => PUNCTUATION,
            Value::Number(number) => number.as_str().len(),
            Value::String(text) => text.len() + PUNCTUATION,
            Value::List(items) => items.len(),
            Value::Map(entries) => entries.keys().map(|key| key.len() + PUNCTUATION).sum(),
            Value::Function(function, _) => function.name().len() + PUNCTUATION,
        };
    });
    size
}

/// Says which quotas the change brings near. What was as near before is no news.
pub(super) fn find(before: &Template, after: &Template, found: &mut Vec<Consequence>) {
    for (what, limit, count) in QUOTAS {
        let new = count(after);
        if new * 100 < limit * NEAR {
            continue;
        }
        let old = count(before);
        if new <= old {
            continue;
        }
        let over = new > limit;
        found.push(Consequence {
            kind: Kind::Limit,
            severity: if over {
                Severity::Danger
            } else {
                Severity::Attention
            },
            certainty: if over {
                Certainty::Will
            } else {
                Certainty::May
            },
            logical_id: None,
            resource_type: None,
            what: if over {
                format!("has {new} {what}, and CloudFormation refuses more than {limit}")
            } else {
                format!("has {new} of at most {limit} {what}")
            },
            why: format!("a quota of CloudFormation; there were {old} before"),
            details: Vec::new(),
            help: Some("split the stack by what changes together".to_owned()),
            withheld: Vec::new(),
        });
    }
}
