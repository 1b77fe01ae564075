//! Metrics, wherever they stand: namespace, name, dimensions. One that nobody measures is taken, and an alarm on it
//! never goes off: a warning.
//!
//! Source: AWS's page of each namespace, `data/metrics.tsv` of the catalog.

use stratiform_catalog::metric::{self, Namespace};
use stratiform_finding::Code;
use stratiform_finding::words::{listed, meant};
use stratiform_template::{Function, Path, Step, Value};

use crate::schema::{Entries, Look, Looked};

/// Looks at all metrics inside of a resource.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = inside(look, properties, path);
}

fn inside<'t>(look: &mut Look<'_, 't>, entries: &Entries, path: &Path<'_>) -> Looked<'t> {
    if entries.contains_key("Namespace") && entries.contains_key("MetricName") {
        look.at_each(path, |look| measured(look, entries, path))?;
    }
    for (name, value) in entries {
        further(look, value, &path.key(name))?;
    }
    Ok(())
}

fn further<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    look.inside(value, path, &mut |look, value, path| match value {
        Value::Map(entries) => inside(look, entries, path),
        Value::List(items) => {
            let mut items = items.iter().enumerate();
            items.try_for_each(|(at, item)| further(look, item, &path.below(Step::Index(at))))
        }
        _ => Ok(()),
    })
}

fn measured<'t>(look: &mut Look<'_, 't>, entries: &Entries, path: &Path<'_>) -> Looked<'t> {
    let namespace = look.word_of(entries, "Namespace")?;
    let name = look.word_of(entries, "MetricName")?;
    let (Some(namespace), Some(name)) = (namespace, name) else {
        return Ok(());
    };
    let Some(known) = metric::namespace(&namespace) else {
        return Ok(());
    };
    if !known.metrics().any(|known| known == name) {
        unmeasured(look, &namespace, known, &name, path);
    }
    dimensions(look, known, entries, &name, path)
}

fn unmeasured(
    look: &mut Look<'_, '_>,
    namespace: &str,
    known: Namespace,
    name: &str,
    path: &Path<'_>,
) {
    let elsewhere: Vec<_> = metric::namespaces_of(name).collect();
    let near = meant(name, known.metrics());
    let help = match (near, elsewhere.as_slice()) {
        (_, [_, ..]) => format!("it is a metric of {}", listed(&elsewhere)),
        (Some(near), []) => near,
        // AWS's page may have it.
        (None, []) if !known.is_whole => return,
        (None, []) => "look it up in CloudWatch".to_owned(),
    };
    let what = format!("`{namespace}` has no metric `{name}`");
    let why = "nothing is ever measured of it, so that an alarm stays as it is";
    look.warn(
        &path.key("MetricName"),
        Code::UnknownMetric,
        what,
        why,
        help,
    );
}

fn dimensions<'t>(
    look: &mut Look<'_, 't>,
    known: Namespace,
    entries: &Entries,
    metric: &str,
    path: &Path<'_>,
) -> Looked<'t> {
    let path = path.key("Dimensions");
    let given = match entries.get("Dimensions") {
        None => Vec::new(),
        // What is not written out may be any of them.
        Some(given) => match look.items(given)? {
            Some(given) => given,
            None => return Ok(()),
        },
    };
    let mut names = Vec::new();
    for (position, dimension) in given {
        let Some(dimension) = dimension.as_map() else {
            return Ok(());
        };
        let Some(name) = look.word_of(dimension, "Name")? else {
            return Ok(());
        };
        let path = path.below(Step::Index(position));
        unknown(look, known, &name, &path);
        if let Some(value) = dimension.get("Value") {
            held(look, &name, value, &path)?;
        }
        names.push(name.into_owned());
    }
    let needed: Vec<_> = known.needed().collect();
    let mut all = names.iter();
    let are_known = all.all(|name| known.dimensions().any(|known| known == name));
    let is_named = |needed: &&str| names.iter().any(|name| name == needed);
    if are_known && !needed.is_empty() && !needed.iter().any(is_named) {
        let what = format!("the metric `{metric}` is of nothing in particular");
        let help = format!("give it the dimension {}", either(&needed));
        let why = "it is measured with a dimension only, so that an alarm stays as it is";
        look.warn(&path, Code::MetricDimension, what, why, help);
    }
    Ok(())
}

fn unknown(look: &mut Look<'_, '_>, known: Namespace, name: &str, path: &Path<'_>) {
    let all: Vec<_> = known.dimensions().collect();
    if all.is_empty() || all.contains(&name) {
        return;
    }
    let what = format!("the metric has no dimension `{name}`");
    let help =
        meant(name, all.iter().copied()).unwrap_or_else(|| format!("it has {}", listed(&all)));
    let why = "nothing is measured with it, so that an alarm stays as it is";
    look.warn(&path.key("Name"), Code::MetricDimension, what, why, help);
}

/// Whether a resource's name, ARN or ID is what the dimension holds.
fn held<'t>(
    look: &mut Look<'_, 't>,
    dimension: &str,
    value: &Value,
    path: &Path<'_>,
) -> Looked<'t> {
    let settled = look.settled(value)?;
    let Some((logical_id, resource)) = look.target(value)? else {
        return Ok(());
    };
    let given = match settled {
        Some(Value::Function(Function::Ref, _)) => "Ref",
        Some(Value::Function(Function::GetAtt, target)) => {
            let attribute = target.as_list().and_then(|items| items.get(1)?.as_str());
            let Some(attribute) = attribute else {
                return Ok(());
            };
            attribute
        }
        _ => return Ok(()),
    };
    let wrong = misheld(dimension, given, &resource.resource_type);
    if let Some(held) = wrong {
        let what = format!("`{given}` of `{logical_id}` is not what `{dimension}` holds");
        let help = match held.as_slice() {
            [] => format!("write the name: no attribute of `{logical_id}` gives it"),
            held => format!("give it {} of `{logical_id}`", either(held)),
        };
        look.warn(
            &path.key("Value"),
            Code::MetricDimension,
            what,
            NOT_MEASURED,
            help,
        );
    }
    Ok(())
}

/// What a dimension that holds something else than the metric is measured under leads to.
pub(crate) const NOT_MEASURED: &str =
    "nothing is measured under that name, so that an alarm stays as it is";

/// What of a resource of a type a dimension holds, where it is not what is given: `Ref`, or an attribute. None where nothing
/// of it is; nothing where it is that, or nobody knows.
pub(crate) fn misheld(
    dimension: &str,
    given: &str,
    resource_type: &str,
) -> Option<Vec<&'static str>> {
    let held: Vec<_> = metric::held(dimension, resource_type)?.collect();
    (!held.contains(&given)).then_some(held)
}

/// Names of which one is enough.
pub(crate) fn either(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(" or ")
}
