//! Buckets that are read without TLS.

use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Value};

use super::asking::Text;
use super::{Part, Policy};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::BucketTlsOnly,
    // What AWS's own programs ask, they ask over TLS.
    level: Some(Level::Note),
    rule: "A bucket denies requests without TLS",
    reason: "whoever is on the way reads what is asked and answered",
    remedy: "Deny everything where `aws:SecureTransport` is `false`, in a policy of the bucket.",
    sources: &["S3.5", "AwsSolutions-S10"],
    checks: &[("AWS::S3::Bucket", check)],
};

fn check<'t>(look: &mut Look<'_, 't>, _: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let mut is_unknown = false;
    for policy in look.others("AWS::S3::BucketPolicy")? {
        match look.given(&policy.properties, "Bucket")? {
            Some(bucket) if look.is_own(bucket, path)? => match denies(look, &policy.properties)? {
                Some(true) => return Ok(()),
                Some(false) => {}
                None => is_unknown = true,
            },
            _ => {}
        }
    }
    if is_unknown {
        look.doubt();
        return Ok(());
    }
    let what = "the bucket is read without TLS, too";
    let help = "add a policy that denies where `aws:SecureTransport` is `false`";
    look.broken(&POLICY, path.up.unwrap_or(path), what, help);
    Ok(())
}

/// Whether a policy denies what comes without TLS; none where nobody knows.
fn denies<'t>(look: &Look<'_, 't>, policy: &'t Entries) -> Looked<'t, Option<bool>> {
    let statements = match look.part(policy, &["PolicyDocument", "Statement"])? {
        Part::Given(value @ Value::Map(_)) => vec![value],
        Part::Given(value) => match look.items(value)? {
            Some(items) => items.into_iter().map(|(_, item)| item).collect(),
            None => return Ok(None),
        },
        Part::Absent => return Ok(Some(false)),
        Part::Unknown => return Ok(None),
    };
    for statement in statements {
        let Some(statement) = statement.as_map() else {
            return Ok(None);
        };
        let Text::Known(effect) = look.text_of(statement, &["Effect"])? else {
            continue;
        };
        let way = ["Condition", "Bool", "aws:SecureTransport"];
        let without = look.flag(statement, &way, true)?;
        let older = look.is_given(
            statement,
            &["Condition", "NumericLessThan", "s3:TlsVersion"],
        )?;
        if effect == "Deny" && (without == Some(false) || older == Some(true)) {
            return Ok(Some(true));
        }
    }
    Ok(Some(false))
}
