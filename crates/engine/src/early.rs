//! Validation before the deployment: what is found out before anything is tried.
//!
//! Source: CloudFormation user guide, "Validate stack deployments". Of what the service validates, these are here:
//! properties against the schema of their type, and, for change sets, names that are taken. What only warns is not.

use std::collections::{BTreeMap, HashSet};

use stratiform_resolve::{Resolver, Scope};
use stratiform_template::Resource;

use crate::event::Invalid;
use crate::ids::Ids;
use crate::provider;
use crate::stack::Record;
use crate::state::Owner;
use crate::world::{Surroundings, values, values_or};

const PROPERTIES: &str = "PROPERTY_VALIDATION";
const NAMES: &str = "NAME_CONFLICT_VALIDATION";

/// What was found out about properties.
#[derive(Debug, Default)]
pub(crate) struct Validated {
    pub(crate) invalid: Vec<Invalid>,
    /// The resources whose properties are known, and fit: when their turn comes, nobody has to ask again.
    pub(crate) passed: HashSet<String>,
}

/// Holds the properties of resources against the schemas of their types.
pub(crate) fn validate_properties(scope: &Scope<'_>, world: &Surroundings<'_>) -> Validated {
    let mut validated = Validated::default();
    each(
        scope,
        world,
        known,
        &mut |logical_id, resource, properties| {
            // No identifier in these texts is the deployment's own.
            let mut ids = Ids::new(0);
            let valid =
                provider::validate(&resource.resource_type, logical_id, properties, &mut ids);
            let fault = match valid {
                Ok(()) => {
                    // A resource that refers to others may have other values when its turn comes.
                    let mut refers = false;
                    resource.for_each_reference(&mut |_| refers = true);
                    if !refers {
                        validated.passed.insert(logical_id.to_owned());
                    }
                    return;
                }
                Err(fault) if fault.leaves_record => return,
                Err(fault) => fault,
            };
            let violations = fault.violations.into_iter();
            validated
                .invalid
                .extend(violations.map(|violation| Invalid {
                    logical_id: logical_id.to_owned(),
                    resource_type: resource.resource_type.clone(),
                    name: PROPERTIES,
                    path: violation.path,
                    reason: violation.reason,
                    identified: String::new(),
                }));
        },
    );
    validated
}

/// New resources with names that somebody else has; of those too of which not all is known yet, where what is there already
/// is to be taken in.
pub(crate) fn taken_names(
    scope: &Scope<'_>,
    world: &Surroundings<'_>,
    taken: &BTreeMap<String, Owner>,
    takes_in: bool,
) -> Vec<(Invalid, Owner)> {
    let mut found = Vec::new();
    // What is not known of a resource before anything is made is like nothing else.
    let read: Read = match takes_in {
        true => |resolver, resource| Some(values_or(resolver, &resource.properties, "\u{0}")),
        false => known,
    };
    each(
        scope,
        world,
        read,
        &mut |logical_id, resource, properties| {
            let is_there = world.resources.get(logical_id).is_some_and(Record::exists);
            if is_there {
                return;
            }
            for unique in provider::unique_of_properties(&resource.resource_type, properties) {
                let Some(owner) = taken.get(&world.scoped(unique.scope, &unique.key)) else {
                    continue;
                };
                let invalid = Invalid {
                    logical_id: logical_id.to_owned(),
                    resource_type: resource.resource_type.clone(),
                    name: NAMES,
                    path: format!("/Resources/{logical_id}"),
                    reason: format!(
                        "Resource of type '{}' with identifier '{}' already exists.",
                        resource.resource_type, unique.name
                    ),
                    identified: unique
                        .key
                        .split(' ')
                        .next_back()
                        .unwrap_or_default()
                        .to_owned(),
                };
                found.push((invalid, owner.clone()));
            }
        },
    );
    found
}

type Properties = serde_json::Map<String, serde_json::Value>;

/// Reads the properties of a resource; none where it is left out.
type Read = for<'t> fn(&Resolver<'_, 't>, &'t Resource) -> Option<Properties>;

/// Those of a resource of which all is known before anything is made.
fn known<'t>(resolver: &Resolver<'_, 't>, resource: &'t Resource) -> Option<Properties> {
    values(resolver, &resource.properties).ok()
}

/// Calls a function with each resource whose properties can be read.
fn each(
    scope: &Scope<'_>,
    world: &Surroundings<'_>,
    read: Read,
    visit: &mut dyn FnMut(&str, &Resource, &Properties),
) {
    let resolver = Resolver::new(scope, world).revealing();
    for (logical_id, resource) in scope.resources() {
        if let Some(properties) = read(&resolver, resource) {
            visit(logical_id, resource, &properties);
        }
    }
}

/// The reason of a change set that does not pass.
///
/// Source: aws-cdk-cli#1000.
pub(crate) fn reason(invalid: &[Invalid]) -> String {
    let name = |validation: &str| match validation {
        NAMES => "AWS::EarlyValidation::ResourceExistenceCheck",
        _ => "AWS::EarlyValidation::PropertyValidation",
    };
    let mut names: Vec<&str> = invalid.iter().map(|invalid| name(invalid.name)).collect();
    names.sort_unstable();
    names.dedup();
    format!(
        "The following hook(s)/validation failed: [{}]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.",
        names.join(", ")
    )
}
