//! What `changed` prints. `docs/changed.md` documents what programs read.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};
use stratiform_diff::StackChange;
use stratiform_finding::words::listed;

use crate::commands::changed::{Touched, TouchedEnvironment, TouchedService, TouchedStack};
use crate::view::reviewed::ToolChange;
use crate::view::sorted::sorted;

/// The version of the form. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// For people: environments with their stacks, then services, each with why.
pub(crate) fn text(touched: &Touched) -> String {
    let base = &touched.base;
    if touched.environments.is_empty() && touched.services.is_empty() {
        return format!("nothing changed since {base}\n");
    }
    let mut text = format!("changed since {base}\n");
    for environment in &touched.environments {
        let TouchedEnvironment {
            name,
            region,
            change,
            stacks,
        } = environment;
        let note = match change {
            StackChange::Created => ": the environment is new",
            StackChange::Removed => ": the environment is no longer there",
            StackChange::Updated | StackChange::Unchanged => "",
        };
        text += &format!("\n{name} ({region}){note}\n");
        let stacks = stacks.iter().map(|stack| (&stack.key, stack.why.clone()));
        text += &lines(stacks.collect());
    }
    if !touched.services.is_empty() {
        text += "\nservices\n";
        let services = touched.services.iter().map(|service| {
            let mut why = service.why.clone();
            why.push(format!("in {}", listed(&service.environments)));
            (&service.name, why)
        });
        text += &lines(services.collect());
    }
    text
}

/// Names with what is said of each, below each other.
fn lines(said: Vec<(&String, Vec<String>)>) -> String {
    let names = said.iter().map(|(name, _)| name.chars().count());
    let width = names.max().unwrap_or_default();
    let lines = said.iter().flat_map(|(name, why)| {
        let names = std::iter::once(name.as_str()).chain(std::iter::repeat(""));
        let each = names.zip(why);
        each.map(move |(name, why)| format!("  {name:width$}  {why}\n"))
    });
    lines.collect()
}

#[derive(Serialize)]
struct Document<'t> {
    version: u32,
    base: &'t str,
    environments: Vec<Environment<'t>>,
    services: Vec<Service<'t>>,
}

#[derive(Serialize)]
struct Environment<'t> {
    name: &'t str,
    region: &'t str,
    change: &'static str,
    stacks: Vec<Stack<'t>>,
}

#[derive(Serialize)]
struct Stack<'t> {
    name: &'t str,
    stack: &'t str,
    change: &'static str,
    why: &'t [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'t ToolChange>,
}

#[derive(Serialize)]
struct Service<'t> {
    service: &'t str,
    source: &'t str,
    dockerfile: &'t str,
    digest: &'t str,
    why: &'t [String],
    environments: &'t [String],
}

/// For programs: everything.
pub(crate) fn json(touched: &Touched) -> String {
    let document = Document {
        version: VERSION,
        base: &touched.base,
        environments: touched.environments.iter().map(environment).collect(),
        services: touched.services.iter().map(service).collect(),
    };
    // Text and numbers in maps with text keys: nothing that JSON cannot hold.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn environment(environment: &TouchedEnvironment) -> Environment<'_> {
    Environment {
        name: &environment.name,
        region: &environment.region,
        change: word(environment.change),
        stacks: environment.stacks.iter().map(stack).collect(),
    }
}

fn stack(stack: &TouchedStack) -> Stack<'_> {
    Stack {
        name: &stack.name,
        stack: &stack.key,
        change: word(stack.change),
        why: &stack.why,
        tool: stack.tool.as_ref(),
    }
}

fn service(service: &TouchedService) -> Service<'_> {
    Service {
        service: &service.name,
        source: &service.source,
        dockerfile: &service.dockerfile,
        digest: &service.digest,
        why: &service.why,
        environments: &service.environments,
    }
}

/// As in `diff`.
fn word(change: StackChange) -> &'static str {
    match change {
        StackChange::Unchanged => "unchanged",
        StackChange::Updated => "updated",
        StackChange::Created => "created",
        StackChange::Removed => "removed",
    }
}

/// For a workflow: what there is to build and to deploy, a line each. What is removed is not deployed, and so is not here.
pub(crate) fn github(touched: &Touched) -> String {
    let stays = |change| change != StackChange::Removed;
    let environments = touched.environments.iter();
    let stacks = environments
        .filter(|environment| stays(environment.change))
        .flat_map(|environment| {
            let stacks = environment.stacks.iter();
            let stacks = stacks.filter(|stack| stays(stack.change));
            stacks.map(move |stack| (environment, stack))
        });
    let stacks: Vec<(&TouchedEnvironment, &TouchedStack)> = stacks.collect();
    let names = stacks.iter().map(|(environment, _)| &*environment.name);
    let names: BTreeSet<&str> = names.collect();
    let environments = names.iter().map(|name| json!({"environment": name}));
    let each_stack = stacks.iter().map(|(environment, stack)| {
        json!({"environment": environment.name, "stack": stack.key, "name": stack.name})
    });
    let services = touched.services.iter();
    let each_service = services.clone().map(|service| {
        let TouchedService {
            name,
            source,
            dockerfile,
            digest,
            ..
        } = service;
        json!({"service": name, "source": source, "dockerfile": dockerfile, "digest": digest})
    });
    let any = !stacks.is_empty() || !touched.services.is_empty();
    let full_names: Vec<&str> = stacks.iter().map(|(_, stack)| &*stack.name).collect();
    let service_names: BTreeSet<&str> = services.map(|service| &*service.name).collect();
    let outputs = [
        ("any", json!(any)),
        ("environments", json!(names)),
        ("stacks", json!(full_names)),
        ("services", json!(service_names)),
        ("environments_matrix", matrix(environments)),
        ("stacks_matrix", matrix(each_stack)),
        ("services_matrix", matrix(each_service)),
    ];
    // JSON on one line: nothing in a name can begin another output.
    let lines = outputs
        .iter()
        .map(|(name, value)| format!("{name}={value}\n"));
    lines.collect()
}

/// What a job's `strategy.matrix` takes.
fn matrix(include: impl Iterator<Item = Value>) -> Value {
    sorted(json!({"include": include.collect::<Vec<_>>()}))
}
