//! What could be different in an environment: other values that its schema allows, and what may be left out.
//!
//! Whoever wants to know what a value does tries another one (`Loaded::varied`). What lives here: which others there
//! are. What does not: whether they fit together, which the environment's own checks say when one is tried.

mod other;

use serde_json::Value;
use stratiform_finding::{Place, Source};

use self::other::{others, sample};
use crate::load::origin::Origin;
use crate::load::{merge, words};
use crate::path::{Path, Step};
use crate::schema::shape::{Field, Shape};
use crate::{Effective, Loaded};

/// A part of an environment, and what it could be instead.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Where it is: `database.multi_az`, or `services.api` as a whole.
    pub path: Path,
    /// The value that is in force; none of a map, which is named only because it may be left out.
    pub value: Option<Value>,
    /// Where it is from.
    pub origin: Origin,
    /// What it could be instead, the most telling first; none where nothing is known that could be tried.
    pub variations: Vec<Variation>,
}

/// One thing that is another way.
#[derive(Clone, Debug, PartialEq)]
pub struct Variation {
    /// What is another way: the part itself, or the map around it, where the two go together.
    pub path: Path,
    /// The value instead; none where it is left out.
    pub value: Option<Value>,
}

impl<E> Loaded<E> {
    /// Everything that could be different: the values in force, in the order of [`Loaded::values`], and then the maps
    /// that may be left out as a whole.
    pub fn variables(&self) -> Vec<Variable> {
        let Ok(shape) = self.environment_type.shape() else {
            return Vec::new();
        };
        let whole = (self.environment_type.to_json)(&self.environment).unwrap_or_default();
        let values = self.values().filter(|leaf| !is_empty_map(&leaf.value));
        let mut variables: Vec<Variable> =
            values.map(|leaf| of_leaf(leaf, &whole, &shape)).collect();
        let mut optional = Vec::new();
        collect_optional(&whole, &shape, &Path::default(), &mut optional);
        variables.extend(optional.into_iter().map(|path| Variable {
            value: None,
            origin: self.origin(&path),
            variations: vec![Variation {
                path: path.clone(),
                value: None,
            }],
            path,
        }));
        variables
    }

    /// What is written another way than in other layers: each value with what it was. Of a part that came, it is that it
    /// may be left out; what went has no line any more, and is not among them. Nothing where the other layers cannot be
    /// read.
    pub fn since(&self, before: &[Source]) -> Vec<Variable> {
        let layers = before;
        let (Ok(mut before), Ok(shape)) = (merge(layers), self.environment_type.shape()) else {
            return Vec::new();
        };
        words::take(&mut before, &shape, layers);
        let mut found = Vec::new();
        let (now, before) = (self.tree.to_json(), before.to_json());
        collect_changed(&now, Some(&before), &Path::default(), None, &mut found);
        for variable in &mut found {
            variable.origin = self.origin(&variable.path);
        }
        found
    }

    /// The environment's value with some things another way, one after the other; none where its type or its checks
    /// refuse that.
    pub fn varied(&self, variations: &[&Variation]) -> Option<E> {
        let environment = self.unchecked(variations)?;
        (self.environment_type.check)(&environment)
            .is_empty()
            .then_some(environment)
    }

    /// The same; none where its type refuses that, whatever its checks say.
    pub fn unchecked(&self, variations: &[&Variation]) -> Option<E> {
        let mut all = (self.environment_type.to_json)(&self.environment).ok()?;
        for variation in variations {
            match &variation.value {
                Some(value) => set(&mut all, &variation.path, value.clone())?,
                None => remove(&mut all, &variation.path)?,
            }
        }
        (self.environment_type.read)(all).ok()
    }

    /// Where a part is written, as a place to point at; none of what no file says.
    pub fn place(&self, path: &Path, label: impl Into<String>) -> Option<Place> {
        let (written, is_there) = self.tree.locate(path);
        is_there.then(|| Place::text(&self.sources[written.layer], written.span, label))
    }

    fn origin(&self, path: &Path) -> Origin {
        match self.tree.locate(path) {
            (written, true) => Origin::File {
                name: self.sources[written.layer].name.to_string(),
                line: written.span.line,
            },
            (_, false) => Origin::BuiltIn,
        }
    }
}

fn is_empty_map(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// A value with what it could be instead: another one, or nothing.
fn of_leaf(leaf: Effective, whole: &Value, shape: &Shape) -> Variable {
    let path = leaf.path;
    let mut variations: Vec<Variation> = match at(whole, shape, path.steps()) {
        Some(Found::Value(shape)) => others(&leaf.value, shape)
            .into_iter()
            .map(|value| Variation {
                path: path.clone(),
                value: Some(value),
            })
            .collect(),
        Some(Found::Tag(map, shape)) => other_variants(map, shape)
            .into_iter()
            .map(|value| Variation {
                path: path.parent(),
                value: Some(value),
            })
            .collect(),
        None => Vec::new(),
    };
    if matches!(leaf.origin, Origin::File { .. }) {
        variations.push(Variation {
            path: path.clone(),
            value: None,
        });
    }
    Variable {
        path,
        value: Some(leaf.value),
        origin: leaf.origin,
        variations,
    }
}

/// What a path leads to.
enum Found<'s> {
    /// A value, and what it must be.
    Value(&'s Shape),
    /// The key that says which variant its map is.
    Tag(&'s Value, &'s Shape),
}

/// What stands at a path, and what it must be there.
fn at<'s>(value: &'s Value, shape: &'s Shape, steps: &[Step]) -> Option<Found<'s>> {
    let Some((step, below)) = steps.split_first() else {
        return Some(Found::Value(shape));
    };
    let (next, inside) = match (step, shape) {
        (Step::Key(key), Shape::Struct(fields)) => (value.get(key)?, field(fields, key)?),
        (Step::Key(key), Shape::Map { value: each, .. }) => (value.get(key)?, each.as_ref()),
        (Step::Key(key), Shape::Tagged { tag, .. }) if key == tag => {
            return Some(Found::Tag(value, shape));
        }
        (Step::Key(key), Shape::Tagged { .. }) => {
            (value.get(key)?, field(variant(value, shape)?, key)?)
        }
        (Step::Position(position), Shape::List { item, .. }) => {
            (value.get(position)?, item.as_ref())
        }
        _ => return None,
    };
    at(next, inside, below)
}

fn field<'s>(fields: &'s [Field], key: &str) -> Option<&'s Shape> {
    let field = fields.iter().find(|field| field.name == key)?;
    Some(&field.shape)
}

/// The fields of the variant that a map is.
fn variant<'s>(value: &Value, shape: &'s Shape) -> Option<&'s [Field]> {
    let Shape::Tagged { tag, variants } = shape else {
        return None;
    };
    let name = value.get(tag)?.as_str()?;
    let variant = variants.iter().find(|variant| variant.name == name)?;
    Some(&variant.fields)
}

/// A map as each of the other variants: it keeps what both have, and what the other needs besides is an example.
fn other_variants(map: &Value, shape: &Shape) -> Vec<Value> {
    let Shape::Tagged { tag, variants } = shape else {
        return Vec::new();
    };
    let own = map.get(tag).and_then(Value::as_str);
    let others = variants
        .iter()
        .filter(|variant| Some(variant.name.as_str()) != own);
    let others = others.filter_map(|variant| {
        let mut other = serde_json::Map::new();
        other.insert(tag.clone(), variant.name.as_str().into());
        for field in &variant.fields {
            match map.get(&field.name) {
                Some(kept) => other.insert(field.name.clone(), kept.clone()),
                None if field.required => other.insert(field.name.clone(), sample(&field.shape)?),
                None => None,
            };
        }
        Some(Value::Object(other))
    });
    others.collect()
}

/// The maps that are there and need not be: the entries of maps, optional structs, items of lists.
fn collect_optional(value: &Value, shape: &Shape, path: &Path, found: &mut Vec<Path>) {
    let mut go = |value: &Value, shape: &Shape, path: Path, is_optional: bool| {
        if is_optional && value.is_object() {
            found.push(path.clone());
        }
        collect_optional(value, shape, &path, found);
    };
    let fields = match shape {
        Shape::Struct(fields) => Some(fields.as_slice()),
        Shape::Tagged { .. } => variant(value, shape),
        _ => None,
    };
    for field in fields.into_iter().flatten() {
        if let Some(value) = value.get(&field.name) {
            go(value, &field.shape, path.key(&field.name), !field.required);
        }
    }
    match (shape, value) {
        (Shape::Map { value: each, .. }, Value::Object(entries)) => {
            for (key, value) in entries {
                go(value, each, path.key(key), true);
            }
        }
        (Shape::List { item, .. }, Value::Array(items)) => {
            for (position, value) in items.iter().enumerate() {
                go(value, item, path.position(position), true);
            }
        }
        _ => {}
    }
}

fn at_mut<'v>(value: &'v mut Value, steps: &[Step]) -> Option<&'v mut Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Position(position) => value.get_mut(*position),
    })
}

/// Values that differ. Where one alone would not fit, the whole map around it as it was is tried, too.
fn collect_changed(
    now: &Value,
    before: Option<&Value>,
    path: &Path,
    around: Option<&Variation>,
    found: &mut Vec<Variable>,
) {
    match (now, before) {
        (Value::Object(now), Some(map @ Value::Object(before))) => {
            let whole = Variation {
                path: path.clone(),
                value: Some(map.clone()),
            };
            let around = (!path.steps().is_empty()).then_some(&whole);
            for (key, now) in now {
                collect_changed(now, before.get(key), &path.key(key), around, found);
            }
        }
        (now, Some(before)) if now == before => {}
        (now, before) => {
            let own = Variation {
                path: path.clone(),
                value: before.cloned(),
            };
            found.push(Variable {
                path: path.clone(),
                value: (!now.is_object()).then(|| now.clone()),
                origin: Origin::BuiltIn,
                variations: std::iter::once(own).chain(around.cloned()).collect(),
            });
        }
    }
}

/// Sets what stands at a path; the last key need not be there.
fn set(all: &mut Value, path: &Path, value: Value) -> Option<()> {
    let (last, above) = path.steps().split_last()?;
    match (at_mut(all, above)?, last) {
        (Value::Object(map), Step::Key(key)) => {
            map.insert(key.clone(), value);
            Some(())
        }
        (list, step) => {
            *at_mut(list, std::slice::from_ref(step))? = value;
            Some(())
        }
    }
}

fn remove(value: &mut Value, path: &Path) -> Option<()> {
    let (last, above) = path.steps().split_last()?;
    match (at_mut(value, above)?, last) {
        (Value::Object(map), Step::Key(key)) => map.remove(key).map(drop),
        (Value::Array(items), Step::Position(position)) => {
            (*position < items.len()).then(|| drop(items.remove(*position)))
        }
        _ => None,
    }
}
