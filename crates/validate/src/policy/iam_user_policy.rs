//! Permissions of single users.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::{Part, Policy};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::IamUserPolicy,
    level: Some(Level::Note),
    rule: "Users have their permissions from groups and roles",
    reason: "nobody finds out any more who may do what, and what somebody keeps who changes teams",
    remedy: "Attach the policy to a group or a role.",
    sources: &["IAM.2", "CKV_AWS_40", "cdk-nag IAMUserNoPolicies"],
    checks: &[
        ("AWS::IAM::ManagedPolicy", users),
        ("AWS::IAM::Policy", users),
        ("AWS::IAM::User", |look, user, path| {
            listed(look, user, "Policies", path)?;
            listed(look, user, "ManagedPolicyArns", path)
        }),
        ("AWS::IAM::UserPolicy", |look, _, path| {
            let place = path.up.unwrap_or(path);
            look.broken(&POLICY, &place.key("Type"), WHAT, HELP);
            Ok(())
        }),
    ],
};

const WHAT: &str = "a single user has permissions of its own";
const HELP: &str = "attach the policy to a group or a role";

fn users<'t>(look: &mut Look<'_, 't>, policy: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    listed(look, policy, "Users", path)
}

fn listed<'t>(
    look: &mut Look<'_, 't>,
    entries: &Entries,
    name: &str,
    path: &Path<'_>,
) -> Looked<'t> {
    match look.part(entries, &[name])? {
        Part::Given(value) => match look.items(value)? {
            Some(items) if items.is_empty() => {}
            Some(_) => look.broken(&POLICY, &path.key(name), WHAT, HELP),
            None => look.doubt(),
        },
        Part::Absent => {}
        Part::Unknown => look.doubt(),
    }
    Ok(())
}
