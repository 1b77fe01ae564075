//! The templates that are compared: our snapshots, what becomes of them, and the same with functions.
//!
//! Equal input gives an equal corpus, with equal names.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use stratiform_template::Template;

use super::FOLDER;
use crate::command::root;

/// Snapshots whose values are changed: one environment of each app.
const CHANGED: [&str; 3] = ["snapshots/prod/", "guestbook", "website"];

/// How many properties of each resource are changed in each way, one after the other; and how many values below them.
const PROPERTIES: usize = 4;
const VALUES: usize = 6;

/// How many parameters a template may have.
const PARAMETERS: usize = 150;

/// A template, and what it is.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) name: String,
    /// Whether it is as it was found.
    pub(super) is_found: bool,
    template: Value,
}

/// Our snapshots as they are, and with one change in each resource.
///
/// # Errors
/// They cannot be read.
pub(super) fn cases() -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for folder in [
        "snapshots",
        "examples/guestbook/snapshots",
        "examples/website/snapshots",
    ] {
        for environment in crate::oracles::snapshots(&root().join(folder))? {
            for path in &environment.templates {
                cases.push(found(path)?);
            }
        }
    }
    let mut changed = Vec::new();
    for case in &cases {
        let is_changed = CHANGED
            .iter()
            .any(|part| case.name.contains(&part.replace('/', "-")));
        if !is_changed {
            continue;
        }
        for (change, count) in [
            ("removed", PROPERTIES),
            ("emptied", PROPERTIES),
            ("turned", VALUES),
        ] {
            let made = (0..count).map(|position| Case {
                name: format!("{}-{change}-{position}", case.name),
                is_found: false,
                template: changed_at(&case.template, change, position),
            });
            let is_new = |made: &Case| made.template != case.template;
            changed.extend(made.filter(is_new));
        }
    }
    cases.extend(changed);
    Ok(cases)
}

fn found(path: &PathBuf) -> Result<Case, String> {
    let failed = |error: String| format!("cannot read `{}`: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let template =
        Template::parse(&text).map_err(|found| failed(stratiform_finding::one_line(&found)))?;
    let template =
        serde_json::from_str(&template.to_json()).map_err(|error| failed(error.to_string()))?;
    let name = path.strip_prefix(root()).unwrap_or(path).with_extension("");
    let name = name.to_string_lossy().replace(['/', '\\'], "-");
    Ok(Case {
        name,
        is_found: true,
        template,
    })
}

/// A template in which each resource has a property changed, or a value below one.
fn changed_at(template: &Value, change: &str, position: usize) -> Value {
    let mut template = template.clone();
    let resources = template["Resources"].as_object_mut().into_iter().flatten();
    for (_, resource) in resources {
        let Some(properties) = resource.get_mut("Properties") else {
            continue;
        };
        if change == "turned" {
            let mut left = position;
            turn(properties, &mut left);
            continue;
        }
        let Some(entries) = properties.as_object_mut() else {
            continue;
        };
        let Some(key) = entries.keys().nth(position).cloned() else {
            continue;
        };
        if change == "removed" {
            entries.remove(&key);
        } else if let Some(value) = entries.get_mut(&key) {
            *value = empty(value);
        }
    }
    template
}

fn empty(value: &Value) -> Value {
    match value {
        Value::Array(_) => json!([]),
        Value::Object(_) if is_function(value) => value.clone(),
        Value::Object(_) => json!({}),
        Value::String(_) => json!(""),
        Value::Null | Value::Bool(_) | Value::Number(_) => other(value),
    }
}

/// Another value than this one, of the same type.
fn other(value: &Value) -> Value {
    match value {
        Value::Bool(boolean) => json!(!boolean),
        Value::Number(_) => json!(1),
        _ => json!("another"),
    }
}

/// Puts another value in the place of one of the scalars.
fn turn(value: &mut Value, left: &mut usize) -> bool {
    if is_function(value) {
        return false;
    }
    match value {
        Value::Object(entries) => entries.iter_mut().any(|(_, value)| turn(value, left)),
        Value::Array(items) => items.iter_mut().any(|item| turn(item, left)),
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) | Value::String(_) if *left == 0 => {
            *value = other(value);
            true
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            *left -= 1;
            false
        }
    }
}

fn is_function(value: &Value) -> bool {
    let Value::Object(entries) = value else {
        return false;
    };
    let mut keys = entries.keys();
    entries.len() == 1 && keys.all(|key| key == "Ref" || key.starts_with("Fn::"))
}

/// What comes to the same: every scalar is a parameter's default, a branch of a condition that always holds, or a value of
/// a mapping.
pub(super) fn wrapped(case: &Case) -> Case {
    let mut template = case.template.clone();
    let mut wrapping = Wrapping::default();
    let resources = template["Resources"].as_object_mut().into_iter().flatten();
    for (_, resource) in resources {
        if let Some(properties) = resource.get_mut("Properties") {
            wrapping.wrap(properties);
        }
    }
    let sections = [
        ("Parameters", wrapping.parameters),
        ("Mappings", wrapping.mappings),
        ("Conditions", json!({"Always": {"Fn::Equals": ["a", "a"]}})),
    ];
    for (section, more) in sections {
        let Value::Object(more) = more else { continue };
        let known = template[section].take();
        let mut all = known.as_object().cloned().unwrap_or_default();
        all.extend(more);
        if !all.is_empty() {
            template[section] = Value::Object(all);
        }
    }
    // What was looked up there is no section.
    if let Some(sections) = template.as_object_mut() {
        sections.retain(|_, section| !section.is_null());
    }
    Case {
        name: case.name.clone(),
        is_found: case.is_found,
        template,
    }
}

struct Wrapping {
    count: usize,
    parameters: Value,
    mappings: Value,
}

impl Default for Wrapping {
    fn default() -> Self {
        Wrapping {
            count: 0,
            parameters: json!({}),
            mappings: json!({}),
        }
    }
}

impl Wrapping {
    fn wrap(&mut self, value: &mut Value) {
        if is_function(value) {
            return;
        }
        match value {
            Value::Object(entries) => entries.iter_mut().for_each(|(_, value)| self.wrap(value)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.wrap(item)),
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                let name = format!("Wrapped{}", self.count);
                let is_text = value.is_string();
                *value = match self.count % 3 {
                    // Only the catalog says that another type is wanted; documents have none.
                    0 if is_text && self.count / 3 < PARAMETERS => {
                        self.parameters[&name] = json!({"Type": "String", "Default": value});
                        json!({"Ref": name})
                    }
                    1 if is_text => {
                        self.mappings[&name] = json!({"Only": {"Value": value}});
                        json!({"Fn::FindInMap": [name, "Only", "Value"]})
                    }
                    _ => json!({"Fn::If": ["Always", value, {"Ref": "AWS::NoValue"}]}),
                };
                self.count += 1;
            }
        }
    }
}

/// Writes templates into a folder of their own, and gives that.
///
/// # Errors
/// They cannot be written.
pub(super) fn write(folder: &str, cases: &[Case]) -> Result<PathBuf, String> {
    let folder = root().join(FOLDER).join(folder);
    let failed = |error: std::io::Error| format!("cannot write to `{}`: {error}", folder.display());
    if folder.is_dir() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    for case in cases {
        let path = folder.join(format!("{}.json", case.name));
        fs::write(path, case.template.to_string()).map_err(failed)?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scalar_but_those_of_functions_is_wrapped_in_turn() {
        let template = json!({"Resources": {"A": {"Type": "T", "Properties": {
            "A": "a", "B": "b", "C": true, "D": {"Ref": "X"}, "E": ["e", 5],
        }}}});
        let case = Case {
            name: "a".to_owned(),
            is_found: true,
            template,
        };
        let wrapped = wrapped(&case).template;
        let always = |value: Value| json!({"Fn::If": ["Always", value, {"Ref": "AWS::NoValue"}]});
        assert_eq!(
            wrapped["Resources"]["A"]["Properties"],
            json!({
                "A": {"Ref": "Wrapped0"},
                "B": {"Fn::FindInMap": ["Wrapped1", "Only", "Value"]},
                "C": always(json!(true)),
                "D": {"Ref": "X"},
                "E": [{"Ref": "Wrapped3"}, always(json!(5))],
            })
        );
        assert_eq!(wrapped["Parameters"]["Wrapped0"]["Default"], "a");
        assert_eq!(wrapped["Mappings"]["Wrapped1"]["Only"]["Value"], "b");
    }

    #[test]
    fn one_value_of_each_resource_is_changed() {
        let template = json!({"Resources": {"A": {"Properties": {"A": "a", "B": {"C": true}}}}});
        let properties = |change, position| {
            changed_at(&template, change, position)["Resources"]["A"]["Properties"].clone()
        };
        assert_eq!(properties("removed", 0), json!({"B": {"C": true}}));
        assert_eq!(properties("emptied", 1), json!({"A": "a", "B": {}}));
        assert_eq!(
            properties("turned", 1),
            json!({"A": "a", "B": {"C": false}})
        );
        assert_eq!(
            properties("turned", 2),
            template["Resources"]["A"]["Properties"]
        );
    }
}
