//! Which stack uses what of which other, before any template is made.

use super::{Lowering, Owner};
use crate::stack::StackDraft;
use crate::value::draft::{Draft, Part};

impl Lowering<'_> {
    /// Notes what a stack uses of others, and what those have to export for it. Nothing of the stack is taken.
    ///
    /// Goes through it in the order in which its template is made: the first use of a stack is the one that is told.
    pub(super) fn settle(&mut self, draft: &StackDraft) {
        let owner = Owner {
            id: draft.id,
            stack: &draft.key,
            location: draft.location,
        };
        self.dependencies(draft);
        let defaults = self.defaults;
        for resource in &draft.resources {
            let owner = Owner {
                location: resource.target.location,
                ..owner
            };
            let missing = defaults.missing(&resource.resource_type, &resource.properties);
            let properties = resource.properties.iter().chain(missing);
            properties.for_each(|(_, value)| self.crossing(value, owner));
            let Some(beside) = &resource.settings else {
                continue;
            };
            let beside = [
                &beside.creation_policy,
                &beside.update_policy,
                &beside.metadata,
            ];
            for value in beside.into_iter().flatten() {
                self.crossing(value, owner);
            }
        }
        for output in draft.outputs.values() {
            let location = output.location;
            self.crossing(&output.value, Owner { location, ..owner });
        }
        for condition in draft.conditions.values() {
            self.crossing(condition, owner);
        }
        for metadata in draft.metadata.values() {
            self.crossing(&metadata.0, owner);
        }
    }

    /// Notes the references in a value that leave its stack.
    fn crossing(&mut self, draft: &Draft, owner: Owner<'_>) {
        match draft {
            Draft::Reference(reference) => {
                if reference.target.stack != owner.id {
                    // What it becomes is asked again when the template is made.
                    let _ = self.reference(reference, owner);
                }
            }
            Draft::List(items) => items.iter().for_each(|item| self.crossing(item, owner)),
            Draft::Map(entries) => {
                let values = entries.iter().map(|(_, value)| value);
                values.for_each(|value| self.crossing(value, owner));
            }
            Draft::Function(_, argument) => self.crossing(argument, owner),
            Draft::Text(parts) => {
                for part in parts {
                    match part {
                        Part::Value(value) => self.crossing(value, owner),
                        Part::Literal(_) => {}
                    }
                }
            }
            Draft::Untyped(inner) => self.crossing(inner, owner),
            Draft::Statement(statement) => {
                let location = statement.location;
                self.crossing(&statement.content, Owner { location, ..owner });
            }
            Draft::Value(_) | Draft::Condition(_) => {}
        }
    }
}
