//! The files of environments, with what is written in the editor in the place of what is on the disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use serde_json::Value;
use stratiform_environment::{EnvironmentName, Loaded, Source, Text as _};
use stratiform_finding::{At, Code, Finding, Place};

use super::document::Document;
use crate::assemblies::synthesis::validated;
use crate::assemblies::verdict::Questions;
use crate::commands::validate::is_own;
use crate::cores::on_all_cores;
use crate::definition::Definition;
use crate::own_rules::RuleFiles;
use crate::repository::project::{DEFAULTS, Project};
use crate::validation::{Verdict, today};

/// The project that the editor has open.
pub(super) struct Environments {
    project: Project,
    schema: Value,
}

/// A file of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// What all of them share.
    Shared,
    /// One environment's own.
    Of(String),
}

impl Environments {
    /// The project of a folder, or of the nearest above it; none where there is none.
    pub(super) fn find(
        define: &dyn Definition,
        named: Option<&Path>,
        folder: &Path,
    ) -> Option<Environments> {
        let near = folder.ancestors().map(|folder| folder.join("environments"));
        let near = || near.into_iter().find(|folder| folder.is_dir());
        let folder = named.map(Path::to_owned).or_else(near)?;
        let project = Project::find(Some(&folder)).ok()?;
        let schema = serde_json::from_str(&define.environment_type().schema()).unwrap_or_default();
        Some(Environments { project, schema })
    }

    pub(super) fn root(&self) -> &Path {
        &self.project.root
    }

    /// What editors are told of these files.
    pub(super) fn schema(&self) -> &Value {
        &self.schema
    }

    /// The file that a path is, if it is one of an environment.
    pub(super) fn layer(&self, path: &Path) -> Option<Layer> {
        let same = |one: &Path, other: &Path| {
            one == other || one.canonicalize().ok() == other.canonicalize().ok()
        };
        let folder = path.parent()?;
        let is_ours = same(folder, self.project.environments());
        let is_yaml = path.extension().is_some_and(|ending| ending == "yaml");
        let name = path.file_stem()?.to_str()?;
        (is_ours && is_yaml).then(|| match name {
            DEFAULTS => Layer::Shared,
            name => Layer::Of(name.to_owned()),
        })
    }

    /// The file with what all environments share, and its text.
    pub(super) fn defaults(&self, open: &[&Document]) -> Option<(PathBuf, String)> {
        let source = self.source(DEFAULTS, open)?;
        let path = self.project.environments().join(format!("{DEFAULTS}.yaml"));
        Some((path, source.text.to_string()))
    }

    /// What is wrong with a file: with its values, and with the stacks that are made of them.
    pub(super) fn findings(
        &self,
        define: &dyn Definition,
        layer: &Layer,
        open: &[&Document],
    ) -> Vec<Finding> {
        let name = match layer {
            Layer::Shared => DEFAULTS,
            Layer::Of(name) => name,
        };
        let Some(own) = self.source(name, open) else {
            return Vec::new();
        };
        let found = match self.loaded(define, open) {
            Ok(loaded) => {
                let is_about = |loaded: &&Loaded| match layer {
                    Layer::Shared => true,
                    Layer::Of(name) => loaded.name.as_str() == name,
                };
                let about: Vec<&Loaded> = loaded.iter().filter(is_about).collect();
                synthesized(define, &self.project, (layer, &about))
            }
            Err(found) => found,
        };
        let mut all: Vec<Finding> = Vec::new();
        for finding in found {
            let finding = moved(finding, &own);
            all.extend(finding.filter(|finding| !all.contains(finding)));
        }
        all
    }

    /// All environments, as they are with what is open.
    fn loaded(
        &self,
        define: &dyn Definition,
        open: &[&Document],
    ) -> Result<Vec<Loaded>, Vec<Finding>> {
        let defaults = self.source(DEFAULTS, open);
        let names = self.project.names().map_err(|failure| failure.findings)?;
        let layers = names.iter().filter_map(|name| {
            let checked = EnvironmentName::new(name).ok()?;
            let own = self.source(name, open)?;
            let layers: Vec<Source> = defaults.iter().cloned().chain([own]).collect();
            Some((checked, layers))
        });
        let layers: Vec<(EnvironmentName, Vec<Source>)> = layers.collect();
        // What a team checks of its own values may panic over values that nobody thought of.
        let loaded = catch_unwind(AssertUnwindSafe(|| {
            define.environment_type().load_all(&layers)
        }));
        loaded.unwrap_or_else(|_| Ok(Vec::new()))
    }

    /// A file as it is written in the editor, or as it is on the disk.
    fn source(&self, name: &str, open: &[&Document]) -> Option<Source> {
        let layer = match name {
            DEFAULTS => Layer::Shared,
            name => Layer::Of(name.to_owned()),
        };
        let written = open
            .iter()
            .find(|document| self.layer(&document.path).as_ref() == Some(&layer));
        match written {
            Some(document) => {
                let file = self.project.environments().join(format!("{name}.yaml"));
                let shown = self.project.shown(&file);
                Some(Source::new(shown, document.text.as_str()))
            }
            None => self.project.source(name).ok(),
        }
    }
}

/// What is wrong with the stacks of environments, where their values make it so.
fn synthesized(
    define: &dyn Definition,
    project: &Project,
    (layer, about): (&Layer, &[&Loaded]),
) -> Vec<Finding> {
    // What is wrong with a file of rules is at no place of an environment's, and `validate` says it.
    let files = RuleFiles::of(&project.root);
    let rules = files.rules(&mut Verdict::default());
    let (rules, regions) = (rules.as_slice(), [].as_slice());
    let asked = Questions::Everything { regions, rules };
    let all = catch_unwind(AssertUnwindSafe(|| {
        on_all_cores(about, |loaded| validated(define, loaded, asked))
    }));
    let (mut verdict, mut found) = (Verdict::default(), Vec::new());
    for looked in all.unwrap_or_default() {
        match looked {
            Ok(validated) => verdict.add(validated.verdict),
            Err(refused) => found.extend(refused),
        }
    }
    verdict.expire(&today());
    if found.is_empty() {
        if let Layer::Of(name) = layer {
            let names = [name.clone()];
            verdict.written.retain(|written| is_own(written, &names));
        }
        verdict.tell_unused();
    }
    found.extend(verdict.into_open());
    found
}

/// A finding with its place in a file first; none where it has nothing to do with that file.
fn moved(mut finding: Finding, own: &Source) -> Option<Finding> {
    let is_here =
        |place: &Place| matches!(&place.at, At::Text(source, _) if source.name == own.name);
    if let Some(position) = finding.places.iter().position(is_here) {
        let here = finding.places.remove(position);
        finding.places.insert(0, here);
        return Some(finding);
    }
    // What is missing may be written in either file.
    let is_missing = finding.code == Code::MissingKey && finding.help.contains(&*own.name);
    is_missing.then(|| {
        let start = stratiform_finding::Span {
            line: 1,
            column: 1,
            ..Default::default()
        };
        finding.places.insert(0, Place::text(own, start, ""));
        finding
    })
}
