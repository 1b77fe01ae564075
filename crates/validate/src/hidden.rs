//! Loops and macros: what is written out before anything is looked at, and what nobody can look at.

use stratiform_finding::Finding;
use stratiform_resolve::WrittenOut;
use stratiform_template::{Map, Member, Path, Section, Step, Template, Value, check};

use crate::report::{Reason, Report};
use crate::scene::Scene;

/// How keys of loops, and of what macros stand in for, start.
const LOOP: &str = "Fn::ForEach::";
const MACRO: &str = "Fn::Transform";

/// What was said of a template without its loops, said of the one with them; and what the loops' members are refused for.
pub(crate) fn with_loops(written: &WrittenOut, template: &Template, mut report: Report) -> Report {
    let told = check(template);
    let origin = |finding: Finding| {
        let path = written.origin(finding.path.clone());
        // What would mend one member is not what would mend the loop.
        let fix = finding.fix.clone().filter(|_| path == finding.path);
        Finding {
            path,
            fix,
            ..finding
        }
    };
    let refused = check(&written.template).into_iter().map(origin);
    let refused = written.refused.iter().cloned().chain(refused);
    let is_new = |finding: &Finding| {
        let same = |other: &Finding| other.path == finding.path && other.code == finding.code;
        !told.iter().any(same)
    };
    let found = std::mem::take(&mut report.findings).into_iter().map(origin);
    report.findings = refused.filter(is_new).chain(found).collect();
    for skipped in &mut report.not_checked {
        skipped.path = written.origin(std::mem::take(&mut skipped.path));
    }
    report
}

/// Counts loops and macros that are left.
pub(crate) fn count(scene: &Scene<'_>) {
    let template = scene.template;
    section(
        scene,
        "Resources",
        &template.resources,
        |scene, resource, path| {
            keys(scene, &resource.properties, &path.key("Properties"));
        },
    );
    section(scene, "Conditions", &template.conditions, |_, _, _| {});
    section(scene, "Outputs", &template.outputs, |_, _, _| {});
    let mappings = Path {
        up: None,
        step: Step::Key("Mappings"),
    };
    keys(scene, &template.mappings, &mappings);
}

fn section<T>(
    scene: &Scene<'_>,
    name: &str,
    section: &Section<T>,
    one: impl Fn(&Scene<'_>, &T, &Path<'_>),
) {
    let of = Path {
        up: None,
        step: Step::Key(name),
    };
    for (name, member) in section {
        let path = of.key(name);
        match member {
            Member::One(member) => one(scene, member, &path),
            Member::Unexpanded(_) => skip(scene, name, &path),
        }
    }
}

fn keys(scene: &Scene<'_>, entries: &Map, path: &Path<'_>) {
    for (name, value) in entries {
        let path = path.key(name);
        skip(scene, name, &path);
        inside(scene, value, &path);
    }
}

fn inside(scene: &Scene<'_>, value: &Value, path: &Path<'_>) {
    match value {
        Value::Map(entries) => keys(scene, entries, path),
        Value::List(items) => {
            for (position, item) in items.iter().enumerate() {
                inside(scene, item, &path.below(Step::Index(position)));
            }
        }
        Value::Function(function, argument) => {
            let path = path.key(function.name());
            skip(scene, function.name(), &path);
            inside(scene, argument, &path);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn skip(scene: &Scene<'_>, name: &str, path: &Path<'_>) {
    if name.starts_with(LOOP) {
        scene.skip(Reason::Loop, path.steps());
    } else if name.starts_with(MACRO) {
        scene.skip(Reason::Macro, path.steps());
    }
}
