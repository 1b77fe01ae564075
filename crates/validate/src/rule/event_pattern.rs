//! Patterns of events: what EventBridge, and what filters of its kind, can match.
//!
//! Source: EventBridge user guide, "Creating Amazon EventBridge event patterns" and "Comparison operators for use in
//! event patterns". AWS's own validator: E9014.

use stratiform_finding::Code;
use stratiform_finding::words::{counted, listed, meant};
use stratiform_template::{Path, Step, Value};

use crate::schema::{Entries, Form, Look, Looked, is_no_document, named};

/// Looks at the pattern of a rule, or of an archive.
pub(super) fn rule<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    at(look, properties, &["EventPattern"], path);
    let _ = look.along(
        properties,
        &["EventPattern"],
        path,
        &mut |look, value, path| look.inside(value, path, &mut full),
    );
}

/// Whether every map has something in it: of filters elsewhere nobody says that they must.
fn full<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    let Value::Map(entries) = value else {
        return Ok(());
    };
    look.at_each(path, |look| {
        for name in entries.keys() {
            if look.given(entries, name)?.is_some() {
                return Ok(());
            }
        }
        if !look.may_grow(entries) {
            let what = format!("{} is empty", named(path));
            let why = "a pattern, and each map in it, has at least one field";
            let help = "write what it matches, or take it away";
            look.tell(path, Code::EventPattern, what, why, help);
        }
        Ok(())
    })?;
    for (name, value) in entries {
        look.inside(value, &path.key(name), &mut full)?;
    }
    Ok(())
}

/// Looks at the filters of a pipe, or of what hands events to a function.
pub(super) fn filters<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    at(
        look,
        properties,
        &["FilterCriteria", "Filters", "*", "Pattern"],
        path,
    );
    let way = [
        "SourceParameters",
        "FilterCriteria",
        "Filters",
        "*",
        "Pattern",
    ];
    at(look, properties, &way, path);
}

fn at<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, way: &[&str], path: &Path<'_>) {
    let _ = look.along(properties, way, path, &mut |look, value, path| {
        if value.as_str().is_some_and(is_no_document) {
            let what = format!("{} is no pattern", named(path));
            let why = "a pattern is a map, or text with JSON of one";
            let help = "write the fields that it matches";
            look.tell(path, Code::EventPattern, what, why, help);
        }
        look.document(
            value,
            path,
            &mut |look, document, path| match document.as_map() {
                Some(entries) => fields(look, entries, path),
                None => Ok(()),
            },
        )
    });
}

fn fields<'t>(look: &mut Look<'_, 't>, entries: &Entries, path: &Path<'_>) -> Looked<'t> {
    for (name, value) in entries {
        let path = path.key(name);
        look.inside(value, &path, &mut |look, value, path| match value {
            Value::Map(entries) => fields(look, entries, path),
            Value::List(items) if name == "$or" => {
                for (position, item) in items.iter().enumerate() {
                    let path = path.below(Step::Index(position));
                    look.inside(item, &path, &mut |look, item, path| match item {
                        Value::Map(entries) => fields(look, entries, path),
                        _ => Ok(()),
                    })?;
                }
                Ok(())
            }
            Value::List(items) => choices(look, items, path),
            _ if name.starts_with("Fn::") => Ok(()),
            Value::Function(..) => look.at_each(path, |look| {
                if look.misformed(value, Form::List)? == Some(Form::Scalar) {
                    one_value(look, name, path);
                }
                Ok(())
            }),
            _ => {
                one_value(look, name, path);
                Ok(())
            }
        })?;
    }
    Ok(())
}

fn one_value(look: &mut Look<'_, '_>, name: &str, path: &Path<'_>) {
    let what = format!("`{name}` is matched against one value");
    let why = "a pattern has a list of what it matches, or a map of fields";
    let help = "write the value into a list";
    look.tell(path, Code::EventPattern, what, why, help);
}

/// What matches by comparing.
const OPERATORS: [&str; 8] = [
    "anything-but",
    "cidr",
    "equals-ignore-case",
    "exists",
    "numeric",
    "prefix",
    "suffix",
    "wildcard",
];

fn choices<'t>(look: &mut Look<'_, 't>, items: &[Value], path: &Path<'_>) -> Looked<'t> {
    if items.is_empty() {
        let why = "an empty list matches nothing, and EventBridge refuses it";
        let help = "write what it matches, or take the field away";
        look.tell(
            path,
            Code::EventPattern,
            "the pattern has an empty list",
            why,
            help,
        );
    }
    for (position, item) in items.iter().enumerate() {
        let path = path.below(Step::Index(position));
        look.inside(item, &path, &mut |look, item, path| {
            let Value::Map(entries) = item else {
                return look.at_each(path, |look| {
                    if look.misformed(item, Form::Scalar)? == Some(Form::List) {
                        let why = "a list has values, and what compares with them";
                        let help = "take out the inner brackets";
                        let what = "the pattern has a list in a list";
                        look.tell(path, Code::EventPattern, what, why, help);
                    }
                    Ok(())
                });
            };
            if entries.len() != 1 && !look.may_grow(entries) {
                let what = format!("a comparison has {}", counted(entries.len(), "operator"));
                let why = "it is a map with one operator, and what that compares with";
                let help = "write each comparison as an item of the list";
                look.tell(path, Code::EventPattern, what, why, help);
            }
            for name in entries.keys() {
                if OPERATORS.contains(&name.as_str()) || name.starts_with("Fn::") {
                    continue;
                }
                let what = format!("patterns have no operator `{name}`");
                let why = format!("there are {}", listed(OPERATORS));
                let help = meant(name, OPERATORS).unwrap_or_else(|| "use one of them".to_owned());
                look.tell(&path.key(name), Code::EventPattern, what, why, help);
            }
            Ok(())
        })?;
    }
    Ok(())
}
