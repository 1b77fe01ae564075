//! What may be there once: names of resources in AWS, and names in the template. `E3007`, `E3019`.

use std::collections::BTreeMap;

use stratiform_catalog::{ResourceType, behaviour};
use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Resource, Value};

use super::{section, told, walk};
use crate::cases::{Case, Decision};
use crate::facts::TypeFacts;
use crate::scene::Scene;

/// How many values of a resource's identity are looked at; more are not looked at.
const MOST: usize = 32;

/// A parameter and a resource of one name.
pub(super) fn ambiguous(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    for (logical_id, _) in scene.template.each_resource() {
        if scene.template.parameters.contains_key(logical_id) {
            findings.push(told(
                &section("Resources").key(logical_id),
                (Code::AmbiguousName, Level::Error),
                format!("`{}` is a parameter, too", shortened(logical_id)),
                "the names of parameters and resources are unique in a template",
                "rename one of the two",
            ));
        }
    }
}

/// What a value comes to, where that is known.
type Text<'a> = &'a dyn Fn(&Value) -> Option<String>;

/// Something that only one resource can have, in the case in which it has it.
pub(crate) struct Claim<'t> {
    pub(crate) logical_id: &'t str,
    pub(crate) type_name: &'static str,
    /// The property that is shown.
    pub(crate) property: String,
    pub(crate) case: Case<'t>,
}

/// Resources of one type that would have one name, or one identifier, in a case that can be.
pub(super) fn collisions(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    let mut first: BTreeMap<String, Vec<Claim<'_>>> = BTreeMap::new();
    for (key, claim) in claims(scene) {
        let others = first.entry(key).or_default();
        let other = others
            .iter()
            .filter(|other| other.logical_id != claim.logical_id)
            .find_map(|other| Some((other, both(scene, &other.case, &claim.case)?)));
        if let Some((other, case)) = other {
            let path = section("Resources");
            let path = path.key(claim.logical_id);
            let path = path.key("Properties");
            // Cases may be such that nobody chooses them.
            let level = match case == Case::default() {
                true => Level::Error,
                false => Level::Warning,
            };
            let mut finding = told(
                &path.key(&claim.property),
                (Code::NameCollision, level),
                format!("`{}` has this already", shortened(other.logical_id)),
                "two such resources cannot be the same in what identifies them",
                "give one of them another name, or none",
            );
            finding.when = scene.cases.witness(&case);
            findings.push(finding);
        }
        others.push(claim);
    }
}

/// What each resource claims for itself, under a key that two of a kind share: an expression as it is written comes to
/// the same wherever it stands in the template.
fn claims<'t>(scene: &Scene<'t>) -> Vec<(String, Claim<'t>)> {
    claims_by(scene, &|value| {
        Some(match value.scalar() {
            Some(text) => format!("`{text}`"),
            None => value.to_json(),
        })
    })
}

/// The same with what a value comes to; nothing of what has no answer.
pub(crate) fn claims_by<'t>(scene: &Scene<'t>, text: Text<'_>) -> Vec<(String, Claim<'t>)> {
    let mut claims = Vec::new();
    for (logical_id, resource) in scene.template.each_resource() {
        let Some(known) = scene.resource_type(&resource.resource_type) else {
            continue;
        };
        let Some(case) = walk::existing(scene, resource.condition.as_deref()) else {
            continue;
        };
        for group in groups(known, resource) {
            let property = group.last().copied().unwrap_or_default().to_owned();
            for (case, key) in keys(scene, resource, (&group, text), &case) {
                let key = format!("{} {key}", known.name());
                let property = property.clone();
                let claim = Claim {
                    logical_id,
                    type_name: known.name(),
                    property,
                    case,
                };
                claims.push((key, claim));
            }
        }
    }
    claims
}

/// The properties that identify such a resource: its name within what scopes it, and its identifier, as far as the user
/// gives them. The name comes last.
fn groups(known: ResourceType, resource: &Resource) -> Vec<Vec<&str>> {
    let given = |name: &str| {
        let found = resource.properties.get_key_value(name);
        found.map(|(name, _)| name.as_str())
    };
    let facts = TypeFacts::of(known);
    let mut groups = Vec::new();
    if let Some(name) = facts.unique_name.and_then(given) {
        let scopes = resource.properties.keys().map(|key| key.as_str());
        let scopes = scopes.filter(|key| *key != name && behaviour::scopes_names(known, key));
        let mut group: Vec<&str> = scopes.collect();
        group.sort_unstable();
        group.push(name);
        groups.push(group);
    }
    let identifier = facts.identifier.iter().map(|name| given(name));
    match identifier.collect::<Option<Vec<&str>>>() {
        Some(identifier) if !identifier.is_empty() && !groups.contains(&identifier) => {
            groups.push(identifier);
        }
        _ => {}
    }
    groups
}

/// What the properties of a group come to, case by case; nothing of a case in which one of them is missing.
fn keys<'t>(
    scene: &Scene<'t>,
    resource: &'t Resource,
    (group, text): (&[&str], Text<'_>),
    case: &Case<'t>,
) -> Vec<(Case<'t>, String)> {
    let mut keys = vec![(case.clone(), String::new())];
    for name in group {
        let Some(value) = resource.properties.get(name) else {
            return Vec::new();
        };
        let mut longer = Vec::new();
        for (case, key) in keys {
            for (case, text) in leaves(scene, value, (text, &case)) {
                longer.push((case, format!("{key} {name}={text}")));
            }
        }
        if longer.len() > MOST {
            return Vec::new();
        }
        keys = longer;
    }
    keys
}

/// What a value comes to, case by case.
fn leaves<'t>(
    scene: &Scene<'t>,
    value: &'t Value,
    (text, case): (Text<'_>, &Case<'t>),
) -> Vec<(Case<'t>, String)> {
    if let Value::Function(Function::If, branches) = value
        && let Some([Value::String(name), then, otherwise]) = branches.as_list()
    {
        let branch = |branch, holds| {
            let case = scene.cases.with(case, Decision::Condition(name, holds));
            case.map(|case| leaves(scene, branch, (text, &case)))
                .unwrap_or_default()
        };
        let mut found = branch(then, true);
        found.extend(branch(otherwise, false));
        return found;
    }
    let key = match value {
        Value::Function(Function::Ref, name) if name.as_str() == Some("AWS::NoValue") => {
            return Vec::new();
        }
        // A macro or a store of secrets may give each another one.
        Value::Function(Function::Transform, _) => return Vec::new(),
        _ => text(value),
    };
    key.map(|key| (case.clone(), key)).into_iter().collect()
}

/// The case in which both are so, if there is one.
fn both<'t>(scene: &Scene<'t>, one: &Case<'t>, other: &Case<'t>) -> Option<Case<'t>> {
    let mut decisions = other.decisions().iter();
    decisions.try_fold(one.clone(), |case, decision| {
        scene.cases.with(&case, decision.clone())
    })
}
