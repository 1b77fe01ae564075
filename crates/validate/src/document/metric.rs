//! Metrics, wherever they stand: namespace, name, dimensions. One that nobody measures is taken, and an alarm on it
//! never goes off.

use stratiform_catalog::metric::{self, Namespace};
use stratiform_finding::words::{listed, meant};
use stratiform_template::{Function, Member, Value};

use super::{Code, Entries, Finding, Look};

/// Looks at all metrics inside of a map.
pub(super) fn look(look: &mut Look<'_>, entries: &Entries) {
    let text = |name: &str| entries.get(name).and_then(Value::as_str);
    if let (Some(namespace), Some(name)) = (text("Namespace"), text("MetricName"))
        && let Some(known) = metric::namespace(namespace)
    {
        metric(look, namespace, known, name);
        dimensions(look, known, entries, name);
    }
    for (name, value) in entries {
        look.inside(name, |look| values(look, value));
    }
}

fn values(look: &mut Look<'_>, value: &Value) {
    match value {
        Value::Map(entries) => self::look(look, entries),
        Value::List(items) => {
            for (position, item) in items.iter().enumerate() {
                look.inside(position, |look| values(look, item));
            }
        }
        Value::Function(function, argument) => {
            look.inside(function.name(), |look| values(look, argument));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn metric(look: &mut Look<'_>, namespace: &str, known: Namespace, name: &str) {
    if known.metrics().any(|known| known == name) {
        return;
    }
    let elsewhere: Vec<_> = metric::namespaces_of(name).collect();
    let near = meant(name, known.metrics());
    let help = match (near, elsewhere.as_slice()) {
        (_, [_, ..]) => format!("it is a metric of {}", listed(&elsewhere)),
        (Some(near), []) => near,
        // AWS's page may have it.
        (None, []) if !known.is_whole => return,
        (None, []) => {
            format!("look it up in CloudWatch; one that is newer than the catalog wants {UNTYPED}")
        }
    };
    let what = format!("`{namespace}` has no metric `{name}`");
    let why = "nothing is ever measured of it, so that an alarm stays as it is";
    look.tell(
        "MetricName",
        Finding::new(Code::UnknownMetric, what, help).because(why),
    );
}

fn dimensions(look: &mut Look<'_>, known: Namespace, entries: &Entries, metric: &str) {
    let given = match entries.get("Dimensions") {
        None => &[][..],
        Some(Value::List(given)) => given,
        Some(_) => return,
    };
    let mut names = Vec::new();
    for (position, dimension) in given.iter().enumerate() {
        // What is not written out may be any of them.
        let Some(dimension) = dimension.as_map() else {
            return;
        };
        let Some(name) = dimension.get("Name").and_then(Value::as_str) else {
            return;
        };
        names.push(name);
        look.inside("Dimensions", |look| {
            look.inside(position, |look| {
                unknown(look, known, name);
                if let Some(value) = dimension.get("Value") {
                    held(look, name, value);
                }
            });
        });
    }
    let needed: Vec<_> = known.needed().collect();
    let are_known = names
        .iter()
        .all(|name| known.dimensions().any(|known| known == *name));
    if are_known && !needed.is_empty() && !needed.iter().any(|needed| names.contains(needed)) {
        let what = format!("the metric `{metric}` is of nothing in particular");
        let help = format!("give it the dimension {}", listed(&needed));
        let why = "it is measured with a dimension only, so that an alarm stays as it is";
        look.tell(
            "Dimensions",
            Finding::new(Code::MetricDimension, what, help).because(why),
        );
    }
}

fn unknown(look: &mut Look<'_>, known: Namespace, name: &str) {
    let all: Vec<_> = known.dimensions().collect();
    if all.is_empty() || all.contains(&name) {
        return;
    }
    let what = format!("the metric has no dimension `{name}`");
    let help = meant(name, all.iter().copied()).unwrap_or_else(|| {
        format!(
            "it has {}; one that is newer than the catalog wants {UNTYPED}",
            listed(&all)
        )
    });
    look.tell("Name", Finding::new(Code::MetricDimension, what, help));
}

/// Whether a resource's name, ARN or ID is what the dimension holds.
fn held(look: &mut Look<'_>, dimension: &str, value: &Value) {
    let Some((logical_id, given)) = referred(value) else {
        return;
    };
    let Some(Member::One(resource)) = look.template.resources.get(logical_id) else {
        return;
    };
    let resource_type = resource.resource_type.as_str();
    let Some(held) = metric::held(dimension, resource_type) else {
        return;
    };
    let held: Vec<_> = held.collect();
    if !held.contains(&given) {
        let what = format!("`{given}` of `{logical_id}` is not what `{dimension}` holds");
        let help = format!("give it {} of `{logical_id}`", listed(&held));
        let why = "nothing is measured under that name, so that an alarm stays as it is";
        look.tell(
            "Value",
            Finding::new(Code::MetricDimension, what, help).because(why),
        );
    }
}

/// The resource that a value is of, and what of it.
fn referred(value: &Value) -> Option<(&str, &str)> {
    match value {
        Value::Function(Function::Ref, target) => Some((target.as_str()?, "Ref")),
        Value::Function(Function::GetAtt, target) => match target.as_list()? {
            [target, attribute] => Some((target.as_str()?, attribute.as_str()?)),
            _ => None,
        },
        _ => None,
    }
}

/// What to do where AWS knows better than the catalog.
const UNTYPED: &str = "`Opt::untyped(…)` or `Prop::untyped(…)`";
