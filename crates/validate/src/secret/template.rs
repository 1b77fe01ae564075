//! The way through a template's values, to the secrets that are written out in them.

use std::borrow::Cow;

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Map, Member, Path, Step, Template, Text, Value};

use super::name::under_name;
use super::text::in_text;
use super::{Kind, finding};
use crate::rule::password::NAMES;

/// A secret in a template. It has what is hidden, and so neither `Debug` nor `Display`.
pub(crate) struct Written<'t> {
    /// Its kind; none of what another rule tells: it is hidden all the same.
    pub(super) kind: Option<Kind>,
    pub(super) path: Vec<String>,
    pub(super) text: Cow<'t, str>,
}

/// So many of one text are told.
const TOLD: usize = 3;

/// All secrets that are written out in a template, in the order of its sections.
pub(crate) fn written(template: &Template) -> Vec<Written<'_>> {
    let mut walk = Walk { found: Vec::new() };
    walk.section("Metadata", &template.metadata);
    let parameters = top("Parameters");
    for (name, parameter) in &template.parameters {
        // What is read from Systems Manager is the name of it.
        if let Some(default) = parameter
            .default
            .as_ref()
            .filter(|_| !parameter.is_looked_up())
        {
            walk.value(default, name, &parameters.key(name).key("Default"));
        }
    }
    walk.section("Mappings", &template.mappings);
    let resources = top("Resources");
    for (name, member) in &template.resources {
        let path = resources.key(name);
        match member {
            Member::One(resource) => {
                walk.entries(&resource.properties, &path.key("Properties"));
                if let Some(metadata) = &resource.metadata {
                    walk.value(metadata, "", &path.key("Metadata"));
                }
            }
            Member::Unexpanded(value) => walk.value(value, "", &path),
        }
    }
    let outputs = top("Outputs");
    for (name, member) in &template.outputs {
        let path = outputs.key(name);
        match member {
            Member::One(output) => walk.value(&output.value, name, &path.key("Value")),
            Member::Unexpanded(value) => walk.value(value, "", &path),
        }
    }
    for (name, value) in &template.unknown {
        walk.value(value, "", &top(name));
    }
    walk.found
}

/// Tells what is written out, and shows it nowhere: what else is said of a template that has secrets is told without
/// them.
pub(crate) fn told(written: &[Written<'_>], findings: &mut Vec<Finding>) {
    if written.is_empty() {
        return;
    }
    hide(written, findings);
    let is_error = |finding: &Finding| finding.level == Level::Error;
    let mut more = Vec::new();
    for secret in written {
        let Some(kind) = secret.kind else {
            continue;
        };
        let told = Finding {
            path: secret.path.clone(),
            ..finding(kind, secret.text.chars().count())
        };
        // One thing is told once: by its form, or else by the property that it is.
        let same =
            |finding: &Finding| finding.code == Code::PlainPassword && finding.path == secret.path;
        match findings.iter().any(same) {
            true if !is_error(&told) => {}
            true => {
                findings.retain(|finding| !same(finding));
                more.push(told);
            }
            false => more.push(told),
        }
    }
    findings.append(&mut more);
}

/// Takes secrets out of the words of findings.
pub(crate) fn hide(written: &[Written<'_>], findings: &mut [Finding]) {
    /// What is shorter may stand in a sentence by chance, where it is said of something else.
    const LONG: usize = 12;
    /// What is shorter may be part of a word anywhere, and is one only where it is quoted.
    const SHORT: usize = 8;
    for finding in findings {
        for secret in written {
            let is_about = finding.path.starts_with(&secret.path)
                || secret.path.starts_with(&finding.path) && !finding.path.is_empty();
            if !is_about && secret.text.len() < LONG {
                continue;
            }
            let short = shortened(&secret.text);
            let quoted = format!("`{short}`");
            let parts = match secret.text.len() < SHORT {
                true => vec![quoted.as_str()],
                false => vec![&*secret.text, short.as_str(), short.trim_end_matches('…')],
            };
            for text in [
                &mut finding.what,
                &mut finding.why,
                &mut finding.when,
                &mut finding.help,
            ] {
                for part in &parts {
                    if text.contains(part) {
                        *text = text.replace(part, "***");
                    }
                }
            }
        }
    }
}

fn top(section: &str) -> Path<'_> {
    Path {
        up: None,
        step: Step::Key(section),
    }
}

struct Walk<'t> {
    found: Vec<Written<'t>>,
}

impl<'t> Walk<'t> {
    fn section(&mut self, name: &str, entries: &'t Map) {
        if !entries.is_empty() {
            self.entries(entries, &top(name));
        }
    }

    /// Each entry of a map, under its key; or, of a name and its value in two entries, under that name.
    fn entries(&mut self, entries: &'t Map, path: &Path<'_>) {
        let pair = pair(entries);
        for (key, value) in entries {
            let name = match pair {
                Some((value, name)) if value == key => name,
                Some(_) | None => key,
            };
            self.value(value, name, &path.key(key));
        }
    }

    fn value(&mut self, value: &'t Value, name: &str, path: &Path<'_>) {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => self.text(text, name, path),
            Value::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    self.value(item, name, &path.below(Step::Index(position)));
                }
            }
            Value::Map(entries) => self.entries(entries, path),
            Value::Function(function, argument) => {
                self.function(*function, argument, name, &path.key(function.name()));
            }
        }
    }

    fn function(&mut self, function: Function, argument: &'t Value, name: &str, path: &Path<'_>) {
        match (function, argument) {
            (function, _) if function.is_reference() => {}
            (Function::If, Value::List(items)) => {
                for (position, item) in items.iter().enumerate().skip(1) {
                    self.value(item, name, &path.below(Step::Index(position)));
                }
            }
            // What it puts in is no part of a secret: `$` is in none of them.
            (Function::Sub, Value::List(items)) => {
                for (position, item) in items.iter().enumerate() {
                    self.value(item, name, &path.below(Step::Index(position)));
                }
            }
            (Function::Join, Value::List(items)) => {
                if let [Value::String(between), Value::List(parts)] = items.as_slice() {
                    self.joined(between, parts, name, &path.below(Step::Index(1)));
                } else {
                    self.value(argument, "", path);
                }
            }
            _ => self.value(argument, name, path),
        }
    }

    /// What is put together: each part by itself, or, where none tells it, all that is known together.
    fn joined(&mut self, between: &str, parts: &'t [Value], name: &str, path: &Path<'_>) {
        let before = self.found.len();
        let mut whole = String::new();
        let mut starts = Vec::new();
        for (position, part) in parts.iter().enumerate() {
            self.value(part, "", &path.below(Step::Index(position)));
            if position > 0 {
                whole += between;
            }
            starts.push(whole.len());
            // What nobody knows ends whatever stands before it.
            whole += part.as_str().unwrap_or("${}");
        }
        if self.found.len() > before {
            return;
        }
        let found = in_text(&whole).into_iter().take(TOLD);
        for secret in found {
            let Some(text) = whole.get(secret.range.clone()) else {
                continue;
            };
            let item = |at: usize| {
                starts
                    .partition_point(|start| *start <= at)
                    .saturating_sub(1)
            };
            let (first, last) = (item(secret.range.start), item(secret.range.end - 1));
            let at = path.below(Step::Index(first));
            // What goes over several lines is all of them.
            let path = if first == last { &at } else { path };
            self.tell(secret.kind, text.to_owned().into(), path);
        }
        let is_known = parts.iter().all(|part| part.as_str().is_some());
        if is_known
            && self.found.len() == before
            && let Some(kind) = under_name(name, &whole)
        {
            self.tell(kind, whole.into(), path);
        }
    }

    fn text(&mut self, text: &'t str, name: &str, path: &Path<'_>) {
        let found = in_text(text);
        if found.is_empty() {
            let kind = under_name(name, text);
            if kind.is_some() || NAMES.contains(&name) && !text.is_empty() {
                self.found.push(Written {
                    kind,
                    path: path.steps(),
                    text: text.into(),
                });
            }
            return;
        }
        for secret in found.into_iter().take(TOLD) {
            if let Some(text) = text.get(secret.range) {
                self.tell(secret.kind, text.into(), path);
            }
        }
    }

    fn tell(&mut self, kind: Kind, text: Cow<'t, str>, path: &Path<'_>) {
        self.found.push(Written {
            kind: Some(kind),
            path: path.steps(),
            text,
        });
    }
}

/// Keys of names, and of the values that they name.
pub const PAIRS: [(&str, &str); 6] = [
    ("Name", "Value"),
    ("Key", "Value"),
    ("OptionName", "Value"),
    ("ParameterKey", "ParameterValue"),
    ("ParameterName", "ParameterValue"),
    ("name", "value"),
];

/// A map that has a name and a value of something, as variables of containers, options and parameters are written: the
/// key of the value, and the name.
fn pair(entries: &Map) -> Option<(&'static str, &str)> {
    /// Of these, the value is the name of something that is elsewhere. Source: CodeBuild's `EnvironmentVariable`.
    const ELSEWHERE: [&str; 2] = ["PARAMETER_STORE", "SECRETS_MANAGER"];
    // Most maps are no pairs: their keys are looked at, and not looked up.
    let may_be = |key: &Text| key.ends_with("alue");
    if !(2..=6).contains(&entries.len()) || !entries.keys().any(may_be) {
        return None;
    }
    let text = |key: &str| match entries.get(key)? {
        Value::String(text) => Some(text.as_str()),
        Value::Function(Function::Sub, text) => text.as_str(),
        _ => None,
    };
    let mut pairs = PAIRS
        .into_iter()
        .filter(|(_, value)| entries.contains_key(value));
    let (value, name) = pairs.find_map(|(name, value)| Some((value, text(name)?)))?;
    let is_elsewhere = text("Type").is_some_and(|kind| ELSEWHERE.contains(&kind));
    Some((value, if is_elsewhere { "" } else { name }))
}
