//! The containers of a task, as policies ask about them.

use stratiform_template::Path;

use super::asking::{Ask, Text};
use crate::schema::{Entries, Look, Looked};

/// The list of containers in a task's definition.
const CONTAINERS: &str = "ContainerDefinitions";

/// Asks about each container.
pub(super) fn each<'s, 't>(
    look: &mut Look<'s, 't>,
    task: &Entries,
    path: &Path<'_>,
    ask: Ask<'_, 's, 't>,
) -> Looked<'t> {
    look.each_map(task, CONTAINERS, path, ask)
}

/// What a container is called in a sentence.
pub(super) fn called<'t>(look: &Look<'_, 't>, container: &Entries) -> Looked<'t, String> {
    Ok(match look.text_of(container, &["Name"])? {
        Text::Known(name) => format!("the container `{name}`"),
        Text::Absent | Text::Unknown => "a container".to_owned(),
    })
}
