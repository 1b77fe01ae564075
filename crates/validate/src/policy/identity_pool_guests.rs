//! Identity pools that give credentials to whoever asks.

use stratiform_finding::{Code, Level};

use super::Policy;

pub(super) static POLICY: Policy = Policy {
    code: Code::IdentityPoolGuests,
    level: Some(Level::Warning),
    rule: "An identity pool gives credentials to users who have signed in",
    reason: "everybody gets AWS credentials, with whatever the role of guests may do",
    remedy: "Write `AllowUnauthenticatedIdentities: false`.",
    sources: &["Cognito.2", "CKV_AWS_366", "AwsSolutions-COG7"],
    checks: &[("AWS::Cognito::IdentityPool", |look, pool, path| {
        let what = "the pool gives credentials to whoever asks";
        look.must_not_be_true(
            &POLICY,
            pool,
            &["AllowUnauthenticatedIdentities"],
            path,
            what,
        )
    })],
};
