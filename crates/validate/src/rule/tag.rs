//! Tags with one key twice, or without one.
//!
//! Source: "Tagging AWS resources", naming limits: each tag key is unique for a resource. cfn-lint: E3024.

use stratiform_finding::Code;
use stratiform_finding::words::shortened;
use stratiform_template::{Path, Step, Value};

use crate::schema::{Entries, Look, Looked};

/// Looks at the tags of a resource, where they are a list.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let way = &look.subject.facts.tags;
    let _ = look.along(properties, way, path, &mut |look, value, path| {
        if value.as_list().is_none() {
            return Ok(());
        }
        look.at_each(path, |look| keys(look, value, path))
    });
}

fn keys<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    let mut seen: Vec<String> = Vec::new();
    for (position, item) in look.items(value)?.unwrap_or_default() {
        let Some(tag) = item.as_map().filter(|tag| !look.may_grow(tag)) else {
            continue;
        };
        let given = look.given(tag, "Key")?;
        if given.is_none() && tag.keys().all(|name| name == "Value") {
            let what = "a tag has no `Key`";
            let why = "it is what a tag is called";
            let path = path.below(Step::Index(position));
            look.tell(&path, Code::MissingProperty, what, why, "add `Key`");
        }
        let key = match given {
            Some(key) => look.key(key)?,
            None => None,
        };
        let Some(key) = key else { continue };
        if seen.contains(&key) {
            let what = match look.word_of(tag, "Key")? {
                Some(key) => format!("the tag `{}` is given twice", shortened(&key)),
                None => "a tag is given twice".to_owned(),
            };
            let why = "a resource has each tag once";
            let path = path.below(Step::Index(position));
            look.tell(
                &path,
                Code::ValueRepeated,
                what,
                why,
                "take one of them away",
            );
        }
        seen.push(key);
    }
    Ok(())
}
