//! Tables that cannot go back to what they were.

use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Step};

use super::Policy;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::PointInTime,
    level: Some(Level::Warning),
    rule: "A table can be restored as it was at any moment",
    reason: "what a faulty program overwrites is gone",
    remedy: "Write `PointInTimeRecoveryEnabled: true` in `PointInTimeRecoverySpecification`.",
    sources: &[
        "DynamoDB.2",
        "CKV_AWS_28",
        "CKV_AWS_165",
        "AwsSolutions-DDB3",
    ],
    checks: &[
        ("AWS::DynamoDB::GlobalTable", replicas),
        ("AWS::DynamoDB::Table", |look, table, path| {
            restored(look, table, path)
        }),
    ],
};

fn restored<'t>(look: &mut Look<'_, 't>, table: &Entries, path: &Path<'_>) -> Looked<'t> {
    let way = [
        "PointInTimeRecoverySpecification",
        "PointInTimeRecoveryEnabled",
    ];
    let what = "the table cannot go back to what it was";
    look.has_to_be_true(&POLICY, table, &way, path, what)
}

fn replicas<'t>(look: &mut Look<'_, 't>, table: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let path = path.key("Replicas");
    for (position, replica) in look.maps_of(table, &["Replicas"])? {
        restored(look, replica, &path.below(Step::Index(position)))?;
    }
    Ok(())
}
