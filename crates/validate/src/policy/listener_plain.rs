//! Listeners that everybody on the way can read.

use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Step};

use super::asking::Text;
use super::{Part, Policy};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::ListenerPlain,
    level: Some(Level::Warning),
    rule: "A load balancer answers over TLS, or sends there",
    reason: "whoever is on the way reads and changes what is asked and answered",
    remedy: "Use `HTTPS` with a certificate, and let the listener on port 80 redirect to it.",
    sources: &[
        "ELB.1",
        "ELB.3",
        "CKV_AWS_2",
        "AwsSolutions-ELB5",
        "cdk-nag ALBHttpToHttpsRedirection",
    ],
    checks: &[
        ("AWS::ElasticLoadBalancing::LoadBalancer", classic),
        ("AWS::ElasticLoadBalancingV2::Listener", listener),
    ],
};

const HELP: &str = "use `HTTPS` with a certificate, or redirect to it";

fn classic<'t>(look: &mut Look<'_, 't>, balancer: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    const LIST: &str = "Listeners";
    let path = path.key(LIST);
    for (position, listener) in look.maps_of(balancer, &[LIST])? {
        match look.text_of(listener, &["Protocol"])? {
            Text::Known(protocol) if protocol.eq_ignore_ascii_case("http") => {
                let path = path.below(Step::Index(position));
                let what = "the listener speaks HTTP without TLS";
                look.broken_at(&POLICY, listener, &["Protocol"], &path, what, HELP);
            }
            Text::Known(_) | Text::Absent => {}
            Text::Unknown => look.doubt(),
        }
    }
    Ok(())
}

fn listener<'t>(look: &mut Look<'_, 't>, listener: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    match look.text_of(listener, &["Protocol"])? {
        Text::Known(protocol) if protocol == "HTTP" => {}
        Text::Known(_) | Text::Absent => return Ok(()),
        Text::Unknown => {
            look.doubt();
            return Ok(());
        }
    }
    let actions = match look.part(listener, &["DefaultActions"])? {
        Part::Given(value) => look.items(value)?,
        Part::Absent => return Ok(()),
        Part::Unknown => None,
    };
    let Some(actions) = actions else {
        look.doubt();
        return Ok(());
    };
    for (_, action) in actions {
        let Some(action) = action.as_map() else {
            look.doubt();
            return Ok(());
        };
        match sends_on(look, action)? {
            Some(true) => {}
            Some(false) => {
                let what = "the listener speaks HTTP without TLS";
                look.broken_at(&POLICY, listener, &["Protocol"], path, what, HELP);
                return Ok(());
            }
            None => look.doubt(),
        }
    }
    Ok(())
}

/// Whether an action gives nothing away: it redirects to HTTPS, or says always the same.
fn sends_on<'t>(look: &Look<'_, 't>, action: &Entries) -> Looked<'t, Option<bool>> {
    Ok(match look.text_of(action, &["Type"])? {
        Text::Known(kind) if kind == "redirect" => {
            match look.text_of(action, &["RedirectConfig", "Protocol"])? {
                Text::Known(protocol) => Some(protocol == "HTTPS"),
                // It stays what it is.
                Text::Absent => Some(false),
                Text::Unknown => None,
            }
        }
        Text::Known(kind) => Some(kind == "fixed-response"),
        Text::Absent => Some(false),
        Text::Unknown => None,
    })
}
