//! What to write so that the code says what is there. Nothing is written here.

use std::fmt::Write as _;

use serde_json::Value;
use stratiform_deploy::drift::Coverage;
use stratiform_diff::Severity;

use super::text::{property, value};
use super::{Difference, Key, Shown, sentence};

/// A block per resource: file, line, property, value.
pub(crate) fn adoption(shown: &Shown<'_>) -> String {
    let mut text = String::new();
    for judged in shown.stacks {
        for (covered, _) in judged.stack.drifted() {
            let id = covered.logical_id.as_str();
            let severity = judged.severity(id);
            let warned = match severity {
                Severity::Danger | Severity::Warning => format!("  ({severity})"),
                _ => String::new(),
            };
            let _ = writeln!(
                text,
                "{}/{id}  {}{warned}",
                judged.stack.key, covered.resource_type
            );
            for consequence in judged.consequences(id).filter(|_| !warned.is_empty()) {
                let _ = writeln!(text, "  would stay: {}", consequence.what);
            }
            let place = judged.declared.get(id);
            let place = place.map(|place| format!("{}:{}", place.file(), place.line()));
            let place = place.unwrap_or_else(|| "it is not declared any more".to_owned());
            if covered.coverage == Coverage::Deleted {
                let _ = writeln!(text, "  {place}  take the resource away: it is gone");
            }
            for difference in judged.of(id) {
                let _ = writeln!(text, "  {}", of(difference, shown.environment, &place));
            }
            text += "\n";
        }
    }
    if text.is_empty() {
        return format!("{}\n", sentence(shown));
    }
    text + "Nothing was written. After that: `synth`, a review as for any change, and `deploy`, which changes nothing of what is \
            there already.\n"
}

fn of(difference: &Difference, environment: &str, place: &str) -> String {
    let path = property(&difference.path);
    if let Some(key) = difference.keys.first()
        && let Some(adopted) = &key.adopted
    {
        return in_file(key, adopted, environment);
    }
    let derived = difference.keys.first().map(|key| {
        format!(
            " (it follows from {}, of which no value gives that)",
            super::text::origin(key)
        )
    });
    let derived = derived.unwrap_or_default();
    match (&difference.expected, &difference.actual) {
        (None, actual) => format!("{place}  {path}: add {}", value(actual.as_ref())),
        (Some(_), None) => format!("{place}  {path}: take it away{derived}"),
        (Some(expected), Some(actual)) => format!(
            "{place}  {path}: {} → {}{derived}",
            value(Some(expected)),
            value(Some(actual))
        ),
    }
}

/// What to write in the environment's own file: another layer may be that of all environments.
fn in_file(key: &Key, adopted: &Value, environment: &str) -> String {
    let (path, old, new) = (&key.path, value(Some(&key.value)), value(Some(adopted)));
    match &key.at {
        Some((file, line)) if file.ends_with(&format!("/{environment}.yaml")) => {
            format!("{file}:{line}  {path}: {old} → {new}")
        }
        Some((file, line)) => format!(
            "environments/{environment}.yaml  {path}: {new}  ({file}:{line} says {old}, to all environments)"
        ),
        None => format!("environments/{environment}.yaml  {path}: {new}  ({old} is built in)"),
    }
}
