//! Dimensions of metrics whose value another stack exports.
//!
//! What lives here: what `rule::metric` cannot see, since an import does not say what it is of. Only what is written out is
//! looked at: a metric whose namespace is known by name, and an export of one stack of the region that gives a `Ref` or an
//! attribute.

use std::collections::BTreeMap;

use stratiform_catalog::metric;
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Member, Path, Resource, Step, Value};

use super::{Deployed, text};
use crate::rule::metric::{NOT_MEASURED, either, misheld};
use crate::scene::Scene;
use crate::schema::Entries;
use crate::whole::{section, walk};

/// What an export gives.
#[derive(Clone, Copy)]
struct Given<'t> {
    stack: Option<&'t str>,
    logical_id: &'t str,
    resource: &'t Resource,
    /// `Ref`, or an attribute.
    what: &'t str,
}

/// By region and name; nothing where several stacks export it, or what it gives is not known.
type Exports<'t> = BTreeMap<(Option<&'t str>, String), Option<Given<'t>>>;

/// Tells dimensions that hold something else of a resource of another stack than the metric is measured under.
pub(super) fn held(deployed: &[Deployed<'_>]) -> Vec<(usize, Finding)> {
    let exports = exports(deployed);
    let mut findings = Vec::new();
    if exports.values().all(Option::is_none) {
        return findings;
    }
    for (at, one) in deployed.iter().enumerate() {
        let mut look = |entries: &Entries, path: &Path<'_>| {
            for (name, value, path) in imported(entries, path) {
                let key = text(value, *one).map(|export| (one.region, export));
                if let Some(Some(given)) = key.and_then(|key| exports.get(&key))
                    && let Some(finding) = told(*given, name, path)
                {
                    findings.push((at, finding));
                }
            }
        };
        let resources = section("Resources");
        for (logical_id, resource) in one.template.each_resource() {
            let path = resources.key(logical_id);
            look(&resource.properties, &path.key("Properties"));
        }
        let scene = Scene::new(one.template, &[]);
        walk::each(&scene, &mut |_, value, path| {
            if let Value::Map(entries) = value {
                look(entries, path);
            }
        });
    }
    findings
}

fn exports<'t>(deployed: &[Deployed<'t>]) -> Exports<'t> {
    let mut exports = Exports::new();
    for one in deployed {
        for member in one.template.outputs.values() {
            let Member::One(output) = member else {
                continue;
            };
            let Some(name) = output.export.as_ref().and_then(|name| text(name, *one)) else {
                continue;
            };
            let given = given(&output.value, *one);
            exports
                .entry((one.region, name))
                .and_modify(|known| *known = None)
                .or_insert(given);
        }
    }
    exports
}

/// What of which resource a value gives.
fn given<'t>(value: &'t Value, one: Deployed<'t>) -> Option<Given<'t>> {
    let Value::Function(function, argument) = value else {
        return None;
    };
    let (logical_id, what) = match (function, argument.as_ref()) {
        (Function::Ref, Value::String(logical_id)) => (logical_id, "Ref"),
        (Function::GetAtt, Value::List(items)) => match items.as_slice() {
            [Value::String(logical_id), Value::String(attribute)] => {
                (logical_id, attribute.as_str())
            }
            _ => return None,
        },
        _ => return None,
    };
    Some(Given {
        stack: one.stack,
        resource: one.template.resource(logical_id)?,
        logical_id,
        what,
    })
}

/// The dimensions of a metric that are imported: their names, the names of the exports, and where the value stands.
fn imported<'e>(entries: &'e Entries, path: &Path<'_>) -> Vec<(&'e str, &'e Value, Vec<String>)> {
    let namespace = entries.get("Namespace").and_then(Value::as_str);
    if namespace.and_then(metric::namespace).is_none() {
        return Vec::new();
    }
    let dimensions = entries.get("Dimensions").and_then(Value::as_list);
    let path = path.key("Dimensions");
    let mut found = Vec::new();
    for (position, dimension) in dimensions.into_iter().flatten().enumerate() {
        let entries = dimension.as_map();
        let name = entries.and_then(|entries| entries.get("Name")?.as_str());
        let value = entries.and_then(|entries| entries.get("Value"));
        if let (Some(name), Some(Value::Function(Function::ImportValue, export))) = (name, value) {
            let path = path.below(Step::Index(position));
            found.push((name, export.as_ref(), path.key("Value").steps()));
        }
    }
    found
}

fn told(given: Given<'_>, dimension: &str, path: Vec<String>) -> Option<Finding> {
    let Given {
        logical_id, what, ..
    } = given;
    let held = misheld(dimension, what, &given.resource.resource_type)?;
    let of = given.stack.map(|stack| format!(" in `{stack}`"));
    let of = of.unwrap_or_default();
    let help = match held.as_slice() {
        [] => format!("write the name: no attribute of `{logical_id}` gives it"),
        held => format!("export {} of `{logical_id}`{of}", either(held)),
    };
    let what = format!("`{what}` of `{logical_id}`{of} is not what `{dimension}` holds");
    Some(Finding {
        level: Level::Warning,
        path,
        ..Finding::new(Code::MetricDimension, what, help).because(NOT_MEASURED)
    })
}
