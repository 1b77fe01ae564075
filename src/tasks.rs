//! The tasks of an environment, as its file has them, checked against its stacks.

use std::collections::{BTreeSet, HashSet};

use stratiform_assembly::{Assembly, TaskEntry};
use stratiform_environment::{
    Command, Deployment, Loaded, Path, Runs, Task, Text as _, Violation, When,
};
use stratiform_finding::words::{listed, meant};
use stratiform_finding::{Code, Finding};

use crate::services::{declared, service_of};

const TASKS: &str = "settings.deployment.tasks";
const COMMANDS: &str = "settings.deployment.commands";

/// The tasks as a release writes them down: who goes back over it has to know of them.
///
/// # Errors
/// A service that has no image, a container that does not run it, stacks that are not there, and names that stand twice.
pub(crate) fn entries(
    assembly: &Assembly,
    loaded: &Loaded,
) -> Result<Vec<TaskEntry>, Vec<Finding>> {
    let deployment = &loaded.environment.settings().deployment;
    let services = services(assembly, &deployment.tasks);
    let stacks = stacks(assembly, &deployment.commands);
    let containers = containers(assembly, &deployment.tasks);
    let violations = services.into_iter().chain(containers).chain(stacks);
    let violations = violations.chain(twice(deployment));
    let findings: Vec<Finding> = violations
        .map(|violation| Finding {
            code: Code::ReleaseTask,
            ..loaded.refused(violation)
        })
        .collect();
    if !findings.is_empty() {
        return Err(findings);
    }
    let entries = deployment.tasks.iter().map(|task| TaskEntry {
        name: task.name.as_str().to_owned(),
        service: task.service.clone(),
        runs: match task.runs {
            Runs::Before => "before",
            Runs::After => "after",
        }
        .to_owned(),
        when: match task.when {
            When::Always => "always",
            When::ImageChanges => "image_changes",
        }
        .to_owned(),
        reversible: task.reversible,
    });
    Ok(entries.collect())
}

/// Tasks of services that have no image.
fn services(assembly: &Assembly, tasks: &[Task]) -> Vec<Violation> {
    let stacks = assembly.stacks.iter();
    let parameters = stacks.flat_map(|stack| stack.template.parameters.keys());
    let services = parameters.filter_map(|parameter| service_of(parameter));
    let services: BTreeSet<String> = services.collect();
    let unknown = tasks.iter().enumerate();
    let unknown = unknown.filter(|(_, task)| !services.contains(&task.service));
    let violations = unknown.map(|(index, task)| {
        let names = services.iter().map(String::as_str);
        let help = meant(&task.service, names).unwrap_or_else(|| match services.len() {
            0 => "remove it, or declare the image of its service".to_owned(),
            _ => format!("the services are {}", listed(&services)),
        });
        Violation::new(
            Path::from(TASKS).position(index).key("service"),
            format!(
                "the task `{}` is of the service `{}`, which has no image",
                task.name, task.service
            ),
            "no stack has a parameter that is called as the service and ends in `Image`",
            help,
        )
    });
    violations.collect()
}

/// Tasks in containers that do not run their service's image.
fn containers(assembly: &Assembly, tasks: &[Task]) -> Vec<Violation> {
    let violations = tasks.iter().enumerate().filter_map(|(index, task)| {
        let container = task.container.as_ref()?;
        let run = assembly.stacks.iter().find_map(|stack| {
            let mut parameters = stack.template.parameters.keys();
            let parameter =
                parameters.find(|name| service_of(name).as_ref() == Some(&task.service))?;
            declared(stack, parameter)
        });
        let containers = run?.containers;
        if containers.contains(container) {
            return None;
        }
        let names = containers.iter().map(String::as_str);
        Some(Violation::new(
            Path::from(TASKS).position(index).key("container"),
            format!(
                "the container `{container}` of the task `{}` does not run the image of `{}`",
                task.name, task.service
            ),
            "a task runs the image that its service gets",
            meant(container, names)
                .unwrap_or_else(|| format!("those that do are {}", listed(&containers))),
        ))
    });
    violations.collect()
}

/// Commands of stacks that are not there.
fn stacks(assembly: &Assembly, commands: &[Command]) -> Vec<Violation> {
    let stacks = assembly.stacks.iter();
    let keys: Vec<&str> = stacks.map(|stack| assembly.key(&stack.name)).collect();
    let mut violations = Vec::new();
    for (index, command) in commands.iter().enumerate() {
        for (at, stack) in command.stacks.iter().enumerate() {
            if !keys.contains(&stack.as_str()) {
                violations.push(Violation::new(
                    Path::from(COMMANDS)
                        .position(index)
                        .key("stacks")
                        .position(at),
                    format!(
                        "the command `{}` is about the stack `{stack}`",
                        command.name
                    ),
                    "no stack of the environment is called so",
                    meant(stack, keys.iter().copied())
                        .unwrap_or_else(|| format!("the stacks are {}", listed(&keys))),
                ));
            }
        }
    }
    violations
}

/// Tasks and commands whose names stand twice.
fn twice(deployment: &Deployment) -> Vec<Violation> {
    let tasks = deployment.tasks.iter().map(|task| &task.name);
    let commands = deployment.commands.iter().map(|command| &command.name);
    let tasks = tasks.enumerate().map(|(index, name)| (TASKS, index, name));
    let commands = commands.enumerate();
    let commands = commands.map(|(index, name)| (COMMANDS, index, name));
    let mut names = HashSet::new();
    let again = tasks.chain(commands);
    let again = again.filter(|(.., name)| !names.insert(*name));
    let violations = again.map(|(list, index, name)| {
        Violation::new(
            Path::from(list).position(index).key("name"),
            format!("two tasks or commands are called `{name}`"),
            "a task or a command is known by its name",
            "rename one of them",
        )
    });
    violations.collect()
}
