//! `workflows`: the pipeline of a repository, for GitHub Actions, from its environments.
//!
//! What lives here: which files there are, and writing or checking them. What does not: what an environment's pipeline
//! is (`stage`), what is built and how (`package`), and how it is written down (`rendering` and `templates/workflows`).

mod package;
mod rendering;
mod stage;

use std::fs;
use std::path::Path;

use stratiform_environment::Environment;
use stratiform_finding::words::counted;

use self::package::Package;
use self::stage::Stage;
use crate::Define;
use crate::args::{Global, Workflows};
use crate::assemblies::synthesis::assemble;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::git::Folder;
use crate::repository::project::Project;
use crate::view::Answer;

/// A workflow.
struct File {
    /// Its file's name: `deploy-prod.yml`.
    name: String,
    text: String,
}

/// Writes the workflows, or says which are stale.
pub(crate) fn run<E: Environment>(
    define: Define<E>,
    global: &Global,
    args: &Workflows,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let environments = project.load::<E>(&[])?.environments;
    let mut known = Vec::new();
    for loaded in &environments {
        let assembly =
            assemble(define, loaded).map_err(|findings| Failure::below(&project.root, findings))?;
        known.push((loaded.environment.settings(), assembly));
    }
    let root = Folder::new(&project.root).top()?;
    let package = Package::find(&project.root, &root)?;
    let files = rendering::files(&package, &Stage::all(&known))?;
    let folder = match &args.out {
        Some(folder) => folder.clone(),
        None => root.join(".github/workflows"),
    };
    if args.check {
        return check(&folder, &files);
    }
    let mut written = 0;
    for file in &files {
        let path = folder.join(&file.name);
        if there(&path)?.as_deref() != Some(&file.text) {
            fs::create_dir_all(&folder)
                .and_then(|()| fs::write(&path, &file.text))
                .map_err(|error| Failure::io("write", &path, &error))?;
            written += 1;
        }
    }
    Ok(Answer {
        stderr: format!(
            "{} in `{}`, {written} written\n",
            counted(files.len(), "workflow"),
            folder.display()
        ),
        ..Answer::of(String::new())
    })
}

/// Names the workflows that are not as they would be written.
fn check(folder: &Path, files: &[File]) -> Result<Answer, Failure> {
    let mut stale = String::new();
    for file in files {
        let path = folder.join(&file.name);
        match there(&path)? {
            Some(text) if text == file.text => {}
            Some(_) => stale += &format!("stale    {}\n", path.display()),
            None => stale += &format!("missing  {}\n", path.display()),
        }
    }
    let count = stale.lines().count();
    let total = counted(files.len(), "workflow");
    let (stderr, exit) = match count {
        0 => (format!("{total}, none stale\n"), Exit::Done),
        count => (
            format!("{total}, {count} not as written: run `workflows`\n"),
            Exit::No,
        ),
    };
    Ok(Answer {
        stderr,
        exit,
        ..Answer::of(stale)
    })
}

/// The text of a file; none where there is no file.
fn there(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io("read", path, &error)),
    }
}
