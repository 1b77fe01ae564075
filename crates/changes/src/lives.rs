//! The world of a stack that changes: each resource has the life that it has now, and the one that the change gives
//! it.

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};
use stratiform_catalog::{Catalog, PropertyPath, ResourceType};
use stratiform_resolve::{
    Resolved, Resolver, Scope, Segment, StackOutput, Time, Whereabouts, World, reference,
};
use stratiform_template::{Member, Reference, Resource, Template, Value, order};

/// A stack on one side of a change.
#[derive(Clone, Debug)]
pub struct Side<'t> {
    /// The template, with the values of its parameters and conditions.
    pub scope: Scope<'t>,
    /// Tags of the stack, which CloudFormation passes on to its resources.
    pub tags: &'t IndexMap<String, String>,
    /// What is around it: where it is, other stacks, and what is known of the resources that exist.
    pub world: &'t dyn World,
}

/// A stack before and after a change, and what is known of the resources that it has.
#[derive(Clone, Debug)]
pub struct Sides<'t> {
    /// The stack before.
    pub before: Side<'t>,
    /// The stack after.
    pub after: Side<'t>,
    /// Facts about resource types.
    pub catalog: Catalog,
    /// What references are before the change.
    now: Values<'t>,
    /// What they are after it, where the resource is the same.
    then: Values<'t>,
}

/// The resources that do not exist yet, or will be others after the change.
pub type Times<'t> = HashMap<&'t str, Time>;

/// The world as it is seen from one side of a change.
#[derive(Clone, Copy, Debug)]
pub struct Lives<'s, 't> {
    outer: &'s dyn World,
    values: &'s Values<'t>,
    times: Option<&'s Times<'t>>,
}

impl<'t> Side<'t> {
    /// A template with values for its parameters, the stack's tags, and what is around it.
    pub fn new(
        template: &'t Template,
        parameters: &'t IndexMap<String, String>,
        tags: &'t IndexMap<String, String>,
        world: &'t dyn World,
    ) -> Self {
        Side {
            scope: Scope::new(template, parameters, world),
            tags,
            world,
        }
    }
}

impl<'t> Sides<'t> {
    /// Both sides of a change.
    pub fn new(before: Side<'t>, after: Side<'t>, catalog: Catalog) -> Self {
        let referred = match is_same(&before, &after) {
            // Nothing is going to be asked.
            true => IndexSet::new(),
            false => referred([before.scope.template, after.scope.template]),
        };
        Sides {
            now: Values::of(&before.scope, &referred, before.world, catalog),
            then: Values::of(&after.scope, &referred, after.world, catalog),
            before,
            after,
            catalog,
        }
    }

    /// The world before: every resource is the one that exists.
    pub fn before_it(&self) -> Lives<'_, 't> {
        Lives {
            outer: self.before.world,
            values: &self.now,
            times: None,
        }
    }

    /// The world during the change: some resources are others, and the rest have the attributes that they have now.
    pub fn during_it<'s>(&'s self, times: &'s Times<'t>) -> Lives<'s, 't> {
        Lives {
            times: Some(times),
            outer: self.after.world,
            ..self.before_it()
        }
    }

    /// The world after: some resources are others, and attributes that are properties have the values that the
    /// template gives them.
    pub fn after_it<'s>(&'s self, times: &'s Times<'t>) -> Lives<'s, 't> {
        Lives {
            values: &self.then,
            ..self.during_it(times)
        }
    }
}

impl World for Lives<'_, '_> {
    fn place(&self) -> &Whereabouts {
        self.outer.place()
    }

    fn pseudo(&self, name: &str) -> Option<Resolved<'static>> {
        self.outer.pseudo(name)
    }

    fn export(&self, name: &str) -> Option<Resolved<'static>> {
        self.outer.export(name)
    }

    fn output(&self, wanted: &StackOutput<'_>) -> Option<Resolved<'static>> {
        self.outer.output(wanted)
    }

    fn zones(&self, region: &str) -> Option<Vec<String>> {
        self.outer.zones(region)
    }

    fn looked_up(&self, name: &str) -> Option<String> {
        self.outer.looked_up(name)
    }

    fn resource(&self, logical_id: &str, attribute: Option<&str>) -> Resolved<'static> {
        let time = self.times.and_then(|times| times.get(logical_id).copied());
        let time = time.unwrap_or(Time::Now);
        let now = match time {
            Time::Now => self.now(logical_id, attribute),
            Time::AfterApply => None,
        };
        reference(logical_id, attribute, time, now)
    }
}

impl Lives<'_, '_> {
    /// What a reference is now: as a property of the resource says, or as the world around knows it.
    fn now(&self, logical_id: &str, attribute: Option<&str>) -> Option<String> {
        let said = self.values.get(logical_id, attribute).cloned();
        said.or_else(|| self.outer.held(logical_id, attribute))
    }
}

/// What references to a scope's resources are, where a property of the resource says it.
#[derive(Clone, Debug, Default)]
struct Values<'t>(HashMap<Referred<'t>, String>);

/// A resource and its attribute; none for `Ref`.
type Referred<'t> = (&'t str, Option<&'t str>);

impl<'t> Values<'t> {
    /// The values of what is referred to, each found after those that it is made from.
    fn of(
        scope: &Scope<'t>,
        referred: &IndexSet<Referred<'t>>,
        outer: &dyn World,
        catalog: Catalog,
    ) -> Values<'t> {
        let mut types = HashMap::new();
        let known = referred.iter().filter_map(|name| {
            let property = property_of(scope, *name, catalog, &mut types)?;
            Some((*name, property))
        });
        let referred: IndexMap<Referred<'t>, (&'t Resource, &'t str)> = known.collect();
        let needs = referred.values().map(|(resource, property)| {
            let mut needs = Vec::new();
            if let Some(value) = resource.properties.get(property) {
                value.for_each_reference(&mut |reference| {
                    let name = referred_to(reference);
                    needs.extend(name.and_then(|name| referred.get_index_of(&name)));
                });
            }
            needs
        });
        let needs: Vec<Vec<usize>> = needs.collect();
        let mut values = Values::default();
        for index in order(&needs).sequence {
            if let Some((name, (resource, property))) = referred.get_index(index) {
                let world = Lives {
                    outer,
                    values: &values,
                    times: None,
                };
                let resolver = Resolver::new(scope, &world);
                let value = resolver.entry(&resource.properties, property);
                if let Some(value) = value.as_ref().and_then(settled) {
                    values.0.insert(*name, value);
                }
            }
        }
        values
    }

    fn get<'a>(&'a self, logical_id: &'a str, attribute: Option<&'a str>) -> Option<&'a String> {
        self.0.get(&(logical_id, attribute))
    }
}

/// Whether two sides say the same with the same values, so that nothing changes.
fn is_same(before: &Side<'_>, after: &Side<'_>) -> bool {
    let value = |side: &Side<'_>, name: &str| {
        let parameter = side.scope.parameters.get(name)?;
        let text = parameter.text.clone()?;
        let looked_up = parameter.is_looked_up();
        let held = looked_up.then(|| side.world.looked_up(&text)).flatten();
        Some((text.into_owned(), held))
    };
    before.scope.template == after.scope.template
        && after
            .scope
            .parameters
            .keys()
            .all(|name| value(before, name) == value(after, name))
}

/// All that two templates refer to.
fn referred<'t>(templates: [&'t Template; 2]) -> IndexSet<Referred<'t>> {
    let mut referred = IndexSet::new();
    for template in templates {
        for_each_value(template, &mut |value| {
            value.for_each_reference(&mut |reference| {
                referred.extend(referred_to(reference));
            });
        });
    }
    referred
}

fn referred_to(reference: Reference<'_>) -> Option<Referred<'_>> {
    match reference {
        Reference::Name(name) => Some((name, None)),
        Reference::Attribute {
            logical_id,
            attribute: Some(attribute),
        } => Some((logical_id, Some(attribute))),
        Reference::Attribute { .. }
        | Reference::Mapping(_)
        | Reference::Condition(_)
        | Reference::Export(_)
        | Reference::Output(_)
        | Reference::Anything => None,
    }
}

/// What a type says of references to its resources.
struct OfType {
    /// The primary identifier, where that has one part.
    identifier: Option<PropertyPath>,
    /// What AWS chooses.
    read_only: Vec<PropertyPath>,
}

impl OfType {
    fn new(resource_type: ResourceType) -> Self {
        let mut identifier = resource_type.primary_identifier();
        let first = identifier.next();
        OfType {
            identifier: first.filter(|_| identifier.next().is_none()),
            read_only: resource_type.read_only().collect(),
        }
    }
}

/// The resource that a reference names, and the property of it that the reference gives.
///
/// `Ref` is the primary identifier. Where that has several parts, or AWS chooses it, nothing is known.
fn property_of<'t>(
    scope: &Scope<'t>,
    (logical_id, attribute): Referred<'t>,
    catalog: Catalog,
    types: &mut HashMap<&'t str, Option<OfType>>,
) -> Option<(&'t Resource, &'t str)> {
    let resource = scope.resource(logical_id)?;
    let of_type = types.entry(&resource.resource_type).or_insert_with(|| {
        catalog
            .resource_type(&resource.resource_type)
            .map(OfType::new)
    });
    let of_type = of_type.as_ref()?;
    let property = match attribute {
        Some(attribute) => attribute,
        None => of_type.identifier?.as_str(),
    };
    let (property, _) = resource.properties.get_key_value(property)?;
    let mut read_only = of_type.read_only.iter();
    let chosen_by_aws = read_only.any(|path| path.as_str() == property);
    (!chosen_by_aws).then_some((resource, property.as_str()))
}

/// A value that is known before the change.
fn settled(value: &Resolved<'_>) -> Option<String> {
    match value {
        Resolved::Text(text) => match text.segments.as_slice() {
            [Segment::Resource { now, .. }] => now.clone(),
            _ => value.known().map(|text| text.into_owned()),
        },
        value => value.known().map(|text| text.into_owned()),
    }
}

/// Calls a function with every value of a template's resources and outputs.
fn for_each_value<'t>(template: &'t Template, visit: &mut impl FnMut(&'t Value)) {
    for (_, resource) in template.each_resource() {
        resource.values().for_each(&mut *visit);
    }
    for member in template.outputs.values() {
        if let Member::One(output) = member {
            visit(&output.value);
            output.export.iter().for_each(&mut *visit);
        }
    }
}
