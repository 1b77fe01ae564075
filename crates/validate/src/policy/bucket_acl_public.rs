//! Buckets whose access control list lets everybody in.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::BucketAclPublic,
    level: Some(Level::Error),
    rule: "The access control list of a bucket lets nobody in whom nobody knows",
    reason: "everybody may list what is in it, and read it or write it where the list says so",
    remedy: "Take `AccessControl` away. Who may read the bucket is said in a policy.",
    sources: &[
        "S3.2",
        "S3.3",
        "CKV_AWS_20",
        "CKV_AWS_57",
        "AwsSolutions-S2",
    ],
    checks: &[("AWS::S3::Bucket", check)],
};

/// Lists that let in everybody, or everybody who has an account.
const OPEN: [&str; 3] = ["PublicRead", "PublicReadWrite", "AuthenticatedRead"];

fn check<'t>(look: &mut Look<'_, 't>, bucket: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    const WAY: [&str; 1] = ["AccessControl"];
    match look.text_of(bucket, &WAY)? {
        Text::Known(list) if OPEN.contains(&list.as_ref()) => {
            let what = format!("the bucket's `AccessControl` is `{list}`");
            let help = "take it away, and write a policy of the bucket for whoever may read it";
            look.broken_at(&POLICY, bucket, &WAY, path, what, help);
        }
        Text::Known(_) | Text::Absent => {}
        Text::Unknown => look.doubt(),
    }
    Ok(())
}
