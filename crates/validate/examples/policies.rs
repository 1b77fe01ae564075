//! Writes what people read of the policies: the table of `docs/policies.md`, their sections of `docs/findings.md`.
//!
//!     cargo run -p stratiform-validate --example policies

use std::fs;
use std::path::Path;

use stratiform_validate::policy::{ALL, sections, table};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let page = docs.join("policies.md");
    let text = fs::read_to_string(&page)?;
    let (head, rest) = text.split_once("| policy |").ok_or("no table")?;
    let tail = rest.split_once("|\n\n").map_or("", |(_, tail)| tail);
    let tail = match tail {
        "" => String::new(),
        tail => format!("\n{tail}"),
    };
    fs::write(&page, format!("{head}{}{tail}", table()))?;

    let page = docs.join("findings.md");
    let text = fs::read_to_string(&page)?;
    let is_policy = |section: &&str| {
        let name = section.lines().next().unwrap_or_default();
        ALL.iter().any(|policy| policy.code.as_str() == name)
    };
    // The sections of a page begin with a line of their own.
    let parts: Vec<&str> = text.split("\n## ").collect();
    let first = parts.iter().position(is_policy);
    let first = first.ok_or("findings.md has no section of any policy: add one by hand")?;
    let before: Vec<&str> = parts[..first].to_vec();
    let after: Vec<&str> = parts[first..]
        .iter()
        .filter(|part| !is_policy(part))
        .copied()
        .collect();
    let written = format!(
        "{}\n{}\n## {}",
        before.join("\n## "),
        sections(),
        after.join("\n## ")
    );
    fs::write(&page, written)?;
    Ok(())
}
