//! Maps: which properties there are, which there must be, and which not together.

use stratiform_catalog::{Fact, Keyword, MapFact, Schema};
use stratiform_finding::words::{listed, meant, only_near, shortened};
use stratiform_finding::{Code, Finding, Fix};
use stratiform_template::{Path, Text, Value};

use super::decoded::{Decoded, Others};
use super::{Entries, Look, Looked, named};
use crate::bound::Bounds;
use crate::pattern;
use crate::report::Reason;

impl<'t> Look<'_, 't> {
    pub(super) fn object(
        &mut self,
        entries: &Entries,
        decoded: &Decoded,
        path: &Path<'_>,
    ) -> Looked<'t> {
        let schema = decoded.schema;
        // What a macro or a loop adds is known only when the template is deployed.
        let is_made = |key: &Text| key.starts_with("Fn::");
        let hidden = entries.keys().any(is_made);
        if let Some(key) = entries.keys().find(|key| is_made(key)) {
            let reason = match key.starts_with("Fn::ForEach::") {
                true => Reason::Loop,
                false => Reason::Macro,
            };
            self.scene.skip(reason, path.key(key).steps());
        }
        if !self.is_silent {
            self.members(entries, decoded, path)?;
        }
        for (keyword, fact) in decoded.keywords.iter().copied() {
            if self.is_settled() {
                break;
            }
            match keyword {
                "required" if !hidden => {
                    for name in texts(fact) {
                        self.at_each(path, |look| look.required(entries, name, path))?;
                    }
                }
                "dependentRequired" | "dependencies" if !hidden => {
                    for (name, others) in fact.as_map().into_iter().flat_map(MapFact::iter) {
                        for other in texts(others).filter(|_| entries.contains_key(name)) {
                            self.at_each(path, |look| look.depends(entries, name, other, path))?;
                        }
                    }
                }
                "dependentExcluded" => {
                    for (name, others) in fact.as_map().into_iter().flat_map(MapFact::iter) {
                        let there = |other: &&str| entries.contains_key(other);
                        for other in texts(others)
                            .filter(|_| entries.contains_key(name))
                            .filter(there)
                        {
                            self.at_each(path, |look| look.excludes(entries, name, other, path))?;
                        }
                    }
                }
                "requiredXor" => {
                    let names: Vec<&str> = texts(fact).collect();
                    self.at_each(path, |look| look.exactly_one(entries, &names, hidden, path))?;
                }
                "requiredOr" if !hidden => {
                    let names: Vec<&str> = texts(fact).collect();
                    self.at_each(path, |look| look.one_or_more(entries, &names, path))?;
                }
                "minProperties" | "maxProperties" if !hidden => {
                    let bounds = Bounds::of(schema, Keyword::MinProperties, Keyword::MaxProperties);
                    if keyword == "minProperties" || decoded.keyword("minProperties").is_none() {
                        self.at_each(path, |look| look.count(entries, bounds, path))?;
                    }
                }
                "propertyNames" => {
                    if let Some(wanted) = schema.part(Keyword::PropertyNames) {
                        for name in entries.keys().filter(|name| !is_made(name)) {
                            let value = Value::String(name.clone());
                            self.literal(&value, wanted, &path.key(name))?;
                        }
                    }
                }
                _ => {}
            }
        }
        // Where one reason is enough, what is missing is the nearer one.
        if self.is_silent {
            self.members(entries, decoded, path)?;
        }
        Ok(())
    }

    /// Each member by the schema of its name.
    fn members(&mut self, entries: &Entries, decoded: &Decoded, path: &Path<'_>) -> Looked<'t> {
        let schema = decoded.schema;
        for (name, value) in entries {
            if self.is_settled() {
                break;
            }
            if let Some(schema) = decoded.property(name) {
                self.value(value, schema, &path.key(name))?;
                continue;
            }
            if decoded.is_of_names() {
                continue;
            }
            let path = path.key(name);
            let mut known = false;
            for (pattern, schema) in &decoded.patterns {
                match pattern::matches(pattern, name) {
                    Some(true) => {
                        known = true;
                        self.value(value, *schema, &path)?;
                    }
                    Some(false) => {}
                    None => known = true,
                }
            }
            if known || name.starts_with("Fn::") {
                continue;
            }
            match decoded.others {
                Others::None => self.unknown(entries, name, schema, value, &path)?,
                Others::Like(schema) => self.value(value, schema, &path)?,
                Others::Any => {}
            }
        }
        Ok(())
    }

    fn unknown(
        &mut self,
        entries: &Entries,
        name: &str,
        schema: Schema,
        value: &Value,
        path: &Path<'_>,
    ) -> Looked<'t> {
        if self.is_silent {
            return self.at_each(path, |look| {
                if look.settled(value)?.is_some() {
                    look.fails_silently();
                }
                Ok(())
            });
        }
        let free = || {
            let names = schema.properties().map(|(name, _)| name);
            names.filter(|name| !entries.contains_key(name))
        };
        let small = name.to_lowercase();
        let other_case = free().find(|known| known.to_lowercase() == small);
        let help = match other_case {
            Some(known) => format!("did you mean `{known}`?"),
            None => meant(name, free()).unwrap_or_else(|| "take it away".to_owned()),
        };
        let only = other_case.or_else(|| only_near(name, free()));
        let fix = only.map(|only| Fix::Rename(only.to_owned()));
        let patterns: Vec<&str> = schema
            .pattern_properties()
            .map(|(pattern, _)| pattern)
            .collect();
        let limit = format!("names must match {}", listed(&patterns));
        self.at_each(path, |look| {
            if look.settled(value)?.is_some() {
                let (what, why) = match patterns.as_slice() {
                    [] => ("property `{}` does not exist", look.source()),
                    _ => ("`{}` is not a name that there can be", look.why(&limit)),
                };
                let what = what.replace("{}", &shortened(name));
                let finding = Finding {
                    fix: fix.clone(),
                    ..Finding::new(Code::NoSuchProperty, what, help.clone()).because(why)
                };
                look.tell_finding(path, finding);
            }
            Ok(())
        })
    }

    /// Whether a property is there in this case.
    pub(crate) fn has(&self, entries: &Entries, name: &str) -> Looked<'t, bool> {
        match entries.get(name) {
            None => Ok(false),
            Some(value) => Ok(self.settled(value)?.is_some()),
        }
    }

    fn required(&mut self, entries: &Entries, name: &str, path: &Path<'_>) -> Looked<'t> {
        if self.has(entries, name)? || self.fails_silently() {
            return Ok(());
        }
        let what = format!("property `{name}` is missing");
        let why = self.why("it is required");
        let near = entries
            .keys()
            .find(|key| key.to_lowercase() == name.to_lowercase() && *key != name);
        let help = match (near, entries.get(name)) {
            (Some(near), _) => format!("rename `{near}` to `{name}`"),
            (None, Some(_)) => "give it a value where the condition takes it away".to_owned(),
            (None, None) => format!("add `{name}`"),
        };
        self.tell(path, Code::MissingProperty, what, why, help);
        Ok(())
    }

    fn depends(
        &mut self,
        entries: &Entries,
        name: &str,
        other: &str,
        path: &Path<'_>,
    ) -> Looked<'t> {
        if self.has(entries, name)? && !self.has(entries, other)? {
            let what = format!("`{name}` is there without `{other}`");
            let why = self.why(&format!("it needs `{other}`"));
            self.tell(
                &path.key(name),
                Code::MissingProperty,
                what,
                why,
                format!("add `{other}`, or take `{name}` away"),
            );
        }
        Ok(())
    }

    fn excludes(
        &mut self,
        entries: &Entries,
        name: &str,
        other: &str,
        path: &Path<'_>,
    ) -> Looked<'t> {
        // An empty list is none to AWS.
        let is_empty =
            |name| matches!(entries.get(name), Some(Value::List(items)) if items.is_empty());
        if is_empty(name) || is_empty(other) {
            return Ok(());
        }
        if self.has(entries, name)? && self.has(entries, other)? {
            let what = format!("`{name}` and `{other}` are both there");
            let why = self.why("one excludes the other");
            self.tell(
                &path.key(name),
                Code::ExclusiveProperties,
                what,
                why,
                "take one of the two away",
            );
        }
        Ok(())
    }

    fn exactly_one(
        &mut self,
        entries: &Entries,
        names: &[&str],
        hidden: bool,
        path: &Path<'_>,
    ) -> Looked<'t> {
        let mut there = Vec::new();
        for name in names {
            if self.has(entries, name)? {
                there.push(*name);
            }
        }
        let why = self.why(&format!("there must be exactly one of {}", listed(names)));
        match there.as_slice() {
            [] if !hidden => {
                let what = format!("none of {} is there", listed(names));
                self.tell(path, Code::MissingProperty, what, why, "add one of them");
            }
            [first, _, ..] => {
                let what = format!("{} are there together", listed(&there));
                let help = format!("keep one, for example `{first}`");
                self.tell(&path.key(first), Code::ExclusiveProperties, what, why, help);
            }
            _ => {}
        }
        Ok(())
    }

    fn one_or_more(&mut self, entries: &Entries, names: &[&str], path: &Path<'_>) -> Looked<'t> {
        for name in names {
            if self.has(entries, name)? {
                return Ok(());
            }
        }
        let what = format!("none of {} is there", listed(names));
        let why = self.why("one of them is required");
        self.tell(path, Code::MissingProperty, what, why, "add one of them");
        Ok(())
    }

    fn count(&mut self, entries: &Entries, bounds: Bounds, path: &Path<'_>) -> Looked<'t> {
        let mut count = 0;
        for value in entries.values() {
            count += usize::from(self.settled(value)?.is_some());
        }
        if let Some(limit) = bounds.broken_by(count as f64) {
            let what = format!("{} has {count} properties", named(path));
            let why = self.why(&limit);
            self.tell(
                path,
                Code::ValueLength,
                what,
                why,
                bounds.help("properties"),
            );
        }
        Ok(())
    }
}

fn texts(fact: Fact) -> impl Iterator<Item = &'static str> {
    let list = fact.as_list();
    list.into_iter()
        .flat_map(|list| list.iter())
        .filter_map(Fact::as_text)
}
