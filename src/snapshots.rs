//! `snapshots/`: what is synthesized, as files; compared with what is there, and written.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use stratiform_stack::{Assembly, SynthesizedStack};

use crate::args::TemplateFormat;
use crate::report::Failure;

/// The file that says how an environment's templates are deployed.
const ASSEMBLY: &str = "assembly.json";

/// How temporary files start. One that is found was left by an interrupted run.
const TEMPORARY: &str = ".stratiform-";

/// The stacks of one environment as text.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    /// The environment's name, and the folder's.
    pub environment: String,
    /// The region.
    pub region: String,
    /// The templates in deployment order.
    pub templates: Vec<RenderedTemplate>,
}

/// One stack as text.
#[derive(Clone, Debug)]
pub(crate) struct RenderedTemplate {
    /// The stack.
    pub stack: SynthesizedStack,
    /// The template's file: `network.yaml`.
    pub file: String,
    /// The template.
    pub text: String,
}

impl Rendered {
    /// Renders an assembly.
    pub(crate) fn new(assembly: Assembly, format: TemplateFormat) -> Self {
        let templates = assembly.stacks.into_iter().map(|stack| RenderedTemplate {
            file: format!("{}.{}", stack.key, format.extension()),
            text: match format {
                TemplateFormat::Yaml => stack.template.to_yaml(),
                TemplateFormat::Json => stack.template.to_json() + "\n",
            },
            stack,
        });
        Rendered {
            templates: templates.collect(),
            environment: assembly.environment,
            region: assembly.region,
        }
    }

    /// Short and full names of the stacks.
    pub(crate) fn stack_names(&self) -> impl Iterator<Item = String> {
        self.templates
            .iter()
            .flat_map(|template| [template.stack.key.clone(), template.stack.name.clone()])
    }

    /// Leaves only some stacks, by short or full name.
    pub(crate) fn keep(&mut self, wanted: &[String]) {
        self.templates.retain(|template| {
            wanted.contains(&template.stack.key) || wanted.contains(&template.stack.name)
        });
    }
}

/// What a run covers: what it does not cover, it leaves alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All environments with all stacks.
    Everything,
    /// All stacks of some environments.
    Environments,
    /// Some stacks.
    Stacks,
}

/// `assembly.json`, version 1. Its fields are documented in `docs/assembly.md`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssemblyFile {
    version: u32,
    environment: String,
    region: String,
    stacks: Vec<StackEntry>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StackEntry {
    name: String,
    template: String,
    depends_on: Vec<String>,
    capabilities: Vec<String>,
    parameters: IndexMap<String, Option<String>>,
    tags: IndexMap<String, String>,
    termination_protection: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_policy: Option<serde_json::Value>,
    sha256: String,
    bytes: usize,
    resources: usize,
}

impl StackEntry {
    fn of(template: &RenderedTemplate) -> Self {
        let RenderedTemplate { stack, file, text } = template;
        // The model renders valid JSON by law (tested there); a policy that is no JSON would be left out.
        let policy = stack.stack_policy.as_ref();
        StackEntry {
            name: stack.name.clone(),
            template: file.clone(),
            depends_on: stack.depends_on.clone(),
            capabilities: stack
                .capabilities
                .iter()
                .map(|capability| (*capability).to_owned())
                .collect(),
            parameters: stack.parameters.clone(),
            tags: stack.tags.clone(),
            termination_protection: stack.termination_protection,
            stack_policy: policy.and_then(|policy| serde_json::from_str(&policy.to_json()).ok()),
            sha256: hex(&Sha256::digest(text)),
            bytes: text.len(),
            resources: stack.template.resources.len(),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What happens to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It is there and the same.
    Unchanged,
    /// It is new.
    Added,
    /// It was different: its text before.
    Modified(String),
    /// It goes: its text before.
    Removed(String),
}

/// A file of `snapshots/` and what happens to it.
#[derive(Clone, Debug)]
pub(crate) struct SnapshotFile {
    /// The path inside the folder: `prod/network.yaml`.
    pub name: String,
    /// What happens to it.
    pub change: Change,
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
}

impl Snapshots {
    /// Compares what was synthesized with what is in a folder. Writes nothing.
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    pub(crate) fn compare(
        folder: &Path,
        rendered: Vec<Rendered>,
        scope: Scope,
    ) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for environment in &rendered {
            let name = &environment.environment;
            let previous = previous_assembly(folder, name)?;
            for template in &environment.templates {
                files.push(compare_file(
                    folder,
                    format!("{name}/{}", template.file),
                    template.text.clone(),
                )?);
            }
            let new: Vec<StackEntry> = environment.templates.iter().map(StackEntry::of).collect();
            let stacks = match (scope, &previous) {
                (Scope::Stacks, Some(previous)) => merged(new, &previous.stacks),
                _ => new,
            };
            for gone in previous.iter().flat_map(|previous| &previous.stacks) {
                if stacks.iter().all(|stack| stack.template != gone.template) {
                    files.extend(removed(folder, format!("{name}/{}", gone.template))?);
                }
            }
            let assembly = AssemblyFile {
                version: 1,
                environment: name.clone(),
                region: environment.region.clone(),
                stacks,
            };
            files.push(compare_file(
                folder,
                format!("{name}/{ASSEMBLY}"),
                assembly_text(&assembly),
            )?);
        }
        if scope == Scope::Everything {
            files.extend(abandoned(folder, &rendered)?);
        }
        Ok(Snapshots {
            folder: folder.to_owned(),
            rendered,
            files,
        })
    }

    /// Whether a run would change anything.
    pub(crate) fn is_stale(&self) -> bool {
        self.files
            .iter()
            .any(|file| file.change != Change::Unchanged)
    }

    /// Writes what changed. However a run ends, each file is old or new, never half: everything is first written
    /// beside its place, then moved there; `assembly.json`, which lists the others, comes last. The disk is not
    /// waited for: what a power cut loses, git or the next run has.
    ///
    /// # Errors
    /// A file that cannot be written or removed.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        for environment in &self.rendered {
            let folder = self.folder.join(&environment.environment);
            fs::create_dir_all(&folder).map_err(|error| Failure::io("create", &folder, &error))?;
            clean(&folder).map_err(|error| Failure::io("clean up", &folder, &error))?;
        }
        let mut staged = Vec::new();
        for file in &self.files {
            let path = self.folder.join(&file.name);
            if matches!(file.change, Change::Added | Change::Modified(_)) {
                let temporary = stage(&path, &file.text)
                    .map_err(|error| Failure::io("write", &path, &error))?;
                staged.push((temporary, path));
            }
        }
        staged.sort_by_key(|(_, path)| path.ends_with(ASSEMBLY));
        for (temporary, path) in staged {
            temporary
                .persist(&path)
                .map_err(|error| Failure::io("write", &path, &error.error))?;
        }
        for file in &self.files {
            if let Change::Removed(_) = file.change {
                let path = self.folder.join(&file.name);
                fs::remove_file(&path).map_err(|error| Failure::io("remove", &path, &error))?;
                if let Some(parent) = path.parent() {
                    // Stays where something else is in it.
                    let _ = fs::remove_dir(parent);
                }
            }
        }
        Ok(())
    }
}

fn assembly_text(assembly: &AssemblyFile) -> String {
    // Maps with text keys, text, numbers: nothing that JSON cannot hold.
    serde_json::to_string_pretty(assembly).unwrap_or_default() + "\n"
}

/// The entries of a run over some stacks among those of the last run, in the old order; new stacks at the end.
fn merged(new: Vec<StackEntry>, previous: &[StackEntry]) -> Vec<StackEntry> {
    let mut new: BTreeMap<String, StackEntry> = new
        .into_iter()
        .map(|entry| (entry.name.clone(), entry))
        .collect();
    let mut stacks: Vec<StackEntry> = previous
        .iter()
        .map(|entry| new.remove(&entry.name).unwrap_or_else(|| entry.clone()))
        .collect();
    stacks.extend(new.into_values());
    stacks
}

/// The `assembly.json` that is there. One that cannot be understood counts as none: it is written again.
fn previous_assembly(folder: &Path, environment: &str) -> Result<Option<AssemblyFile>, Failure> {
    let text = read(&folder.join(environment).join(ASSEMBLY))?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn compare_file(folder: &Path, name: String, text: String) -> Result<SnapshotFile, Failure> {
    let change = match read(&folder.join(&name))? {
        None => Change::Added,
        Some(before) if before == text => Change::Unchanged,
        Some(before) => Change::Modified(before),
    };
    Ok(SnapshotFile { name, change, text })
}

/// A file that goes, if it is there. Only a plain file name is believed: `assembly.json` is input like any other.
fn removed(folder: &Path, name: String) -> Result<Option<SnapshotFile>, Failure> {
    let plain = Path::new(&name).components().count() == 2
        && Path::new(&name)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
    if !plain {
        return Ok(None);
    }
    let before = read(&folder.join(&name))?;
    Ok(before.map(|before| SnapshotFile {
        name,
        change: Change::Removed(before),
        text: String::new(),
    }))
}

/// The files of environments that are no more.
fn abandoned(folder: &Path, rendered: &[Rendered]) -> Result<Vec<SnapshotFile>, Failure> {
    let mut names = Vec::new();
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(Failure::io("read", folder, &error)),
        Ok(entries) => {
            for entry in entries {
                let entry = entry.map_err(|error| Failure::io("read", folder, &error))?;
                names.extend(entry.file_name().into_string().ok());
            }
        }
    }
    names.sort();
    let mut files = Vec::new();
    for name in names
        .iter()
        .filter(|name| rendered.iter().all(|known| known.environment != **name))
    {
        if let Some(assembly) = previous_assembly(folder, name)? {
            for stack in assembly.stacks {
                files.extend(removed(folder, format!("{name}/{}", stack.template))?);
            }
            files.extend(removed(folder, format!("{name}/{ASSEMBLY}"))?);
        }
    }
    Ok(files)
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read(path) {
        // What is not UTF-8 was not written by us: it differs from anything that is.
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(Failure::io("read", path, &error)),
    }
}

/// Removes what an interrupted run left.
fn clean(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn stage(path: &Path, text: &str) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any other new file, less what the user's mask takes away.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut temporary = builder.tempfile_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    Ok(temporary)
}
