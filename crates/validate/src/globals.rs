//! `Globals` of AWS SAM: what is said of a resource with them, said where it is written.
//!
//! Source: AWS SAM developer guide, "Globals section of the AWS SAM template".

use stratiform_finding::Finding;
use stratiform_resolve::with_globals;
use stratiform_template::{Template, Value};

use crate::scene::SERVERLESS;

/// How the types start to which the section applies.
const TYPES: &str = "AWS::Serverless::";

/// What is said of a template with its globals in its resources; findings are told where they are written.
pub(crate) fn looked_at<R>(
    template: &Template,
    look: impl Fn(&Template) -> R,
    findings: impl Fn(&mut R) -> &mut Vec<Finding>,
) -> R {
    let Some(merged) = merged(template) else {
        return look(template);
    };
    let mut looked = look(&merged);
    for finding in findings(&mut looked) {
        finding.path = origin(template, std::mem::take(&mut finding.path));
    }
    looked
}

/// The template with its globals in its resources, if it has some that count.
fn merged(template: &Template) -> Option<Template> {
    let is_sam = template.has_transform(SERVERLESS);
    is_sam.then(|| with_globals(template)).flatten()
}

/// The path in the template as it is written, of a path in the merged one.
fn origin(template: &Template, path: Vec<String>) -> Vec<String> {
    let found = match path.as_slice() {
        [section, logical_id, properties, rest @ ..]
            if section == "Resources" && properties == "Properties" =>
        {
            of_property(template, logical_id, rest)
        }
        _ => None,
    };
    match found {
        Some(Origin::Globals(steps)) => steps,
        Some(Origin::Item(depth, position)) => {
            let mut path = path;
            if let Some(step) = path.get_mut(3 + depth) {
                *step = position.to_string();
            }
            path
        }
        None => path,
    }
}

/// Where a part of a property is from, where that is not the same path.
enum Origin {
    /// A path from the top.
    Globals(Vec<String>),
    /// The resource's own item of a list, at another position: that of the step, and of the item.
    Item(usize, usize),
}

fn of_property(template: &Template, logical_id: &str, steps: &[String]) -> Option<Origin> {
    let resource = template.resource(logical_id)?;
    let kind = resource.resource_type.strip_prefix(TYPES)?;
    let globals = template
        .unknown
        .get("Globals")?
        .as_map()?
        .get(kind)?
        .as_map()?;
    let from_globals = || {
        let start = ["Globals", kind].map(str::to_owned).into_iter();
        Some(Origin::Globals(
            start.chain(steps.iter().cloned()).collect(),
        ))
    };
    let first = steps.first()?;
    let mut own = resource.properties.get(first);
    let mut global = globals.get(first);
    for (depth, step) in steps.iter().enumerate().skip(1) {
        match (own?, global?) {
            (Value::Map(one), Value::Map(other)) => {
                own = one.get(step);
                global = other.get(step);
            }
            // Those of the section come first.
            (Value::List(_), Value::List(items)) => {
                let position: usize = step.parse().ok()?;
                return match position.checked_sub(items.len()) {
                    Some(position) => Some(Origin::Item(depth, position)),
                    None => from_globals(),
                };
            }
            _ => return None,
        }
        if own.is_none() && global.is_some() {
            return from_globals();
        }
    }
    (own.is_none() && global.is_some())
        .then(from_globals)
        .flatten()
}
