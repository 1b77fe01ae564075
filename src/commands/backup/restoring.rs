//! `backup test`: whether the newest backup of a database can be restored, tried.
//!
//! A stack of its own has the database that is restored, and all that keeps it apart ([`place`]). So CloudFormation knows
//! what the test made, and nothing else is ever deleted; an interrupted test is found again by the stack's name and tag.
//! Making and deleting it is what `deploy` and `destroy` do with any stack.

mod carrying_out;
mod place;

use stratiform_assembly::Assembly;
use stratiform_aws::Aws;
use stratiform_deploy::backups::Backup;
use stratiform_deploy::call::Stack;
use stratiform_deploy::guard::Unasked;
use stratiform_deploy::{Call, PREFIX, Reply};
use stratiform_environment::Settings;
use stratiform_finding::words::{joined, meant};
use stratiform_finding::{Code, Finding};
use stratiform_service::status::{Ending, Phase};

use self::carrying_out::Stage;
use super::gathering::{Placed, database, databases, is_cluster};
use crate::args::{BackupFormat, BackupTest, Global};
use crate::assemblies::environment::{Synthesized, environment};
use crate::cloud::Cloud;
use crate::commands::deploy::preparing::identity;
use crate::commands::guard::looking::{ask, stacks};
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::runtime::{all_of, or_interrupted};
use crate::view::backup_test::{Made, Tested, json, text};
use crate::view::{Answer, Event, View};

/// What the stack of a test is called, after app and environment.
const KEY: &str = "backup-test";

/// The tag that says which database the stack of a test is of: only a stack that has it is deleted.
fn tag() -> String {
    format!("{PREFIX}backup-test")
}

/// The backup that is to be restored, and where.
struct Chosen {
    /// The database: `database/Instance`.
    subject: String,
    /// Its identifier.
    identifier: String,
    backup: Backup,
    place: place::Place,
}

/// Restores, measures, removes.
pub(super) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &BackupTest,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let Synthesized {
        assembly, settings, ..
    } = environment(define, &project, &args.env)?;
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    all_of(async {
        let aws = cloud
            .deploying(&assembly.region, assembly.account.as_ref())
            .await;
        let chosen = async {
            let account = identity(&aws, &assembly).await?.account;
            let chosen = choose(&aws, &assembly, args.database.as_deref()).await?;
            Ok((account, chosen))
        };
        let (account, chosen) = or_interrupted(chosen).await?;
        view.event(&Event::Notice {
            text: format!(
                "restoring `{}` of `{}` in {}, account {account}",
                chosen.backup.id, chosen.identifier, assembly.region
            ),
        });
        let name = stack_name(&assembly)?;
        let found = or_interrupted(leftover(&aws, &name)).await?;
        let mut tags = assembly_tags(&settings);
        tags.insert(tag(), chosen.subject.clone());
        let stage = Stage {
            aws: &aws,
            global,
            name: &name,
            template: chosen.place.template(&chosen.backup.id),
            tags,
            local: args.local,
            root: &project.root,
        };
        let made = stage.carried_out(found).await?;
        let recovery = settings.recovery.as_ref();
        let tested = Tested {
            environment: &args.env,
            region: assembly.region.as_str(),
            account: account.as_str(),
            database: &chosen.identifier,
            backup: &chosen.backup,
            made: &made,
            rto_minutes: recovery.and_then(|recovery| recovery.rto_minutes),
        };
        Ok(Answer {
            exit: exit(&made, tested.is_in_time()),
            ..Answer::of(match args.format {
                BackupFormat::Text => text(&tested),
                BackupFormat::Json => json(&tested),
            })
        })
    })
}

/// What the command ends with: a test that left something needs a person, whatever it found.
fn exit(made: &Made, is_in_time: bool) -> Exit {
    match (&made.restored, &made.removed, is_in_time) {
        (_, Err(_), _) => Exit::NeedsPerson,
        (Err(_), Ok(()), _) => Exit::Failed,
        (Ok(_), Ok(()), false) => Exit::No,
        (Ok(_), Ok(()), true) => Exit::Done,
    }
}

/// Chooses the database and its newest backup.
///
/// # Errors
/// There is none, or it cannot be asked for; there are several databases, and none was named.
async fn choose(aws: &Aws, assembly: &Assembly, named: Option<&str>) -> Result<Chosen, Failure> {
    let found = stacks(aws, assembly).await;
    let placed = only(databases(assembly, &found), named)?;
    let subject = placed.subject;
    let identifier = placed.physical_id.map_err(failed)?.ok_or_else(|| {
        let what = format!("`{subject}` is not deployed: it has no backup");
        no(Code::NoBackup, what, "deploy it first")
    })?;
    if is_cluster(&placed.resource_type) {
        let what = format!("`{subject}` is a cluster, which this command does not restore");
        return Err(no(
            Code::NoBackup,
            what,
            "try it with AWS Backup's restore testing plans; `backup check` looks at its backups",
        ));
    }
    let at = database(aws, false, &identifier).await.map_err(failed)?;
    let at = at.ok_or_else(|| {
        let what = format!("RDS has no database `{identifier}`");
        no(Code::NoBackup, what, "deploy its stack again")
    })?;
    let backups = aws.database_backups(&identifier).await;
    let backups = backups.map_err(|error| Failure::of([error.into()]))?;
    let usable = backups.into_iter().filter(|backup| backup.is_usable);
    let newest = usable.max_by_key(|backup| backup.taken).ok_or_else(|| {
        let what = format!("`{identifier}` has no snapshot that could be restored");
        no(
            Code::NoBackup,
            what,
            "take one: `aws rds create-db-snapshot`; `backup check` says what is there",
        )
    })?;
    Ok(Chosen {
        place: place::Place::beside(&at).ok_or_else(|| {
            no(
                Code::NoBackup,
                NO_PLACE,
                "put the database into a subnet group",
            )
        })?,
        subject,
        identifier,
        backup: newest,
    })
}

const NO_PLACE: &str =
    "RDS does not say in which subnets the database is: there is no isolated place";

/// The database that is meant.
fn only(mut all: Vec<Placed>, named: Option<&str>) -> Result<Placed, Failure> {
    let names: Vec<String> = all.iter().map(|placed| placed.subject.clone()).collect();
    let wrong =
        |what: String, help: String| Failure::new(Exit::Usage, Code::UnknownResource, what, help);
    let at = match named {
        Some(named) => names.iter().position(|name| name == named).ok_or_else(|| {
            let help = meant(named, names.iter().map(String::as_str));
            let help = help.unwrap_or_else(|| format!("the databases are: {}", joined(&names)));
            wrong(format!("no database is called `{named}`"), help)
        })?,
        None if names.len() == 1 => 0,
        None if names.is_empty() => {
            let help = "there is nothing to test".to_owned();
            return Err(wrong("the environment has no database".to_owned(), help));
        }
        None => {
            let help = format!("say which: --database with one of {}", joined(&names));
            return Err(wrong(
                "the environment has several databases".to_owned(),
                help,
            ));
        }
    };
    Ok(all.swap_remove(at))
}

/// What an earlier test left; none where nothing of that name is there.
///
/// # Errors
/// It cannot be asked, or the stack of that name is nobody's test.
async fn leftover(aws: &Aws, name: &str) -> Result<Option<Box<Stack>>, Failure> {
    let call = Call::DescribeStack {
        stack: name.to_owned(),
    };
    let stack = ask(aws, call, |reply| match reply {
        Reply::Stack(stack) => Some(stack),
        _ => None,
    });
    let stack = stack.await.map_err(failed)?;
    let is_there = |stack: &Stack| stack.status.phase() != Phase::Settled(Ending::Gone);
    let Some(stack) = stack.filter(|stack| is_there(stack)) else {
        return Ok(None);
    };
    // Of one that only has a change set nothing was made, and it may have no tags.
    if is_empty(&stack) || stack.tags.contains_key(&tag()) {
        return Ok(Some(stack));
    }
    let what = format!("the stack `{name}` is there, and no `backup test` made it");
    let help = "nothing was changed: delete the stack if nobody needs it, or call it otherwise";
    Err(no(Code::StackProtected, what, help))
}

/// Whether a stack only has its first change set.
fn is_empty(stack: &Stack) -> bool {
    stack.status.phase() == Phase::Settled(Ending::Reviewed)
}

fn stack_name(assembly: &Assembly) -> Result<String, Failure> {
    let prefix = assembly.prefix().ok_or_else(|| {
        let what = "the environment's stacks have no names of their own";
        Failure::new(
            Exit::Failed,
            Code::StackName,
            what,
            "name app and environment",
        )
    })?;
    Ok(format!("{prefix}{KEY}"))
}

fn assembly_tags(settings: &Settings) -> indexmap::IndexMap<String, String> {
    let tags = settings.tags.iter();
    tags.map(|(key, value)| (key.to_string(), value.to_string()))
        .collect()
}

fn no(code: Code, what: impl Into<String>, help: &str) -> Failure {
    Failure::new(Exit::No, code, what.into(), help)
}

fn failed(unasked: Unasked) -> Failure {
    let finding = Finding::new(Code::AwsRefused, unasked.why, unasked.help);
    Failure::of([finding])
}
