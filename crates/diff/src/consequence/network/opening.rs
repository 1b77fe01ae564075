//! Properties that decide whether something can be reached at all. Which ones these are, the catalog knows.

use stratiform_catalog::behaviour::{Behind, Decides, Opening, Otherwise};
use stratiform_changes::Edit;
use stratiform_resolve::{Resolved, Style};

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

/// The state of a resource; closed where it is not there.
pub(super) fn state(opening: &Opening, properties: Option<&Resolved<'static>>) -> State {
    let Some(properties) = properties else {
        return State::Closed;
    };
    let values = || at(properties, opening.path.as_str());
    match opening.decides {
        Decides::Values(open, otherwise) => {
            let default = match otherwise {
                Otherwise::Open => State::Open,
                Otherwise::Closed => State::Closed,
                Otherwise::Unknown => State::Unknown,
            };
            worst(&values(), |value| open.contain(value), default)
        }
        Decides::UnlessPrivate => unless_private(&values()),
        Decides::OutsideVpc if values().is_empty() => State::Open,
        Decides::OutsideVpc => State::Closed,
        Decides::PlainHttp => plain_http(properties, &values()),
        Decides::ToEverywhere => to_everywhere(properties, &values()),
    }
}

/// How bad it is when something opens: what is meant for few is worse than what is meant for visitors, and where
/// several things decide together, this one alone does little. A new resource had no users to be surprised.
pub(super) fn severity(behind: Behind, action: Edit) -> Severity {
    let is_new = action == Edit::Add;
    match behind {
        Behind::Inside if is_new => Severity::Attention,
        Behind::Inside => Severity::Warning,
        Behind::Front if is_new => Severity::Note,
        Behind::Front => Severity::Warning,
        Behind::Way if is_new => Severity::Note,
        Behind::Way => Severity::Attention,
    }
}

/// What decides, for people.
pub(super) fn decider(opening: &Opening) -> String {
    match opening.decides {
        Decides::Values(..) => {
            let path = opening.path.as_str().replace('/', ".");
            format!("the property `{path}` decides")
        }
        Decides::UnlessPrivate
        | Decides::OutsideVpc
        | Decides::PlainHttp
        | Decides::ToEverywhere => "the properties decide".to_owned(),
    }
}

/// The state of which most can be reached; the default without any value.
pub(super) fn worst(
    values: &[&Resolved<'static>],
    is_open: impl Fn(&str) -> bool,
    default: State,
) -> State {
    let states = values.iter().map(|value| match value.known() {
        Some(text) if is_open(&text) => State::Open,
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

/// Private, or for everybody who has its address.
fn unless_private(types: &[&Resolved<'static>]) -> State {
    let is_private = |value: &str| value.eq_ignore_ascii_case("PRIVATE");
    match worst(types, is_private, State::Closed) {
        State::Open => State::Closed,
        State::Closed => State::Open,
        State::Unknown => State::Unknown,
    }
}

/// Plain HTTP that only redirects is how HTTPS is found.
fn plain_http(listener: &Resolved<'static>, protocols: &[&Resolved<'static>]) -> State {
    let actions = at(listener, "DefaultActions/*/Type");
    let redirects = |value: &str| value.eq_ignore_ascii_case("redirect");
    match worst(&actions, redirects, State::Closed) {
        State::Open => State::Closed,
        State::Closed | State::Unknown => {
            let is_plain = |value: &str| value.eq_ignore_ascii_case("HTTP");
            worst(protocols, is_plain, State::Closed)
        }
    }
}

/// Whether everything goes to a gateway: an internet gateway, or the gateway of a VPN.
fn to_everywhere(route: &Resolved<'static>, gateways: &[&Resolved<'static>]) -> State {
    let destinations = ["DestinationCidrBlock", "DestinationIpv6CidrBlock"];
    let everything = destinations.into_iter().filter_map(|name| route.get(name));
    let everything = everything
        .filter_map(Resolved::known)
        .any(|block| matches!(block.as_ref(), "0.0.0.0/0" | "::/0"));
    match gateways.first() {
        Some(gateway) if everything => {
            let shown = gateway.shown(Style::Expression);
            let other = ["vgw-", "local", "vpce-"]
                .iter()
                .any(|kind| shown.starts_with(kind));
            if other { State::Closed } else { State::Open }
        }
        _ => State::Closed,
    }
}
