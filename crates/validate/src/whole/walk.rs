//! The way through all values, with the case in which each is there.

use stratiform_template::{Function, Map, Member, Path, Resource, Value};

use super::section;
use crate::cases::{Case, Decision};
use crate::scene::Scene;

/// Which part of the template a value stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part<'t> {
    /// The properties of a resource.
    Properties(&'t Resource),
    /// Its metadata.
    Metadata,
    /// What else stands beside its properties.
    Attribute,
    /// The value of an output.
    Output,
    /// The name of its export.
    Export,
    Condition,
    Rule,
}

impl Part<'_> {
    /// Whether resources may be referred to.
    pub(crate) fn has_references(self) -> bool {
        match self {
            Part::Properties(_) | Part::Metadata | Part::Attribute | Part::Output => true,
            Part::Export | Part::Condition | Part::Rule => false,
        }
    }
}

/// Where a value stands, and in which case.
pub(crate) struct Spot<'a, 't> {
    pub(crate) scene: &'a Scene<'t>,
    pub(crate) part: Part<'t>,
    /// What it stands in; nothing where that is no member.
    pub(crate) owner: &'t str,
    /// In which case it is there.
    pub(crate) case: Case<'t>,
    /// Whether it is there whenever its resource or output is.
    pub(crate) is_always: bool,
}

type Visit<'v, 't> = &'v mut dyn FnMut(&Spot<'_, 't>, &'t Value, &Path<'_>);

/// Goes through all values that are there in some case.
pub(crate) fn each<'t>(scene: &Scene<'t>, visit: Visit<'_, 't>) {
    let resources = section("Resources");
    for (logical_id, resource) in scene.template.each_resource() {
        if let Some(case) = existing(scene, resource.condition.as_deref()) {
            let path = resources.key(logical_id);
            in_resource(scene, (logical_id, resource), case, &path, visit);
        }
    }
    let outputs = section("Outputs");
    for (name, member) in &scene.template.outputs {
        let Member::One(output) = member else {
            continue;
        };
        let Some(case) = existing(scene, output.condition.as_deref()) else {
            continue;
        };
        let path = outputs.key(name);
        let mut spot = Spot {
            scene,
            part: Part::Output,
            owner: name,
            case,
            is_always: true,
        };
        go(&mut spot, &output.value, &path.key("Value"), visit);
        if let Some(export) = &output.export {
            spot.part = Part::Export;
            go(&mut spot, export, &path.key("Export").key("Name"), visit);
        }
    }
    of_parameters(scene, visit);
}

/// Conditions and rules, in which there is nothing but parameters.
fn of_parameters<'t>(scene: &Scene<'t>, visit: Visit<'_, 't>) {
    let conditions = scene.template.conditions.iter();
    let conditions = conditions.filter_map(|(name, member)| match member {
        Member::One(value) => Some(("Conditions", Part::Condition, name.as_str(), value)),
        Member::Unexpanded(_) => None,
    });
    let rules = scene.template.rules.iter();
    let rules = rules.map(|(name, value)| ("Rules", Part::Rule, name.as_str(), value));
    for (of, part, name, value) in rules.chain(conditions) {
        let mut spot = Spot {
            scene,
            part,
            owner: name,
            case: Case::default(),
            is_always: true,
        };
        go(&mut spot, value, &section(of).key(name), visit);
    }
}

/// The case in which something with a condition is there; nothing where it never is.
pub(super) fn existing<'t>(scene: &Scene<'t>, condition: Option<&'t str>) -> Option<Case<'t>> {
    match condition {
        Some(name) if scene.template.conditions.contains_key(name) => scene
            .cases
            .with(&Case::default(), Decision::Condition(name, true)),
        _ => Some(Case::default()),
    }
}

fn in_resource<'t>(
    scene: &Scene<'t>,
    (logical_id, resource): (&'t str, &'t Resource),
    case: Case<'t>,
    path: &Path<'_>,
    visit: Visit<'_, 't>,
) {
    let mut spot = Spot {
        scene,
        part: Part::Properties(resource),
        owner: logical_id,
        case,
        is_always: true,
    };
    let properties = path.key("Properties");
    entries(&mut spot, &resource.properties, &properties, visit);
    if let Some(metadata) = &resource.metadata {
        spot.part = Part::Metadata;
        go(&mut spot, metadata, &path.key("Metadata"), visit);
    }
    spot.part = Part::Attribute;
    for (name, value) in [
        ("CreationPolicy", &resource.creation_policy),
        ("UpdatePolicy", &resource.update_policy),
        ("DeletionPolicy", &resource.deletion_policy),
        ("UpdateReplacePolicy", &resource.update_replace_policy),
    ] {
        if let Some(value) = value {
            go(&mut spot, value, &path.key(name), visit);
        }
    }
}

fn entries<'t>(spot: &mut Spot<'_, 't>, entries: &'t Map, path: &Path<'_>, visit: Visit<'_, 't>) {
    for (name, value) in entries {
        if !name.starts_with("Fn::Transform") {
            go(spot, value, &path.key(name), visit);
        }
    }
}

fn go<'t>(spot: &mut Spot<'_, 't>, value: &'t Value, path: &Path<'_>, visit: Visit<'_, 't>) {
    visit(spot, value, path);
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        Value::List(items) => {
            for (position, item) in items.iter().enumerate() {
                let step = stratiform_template::Step::Index(position);
                go(spot, item, &path.below(step), visit);
            }
        }
        Value::Map(map) => entries(spot, map, path, visit),
        Value::Function(Function::Transform, _) => {}
        Value::Function(function, argument) => {
            let path = path.key(function.name());
            match (function, argument.as_list()) {
                (Function::If, Some([Value::String(name), then, otherwise]))
                    if spot.scene.template.conditions.contains_key(name.as_str()) =>
                {
                    branches(spot, name, [then, otherwise], &path, visit);
                }
                _ => go(spot, argument, &path, visit),
            }
        }
    }
}

fn branches<'t>(
    spot: &mut Spot<'_, 't>,
    name: &'t str,
    branches: [&'t Value; 2],
    path: &Path<'_>,
    visit: Visit<'_, 't>,
) {
    for (position, (branch, holds)) in (1..).zip(branches.into_iter().zip([true, false])) {
        let decision = Decision::Condition(name, holds);
        if let Some(case) = spot.scene.cases.with(&spot.case, decision) {
            let mut inside = Spot {
                scene: spot.scene,
                part: spot.part,
                owner: spot.owner,
                is_always: spot.is_always && case == spot.case,
                case,
            };
            let step = stratiform_template::Step::Index(position);
            go(&mut inside, branch, &path.below(step), visit);
        }
    }
}
