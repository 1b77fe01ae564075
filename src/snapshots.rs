//! `snapshots/`: what is synthesized, as files; compared with what is there, and written.

mod rendered;
mod staging;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use stratiform_assembly::{AssemblyFile, FILE as ASSEMBLY, StackEntry};
use stratiform_bootstrap::KEY as BOOTSTRAP;

use self::staging::Staging;
use crate::cores::on_all_cores;
use crate::report::Failure;
use crate::repository::input::Input;

pub(crate) use rendered::{Choice, Rendered};

/// What the roles of a bootstrap may do, beside its templates.
const PERMISSIONS: &str = "permissions.md";

/// What a run covers: what it does not cover, it leaves alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// All environments with all stacks.
    Everything,
    /// Some environments, or some stacks.
    Some,
}

/// What happens to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileChange {
    /// It is there and the same.
    Unchanged,
    /// It is new.
    Added,
    /// It was different: its text before.
    Modified(String),
    /// Another version of the tool wrote it, and would write the same today but for that: its text before.
    Rewritten(String),
    /// It goes: its text before.
    Removed(String),
}

impl FileChange {
    /// Whether the file is not what it should be. Which version of the tool wrote it makes no difference to what is
    /// deployed.
    pub(crate) fn is_stale(&self) -> bool {
        match self {
            FileChange::Unchanged | FileChange::Rewritten(_) => false,
            FileChange::Added | FileChange::Modified(_) | FileChange::Removed(_) => true,
        }
    }
}

/// A file of `snapshots/` and what happens to it.
#[derive(Clone, Debug)]
pub(crate) struct SnapshotFile {
    /// The path inside the folder: `prod/network.yaml`.
    pub name: String,
    /// What happens to it.
    pub change: FileChange,
    /// Its text from now on; empty for a file that goes.
    pub text: String,
}

/// The snapshots of a run against those in the folder.
#[derive(Debug)]
pub(crate) struct Snapshots {
    /// The folder.
    pub folder: PathBuf,
    /// What was synthesized.
    pub rendered: Vec<Rendered>,
    /// Every file, `assembly.json` after the templates it lists.
    pub files: Vec<SnapshotFile>,
    /// Templates in an environment's folder that its `assembly.json` does not list: `prod/old.yaml`.
    pub unlisted: Vec<String>,
}

impl Snapshots {
    /// Compares what was synthesized with what is in a folder. Writes nothing.
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    pub(crate) fn compare(
        folder: &Path,
        rendered: Vec<Rendered>,
        scope: Coverage,
    ) -> Result<Self, Failure> {
        let mut files = Vec::new();
        let mut unlisted = Vec::new();
        let compared = on_all_cores(&rendered, |environment| {
            compare_environment(folder, environment)
        });
        for found in compared {
            let found = found?;
            files.extend(found.0);
            unlisted.extend(found.1);
        }
        if scope == Coverage::Everything {
            files.extend(abandoned(folder, &rendered)?);
        }
        Ok(Snapshots {
            folder: folder.to_owned(),
            rendered,
            files,
            unlisted,
        })
    }

    /// How many files would have to change, be written or go.
    pub(crate) fn stale(&self) -> usize {
        let files = self.files.iter();
        let stale = files.filter(|file| file.change.is_stale());
        stale.count() + self.unlisted.len()
    }

    /// Writes what changed. However a run ends, each file is old or new, never half: everything is first written
    /// where nobody looks ([`Staging`]), then moved to its place; `assembly.json`, which lists the others, comes last. The disk is not
    /// waited for: what a power cut loses, git or the next run has.
    ///
    /// # Errors
    /// A file that cannot be written or removed.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let is_new = |file: &&SnapshotFile| match file.change {
            FileChange::Unchanged | FileChange::Removed(_) => false,
            FileChange::Added | FileChange::Modified(_) | FileChange::Rewritten(_) => true,
        };
        let new: Vec<&SnapshotFile> = self.files.iter().filter(is_new).collect();
        if !new.is_empty() {
            self.move_in(&new)?;
        }
        for file in &self.files {
            if let FileChange::Removed(_) = file.change {
                let path = self.folder.join(&file.name);
                remove(&path).map_err(|error| Failure::io("remove", &path, &error))?;
                if let Some(parent) = path.parent() {
                    // Stays where something else is in it.
                    let _ = fs::remove_dir(parent);
                }
            }
        }
        Ok(())
    }

    /// Writes files side by side where nobody looks, and then moves each to its place.
    fn move_in(&self, new: &[&SnapshotFile]) -> Result<(), Failure> {
        for environment in &self.rendered {
            let folder = self.folder.join(&environment.environment);
            fs::create_dir_all(&folder).map_err(|error| Failure::io("create", &folder, &error))?;
        }
        let staging = Staging::new(&self.folder)
            .map_err(|error| Failure::io("write into", &self.folder, &error))?;
        let staged = on_all_cores(new, |file| {
            let path = self.folder.join(&file.name);
            match staging.stage(&file.text) {
                Ok(temporary) => Ok((temporary, path)),
                Err(error) => Err(Failure::io("write", &path, &error)),
            }
        });
        let mut staged = staged.into_iter().collect::<Result<Vec<_>, _>>()?;
        staged.sort_by_key(|(_, path)| path.ends_with(ASSEMBLY));
        for (temporary, path) in staged {
            temporary
                .persist(&path)
                .map_err(|error| Failure::io("write", &path, &error.error))?;
        }
        Ok(())
    }
}

/// One environment's files, and its templates that nothing lists.
///
/// All stacks are listed, in today's order. One that is not chosen keeps the entry it has, and with it the file;
/// one that has none needs both.
fn compare_environment(
    folder: &Path,
    environment: &Rendered,
) -> Result<(Vec<SnapshotFile>, Vec<String>), Failure> {
    let name = &environment.environment;
    let previous = previous_assembly(folder, &environment.app, name)?;
    let (tool, previous) = match previous {
        Some(assembly) => (assembly.tool, assembly.stacks),
        None => (None, Vec::new()),
    };
    let known: HashMap<&str, &StackEntry> = previous
        .iter()
        .map(|entry| (entry.name.as_str(), entry))
        .collect();
    let mut files = Vec::new();
    let mut stacks = Vec::new();
    let mut is_partly_kept = false;
    for template in &environment.templates {
        let entry = known.get(template.stack.name.as_str());
        match (template.choice, entry) {
            (Choice::Context, Some(entry)) => {
                is_partly_kept = true;
                stacks.push((*entry).clone());
            }
            (Choice::Chosen, _) | (Choice::Context, None) => {
                let file = format!("{name}/{}", template.file);
                files.push(compare_file(folder, file, template.text.clone())?);
                let entry = StackEntry::of(&template.stack, &template.file, &template.text);
                stacks.push(entry.map_err(|finding| Failure::of([*finding]))?);
            }
        }
    }
    if let Some(text) = &environment.permissions {
        let file = format!("{name}/{PERMISSIONS}");
        files.push(compare_file(folder, file, text.clone())?);
    }
    let listed: BTreeSet<String> = stacks.iter().map(|entry| entry.template.clone()).collect();
    // A name that changed in case only is, on macOS and Windows, the file that is about to be written.
    let stay: HashSet<String> = listed.iter().map(|file| file.to_lowercase()).collect();
    let gone = previous.into_iter().map(|entry| entry.template);
    let gone: BTreeSet<String> = gone
        .filter(|file| !stay.contains(&file.to_lowercase()))
        .collect();
    for file in &gone {
        files.extend(removed(folder, name, file)?);
    }
    let unlisted = names_in(&folder.join(name))?
        .into_iter()
        .filter(|file| is_template(file) && !listed.contains(file) && !gone.contains(file))
        .map(|file| format!("{name}/{file}"));
    let (region, tasks) = (environment.region.clone(), environment.tasks.clone());
    let mut assembly = AssemblyFile::new(&environment.app, name, region, stacks, tasks);
    // Of what is kept, today's tool wrote nothing.
    if is_partly_kept {
        assembly.tool.clone_from(&tool);
    }
    let mut file = compare_file(folder, format!("{name}/{ASSEMBLY}"), assembly.render())?;
    assembly.tool = tool;
    file.change = rewritten(file.change, &assembly);
    files.push(file);
    Ok((files, unlisted.collect()))
}

/// What happens to an `assembly.json`, given what the tool that wrote the one before would write today.
fn rewritten(change: FileChange, by_the_one_before: &AssemblyFile) -> FileChange {
    match change {
        FileChange::Modified(before) if before == by_the_one_before.render() => {
            FileChange::Rewritten(before)
        }
        change => change,
    }
}

/// The app's `assembly.json` that is there. One that cannot be understood, or is another app's, counts as none.
fn previous_assembly(
    folder: &Path,
    app: &str,
    environment: &str,
) -> Result<Option<AssemblyFile>, Failure> {
    let text = read(&folder.join(environment).join(ASSEMBLY))?;
    let assembly = text.and_then(|text| AssemblyFile::parse(&text).ok());
    Ok(assembly.filter(|assembly| assembly.app == app))
}

/// Whether a file in an environment's folder looks like a template of ours.
fn is_template(file: &str) -> bool {
    file != ASSEMBLY && (file.ends_with(".yaml") || file.ends_with(".json"))
}

fn compare_file(folder: &Path, name: String, text: String) -> Result<SnapshotFile, Failure> {
    let change = match read(&folder.join(&name))? {
        None => FileChange::Added,
        Some(before) if before == text => FileChange::Unchanged,
        Some(before) => FileChange::Modified(before),
    };
    Ok(SnapshotFile { name, change, text })
}

/// A template that goes, if it is there. Only a plain file name is believed: `assembly.json` is input like any
/// other.
fn removed(folder: &Path, environment: &str, file: &str) -> Result<Option<SnapshotFile>, Failure> {
    let mut parts = Path::new(file).components();
    let plain = matches!(
        (parts.next(), parts.next()),
        (Some(Component::Normal(_)), None)
    );
    let path = folder.join(environment).join(file);
    if !plain || !is_template(file) || !path.is_file() {
        return Ok(None);
    }
    Ok(read(&path)?.map(|before| gone(format!("{environment}/{file}"), before)))
}

fn gone(name: String, before: String) -> SnapshotFile {
    SnapshotFile {
        name,
        change: FileChange::Removed(before),
        text: String::new(),
    }
}

/// The files of the app's environments that are no more.
fn abandoned(folder: &Path, rendered: &[Rendered]) -> Result<Vec<SnapshotFile>, Failure> {
    let known: HashSet<&str> = rendered
        .iter()
        .map(|known| known.environment.as_str())
        .collect();
    let apps: BTreeSet<&str> = rendered.iter().map(|known| known.app.as_str()).collect();
    let mut files = Vec::new();
    for name in names_in(folder)? {
        if known.contains(name.as_str()) {
            continue;
        }
        for app in &apps {
            if let Some(assembly) = previous_assembly(folder, app, &name)? {
                let stacks = assembly.stacks.into_iter();
                let templates: BTreeSet<String> = stacks.map(|entry| entry.template).collect();
                for file in templates {
                    files.extend(removed(folder, &name, &file)?);
                }
                // In another folder than a bootstrap's, it is somebody's own.
                let is_bootstrap = name.ends_with(&format!(".{BOOTSTRAP}"));
                let others = is_bootstrap.then_some(PERMISSIONS).into_iter();
                for file in others.chain([ASSEMBLY]) {
                    let text = read(&folder.join(&name).join(file))?;
                    files.extend(text.map(|text| gone(format!("{name}/{file}"), text)));
                }
            }
        }
    }
    Ok(files)
}

/// What is in a folder, by name; nothing where there is no folder.
fn names_in(folder: &Path) -> Result<BTreeSet<String>, Failure> {
    let entries = match fs::read_dir(folder) {
        Err(error) if is_absent(&error) => return Ok(BTreeSet::new()),
        entries => entries.and_then(Iterator::collect::<io::Result<Vec<_>>>),
    };
    let entries = entries.map_err(|error| Failure::io("read", folder, &error))?;
    let names = entries.into_iter().map(|entry| entry.file_name());
    Ok(names.filter_map(|name| name.into_string().ok()).collect())
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::metadata(path) {
        Err(error) if is_absent(&error) => Ok(None),
        // What is not UTF-8 was not written by us: it differs from anything that is.
        _ => Input::Snapshot
            .bytes(path)
            .map(|bytes| Some(String::from_utf8_lossy(&bytes).into_owned())),
    }
}

/// Removes a file. One that is gone already is as good.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
