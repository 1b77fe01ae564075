//! `validate --new-since REV`: what was found in files and stacks as they were at a revision.
//!
//! What lives here: what there was, and looking at it in the same way. What does not: which findings are the same
//! (`validation::known`).

use std::collections::HashMap;
use std::path::Path;

use stratiform_environment::{Loaded, Source, Text as _, accepted_risks};
use stratiform_stack::Assembly;

use crate::assemblies::at_revision;
use crate::assemblies::verdict::{Questions, verdict_of};
use crate::report::Failure;
use crate::repository::git::{Folder, Objects, Revision};
use crate::repository::project::Project;
use crate::repository::working_tree::WorkingTree;
use crate::secrets::in_layer;
use crate::validation::{Terms, Verdict};

/// Files as they were at a revision.
pub(super) struct FilesThen {
    tree: WorkingTree,
    revision: Revision,
    /// What files are called there that have another name now.
    renamed: HashMap<String, String>,
}

impl FilesThen {
    /// The files of the repository that the current folder is in.
    ///
    /// # Errors
    /// No git, no repository, no such revision.
    pub(super) fn at(revision: &str) -> Result<FilesThen, Failure> {
        let folder = Folder::new(Path::new("."));
        let revision = folder.revision(revision)?;
        let tree = folder.working_tree()?;
        let changes = tree.files_since(&revision)?.into_iter();
        let renamed = changes.filter_map(|change| Some((change.name, change.before?)));
        let renamed = renamed.collect();
        Ok(FilesThen {
            tree,
            revision,
            renamed,
        })
    }

    /// How people know the revision.
    pub(super) fn shown(&self) -> &str {
        &self.revision.shown
    }

    /// The text that a file had; none where it was not there, or is in no repository.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(super) fn text(&self, file: &Path) -> Result<Option<String>, Failure> {
        let below = || {
            let top = self.tree.top.canonicalize().ok()?;
            let file = file.canonicalize().ok()?;
            let below = file.strip_prefix(top).ok()?;
            Some(below.to_string_lossy().replace('\\', "/"))
        };
        let Some(name) = below() else {
            return Ok(None);
        };
        let name = self.renamed.get(&name).unwrap_or(&name);
        self.tree.text_at(&self.revision, name)
    }
}

/// An app's environments as they were at a revision.
pub(super) struct StacksThen<'p> {
    project: &'p Project,
    objects: Objects,
    revision: Revision,
    has_snapshots: bool,
}

impl<'p> StacksThen<'p> {
    /// Those of a project.
    ///
    /// # Errors
    /// No git, no repository, no such revision.
    pub(super) fn at(project: &'p Project, revision: &str) -> Result<StacksThen<'p>, Failure> {
        let folder = Folder::new(&project.root);
        let revision = folder.revision(revision)?;
        let mut objects = folder.open(&revision)?;
        let has_snapshots = objects.folders("snapshots")?.is_some();
        Ok(StacksThen {
            project,
            objects,
            revision,
            has_snapshots,
        })
    }

    /// How people know the revision.
    pub(super) fn shown(&self) -> &str {
        &self.revision.shown
    }

    /// Says what has to be known of the revision.
    pub(super) fn said(&self) -> String {
        match self.has_snapshots {
            true => String::new(),
            false => format!(
                "there are no snapshots at {}: all that is found in stacks counts as new\n",
                self.shown()
            ),
        }
    }

    /// What was found in an environment's stacks and files then.
    ///
    /// # Errors
    /// Snapshots that cannot be read.
    pub(super) fn found(
        &mut self,
        loaded: &Loaded,
        assemblies: &[Assembly],
        asked: Questions<'_>,
    ) -> Result<Verdict, Failure> {
        let mut layers = Vec::new();
        for file in self.project.files_of(loaded.name.as_str()) {
            let text = self.objects.file(&file)?;
            let text = text.map(|text| String::from_utf8_lossy(&text).into_owned());
            layers.extend(text.map(|text| Source::new(file, text)));
        }
        let mut verdict = Verdict::default();
        verdict.found.extend(layers.iter().flat_map(in_layer));
        let mut settings = loaded.environment.settings().clone();
        settings.accepted_risks = accepted_risks(&layers).unwrap_or_default();
        let terms = Terms::of(&settings);
        for after in assemblies {
            let Some(name) = &after.environment else {
                continue;
            };
            let before = at_revision(&mut self.objects, &self.revision, name, Some(after))?;
            if let Some(before) = before {
                verdict.add(verdict_of(&before, &terms, asked, |_, _| Vec::new()));
            }
        }
        Ok(verdict)
    }
}
