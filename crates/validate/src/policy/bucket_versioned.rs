//! Buckets that keep what was deleted by mistake.

use stratiform_finding::{Code, Level};

use super::Policy;

pub(super) static POLICY: Policy = Policy {
    code: Code::BucketVersioned,
    level: Some(Level::Note),
    rule: "A bucket keeps versions",
    reason: "what is overwritten or deleted by mistake is gone",
    remedy: "Turn versions on, with a rule that deletes old ones.",
    sources: &["S3.14", "CKV_AWS_21"],
    checks: &[("AWS::S3::Bucket", |look, bucket, path| {
        let wanted = (["VersioningConfiguration", "Status"], ["Enabled"]);
        let what = "the bucket keeps no versions";
        look.has_to_read(&POLICY, bucket, (&wanted.0, &wanted.1), path, what)
    })],
};
