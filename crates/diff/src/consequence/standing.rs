//! What is there before a change and after it, whether it changes or not, and what it is about.
//!
//! Access, networks and names are decided by all resources together: a rule that moves from a group into a resource of
//! its own opens nothing. What lives here: the resources of both sides, and the keys by which those are found that are
//! about the same thing. What does not: what is compared.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use stratiform_catalog::behaviour::{Owner, belongs_to, unique_name};
use stratiform_catalog::{PropertyPath, catalog};
use stratiform_changes::{ChangedResource, Sides};
use stratiform_resolve::{Resolved, Resolver, Scope, Segment, Style, Time, reference};
use stratiform_template::{Reference, Resource};

use super::iam::property::{at, sides, stays};
use super::nouns::noun;

/// A moment of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Before,
    After,
}

impl Moment {
    pub(super) const BOTH: [Moment; 2] = [Moment::Before, Moment::After];
}

/// The resources of a stack before a change and after it.
pub(super) struct Estate<'c, 't> {
    pub changes: &'c [ChangedResource],
    sides: &'c Sides<'t>,
    unchanged: Vec<Unchanged<'c, 't>>,
    types: Vec<OfType<'c>>,
    /// Where each type is among them.
    positions: HashMap<&'c str, usize>,
    /// The types of the changes and then of the unchanged, by position.
    each_type: Vec<usize>,
    /// The conditions that decide whether a resource is there, where their values are not known: before, and after.
    conditions: [HashMap<&'t str, &'t str>; 2],
}

/// What is known of a type, looked up once.
struct OfType<'c> {
    resource_type: &'c str,
    noun: String,
    /// The property that names it.
    name: Option<PropertyPath>,
    /// The first property of its primary identifier.
    identifier: Option<PropertyPath>,
    /// The properties that name what it says something about.
    owners: Vec<Owner>,
}

impl<'c> OfType<'c> {
    fn new(resource_type: &'c str) -> Self {
        let known = catalog().resource_type(resource_type);
        OfType {
            resource_type,
            noun: noun(resource_type),
            name: known.and_then(unique_name),
            identifier: known.and_then(|known| known.primary_identifier().next()),
            owners: belongs_to(resource_type).collect(),
        }
    }
}

/// A resource that does not change, and its properties as far as they were asked for.
pub(super) struct Unchanged<'c, 't> {
    logical_id: &'t str,
    resource: &'t Resource,
    sides: &'c Sides<'t>,
    each: Vec<OnceCell<Option<Resolved<'static>>>>,
    all: OnceCell<Resolved<'static>>,
}

/// The properties of a resource. Of one that does not change, most are never asked for.
#[derive(Clone, Copy)]
pub(super) enum Properties<'e> {
    Changed(&'e Resolved<'static>),
    Unchanged(&'e Unchanged<'e, 'e>),
}

/// A resource as it is at a moment.
#[derive(Clone, Copy)]
pub(super) struct Standing<'e> {
    pub logical_id: &'e str,
    pub resource_type: &'e str,
    of_type: &'e OfType<'e>,
    pub properties: Properties<'e>,
    /// The condition that decides whether it is there, where that is not known here.
    pub condition: Option<&'e str>,
}

impl<'c, 't> Estate<'c, 't> {
    pub(super) fn new(changes: &'c [ChangedResource], sides: &'c Sides<'t>) -> Self {
        let changed: HashSet<&str> = changes.iter().map(|one| one.logical_id.as_str()).collect();
        let all = sides.before.scope.resources();
        let unchanged = all.filter(|(id, _)| !changed.contains(id));
        let unchanged = unchanged.map(|(logical_id, resource)| Unchanged {
            logical_id,
            resource,
            sides,
            each: vec![OnceCell::new(); resource.properties.len()],
            all: OnceCell::new(),
        });
        let unchanged: Vec<Unchanged<'c, 't>> = unchanged.collect();
        let names = changes.iter().map(|one| one.resource_type.as_str());
        let others = unchanged
            .iter()
            .map(|one| one.resource.resource_type.as_str());
        let mut types = Vec::new();
        let mut positions = HashMap::new();
        let each_type = names.chain(others).map(|name| {
            *positions.entry(name).or_insert_with(|| {
                types.push(OfType::new(name));
                types.len() - 1
            })
        });
        let each_type = each_type.collect();
        let scopes = [&sides.before.scope, &sides.after.scope];
        Estate {
            changes,
            sides,
            unchanged,
            types,
            positions,
            each_type,
            conditions: scopes.map(|scope| unknown_conditions(scope).collect()),
        }
    }

    /// The resources of some types at a moment. What leaves the stack and nothing else is there afterwards too.
    pub(super) fn at(
        &self,
        moment: Moment,
        is_of: impl Fn(&str) -> bool,
    ) -> impl Iterator<Item = Standing<'_>> {
        let wanted = |of_type: &OfType<'_>| is_of(of_type.resource_type);
        let wanted: Vec<bool> = self.types.iter().map(wanted).collect();
        let positions = self.each_type.iter().enumerate();
        let wanted = positions.filter(move |(_, of_type)| wanted.get(**of_type) == Some(&true));
        wanted.filter_map(move |(position, of_type)| {
            let (logical_id, properties) = match self.changes.get(position) {
                Some(change) => {
                    let context = match moment {
                        Moment::After if !stays(change) => &change.after,
                        Moment::Before | Moment::After => &change.before,
                    };
                    let properties = Properties::Changed(&context.as_ref()?.properties);
                    (change.logical_id.as_str(), properties)
                }
                None => {
                    let one = self.unchanged.get(position - self.changes.len())?;
                    (one.logical_id, Properties::Unchanged(one))
                }
            };
            let of_type = self.types.get(*of_type)?;
            Some(self.standing(moment, logical_id, of_type, properties))
        })
    }

    fn standing<'e>(
        &'e self,
        moment: Moment,
        logical_id: &'e str,
        of_type: &'e OfType<'c>,
        properties: Properties<'e>,
    ) -> Standing<'e> {
        let [before, after] = &self.conditions;
        let conditions = match moment {
            Moment::Before => before,
            Moment::After => after,
        };
        Standing {
            logical_id,
            resource_type: of_type.resource_type,
            of_type,
            properties,
            condition: conditions.get(logical_id).copied(),
        }
    }

    /// A change's resource before and after.
    pub(super) fn sides_of<'e>(&'e self, change: &'e ChangedResource) -> [Option<Standing<'e>>; 2] {
        let position = self.positions.get(change.resource_type.as_str());
        let of_type = position.and_then(|position| self.types.get(*position));
        let [before, after] = sides(change);
        [(Moment::Before, before), (Moment::After, after)].map(|(moment, properties)| {
            let properties = Properties::Changed(properties?);
            Some(self.standing(moment, &change.logical_id, of_type?, properties))
        })
    }

    /// Whether one resource is made or changed only after another one.
    pub(super) fn comes_after(&self, one: &ChangedResource, other: &ChangedResource) -> bool {
        let Some(resource) = self.sides.after.scope.resource(&one.logical_id) else {
            return false;
        };
        let mut refers = resource.depends_on.contains(&other.logical_id);
        resource.for_each_reference(&mut |reference| {
            refers |= match reference {
                Reference::Name(name) => name == other.logical_id,
                Reference::Attribute { logical_id, .. } => logical_id == other.logical_id,
                _ => false,
            };
        });
        refers
    }
}

impl<'t> Unchanged<'_, 't> {
    fn evaluated<T>(&self, evaluate: impl FnOnce(&Resolver<'_, 't>) -> T) -> T {
        let world = self.sides.before_it();
        evaluate(&Resolver::new(&self.sides.before.scope, &world))
    }

    fn get(&self, property: &str) -> Option<&Resolved<'static>> {
        let properties = &self.resource.properties;
        let one = self.each.get(properties.get_index_of(property)?)?;
        let evaluated = one.get_or_init(|| {
            let value = self.evaluated(|resolver| resolver.entry(properties, property));
            value.map(Resolved::into_owned)
        });
        evaluated.as_ref()
    }

    fn all(&self) -> &Resolved<'static> {
        self.all.get_or_init(|| {
            let all = self.evaluated(|resolver| resolver.entries(&self.resource.properties));
            Resolved::Map(all).into_owned()
        })
    }
}

impl<'e> Properties<'e> {
    /// One of them.
    pub(super) fn get(self, property: &str) -> Option<&'e Resolved<'static>> {
        match self {
            Properties::Changed(all) => all.get(property),
            Properties::Unchanged(one) => one.get(property),
        }
    }

    /// The values at a path; see [`at`].
    pub(super) fn at(self, path: &str) -> Vec<&'e Resolved<'static>> {
        let (first, rest) = match path.split_once('/') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        match (self.get(first), rest) {
            (None, _) => Vec::new(),
            (Some(value), None) => vec![value],
            (Some(value), Some(rest)) => at(value, rest),
        }
    }

    /// All of them, as a map.
    pub(super) fn all(self) -> &'e Resolved<'static> {
        match self {
            Properties::Changed(all) => all,
            Properties::Unchanged(one) => one.all(),
        }
    }
}

/// The resources whose conditions have no value that is known.
fn unknown_conditions<'t>(scope: &Scope<'t>) -> impl Iterator<Item = (&'t str, &'t str)> {
    let conditions = scope.resources().filter_map(|(logical_id, resource)| {
        let condition = resource.condition.as_deref()?;
        Some((logical_id, condition))
    });
    conditions.filter(|(_, condition)| scope.condition(condition).is_none())
}

impl Standing<'_> {
    /// A reference to it, with the name that it has.
    pub(super) fn reference(&self) -> Resolved<'static> {
        self.named_by(self.of_type.name)
    }

    /// What `Ref` gives, where the primary identifier is a property.
    pub(super) fn identifier(&self) -> Resolved<'static> {
        self.named_by(self.of_type.identifier)
    }

    fn named_by(&self, property: Option<PropertyPath>) -> Resolved<'static> {
        let name = self.name(property).map(Cow::into_owned);
        reference(self.logical_id, None, Time::Now, name)
    }

    fn name(&self, property: Option<PropertyPath>) -> Option<Cow<'_, str>> {
        self.properties.get(property?.as_str())?.known()
    }

    /// What it is found by: its logical ID, and the name that it has.
    pub(super) fn own_keys(&self) -> Vec<String> {
        let kind = &self.of_type.noun;
        let name = self.name(self.of_type.name);
        let own = format!("{kind} ${{{}}}", self.logical_id);
        std::iter::once(own)
            .chain(name.map(|name| format!("{kind} {name}")))
            .collect()
    }

    /// What those are found by that it says something about; nothing where it is about itself.
    pub(super) fn owner_keys(&self) -> Vec<String> {
        let owners = self.of_type.owners.iter().flat_map(|owner| {
            let names = self.properties.get(owner.path.as_str()).into_iter();
            let kind = owner.noun.unwrap_or(self.resource_type);
            names
                .flat_map(Resolved::items)
                .flat_map(move |name| keys(kind, name))
        });
        owners.collect()
    }
}

/// What something is found by that a value names: the resource of this stack, and its name.
pub(super) fn keys(kind: &str, name: &Resolved<'_>) -> Vec<String> {
    let of = |name: &str| format!("{kind} {name}");
    match name {
        Resolved::Text(text) => match text.segments.as_slice() {
            [
                Segment::Resource {
                    logical_id, now, ..
                },
            ] => {
                let own = of(&format!("${{{logical_id}}}"));
                [own].into_iter().chain(now.as_deref().map(of)).collect()
            }
            segments if segments.iter().any(|one| matches!(one, Segment::Secret(_))) => Vec::new(),
            _ => vec![of(&name.shown(Style::Expression))],
        },
        _ => vec![of(&name.shown(Style::Expression))],
    }
}

/// What changes are about: of what does not change, only this is worth looking at.
#[derive(Clone, Default)]
pub(super) struct Wanted(HashSet<String>);

impl Wanted {
    pub(super) fn add(&mut self, keys: impl IntoIterator<Item = String>) {
        self.0.extend(keys);
    }

    /// Whether any of these is among it.
    pub(super) fn has(&self, keys: &[String]) -> bool {
        keys.iter().any(|key| self.0.contains(key))
    }
}

/// Things of one moment, found by what they are about.
pub(super) struct Index<T> {
    entries: Vec<T>,
    by_key: HashMap<String, Vec<usize>>,
}

impl<T> Default for Index<T> {
    fn default() -> Self {
        Index {
            entries: Vec::new(),
            by_key: HashMap::new(),
        }
    }
}

impl<T> Index<T> {
    pub(super) fn insert(&mut self, keys: impl IntoIterator<Item = String>, entry: T) {
        let index = self.entries.len();
        for key in keys {
            self.by_key.entry(key).or_default().push(index);
        }
        self.entries.push(entry);
    }

    /// Those that are about one of these, each once, in order.
    pub(super) fn about<'i>(&'i self, keys: &[String]) -> impl Iterator<Item = &'i T> + use<'i, T> {
        let found = keys.iter().filter_map(|key| self.by_key.get(key)).flatten();
        let mut found: Vec<usize> = found.copied().collect();
        found.sort_unstable();
        found.dedup();
        found
            .into_iter()
            .filter_map(|index| self.entries.get(index))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use indexmap::IndexMap;
    use stratiform_catalog::catalog;
    use stratiform_changes::{Side, Sides, changes};
    use stratiform_resolve::Whereabouts;
    use stratiform_template::Template;

    use super::Estate;

    /// Asks a question of what changes between two templates.
    pub(in crate::consequence) fn of_estate(
        templates: [Template; 2],
        place: &Whereabouts,
        ask: impl FnOnce(&Estate<'_, '_>),
    ) {
        let nothing = IndexMap::new();
        let [before, after] = &templates;
        let side = |template| Side::new(template, &nothing, &nothing, place);
        let sides = Sides::new(side(before), side(after), catalog());
        let (changes, _) = changes(&sides);
        ask(&Estate::new(&changes, &sides));
    }
}
