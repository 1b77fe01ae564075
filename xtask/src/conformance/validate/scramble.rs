//! What can be done to any part of a template, whatever it means: for sections, attributes and functions.

use serde_json::{Value, json};

use super::case::{Case, number_of};
use super::corpus::{apply, as_json};
use super::spoil::{Change, NOBODY};

/// How many of the changes of a part are made.
const CHANGES: usize = 2;

/// A seed with every part of it changed, one at a time.
///
/// # Errors
/// The seed is no template.
pub(super) fn scrambled(seed: &Case) -> Result<Vec<Case>, String> {
    let whole = as_json(&seed.text).map_err(|error| format!("{}: {error}", seed.name))?;
    let origin = format!("seeds/{}", seed.name.split('.').next().unwrap_or_default());
    let mut paths = Vec::new();
    every_path(&whole, &mut Vec::new(), &mut paths);
    let mut cases = Vec::new();
    for path in &paths {
        let origin = format!("{origin}/{}", path.join("."));
        let mut changes = changes(at(&whole, path));
        changes.sort_by_key(|(name, _)| number_of(&format!("{origin} {name}")));
        for (name, change) in changes.into_iter().take(CHANGES) {
            let mut template = whole.clone();
            if apply(&mut template, path, &change).is_some() {
                cases.push(Case::changed(&origin, name, &seed.region, &template));
            }
        }
    }
    Ok(cases)
}

fn changes(value: &Value) -> Vec<(&'static str, Change)> {
    let put = |name, value| (name, Change::Instead(value));
    let mut found = vec![
        ("removed", Change::Removed),
        ("renamed", Change::Renamed),
        put("null", Value::Null),
        put("ref-region", json!({"Ref": "AWS::Region"})),
    ];
    match value {
        Value::Object(entries) => {
            let mut more = entries.clone();
            more.insert("NoSuchKey".to_owned(), json!("x"));
            found.extend([
                put("unknown-inside", Value::Object(more)),
                put("empty-map", json!({})),
                put("text-for-map", json!("text")),
                put("list-for-map", json!([value])),
            ]);
        }
        Value::Array(items) => {
            let more = [items.as_slice(), &[json!("more")]].concat();
            let fewer: Vec<Value> = items.iter().skip(1).cloned().collect();
            found.extend([
                put("one-more", Value::Array(more)),
                put("first-gone", Value::Array(fewer)),
                put("empty-list", json!([])),
                put("text-for-list", json!("text")),
                put("map-for-list", json!({"No": "list"})),
            ]);
        }
        Value::String(_) => found.extend([
            put("nobody", json!(NOBODY)),
            put("number-for-text", json!(7)),
            put("empty-text", json!("")),
            put("map-for-text", json!({"No": "text"})),
            put("list-for-text", json!([value])),
        ]),
        Value::Number(_) | Value::Bool(_) | Value::Null => found.extend([
            put("text-for-scalar", json!("text")),
            put("map-for-scalar", json!({"No": "scalar"})),
            put("list-for-scalar", json!([value])),
        ]),
    }
    found
}

fn at<'v>(value: &'v Value, path: &[String]) -> &'v Value {
    path.iter().fold(value, |value, step| match value {
        Value::Array(items) => step
            .parse::<usize>()
            .ok()
            .and_then(|index| items.get(index))
            .unwrap_or(&Value::Null),
        other => &other[step.as_str()],
    })
}

fn every_path(value: &Value, path: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    let mut down = |step: String, value: &Value| {
        path.push(step);
        paths.push(path.clone());
        every_path(value, path, paths);
        path.pop();
    };
    match value {
        Value::Object(entries) => entries
            .iter()
            .for_each(|(key, value)| down(key.clone(), value)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| down(index.to_string(), item)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Case, scrambled};

    #[test]
    fn every_part_is_changed_and_always_the_same() {
        let seed = Case::found(
            "seed.yaml",
            "us-east-1",
            "Resources: {A: {Type: AWS::SNS::Topic}}",
        );
        let names = || {
            let cases = scrambled(&seed).unwrap().into_iter();
            cases.map(|case| case.name).collect::<Vec<_>>()
        };
        let first = names();
        assert_eq!(first, names());
        for part in ["Resources/", "Resources.A/", "Resources.A.Type/"] {
            let begins = format!("seeds/seed/{part}");
            assert!(
                first.iter().any(|name| name.starts_with(&begins)),
                "{first:?}"
            );
        }
    }
}
