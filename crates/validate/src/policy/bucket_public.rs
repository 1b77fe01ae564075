//! Buckets that do not keep the public out.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::BucketPublic,
    level: Some(Level::Error),
    rule: "A bucket blocks access by the public in all four ways",
    reason: "one careless policy or ACL shows everybody what is in it; only buckets since April 2023 block by themselves",
    remedy: "Write all four of `PublicAccessBlockConfiguration` as `true`. What everybody may read is better behind CloudFront.",
    sources: &[
        "S3.8",
        "CKV_AWS_53",
        "CKV_AWS_54",
        "CKV_AWS_55",
        "CKV_AWS_56",
        "AwsSolutions-S2",
    ],
    checks: &[("AWS::S3::Bucket", check)],
};

const BLOCK: &str = "PublicAccessBlockConfiguration";

/// The ways in which the public gets in.
const WAYS: [&str; 4] = [
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "IgnorePublicAcls",
    "RestrictPublicBuckets",
];

fn check<'t>(look: &mut Look<'_, 't>, bucket: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let mut open = Vec::new();
    for way in WAYS {
        match look.flag(bucket, &[BLOCK, way], false)? {
            Some(true) => {}
            Some(false) => open.push(way),
            None => look.doubt(),
        }
    }
    let what = match open.as_slice() {
        [] => return Ok(()),
        [way] => format!("the bucket does not have `{way}`"),
        _ => "the bucket does not block access by the public".to_owned(),
    };
    let names: Vec<String> = open.iter().map(|way| format!("`{way}: true`")).collect();
    let help = format!("write {} under `{BLOCK}`", names.join(", "));
    look.broken_at(&POLICY, bucket, &[BLOCK], path, what, help);
    Ok(())
}
