//! Statements that allow whatever they do not name.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::statement::{self, of_statements};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::IamAllowsAllBut,
    level: Some(Level::Warning),
    rule: "A statement names what it allows",
    reason: "it allows everything that nobody thought of, and what AWS adds tomorrow",
    remedy: "Write `Action` and `Resource`, or deny with `NotAction`.",
    sources: &[
        "IAM user guide, \"IAM JSON policy elements: NotAction\"",
        "CKV_AWS_107",
        "CKV_AWS_110",
    ],
    checks: of_statements!(all_but),
};

fn all_but<'t>(look: &mut Look<'_, 't>, statement: &Entries, path: &Path<'_>) -> Looked<'t> {
    for (name, instead) in [("NotAction", "Action"), ("NotResource", "Resource")] {
        if look.given(statement, name)?.is_some() && statement::allows(look, statement)? {
            let what = format!("the statement allows all but its `{name}`");
            let help = format!("write `{instead}` with what is needed");
            look.broken_at(&POLICY, statement, &[name], path, what, help);
        }
    }
    Ok(())
}
