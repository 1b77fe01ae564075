//! Functions that a service calls for anybody.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::FunctionCaller,
    level: Some(Level::Warning),
    rule: "A service that may call a function does so for known resources or accounts only",
    reason: "the service calls it for other people's buckets, topics and APIs, too",
    remedy: "Write `SourceArn`, or `SourceAccount` where the resource is not known.",
    sources: &[
        "CKV_AWS_364",
        "IAM user guide, \"The confused deputy problem\"",
    ],
    checks: &[("AWS::Lambda::Permission", check)],
};

/// What limits for whom the service calls.
const LIMITS: [&str; 4] = [
    "SourceArn",
    "SourceAccount",
    "EventSourceToken",
    "PrincipalOrgID",
];

fn check<'t>(look: &mut Look<'_, 't>, permission: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    match look.is_any_given(permission, &LIMITS)? {
        Some(true) => return Ok(()),
        Some(false) => {}
        None => {
            look.doubt();
            return Ok(());
        }
    }
    match look.text_of(permission, &["Principal"])? {
        Text::Known(service) if service.ends_with(".amazonaws.com") => {
            let what = format!("`{service}` may call the function for anybody");
            look.broken(&POLICY, path, what, "write `SourceArn` or `SourceAccount`");
        }
        // Who else it is has an account of its own.
        Text::Known(_) | Text::Absent => look.pass(),
        Text::Unknown => look.doubt(),
    }
    Ok(())
}
