//! The tasks of an environment, as its file has them, checked against its stacks.

use std::collections::{BTreeSet, HashSet};

use stratiform_assembly::{Assembly, TaskEntry};
use stratiform_environment::{Runs, Settings, Text as _, When};
use stratiform_finding::words::{listed, meant};
use stratiform_finding::{Code, Finding};

use crate::services::service_of;

/// The tasks as a release writes them down: who goes back over it has to know of them.
///
/// # Errors
/// A service that has no image, and names that stand twice.
pub(crate) fn entries(
    assembly: &Assembly,
    settings: &Settings,
) -> Result<Vec<TaskEntry>, Vec<Finding>> {
    let deployment = &settings.deployment;
    let stacks = assembly.stacks.iter();
    let parameters = stacks.flat_map(|stack| stack.template.parameters.keys());
    let services = parameters.filter_map(|parameter| service_of(parameter));
    let services: BTreeSet<String> = services.collect();
    let mut findings = Vec::new();
    for task in &deployment.tasks {
        if !services.contains(&task.service) {
            let names = services.iter().map(String::as_str);
            let help = meant(&task.service, names).unwrap_or_else(|| match services.len() {
                0 => "no stack has a parameter that ends in `Image`".to_owned(),
                _ => format!("the services are {}", listed(&services)),
            });
            let what = format!(
                "the task `{}` is of the service `{}`, which has no image",
                task.name, task.service
            );
            findings.push(Finding::new(Code::ReleaseTask, what, help));
        }
    }
    let tasks = deployment.tasks.iter().map(|task| &task.name);
    let commands = deployment.commands.iter().map(|command| &command.name);
    let mut names = HashSet::new();
    for name in tasks.chain(commands) {
        if !names.insert(name) {
            let what = format!("two tasks or commands are called `{name}`");
            findings.push(Finding::new(Code::ReleaseTask, what, "rename one of them"));
        }
    }
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
