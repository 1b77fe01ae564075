//! What happens as objects for programs, one a line.

use serde_json::{Value, json};
use stratiform_deploy::Failure;
use stratiform_finding::{At, Finding};
use stratiform_service::StackEvent;

use super::deployment::{Clock, Sink};
use crate::view::sorted::sorted;

/// Where objects go, each with its event and how long it has been.
pub(crate) struct Objects {
    /// Where they go.
    pub sink: Sink,
    /// How long it has been.
    pub clock: Clock,
}

impl Objects {
    /// Puts one.
    pub(crate) fn put(&mut self, event: &str, mut value: Value) {
        let elapsed = (self.clock)().as_millis();
        if let Some(object) = value.as_object_mut() {
            object.insert("event".to_owned(), event.into());
            let millis = u64::try_from(elapsed).unwrap_or(u64::MAX);
            object.insert("elapsedMilliseconds".to_owned(), millis.into());
        }
        (self.sink)(&format!("{}\n", sorted(value)));
    }
}

/// A call that failed.
pub(crate) fn failure(failure: &Failure) -> Value {
    json!({"what": failure.what, "why": failure.why, "help": failure.help})
}

/// An event of a stack, without the values of properties: they may be secrets.
pub(crate) fn stack_event(stack: &str, event: &StackEvent) -> Value {
    let event = StackEvent {
        resource_properties: None,
        ..event.clone()
    };
    json!({"stack": stack, "stackEvent": event})
}

/// Something that is wrong, with its place in the code.
pub(crate) fn finding(finding: &Finding) -> Value {
    let place = finding.places.first().and_then(|place| match &place.at {
        At::Rust(location) => Some(json!({"file": location.file(), "line": location.line()})),
        At::Given(_) | At::Text(..) => None,
    });
    json!({
        "code": finding.code.as_str(),
        "what": finding.what,
        "why": finding.why,
        "help": finding.help,
        "place": place,
    })
}
