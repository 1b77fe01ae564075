//! Messages that lie about unencrypted.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::StreamEncrypted,
    level: Some(Level::Warning),
    rule: "A queue or stream encrypts what waits in it",
    reason: "what waits there is on disks, as data that is stored is",
    remedy: "Turn encryption on, with the service's key or one of yours.",
    sources: &[
        "DataFirehose.1",
        "Kinesis.1",
        "SQS.1",
        "CKV_AWS_27",
        "CKV_AWS_43",
        "AwsSolutions-KDF1",
        "AwsSolutions-KDS1",
        "AwsSolutions-SQS2",
    ],
    checks: &[
        ("AWS::Kinesis::Stream", |look, stream, path| {
            let said = (WHAT, "write `StreamEncryption`");
            look.has_to_be_there(&POLICY, stream, &["StreamEncryption"], path, said)
        }),
        ("AWS::KinesisFirehose::DeliveryStream", delivery),
        ("AWS::SQS::Queue", queue),
    ],
};

const WHAT: &str = "what waits here is not encrypted";

fn delivery<'t>(look: &mut Look<'_, 't>, stream: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    match look.is_given(stream, &["KinesisStreamSourceConfiguration"])? {
        // What comes from a stream is that stream's to encrypt.
        Some(true) => look.pass(),
        Some(false) => {
            let name = "DeliveryStreamEncryptionConfigurationInput";
            let help = format!("write `{name}`");
            look.has_to_be_there(&POLICY, stream, &[name], path, (WHAT, &help))?;
        }
        None => look.doubt(),
    }
    Ok(())
}

fn queue<'t>(look: &mut Look<'_, 't>, queue: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    match look.is_given(queue, &["KmsMasterKeyId"])? {
        Some(true) => {}
        // SQS encrypts where nobody says anything.
        Some(false) => {
            look.must_not_be_false(&POLICY, queue, &["SqsManagedSseEnabled"], path, WHAT)?;
        }
        None => look.doubt(),
    }
    Ok(())
}
