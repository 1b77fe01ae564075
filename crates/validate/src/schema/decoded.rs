//! Schemas, taken out of the catalog's bytes: once for each that a thread needs, however many values and templates ask.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use stratiform_catalog::{Fact, MapFact, Schema, TypeSet};

/// A schema that is a map.
pub(crate) struct Decoded {
    pub(super) schema: Schema,
    pub(super) types: TypeSet,
    /// What it refers to, where it does.
    pub(super) refers_to: Option<Schema>,
    /// In the order of their names.
    pub(super) keywords: Vec<(&'static str, Fact)>,
    /// In the order of their names.
    properties: Vec<(&'static str, Schema)>,
    /// Of names that match a pattern.
    pub(super) patterns: Vec<(&'static str, Schema)>,
    pub(super) others: Others,
}

/// Properties that a schema does not name.
#[derive(Clone, Copy)]
pub(super) enum Others {
    Any,
    None,
    Like(Schema),
}

impl Decoded {
    fn new(schema: Schema, keywords: MapFact) -> Self {
        let resolved = schema.resolve();
        // One of the catalog's says a map of what it refers to as text: what is referred to is right.
        let other = resolved.types();
        let types = match schema.types() {
            own if other.is_empty() || own.iter().any(|one| other.contains(one)) => own,
            _ => TypeSet::EMPTY,
        };
        Decoded {
            schema,
            types,
            refers_to: (resolved.id() != schema.id()).then_some(resolved),
            keywords: keywords.iter().collect(),
            properties: schema.properties().collect(),
            patterns: schema.pattern_properties().collect(),
            others: match schema.additional_properties() {
                Some(others) => Others::Like(others),
                None if schema.allows_additional_properties() => Others::Any,
                None => Others::None,
            },
        }
    }

    /// What a keyword says.
    pub(super) fn keyword(&self, name: &str) -> Option<Fact> {
        let mut keywords = self.keywords.iter();
        keywords
            .find(|(known, _)| *known == name)
            .map(|(_, fact)| *fact)
    }

    /// The schema of a property.
    pub(super) fn property(&self, name: &str) -> Option<Schema> {
        let position = self
            .properties
            .binary_search_by(|(known, _)| (*known).cmp(name));
        position
            .ok()
            .and_then(|position| Some(self.properties.get(position)?.1))
    }
}

type Known = RefCell<HashMap<(usize, usize), Rc<Decoded>>>;

thread_local! {
    /// What the catalog says is the same for every template.
    static KNOWN: Rc<Known> = Rc::default();
}

/// Those that were asked for.
pub(crate) struct Decodings {
    known: Rc<Known>,
}

impl Default for Decodings {
    fn default() -> Self {
        Decodings {
            known: KNOWN.with(Rc::clone),
        }
    }
}

impl Decodings {
    /// A schema; none that is only true or false.
    pub(crate) fn get(&self, schema: Schema) -> Option<Rc<Decoded>> {
        let id = schema.id()?;
        if let Some(known) = self.known.borrow().get(&id) {
            return Some(Rc::clone(known));
        }
        let decoded = Rc::new(Decoded::new(schema, schema.fact().as_map()?));
        self.known.borrow_mut().insert(id, Rc::clone(&decoded));
        Some(decoded)
    }
}
