//! Statements with all that a service has.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::statement::{self, Item, of_identities};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::IamServiceWildcard,
    level: Some(Level::Note),
    rule: "A statement names the actions that are needed, and not all of a service",
    reason: "it allows to delete and to change permissions, too, and what AWS adds tomorrow",
    remedy: "Name the actions, or what they begin with: `s3:Get*`.",
    sources: &["IAM.21", "AwsSolutions-IAM5"],
    checks: of_identities!(check),
};

fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    statement::each(
        look,
        properties,
        path,
        statement::is_of_identity,
        &mut named,
    )
}

fn named<'t>(look: &mut Look<'_, 't>, statement: &Entries, path: &Path<'_>) -> Looked<'t> {
    if !statement::allows(look, statement)? {
        return Ok(());
    }
    for item in statement::items(look, statement, "Action")? {
        match item {
            Item::Text(text) if text.ends_with(":*") && text != "*:*" => {
                let what = format!("`{text}` is all that the service has");
                let help = "name the actions that are needed";
                look.broken_at(&POLICY, statement, &["Action"], path, what, help);
            }
            Item::Text(_) => {}
            Item::Value(_) => look.doubt(),
        }
    }
    Ok(())
}
