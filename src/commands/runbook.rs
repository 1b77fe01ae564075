//! `runbook`: what to do when something is wrong, computed from the environment.
//!
//! What lives here: from an environment to what the page says, and writing it. What does not: the layout
//! (`templates/runbook.md.hbs`), and how long things take ([`times`]).

mod times;

use std::fs;

use handlebars::{Handlebars, no_escape};
use serde::Serialize;
use stratiform_environment::Text as _;

use self::times::{StackTimes, Times};
use crate::args::{Global, Runbook};
use crate::assemblies::environment::{Synthesized, environment};
use crate::commands::backup::database_subjects;
use crate::definition::Definition;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::restores::restored;
use crate::services::{kebab, services};
use crate::view::Answer;
use crate::view::review::not_rendered;

const TEMPLATE: &str = include_str!("../../templates/runbook.md.hbs");

/// All that the page says.
#[derive(Serialize)]
struct Page {
    app: String,
    environment: String,
    region: String,
    account: Option<String>,
    contacts: Vec<Contact>,
    stacks: Vec<StackTimes>,
    times: Times,
    services: Vec<String>,
    databases: Vec<Database>,
    recovery: Option<Recovery>,
    /// Whether a rebuild can begin with a snapshot.
    is_restorable: bool,
    has_alarm: bool,
    monitoring_minutes: u32,
}

#[derive(Serialize)]
struct Contact {
    name: String,
    reach: String,
}

/// A database, and the flag that names it where there are several.
#[derive(Serialize)]
struct Database {
    subject: String,
    flag: String,
}

/// What is promised for a lost region.
#[derive(Serialize)]
struct Recovery {
    region: String,
    rpo_minutes: Option<u32>,
    rto_minutes: Option<u32>,
}

/// Computes the page, and prints or writes it.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Runbook,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let known = environment(define, &project, &args.env)?;
    let page = render(&page(&args.env, &known))?;
    let Some(folder) = &args.out else {
        return Ok(Answer::of(page));
    };
    let file = folder.join(format!("runbook-{}.md", args.env));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&file, page))
        .map_err(|error| Failure::io("write", &file, &error))?;
    Ok(Answer {
        stderr: format!("written: `{}`\n", file.display()),
        ..Answer::of(String::new())
    })
}

fn page(name: &str, known: &Synthesized) -> Page {
    let Synthesized {
        assembly, settings, ..
    } = known;
    let subjects = database_subjects(assembly);
    let is_one = subjects.len() == 1;
    let databases = subjects.into_iter().map(|subject| Database {
        flag: match is_one {
            true => String::new(),
            false => format!(" --database {subject}"),
        },
        subject,
    });
    let contacts = settings.contacts.iter().map(|contact| Contact {
        name: cell(&contact.name),
        reach: cell(&contact.reach),
    });
    let recovery = settings.recovery.as_ref();
    let region = settings.disaster_recovery_region.as_ref();
    let (stacks, times) = times::of(assembly);
    let is_restorable = assembly
        .stacks
        .iter()
        .any(|stack| !restored(&stack.template).is_empty());
    Page {
        app: settings.app.to_string(),
        environment: name.to_owned(),
        region: assembly.region.to_string(),
        account: assembly.account.as_ref().map(ToString::to_string),
        contacts: contacts.collect(),
        stacks,
        times,
        services: services(assembly).keys().map(|name| kebab(name)).collect(),
        databases: databases.collect(),
        recovery: region.map(|region| Recovery {
            region: region.as_str().to_owned(),
            rpo_minutes: recovery.and_then(|recovery| recovery.rpo_minutes),
            rto_minutes: recovery.and_then(|recovery| recovery.rto_minutes),
        }),
        is_restorable,
        has_alarm: settings.deployment.rollback_alarm.is_some(),
        monitoring_minutes: settings.deployment.monitoring_minutes,
    }
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

fn render(page: &Page) -> Result<String, Failure> {
    let mut handlebars = Handlebars::new();
    handlebars.register_escape_fn(no_escape);
    handlebars.set_strict_mode(true);
    let rendered = handlebars.render_template(TEMPLATE, page);
    rendered.map_err(|error| not_rendered(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_stays_one() {
        assert_eq!(cell("a |\n b"), "a \\| b");
    }
}
