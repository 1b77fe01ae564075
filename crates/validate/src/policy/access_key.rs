//! Keys of users, which do not end by themselves.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::AccessKey,
    level: Some(Level::Warning),
    rule: "Nobody gets an access key that lasts",
    reason: "the key works until somebody takes it away, and its secret is an attribute of the stack",
    remedy: "Give a role to whatever calls AWS, or OpenID Connect to what is outside of it.",
    sources: &[
        "IAM user guide, \"Security best practices in IAM\": temporary credentials",
        "IAM.3",
    ],
    checks: &[("AWS::IAM::AccessKey", check)],
};

fn check<'t>(look: &mut Look<'_, 't>, _: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let resource = path.up.unwrap_or(path);
    let what = "the stack makes an access key that lasts";
    let help = "use a role instead, and take the key away";
    look.broken(&POLICY, &resource.key("Type"), what, help);
    Ok(())
}
