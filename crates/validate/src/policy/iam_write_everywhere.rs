//! Identities that may change whatever there is.

use stratiform_catalog::access::Access;
use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::statement::{self, Class, of_statements};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::IamWriteEverywhere,
    level: Some(Level::Warning),
    rule: "Whoever may write may do so on named resources only",
    reason: "whoever gets hold of it changes and deletes what it was never meant for",
    remedy: "Name the resources, or limit it by a condition. What cannot be limited is left alone.",
    sources: &[
        "CKV_AWS_111",
        "AwsSolutions-IAM5",
        "cdk-nag IAMPolicyNoStatementsWithFullAccess",
    ],
    checks: of_statements!(limited),
};

fn limited<'t>(look: &mut Look<'_, 't>, statement: &Entries, path: &Path<'_>) -> Looked<'t> {
    statement::limits(look, &POLICY, statement, path, is_meant)
}

fn is_meant(written: &str, class: &Class) -> bool {
    // Of roles that are handed on tells `iam-pass-role`, and of what is decrypted `iam-data-everywhere`.
    let is_told = statement::means(written, statement::PASS_ROLE)
        || written.eq_ignore_ascii_case(statement::DECRYPT);
    matches!(class.0, Access::Write | Access::Tag) && !is_told
}
