//! Routes of APIs that ask nobody who they are.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::ApiOpen,
    level: Some(Level::Note),
    rule: "A route of an API has an authorizer",
    reason: "whoever finds its address may call it",
    remedy: "Give it an authorizer, IAM or an API key. Where the public is meant, accept it.",
    sources: &["APIGateway.8", "CKV_AWS_59", "AwsSolutions-APIG4"],
    checks: &[
        ("AWS::ApiGateway::Method", method),
        ("AWS::ApiGatewayV2::Route", route),
    ],
};

/// What browsers ask before they ask, without saying who they are.
const PREFLIGHT: &str = "OPTIONS";

fn method<'t>(look: &mut Look<'_, 't>, method: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    if let Text::Known(name) = look.text_of(method, &["HttpMethod"])?
        && name == PREFLIGHT
    {
        look.pass();
        return Ok(());
    }
    match look.flag(method, &["ApiKeyRequired"], false)? {
        Some(true) => Ok(()),
        Some(false) => authorized(look, method, path),
        None => {
            look.doubt();
            Ok(())
        }
    }
}

fn route<'t>(look: &mut Look<'_, 't>, route: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    if let Text::Known(key) = look.text_of(route, &["RouteKey"])? {
        // Whoever is connected to a web socket has said who it is.
        let is_later = !key.contains(' ') && !["$default", "$connect"].contains(&key.as_ref());
        if is_later || key.starts_with(PREFLIGHT) {
            look.pass();
            return Ok(());
        }
    }
    authorized(look, route, path)
}

fn authorized<'t>(look: &mut Look<'_, 't>, route: &Entries, path: &Path<'_>) -> Looked<'t> {
    const WAY: [&str; 1] = ["AuthorizationType"];
    match look.text_of(route, &WAY)? {
        Text::Known(kind) if kind != "NONE" => {}
        Text::Known(_) | Text::Absent => {
            let what = "everybody may call this";
            let help = "give it an `AuthorizationType`, with an authorizer where that needs one";
            look.broken_at(&POLICY, route, &WAY, path, what, help);
        }
        Text::Unknown => look.doubt(),
    }
    Ok(())
}
