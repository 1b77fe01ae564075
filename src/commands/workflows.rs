//! `workflows`: the pipeline of a repository, for GitHub Actions, from its environments.
//!
//! What lives here: which files there are, and writing or checking them. What does not: what an environment's pipeline
//! is (`stage`), what is built and how (`package`), and how it is written down (`rendering` and `templates/workflows`).

mod package;
mod rendering;
mod stage;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use stratiform_finding::words::counted;

use self::package::Package;
use self::stage::Stage;
use crate::args::{Global, Workflows};
use crate::assemblies::synthesis::assemble;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::git::Folder;
use crate::repository::project::Project;
use crate::view::Answer;
use crate::view::summary::from_here;

/// A workflow.
struct File {
    /// Its file's name: `deploy-prod.yml`.
    name: String,
    text: String,
}

/// Writes the workflows, or says which are stale.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Workflows,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let environments = project.load(define, &[])?.environments;
    let settings = environments
        .iter()
        .map(|loaded| loaded.environment.settings());
    let refused: Vec<_> = settings.flat_map(stage::check_secrets).collect();
    if !refused.is_empty() {
        return Err(Failure::below(&project.root, refused));
    }
    let mut known = Vec::new();
    for loaded in &environments {
        let assembly =
            assemble(define, loaded).map_err(|findings| Failure::below(&project.root, findings))?;
        known.push((loaded.environment.settings(), assembly));
    }
    let root = Folder::new(&project.root).top()?;
    let package = Package::find(&project.root, &root)?;
    let files = rendering::files(&package, &Stage::all(&known)?)?;
    let folder = match &args.out {
        Some(folder) => folder.clone(),
        None => root.join(".github/workflows"),
    };
    let known = standings(&folder, &files)?;
    if args.check {
        return Ok(checked(&known, files.len()));
    }
    let (mut written, mut removed) = (0, 0);
    for (path, standing) in &known {
        match standing {
            Standing::Missing(text) | Standing::Stale(text) => {
                fs::create_dir_all(&folder)
                    .and_then(|()| fs::write(path, text))
                    .map_err(|error| Failure::io("write", path, &error))?;
                written += 1;
            }
            Standing::Over => {
                fs::remove_file(path).map_err(|error| Failure::io("remove", path, &error))?;
                removed += 1;
            }
            Standing::Fresh | Standing::Own => {}
        }
    }
    let removed = match removed {
        0 => String::new(),
        count => format!(", {count} removed: nothing is deployed by them any more"),
    };
    Ok(Answer {
        stderr: format!(
            "{} in `{}`, {written} written{removed}\n{}",
            counted(files.len(), "workflow"),
            from_here(&folder),
            own(&known)
        ),
        ..Answer::of(String::new())
    })
}

/// The first words of every file that is written here. One without them is somebody's own.
const MARK: &str = "# Written by `stratiform workflows`";

/// How a file stands to what would be written.
enum Standing<'a> {
    Fresh,
    /// With what would be written.
    Missing(&'a str),
    Stale(&'a str),
    /// It was written for something that is no more.
    Over,
    /// It has the name of a workflow, and was not written here.
    Own,
}

/// All workflows, and those that were written once.
fn standings<'a>(
    folder: &Path,
    files: &'a [File],
) -> Result<Vec<(PathBuf, Standing<'a>)>, Failure> {
    let mut known = Vec::new();
    for file in files {
        let path = folder.join(&file.name);
        let standing = match there(&path)? {
            None => Standing::Missing(&file.text),
            Some(text) if text == file.text => Standing::Fresh,
            Some(text) if text.starts_with(MARK) => Standing::Stale(&file.text),
            Some(_) => Standing::Own,
        };
        known.push((path, standing));
    }
    for path in workflows_in(folder)? {
        let is_ours = there(&path)?.is_some_and(|text| text.starts_with(MARK));
        if is_ours && !known.iter().any(|(other, _)| *other == path) {
            known.push((path, Standing::Over));
        }
    }
    Ok(known)
}

/// The workflows of a folder, in order.
fn workflows_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::io("read", folder, &error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry
            .map_err(|error| Failure::io("read", folder, &error))?
            .path();
        if path.extension().is_some_and(|extension| extension == "yml") && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Names the workflows that are not as they would be written.
fn checked(known: &[(PathBuf, Standing<'_>)], total: usize) -> Answer {
    let lines = known.iter().filter_map(|(path, standing)| {
        let word = match standing {
            Standing::Missing(_) => "missing",
            Standing::Stale(_) => "stale  ",
            Standing::Over => "over   ",
            Standing::Fresh | Standing::Own => return None,
        };
        Some(format!("{word}  {}\n", from_here(path)))
    });
    let lines: Vec<String> = lines.collect();
    let total = counted(total, "workflow");
    let (said, exit) = match lines.len() {
        0 => (format!("{total}, none stale\n"), Exit::Done),
        count => (
            format!("{total}, {count} not as written: run `workflows`\n"),
            Exit::No,
        ),
    };
    Answer {
        stderr: said + &own(known),
        exit,
        ..Answer::of(lines.concat())
    }
}

/// Names the files that stay as they are, since they were not written here.
fn own(known: &[(PathBuf, Standing<'_>)]) -> String {
    let own = known
        .iter()
        .filter(|(_, standing)| matches!(standing, Standing::Own));
    let lines = own.map(|(path, _)| {
        format!(
            "`{}` is your own, and stays: remove it to have the one that `workflows` writes\n",
            from_here(path)
        )
    });
    lines.collect()
}

/// The text of a file; none where there is no file.
fn there(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io("read", path, &error)),
    }
}
