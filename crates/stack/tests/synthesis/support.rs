//! An app called `shop`, resources for it, and what comes out.

use indexmap::IndexMap;
use stratiform_finding::{At, Code, Finding};
use stratiform_stack::{App, Assembly, Handle, Json, References, Settings, Stack, Untyped, json};
use stratiform_template::{Member, Resource, Template, Value};

pub(crate) fn app() -> App {
    app_with(References::Strong)
}

pub(crate) fn app_with(references: References) -> App {
    App::new(Settings {
        app: "shop".to_owned(),
        environment: "test".to_owned(),
        region: "eu-central-1".parse().unwrap(),
        references,
        termination_protection: false,
        tags: IndexMap::from([("team".to_owned(), "platform".to_owned())]),
    })
}

/// A queue without properties.
#[track_caller]
pub(crate) fn queue(stack: &Stack, logical_id: &str) -> Handle<Untyped> {
    stack.add(logical_id, a_queue())
}

/// The properties of a queue that sets none.
pub(crate) fn a_queue() -> Untyped {
    Untyped::new("AWS::SQS::Queue", json!({}))
}

/// A queue with a name, which is where the tests put values.
#[track_caller]
pub(crate) fn named_queue(
    stack: &Stack,
    logical_id: &str,
    name: impl Into<Json>,
) -> Handle<Untyped> {
    stack.add(logical_id, a_named_queue(name))
}

/// The properties of a queue with a name.
pub(crate) fn a_named_queue(name: impl Into<Json>) -> Untyped {
    let name: Json = name.into();
    Untyped::new("AWS::SQS::Queue", Json::object([("QueueName", name)]))
}

/// Every template of an assembly, one after the other.
pub(crate) fn templates(assembly: &Assembly) -> String {
    let texts = assembly.stacks.iter().map(|stack| {
        format!(
            "# {} after {:?}, {:?}\n{}\n",
            stack.name,
            stack.depends_on,
            stack.capabilities,
            stack.template.to_yaml()
        )
    });
    texts.collect()
}

/// The template of one stack.
pub(crate) fn template(app: App, key: &str) -> Template {
    let assembly = app.synthesize().unwrap();
    let mut stacks = assembly.stacks.iter();
    let stack = stacks.find(|stack| assembly.key(&stack.name) == key);
    Template::clone(&stack.unwrap().template)
}

/// A resource of a template.
pub(crate) fn resource<'a>(template: &'a Template, logical_id: &str) -> &'a Resource {
    match template.resources.get(logical_id) {
        Some(Member::One(resource)) => resource,
        other => panic!("no resource {logical_id}: {other:?}"),
    }
}

/// A property as YAML.
pub(crate) fn property(template: &Template, logical_id: &str, name: &str) -> String {
    let value = resource(template, logical_id).properties.get(name);
    let text = value.map(Value::to_yaml).unwrap_or_default();
    text.trim_end().to_owned()
}

pub(crate) fn found(app: App) -> Vec<Finding> {
    app.synthesize().unwrap_err()
}

/// The one problem of an app: its code, and the lines of its places with what they say.
pub(crate) fn only(app: App) -> (Code, Vec<(u32, String)>) {
    let problems = found(app);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let places = problems[0].places.iter();
    let places = places.map(|place| match place.at {
        At::Rust(location) => (location.line(), place.label.clone()),
        _ => panic!("{place:?} is in no Rust file"),
    });
    (problems[0].code, places.collect())
}

/// A finding as text.
fn drawn(finding: &Finding) -> String {
    let mut text = format!("error[{}]: {}\n", finding.code, finding.what);
    for place in &finding.places {
        if let At::Rust(at) = place.at {
            let label = &place.label;
            text += &format!(
                "  --> {}:{}:{}: {label}\n",
                at.file(),
                at.line(),
                at.column()
            );
        }
    }
    text + "  = help: " + &finding.help
}

/// The problems as text, without the lines of the tests.
pub(crate) fn problems(app: App) -> String {
    let problems = found(app);
    let text: String = problems
        .iter()
        .map(|problem| drawn(problem) + "\n")
        .collect();
    let mut parts = text.split(".rs:");
    let mut redacted = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|place: char| place.is_ascii_digit() || place == ':');
        redacted += &format!(".rs:[PLACE]:{rest}");
    }
    redacted
}
