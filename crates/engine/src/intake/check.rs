//! What a template says, with and without values.

use indexmap::IndexMap;
use stratiform_resolve::{Resolver, Scope, World};
use stratiform_template::Template;

use super::live::Live;
use super::parameter::ParameterValue;
use super::surroundings::Surroundings;
use super::{declaration, reference, resource, rule, sections, transform};
use crate::input::Refused;

/// Checks what a template says, whatever the values of its parameters are: what the service refuses before it looks at
/// them, and what `ValidateTemplate` refuses.
///
/// # Errors
/// The first that is wrong: functions, names that lead nowhere, types and policies, defaults that their own
/// constraints do not allow.
pub(crate) fn validate(template: &Template) -> Result<(), Refused> {
    transform::check_names(template)?;
    declaration::defaults(template)?;
    reference::check(template)?;
    resource::check(template)
}

/// Checks what a template without transforms says with its values, the form of what transforms made included. `world`
/// says where the stack is.
///
/// # Errors
/// Those of [`validate`]; rules that do not hold; conditions, mappings and indexes that come to nothing; references to
/// what does not exist under its condition; circles.
pub(crate) fn check(
    template: &Template,
    parameters: &IndexMap<String, ParameterValue>,
    world: &dyn World,
) -> Result<(), Refused> {
    sections::check(template)?;
    validate(template)?;
    let surroundings = Surroundings { world, parameters };
    let given = surroundings.given();
    let scope = Scope::new(template, &given, &surroundings);
    let resolver = Resolver::new(&scope, &surroundings).revealing();
    rule::check(&resolver)?;
    Live::new(&resolver).check()
}
