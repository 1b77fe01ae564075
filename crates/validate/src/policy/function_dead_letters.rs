//! Functions whose failed events nobody sees again.

use stratiform_finding::Code;

use super::Policy;

pub(super) static POLICY: Policy = Policy {
    code: Code::FunctionDeadLetters,
    // It means nothing to functions that are called and waited for, and those are most.
    level: None,
    rule: "A function keeps the events that it could not deal with",
    reason: "an event that fails three times is gone",
    remedy: "Name a queue or topic in `DeadLetterConfig`.",
    sources: &[
        "CKV_AWS_116",
        "Lambda developer guide, \"Dead-letter queues\"",
    ],
    checks: &[
        ("AWS::Lambda::Function", |look, function, path| {
            let way = ["DeadLetterConfig", "TargetArn"];
            look.has_to_be_there(&POLICY, function, &way, path, (WHAT, HELP))
        }),
        ("AWS::Serverless::Function", |look, function, path| {
            let way = ["DeadLetterQueue", "TargetArn"];
            look.has_to_be_there(&POLICY, function, &way, path, (WHAT, HELP))
        }),
    ],
};

const WHAT: &str = "events that the function cannot deal with are gone";
const HELP: &str = "name a queue that keeps them";
