//! Rules that are schemas of their own: values that must fit together, in one resource or in several.
//!
//! The schemas are the catalog's extensions; what each is about, and what is said of it, is a line of
//! `data/extensions.tsv`.

mod gather;

use std::collections::HashMap;
use std::sync::LazyLock;

use stratiform_catalog::{Keyword, Schema};
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Path, Value};

use crate::schema::{Look, Looked, Verdict};

static TABLE: &str = include_str!("../data/extensions.tsv");

/// By type, and then by the path of what it is about.
static EXTENSIONS: LazyLock<HashMap<&str, Vec<Placed>>> = LazyLock::new(|| {
    let mut by_type: HashMap<&str, Vec<Placed>> = HashMap::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let Some((extension, places)) = parse(line) else {
            continue;
        };
        for place in places.split_whitespace() {
            let mut steps = place.split('/');
            let resource_type = steps.next().unwrap_or_default();
            by_type
                .entry(resource_type)
                .or_default()
                .push((steps.collect(), extension));
        }
    }
    by_type
});

/// A rule, and the steps below the properties to what it is about.
type Placed = (Vec<&'static str>, Extension);

/// A rule that is a schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extension {
    /// The name in the catalog.
    name: &'static str,
    level: Level,
    code: Code,
    /// The rule in words.
    pub(crate) rule: &'static str,
    /// The property, and its text, with which AWS does not ask for it.
    unless: Option<(&'static str, &'static str)>,
}

fn parse(line: &'static str) -> Option<(Extension, &'static str)> {
    let mut cells = line.split('\t');
    let name = cells.next()?;
    let level = match cells.nth(1)? {
        "error" => Level::Error,
        "warning" => Level::Warning,
        _ => Level::Note,
    };
    let code = cells.next()?.parse().ok()?;
    let places = cells.next()?;
    let extension = Extension {
        name,
        level,
        code,
        rule: cells.next()?,
        unless: cells.next().and_then(|unless| unless.split_once('=')),
    };
    Some((extension, places))
}

/// Holds the properties of a resource against the rules of its type.
pub(crate) fn all<'t>(look: &mut Look<'_, 't>, properties: &Value, path: &Path<'_>) -> Looked<'t> {
    for (steps, extension) in EXTENSIONS
        .get(look.subject.resource_type.name())
        .into_iter()
        .flatten()
    {
        look.further(properties, steps, path, &mut |look, value, path| {
            look.at_each(path, |look| match look.is_exempt(*extension, value)? {
                true => Ok(()),
                false => look.extension(*extension, value, path),
            })
        })?;
    }
    Ok(())
}

impl<'t> Look<'_, 't> {
    /// Whether AWS does not ask for a rule here.
    fn is_exempt(&self, extension: Extension, value: &Value) -> Looked<'t, bool> {
        let Some((property, text)) = extension.unless else {
            return Ok(false);
        };
        let own = value.as_map().and_then(|entries| entries.get(property));
        Ok(match own {
            Some(own) => self.text_known(own)?.as_deref() == Some(text),
            None => false,
        })
    }

    /// Holds a value against a rule, in the case that is looked at.
    fn extension(&mut self, extension: Extension, value: &Value, path: &Path<'_>) -> Looked<'t> {
        let is_anywhere = self.scene.regions.is_empty();
        let mut first = None;
        for schema in self.scene.rule(extension.name).iter() {
            match (self.ruled(extension, value, *schema, path)?, is_anywhere) {
                (Verdict::Fails(found), false) => {
                    self.found_all(found);
                    return Ok(());
                }
                (Verdict::Fails(found), true) => first = first.or(Some(found)),
                // Somewhere it fits.
                (Verdict::Fits | Verdict::Unknown, true) => return Ok(()),
                (Verdict::Fits | Verdict::Unknown, false) => {}
            }
        }
        self.found_all(first.unwrap_or_default());
        Ok(())
    }

    fn ruled(
        &mut self,
        extension: Extension,
        value: &Value,
        schema: Schema,
        path: &Path<'_>,
    ) -> Looked<'t, Verdict> {
        let gathered = schema.part(Keyword::CfnGather);
        let outer = self.enter(extension);
        let looked = match gathered {
            Some(gather) => self.gather(gather, value, path),
            None => self.verdict(value, schema, path),
        };
        self.leave(outer);
        Ok(match looked? {
            Verdict::Fails(mut found) => {
                for finding in &mut found {
                    finding.code = extension.code;
                    finding.level = extension.level;
                }
                // Of one rule one thing is enough.
                found.truncate(1);
                Verdict::Fails(found)
            }
            other => other,
        })
    }

    fn found_all(&mut self, found: Vec<Finding>) {
        for finding in found {
            self.tell_again(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use stratiform_catalog::catalog;

    use super::*;

    #[test]
    fn every_extension_of_the_catalog_has_its_line_and_every_line_its_extension() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1);
        let mut named = Vec::new();
        for line in lines {
            let (extension, places) = parse(line).unwrap_or_else(|| panic!("{line}"));
            named.push(extension.name);
            for place in places.split_whitespace() {
                let resource_type = place.split('/').next().unwrap();
                assert!(catalog().resource_type(resource_type).is_some(), "{place}");
            }
        }
        let known: Vec<&str> = catalog().extensions().map(|(name, _)| name).collect();
        assert_eq!(named, known);
    }
}
