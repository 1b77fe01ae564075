//! Buckets that keep no record of who reads them.

use stratiform_finding::Code;
use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::BucketLogged,
    // CloudTrail can do it for all buckets, and each needs another bucket.
    level: None,
    rule: "A bucket logs who reads and writes it",
    reason: "after an incident nobody can say who read what",
    remedy: "Name another bucket in `LoggingConfiguration`, or have CloudTrail record the events of objects.",
    sources: &["S3.9", "CKV_AWS_18", "AwsSolutions-S1"],
    checks: &[("AWS::S3::Bucket", check)],
};

fn check<'t>(look: &mut Look<'_, 't>, bucket: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    // A bucket of logs that logged itself would never be done.
    if let Text::Known(list) = look.text_of(bucket, &["AccessControl"])?
        && list == "LogDeliveryWrite"
    {
        look.pass();
        return Ok(());
    }
    let said = (
        "nobody knows who reads the bucket",
        "write `LoggingConfiguration`",
    );
    look.has_to_be_there(&POLICY, bucket, &["LoggingConfiguration"], path, said)
}
