//! Does a quota come near?

use stratiform_template::Template;

use super::{Certainty, Consequence, Kind, Severity};

/// From which share of a quota on it is worth saying, in percent.
const NEAR: usize = 80;

/// Quotas of a template: what is counted, the limit, and what happens beyond it.
///
/// Source: CloudFormation user guide, "Understand CloudFormation quotas".
const QUOTAS: [(&str, usize, fn(&Template) -> usize); 4] = [
    ("resources", 500, |template| template.resources.len()),
    ("outputs", 200, |template| template.outputs.len()),
    ("parameters", 200, |template| template.parameters.len()),
    ("bytes of template", 1_000_000, |template| {
        template.to_json().len()
    }),
];

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
        });
    }
}
