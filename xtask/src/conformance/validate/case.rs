//! One template that all three are asked about.

use serde_json::Value;

/// A template, where it comes from, and where it would be deployed.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// What it is: `snapshots/dev/queues/Orders/VisibilityTimeout/too-large`; the last part says what was done to it.
    pub(super) name: String,
    /// What was done to it; empty for a template as it was found.
    pub(super) change: String,
    pub(super) region: String,
    /// The template, as JSON or YAML.
    pub(super) text: String,
}

impl Case {
    /// A template as it was found.
    pub(super) fn found(name: impl Into<String>, region: &str, text: impl Into<String>) -> Case {
        Case {
            name: name.into(),
            change: String::new(),
            region: region.to_owned(),
            text: text.into(),
        }
    }

    /// A template that something was done to.
    pub(super) fn changed(origin: &str, change: &str, region: &str, template: &Value) -> Case {
        Case {
            name: format!("{origin}/{change}"),
            change: change.to_owned(),
            region: region.to_owned(),
            text: format!("{template:#}"),
        }
    }
}

/// A number that is the same for the same text on every machine: FNV-1a.
pub(in crate::conformance) fn number_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |number, byte| {
        (number ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
