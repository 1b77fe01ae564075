//! How near templates are to what CloudFormation takes. What the account has room for is not asked yet.
//!
//! Source: CloudFormation user guide, "Understand CloudFormation quotas".

use serde_json::Value;

use super::tally::Tally;
use super::{Check, Facts, Id, StackFound, Unasked};

/// What one template may have.
const MOST: [(&str, usize); 4] = [
    ("Resources", 500),
    ("Parameters", 200),
    ("Outputs", 200),
    ("Mappings", 200),
];

/// Bytes of a template that is read from S3.
const MOST_BYTES: usize = 1_048_576;

/// From how many per cent on it is said.
const NEAR: usize = 80;

pub(super) fn quotas(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    for found in &facts.stacks {
        template(&mut tally, found);
    }
    tally.unasked(&Unasked::because(
        "what the account has room for is not asked yet",
        "",
    ));
    tally.check(Id::Quotas, "")
}

fn template(tally: &mut Tally, found: &StackFound) {
    let remedy = "split the stack before it is full";
    let is_near = |has: usize, most: usize| has * 100 >= most * NEAR;
    let key = &found.key;
    let bytes = found.planned.len();
    if is_near(bytes, MOST_BYTES) {
        let reason = format!("the template of `{key}` has {bytes} of {MOST_BYTES} bytes");
        tally.warn(reason, remedy);
    }
    let template: Value = serde_json::from_str(&found.planned).unwrap_or_default();
    for (section, most) in MOST {
        let members = template.get(section).and_then(Value::as_object);
        let has = members.map_or(0, serde_json::Map::len);
        if is_near(has, most) {
            let section = section.to_lowercase();
            tally.warn(format!("`{key}` has {has} of {most} {section}"), remedy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, fixture};
    use super::*;

    #[test]
    fn what_is_nearly_full_is_said_and_the_rest_is_not_asked() {
        let mut facts = fixture::facts();
        let check = quotas(&facts);
        assert_eq!(check.verdict, Verdict::Skipped);
        assert!(
            check.reason.ends_with("is not asked yet"),
            "{}",
            check.reason
        );
        let resources = |count: usize| {
            let ids = (0..count).map(|id| (format!("R{id}"), Value::Null));
            serde_json::json!({ "Resources": ids.collect::<serde_json::Map<_, _>>() }).to_string()
        };
        facts.stacks[0].planned = resources(399);
        assert_eq!(quotas(&facts).verdict, Verdict::Skipped);
        facts.stacks[0].planned = resources(400);
        let check = quotas(&facts);
        assert_eq!(check.verdict, Verdict::Warn);
        assert!(
            check
                .reason
                .starts_with("`network` has 400 of 500 resources"),
            "{}",
            check.reason
        );
        facts.stacks[0].planned = " ".repeat(900_000);
        assert_eq!(quotas(&facts).verdict, Verdict::Warn);
    }
}
