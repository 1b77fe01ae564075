//! What changes: resources, outputs and parameters, with their values.

use serde::Serialize;
use stratiform_changes::ChangedResource;

use super::escape::{code, long_sentence, sentence};
use crate::view::review::changed::Changed;
use crate::view::review::property::{self, Beside, Property};
use crate::view::review::words;

/// A resource, an output or a parameter that changes.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    sign: String,
    what: String,
    lines: Vec<String>,
}

impl Change {
    pub(super) fn of(changed: &Changed<'_>) -> Self {
        match changed {
            Changed::Resource(change, beside) => Change::of_resource(change, *beside),
            Changed::Named(change) => Change::of_named(change),
            Changed::Several { sign, what } => Change {
                sign: code(sign),
                what: long_sentence(what),
                lines: Vec::new(),
            },
            Changed::Property(property) => Change::of_property(property),
        }
    }

    fn of_resource(change: &ChangedResource, beside: Beside<'_>) -> Self {
        let properties = property::of_resource(change, beside);
        let lines = properties.iter().map(Change::of_property);
        let lines = lines.map(|it| format!("{} {}", it.sign, it.what));
        let place = beside.origins.of(&change.logical_id, &[]);
        Change {
            lines: lines.chain(place.as_deref().map(code)).collect(),
            ..Change::of_named(change)
        }
    }

    fn of_named(change: &ChangedResource) -> Self {
        Change {
            sign: code(words::sign(change)),
            what: format!(
                "{} {}: {}",
                code(&change.logical_id),
                code(&change.resource_type),
                words::outcome(change)
            ),
            lines: Vec::new(),
        }
    }

    fn of_property(property: &Property) -> Self {
        let values = property.values(code);
        let reasons = property
            .reasons
            .iter()
            .map(|reason| format!("; {}", sentence(reason)));
        let place = property.place.iter();
        let reasons = reasons.chain(place.map(|place| format!("; {}", code(place))));
        let colon = if values.is_empty() { "" } else { ": " };
        let (path, reasons) = (code(&property.path), reasons.collect::<String>());
        Change {
            sign: code(property.sign),
            what: format!("{path}{colon}{}{reasons}", values.join(" → ")),
            lines: Vec::new(),
        }
    }

    /// All of it in one text, for comparing.
    pub(super) fn shown(&self) -> String {
        [self.sign.as_str(), &self.what, &self.lines.join("\n")].join(" ")
    }

    pub(super) fn of_type(sign: &str, resource_type: &str, count: usize) -> Self {
        Change {
            sign: code(sign),
            what: format!("{count} × {}", code(resource_type)),
            lines: Vec::new(),
        }
    }
}
