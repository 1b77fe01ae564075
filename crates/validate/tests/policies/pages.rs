//! What people read of the policies is what they are.

use std::collections::BTreeMap;

use stratiform_validate::policy::{ALL, sections, table};

const AGAIN: &str = "make it again: cargo run -p stratiform-validate --example policies";

#[test]
fn the_table_of_the_docs_is_that_of_the_policies() {
    let page = include_str!("../../../../docs/policies.md");
    assert!(page.contains(&format!("\n{}", table())), "{AGAIN}");
}

#[test]
fn the_sections_of_the_findings_are_those_of_the_policies() {
    let page = include_str!("../../../../docs/findings.md");
    assert!(page.contains(&format!("\n{}", sections())), "{AGAIN}");
}

/// What policies say of checkov is what the table of `cargo xtask conformance policies` says.
#[test]
fn checks_of_checkov_are_sources_of_the_policies_that_stand_for_them() {
    let table = include_str!("../../data/checkov.tsv");
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let rows: BTreeMap<&str, Vec<&str>> = rows
        .filter_map(|line| {
            let mut fields = line.split('\t');
            Some((fields.next()?, fields.next()?.split(' ').collect()))
        })
        .collect();
    let mut wrong = Vec::new();
    for policy in ALL {
        let name = policy.code.as_str();
        for source in policy.sources {
            if rows.get(source).is_some_and(|by| !by.contains(&name)) {
                wrong.push(format!(
                    "{name} has the source {source}, and does not stand for it"
                ));
            }
        }
    }
    for (check, by) in rows.iter().filter(|(_, by)| **by != ["-"]) {
        let stands = ALL
            .iter()
            .any(|policy| by.contains(&policy.code.as_str()) && policy.sources.contains(check));
        if !stands {
            wrong.push(format!("{check} is no source of any of {by:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
