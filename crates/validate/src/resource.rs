//! Resources held against their types.

use stratiform_catalog::{ResourceType, catalog};
use stratiform_finding::words::meant;
use stratiform_finding::{Code, Finding};
use stratiform_template::{Path, Resource, Step, Text, Value};

use crate::cases::{Case, Decision};
use crate::extension;
use crate::report::{Reason, Report};
use crate::rule;
use crate::scene::{Scene, Subject};
use crate::schema::Look;

/// Looks at every resource that is written out.
pub(crate) fn check(scene: &Scene<'_>, report: &mut Report) {
    if scene.is_transformed {
        // What the macro is given is its own.
        return scene.skip(Reason::Macro, vec!["Transform".to_owned()]);
    }
    let section = Path {
        up: None,
        step: Step::Key("Resources"),
    };
    for (logical_id, resource) in scene.template.each_resource() {
        let path = section.key(logical_id);
        match resource_type(scene, resource, &path) {
            Ok(Some(resource_type)) => {
                report.checked += 1;
                let Some(base) = existing(scene, resource) else {
                    continue;
                };
                let variants = scene.variants(resource_type.name());
                for (position, variant) in variants.iter().enumerate() {
                    let subject = Subject::new(resource, *variant, base.clone());
                    let found = properties(scene, &subject, position == 0, &path);
                    report.findings.extend(found);
                }
            }
            Ok(None) => {}
            Err(finding) => report.findings.push(*finding),
        }
    }
    if scene.cases.gave_up() {
        scene.skip(Reason::Cases, Vec::new());
    }
}

/// The type of a resource; none where it is somebody's own.
fn resource_type(
    scene: &Scene<'_>,
    resource: &Resource,
    path: &Path<'_>,
) -> Result<Option<ResourceType>, Box<Finding>> {
    let name = resource.resource_type.as_str();
    let wrong = |code, what: String, help: String| {
        let steps = path.key("Type").steps();
        let finding = Finding {
            path: steps,
            ..Finding::new(code, what, help)
        };
        Err(Box::new(finding))
    };
    let own = if name.starts_with("Custom::") {
        "AWS::CloudFormation::CustomResource"
    } else {
        name
    };
    let Some(known) = catalog().resource_type(own) else {
        let is_own = is_type_name(name) && !name.starts_with("AWS::");
        if is_own || name.ends_with("::MODULE") {
            scene.skip(Reason::Type, path.steps());
            return Ok(None);
        }
        let names = catalog().resource_types().map(ResourceType::name);
        let date = catalog().schema_date();
        let day = date.split('T').next().unwrap_or(date);
        let help = format!("if AWS has it since {day}, take a newer catalog");
        let help = meant(name, names).unwrap_or(help);
        return wrong(
            Code::UnknownType,
            format!("type `{name}` does not exist"),
            help,
        );
    };
    let mut elsewhere = scene
        .regions
        .iter()
        .filter(|region| !known.is_available_in(region));
    if known.transform().is_none()
        && let Some(region) = elsewhere.next()
    {
        if !catalog().regions().any(|known| known == *region) {
            scene.skip(Reason::Region, path.steps());
            return Ok(Some(known));
        }
        let what = format!("type `{name}` does not exist in {region}");
        return wrong(
            Code::TypeNotInRegion,
            what,
            "deploy it to another region, or take it away".to_owned(),
        );
    }
    Ok(Some(known))
}

/// Whether a type could be somebody's own: organization, service, resource, and more where it is a module.
fn is_type_name(name: &str) -> bool {
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    name.split("::").count() >= 3 && name.split("::").all(is_part)
}

/// When a resource exists; none where it never does.
pub(crate) fn existing<'t>(scene: &Scene<'t>, resource: &'t Resource) -> Option<Case<'t>> {
    match &resource.condition {
        Some(condition) if scene.template.conditions.contains_key(condition) => {
            let decision = Decision::Condition(condition, true);
            scene.cases.with(&Case::default(), decision)
        }
        Some(_) | None => Some(Case::default()),
    }
}

/// What is wrong with the properties.
fn properties<'t>(
    scene: &Scene<'t>,
    subject: &Subject<'t>,
    is_first: bool,
    path: &Path<'_>,
) -> Vec<Finding> {
    let path = path.key("Properties");
    let mut look = Look::new(scene, subject);
    let properties = Value::Map(subject.resource.properties.clone());
    // In this mode nothing stops for what a case does not say.
    let _ = look.literal(&properties, subject.resource_type.schema(), &path);
    let _ = extension::all(&mut look, &properties, &path);
    read_only(&mut look, subject, &path);
    // Services are the same in all regions.
    if is_first {
        rule::all(&mut look, subject, &path);
    }
    look.findings()
}

/// Properties that AWS returns, and nobody sets.
fn read_only(look: &mut Look<'_, '_>, subject: &Subject<'_>, path: &Path<'_>) {
    // What a transform makes of it is another type's.
    if subject.resource_type.transform().is_some() {
        return;
    }
    let is_set = |name: &&Text| subject.facts.read_only.contains(&name.as_str());
    for name in subject.resource.properties.keys().filter(is_set) {
        let what = format!("property `{name}` cannot be set");
        let why = look.why("AWS returns it");
        look.tell(
            &path.key(name),
            Code::ReadOnlyProperty,
            what,
            why,
            "take it away",
        );
    }
}
