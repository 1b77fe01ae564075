//! What is known of a type, from its line in the table and its schema, put together once.

use std::sync::{Arc, LazyLock, OnceLock};

use stratiform_catalog::naming::{Naming, naming};
use stratiform_catalog::{ResourceType, catalog};

use super::course::{Courses, Times};
use super::form::Form;
use super::plausible;
use super::table::{Once, Row, row};

/// How resources of a type are made.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    pub(super) naming: Naming,
    pub(super) physical: Form,
    /// None: the physical ID.
    pub(super) reference: Option<Form>,
    pub(super) attributes: Vec<(String, Form)>,
    pub(super) courses: Courses,
    pub(super) once: Once,
}

/// A type, and its recipe once somebody has asked for it.
type OfType = (&'static str, OnceLock<Arc<Recipe>>);

/// The recipes of the catalog's types, each made when it is first asked for.
static RECIPES: LazyLock<Vec<OfType>> = LazyLock::new(|| {
    let types = catalog().resource_types();
    types.map(|found| (found.name(), OnceLock::new())).collect()
});

/// The recipe of a type; one that nobody knows has one too.
pub(super) fn recipe(resource_type: &str) -> Arc<Recipe> {
    let found = RECIPES.binary_search_by_key(&resource_type, |(name, _)| name);
    match found.ok().and_then(|found| RECIPES.get(found)) {
        Some((name, recipe)) => {
            let made = recipe.get_or_init(|| Arc::new(Recipe::of(name, row(name))));
            Arc::clone(made)
        }
        None => Arc::new(Recipe::of(resource_type, row(resource_type))),
    }
}

impl Recipe {
    fn of(name: &str, row: Option<&Row>) -> Recipe {
        let found = catalog().resource_type(name);
        let naming = naming(name);
        let physical = row.and_then(|row| Form::read(row.physical?));
        let physical = physical.unwrap_or_else(|| plausible::physical(found, &naming));
        Recipe {
            physical,
            reference: row.and_then(|row| Form::read(row.reference?)),
            attributes: attributes(found, row, &naming),
            courses: courses(found, row),
            once: row.map_or(Once::ByRule, Row::unique),
            naming,
        }
    }
}

fn courses(found: Option<ResourceType>, row: Option<&Row>) -> Courses {
    let by_rule = Courses::by_rule(found);
    let Some(row) = row else { return by_rule };
    let read = |column, otherwise: Times| Times::read(column).unwrap_or(otherwise);
    Courses {
        create: read(row.create, by_rule.create),
        check: row.check.and_then(|check| check.parse().ok()),
        update: read(row.update, by_rule.update),
        delete: read(row.delete, by_rule.delete),
    }
}

/// Those of the line, then those that are missing there.
fn attributes(
    found: Option<ResourceType>,
    row: Option<&Row>,
    naming: &Naming,
) -> Vec<(String, Form)> {
    let written = row.into_iter().flat_map(Row::attributes);
    let mut attributes: Vec<_> = written
        .filter_map(|(name, form)| Some((name.to_owned(), Form::read(form)?)))
        .collect();
    let by_rule = found
        .into_iter()
        .flat_map(|found| plausible::attributes(found, naming));
    for (name, form) in by_rule {
        if attributes.iter().all(|(known, _)| *known != name) {
            attributes.push((name, form));
        }
    }
    attributes
}
