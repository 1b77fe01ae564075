//! Tasks that cannot be undone and lie between a release and what runs: nothing goes back over one unless it is named.
//!
//! Which tasks a release has is in its `assembly.json`, at its tag. What ran at last is in the tags of the stacks.

use std::collections::{BTreeMap, BTreeSet};

use stratiform_assembly::{Assembly, AssemblyFile, FILE as ASSEMBLY, TaskEntry};
use stratiform_deploy::guard::StackFound;
use stratiform_finding::words::few;
use stratiform_finding::{Code, Finding};

use crate::args::{Rollback, crossed};
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::git::{Folder, Revision};
use crate::repository::head::Head;
use crate::services::service_of;

/// Looks at all releases between one and what runs; gives what has to be known, in sentences.
///
/// # Errors
/// A task that cannot be undone is in one of them, and was not named.
pub(super) fn look(
    folder: &Folder,
    target: (&str, &Head, &Assembly),
    found: &[StackFound],
    args: &Rollback,
) -> Result<Vec<String>, Failure> {
    let (release, head, assembly) = target;
    let mut said = Vec::new();
    let mut between: BTreeMap<String, String> = BTreeMap::new();
    for (shown, commit) in running(folder, found, &mut said)? {
        // A stack that has not changed for long names a release that is older than where this goes.
        if !folder.is_in_history(&commit, &head.commit)? {
            between.extend(folder.tags_between(&head.commit, &commit)?);
            between.entry(shown).or_insert(commit);
        }
    }
    let is_chosen = |task: &TaskEntry| {
        let stack = assembly.stacks.iter().find(|stack| {
            let mut parameters = stack.template.parameters.keys();
            parameters.any(|name| service_of(name).as_ref() == Some(&task.service))
        });
        args.stack.is_empty()
            || stack.is_none_or(|stack| {
                let names = [stack.name.as_str(), assembly.key(&stack.name)];
                args.stack
                    .iter()
                    .any(|wanted| names.contains(&wanted.as_str()))
            })
    };
    let mut tasks: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (shown, commit) in between {
        for task in one_way(folder, &shown, &commit, &args.env)? {
            if is_chosen(&task) {
                let with = tasks.entry((task.name, task.service)).or_default();
                with.push(shown.clone());
            }
        }
    }
    let what = format!("{release} would run over what it left");
    said.extend(refuse(tasks, &what, args)?);
    Ok(said)
}

/// The same for one service that goes back to the image before: over the tasks of what runs.
///
/// # Errors
/// A task of the service cannot be undone, and was not named.
pub(super) fn look_at_service(
    folder: &Folder,
    service: &str,
    found: &[StackFound],
    args: &Rollback,
) -> Result<Vec<String>, Failure> {
    let mut said = Vec::new();
    let mut tasks: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (shown, commit) in running(folder, found, &mut said)? {
        for task in one_way(folder, &shown, &commit, &args.env)? {
            if task.service == service {
                let with = tasks.entry((task.name, task.service)).or_default();
                with.push(shown.clone());
            }
        }
    }
    said.extend(refuse(
        tasks,
        "the image before would run over what it left",
        args,
    )?);
    Ok(said)
}

/// What is known to be crossed, in sentences.
fn refuse(
    tasks: BTreeMap<(String, String), Vec<String>>,
    what: &str,
    args: &Rollback,
) -> Result<Vec<String>, Failure> {
    let named: BTreeSet<&str> = crossed(&args.allow).collect();
    let mut said = Vec::new();
    let mut refused = Vec::new();
    for ((name, service), releases) in tasks {
        let with = few(&releases);
        if named.contains(name.as_str()) {
            said.push(format!(
                "goes back over the task {name} of {service}, of {with}"
            ));
            continue;
        }
        let finding = Finding::new(
            Code::NotCrossed,
            format!("the task `{name}` of `{service}` cannot be undone, and belongs to {with}"),
            format!(
                "if it runs well with that: --allow cross:{name}; otherwise correct it in a new release"
            ),
        );
        refused.push(finding.because(what.to_owned()));
    }
    if refused.is_empty() {
        return Ok(said);
    }
    let mut failure = Failure::of(refused);
    failure.exit = Exit::No;
    Err(failure)
}

/// What runs, as the stacks' tags have it: the release, or the commit, and the commit.
fn running(
    folder: &Folder,
    found: &[StackFound],
    said: &mut Vec<String>,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut running = BTreeMap::new();
    for found in found {
        let release = found.record("release");
        let Some(shown) = release.or_else(|| found.record("commit")) else {
            continue;
        };
        if running.contains_key(shown) {
            continue;
        }
        let name = match release {
            Some(release) => format!("refs/tags/{release}"),
            None => shown.to_owned(),
        };
        match folder.at(&name)? {
            Some(head) => drop(running.insert(shown.to_owned(), head.commit)),
            None => {
                let what = format!(
                    "git does not know {shown} here, which runs: whether a task of it cannot be undone is not known"
                );
                if !said.contains(&what) {
                    said.push(what);
                }
            }
        }
    }
    Ok(running)
}

/// The tasks of a commit that cannot be undone.
///
/// # Errors
/// Git cannot be started.
pub(crate) fn one_way(
    folder: &Folder,
    shown: &str,
    commit: &str,
    environment: &str,
) -> Result<Vec<TaskEntry>, Failure> {
    let revision = Revision {
        commit: commit.to_owned(),
        shown: shown.to_owned(),
    };
    let mut objects = folder.open(&revision)?;
    let file = format!("snapshots/{environment}/{ASSEMBLY}");
    let text = objects.file(&file)?;
    let file = text.and_then(|text| AssemblyFile::parse(&String::from_utf8_lossy(&text)).ok());
    let tasks = file.map(|file| file.tasks).unwrap_or_default();
    Ok(tasks.into_iter().filter(|task| !task.reversible).collect())
}
