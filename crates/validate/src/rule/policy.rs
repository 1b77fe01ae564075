//! Policy documents: which elements they have, and what is in them.
//!
//! Source: IAM user guide, "Grammar of the IAM JSON policy language" and "IAM JSON policy elements reference".
//! cfn-lint: E3510, E3512, E3513, E3514, E3530, W2511, W3037.

mod element;
pub(crate) mod place;

use stratiform_finding::Code;
use stratiform_finding::words::{listed, meant};
use stratiform_template::{Path, Step, Value};

use self::place::{Kind, PLACES};
use crate::schema::{Entries, Form, Look, Looked, is_no_document, named};

/// Looks at every policy of a resource.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let name = look.subject.resource_type.name();
    for place in PLACES.iter().filter(|place| place.resource_type == name) {
        let _ = look.along(properties, place.way, path, &mut |look, value, path| {
            is_no_policy(look, value, path);
            look.document(
                value,
                path,
                &mut |look, document, path| match document.as_map() {
                    Some(document) => policy(look, place.kind, document, path),
                    None => Ok(()),
                },
            )
        });
    }
}

/// A list, or text that is nothing: other text is read as a document.
fn is_no_policy(look: &mut Look<'_, '_>, value: &Value, path: &Path<'_>) {
    let is_none = match value {
        Value::List(_) => true,
        Value::String(text) => is_no_document(text),
        _ => false,
    };
    if is_none {
        let why = "a policy is a map, by IAM's grammar";
        let help = "write `Version` and `Statement` below it";
        let what = format!("{} is no policy", named(path));
        look.tell(path, Code::InvalidPolicy, what, why, help);
    }
}

/// What a policy has at its top.
const TOP: [&str; 3] = ["Version", "Id", "Statement"];

fn policy<'t>(
    look: &mut Look<'_, 't>,
    kind: Kind,
    document: &Entries,
    path: &Path<'_>,
) -> Looked<'t> {
    for name in document.keys() {
        if !TOP.contains(&name.as_str()) && !name.starts_with("Fn::") {
            let what = format!("a policy has no `{name}`");
            let why = format!("it has {}, by IAM's grammar", listed(TOP));
            let help = meant(name, TOP).unwrap_or_else(|| "take it away".to_owned());
            look.tell(&path.key(name), Code::InvalidPolicy, what, why, help);
        }
    }
    if let Some(version) = document.get("Version") {
        let path = path.key("Version");
        look.at_each(&path, |look| element::version(look, version, &path))?;
    }
    if let Some(name) = document.get("Id") {
        let path = path.key("Id");
        look.at_each(&path, |look| element::name(look, name, &path))?;
    }
    look.at_each(path, |look| {
        if look.given(document, "Statement")?.is_none() && !look.may_grow(document) {
            let why = "a policy is its statements, by IAM's grammar";
            let help = "add `Statement`, a list";
            look.tell(
                path,
                Code::InvalidPolicy,
                "the policy has no `Statement`",
                why,
                help,
            );
        }
        Ok(())
    })?;
    let Some(statements) = document.get("Statement") else {
        return Ok(());
    };
    let path = path.key("Statement");
    look.inside(statements, &path, &mut |look, statements, path| {
        let Some(items) = statements.as_list() else {
            return statement(look, kind, statements, path);
        };
        if items.is_empty() && kind.needs_statements() {
            let why = "IAM takes no policy without one: `MalformedPolicyDocument`";
            let help = "add a statement, or take the policy away";
            look.tell(
                path,
                Code::InvalidPolicy,
                "the policy has no statement",
                why,
                help,
            );
        }
        for (position, item) in items.iter().enumerate() {
            let path = path.below(Step::Index(position));
            look.inside(item, &path, &mut |look, item, path| {
                statement(look, kind, item, path)
            })?;
        }
        if kind.has_unique_ids() && has_twins(items) {
            look.at_each(path, |look| unique(look, statements, path))?;
        }
        Ok(())
    })
}

/// Whether two statements may have one ID.
fn has_twins(items: &[Value]) -> bool {
    let mut ids = Vec::new();
    for item in items {
        item.walk(&mut |value| {
            let id = value.as_map().and_then(|entries| entries.get("Sid"));
            ids.extend(id.and_then(Value::as_str));
        });
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    ids.len() < all
}

fn unique<'t>(look: &mut Look<'_, 't>, statements: &Value, path: &Path<'_>) -> Looked<'t> {
    let mut seen = Vec::new();
    for (position, item) in look.items(statements)?.unwrap_or_default() {
        let Some(entries) = item.as_map() else {
            continue;
        };
        let Some(id) = look.word_of(entries, "Sid")? else {
            continue;
        };
        if seen.contains(&id) && !id.is_empty() {
            let path = path.below(Step::Index(position));
            let what = format!("two statements have the `Sid` `{id}`");
            let why = "IAM wants each once in a policy";
            let help = "give one of them another, or none";
            look.tell(&path.key("Sid"), Code::InvalidPolicy, what, why, help);
        }
        seen.push(id);
    }
    Ok(())
}

fn statement<'t>(
    look: &mut Look<'_, 't>,
    kind: Kind,
    value: &Value,
    path: &Path<'_>,
) -> Looked<'t> {
    let entries = match value {
        Value::Map(entries) => entries,
        _ => {
            return look.at_each(path, |look| {
                if look.misformed(value, Form::Map)?.is_some() {
                    let what = "a statement is no map";
                    let why = "it is a map with `Effect`, by IAM's grammar";
                    look.tell(path, Code::InvalidPolicy, what, why, "write it as a map");
                }
                Ok(())
            });
        }
    };
    for (name, value) in entries {
        let path = path.key(name);
        if kind.allows(name) {
            element::check(look, kind, name, value, &path)?;
        } else if !name.starts_with("Fn::") {
            let (what, why, help) = kind.refusal(name);
            look.tell(&path, Code::InvalidPolicy, what, why, help);
        }
    }
    if look.may_grow(entries) {
        return Ok(());
    }
    look.at_each(path, |look| {
        if look.given(entries, "Effect")?.is_none() {
            let why = "each statement allows or denies, by IAM's grammar";
            let help = "add `Effect: Allow`, or `Deny`";
            look.tell(
                path,
                Code::InvalidPolicy,
                "a statement has no `Effect`",
                why,
                help,
            );
        }
        Ok(())
    })?;
    for (one, other) in kind.needs() {
        look.at_each(path, |look| either(look, kind, entries, (one, other), path))?;
    }
    Ok(())
}

/// One of two elements, and not both.
fn either<'t>(
    look: &mut Look<'_, 't>,
    kind: Kind,
    entries: &Entries,
    (one, other): (&str, &str),
    path: &Path<'_>,
) -> Looked<'t> {
    let has = |name| Ok(look.given(entries, name)?.is_some());
    match (has(one)?, has(other)?) {
        (true, true) => {
            let what = format!("a statement has both `{one}` and `{other}`");
            let why = "they exclude each other, by IAM's grammar";
            look.tell(path, Code::InvalidPolicy, what, why, "keep one of them");
        }
        (false, false) => {
            let what = format!("a statement has no `{one}`");
            let why = format!("{} needs it, or `{other}`", kind.noun());
            let help = format!("add `{one}`");
            look.tell_as(kind.level(one), path, Code::InvalidPolicy, what, why, help);
        }
        (true, false) | (false, true) => {}
    }
    Ok(())
}
