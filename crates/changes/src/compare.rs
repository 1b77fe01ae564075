//! Where two values differ.
//!
//! Lists are compared item by item, except where their order means nothing (tags, and what a schema says
//! has no `insertionOrder` or is a set): there, equal items find each other wherever they are.

use std::collections::HashMap;

use stratiform_catalog::{JsonType, Keyword, Schema, behaviour};
use stratiform_resolve::{Compare, Path, Resolved, Style};
use stratiform_template::Step;

use crate::change::Edit;

/// Keys that tell the items of a list without order apart, by their names: a guess of ours, and no fact about a type.
const IDENTITIES: [&str; 5] = ["Key", "Name", "Id", "Sid", "Rule"];

/// A place where two values differ.
#[derive(Clone, Debug)]
pub(crate) struct Difference<'r, 't> {
    /// The keys down to it. In a list it is the position before the change; what is added comes after all of those.
    pub path: Vec<String>,
    /// The value before, if there was one.
    pub before: Option<&'r Resolved<'t>>,
    /// The value after, if there is one.
    pub after: Option<&'r Resolved<'t>>,
    /// Whether they differ as expressions.
    pub expressions: bool,
    /// Whether they differ as values.
    pub values: bool,
}

impl Difference<'_, '_> {
    pub(crate) fn change_type(&self) -> Edit {
        match (self.before, self.after) {
            (None, _) => Edit::Add,
            (_, None) => Edit::Remove,
            _ => Edit::Modify,
        }
    }
}

/// How the lists of a property are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape<'n> {
    schema: Option<Schema>,
    /// The property; none for an item, and for what is no property.
    name: Option<&'n str>,
}

impl<'n> Shape<'n> {
    pub(crate) const UNKNOWN: Shape<'static> = Shape {
        schema: None,
        name: None,
    };

    pub(crate) fn new(schema: Option<Schema>, name: &'n str) -> Self {
        Shape {
            schema: schema.map(Schema::resolve),
            name: Some(name),
        }
    }

    fn below(self, key: &'n str) -> Shape<'n> {
        let schema = self.schema.and_then(|schema| schema.property(key));
        Shape::new(schema, key)
    }

    fn item(self) -> Shape<'n> {
        Shape {
            schema: self.schema.and_then(Schema::items).map(Schema::resolve),
            name: None,
        }
    }

    fn is_unordered(self) -> bool {
        let says = |keyword| {
            self.schema
                .and_then(|schema| schema.keyword(keyword)?.as_bool())
        };
        match says(Keyword::InsertionOrder) {
            _ if self.name == Some("Tags") => true,
            Some(ordered) => !ordered,
            // JSON Schema's default is that order matters. AWS's schemas say so where it does: a list of unique
            // items about whose order nothing is said is a set (`VPCSecurityGroups`).
            None => {
                says(Keyword::UniqueItems) == Some(true)
                    && !self.name.is_some_and(behaviour::order_matters)
            }
        }
    }

    /// Whether two texts are the same value of this shape: `1.0` and `1` are the same number.
    fn coerces(self, one: &str, two: &str) -> bool {
        let types = self.schema.map(Schema::types).unwrap_or_default();
        if types.contains(JsonType::String) {
            return false;
        }
        if types.contains(JsonType::Boolean) {
            return one.eq_ignore_ascii_case(two);
        }
        let number = |text: &str| text.parse::<f64>().ok();
        let numbers = types.contains(JsonType::Integer) || types.contains(JsonType::Number);
        numbers && number(one).is_some_and(|one| number(two) == Some(one))
    }
}

/// Finds where two values differ, as expressions or as values. Their shape is asked for only where they do.
pub(crate) fn differences<'r, 't>(
    name: Option<&str>,
    before: Option<&'r Resolved<'t>>,
    after: Option<&'r Resolved<'t>>,
    shape: impl FnOnce() -> Shape<'r>,
) -> Vec<Difference<'r, 't>> {
    let mut found = Vec::new();
    let is_same = match (before, after) {
        (Some(one), Some(two)) => {
            one.same(two, Compare::Expressions) && one.same(two, Compare::Values)
        }
        (one, two) => one.is_none() && two.is_none(),
    };
    if !is_same {
        let path = name.map(|name| Path {
            up: None,
            step: Step::Key(name),
        });
        let mut walk = Walk { found: &mut found };
        walk.compare(path.as_ref(), before, after, shape());
    }
    found
}

struct Walk<'f, 'r, 't> {
    found: &'f mut Vec<Difference<'r, 't>>,
}

impl<'r, 't> Walk<'_, 'r, 't> {
    fn compare(
        &mut self,
        path: Option<&Path<'_>>,
        before: Option<&'r Resolved<'t>>,
        after: Option<&'r Resolved<'t>>,
        shape: Shape<'r>,
    ) {
        let below = |step| Path { up: path, step };
        match (before, after) {
            (Some(Resolved::Map(one)), Some(Resolved::Map(two))) => {
                for (key, value) in one {
                    let path = below(Step::Key(key));
                    let other = two.get(key);
                    self.compare(Some(&path), Some(value), other, shape.below(key));
                }
                for (key, value) in two {
                    if !one.contains_key(key) {
                        let path = below(Step::Key(key));
                        self.compare(Some(&path), None, Some(value), shape.below(key));
                    }
                }
            }
            (Some(Resolved::List(one)), Some(Resolved::List(two))) => {
                let pairs = if shape.is_unordered() {
                    matched(one, two)
                } else {
                    in_order(one.len(), two.len())
                };
                let item = shape.item();
                for (position, (before, after)) in pairs {
                    let before = before.map(|index| &one[index]);
                    let after = after.map(|index| &two[index]);
                    let path = below(Step::Index(position));
                    self.compare(Some(&path), before, after, item);
                }
            }
            (Some(one), Some(two)) => {
                let coerced = match (one.known(), two.known()) {
                    (Some(one), Some(two)) => shape.coerces(&one, &two),
                    _ => false,
                };
                let expressions = !one.same(two, Compare::Expressions);
                let values = !one.same(two, Compare::Values);
                if (expressions || values) && !coerced {
                    self.found(path, before, after, expressions, values);
                }
            }
            (None, None) => {}
            (None, Some(_)) | (Some(_), None) => {
                self.found(path, before, after, true, true);
            }
        }
    }

    fn found(
        &mut self,
        path: Option<&Path<'_>>,
        before: Option<&'r Resolved<'t>>,
        after: Option<&'r Resolved<'t>>,
        expressions: bool,
        values: bool,
    ) {
        self.found.push(Difference {
            path: path.map(Path::steps).unwrap_or_default(),
            before,
            after,
            expressions,
            values,
        });
    }
}

/// Which items of two lists belong together, by position; each pair with the position it is shown at.
type Pairs = Vec<(usize, (Option<usize>, Option<usize>))>;

fn in_order(before: usize, after: usize) -> Pairs {
    let there = |index: usize, length: usize| (index < length).then_some(index);
    let positions = 0..before.max(after);
    positions
        .map(|index| (index, (there(index, before), there(index, after))))
        .collect()
}

/// Equal items first, then those with the same identity, then the rest in order.
fn matched(before: &[Resolved<'_>], after: &[Resolved<'_>]) -> Pairs {
    if before.len().max(after.len()) <= 1 {
        return in_order(before.len(), after.len());
    }
    let mut partner = vec![None; before.len()];
    let mut taken = vec![false; after.len()];
    let whole = |item: &Resolved<'_>| Some(item.shown(Style::Expression));
    for key in [
        &whole as &dyn Fn(&Resolved<'_>) -> Option<String>,
        &identity,
        &|_| Some(String::new()),
    ] {
        let mut free: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, item) in after.iter().enumerate().rev() {
            if let (false, Some(key)) = (taken[index], key(item)) {
                free.entry(key).or_default().push(index);
            }
        }
        for (index, item) in before.iter().enumerate() {
            if partner[index].is_some() {
                continue;
            }
            let found = key(item).and_then(|key| free.get_mut(&key)?.pop());
            if let Some(found) = found {
                partner[index] = Some(found);
                taken[found] = true;
            }
        }
    }
    let added = (0..after.len()).filter(|index| !taken[*index]);
    let paired = partner
        .iter()
        .enumerate()
        .map(|(index, found)| (index, (Some(index), *found)));
    let added = added
        .enumerate()
        .map(|(more, index)| (before.len() + more, (None, Some(index))));
    paired.chain(added).collect()
}

fn identity(item: &Resolved<'_>) -> Option<String> {
    let key = IDENTITIES
        .iter()
        .find_map(|key| Some((key, item.get(key)?.known()?)));
    key.map(|(key, value)| format!("{key}={value}"))
}
