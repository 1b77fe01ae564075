//! Functions that everybody may call by their address.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::FunctionUrlOpen,
    level: Some(Level::Error),
    rule: "The address of a function asks for credentials",
    reason: "whoever finds the address runs the function, as often as they like",
    remedy: "Write `AuthType: AWS_IAM`. What the public may call is better behind an API or a distribution.",
    sources: &["Lambda.1", "CKV_AWS_258", "cdk-nag LambdaFunctionUrlAuth"],
    checks: &[
        ("AWS::Lambda::Url", |look, url, path| {
            asks(look, url, &["AuthType"], path)
        }),
        ("AWS::Serverless::Function", |look, function, path| {
            match look.is_given(function, &["FunctionUrlConfig"])? {
                Some(true) => asks(look, function, &["FunctionUrlConfig", "AuthType"], path)?,
                Some(false) => look.pass(),
                None => look.doubt(),
            }
            Ok(())
        }),
    ],
};

fn asks<'t>(
    look: &mut Look<'_, 't>,
    entries: &Entries,
    way: &[&str],
    path: &Path<'_>,
) -> Looked<'t> {
    match look.text_of(entries, way)? {
        Text::Known(kind) if kind == "NONE" => {
            let what = "everybody may call the function by its address";
            look.broken_at(&POLICY, entries, way, path, what, "write `AWS_IAM`");
        }
        // Without one it is no template.
        Text::Known(_) | Text::Absent => {}
        Text::Unknown => look.doubt(),
    }
    Ok(())
}
