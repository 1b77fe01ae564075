//! The templates that are compared: our snapshots, the cases of the policies, and every resource of both with one of its
//! properties changed.
//!
//! Equal input gives an equal corpus, with equal names.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use stratiform_template::Template;

use crate::command::root;
use crate::oracles;

/// A template.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) region: String,
    /// JSON.
    pub(super) text: String,
}

/// Where our stacks are.
const PROJECTS: [&str; 3] = ["", "examples/guestbook", "examples/website"];

/// The cases of the policies, a file each with resources.
const CASES: &str = "crates/validate/tests/policies/cases";

/// The region of what has none.
const REGION: &str = "eu-west-1";

/// What the cases of the policies refer to.
fn head() -> Value {
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {
            "Stage": {"Type": "String", "AllowedValues": ["dev", "prod"]},
            "Given": {"Type": "String", "Default": "true"},
            "Nobody": {"Type": "String", "Default": "NONE"},
            "Everything": {"Type": "String", "Default": "*"},
            "Actions": {"Type": "CommaDelimitedList", "Default": "s3:GetObject, *"},
            "Arns": {"Type": "CommaDelimitedList", "Default": "*"},
            "World": {"Type": "String", "Default": "0.0.0.0/0"},
            "Any": {"Type": "String"},
            "Name": {"Type": "String", "AllowedPattern": "[a-z0-9.-]+"},
        },
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    })
}

/// All templates.
///
/// # Errors
/// Something of the corpus cannot be read.
pub(super) fn cases() -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    let mut known = HashSet::new();
    for project in PROJECTS {
        for environment in oracles::snapshots(&root().join(project).join("snapshots"))? {
            for file in &environment.templates {
                let name = file.strip_prefix(root()).unwrap_or(file);
                let name = name.with_extension("").to_string_lossy().into_owned();
                let template = as_json(&name, &read(file)?)?;
                let region = environment.region.as_str();
                cases.push(case(&name, region, &template));
                cases.extend(changed(&name, region, &template, &mut known));
            }
        }
    }
    let folder = root().join(CASES);
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("cannot read `{CASES}`: {error}"))?;
    let mut files: Vec<_> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("cases/{name}");
        let indented: String = read(&file)?
            .lines()
            .map(|line| format!("  {line}\n"))
            .collect();
        let mut template = head();
        let resources = as_json(
            &name,
            &format!("{{}}\nResources:\n{indented}").replacen("{}\n", "", 1),
        )?;
        template["Resources"] = resources["Resources"].clone();
        cases.push(case(&name, REGION, &template));
        cases.extend(changed(&name, REGION, &template, &mut known));
    }
    Ok(cases)
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("cannot read `{}`: {error}", file.display()))
}

fn as_json(name: &str, text: &str) -> Result<Value, String> {
    // Conditions that are not there are checked elsewhere.
    let document = stratiform_template::parse_with_repeats(text)
        .map_err(|finding| format!("{name}: {}", finding.what))?;
    let template = Template::from_node(&document.node)
        .map_err(|findings| format!("{name}: {}", stratiform_finding::one_line(&findings)))?;
    serde_json::from_str(&template.to_json()).map_err(|error| format!("{name}: {error}"))
}

fn case(name: &str, region: &str, template: &Value) -> Case {
    Case {
        name: name.to_owned(),
        region: region.to_owned(),
        text: format!("{template:#}"),
    }
}

/// The template with copies of its resources in the place of them, each changed in one place. A change that some template
/// before it has shown for the same property is left out.
fn changed(
    name: &str,
    region: &str,
    template: &Value,
    known: &mut HashSet<String>,
) -> Option<Case> {
    let mut copies = Map::new();
    for (logical_id, resource) in template["Resources"].as_object().into_iter().flatten() {
        let resource_type = resource["Type"].as_str().unwrap_or_default();
        let properties = &resource["Properties"];
        for (place, change, properties) in changes(properties) {
            if !known.insert(format!("{resource_type} {place} {change}")) {
                continue;
            }
            let mut copy = resource.clone();
            copy["Properties"] = properties;
            copies.insert(format!("{logical_id}x{}", copies.len()), copy);
        }
    }
    // The originals stay, since copies refer to them.
    let mut template = template.clone();
    let resources = template["Resources"].as_object_mut()?;
    let has_any = !copies.is_empty();
    resources.extend(copies);
    has_any.then(|| case(&format!("{name}/changed"), region, &template))
}

/// Everything that is changed in some properties: where, what is done, and what comes of it.
fn changes(properties: &Value) -> Vec<(String, &'static str, Value)> {
    let mut changes = Vec::new();
    let mut places = Vec::new();
    places_in(properties, &mut Vec::new(), &mut places);
    for path in places {
        let Some(value) = at(properties, &path) else {
            continue;
        };
        let place: Vec<&str> = path
            .iter()
            .map(|step| match step.parse::<usize>() {
                Ok(_) => "*",
                Err(_) => step.as_str(),
            })
            .collect();
        let place = place.join(".");
        let mut without = properties.clone();
        if remove(&mut without, &path).is_some() {
            changes.push((place.clone(), "removed", without));
        }
        for (change, new) in instead(value) {
            let mut changed = properties.clone();
            if let Some(there) = at_mut(&mut changed, &path) {
                *there = new;
                changes.push((place.clone(), change, changed));
            }
        }
    }
    changes
}

/// What can stand in the place of a value.
fn instead(value: &Value) -> Vec<(&'static str, Value)> {
    match value {
        Value::Bool(given) => vec![
            ("turned", json!(!given)),
            ("parameter", json!({"Ref": "Any"})),
        ],
        Value::String(text) if text == "true" || text == "false" => {
            vec![("turned", json!((text == "false").to_string()))]
        }
        Value::String(text) if text == "*" => vec![("other", json!("other"))],
        Value::String(_) => vec![("star", json!("*")), ("everywhere", json!("0.0.0.0/0"))],
        Value::Number(_) => vec![("none", json!(0)), ("one", json!(1))],
        _ => Vec::new(),
    }
}

/// How deep properties are changed.
const DEEPEST: usize = 7;

/// The ways to all values, but for those in functions.
fn places_in(value: &Value, path: &mut Vec<String>, places: &mut Vec<Vec<String>>) {
    if !path.is_empty() {
        places.push(path.clone());
    }
    if path.len() == DEEPEST {
        return;
    }
    match value {
        Value::Object(entries) => {
            let is_function = |name: &String| name == "Ref" || name.starts_with("Fn::");
            if entries.keys().any(is_function) {
                return;
            }
            for (name, value) in entries {
                path.push(name.clone());
                places_in(value, path, places);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                path.push(index.to_string());
                places_in(value, path, places);
                path.pop();
            }
        }
        _ => {}
    }
}

fn at<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

fn at_mut<'v>(value: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, step| match value {
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        other => other.get_mut(step),
    })
}

fn remove(value: &mut Value, path: &[String]) -> Option<Value> {
    let (last, above) = path.split_last()?;
    match at_mut(value, above)? {
        Value::Array(items) => {
            let index: usize = last.parse().ok()?;
            (index < items.len()).then(|| items.remove(index))
        }
        Value::Object(entries) => entries.remove(last),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_is_changed_and_nothing_inside_of_functions() {
        let properties = json!({"A": {"B": true}, "C": [{"D": "*"}, {"Fn::Sub": "x"}]});
        let made: Vec<String> = changes(&properties)
            .into_iter()
            .map(|(place, change, value)| format!("{place} {change}: {value}"))
            .collect();
        let expected = [
            r#"A removed: {"C":[{"D":"*"},{"Fn::Sub":"x"}]}"#,
            r#"A.B removed: {"A":{},"C":[{"D":"*"},{"Fn::Sub":"x"}]}"#,
            r#"A.B turned: {"A":{"B":false},"C":[{"D":"*"},{"Fn::Sub":"x"}]}"#,
            r#"A.B parameter: {"A":{"B":{"Ref":"Any"}},"C":[{"D":"*"},{"Fn::Sub":"x"}]}"#,
            r#"C removed: {"A":{"B":true}}"#,
            r#"C.* removed: {"A":{"B":true},"C":[{"Fn::Sub":"x"}]}"#,
            r#"C.*.D removed: {"A":{"B":true},"C":[{},{"Fn::Sub":"x"}]}"#,
            r#"C.*.D other: {"A":{"B":true},"C":[{"D":"other"},{"Fn::Sub":"x"}]}"#,
            r#"C.* removed: {"A":{"B":true},"C":[{"D":"*"}]}"#,
        ];
        assert_eq!(made, expected);
    }
}
