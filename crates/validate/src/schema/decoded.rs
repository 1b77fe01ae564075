//! Schemas, taken out of the catalog's bytes: each once, however many values, templates and threads ask.

use std::cell::RefCell;

use foldhash::HashMap;
use stratiform_catalog::{Fact, Keyword, MapFact, Schema, TypeSet};

use crate::kept::Kept;

/// A schema that is a map.
pub(crate) struct Decoded {
    pub(super) schema: Schema,
    pub(super) types: TypeSet,
    /// What it refers to, where it does.
    pub(super) refers_to: Option<Schema>,
    /// In the order of their names.
    pub(super) keywords: Vec<(&'static str, Fact)>,
    /// In the order of their names.
    properties: Properties,
    /// A bit for each length that their names have: most names that are asked for are as long as none.
    lengths: u64,
    /// Of names that match a pattern.
    pub(super) patterns: Properties,
    pub(super) others: Others,
    /// All of which a value has to fit, each with what has to be for it to ask for anything.
    pub(super) all_of: Vec<(Option<Trigger>, Schema)>,
}

/// A property and its text, without which a schema asks for nothing: the rules about classes of databases are a thousand
/// `if`s, of which most are about another engine.
pub(super) struct Trigger {
    pub(super) property: &'static str,
    pub(super) text: Fact,
    /// All that is asked about before that is known.
    pub(super) asked: Vec<&'static str>,
}

/// Schemas by the names of properties, or by patterns of them.
type Properties = Vec<(&'static str, Schema)>;

/// Properties that a schema does not name.
#[derive(Clone, Copy)]
pub(super) enum Others {
    Any,
    None,
    Like(Schema),
}

impl Decoded {
    fn new(schema: Schema, keywords: MapFact) -> Self {
        let keywords: Vec<(&'static str, Fact)> = keywords.iter().collect();
        let find = |name| found(&keywords, name);
        let own = find("type").map_or(TypeSet::EMPTY, TypeSet::of);
        let refers_to = find("$ref").map(|_| schema.resolve());
        let refers_to = refers_to.filter(|resolved| resolved.id() != schema.id());
        // One of the catalog's says a map of what it refers to as text: what is referred to is right.
        let other = refers_to.map_or(TypeSet::EMPTY, Schema::types);
        let types = match own {
            own if other.is_empty() || own.iter().any(|one| other.contains(one)) => own,
            _ => TypeSet::EMPTY,
        };
        let named = |name, of: fn(Schema) -> Properties| match find(name) {
            Some(_) => of(schema),
            None => Properties::new(),
        };
        let properties = named("properties", |schema| schema.properties().collect());
        let patterns = named("patternProperties", |schema| {
            schema.pattern_properties().collect()
        });
        let others = match find("additionalProperties") {
            None => Others::Any,
            Some(Fact::Bool(false)) => Others::None,
            Some(_) => schema
                .additional_properties()
                .map_or(Others::Any, Others::Like),
        };
        let all_of = find("allOf").into_iter().flat_map(|_| schema.all_of());
        let all_of = all_of.map(|one| (Trigger::of(one), one));
        let lengths = properties.iter().map(|(name, _)| bit(name));
        Decoded {
            schema,
            types,
            refers_to,
            lengths: lengths.fold(0, |all, one| all | one),
            properties,
            patterns,
            others,
            all_of: all_of.collect(),
            keywords,
        }
    }

    /// What a keyword says.
    pub(super) fn keyword(&self, name: &str) -> Option<Fact> {
        found(&self.keywords, name)
    }

    /// Whether it says nothing of properties that it does not name.
    pub(super) fn is_of_names(&self) -> bool {
        self.patterns.is_empty() && matches!(self.others, Others::Any)
    }

    /// The schema of a property.
    pub(super) fn property(&self, name: &str) -> Option<Schema> {
        if self.lengths & bit(name) == 0 {
            return None;
        }
        let position = self
            .properties
            .binary_search_by(|(known, _)| (*known).cmp(name));
        position
            .ok()
            .and_then(|position| Some(self.properties.get(position)?.1))
    }
}

impl Trigger {
    /// That of a schema which is an `if` and a `then`, and nothing else.
    fn of(schema: Schema) -> Option<Trigger> {
        let mut keywords = schema.fact().as_map()?.iter();
        if !keywords.all(|(name, _)| matches!(name, "if" | "then")) {
            return None;
        }
        let condition = schema.part(Keyword::If)?;
        let mut keywords = condition.fact().as_map()?.iter();
        if !keywords.all(|(name, _)| matches!(name, "properties" | "required")) {
            return None;
        }
        let text_of = |(property, wanted): (&'static str, Schema)| {
            let text = wanted.const_value()?;
            text.as_text().map(|_| (property, text))
        };
        let (property, text) = condition.properties().find_map(text_of)?;
        let named = condition.properties().map(|(name, _)| name);
        Some(Trigger {
            property,
            text,
            asked: named.chain(condition.required()).collect(),
        })
    }
}

/// The bit that stands for the length of a name.
fn bit(name: &str) -> u64 {
    1 << (name.len() % 64)
}

fn found(keywords: &[(&'static str, Fact)], name: &str) -> Option<Fact> {
    let mut keywords = keywords.iter();
    keywords
        .find(|(known, _)| *known == name)
        .map(|(_, fact)| *fact)
}

/// What tells a schema from all others.
type Id = (usize, usize);

static ALL: Kept<Id, Decoded> = Kept::new();

thread_local! {
    /// Those that this thread has asked for: it waits for no other.
    static OWN: RefCell<HashMap<Id, &'static Decoded>> = RefCell::default();
}

/// A schema, decoded; none that is only true or false.
pub(crate) fn decoded(schema: Schema) -> Option<&'static Decoded> {
    let id = schema.id()?;
    if let Some(known) = OWN.with_borrow(|own| own.get(&id).copied()) {
        return Some(known);
    }
    let known = match ALL.get(&id) {
        Some(known) => known,
        None => ALL.keep(id, Decoded::new(schema, schema.fact().as_map()?)),
    };
    OWN.with_borrow_mut(|own| own.insert(id, known));
    Some(known)
}

#[cfg(test)]
mod tests {
    use stratiform_catalog::catalog;

    use super::decoded;

    #[test]
    fn what_a_database_class_may_be_is_looked_up_by_its_engine() {
        let rules = catalog().extension_in("aws_rds_dbinstance/db_instance_class", ["us-east-1"]);
        let all_of = &decoded(rules[0]).unwrap().all_of;

        assert!(all_of.len() > 100, "{}", all_of.len());
        for (trigger, _) in all_of {
            assert_eq!(trigger.as_ref().unwrap().property, "Engine");
        }
    }
}
