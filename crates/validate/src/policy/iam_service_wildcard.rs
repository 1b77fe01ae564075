//! Statements with all that a service has, or all services.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::statement::{self, Item, of_statements};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::IamServiceWildcard,
    level: Some(Level::Note),
    rule: "A statement names the actions that are needed, and not all that there are",
    reason: "it allows to delete and to change permissions, too, and what AWS adds tomorrow",
    remedy: "Name the actions, or what they begin with: `s3:Get*`.",
    sources: &["IAM.21", "AwsSolutions-IAM5"],
    checks: of_statements!(named),
};

fn named<'t>(look: &mut Look<'_, 't>, statement: &Entries, path: &Path<'_>) -> Looked<'t> {
    if !statement::allows(look, statement)? {
        return Ok(());
    }
    for item in statement::items(look, statement, "Action")? {
        let text = match item {
            Item::Text(text) => text,
            Item::Value(_) => {
                look.doubt();
                continue;
            }
        };
        let what = match text.as_ref() {
            // Of everything on everything, `iam-admin` tells.
            "*" | "*:*" if statement::is_unlimited(look, statement)? => continue,
            "*" | "*:*" => "`*` is every action that there is".to_owned(),
            text if text.ends_with(":*") => format!("`{text}` is all that the service has"),
            _ => continue,
        };
        let help = "name the actions that are needed";
        look.broken_at(&POLICY, statement, &["Action"], path, what, help);
    }
    Ok(())
}
