//! What could not be written out, and differs: loops whose items are not known, what a macro puts among the resources,
//! and macros that see the whole template. What that does is not known here.

use std::collections::{BTreeSet, HashSet};

use indexmap::IndexMap;
use stratiform_catalog::behaviour::holds_data;
use stratiform_changes::{ChangedResource, Edit};
use stratiform_resolve::{Compare, Scope, Whereabouts};
use stratiform_template::{Map, Member, Reference, Section, Template, Value};

use super::{Certainty, Consequence, Kind, Severity};

/// Macros of AWS that see only their own types, or what they are given.
const OF_AWS: &str = "AWS::";

/// How to see what CloudFormation makes of it.
const PROCESSED: &str =
    "compare processed templates: `aws cloudformation get-template --template-stage Processed`";

/// How keys of loops start.
const LOOP: &str = "Fn::ForEach::";

pub(super) fn find(
    changes: &[ChangedResource],
    [before, after]: [&Scope<'_>; 2],
    place: &Whereabouts,
    found: &mut Vec<Consequence>,
) {
    // Of a new stack nothing is lost, and nothing else is asked.
    if before.template.resources.is_empty() {
        return;
    }
    let surroundings = Surroundings::between(changes, before, after, place);
    let (old, new) = (members(before.template), members(after.template));
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    for name in names {
        let bodies = [old.get(name).copied(), new.get(name).copied()];
        let why = match bodies {
            [Some(old), Some(new)] if old == new => match surroundings.touching(new) {
                Some(cause) => format!("it is made from {cause}, which changes"),
                None => continue,
            },
            [Some(_), Some(_)] => "it is written differently".to_owned(),
            [None, _] => "it is new".to_owned(),
            [_, None] => "it is gone".to_owned(),
        };
        found.push(member(name, bodies, why));
    }
    macros(before, after, &surroundings, found);
}

/// What is no longer written in the template may be what a loop or a macro newly makes: it may stay.
pub(super) fn temper(
    changes: &[ChangedResource],
    [before, after]: [&Scope<'_>; 2],
    found: &mut [Consequence],
) {
    let old = &before.template.resources;
    let makers = of(&after.template.resources);
    // One that was there before made something else.
    let is_new = |name: &str, body: &Value| match old.get(name) {
        Some(Member::Unexpanded(old)) => old != body,
        Some(Member::One(_)) | None => true,
    };
    let makers: Vec<(&str, &Value)> = makers.filter(|(name, body)| is_new(name, body)).collect();
    if makers.is_empty() {
        return;
    }
    let removed = changes
        .iter()
        .filter(|change| change.action == Edit::Remove);
    for change in removed {
        let id = change.logical_id.as_str();
        let mut makers = makers.iter();
        let Some((maker, _)) = makers.find(|(name, body)| could_make(name, body, id)) else {
            continue;
        };
        let of_it = found
            .iter_mut()
            .filter(|found| found.logical_id.as_deref() == Some(id));
        for consequence in of_it {
            consequence.certainty = consequence.certainty.min(Certainty::May);
            consequence.what = format!("unless `{maker}` makes it: {}", consequence.what);
        }
    }
}

/// Whether a loop can make something of a name: what stands around the item is in it. Of a macro, nobody knows.
fn could_make(name: &str, body: &Value, logical_id: &str) -> bool {
    if !name.starts_with(LOOP) {
        return true;
    }
    let body = body.as_list().and_then(|parts| parts.get(2)?.as_map());
    body.is_none_or(|body| {
        body.iter().any(|(key, inner)| {
            let fits = || {
                let start = key.split(['$', '&']).next().unwrap_or_default();
                let end = key.rsplit('}').next().unwrap_or_default();
                logical_id.starts_with(start) && logical_id.ends_with(end)
            };
            if key.starts_with(LOOP) {
                could_make(key, inner, logical_id)
            } else {
                fits()
            }
        })
    })
}

/// What a loop or a macro stands for is, or may be, another thing.
fn member(name: &str, bodies: [Option<&Value>; 2], why: String) -> Consequence {
    let mut types = BTreeSet::new();
    bodies
        .into_iter()
        .flatten()
        .for_each(|body| resource_types(body, &mut types));
    let is_new = bodies[0].is_none();
    let holds_data = !is_new && types.iter().any(|name| holds_data(name));
    let (kind, severity) = match holds_data {
        true => (Kind::DataLoss, Severity::Warning),
        false => (Kind::Unknown, Severity::Attention),
    };
    let verb = match (is_new, holds_data) {
        (true, _) => "adds",
        (false, true) => "may replace or delete",
        (false, false) => "may change, replace or delete",
    };
    let what = match name.starts_with(LOOP) {
        true => format!("{verb} what the loop `{name}` makes"),
        false => format!("{verb} what `{name}` stands for"),
    };
    Consequence {
        kind,
        severity,
        certainty: Certainty::May,
        logical_id: None,
        resource_type: None,
        what,
        why: format!("{why}, and what it makes is not known here"),
        details: types.iter().map(|name| format!("`{name}`")).collect(),
        help: Some(format!(
            "give values to the parameters it depends on (--parameters FILE), or {PROCESSED}"
        )),
        withheld: Vec::new(),
    }
}

/// The types of the resources in a loop's body.
fn resource_types<'v>(body: &'v Value, types: &mut BTreeSet<&'v str>) {
    body.walk(&mut |value| {
        let name = value
            .as_map()
            .and_then(|entries| entries.get("Type")?.as_str());
        types.extend(name.filter(|name| name.contains("::")));
    });
}

/// Macros that see the whole template: whatever differs may mean anything to them.
fn macros(
    before: &Scope<'_>,
    after: &Scope<'_>,
    surroundings: &Surroundings<'_>,
    found: &mut Vec<Consequence>,
) {
    let (old, new) = (before.template, after.template);
    // Asked only where a macro sees all of it: whole templates are compared for it.
    let differs = || !surroundings.parameters.is_empty() || !is_same_but_for_words(old, new);
    let all = old.transform.iter().chain(&new.transform);
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for transform in all {
        let Some(name) = name_of(transform) else {
            continue;
        };
        let is_both = old.transform.contains(transform) && new.transform.contains(transform);
        let its_own = name.starts_with(OF_AWS);
        let comes_or_goes = transform.as_str().is_none() || !its_own;
        if !is_both && comes_or_goes || !its_own && differs() {
            named.insert(name);
        }
    }
    let sections = ["Globals", "Fn::Transform"];
    let sections = sections
        .into_iter()
        .filter(|key| old.unknown.get(key) != new.unknown.get(key));
    let names = named.into_iter().chain(sections);
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if !names.is_empty() {
        let names = names.join(", ");
        found.push(Consequence {
            kind: Kind::Unknown,
            severity: Severity::Attention,
            certainty: Certainty::May,
            logical_id: None,
            resource_type: None,
            what: format!(
                "may do more than is seen here: what {names} makes of the template is not known"
            ),
            why: "it is given something else than before, and is not expanded here".to_owned(),
            details: Vec::new(),
            help: Some(PROCESSED.to_owned()),
            withheld: Vec::new(),
        });
    }
}

fn name_of(transform: &Value) -> Option<&str> {
    transform
        .as_str()
        .or_else(|| transform.as_map()?.get("Name")?.as_str())
}

/// Whether two templates are the same, what only people read aside.
fn is_same_but_for_words(old: &Template, new: &Template) -> bool {
    let without = |template: &Template| Template {
        description: None,
        metadata: Map::new(),
        ..template.clone()
    };
    without(old) == without(new)
}

/// The members of the sections that stand for others.
fn members(template: &Template) -> IndexMap<&str, &Value> {
    let conditions = of(&template.conditions);
    conditions
        .chain(of(&template.outputs))
        .chain(of(&template.resources))
        .collect()
}

/// The members of one section that stand for others.
fn of<T>(section: &Section<T>) -> impl Iterator<Item = (&str, &Value)> {
    section.iter().filter_map(|(name, member)| match member {
        Member::One(_) => None,
        Member::Unexpanded(body) => Some((name.as_str(), body)),
    })
}

/// What differs around a member that is written the same.
struct Surroundings<'t> {
    parameters: HashSet<&'t str>,
    mappings: HashSet<&'t str>,
    conditions: HashSet<&'t str>,
    resources: HashSet<&'t str>,
}

impl<'t> Surroundings<'t> {
    fn between(
        changes: &'t [ChangedResource],
        before: &Scope<'t>,
        after: &Scope<'t>,
        place: &Whereabouts,
    ) -> Self {
        let value = |scope: &Scope<'t>, name: &str| {
            let value = scope.parameters.get(name)?;
            Some(value.resolved(name, place))
        };
        let parameters = after
            .parameters
            .keys()
            .chain(before.parameters.keys())
            .copied();
        let parameters =
            parameters.filter(|name| match (value(before, name), value(after, name)) {
                (Some(old), Some(new)) => !old.same(&new, Compare::Values),
                _ => true,
            });
        let (old, new) = (&before.template.mappings, &after.template.mappings);
        let mappings = new
            .keys()
            .chain(old.keys())
            .filter(|name| old.get(name) != new.get(name));
        let changed = changes.iter().filter(|change| change.is_expected());
        Surroundings {
            parameters: parameters.collect(),
            mappings: mappings.map(|name| name.as_str()).collect(),
            conditions: after.changed_conditions(before).collect(),
            resources: changed.map(|change| change.logical_id.as_str()).collect(),
        }
    }

    /// What a value is made from that differs, in words.
    fn touching(&self, value: &Value) -> Option<String> {
        let mut cause = None;
        // In the body of a loop, what makes a resource exist is an entry like any other.
        value.walk(&mut |value| {
            let name = value
                .as_map()
                .and_then(|entries| entries.get("Condition")?.as_str());
            if let Some(name) = name.filter(|name| self.conditions.contains(name)) {
                cause = Some(format!("the condition `{name}`"));
            }
        });
        value.for_each_reference(&mut |reference| {
            let (word, name, changes) = match reference {
                Reference::Name(name) if self.parameters.contains(name) => {
                    ("the parameter", name, true)
                }
                Reference::Name(name) => ("the resource", name, self.resources.contains(name)),
                Reference::Attribute { logical_id, .. } => (
                    "the resource",
                    logical_id,
                    self.resources.contains(logical_id),
                ),
                Reference::Mapping(name) => ("the mapping", name, self.mappings.contains(name)),
                Reference::Condition(name) => {
                    ("the condition", name, self.conditions.contains(name))
                }
                Reference::Export(_) | Reference::Output(_) | Reference::Anything => return,
            };
            if changes && cause.is_none() {
                cause = Some(format!("{word} `{name}`"));
            }
        });
        cause
    }
}
