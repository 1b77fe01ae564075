//! Logs that are kept for ever.

use stratiform_finding::{Code, Level};

use super::Policy;

pub(super) static POLICY: Policy = Policy {
    code: Code::LogRetention,
    level: Some(Level::Warning),
    rule: "A log group says how long it keeps what is in it",
    reason: "without it logs are kept, and paid for, for ever",
    remedy: "Write `RetentionInDays`.",
    sources: &[
        "CloudWatch.16",
        "CKV_AWS_66",
        "cdk-nag CloudWatchLogGroupRetentionPeriod",
    ],
    checks: &[("AWS::Logs::LogGroup", |look, group, path| {
        let said = ("logs are kept for ever", "write `RetentionInDays`");
        look.has_to_be_there(&POLICY, group, &["RetentionInDays"], path, said)
    })],
};
