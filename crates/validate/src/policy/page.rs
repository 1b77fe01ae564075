//! What people read of the policies: made from themselves.

use stratiform_finding::Level;

use super::{ALL, Policy};

/// The table of `docs/policies.md`.
pub fn table() -> String {
    let mut table = "| policy | what has to be | by default | about | sources |\n".to_owned();
    table += "| --- | --- | --- | --- | --- |\n";
    for policy in ALL {
        let name = policy.code.as_str();
        let types: Vec<String> = policy.types().map(|name| format!("`{name}`")).collect();
        table += &format!(
            "| [`{name}`](findings.md#{name}) | {} | {} | {} | {} |\n",
            policy.rule,
            default(policy),
            types.join(", "),
            policy.sources.join(", "),
        );
    }
    table
}

/// The sections of `docs/findings.md`, one after the other.
pub fn sections() -> String {
    let sections = ALL.iter().map(|policy| {
        let mut reason = policy.reason.chars();
        let first = reason.next().map(|first| first.to_uppercase().to_string());
        format!(
            "## {}\n\nA [policy](policies.md), by default {}. {}. {}{}.\n{}\n",
            policy.code,
            default(policy),
            policy.rule,
            first.unwrap_or_default(),
            reason.as_str(),
            policy.remedy,
        )
    });
    sections.collect::<Vec<_>>().join("\n")
}

/// The level that a policy has where nothing is said.
fn default(policy: &Policy) -> &'static str {
    match policy.level {
        None => "off",
        Some(Level::Note) => "a note",
        Some(Level::Warning) => "a warning",
        Some(Level::Error) => "an error",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use stratiform_catalog::catalog;
    use stratiform_finding::Group;

    use super::*;

    #[test]
    fn policies_are_the_codes_of_their_group_in_the_order_of_their_names() {
        let codes: Vec<_> = ALL.iter().map(|policy| policy.code).collect();
        assert_eq!(codes, Group::Policies.codes());
        assert!(codes.is_sorted_by_key(|code| code.as_str()));
    }

    #[test]
    fn a_policy_says_what_it_is_about_and_why() {
        for policy in ALL {
            let name = policy.code;
            for text in [policy.rule, policy.reason] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{name}: {text}");
            }
            assert!(policy.remedy.ends_with('.'), "{name}: {}", policy.remedy);
            assert!(!policy.sources.is_empty(), "{name}");
            let types: Vec<_> = policy.types().collect();
            let unique: HashSet<_> = types.iter().collect();
            assert!(!types.is_empty() && unique.len() == types.len(), "{name}");
            assert!(types.is_sorted(), "{name}");
            for resource_type in types {
                let known = catalog().resource_type(resource_type);
                assert!(known.is_some(), "{name}: {resource_type}");
            }
        }
    }
}
