//! Holding what a reader of the catalog gets against the source, value by value.
//!
//! This walk is separate from the importer's on purpose. It knows the table of keywords and the
//! two abbreviations (references and pointers), and it goes the other way: from the source to what
//! a user of the catalog gets to see. The importer runs it over everything, the tests over samples.

use crate::fact::Fact;
use crate::keyword::{DEFINITIONS, PROPERTIES};
use crate::keyword::{HANDLER_KEYS, Holds, Keyword, is_by_region, is_dropped};
use serde_json::Value;
use std::fmt;

/// Where the catalog differs from the source.
#[derive(Debug)]
pub struct Mismatch {
    /// The way to the value, from the name of the type or extension.
    pub place: String,
    /// What the source says.
    pub expected: String,
    /// What the catalog says.
    pub found: String,
}

impl std::error::Error for Mismatch {}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch {
            place,
            expected,
            found,
        } = self;
        write!(f, "{place}: {found} instead of {expected}")
    }
}

/// Compares a schema of the source with the catalog's; returns how many values were compared.
pub fn compare_schema(source: &Value, found: Fact, place: &str) -> Result<u64, Mismatch> {
    let mut comparison = Comparison { compared: 0 };
    comparison.schema(source, Some(found), place)?;
    Ok(comparison.compared)
}

/// Compares an extension of the source with the catalog's; returns how many values were compared.
pub fn compare_extension(
    source: &Value,
    found: Option<Fact>,
    place: &str,
) -> Result<u64, Mismatch> {
    let mut comparison = Comparison { compared: 0 };
    comparison.extension(source, found, place)?;
    Ok(comparison.compared)
}

struct Comparison {
    compared: u64,
}

impl Comparison {
    fn extension(&mut self, rule: &Value, fact: Option<Fact>, place: &str) -> Result<(), Mismatch> {
        if is_by_region(rule) {
            self.entries(rule, fact, place, |name| {
                (!is_dropped(name)).then_some(Holds::Schema)
            })
        } else {
            self.schema(rule, fact, place)
        }
    }

    fn schema(&mut self, schema: &Value, fact: Option<Fact>, place: &str) -> Result<(), Mismatch> {
        if !schema.is_object() {
            return self.data(schema, fact, place);
        }
        self.entries(schema, fact, place, |name| {
            Keyword::from_name(name).map(Keyword::holds)
        })
    }

    fn value(
        &mut self,
        holds: Holds,
        value: &Value,
        fact: Option<Fact>,
        place: &str,
    ) -> Result<(), Mismatch> {
        match holds {
            Holds::Data => self.data(value, fact, place),
            Holds::Schema => self.schema(value, fact, place),
            Holds::Schemas => self.items(Holds::Schema, value, fact, place),
            Holds::NamedSchemas => self.entries(value, fact, place, |_| Some(Holds::Schema)),
            Holds::NestedSchema => self.entries(value, fact, place, |name| {
                Some(if name == "schema" {
                    Holds::Schema
                } else {
                    Holds::Data
                })
            }),
            Holds::Tagging => self.entries(value, fact, place, |name| {
                Some(if name == "tagProperty" {
                    Holds::Pointers
                } else {
                    Holds::Data
                })
            }),
            Holds::Handlers => {
                let handlers = value.as_object().into_iter().flatten();
                for (name, handler) in handlers {
                    let found = get(fact, name);
                    self.entries(handler, found, &format!("{place}/{name}"), |key| {
                        HANDLER_KEYS.contains(&(key, true)).then_some(Holds::Data)
                    })?;
                }
                self.length(value, fact, place)
            }
            Holds::Reference => match text(fact).map(|name| format!("{DEFINITIONS}{name}")) {
                Some(reference) if value.as_str() == Some(&reference) => self.equal(),
                _ => self.data(value, fact, place),
            },
            Holds::Pointers if value.is_array() => self.items(holds, value, fact, place),
            Holds::Pointers => match text(fact).map(|path| format!("{PROPERTIES}{path}")) {
                Some(pointer) if value.as_str() == Some(&pointer) => self.equal(),
                _ => Err(mismatch(place, value, fact)),
            },
        }
    }

    /// Compares the entries that are kept, and that there are no others.
    fn entries(
        &mut self,
        value: &Value,
        fact: Option<Fact>,
        place: &str,
        holds: impl Fn(&str) -> Option<Holds>,
    ) -> Result<(), Mismatch> {
        let mut kept = 0;
        for (name, value) in value.as_object().into_iter().flatten() {
            if let Some(holds) = holds(name) {
                self.value(holds, value, get(fact, name), &format!("{place}/{name}"))?;
                kept += 1;
            }
        }
        match fact.and_then(Fact::as_map) {
            Some(map) if map.iter().count() == kept && map.len() == kept => self.equal(),
            _ => Err(mismatch(place, value, fact)),
        }
    }

    fn items(
        &mut self,
        holds: Holds,
        value: &Value,
        fact: Option<Fact>,
        place: &str,
    ) -> Result<(), Mismatch> {
        let list = fact.and_then(Fact::as_list);
        for (position, item) in value.as_array().into_iter().flatten().enumerate() {
            let found = list.and_then(|list| list.get(position));
            self.value(holds, item, found, &format!("{place}/{position}"))?;
        }
        self.length(value, fact, place)
    }

    fn data(&mut self, value: &Value, fact: Option<Fact>, place: &str) -> Result<(), Mismatch> {
        match value {
            Value::Object(_) => self.entries(value, fact, place, |_| Some(Holds::Data)),
            Value::Array(_) => self.items(Holds::Data, value, fact, place),
            _ if fact.map(Value::from).as_ref() == Some(value) => self.equal(),
            _ => Err(mismatch(place, value, fact)),
        }
    }

    fn length(&mut self, value: &Value, fact: Option<Fact>, place: &str) -> Result<(), Mismatch> {
        let (expected, found) = match (value, fact) {
            (Value::Array(items), Some(Fact::List(list))) => (items.len(), list.iter().count()),
            (Value::Object(entries), Some(Fact::Map(map))) => (entries.len(), map.iter().count()),
            _ => return Err(mismatch(place, value, fact)),
        };
        if expected == found {
            self.equal()
        } else {
            Err(mismatch(place, value, fact))
        }
    }

    fn equal(&mut self) -> Result<(), Mismatch> {
        self.compared += 1;
        Ok(())
    }
}

fn get(fact: Option<Fact>, name: &str) -> Option<Fact> {
    fact?.as_map()?.get(name)
}

fn text(fact: Option<Fact>) -> Option<&'static str> {
    fact?.as_text()
}

fn mismatch(place: &str, expected: &Value, found: Option<Fact>) -> Mismatch {
    Mismatch {
        place: place.to_owned(),
        expected: expected.to_string(),
        found: found.map_or("nothing".to_owned(), |found| format!("{found:?}")),
    }
}
