//! The templates that are compared: found ones, and what becomes of them.
//!
//! What lives here: where they come from, and which changes are made to which of their properties. Equal input gives an
//! equal corpus, with equal names. What does not: what can be done to a value (`spoil`) or to a template (`scramble`).

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stratiform_catalog::{Schema, catalog};
use stratiform_template::{Document, Template, parse_with_repeats};

use super::case::{Case, number_of};
use super::spoil::{self, Change, SOMETIMES, is_function};
use super::{generated, host, scramble};
use crate::command::root;

/// The region of templates that name none.
pub(super) const REGION: &str = "us-east-1";

/// How many functions are put in the place of one value.
const FUNCTIONS: u64 = 2;

/// How many of ten changes are kept, so that all can be asked about in minutes.
const KEPT: u64 = 6;

/// All templates: as they were found, and with one change each.
///
/// # Errors
/// Something of the corpus cannot be read.
pub(super) fn cases() -> Result<Vec<Case>, String> {
    let mut found = Vec::new();
    for folder in [
        "snapshots",
        "examples/guestbook/snapshots",
        "examples/website/snapshots",
    ] {
        found.extend(snapshots(&root().join(folder))?);
    }
    match crate::bench::cdk_templates() {
        Ok(folder) => found.extend(synthesized(&folder)?),
        Err(error) => eprintln!("without the templates of the CDK: {error}"),
    }
    let mut cases = found.clone();
    let mut known = HashSet::new();
    for case in &found {
        spoilt(case, &mut known, &mut cases)?;
    }
    for seed in read_folder(&root().join("xtask/src/conformance/validate/seeds"))? {
        cases.extend(scramble::scrambled(&seed)?);
        cases.push(seed);
    }
    cases.extend(generated::cases());
    let mut texts = HashSet::new();
    cases.retain(|case| texts.insert((case.region.clone(), case.text.clone())));
    Ok(cases)
}

/// The templates below a folder, by name.
///
/// # Errors
/// The folder cannot be read; what is no text is left out.
pub(super) fn read_folder(folder: &Path) -> Result<Vec<Case>, String> {
    let mut files = Vec::new();
    files_in(folder, &mut files)?;
    files.sort();
    let read = |path: &PathBuf| {
        let name = path
            .strip_prefix(folder)
            .ok()?
            .to_string_lossy()
            .into_owned();
        Some(Case::found(name, REGION, fs::read_to_string(path).ok()?))
    };
    Ok(files.iter().filter_map(read).collect())
}

fn files_in(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |error| format!("cannot read `{}`: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            files_in(&path, files)?;
        } else if ["yaml", "yml", "json", "template"].iter().any(|wanted| {
            path.extension()
                .is_some_and(|extension| extension == *wanted)
        }) {
            files.push(path);
        }
    }
    Ok(())
}

/// The stacks of every environment of a folder of snapshots, each for its own region.
fn snapshots(folder: &Path) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for environment in crate::oracles::snapshots(folder)? {
        for template in &environment.templates {
            let text = fs::read_to_string(template)
                .map_err(|error| format!("cannot read `{}`: {error}", template.display()))?;
            let name = template.strip_prefix(root()).unwrap_or(template);
            let name = name.with_extension("").to_string_lossy().into_owned();
            cases.push(Case::found(name, &environment.region, text));
        }
    }
    Ok(cases)
}

/// The templates of a cloud assembly of the CDK.
fn synthesized(folder: &Path) -> Result<Vec<Case>, String> {
    let mut cases = read_folder(folder)?;
    cases.retain(|case| case.name.ends_with(".template.json"));
    for case in &mut cases {
        let name = case.name.trim_end_matches(".template.json");
        case.name = format!("cdk/{name}");
    }
    Ok(cases)
}

/// A template as JSON.
pub(super) fn as_json(text: &str) -> Result<Value, String> {
    let told = |findings: Vec<stratiform_finding::Finding>| stratiform_finding::one_line(&findings);
    let Document { node, .. } = parse_with_repeats(text).map_err(|finding| told(vec![*finding]))?;
    let template = Template::from_node(&node).map_err(told)?;
    to_json(&template)
}

fn to_json(template: &Template) -> Result<Value, String> {
    serde_json::from_str(&template.to_json()).map_err(|error| error.to_string())
}

/// Every resource of a template by itself, with each of its values changed in every way that no case before it has
/// shown for the same property.
fn spoilt(case: &Case, known: &mut HashSet<String>, cases: &mut Vec<Case>) -> Result<(), String> {
    let failed = |error: String| format!("{}: {error}", case.name);
    let told = |findings: Vec<stratiform_finding::Finding>| stratiform_finding::one_line(&findings);
    let template = Template::parse(&case.text).map_err(told).map_err(failed)?;
    for (logical_id, resource) in template.each_resource() {
        let Some(host) = host::host(&template, logical_id) else {
            continue;
        };
        let host = to_json(&host).map_err(failed)?;
        let name = format!("{}/{logical_id}", case.name);
        if known.insert(format!("{} as it is", resource.resource_type)) {
            cases.push(Case::found(&name, &case.region, format!("{host:#}")));
        }
        let mut spoiler = Spoiler {
            origin: name,
            region: &case.region,
            resource_type: &resource.resource_type,
            logical_id,
            host: &host,
            known,
            cases,
        };
        let schema = catalog()
            .resource_type(&resource.resource_type)
            .map(|known| known.schema());
        let properties = &host["Resources"][logical_id]["Properties"];
        spoiler.inside(properties, schema, &mut Vec::new());
    }
    Ok(())
}

/// A small template, and what is done to one resource of it.
pub(super) struct Spoiler<'s> {
    pub(super) origin: String,
    pub(super) region: &'s str,
    pub(super) resource_type: &'s str,
    pub(super) logical_id: &'s str,
    pub(super) host: &'s Value,
    /// Type, path and change of every case so far.
    pub(super) known: &'s mut HashSet<String>,
    pub(super) cases: &'s mut Vec<Case>,
}

impl Spoiler<'_> {
    /// Changes everything in a value.
    fn inside(&mut self, value: &Value, schema: Option<Schema>, path: &mut Vec<String>) {
        if is_function(value) {
            return;
        }
        let schema = schema.map(Schema::resolve);
        match value {
            Value::Object(entries) => {
                for (name, value) in entries {
                    path.push(name.clone());
                    self.each(value, schema.and_then(|schema| member(schema, name)), path);
                    path.pop();
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(index.to_string());
                    self.each(item, schema.and_then(Schema::items), path);
                    path.pop();
                }
            }
            _ => {}
        }
    }

    /// Changes a value, and everything in it.
    pub(super) fn each(&mut self, value: &Value, schema: Option<Schema>, path: &mut Vec<String>) {
        self.value(value, schema, path);
        self.inside(value, schema, path);
    }

    /// Changes a value.
    fn value(&mut self, value: &Value, schema: Option<Schema>, path: &[String]) {
        for (name, change) in spoil::changes(value, schema) {
            self.put(path, name, &change);
        }
        if is_function(value) {
            return;
        }
        let functions = spoil::functions(value);
        let place = self.place(path);
        let count = functions.len() as u64;
        for turn in 0..FUNCTIONS {
            let index = number_of(&place).wrapping_add(turn * 13) % count;
            if let Some((name, function)) =
                usize::try_from(index).ok().and_then(|i| functions.get(i))
            {
                self.put(path, name, &Change::Instead(function.clone()));
            }
        }
    }

    /// One case, where it is the first of its kind.
    fn put(&mut self, path: &[String], name: &str, change: &Change) {
        let place = self.place(path);
        let key = format!("{place} {name}");
        if number_of(&key) % 10 >= KEPT || !self.known.insert(key) {
            return;
        }
        let mut template = self.host.clone();
        let properties = &mut template["Resources"][self.logical_id]["Properties"];
        if apply(properties, path, change).is_none() {
            return;
        }
        if template.to_string().contains(SOMETIMES) {
            with_condition(&mut template);
        }
        let origin = format!("{}/{}", self.origin, path.join("."));
        self.cases
            .push(Case::changed(&origin, name, self.region, &template));
    }

    /// Type and path, with every position of a list the same.
    fn place(&self, path: &[String]) -> String {
        let steps = path.iter().map(
            |step| match step.bytes().all(|byte| byte.is_ascii_digit()) {
                true => "*",
                false => step,
            },
        );
        format!(
            "{} {}",
            self.resource_type,
            steps.collect::<Vec<_>>().join(".")
        )
    }
}

/// The schema of a member, where an object's schema says it outright.
pub(super) fn member(schema: Schema, name: &str) -> Option<Schema> {
    schema
        .property(name)
        .or_else(|| schema.pattern_properties().next().map(|(_, schema)| schema))
        .or_else(|| schema.additional_properties())
}

/// Makes a change at a path below a value; `None` where there is no such place.
pub(super) fn apply(value: &mut Value, path: &[String], change: &Change) -> Option<()> {
    let (last, above) = path.split_last()?;
    let mut parent = value;
    for step in above {
        parent = match parent {
            Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?)?,
            other => other.get_mut(step)?,
        };
    }
    match (parent, change) {
        (Value::Object(entries), Change::Removed) => {
            entries.remove(last)?;
        }
        (Value::Object(entries), Change::Renamed) => {
            let value = entries.remove(last)?;
            entries.insert(format!("{last}x"), value);
        }
        (Value::Object(entries), Change::Instead(new)) => {
            *entries.get_mut(last)? = new.clone();
        }
        (Value::Array(items), change) => {
            let index: usize = last.parse().ok()?;
            match change {
                Change::Removed => {
                    (index < items.len()).then(|| items.remove(index))?;
                }
                Change::Renamed => return None,
                Change::Instead(new) => *items.get_mut(index)? = new.clone(),
            }
        }
        _ => return None,
    }
    Some(())
}

/// Adds a condition that nobody knows the answer of.
fn with_condition(template: &mut Value) {
    template["Parameters"]["Stage"] = json!({"Type": "String", "Default": "dev"});
    template["Conditions"][SOMETIMES] = json!({"Fn::Equals": [{"Ref": "Stage"}, "prod"]});
}
