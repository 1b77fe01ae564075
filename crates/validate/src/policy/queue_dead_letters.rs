//! Queues whose bad messages come back for ever, or are gone.

use stratiform_finding::Code;
use stratiform_template::{Path, Value};

use super::{Part, Policy};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::QueueDeadLetters,
    level: None,
    rule: "A queue puts what nobody can deal with into another one",
    reason: "such a message comes back until it is too old, and is gone then",
    remedy: "Write `RedrivePolicy` with a queue for dead letters.",
    sources: &[
        "AwsSolutions-SQS3",
        "SQS developer guide, \"Dead-letter queues\"",
    ],
    checks: &[("AWS::SQS::Queue", check)],
};

const WAY: [&str; 1] = ["RedrivePolicy"];

fn check<'t>(look: &mut Look<'_, 't>, queue: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    if is_for_dead_letters(look, path)? {
        look.pass();
        return Ok(());
    }
    let said = (
        "bad messages come back until they are too old",
        "write `RedrivePolicy`",
    );
    look.has_to_be_there(&POLICY, queue, &WAY, path, said)
}

/// Whether another queue puts its dead letters here.
fn is_for_dead_letters<'t>(look: &Look<'_, 't>, path: &Path<'_>) -> Looked<'t, bool> {
    for other in look.others("AWS::SQS::Queue")? {
        let Part::Given(Value::Map(policy)) = look.part(&other.properties, &WAY)? else {
            continue;
        };
        if let Some(target) = look.given(policy, "deadLetterTargetArn")?
            && look.is_own(target, path)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}
