//! From two sides to the changes of their resources.
//!
//! The rules are those of the real service, as recorded: each is named where it is applied, and
//! `cargo xtask conformance diff` compares the answers with recordings.

use std::collections::{BTreeMap, HashMap, HashSet};

use indexmap::IndexMap;
use stratiform_catalog::{JsonType, catalog};
use stratiform_template::{Function, Resource, Value, sub_variables};

use crate::change::{
    Action, Attribute, ChangeSource, ChangeType, Context, Detail, Evaluation, Policy, PolicyOrigin,
    Replacement, RequiresRecreation, ResourceChange, replacement,
};
use crate::compare::{Difference, Shape, differences};
use crate::order::order;
use crate::recreation::{Fact, Recreation, Rules};
use crate::resolve::{Resolver, Scope, Times, parameter_value};
use crate::resolved::{Compare, Resolved, Time, Use};

/// The type of a nested stack.
const NESTED_STACK: &str = "AWS::CloudFormation::Stack";

/// Types of which CloudFormation can take a snapshot before it deletes.
///
/// Source: CloudFormation template reference, "DeletionPolicy attribute".
pub(crate) const SNAPSHOTS: [&str; 8] = [
    "AWS::DocDB::DBCluster",
    "AWS::EC2::Volume",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Neptune::DBCluster",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::Cluster",
];

/// What becomes of a resource, for those that refer to it. Worst last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    #[default]
    Unchanged,
    Modified,
    MayBeReplaced,
    Replaced,
    Added,
}

/// A fate in each of the two views.
#[derive(Clone, Copy, Debug, Default)]
struct Fates {
    references: Fate,
    values: Fate,
}

/// Two sides, and what has been found out about them so far.
struct Comparison<'s, 't> {
    before: &'s Scope<'t>,
    after: &'s Scope<'t>,
    /// Parameters whose values differ.
    parameters: HashSet<&'t str>,
    fates: HashMap<&'t str, Fates>,
    times: Times<'t>,
}

/// The changes between two sides. Resources stand in the order of the template after, then those that go.
///
/// The second part says which resources will be others after the change.
pub(crate) fn changes<'t>(
    before: &Scope<'t>,
    after: &Scope<'t>,
) -> (Vec<ResourceChange>, Times<'t>) {
    let mut comparison = Comparison {
        before,
        after,
        parameters: changed_parameters(before, after),
        fates: HashMap::new(),
        times: HashMap::new(),
    };
    let existing: Vec<(&'t str, &'t Resource)> = after.resources().collect();
    let names = existing
        .iter()
        .enumerate()
        .map(|(index, (id, _))| (*id, index));
    let names: HashMap<&str, usize> = names.collect();
    let mut needs = vec![Vec::new(); existing.len()];
    for (needs, (_, resource)) in needs.iter_mut().zip(&existing) {
        for_each_reference(resource, &mut |name| needs.extend(names.get(name)));
    }
    let same = comparison.same_surroundings();
    let mut found: Vec<Vec<ResourceChange>> = vec![Vec::new(); existing.len()];
    for index in order(&needs) {
        let (logical_id, resource) = existing[index];
        let untouched = same
            && before.resource(logical_id) == Some(resource)
            && needs[index]
                .iter()
                .all(|need| !comparison.fates.contains_key(existing[*need].0));
        if !untouched {
            found[index] = comparison.resource(logical_id, resource);
        }
    }
    let gone = before
        .resources()
        .filter(|(id, _)| after.resource(id).is_none());
    let gone = gone.map(|(id, resource)| comparison.removed(id, resource));
    let mut changes: Vec<ResourceChange> = found.into_iter().flatten().chain(gone).collect();
    if !changes.is_empty() || !same {
        comparison.nested_stacks(&existing, &mut changes);
    }
    (changes, comparison.times)
}

fn changed_parameters<'t>(before: &Scope<'t>, after: &Scope<'t>) -> HashSet<&'t str> {
    let changed = after.parameters.iter().filter(|(name, parameter)| {
        let before = before
            .parameters
            .get(*name)
            .map(|before| parameter_value(name, before));
        let after = parameter_value(name, parameter);
        !before.is_some_and(|before| before.same(&after, Compare::Values))
    });
    changed.map(|(name, _)| *name).collect()
}

impl<'s, 't> Comparison<'s, 't> {
    /// Whether nothing but resources differs: parameters, mappings, conditions, tags.
    fn same_surroundings(&self) -> bool {
        let (before, after) = (self.before, self.after);
        self.parameters.is_empty()
            && before.parameters.len() == after.parameters.len()
            && before.template.mappings == after.template.mappings
            && before.same_conditions(after)
            && before.tags == after.tags
            && before.place == after.place
    }

    fn resolver(&self) -> Resolver<'_, 't> {
        Resolver {
            scope: self.after,
            before: Some(self.before),
            times: Some(&self.times),
        }
    }

    /// What happens to a resource that exists after the change.
    fn resource(&mut self, logical_id: &'t str, after: &'t Resource) -> Vec<ResourceChange> {
        let change = match self.before.resource(logical_id) {
            Some(before) if before.resource_type == after.resource_type => {
                match self.modified(logical_id, before, after) {
                    Some(change) => change,
                    None => return Vec::new(),
                }
            }
            // CloudFormation refuses to change the type of a logical ID; what was meant is a new resource.
            Some(before) => {
                let changes = vec![
                    self.removed(logical_id, before),
                    self.added(logical_id, after),
                ];
                self.fate(
                    logical_id,
                    Fates {
                        references: Fate::Added,
                        values: Fate::Added,
                    },
                );
                return changes;
            }
            None => {
                let change = self.added(logical_id, after);
                self.fate(
                    logical_id,
                    Fates {
                        references: Fate::Added,
                        values: Fate::Added,
                    },
                );
                return vec![change];
            }
        };
        let fate = |details: &[Detail]| match replacement(details) {
            _ if details.is_empty() => Fate::Unchanged,
            Replacement::WillNot => Fate::Modified,
            Replacement::May => Fate::MayBeReplaced,
            Replacement::Will => Fate::Replaced,
        };
        let fates = Fates {
            references: fate(&change.references),
            values: fate(&change.values),
        };
        self.fate(logical_id, fates);
        vec![change]
    }

    fn fate(&mut self, logical_id: &'t str, fates: Fates) {
        if fates.values > Fate::Modified {
            self.times.insert(logical_id, Time::AfterApply);
        }
        self.fates.insert(logical_id, fates);
    }

    fn added(&self, logical_id: &str, resource: &'t Resource) -> ResourceChange {
        ResourceChange {
            action: Action::Add,
            logical_id: logical_id.to_owned(),
            resource_type: resource.resource_type.clone(),
            policy: Policy::Retain,
            policy_origin: PolicyOrigin::Default,
            references: Vec::new(),
            values: Vec::new(),
            before: None,
            after: Some(context(&self.resolver(), resource)),
        }
    }

    fn removed(&self, logical_id: &str, resource: &'t Resource) -> ResourceChange {
        let resolver = Resolver::before(self.before);
        let before = context(&resolver, resource);
        let (policy, policy_origin) = deletion_policy(resource, &before);
        ResourceChange {
            action: Action::Remove,
            logical_id: logical_id.to_owned(),
            resource_type: resource.resource_type.clone(),
            policy,
            policy_origin,
            references: Vec::new(),
            values: Vec::new(),
            before: Some(before),
            after: None,
        }
    }

    fn modified(
        &self,
        logical_id: &str,
        before: &'t Resource,
        after: &'t Resource,
    ) -> Option<ResourceChange> {
        let rules = Rules::of(catalog(), &after.resource_type, &self.after.place.region);
        let mut details = Details::default();
        let old = Resolver::before(self.before).entries(&before.properties);
        let new = self.resolver().entries(&after.properties);
        let names = old
            .keys()
            .chain(new.keys().filter(|name| !old.contains_key(*name)));
        for name in names {
            let schema = rules
                .resource_type
                .and_then(|known| known.schema().property(name));
            let property = Property {
                name,
                // Recorded: tags are an attribute of their own, except where a type has them as a map.
                attribute: match schema {
                    Some(schema)
                        if *name == "Tags"
                            && schema.resolve().types().contains(JsonType::Array) =>
                    {
                        Attribute::Tags
                    }
                    _ => Attribute::Properties,
                },
                shape: Shape::new(schema, name),
                rules: &rules,
            };
            self.property(&property, old.get(name), new.get(name), &mut details);
        }
        self.other_attributes(before, after, &mut details);
        self.stack_tags(&rules, &new, &mut details);
        if details.references.is_empty() && details.values.is_empty() {
            return None;
        }
        let before_context = Context {
            properties: Resolved::Map(old).into_owned(),
            ..attributes(&Resolver::before(self.before), before)
        };
        let after_context = Context {
            properties: Resolved::Map(new).into_owned(),
            ..attributes(&self.resolver(), after)
        };
        let (policy, policy_origin) = replace_policy(after, &after_context);
        Some(ResourceChange {
            action: Action::Modify,
            logical_id: logical_id.to_owned(),
            resource_type: after.resource_type.clone(),
            policy,
            policy_origin,
            references: details.references,
            values: details.values,
            before: Some(before_context),
            after: Some(after_context),
        })
    }

    /// The details of one property.
    fn property(
        &self,
        property: &Property<'_>,
        before: Option<&Resolved<'t>>,
        after: Option<&Resolved<'t>>,
        details: &mut Details,
    ) {
        let path = [property.name.to_owned()];
        let found = differences(&path, before, after, property.shape);
        let recreation = |difference: &Difference<'_, '_>| {
            property
                .rules
                .at(&difference.path, difference.before, difference.after)
        };
        // Without values, one detail per property and cause.
        let mut causes: BTreeMap<(ChangeSource, String), (Evaluation, Recreation)> =
            BTreeMap::new();
        if let Some(after) = after {
            let mut path = path.to_vec();
            for_each_text(after, &mut path, &mut |path, uses| {
                for used in uses {
                    let Some((source, evaluation)) = self.effect(used, |fates| fates.references)
                    else {
                        continue;
                    };
                    // Recorded: a parameter that changes without changing the property is not listed.
                    let listed = source != ChangeSource::ParameterReference
                        || found.iter().any(|difference| {
                            difference.expressions && overlap(&difference.path, path)
                        });
                    if listed {
                        let recreation = property.rules.at(path, None, None);
                        causes
                            .entry((source, used.entity()))
                            .and_modify(|(_, worst)| *worst = worse(*worst, recreation))
                            .or_insert((evaluation, recreation));
                    }
                }
            });
        }
        let direct = found.iter().filter(|difference| difference.expressions);
        if let Some(recreation) = direct.map(recreation).reduce(worse) {
            // Recorded: dynamic as soon as anything but the template itself has a part in it.
            let evaluation = match causes.is_empty() {
                true => Evaluation::Static,
                false => Evaluation::Dynamic,
            };
            let detail = property.detail(
                &[],
                recreation,
                evaluation,
                ChangeSource::DirectModification,
            );
            details.references.push(detail);
        }
        for ((source, entity), (evaluation, recreation)) in causes {
            let detail = property.detail(&[], recreation, evaluation, source);
            details.references.push(Detail {
                causing_entity: Some(entity),
                ..detail
            });
        }
        for difference in found.iter().filter(|difference| difference.values) {
            let mut causes = BTreeMap::new();
            if let Some(after) = difference.after {
                after.for_each_text(&mut |text| {
                    for used in &text.uses {
                        if let Some((source, evaluation)) = self.effect(used, |fates| fates.values)
                        {
                            causes.insert((source, used.entity()), evaluation);
                        }
                    }
                });
            }
            let recreation = recreation(difference);
            let below = difference.path.get(1..).unwrap_or_default();
            let values = Detail {
                change_type: difference.change_type(),
                before: difference.before.cloned().map(Resolved::into_owned),
                after: difference.after.cloned().map(Resolved::into_owned),
                ..property.detail(
                    below,
                    recreation,
                    if causes.is_empty() {
                        Evaluation::Static
                    } else {
                        Evaluation::Dynamic
                    },
                    ChangeSource::DirectModification,
                )
            };
            for ((source, entity), evaluation) in causes {
                details.values.push(Detail {
                    evaluation,
                    source,
                    causing_entity: Some(entity),
                    ..values.clone()
                });
            }
            details.values.push(values);
        }
    }

    /// What a parameter or resource does to a value made from it.
    fn effect(
        &self,
        used: &Use,
        view: impl Fn(&Fates) -> Fate,
    ) -> Option<(ChangeSource, Evaluation)> {
        let fate = |id: &str| self.fates.get(id).map(&view).unwrap_or_default();
        match used {
            Use::Parameter(name) => self
                .parameters
                .contains(name.as_str())
                .then_some((ChangeSource::ParameterReference, Evaluation::Static)),
            // Recorded: `Ref` of a resource that is updated in place is no change.
            Use::Reference(id) => match fate(id) {
                Fate::Unchanged | Fate::Modified => None,
                Fate::MayBeReplaced => Some((ChangeSource::ResourceReference, Evaluation::Dynamic)),
                Fate::Replaced | Fate::Added => {
                    Some((ChangeSource::ResourceReference, Evaluation::Static))
                }
            },
            // Recorded: an attribute of a resource that is updated in place may be another one afterwards.
            Use::Attribute(id, _) => match fate(id) {
                Fate::Unchanged => None,
                Fate::Modified | Fate::MayBeReplaced => {
                    Some((ChangeSource::ResourceAttribute, Evaluation::Dynamic))
                }
                Fate::Replaced | Fate::Added => {
                    Some((ChangeSource::ResourceAttribute, Evaluation::Static))
                }
            },
        }
    }

    /// `Metadata` and the policies.
    fn other_attributes(&self, before: &'t Resource, after: &'t Resource, details: &mut Details) {
        let values = |resource: &'t Resource| {
            [
                (Attribute::Metadata, resource.metadata.as_ref()),
                (Attribute::CreationPolicy, resource.creation_policy.as_ref()),
                (Attribute::UpdatePolicy, resource.update_policy.as_ref()),
                (Attribute::DeletionPolicy, resource.deletion_policy.as_ref()),
                (
                    Attribute::UpdateReplacePolicy,
                    resource.update_replace_policy.as_ref(),
                ),
            ]
        };
        for ((attribute, old), (_, new)) in values(before).into_iter().zip(values(after)) {
            let old = old.and_then(|value| Resolver::before(self.before).resolve(value));
            let new = new.and_then(|value| self.resolver().resolve(value));
            let found = differences(&[], old.as_ref(), new.as_ref(), Shape::UNKNOWN);
            let found: Vec<_> = found.iter().filter(|found| found.expressions).collect();
            if found.is_empty() {
                continue;
            }
            details.references.push(of_attribute(attribute, &[]));
            for difference in found {
                details.values.push(Detail {
                    change_type: difference.change_type(),
                    before: difference.before.cloned().map(Resolved::into_owned),
                    after: difference.after.cloned().map(Resolved::into_owned),
                    ..of_attribute(attribute, &difference.path)
                });
            }
        }
    }

    /// Tags of the stack, which CloudFormation passes on to every resource that takes tags.
    fn stack_tags(
        &self,
        rules: &Rules,
        properties: &IndexMap<std::borrow::Cow<'t, str>, Resolved<'t>>,
        details: &mut Details,
    ) {
        let (before, after) = (self.before.tags, self.after.tags);
        let Some(tagging) = rules.resource_type.map(|known| known.tagging()) else {
            return;
        };
        let Some(property) = tagging.property.filter(|_| before != after) else {
            return;
        };
        let own = properties.get(property.first());
        let has = |key: &str| {
            own.is_some_and(|own| match own {
                Resolved::Map(entries) => entries.contains_key(key),
                own => own
                    .items()
                    .iter()
                    .any(|tag| tag.get("Key").and_then(Resolved::known).as_deref() == Some(key)),
            })
        };
        let keys = before
            .keys()
            .chain(after.keys().filter(|key| !before.contains_key(*key)));
        let changed: Vec<_> = keys
            .filter(|key| before.get(*key) != after.get(*key) && !has(key))
            .collect();
        if changed.is_empty() {
            return;
        }
        details.references.push(of_attribute(Attribute::Tags, &[]));
        for key in changed {
            let value = |tags: &IndexMap<String, String>| {
                tags.get(key).map(|value| Resolved::literal(value.clone()))
            };
            let (old, new) = (value(before), value(after));
            details.values.push(Detail {
                change_type: match (&old, &new) {
                    (None, _) => ChangeType::Add,
                    (_, None) => ChangeType::Remove,
                    _ => ChangeType::Modify,
                },
                before: old,
                after: new,
                ..of_attribute(Attribute::Tags, std::slice::from_ref(key))
            });
        }
    }

    /// CloudFormation updates nested stacks with their parent, whether or not they change.
    ///
    /// Source: CloudFormation user guide, "Change sets for nested stacks".
    fn nested_stacks(
        &self,
        existing: &[(&'t str, &'t Resource)],
        changes: &mut Vec<ResourceChange>,
    ) {
        for (logical_id, after) in existing {
            let Some(before) = self.before.resource(logical_id) else {
                continue;
            };
            if after.resource_type != NESTED_STACK
                || before.resource_type != NESTED_STACK
                || changes
                    .iter()
                    .any(|change| change.logical_id == *logical_id)
            {
                continue;
            }
            let detail = Detail {
                attribute: Attribute::Properties,
                evaluation: Evaluation::Dynamic,
                source: ChangeSource::Automatic,
                ..of_attribute(Attribute::Properties, &[])
            };
            changes.push(ResourceChange {
                action: Action::Modify,
                logical_id: (*logical_id).to_owned(),
                resource_type: NESTED_STACK.to_owned(),
                policy: Policy::Delete,
                policy_origin: PolicyOrigin::Default,
                references: vec![detail.clone()],
                values: vec![detail],
                before: Some(context(&Resolver::before(self.before), before)),
                after: Some(context(&self.resolver(), after)),
            });
        }
    }
}

#[derive(Default)]
struct Details {
    references: Vec<Detail>,
    values: Vec<Detail>,
}

/// A top-level property that is being compared.
struct Property<'p> {
    name: &'p str,
    attribute: Attribute,
    shape: Shape,
    rules: &'p Rules,
}

impl Property<'_> {
    fn detail(
        &self,
        below: &[String],
        recreation: Recreation,
        evaluation: Evaluation,
        source: ChangeSource,
    ) -> Detail {
        let path = ["Properties", self.name].map(str::to_owned);
        Detail {
            attribute: self.attribute,
            name: (self.attribute == Attribute::Properties).then(|| self.name.to_owned()),
            path: path.into_iter().chain(below.iter().cloned()).collect(),
            recreation,
            evaluation,
            source,
            causing_entity: None,
            change_type: ChangeType::Modify,
            before: None,
            after: None,
        }
    }
}

/// A detail of an attribute that is no property.
fn of_attribute(attribute: Attribute, below: &[String]) -> Detail {
    let path = std::iter::once(attribute.as_str().to_owned());
    Detail {
        attribute,
        name: None,
        path: path.chain(below.iter().cloned()).collect(),
        recreation: Recreation {
            requires: RequiresRecreation::Never,
            fact: Fact::NotAProperty,
        },
        evaluation: Evaluation::Static,
        source: ChangeSource::DirectModification,
        causing_entity: None,
        change_type: ChangeType::Modify,
        before: None,
        after: None,
    }
}

fn worse(one: Recreation, two: Recreation) -> Recreation {
    if two.requires > one.requires {
        two
    } else {
        one
    }
}

/// Whether one path leads to the other.
fn overlap(one: &[String], two: &[String]) -> bool {
    one.iter().zip(two).all(|(one, two)| one == two)
}

fn for_each_text<'t>(
    value: &Resolved<'t>,
    path: &mut Vec<String>,
    visit: &mut impl FnMut(&[String], &[Use]),
) {
    match value {
        Resolved::Null | Resolved::Literal(_) => {}
        Resolved::Text(text) => visit(path, &text.uses),
        Resolved::List(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                for_each_text(item, path, visit);
                path.pop();
            }
        }
        Resolved::Map(entries) => {
            for (key, value) in entries {
                path.push(key.to_string());
                for_each_text(value, path, visit);
                path.pop();
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
        let resolved = resolver.resolve(value.as_ref()?)?;
        resolved.known().map(|text| text.into_owned())
    };
    Context {
        properties: Resolved::default(),
        deletion_policy: text(&resource.deletion_policy),
        update_replace_policy: text(&resource.update_replace_policy),
        metadata: resource
            .metadata
            .as_ref()
            .and_then(|metadata| resolver.resolve(metadata))
            .map(Resolved::into_owned),
    }
}

/// What happens to a resource that leaves the stack.
///
/// Source: CloudFormation template reference, "DeletionPolicy attribute".
fn deletion_policy(resource: &Resource, context: &Context) -> (Policy, PolicyOrigin) {
    let standalone = resource.resource_type == "AWS::RDS::DBCluster"
        || resource.resource_type == "AWS::RDS::DBInstance"
            && context.properties.get("DBClusterIdentifier").is_none();
    let default = if standalone {
        Policy::Snapshot
    } else {
        Policy::Delete
    };
    policy(
        resource,
        resource.deletion_policy.is_some(),
        context.deletion_policy.as_deref(),
        default,
    )
}

/// What happens to the physical resource that is replaced.
///
/// Source: CloudFormation template reference, "UpdateReplacePolicy attribute".
fn replace_policy(resource: &Resource, context: &Context) -> (Policy, PolicyOrigin) {
    policy(
        resource,
        resource.update_replace_policy.is_some(),
        context.update_replace_policy.as_deref(),
        Policy::Delete,
    )
}

fn policy(
    resource: &Resource,
    written: bool,
    text: Option<&str>,
    default: Policy,
) -> (Policy, PolicyOrigin) {
    let snapshots = SNAPSHOTS.contains(&resource.resource_type.as_str());
    match text {
        Some("Retain" | "RetainExceptOnCreate") => (Policy::Retain, PolicyOrigin::Template),
        Some("Snapshot") if snapshots => (Policy::Snapshot, PolicyOrigin::Template),
        Some(_) => (Policy::Delete, PolicyOrigin::Template),
        None if written => (Policy::Delete, PolicyOrigin::Unknown),
        None => (default, PolicyOrigin::Default),
    }
}

/// Calls a function with the name of everything that a resource refers to.
pub(crate) fn for_each_reference<'t>(resource: &'t Resource, visit: &mut impl FnMut(&'t str)) {
    for value in resource.properties.values() {
        references_in(value, visit);
    }
    let others = [
        &resource.metadata,
        &resource.creation_policy,
        &resource.update_policy,
    ];
    for value in others.into_iter().flatten() {
        references_in(value, visit);
    }
}

pub(crate) fn references_in<'t>(value: &'t Value, visit: &mut impl FnMut(&'t str)) {
    match value {
        Value::Function(Function::Ref, name) => match name.as_str() {
            Some(name) => visit(name),
            None => references_in(name, visit),
        },
        Value::Function(Function::GetAtt, parts) => {
            if let Some(name) = parts.as_list().and_then(|parts| parts.first()?.as_str()) {
                visit(name);
            }
            references_in(parts, visit);
        }
        Value::Function(Function::Sub, argument) => {
            let text = match argument.as_ref() {
                Value::List(items) => items.first(),
                text => Some(text),
            };
            for variable in text
                .and_then(Value::as_str)
                .into_iter()
                .flat_map(sub_variables)
            {
                let variable = variable.trim();
                visit(variable.split_once('.').map_or(variable, |(name, _)| name));
            }
            references_in(argument, visit);
        }
        Value::Function(_, argument) => references_in(argument, visit),
        Value::List(items) => items.iter().for_each(|item| references_in(item, visit)),
        Value::Map(entries) => entries
            .values()
            .for_each(|value| references_in(value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
