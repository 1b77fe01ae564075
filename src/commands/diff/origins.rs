//! Where the values that change are written: only of what changes, and only where the side after is this working tree.

use std::collections::HashMap;

use stratiform_assembly::Assembly;
use stratiform_changes::{ChangedResource, Edit};
use stratiform_environment::{Source, Variable};

use crate::assemblies::synthesis::synthesized;
use crate::definition::Definition;
use crate::provenance::{Keys, Provenance, Synthesis};
use crate::repository::project::Project;
use crate::view::explained;
use crate::view::reviewed::{Origin, Origins, Review, ReviewedEnvironment};

/// The files of environments as they were before, where git has them.
pub(super) type Before = HashMap<String, Vec<Source>>;

/// Adds to a review where its values are written. What cannot be found out is left out.
pub(super) fn add(
    define: &dyn Definition,
    project: &Project,
    before: &Before,
    review: &mut Review,
) {
    for environment in &mut review.environments {
        let changes = environment.stacks.iter().flat_map(|it| &it.diff.resources);
        let Some(name) = environment.name.clone().filter(|_| is_asked(changes)) else {
            continue;
        };
        // What an environment has besides its own stacks is made by this program.
        let Ok(loaded) = project.load_one(define, &name) else {
            continue;
        };
        let Ok(now) = synthesized(define, &loaded.environment) else {
            continue;
        };
        let synthesis = Synthesis::own(define);
        let provenance = match before.get(&name) {
            Some(before) => Provenance::since(synthesis, &loaded, &now, before),
            None => Provenance::of(synthesis, &loaded, &now),
        };
        of_environment(&provenance, &now, environment);
    }
}

/// Whether anything comes, or changes in place.
fn is_asked<'c>(mut changes: impl Iterator<Item = &'c ChangedResource>) -> bool {
    changes.any(|change| change.action != Edit::Remove && change.is_expected())
}

fn of_environment(provenance: &Provenance, now: &Assembly, environment: &mut ReviewedEnvironment) {
    for reviewed in &mut environment.stacks {
        let Some(stack) = now.stack(&reviewed.diff.name) else {
            continue;
        };
        let key = now.key(&stack.name);
        let changes = reviewed.diff.resources.iter();
        let changes = changes.filter(|change| change.is_expected());
        let origins = changes.flat_map(|change| {
            let id = change.logical_id.as_str();
            let resource: Keys = [key, "Resources", id].map(str::to_owned).into();
            let found: Vec<(Vec<String>, Vec<&Variable>)> = match change.action {
                Edit::Remove => Vec::new(),
                Edit::Add => vec![(Vec::new(), provenance.existence(&resource))],
                Edit::Modify => {
                    let details = change.properties();
                    let found = details.map(|detail| {
                        let keys = [resource.as_slice(), &detail.path].concat();
                        (detail.path.clone(), origins(provenance, &keys))
                    });
                    found.collect()
                }
            };
            let declared = stack.locations.get(id).copied();
            let found = found.into_iter().filter(|(_, by)| !by.is_empty());
            found.map(move |(path, by)| Origin {
                logical_id: id.to_owned(),
                path,
                sources: by.into_iter().map(explained::Source::of).collect(),
                declared,
            })
        });
        let origins: Vec<Origin> = origins.collect();
        reviewed.origins = Origins::new(origins);
    }
}

/// The values that make what stands at a place. CloudFormation counts the items of lists without an order in another way
/// than the file: where one value makes all that changes in a list, it is that one wherever the item stands.
fn origins<'p>(provenance: &'p Provenance, keys: &[String]) -> Vec<&'p Variable> {
    let place = keys.iter().position(|key| key.parse::<usize>().is_ok());
    let list = place.and_then(|place| keys.get(..place));
    match list.map(|list| provenance.origins(list)) {
        Some(all) if all.len() == 1 => all,
        _ => provenance.origins(keys),
    }
}
