//! `backup`: what an environment's backups are worth.
//!
//! What lives here: `backup check`, from arguments to an answer. What does not: finding out ([`gathering`]), what it means
//! (`stratiform_deploy::backups`), and `backup test` ([`restoring`]).

mod gathering;
mod restoring;

use stratiform_assembly::Assembly;
use stratiform_deploy::assurance::all_hold;
use stratiform_deploy::backups::{Promises, assurances};
use stratiform_environment::{Settings, Text as _};

use self::gathering::{Site, gather};
use crate::args::{Backup, BackupCheck, BackupFormat, Global};
use crate::assemblies::environment::{Synthesized, environment};
use crate::cloud::Cloud;
use crate::commands::deploy::preparing::identity;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::runtime::block_on;
use crate::view::backups::{Checked, json, text};
use crate::view::{Answer, Event, View};

pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Backup,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    match args {
        Backup::Check(args) => check(define, global, args, view),
        Backup::Test(args) => restoring::run(define, global, args, view),
    }
}

/// The databases of an environment's templates: `database/Instance`.
pub(crate) fn database_subjects(assembly: &Assembly) -> Vec<String> {
    let stacks = assembly.stacks.iter();
    let all = stacks.flat_map(|stack| {
        let key = assembly.key(&stack.name);
        let resources = stack.template.each_resource();
        let databases = resources.filter(|(_, resource)| gathering::is_database(resource));
        databases.map(move |(logical_id, _)| format!("{key}/{logical_id}"))
    });
    all.collect()
}

/// What an environment's file promises.
fn promises(settings: &Settings) -> Promises {
    let recovery = settings.recovery.as_ref();
    Promises {
        rpo_minutes: recovery.and_then(|recovery| recovery.rpo_minutes),
        region: settings
            .disaster_recovery_region
            .as_ref()
            .and_then(|region| region.as_str().parse().ok()),
    }
}

fn check(
    define: &dyn Definition,
    global: &Global,
    args: &BackupCheck,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let Synthesized {
        assembly, settings, ..
    } = environment(define, &project, &args.env)?;
    let promises = promises(&settings);
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    view.event(&Event::Asking {
        environment: args.env.clone(),
        region: assembly.region.to_string(),
    });
    let (account, facts) = block_on(async {
        let account = assembly.account.as_ref();
        let aws = cloud.deploying(&assembly.region, account).await;
        let account_id = identity(&aws, &assembly).await?.account;
        let there = match &promises.region {
            Some(region) => Some(cloud.deploying(region, account).await),
            None => None,
        };
        let site = Site {
            here: &aws,
            there: there.as_ref(),
            assembly: &assembly,
            account: &account_id,
        };
        let facts = gather(&site, promises).await;
        Ok((account_id, facts))
    })?;
    let found = assurances(&facts);
    let checked = Checked {
        environment: &args.env,
        region: assembly.region.as_str(),
        account: account.as_str(),
        promises: &facts.promises,
        assurances: &found,
    };
    let colour = Colour::on(global.color, &std::io::stdout());
    Ok(Answer {
        exit: match all_hold(&found) {
            true => Exit::Done,
            false => Exit::No,
        },
        ..Answer::of(match args.format {
            BackupFormat::Text => text(&checked, colour),
            BackupFormat::Json => json(&checked),
        })
    })
}
