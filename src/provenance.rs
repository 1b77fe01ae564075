//! Where the values of templates come from: which of an environment's values made them, and which line of Rust.
//!
//! Synthesis is a function of the environment's values. Each of them is given other values, the stacks are synthesized
//! again, and what became another in them comes from there. Nothing is guessed and no stack keeps a record; what cannot
//! be tried is said to be unknown. What lives here: that search and its answers. What does not: which other values there
//! are (`Loaded::variables`), and how places are shown.

#[cfg(test)]
mod laws;
mod moved;
mod synthesis;
mod trial;

use std::collections::{BTreeMap, BTreeSet};

use stratiform_assembly::Assembly;
use stratiform_bootstrap::Derivations;
use stratiform_environment::{Loaded, Origin, Source, Variable};
use stratiform_template::Value;

use self::moved::Extent;
pub(crate) use self::moved::attributes;
pub(crate) use self::synthesis::Synthesis;
use self::trial::Trial;
pub(crate) use self::trial::tried;

/// The keys to a value: the stack's, `Resources`, `Instance`, `Properties`, `MultiAZ`.
pub(crate) type Keys = Vec<String>;

/// What became another, and by which variables.
type Moved = BTreeMap<Keys, BTreeMap<usize, Extent>>;

/// Which values of an environment made what in its templates.
#[derive(Debug)]
pub(crate) struct Provenance {
    variables: Vec<Variable>,
    moved: Moved,
    /// The variables of which no other value could be tried.
    untried: Vec<usize>,
}

impl Provenance {
    /// Tries all values of an environment. `now` is what it synthesizes as it is.
    pub(crate) fn of(synthesis: Synthesis<'_>, loaded: &Loaded, now: &Assembly) -> Provenance {
        let enough = synthesis.enough();
        Provenance::among(synthesis, loaded, now, loaded.variables(), enough)
    }

    /// Tries only what was another way before: which change of YAML made what is another.
    pub(crate) fn since(
        synthesis: Synthesis<'_>,
        loaded: &Loaded,
        now: &Assembly,
        before: &[Source],
    ) -> Provenance {
        Provenance::among(synthesis, loaded, now, loaded.since(before), 1)
    }

    fn among(
        synthesis: Synthesis<'_>,
        loaded: &Loaded,
        now: &Assembly,
        variables: Vec<Variable>,
        enough: usize,
    ) -> Provenance {
        let trial = Trial {
            synthesis,
            loaded,
            now,
            variables: &variables,
            enough,
            derivations: Derivations::default(),
        };
        let (mut moved, mut untried) = (BTreeMap::new(), Vec::new());
        for (by, found) in trial.all().into_iter().enumerate() {
            match found {
                Some(found) => add(&mut moved, by, found),
                None => untried.push(by),
            }
        }
        Provenance {
            variables,
            moved,
            untried,
        }
    }

    /// The values that make what stands at a place of a template, in the order of the environment's files; none where
    /// the code alone makes it. What is only there because of a map as a whole, such as a service, has that.
    pub(crate) fn origins(&self, keys: &[String]) -> Vec<&Variable> {
        let mut by: BTreeSet<usize> = BTreeSet::new();
        let inside = self.moved.range(keys.to_vec()..);
        for (_, all) in inside.take_while(|(moved, _)| moved.starts_with(keys)) {
            by.extend(all.keys());
        }
        // A resource that comes or goes as a whole is another question.
        for length in moved::RESOURCE + 1..keys.len() {
            let around = keys.get(..length).and_then(|around| self.moved.get(around));
            let wholly = around.into_iter().flatten();
            by.extend(
                wholly
                    .filter(|(_, extent)| **extent == Extent::All)
                    .map(|(by, _)| by),
            );
        }
        self.chosen(by)
    }

    /// The values that decide whether a resource is there.
    pub(crate) fn existence(&self, resource: &[String]) -> Vec<&Variable> {
        let around =
            (1..=resource.len()).filter_map(|length| self.moved.get(resource.get(..length)?));
        let by = around
            .flatten()
            .filter(|(_, extent)| **extent == Extent::All);
        self.chosen(by.map(|(by, _)| *by).collect())
    }

    /// The values that a file says, and of which it is not known what they make.
    pub(crate) fn untried(&self) -> impl Iterator<Item = &Variable> {
        let untried = self.untried.iter().filter_map(|by| self.variables.get(*by));
        untried.filter(|variable| variable.value.is_some() && variable.origin != Origin::BuiltIn)
    }

    /// Of a map and a value in it, the value tells more; of maps, the inner one.
    fn chosen(&self, by: BTreeSet<usize>) -> Vec<&Variable> {
        let all: Vec<&Variable> = by
            .into_iter()
            .filter_map(|by| self.variables.get(by))
            .collect();
        let is_map_around = |map: &Variable| {
            let inside = |other: &&Variable| {
                other.path != map.path && other.path.steps().starts_with(map.path.steps())
            };
            map.value.is_none() && all.iter().any(inside)
        };
        let chosen = all.iter().filter(|variable| !is_map_around(variable));
        chosen.copied().collect()
    }
}

fn add(moved: &mut Moved, by: usize, found: Vec<(Keys, Extent)>) {
    for (keys, extent) in found {
        let all = moved.entry(keys).or_default();
        let known = all.entry(by).or_insert(extent);
        *known = extent.max(*known);
    }
}

/// What stands at a place of a resource, by its keys.
pub(crate) fn value_at(assembly: &Assembly, keys: &[String]) -> Option<Value> {
    let [stack, section, id, below @ ..] = keys else {
        return None;
    };
    let mut stacks = assembly.stacks.iter();
    let stack = stacks.find(|it| assembly.key(&it.name) == stack)?;
    let mut resources = stack.template.each_resource();
    let (_, resource) = resources.find(|(known, _)| section == "Resources" && known == id)?;
    let value = attributes(resource);
    below
        .iter()
        .try_fold(&value, |value, key| step(value, key))
        .cloned()
}

/// One key further, as they are counted here: into a map, a list, or the argument of a function.
pub(crate) fn step<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Map(map) => map.get(key),
        Value::List(items) => items.get(key.parse::<usize>().ok()?),
        Value::Function(function, argument) if function.name() == key => Some(argument),
        _ => None,
    }
}

/// A scalar as text, as CloudFormation compares them.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.as_str().to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Function(..) => None,
    }
}
