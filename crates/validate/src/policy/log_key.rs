//! Logs that anybody with access to them reads.

use stratiform_finding::{Code, Level};

use super::Policy;

pub(super) static POLICY: Policy = Policy {
    code: Code::LogKey,
    level: Some(Level::Note),
    rule: "A log group is encrypted with a key of yours",
    reason: "only CloudWatch's permissions say who reads it, and no key that can be taken away",
    remedy: "Name a key in `KmsKeyId`, whose policy lets CloudWatch Logs use it.",
    sources: &["CKV_AWS_158", "cdk-nag CloudWatchLogGroupEncrypted"],
    checks: &[("AWS::Logs::LogGroup", |look, group, path| {
        let said = ("the log group has no key of yours", "write `KmsKeyId`");
        look.has_to_be_there(&POLICY, group, &["KmsKeyId"], path, said)
    })],
};
