//! From two sides to the changes of their resources.
//!
//! The rules are those of the real service, as recorded: each is named where it is applied, and
//! `cargo xtask conformance diff` compares the answers with recordings.

mod fate;
mod needs;
mod other;
mod policy;
mod property;

use std::collections::{HashMap, HashSet};

use stratiform_catalog::behaviour;
use stratiform_resolve::{Compare, Resolved, Resolver, Time, Use};
use stratiform_service::change::{ChangeSource, Evaluation};
use stratiform_template::{Reference, Resource, Value, order};

use crate::change::{ChangedAttribute, ChangedResource, Context, Edit, Policy, PolicyOrigin};
use crate::lives::{Side, Sides, Times};
use crate::recreation::{PolicyDecision, RecreationFact, Rules};
use fate::{Fate, Fates};
pub use policy::snapshot_by_default;
use policy::{deletion_policy, replace_policy};

/// Two sides, and what has been found out about them so far.
struct Comparison<'s, 't> {
    sides: &'s Sides<'t>,
    surroundings: Surroundings<'t>,
    /// What became of resources that change. What is not here stays as it is.
    fates: HashMap<&'t str, Fates>,
    /// Top-level properties that change, of resources that are updated in place.
    properties: HashMap<&'t str, HashSet<String>>,
    times: Times<'t>,
    /// The resources that are expected to be others after the change.
    later: Times<'t>,
    /// What is known of the types that both sides have.
    rules: HashMap<&'t str, Rules>,
}

/// What differs between two sides besides resources.
struct Surroundings<'t> {
    parameters: HashSet<&'t str>,
    /// Parameters with the same text, behind which Systems Manager holds another value.
    looked_up: HashSet<&'t str>,
    mappings: HashSet<&'t str>,
    conditions: HashSet<&'t str>,
    same_tags: bool,
}

/// Details, by the question that they answer; see [`ChangedResource`].
#[derive(Default)]
struct Details {
    references: Vec<ChangedAttribute>,
    values: Vec<ChangedAttribute>,
    propagated: Vec<ChangedAttribute>,
}

impl Details {
    /// Lets the update policies of a resource decide about its replacement, where they do.
    fn decide(&mut self, resource_type: &str, written: Option<&Resolved<'_>>) {
        let all = [&mut self.references, &mut self.values, &mut self.propagated];
        for detail in all.into_iter().flatten() {
            if detail.name.is_some()
                && let Some(decision) =
                    PolicyDecision::of(resource_type, &detail.path[1..], written)
            {
                detail.recreation.fact = RecreationFact::ByUpdatePolicy(decision);
            }
        }
    }
}

/// The changes between two sides. Resources stand in the order of the template after, then those that go.
///
/// The second part says which resources are expected to be others after the change.
pub fn changes<'t>(sides: &Sides<'t>) -> (Vec<ChangedResource>, Times<'t>) {
    let mut comparison = Comparison {
        sides,
        surroundings: Surroundings::between(sides),
        fates: HashMap::new(),
        properties: HashMap::new(),
        times: HashMap::new(),
        later: HashMap::new(),
        rules: HashMap::new(),
    };
    let (before, after) = (&sides.before.scope, &sides.after.scope);
    let existing: Vec<(&'t str, &'t Resource)> = after.resources().collect();
    let names = existing.iter().enumerate();
    let names: HashMap<&str, usize> = names.map(|(index, (id, _))| (*id, index)).collect();
    let mut needs = vec![Vec::new(); existing.len()];
    let mut surrounded = vec![false; existing.len()];
    for (index, (_, resource)) in existing.iter().enumerate() {
        resource.for_each_reference(&mut |reference| {
            surrounded[index] |= comparison.surroundings.touch(reference);
            if let Reference::Name(name)
            | Reference::Attribute {
                logical_id: name, ..
            } = reference
            {
                needs[index].extend(names.get(name));
            }
        });
    }
    let mut found: Vec<Vec<ChangedResource>> = vec![Vec::new(); existing.len()];
    for index in order(&needs).sequence {
        let (logical_id, resource) = existing[index];
        let fated = |need: &usize| comparison.fates.contains_key(existing[*need].0);
        let touched = surrounded[index]
            || !comparison.surroundings.same_tags
            || needs[index].iter().any(fated)
            || before.resource(logical_id) != Some(resource);
        if touched {
            found[index] = comparison.resource(logical_id, resource);
        }
    }
    let gone = before
        .resources()
        .filter(|(id, _)| after.resource(id).is_none());
    let gone = gone.map(|(id, resource)| comparison.removed(id, resource));
    let mut changes: Vec<ChangedResource> = found.into_iter().flatten().chain(gone).collect();
    if !changes.is_empty() || !comparison.surroundings.parameters.is_empty() {
        comparison.nested_stacks(&existing, &mut changes);
    }
    (changes, comparison.later)
}

impl<'t> Surroundings<'t> {
    fn between(sides: &Sides<'t>) -> Self {
        let (before, after) = (&sides.before, &sides.after);
        let parameters = after.scope.parameters.iter().filter(|(name, parameter)| {
            let Some(old) = before.scope.parameters.get(*name) else {
                return true;
            };
            let old = old.resolved(name, before.world);
            !old.same(&parameter.resolved(name, after.world), Compare::Values)
        });
        let parameters: HashSet<&'t str> = parameters.map(|(name, _)| *name).collect();
        let text = |side: &Side<'t>, name: &str| {
            let parameter = side.scope.parameters.get(name)?;
            parameter.text.clone().filter(|_| parameter.is_looked_up())
        };
        let looked_up = |name: &str| {
            let old = text(before, name);
            old.is_some() && old == text(after, name)
        };
        let mappings = after.scope.template.mappings.iter();
        let mappings = mappings
            .filter(|(name, mapping)| before.scope.template.mappings.get(name) != Some(mapping));
        Surroundings {
            // Recorded: where only what Systems Manager holds is another, no parameter changes, and its users do.
            parameters: parameters
                .iter()
                .copied()
                .filter(|name| !looked_up(name))
                .collect(),
            looked_up: parameters
                .iter()
                .copied()
                .filter(|name| looked_up(name))
                .collect(),
            mappings: mappings.map(|(name, _)| name.as_str()).collect(),
            conditions: after.scope.changed_conditions(&before.scope).collect(),
            same_tags: before.tags == after.tags,
        }
    }
}

impl<'s, 't> Comparison<'s, 't> {
    fn before(&self) -> &'s Side<'t> {
        &self.sides.before
    }

    fn after(&self) -> &'s Side<'t> {
        &self.sides.after
    }

    /// Asks the side before.
    fn now<T>(&self, ask: impl FnOnce(&Resolver<'_, 't>) -> T) -> T {
        ask(&Resolver::new(
            &self.before().scope,
            &self.sides.before_it(),
        ))
    }

    /// Asks the side after, as `DescribeChangeSet` does: resources that stay have the attributes that they have now.
    fn then<T>(&self, ask: impl FnOnce(&Resolver<'_, 't>) -> T) -> T {
        let world = self.sides.during_it(&self.times);
        ask(&Resolver::new(&self.after().scope, &world))
    }

    /// Asks the side after, as it is expected to be: attributes that are properties have the values that those get.
    fn at_last<T>(&self, ask: impl FnOnce(&Resolver<'_, 't>) -> T) -> T {
        let world = self.sides.after_it(&self.later);
        ask(&Resolver::new(&self.after().scope, &world))
    }

    fn learn(&mut self, resource_type: &'t str) {
        let region = self.sides.after.world.place().region.as_str();
        self.rules
            .entry(resource_type)
            .or_insert_with(|| Rules::of(self.sides.catalog, resource_type, region));
    }

    /// What happens to a resource that exists after the change.
    fn resource(&mut self, logical_id: &'t str, after: &'t Resource) -> Vec<ChangedResource> {
        match self.before().scope.resource(logical_id) {
            None => {
                let change = self.added(logical_id, after);
                self.decide(logical_id, Fates::ADDED);
                vec![change]
            }
            // CloudFormation refuses to change the type of a logical ID; what is meant is a new resource.
            Some(before)
                if before.resource_type != after.resource_type
                    && self.exchanged(before, after).is_none() =>
            {
                let changes = vec![
                    self.removed(logical_id, before),
                    self.added(logical_id, after),
                ];
                self.decide(logical_id, Fates::ADDED);
                changes
            }
            Some(before) => {
                let Some(change) = self.modified(logical_id, before, after) else {
                    return Vec::new();
                };
                let names = change
                    .expected()
                    .filter_map(|detail| detail.path.get(1).cloned());
                self.properties.insert(logical_id, names.collect());
                let fates = Fates {
                    references: Fate::of(change.references.iter(), ChangedAttribute::predicted),
                    values: Fate::of(change.values.iter(), ChangedAttribute::predicted),
                    expected: Fate::of(change.expected(), ChangedAttribute::replacement),
                };
                self.decide(logical_id, fates);
                vec![change]
            }
        }
    }

    /// The rules of a resource that becomes what a transform made of it anyway, or the other way round.
    fn exchanged(&self, before: &Resource, after: &Resource) -> Option<Rules> {
        let types = [before, after].map(|resource| resource.resource_type.as_str());
        (types[0] != types[1]).then(|| Rules::exchanged(self.sides.catalog, types))?
    }

    fn decide(&mut self, logical_id: &'t str, fates: Fates) {
        if fates.values > Fate::Modified {
            self.times.insert(logical_id, Time::AfterApply);
        }
        if fates.expected > Fate::Modified {
            self.later.insert(logical_id, Time::AfterApply);
        }
        self.fates.insert(logical_id, fates);
    }

    fn added(&self, logical_id: &str, resource: &'t Resource) -> ChangedResource {
        ChangedResource {
            action: Edit::Add,
            logical_id: logical_id.to_owned(),
            resource_type: resource.resource_type.clone(),
            policy: Policy::Retain,
            policy_origin: PolicyOrigin::Default,
            references: Vec::new(),
            values: Vec::new(),
            propagated: Vec::new(),
            before: None,
            after: Some(self.then(|resolver| context(resolver, resource))),
            described: None,
            refused: false,
        }
    }

    fn removed(&self, logical_id: &str, resource: &'t Resource) -> ChangedResource {
        let before = self.now(|resolver| context(resolver, resource));
        let (policy, policy_origin) = deletion_policy(resource, &before);
        ChangedResource {
            action: Edit::Remove,
            logical_id: logical_id.to_owned(),
            resource_type: resource.resource_type.clone(),
            policy,
            policy_origin,
            references: Vec::new(),
            values: Vec::new(),
            propagated: Vec::new(),
            before: Some(before),
            after: None,
            described: None,
            refused: false,
        }
    }

    fn modified(
        &mut self,
        logical_id: &str,
        before: &'t Resource,
        after: &'t Resource,
    ) -> Option<ChangedResource> {
        self.learn(&after.resource_type);
        let this: &Self = self;
        let exchanged = this.exchanged(before, after);
        let rules = match &exchanged {
            Some(rules) => rules,
            None => this.rules.get(after.resource_type.as_str())?,
        };
        let mut details = Details::default();
        if exchanged.is_some() {
            details.another_type(before, after, rules);
        }
        let old = this.now(|resolver| resolver.entries(&before.properties));
        let new = this.then(|resolver| resolver.entries(&after.properties));
        let mut at_last = Vec::new();
        let names = old
            .keys()
            .chain(new.keys().filter(|name| !old.contains_key(name)));
        for name in names {
            let expression = after.properties.get(name.as_ref());
            let property = property::Property::new(name, expression, rules);
            let later = this.property(&property, old.get(name), new.get(name), &mut details);
            at_last.extend(later.map(|later| (name.clone(), later)));
        }
        this.other_attributes(before, after, &mut details);
        this.stack_tags(rules, &new, &mut details);
        if details.references.is_empty() && details.values.is_empty() {
            return None;
        }
        let before = Context {
            properties: Resolved::Map(old).into_owned(),
            ..this.now(|resolver| attributes(resolver, before))
        };
        let attributes = this.then(|resolver| attributes(resolver, after));
        let with = |properties| Context {
            properties: Resolved::Map(properties).into_owned(),
            ..attributes.clone()
        };
        let described = (!at_last.is_empty()).then(|| with(new.clone()));
        let mut new = new;
        new.extend(at_last);
        let context = with(new);
        let (policy, policy_origin) = replace_policy(after, &context);
        details.decide(&after.resource_type, context.update_policy.as_ref());
        Some(ChangedResource {
            action: Edit::Modify,
            logical_id: logical_id.to_owned(),
            resource_type: after.resource_type.clone(),
            policy,
            policy_origin,
            references: details.references,
            values: details.values,
            propagated: details.propagated,
            before: Some(before),
            after: Some(context),
            described,
            refused: false,
        })
    }

    /// What a parameter or resource does to a value made from it.
    fn effect(
        &self,
        used: &Use,
        view: impl Fn(&Fates) -> Fate,
    ) -> Option<(ChangeSource, Evaluation)> {
        let fate = |id: &str| self.fates.get(id).map(&view).unwrap_or_default();
        match used {
            Use::Parameter(name) => {
                let changes = self.surroundings.parameters.contains(name.as_str());
                changes.then_some((ChangeSource::ParameterReference, Evaluation::Static))
            }
            Use::Reference(id) => fate(id).through_reference(),
            Use::Attribute(id, _) => fate(id).through_attribute(),
        }
    }

    /// Whether an attribute counts the updates of a resource that is updated, as `LatestVersionNumber` of a launch
    /// template does.
    fn counts_up(&self, logical_id: &str, attribute: &str) -> bool {
        let updated = self
            .properties
            .get(logical_id)
            .is_some_and(|changed| !changed.is_empty());
        updated && behaviour::counts_up(attribute)
    }

    /// Whether a value becomes another one during the change, although it looks the same before: an attribute that is
    /// a property which changes, or anything of a resource that is replaced through such a value.
    ///
    /// Recorded: the events of updates show resources that `DescribeChangeSet` with values does not list.
    fn propagates(&self, used: &Use) -> bool {
        let replaced = |id: &str| {
            let fate = self
                .fates
                .get(id)
                .map(|fates| fates.expected)
                .unwrap_or_default();
            fate > Fate::Modified
        };
        match used {
            Use::Parameter(_) => false,
            Use::Reference(id) => replaced(id),
            Use::Attribute(id, attribute) => {
                let property = attribute.split('.').next().unwrap_or_default();
                let changed = self.properties.get(id.as_str());
                let counts = self.counts_up(id, attribute);
                replaced(id) || counts || changed.is_some_and(|changed| changed.contains(property))
            }
        }
    }
}

fn context<'t>(resolver: &Resolver<'_, 't>, resource: &'t Resource) -> Context {
    Context {
        properties: Resolved::Map(resolver.entries(&resource.properties)).into_owned(),
        ..attributes(resolver, resource)
    }
}

/// All of a context but its properties.
fn attributes<'t>(resolver: &Resolver<'_, 't>, resource: &'t Resource) -> Context {
    let text = |value: &'t Option<Value>| {
        let resolved = resolver.resolve(value.as_ref()?).part()?;
        resolved.known().map(|text| text.into_owned())
    };
    let value = |value: &'t Option<Value>| {
        let resolved = resolver.resolve(value.as_ref()?).part()?;
        Some(resolved.into_owned())
    };
    Context {
        properties: Resolved::default(),
        deletion_policy: text(&resource.deletion_policy),
        update_replace_policy: text(&resource.update_replace_policy),
        metadata: value(&resource.metadata),
        update_policy: value(&resource.update_policy),
    }
}
