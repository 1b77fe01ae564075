//! `env show`: every effective value of an environment, and where it comes from.

use serde_json::json;
use stratiform_environment::{Effective, Origin};
use stratiform_finding::words::beginning;

use crate::args::{Global, ShowFormat};
use crate::definition::Definition;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::secrets::shown_at;
use crate::view::Answer;
use crate::view::sorted::sorted;

/// The values, for people or programs.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    environment: &str,
    format: ShowFormat,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let loaded = project.load_one(define, environment)?;
    let values = loaded.values().map(|value| Effective {
        value: shown_at(&value.path, &value.value),
        ..value
    });
    let values: Vec<Effective> = values.collect();
    Ok(Answer::of(match format {
        ShowFormat::Text => text(&values),
        ShowFormat::Json => json(&values),
    }))
}

/// The longest value that is shown whole.
const LONGEST: usize = 60;

fn text(values: &[Effective]) -> String {
    let rows: Vec<(String, String, String)> = values
        .iter()
        .map(|value| {
            let shown = match &value.value {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            // One very long value must not push every origin out of sight; JSON has all of it.
            let shown = beginning(&shown, LONGEST);
            (value.path.to_string(), shown, origin(&value.origin))
        })
        .collect();
    let paths = rows
        .iter()
        .map(|row| row.0.chars().count())
        .max()
        .unwrap_or_default();
    let values = rows
        .iter()
        .map(|row| row.1.chars().count())
        .max()
        .unwrap_or_default();
    let lines = rows
        .iter()
        .map(|(path, value, origin)| format!("{path:paths$}  {value:values$}  {origin}\n"));
    lines.collect()
}

fn json(values: &[Effective]) -> String {
    let entries = values
        .iter()
        .map(|value| json!({"path": value.path.to_string(), "value": value.value, "origin": origin(&value.origin)}));
    format!(
        "{:#}\n",
        sorted(serde_json::Value::Array(entries.collect()))
    )
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::File { name, line } => format!("{name}:{line}"),
        Origin::BuiltIn => "built in".to_owned(),
    }
}
