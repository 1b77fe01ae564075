//! What is asked of a template as a whole, and of values wherever they stand.
//!
//! What lives here: what is used and what is not, references and the cases in which they lead somewhere, what stands
//! beside properties, names that collide. What does not: what only needs the template to be seen that CloudFormation
//! refuses it (`stratiform_template::check`), and properties (`resource`).

mod argument;
mod attribute;
mod branch;
mod depends;
mod dynamic;
mod interface;
pub(crate) mod limit;
mod mapping;
pub(crate) mod name;
mod output;
mod parameter;
mod policy;
pub(crate) mod serverless;
mod text;
pub(crate) mod unused;
pub(crate) mod walk;

use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Path, Step, Value};

use crate::scene::Scene;
use walk::Spot;

/// Asks about a value, wherever it stands.
type ValueRule = for<'t> fn(&Spot<'_, 't>, &'t Value, &Path<'_>, &mut Vec<Finding>);

/// Asks about the template.
type TemplateRule = fn(&Scene<'_>, &mut Vec<Finding>);

const TEMPLATE_RULES: [TemplateRule; 11] = [
    limit::check,
    interface::check,
    parameter::check,
    branch::constants,
    policy::check,
    output::check,
    depends::check,
    name::collisions,
    name::ambiguous,
    mapping::keys,
    serverless::check,
];

const VALUE_RULES: [ValueRule; 6] = [
    argument::check,
    attribute::exists,
    attribute::is_there,
    branch::is_reached,
    dynamic::check,
    text::check,
];

/// Everything that is wrong with the whole.
pub(crate) fn check(scene: &Scene<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in TEMPLATE_RULES {
        rule(scene, &mut findings);
    }
    walk::each(scene, &mut |spot, value, path| {
        for rule in VALUE_RULES {
            rule(spot, value, path, &mut findings);
        }
    });
    findings
}

/// The path to a section.
pub(crate) fn section(name: &'static str) -> Path<'static> {
    Path {
        up: None,
        step: Step::Key(name),
    }
}

/// Something that is wrong at a path.
fn told(
    path: &Path<'_>,
    (code, level): (Code, Level),
    what: impl Into<String>,
    why: impl Into<String>,
    help: impl Into<String>,
) -> Finding {
    Finding {
        level,
        path: path.steps(),
        ..Finding::new(code, what, help).because(why)
    }
}
