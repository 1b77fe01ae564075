//! What changing a value would do: the stacks with another value there, compared as `diff` compares them.

use std::cmp::Reverse;

use stratiform_assembly::{Assembly, StackAt};
use stratiform_catalog::behaviour::is_revision;
use stratiform_catalog::{JsonType, catalog};
use stratiform_changes::{ChangedResource, Edit, Replacement};
use stratiform_diff::{
    Certainty, Consequence, Kind, Pair, Severity, StackDiff, diff, diff_environment,
};
use stratiform_resolve::Whereabouts;
use stratiform_template::{Member, Number, Resource, Value};

use crate::view::explained::{Change, Effect, Touched};

/// The kinds of consequences that follow from a change, whichever value comes.
const TOLD: [Kind; 4] = [
    Kind::DataLoss,
    Kind::OtherStacks,
    Kind::Replacement,
    Kind::Interruption,
];

/// A property of a resource, by its keys below `Properties`.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    pub stack: &'p StackAt,
    pub logical_id: &'p str,
    pub resource: &'p Resource,
    pub keys: &'p [String],
}

/// What it does to the resource alone.
pub(super) fn effect(assembly: &Assembly, place: Place<'_>, other: Option<Value>) -> Effect {
    let after = place.with(other);
    let diff = diff(
        Some(place.stack),
        Some(&after),
        &whereabouts(assembly, place.stack),
    );
    effect_of(&diff, place)
}

/// What it does to everything.
pub(super) fn change(assembly: &Assembly, place: Place<'_>, other: Option<Value>) -> Change {
    let after = place.with(other);
    let pairs: Vec<Pair<'_>> = assembly
        .stacks
        .iter()
        .map(|stack| Pair {
            place: whereabouts(assembly, stack),
            before: Some(stack),
            after: Some(match stack.name == place.stack.name {
                true => &after,
                false => stack,
            }),
        })
        .collect();
    let diffs = diff_environment(&pairs);
    let own = diffs.iter().find(|diff| diff.name == place.stack.name);
    let consequences = diffs.iter().flat_map(|diff| &diff.consequences);
    let consequences = consequences.filter(|it| is_told(it)).cloned();
    let mut consequences: Vec<Consequence> = consequences.collect();
    consequences.sort_by_key(|it| Reverse(it.severity));
    let touched = diffs.iter().flat_map(|diff| {
        let key = assembly.key(&diff.name);
        let changes = diff.resources.iter().filter(|change| change.is_expected());
        let own = |change: &&ChangedResource| {
            diff.name == place.stack.name && change.logical_id == place.logical_id
        };
        let others = changes.filter(move |change| !own(change));
        others.map(move |change| Touched {
            stack: key.to_owned(),
            logical_id: change.logical_id.clone(),
            replacement: change.replacement(),
        })
    });
    Change {
        effect: own.map_or(Effect::Unknown, |diff| effect_of(diff, place)),
        consequences,
        touched: touched.collect(),
    }
}

fn is_told(consequence: &Consequence) -> bool {
    // A replacement that AWS refuses: the resource has a name that stays taken.
    let withholds = consequence.kind == Kind::Refused && !consequence.withheld.is_empty();
    (withholds || TOLD.contains(&consequence.kind)) && consequence.certainty != Certainty::Unknown
}

fn whereabouts(assembly: &Assembly, stack: &StackAt) -> Whereabouts {
    Whereabouts {
        stack: stack.name.clone(),
        region: assembly.region.clone(),
        account: assembly.account.clone(),
    }
}

fn effect_of(diff: &StackDiff, place: Place<'_>) -> Effect {
    let mut changes = diff.resources.iter();
    let Some(change) = changes.find(|change| change.logical_id == place.logical_id) else {
        return Effect::Unknown;
    };
    let is_own = |it: &&Consequence| it.logical_id.as_deref() == Some(place.logical_id);
    let mut interruptions = diff
        .consequences
        .iter()
        .filter(|it| it.kind == Kind::Interruption);
    match (change.action, change.replacement()) {
        (Edit::Modify, Replacement::Will | Replacement::May)
            if is_revision(&change.resource_type) =>
        {
            Effect::Revision
        }
        (Edit::Modify, Replacement::Will | Replacement::May) if change.refused => Effect::Refused,
        (Edit::Modify, Replacement::Will) => Effect::Replaces,
        (Edit::Modify, Replacement::May) => Effect::MayReplace,
        _ => match interruptions.clone().find(is_own) {
            Some(found) => match (found.severity, found.certainty) {
                (Severity::Safe | Severity::Note, _) => Effect::Deploys,
                (_, Certainty::Will) => Effect::Interrupts,
                (_, Certainty::May | Certainty::Unknown) => Effect::MayInterrupt,
            },
            None if interruptions.any(|it| it.logical_id.is_none()) => Effect::Unknown,
            None => Effect::InPlace,
        },
    }
}

impl Place<'_> {
    /// The stack with another value there: the given one, or one of the same kind.
    fn with(&self, other: Option<Value>) -> StackAt {
        let mut stack = self.stack.clone();
        let mut template = (*stack.template).clone();
        if let Some(Member::One(resource)) = template.resources.get_mut(self.logical_id) {
            let mut properties = Value::Map(std::mem::take(&mut resource.properties));
            set(&mut properties, self.keys, &|value| match (&other, value) {
                (Some(other), _) => other.clone(),
                (None, Some(value)) => another(value),
                (None, None) => example(self.resource, self.keys),
            });
            if let Value::Map(properties) = properties {
                resource.properties = properties;
            }
        }
        stack.template = template.into();
        stack
    }
}

/// Sets what stands at some keys; of what is not written, the property as a whole.
fn set(value: &mut Value, keys: &[String], make: &dyn Fn(Option<&Value>) -> Value) {
    let Some((key, below)) = keys.split_first() else {
        *value = make(Some(value));
        return;
    };
    match value {
        Value::Map(map) => match map.get_mut(key) {
            Some(next) => set(next, below, make),
            None => {
                map.insert(key.clone(), make(None));
            }
        },
        Value::List(items) => {
            let place = key.parse::<usize>().ok();
            if let Some(next) = place.and_then(|place| items.get_mut(place)) {
                set(next, below, make);
            }
        }
        Value::Function(_, argument) => set(argument, below, make),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Another value of the same kind: what is asked is what a change does, and not what a value means.
fn another(value: &Value) -> Value {
    match value {
        Value::Bool(value) => (!value).into(),
        Value::Number(number) => number.as_i64().map_or(1, |it| it.saturating_add(1)).into(),
        Value::String(text) => match Number::parse(text).and_then(|number| number.as_i64()) {
            Some(number) => number.saturating_add(1).to_string().into(),
            None => format!("{text}-other").into(),
        },
        Value::List(items) => {
            let mut items = items.clone();
            match items.last_mut() {
                Some(last) => *last = another(last),
                None => items.push("other".into()),
            }
            items.into()
        }
        Value::Map(entries) => {
            let mut entries = entries.clone();
            match entries.last_mut() {
                Some(last) => *last = another(last),
                None => {
                    entries.insert("Other", "other".into());
                }
            }
            entries.into()
        }
        Value::Null | Value::Function(..) => "other".into(),
    }
}

/// A value for a property that is not written.
fn example(resource: &Resource, keys: &[String]) -> Value {
    let known = catalog().resource_type(&resource.resource_type);
    let property = known.zip(keys.first());
    let property = property.and_then(|(known, name)| known.schema().property(name));
    let types = property.map(|property| property.resolve().types());
    let is = |one| types.is_some_and(|types| types.contains(one));
    if is(JsonType::Boolean) {
        true.into()
    } else if is(JsonType::Integer) || is(JsonType::Number) {
        1.into()
    } else if is(JsonType::Array) {
        vec!["other".into()].into()
    } else if is(JsonType::Object) {
        Value::from([("Other", "other".into())])
    } else {
        "other".into()
    }
}
