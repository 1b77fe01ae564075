//! Identities that may change what anybody may do.

use stratiform_catalog::access::Access;
use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::statement::{self, Class, of_statements};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::IamPermissionsEverywhere,
    level: Some(Level::Warning),
    rule: "Whoever may change permissions may do so on named resources only",
    reason: "whoever gets hold of it gives themselves the rest",
    remedy: "Name the resources, or limit it by a condition.",
    sources: &["CKV_AWS_109", "CKV_AWS_110", "AwsSolutions-IAM5"],
    checks: of_statements!(limited),
};

fn limited<'t>(look: &mut Look<'_, 't>, statement: &Entries, path: &Path<'_>) -> Looked<'t> {
    statement::limits(look, &POLICY, statement, path, is_meant)
}

fn is_meant(_: &str, class: &Class) -> bool {
    class.0 == Access::Permit
}
