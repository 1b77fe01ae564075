//! Identities that may hand on any role.

use stratiform_catalog::access::Access;
use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::statement::{self, Item, Reach, of_statements};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::IamPassRole,
    level: Some(Level::Warning),
    rule: "Whoever may hand on roles may do so with named roles, or to named services",
    reason: "whoever gets hold of it starts something with the strongest role of the account",
    remedy: "Name the roles in `Resource`, or the service in a condition on `iam:PassedToService`.",
    sources: &[
        "CKV_AWS_110",
        "IAM user guide, \"Granting a user permissions to pass a role\"",
    ],
    checks: of_statements!(passed),
};

fn passed<'t>(look: &mut Look<'_, 't>, statement: &Entries, path: &Path<'_>) -> Looked<'t> {
    let mut passes = false;
    for item in statement::items(look, statement, "Action")? {
        if let Item::Text(text) = item {
            // Of what gives more than that, others tell.
            let is_more = statement::class(&text).is_none_or(|class| class.0 == Access::Permit);
            passes |= !is_more && statement::means(&text, statement::PASS_ROLE);
        }
    }
    if !passes
        || !statement::allows(look, statement)?
        || look.is_given(statement, &["Condition"])? == Some(true)
    {
        return Ok(());
    }
    match statement::reach_of(look, statement, &["role/"])? {
        Reach::Everything => {
            let what = "every role may be handed on";
            let help = "name the roles, or write a condition on `iam:PassedToService`";
            look.broken_at(&POLICY, statement, &["Resource"], path, what, help);
        }
        Reach::Limited => {}
        Reach::Unknown => look.doubt(),
    }
    Ok(())
}
