//! The services whose images are other ones, by the content of what those are made from.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use stratiform_environment::{ImageSource, Loaded, ServiceWithImage, Source, images};
use stratiform_finding::Code;

use super::TouchedService;
use crate::assemblies::since::Sides;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::git::{Folder, Revision};
use crate::repository::project::Project;
use crate::repository::working_tree::WorkingTree;
use crate::sources::{from_top, missing, paths};

/// An image, by its service and what it is made from: the same in all environments that say the same.
type Image = (ServiceWithImage, ImageSource);

/// The images of environments as they are now that are not as at a revision, each once.
pub(super) fn touched(
    define: &dyn Definition,
    project: &Project,
    revision: &Revision,
    sides: &[Sides],
) -> Result<Vec<TouchedService>, Failure> {
    let now = sides.iter().filter_map(|sides| sides.after.as_ref());
    let now: Vec<String> = now.filter_map(|now| now.environment.clone()).collect();
    if now.is_empty() {
        return Ok(Vec::new());
    }
    let environments = project.load(define, &now)?.environments;
    let is_missing = |loaded: &Loaded| missing(&project.root, loaded);
    let absent: Vec<_> = environments.iter().flat_map(is_missing).collect();
    if !absent.is_empty() {
        return Err(Failure::some_of(absent));
    }
    let mut used: BTreeMap<Image, Vec<String>> = BTreeMap::new();
    for loaded in &environments {
        for (service, image) in &loaded.environment.settings().images {
            let image = (service.clone(), image.clone());
            let users = used.entry(image).or_default();
            users.push(loaded.name.to_string());
        }
    }
    if used.is_empty() {
        return Ok(Vec::new());
    }
    let tree = Folder::new(&project.root).working_tree()?;
    let compared = Compared {
        root: project.below(&tree.top).unwrap_or_default(),
        revision,
        tree,
    };
    let before = compared.images_before(project)?;
    let mut touched = Vec::new();
    for (image, users) in used {
        touched.extend(compared.touched(&image, users, &before)?);
    }
    Ok(touched)
}

/// The images that a revision had.
struct Before {
    images: BTreeSet<Image>,
    /// Whether there were files that could not be read.
    is_partial: bool,
}

/// A repository at a revision and now.
struct Compared<'c> {
    tree: WorkingTree,
    revision: &'c Revision,
    /// The project's folder from the repository's top.
    root: String,
}

impl Compared<'_> {
    /// The images of all environments at the revision, whatever else their files said.
    fn images_before(&self, project: &Project) -> Result<Before, Failure> {
        let mut before = Before {
            images: BTreeSet::new(),
            is_partial: false,
        };
        for name in project.names()? {
            let mut sources = Vec::new();
            for file in project.files_of(&name) {
                let path = from_top(&self.root, &file).unwrap_or_default();
                let text = self.tree.text_at(self.revision, &path)?;
                sources.push(text.map(|text| Source::new(file, text)));
            }
            // Without its own file, there was no such environment.
            if sources.last().is_none_or(Option::is_none) {
                continue;
            }
            let sources: Vec<_> = sources.into_iter().flatten().collect();
            match images(&sources) {
                Some(images) => before.images.extend(images),
                None => before.is_partial = true,
            }
        }
        Ok(before)
    }

    fn touched(
        &self,
        image: &Image,
        environments: Vec<String>,
        before: &Before,
    ) -> Result<Option<TouchedService>, Failure> {
        let (service, source) = image;
        let mut why = Vec::new();
        let is_declared = before.images.contains(image);
        if !is_declared {
            let is_known = before.images.iter().any(|(known, _)| known == service);
            why.push(match (is_known, before.is_partial) {
                (true, _) => format!("`settings.images.{service}` differs"),
                (false, false) => format!("`settings.images.{service}` is new"),
                (false, true) => {
                    let at = &self.revision.shown;
                    format!("`settings.images` at {at} cannot be read")
                }
            });
        }
        let dockerfile = self.place(&source.dockerfile())?;
        let mut digest = Sha256::new();
        digest.update(format!("{dockerfile}\n"));
        for written in paths(source) {
            let path = self.place(&written)?;
            let Some(now) = self.tree.object(&path)? else {
                return Err(ignored(service, &written));
            };
            digest.update(format!("{now} {path}\n"));
            match self.tree.object_at(self.revision, &path)? {
                _ if !is_declared => {}
                Some(before) if before == now => {}
                Some(_) => why.push(format!("source `{written}` differs")),
                None => why.push(format!("source `{written}` is new")),
            }
        }
        let digest = digest.finalize();
        Ok((!why.is_empty()).then_some(TouchedService {
            name: service.to_string(),
            source: self.place(source.source.as_ref())?,
            dockerfile,
            digest: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            why,
            environments,
        }))
    }

    /// A path of `settings.images` as one from the repository's top, which was checked before.
    fn place(&self, path: &str) -> Result<String, Failure> {
        from_top(&self.root, path).ok_or_else(|| {
            let what = format!("`{path}` leads out of the repository");
            let help = "correct the path in `settings.images`";
            Failure::new(Exit::Failed, Code::MissingSource, what, help)
        })
    }
}

fn ignored(service: &ServiceWithImage, path: &str) -> Failure {
    Failure::new(
        Exit::Failed,
        Code::MissingSource,
        format!("git ignores `{path}`, which the image of `{service}` is made from"),
        "whether it changes is not known: take it out of `.gitignore`, or out of `settings.images`",
    )
}
