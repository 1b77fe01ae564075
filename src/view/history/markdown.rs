//! What was deployed, as Markdown.

use super::{
    Shown, approval, cause, gaps, heading, kind, outcome, rates, release, stacks, took, why,
};
use crate::view::deployment::words::one_line;
use crate::view::status::minute;

/// A table, the newest deployment first.
pub(crate) fn markdown(shown: &Shown<'_>) -> String {
    let rows = shown.history.deployments.iter().map(|deployment| {
        let notes = [
            approval(deployment),
            cause(deployment),
            why(&deployment.record),
        ];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        let cells = [
            format!("{} UTC", minute(deployment.began)),
            kind(deployment.kind).to_owned(),
            outcome(deployment.outcome).0.to_owned(),
            release(deployment),
            took(deployment),
            deployment.record.deployed_by.clone().unwrap_or_default(),
            stacks(deployment),
            notes.join("; "),
        ];
        format!("| {} |\n", cells.map(|cell| in_cell(&cell)).join(" | "))
    });
    let rows: String = rows.collect();
    let gaps = gaps(shown.history).into_iter();
    let gaps: String = gaps
        .map(|gap| format!("- not known: {}\n", escaped(&gap)))
        .collect();
    format!(
        "## {}\n\n{}\n\n| began | what | result | release | took | by | stacks | notes |\n|---|---|---|---|---|---|---|---|\n\
         {rows}\n{gaps}",
        escaped(&heading(shown)),
        rates(&shown.history.rates)
    )
}

/// Words of others, which may not be markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in one_line(text).chars() {
        if matches!(character, '<' | '>' | '*' | '_' | '[' | ']' | '\\' | '#') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

fn in_cell(text: &str) -> String {
    escaped(text).replace('|', "\\|")
}
