//! `checklist`: what is open of a release.
//!
//! What lives here: from arguments to an answer. What does not: what git and GitHub say ([`repository`]), how environments
//! stand and come back ([`environments`]), and what all of it means (`stratiform_deploy::release`).

mod environments;
mod repository;

use stratiform_deploy::assurance::all_hold;
use stratiform_deploy::release::{Facts, assurances};

use crate::args::{Checklist, ChecklistFormat, Global};
use crate::cloud::Cloud;
use crate::commands::status::finding::Place;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::git::Folder;
use crate::repository::project::Project;
use crate::repository::standing::unasked;
use crate::runtime::block_on;
use crate::view::checklist::{json, text};
use crate::view::{Answer, View};

/// Asks, and ticks.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Checklist,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let folder = Folder::new(&project.root);
    let names = match args.env.as_slice() {
        [] => project.names()?,
        named => named.to_vec(),
    };
    let mut known = Vec::new();
    for name in names {
        known.push(Place::of(define, &project, &name)?);
    }
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    let mut facts: Facts = repository::facts(&folder, &args.release);
    let statuses = block_on(async {
        let mut found = Vec::new();
        for environment in &known {
            found.push(environments::status(&cloud, environment).await);
        }
        Ok(found)
    })?;
    let stands = known.iter().zip(statuses);
    facts.environments = stands
        .map(|(environment, (place, status))| {
            let name = environment.name.clone();
            let back = environments::way_back(&project, environment, &args.release);
            stratiform_deploy::release::EnvironmentFacts {
                way_back: back.map_err(|failure| unasked(&failure)),
                name,
                place,
                status,
            }
        })
        .collect();
    let found = assurances(&facts);
    let colour = Colour::on(global.color, &std::io::stdout());
    Ok(Answer {
        exit: match all_hold(&found) {
            true => Exit::Done,
            false => Exit::No,
        },
        ..Answer::of(match args.format {
            ChecklistFormat::Text => text(&args.release, &found, colour),
            ChecklistFormat::Json => json(&args.release, &found),
        })
    })
}
