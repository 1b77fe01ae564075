//! What changes: resources, outputs and parameters, with their values.

use serde::Serialize;
use stratiform_changes::ChangedResource;

use super::escape::{code, sentence};
use crate::view::review::property::{self, Property};
use crate::view::review::words;

/// A resource, an output or a parameter that changes.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    sign: String,
    what: String,
    lines: Vec<String>,
}

impl Change {
    pub(super) fn of_resource(change: &ChangedResource) -> Self {
        let properties = property::of_resource(change);
        let lines = properties.iter().map(Change::of_property);
        Change {
            sign: code(words::sign(change)),
            what: format!(
                "{} {}: {}",
                code(&change.logical_id),
                code(&change.resource_type),
                words::outcome(change)
            ),
            lines: lines.map(|it| format!("{} {}", it.sign, it.what)).collect(),
        }
    }

    pub(super) fn of_property(property: &Property) -> Self {
        let values = property.values(code);
        let reasons = property
            .reasons
            .iter()
            .map(|reason| format!("; {}", sentence(reason)));
        let colon = if values.is_empty() { "" } else { ": " };
        let (path, reasons) = (code(&property.path), reasons.collect::<String>());
        Change {
            sign: code(property.sign),
            what: format!("{path}{colon}{}{reasons}", values.join(" → ")),
            lines: Vec::new(),
        }
    }

    pub(super) fn of_type(sign: &str, resource_type: &str, count: usize) -> Self {
        Change {
            sign: code(sign),
            what: format!("{count} × {}", code(resource_type)),
            lines: Vec::new(),
        }
    }
}
