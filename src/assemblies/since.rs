//! What the working tree makes of an app's environments, beside what they were at a revision.

use indexmap::IndexSet;
use stratiform_assembly::{Assembly, TOOL, environment_of};
use stratiform_diff::Pair;
use stratiform_environment::Source;
use stratiform_resolve::Whereabouts;

use super::synthesis::assemble_all;
use super::{at_revision, tool_at_revision};
use crate::definition::Definition;
use crate::report::Failure;
use crate::repository::git::{Folder, Objects, Revision};
use crate::repository::project::Project;
use crate::repository::tool::is_all_that_changed;
use crate::view::reviewed::ToolChange;

/// One environment before and after; at most one of them may be missing.
#[derive(Debug)]
pub(crate) struct Sides {
    /// Before.
    pub before: Option<Assembly>,
    /// After.
    pub after: Option<Assembly>,
    /// The tool before and after, where nothing but the tool differs.
    pub tool: Option<ToolChange>,
    /// The files of the environment as they were before, where git has them.
    pub layers: Vec<Source>,
}

impl Sides {
    /// Two sides of which nothing is known of the tools.
    pub(crate) fn new(before: Option<Assembly>, after: Option<Assembly>) -> Sides {
        Sides {
            before,
            after,
            tool: None,
            layers: Vec::new(),
        }
    }

    /// Whether they are an environment's own stacks, and not what it has besides.
    pub(crate) fn is_environment(&self) -> bool {
        let side = self.after.as_ref().or(self.before.as_ref());
        let name = side.and_then(|side| side.environment.as_deref());
        name.is_none_or(|name| environment_of(name) == name)
    }

    /// Each stack with its other side; the order is the one after, and what goes comes last.
    pub(crate) fn pairs(&self, of: &Assembly) -> Vec<Pair<'_>> {
        fn names(side: &Option<Assembly>) -> impl Iterator<Item = &str> {
            let stacks = side.iter().flat_map(|assembly| &assembly.stacks);
            stacks.map(|stack| stack.name.as_str())
        }
        let all: IndexSet<&str> = names(&self.after).chain(names(&self.before)).collect();
        let pairs = all.into_iter().map(|name| Pair {
            place: Whereabouts {
                stack: name.to_owned(),
                region: of.region.clone(),
                account: of.account.clone(),
            },
            before: self.before.as_ref().and_then(|side| side.stack(name)),
            after: self.after.as_ref().and_then(|side| side.stack(name)),
        });
        pairs.collect()
    }
}

/// What is compared, and with what.
#[derive(Debug)]
pub(crate) struct Since {
    /// The revision.
    pub revision: Revision,
    /// Whether it has snapshots at all.
    pub has_snapshots: bool,
    /// Environments as they were there and as they are now.
    pub sides: Vec<Sides>,
}

/// Environments at a revision, which is where the working tree left the main branch unless named, and now: those that
/// are named, or all.
///
/// # Errors
/// What git does not know, snapshots that cannot be read, and everything that is wrong now.
pub(crate) fn since(
    define: &dyn Definition,
    project: &Project,
    base: Option<&str>,
    environments: &[String],
) -> Result<Since, Failure> {
    let folder = Folder::new(&project.root);
    let revision = match base {
        Some(name) => folder.revision(name)?,
        None => folder.merge_base()?,
    };
    let mut objects = folder.open(&revision)?;
    let Some(known) = objects.folders("snapshots")? else {
        let now = synthesized(define, project, environments)?.into_iter();
        return Ok(Since {
            revision,
            has_snapshots: false,
            sides: now.map(|now| Sides::new(None, Some(now))).collect(),
        });
    };
    let names = project.names()?;
    // What an environment has besides its own stacks goes by its name.
    let is_wanted = |name: &str| {
        let mut wanted = environments.iter();
        environments.is_empty() || wanted.any(|wanted| wanted == environment_of(name))
    };
    let is_gone = |name: &&String| !names.iter().any(|known| known == environment_of(name));
    let known = known.iter().filter(|name| is_wanted(name));
    let (mut gone, there): (Vec<&String>, Vec<&String>) = known.partition(is_gone);
    let wanted = environments.iter().filter(|name| !gone.contains(name));
    let wanted: Vec<String> = wanted.cloned().collect();
    let mut sides = Vec::new();
    if environments.is_empty() || !wanted.is_empty() {
        let mut tool = Tool::new(&folder, &revision, project);
        let synthesized = synthesized(define, project, &wanted)?;
        let is_synthesized = |name: &str| {
            let mut names = synthesized.iter().map(|after| after.environment.as_deref());
            names.any(|after| after == Some(name))
        };
        gone.extend(there.into_iter().filter(|name| !is_synthesized(name)));
        for after in synthesized {
            let name = after.environment.clone().unwrap_or_default();
            let before = at_revision(&mut objects, &revision, &name, Some(&after))?;
            match before {
                // Stacks do not move: in another region they are made anew, and the old ones stay.
                Some(before) if before.region != after.region => {
                    sides.push(Sides::new(Some(before), None));
                    sides.push(Sides::new(None, Some(after)));
                }
                before => sides.push(Sides {
                    tool: tool.change(tool_at_revision(&mut objects, &name)?)?,
                    layers: layers(&mut objects, project, &name)?,
                    ..Sides::new(before, Some(after))
                }),
            }
        }
    }
    let apps: Vec<Option<String>> = sides
        .iter()
        .filter_map(|sides| Some(sides.after.as_ref()?.app.clone()))
        .collect();
    for name in gone {
        let before = at_revision(&mut objects, &revision, name, None)?;
        // Another app may keep its snapshots in the same folder.
        let own = before.filter(|before| apps.is_empty() || apps.contains(&before.app));
        sides.extend(own.map(|before| Sides::new(Some(before), None)));
    }
    Ok(Since {
        revision,
        has_snapshots: true,
        sides,
    })
}

/// The files of an environment at a revision; those that are there.
fn layers(
    objects: &mut Objects,
    project: &Project,
    environment: &str,
) -> Result<Vec<Source>, Failure> {
    let mut layers = Vec::new();
    for file in project.files_of(environment) {
        let text = objects.file(&file)?;
        let text = text.map(|text| String::from_utf8_lossy(&text).into_owned());
        layers.extend(text.map(|text| Source::new(file, text)));
    }
    Ok(layers)
}

/// The working tree's environments, as they are synthesized now.
///
/// # Errors
/// Everything that is wrong with them.
pub(crate) fn synthesized(
    define: &dyn Definition,
    project: &Project,
    wanted: &[String],
) -> Result<Vec<Assembly>, Failure> {
    let mut assemblies = Vec::new();
    let mut findings = Vec::new();
    for loaded in &project.load(define, wanted)?.environments {
        match assemble_all(define, loaded) {
            Ok(all) => assemblies.extend(all),
            Err(found) => findings.extend(found),
        }
    }
    if findings.is_empty() {
        Ok(assemblies)
    } else {
        Err(Failure::below(&project.root, findings))
    }
}

/// What is asked of git once for all environments, and only where another version of the tool wrote snapshots.
struct Tool<'t> {
    folder: &'t Folder,
    revision: &'t Revision,
    project: &'t Project,
    is_all: Option<bool>,
}

impl<'t> Tool<'t> {
    fn new(folder: &'t Folder, revision: &'t Revision, project: &'t Project) -> Tool<'t> {
        Tool {
            folder,
            revision,
            project,
            is_all: None,
        }
    }

    /// The tool that wrote snapshots and the one that runs, where nothing else differs.
    fn change(&mut self, before: Option<String>) -> Result<Option<ToolChange>, Failure> {
        let Some(before) = before.filter(|before| before != TOOL) else {
            return Ok(None);
        };
        let is_all = match self.is_all {
            Some(is_all) => is_all,
            None => {
                let tree = self.folder.working_tree()?;
                match self.project.below(&tree.top) {
                    Some(root) => is_all_that_changed(&tree, self.revision, &root, TOOL)?,
                    None => false,
                }
            }
        };
        self.is_all = Some(is_all);
        Ok(is_all.then(|| ToolChange {
            before,
            after: TOOL.to_owned(),
        }))
    }
}
