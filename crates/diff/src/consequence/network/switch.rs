//! Properties that decide whether something can be reached at all.

use stratiform_changes::Edit;
use stratiform_resolve::Resolved;

use crate::consequence::Severity;
use crate::consequence::iam::property::at;

/// Can it be reached?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Closed,
    /// The service's default decides, or an expression whose value is not known here.
    Unknown,
    Open,
}

/// A property that decides.
pub(super) struct Switch {
    pub resource_type: &'static str,
    /// What the resource is when it is open.
    pub open: &'static str,
    /// How bad it is for one that exists.
    pub severity: Severity,
    /// How bad it is for a new one.
    pub new: Severity,
    pub read: Read,
}

/// How is the state read from the properties?
pub(super) enum Read {
    /// From the values at a path: open if one of them is among these; the state without any.
    Values(&'static [&'static str], &'static [&'static str], State),
    /// In a way of its own.
    By(fn(&Resolved<'static>) -> State),
}

impl Switch {
    /// The state of a resource; closed where it is not there.
    pub(super) fn state(&self, properties: Option<&Resolved<'static>>) -> State {
        let Some(properties) = properties else {
            return State::Closed;
        };
        match &self.read {
            Read::Values(path, open, default) => worst(&at(properties, path), open, *default),
            Read::By(read) => read(properties),
        }
    }

    /// How bad it is.
    pub(super) fn severity(&self, action: Edit) -> Severity {
        match action {
            Edit::Add => self.new,
            Edit::Modify | Edit::Remove => self.severity,
        }
    }

    /// What decides, for people.
    pub(super) fn decides(&self) -> String {
        match &self.read {
            Read::Values(path, ..) => format!("the property `{}` decides", path.join(".")),
            Read::By(_) => "the properties decide".to_owned(),
        }
    }
}

pub(super) fn worst(values: &[&Resolved<'static>], open: &[&str], default: State) -> State {
    let states = values.iter().map(|value| match value.known() {
        Some(text) if open.iter().any(|open| open.eq_ignore_ascii_case(&text)) => State::Open,
        Some(_) => State::Closed,
        None => State::Unknown,
    });
    states
        .reduce(|one, two| match (one, two) {
            (State::Open, _) | (_, State::Open) => State::Open,
            (State::Unknown, _) | (_, State::Unknown) => State::Unknown,
            (State::Closed, State::Closed) => State::Closed,
        })
        .unwrap_or(default)
}
