//! Keys that stay the same for ever.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::KeyRotation,
    level: Some(Level::Warning),
    rule: "A key for encryption is renewed each year",
    reason: "the longer one key encrypts everything, the more there is to read for whoever gets it",
    remedy: "Write `EnableKeyRotation: true`: KMS keeps the old ones for what they encrypted.",
    sources: &["KMS.4", "CKV_AWS_7", "AwsSolutions-KMS5"],
    checks: &[("AWS::KMS::Key", check)],
};

/// What a key is, where KMS can renew it by itself.
const RENEWED: [(&str, &str); 3] = [
    ("KeySpec", "SYMMETRIC_DEFAULT"),
    ("KeyUsage", "ENCRYPT_DECRYPT"),
    ("Origin", "AWS_KMS"),
];

fn check<'t>(look: &mut Look<'_, 't>, key: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    for (name, needed) in RENEWED {
        match look.text_of(key, &[name])? {
            Text::Known(given) if given != needed => {
                look.pass();
                return Ok(());
            }
            Text::Known(_) | Text::Absent => {}
            Text::Unknown => {
                look.doubt();
                return Ok(());
            }
        }
    }
    look.has_to_be_true(
        &POLICY,
        key,
        &["EnableKeyRotation"],
        path,
        "the key is never renewed",
    )
}
