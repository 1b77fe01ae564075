//! Lists: how many items, which ones, and what each is.

use stratiform_catalog::{Fact, Keyword, Schema};
use stratiform_finding::Code;
use stratiform_template::{Path, Step, Value};

use super::decoded::Decoded;
use super::{Look, Looked, Verdict, named};
use crate::bound::Bounds;

impl<'t> Look<'_, 't> {
    pub(super) fn list(
        &mut self,
        items: &[Value],
        decoded: &Decoded,
        path: &Path<'_>,
    ) -> Looked<'t> {
        let schema = decoded.schema;
        for (keyword, fact) in decoded.keywords.iter().copied() {
            if self.is_settled() {
                break;
            }
            match keyword {
                "minItems" | "maxItems" => {
                    let bounds = Bounds::of(schema, Keyword::MinItems, Keyword::MaxItems);
                    // Both are told at once, and once.
                    if keyword == "minItems" || decoded.keyword("minItems").is_none() {
                        self.at_each(path, |look| look.length(items, bounds, path))?;
                    }
                }
                "uniqueItems" if fact.as_bool() == Some(true) => {
                    self.at_each(path, |look| look.unique(items, path))?;
                }
                "uniqueKeys" => self.at_each(path, |look| look.unique_keys(items, fact, path))?,
                "items" => {
                    if let Some(schema) = schema.items() {
                        for (position, item) in items.iter().enumerate() {
                            self.value(item, schema, &path.below(Step::Index(position)))?;
                        }
                    }
                }
                "prefixItems" => {
                    for ((position, item), schema) in items
                        .iter()
                        .enumerate()
                        .zip(schema.parts(Keyword::PrefixItems))
                    {
                        self.value(item, schema, &path.below(Step::Index(position)))?;
                    }
                }
                "contains" => {
                    if let Some(wanted) = schema.part(Keyword::Contains) {
                        self.at_each(path, |look| look.contains(items, wanted, path))?;
                    }
                }
                "maxUniqueItems" => {
                    if let Some(most) = fact.as_int() {
                        self.at_each(path, |look| look.most_different(items, most, path))?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn length(&mut self, items: &[Value], bounds: Bounds, path: &Path<'_>) -> Looked<'t> {
        let Some(present) = self.present(items)? else {
            self.is_unknown = true;
            return Ok(());
        };
        if let Some(limit) = bounds.broken_by(present.len() as f64) {
            let what = format!("{} has {} items", named(path), present.len());
            let why = self.why(&limit);
            self.tell(path, Code::ValueLength, what, why, bounds.help("items"));
        }
        Ok(())
    }

    fn unique(&mut self, items: &[Value], path: &Path<'_>) -> Looked<'t> {
        let present = self.present(items)?.unwrap_or_default();
        let mut seen: Vec<&Value> = Vec::new();
        for (position, item) in present {
            // Two equal references are one item twice, whatever they come to.
            if seen.contains(&item) {
                let what = format!("{} has an item twice", named(path));
                let why = self.why("its items must differ");
                let path = path.below(Step::Index(position));
                self.tell(
                    &path,
                    Code::ValueRepeated,
                    what,
                    why,
                    "take one of them away",
                );
            }
            seen.push(item);
        }
        Ok(())
    }

    /// Items that have the same in some of their properties.
    fn unique_keys(&mut self, items: &[Value], keys: Fact, path: &Path<'_>) -> Looked<'t> {
        let keys: Vec<&str> = keys
            .as_list()
            .into_iter()
            .flat_map(|keys| keys.iter())
            .filter_map(Fact::as_text)
            .collect();
        let present = self.present(items)?.unwrap_or_default();
        let mut seen: Vec<Vec<&Value>> = Vec::new();
        for (position, item) in present {
            let Some(entries) = item.as_map() else {
                continue;
            };
            let mut own = Vec::new();
            for key in &keys {
                let Some(value) = entries.get(key) else {
                    break;
                };
                own.extend(self.settled(value)?);
            }
            if own.len() < keys.len() {
                continue;
            }
            if seen.contains(&own) {
                let what = format!(
                    "{} has two items with one {}",
                    named(path),
                    stratiform_finding::words::listed(&keys)
                );
                let why = self.why("they must differ");
                let path = path.below(Step::Index(position));
                self.tell(
                    &path,
                    Code::ValueRepeated,
                    what,
                    why,
                    "rename one of them, or take it away",
                );
            }
            seen.push(own);
        }
        Ok(())
    }

    fn contains(&mut self, items: &[Value], wanted: Schema, path: &Path<'_>) -> Looked<'t> {
        let Some(present) = self.present(items)? else {
            self.is_unknown = true;
            return Ok(());
        };
        let mut unknown = false;
        for (position, item) in present {
            match self.verdict_alone(item, wanted, &path.below(Step::Index(position)))? {
                Verdict::Fits => return Ok(()),
                Verdict::Unknown => unknown = true,
                Verdict::Fails(_) => {}
            }
        }
        if unknown {
            self.is_unknown = true;
            return Ok(());
        }
        let what = format!("{} has no item of the kind that it needs", named(path));
        let why = self.source();
        self.tell(path, Code::ValueNotAllowed, what, why, "add one");
        Ok(())
    }

    fn most_different(&mut self, items: &[Value], most: i64, path: &Path<'_>) -> Looked<'t> {
        let present = self.present(items)?.unwrap_or_default();
        let mut different: Vec<&Value> = Vec::new();
        for (_, item) in present {
            if !different.contains(&item) {
                different.push(item);
            }
        }
        if matches!(usize::try_from(most), Ok(most) if different.len() > most) {
            let what = format!("{} has {} different items", named(path), different.len());
            let why = self.why(&format!("at most {most}"));
            self.tell(path, Code::ValueLength, what, why, "take some away");
        }
        Ok(())
    }
}
