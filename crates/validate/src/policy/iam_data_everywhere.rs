//! Identities that may read all secrets and data.

use stratiform_catalog::access::Access;
use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::statement::{self, Class, of_statements};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::IamDataEverywhere,
    level: Some(Level::Warning),
    rule: "Whoever may read secrets, objects and records may do so on named resources only",
    reason: "whoever gets hold of it reads everything that there is in the account",
    remedy: "Name the secrets, parameters, keys, buckets and tables.",
    sources: &["KMS.1", "KMS.2", "CKV_AWS_107", "CKV_AWS_108"],
    checks: of_statements!(limited),
};

fn limited<'t>(look: &mut Look<'_, 't>, statement: &Entries, path: &Path<'_>) -> Looked<'t> {
    statement::limits(look, &POLICY, statement, path, is_meant)
}

/// Actions that give what is in something.
const DATA: [&str; 9] = [
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    statement::DECRYPT,
    "s3:GetObject",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
];

fn is_meant(written: &str, class: &Class) -> bool {
    let is_more = match class.0 {
        Access::Permit => true,
        // To decrypt is to write, by AWS's own list.
        Access::Write => !written.eq_ignore_ascii_case(statement::DECRYPT),
        Access::List | Access::Read | Access::Tag | Access::Unknown => false,
    };
    // Of what gives more than that, others tell.
    !is_more && DATA.iter().any(|data| statement::means(written, data))
}
