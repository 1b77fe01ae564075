//! Tables of DynamoDB: the attributes that are defined are those of the keys.
//!
//! Source: DynamoDB API reference, `CreateTable`: an attribute is defined where a key has it, and nowhere else.
//! cfn-lint: E3039, for `AWS::DynamoDB::Table` alone.

use std::collections::BTreeSet;

use stratiform_finding::Code;
use stratiform_finding::words::listed;
use stratiform_template::{Path, Value};

use crate::schema::{Entries, Look, Looked};

/// Looks at a table.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.at_each(path, |look| keys(look, properties, path));
}

/// The names of the attributes in a list; none where some are not known.
fn names<'t>(look: &Look<'_, 't>, list: &Value) -> Looked<'t, Option<BTreeSet<String>>> {
    let Some(items) = look.items(list)? else {
        return Ok(None);
    };
    let mut names = BTreeSet::new();
    for (_, item) in items {
        let name = match item.as_map() {
            Some(entries) => look.word_of(entries, "AttributeName")?,
            None => None,
        };
        match name {
            Some(name) => names.insert(name.into_owned()),
            None => return Ok(None),
        };
    }
    Ok(Some(names))
}

fn keys<'t>(look: &mut Look<'_, 't>, properties: &Entries, path: &Path<'_>) -> Looked<'t> {
    if look.may_grow(properties) {
        return Ok(());
    }
    let Some(key) = look.given(properties, "KeySchema")? else {
        return Ok(());
    };
    let defined = match look.given(properties, "AttributeDefinitions")? {
        Some(definitions) => names(look, definitions)?,
        None => Some(BTreeSet::new()),
    };
    let Some(defined) = defined else {
        return Ok(());
    };
    let mut lists = vec![key];
    for indexes in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        let Some(indexes) = look.given(properties, indexes)? else {
            continue;
        };
        let Some(items) = look.items(indexes)? else {
            return Ok(());
        };
        for (_, item) in items {
            let Some(index) = item.as_map() else {
                return Ok(());
            };
            match look.given(index, "KeySchema")? {
                Some(key) => lists.push(key),
                None => return Ok(()),
            }
        }
    }
    let mut used = BTreeSet::new();
    for list in lists {
        match names(look, list)? {
            Some(names) => used.extend(names),
            None => return Ok(()),
        }
    }
    let definitions = path.key("AttributeDefinitions");
    let path = match properties.contains_key("AttributeDefinitions") {
        true => &definitions,
        false => path,
    };
    let why =
        "attributes are defined where the table or an index has them in its key, and only then";
    let unused: Vec<&String> = defined.difference(&used).collect();
    if !unused.is_empty() {
        let what = format!("no key has {}", listed(unused));
        let help = "take it out of `AttributeDefinitions`; other attributes need no definition";
        look.tell(path, Code::KeyAttributes, what, why, help);
    }
    let missing: Vec<&String> = used.difference(&defined).collect();
    if !missing.is_empty() {
        let what = format!("a key has {}, which is not defined", listed(missing));
        let help = "add it to `AttributeDefinitions`";
        look.tell(path, Code::KeyAttributes, what, why, help);
    }
    Ok(())
}
