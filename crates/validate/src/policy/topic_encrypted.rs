//! Topics that keep messages unencrypted.

use stratiform_finding::{Code, Level};

use super::Policy;

pub(super) static POLICY: Policy = Policy {
    code: Code::TopicEncrypted,
    // Messages are kept until they are delivered; Security Hub has retired `SNS.1`.
    level: Some(Level::Note),
    rule: "A topic encrypts what it has not delivered yet",
    reason: "what waits there is on disks, as data that is stored is",
    remedy: "Name a key in `KmsMasterKeyId`: one of yours where other services publish.",
    sources: &["SNS.1", "CKV_AWS_26", "cdk-nag SNSEncryptedKMS"],
    checks: &[("AWS::SNS::Topic", |look, topic, path| {
        let said = (
            "messages are not encrypted",
            "name a key in `KmsMasterKeyId`",
        );
        look.has_to_be_there(&POLICY, topic, &["KmsMasterKeyId"], path, said)
    })],
};
