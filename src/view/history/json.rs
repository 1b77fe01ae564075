//! What was deployed, as JSON. `docs/status.md` documents it.

use serde_json::{Value, json};
use stratiform_deploy::history::{Deployment, Step};

use super::{Shown, gaps, skipped};
use crate::view::sorted::sorted;

/// The shape of the JSON.
const VERSION: u32 = 1;

/// The whole.
pub(crate) fn json(shown: &Shown<'_>) -> String {
    let history = shown.history;
    let rates = &history.rates;
    let value = json!({
        "version": VERSION,
        "environment": shown.environment,
        "region": shown.region,
        "account": shown.account,
        "since": shown.since,
        "deployments": history.deployments.iter().map(deployment).collect::<Vec<_>>(),
        "rates": {
            "deployments": rates.deployments,
            "succeeded": rates.succeeded,
            "wentBack": rates.rolled_back,
            "neededPerson": rates.needed_person,
            "medianSeconds": rates.median.map(|millis| millis / 1000),
        },
        "notKnown": gaps(history),
    });
    format!("{:#}\n", sorted(value))
}

fn deployment(deployment: &Deployment) -> Value {
    let record = &deployment.record;
    let from = match (&record.release, &deployment.tag) {
        (Some(_), _) => Some("stacks"),
        (None, Some(_)) => Some("git"),
        (None, None) => None,
    };
    json!({
        "kind": deployment.kind,
        "outcome": deployment.outcome,
        "run": deployment.run,
        "release": deployment.release(),
        "releaseFrom": from,
        "commit": deployment.commit(),
        "deployedBy": record.deployed_by,
        "emergency": record.reason,
        "skippedChecks": skipped(record),
        "approvedBy": deployment.approved_by(),
        "began": deployment.began,
        "ended": deployment.ended,
        "stacks": deployment.stacks.iter().map(step).collect::<Vec<_>>(),
    })
}

fn step(step: &Step) -> Value {
    json!({
        "stack": step.key,
        "operation": step.operation,
        "began": step.began,
        "ended": step.ended,
        "outcome": step.outcome,
        "cause": step.cause,
    })
}
