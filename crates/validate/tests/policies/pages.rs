//! What people read of the policies is what they are.

use stratiform_validate::policy::{sections, table};

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
