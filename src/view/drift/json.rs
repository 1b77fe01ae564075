//! For programs; docs/on-call.md documents it.

use serde_json::{Value, json};
use stratiform_deploy::drift::{Coverage, Covered};
use stratiform_deploy::guard::Unasked;
use stratiform_diff::Consequence;

use super::{Difference, Judged, Shown, word};
use crate::view::sorted::sorted;

/// The shape of the JSON.
const VERSION: u32 = 1;

/// One object, to read.
pub(crate) fn json(shown: &Shown<'_>) -> String {
    format!("{:#}\n", sorted(object(shown)))
}

/// The same in a line, after those of a deployment.
pub(crate) fn json_line(shown: &Shown<'_>) -> String {
    format!("{}\n", object(shown))
}

fn object(shown: &Shown<'_>) -> Value {
    let ledger = shown.ledger;
    let stacks: Vec<Value> = shown.stacks.iter().map(stack).collect();
    json!({
        "version": VERSION,
        "environment": shown.environment,
        "region": shown.region,
        "account": shown.account,
        "verdict": word(shown.verdict),
        "ledger": {
            "total": ledger.total(),
            "checked": ledger.checked(),
            "inSync": ledger.in_sync,
            "drifted": ledger.drifted,
            "notSupported": ledger.not_supported,
            "notFollowed": ledger.not_followed,
            "notChecked": ledger.not_checked,
        },
        "stacks": stacks,
        "notListed": shown.unlisted.map(unasked),
    })
}

fn stack(judged: &Judged) -> Value {
    let stack = &judged.stack;
    let resources = stack.resources.iter();
    let resources = resources.map(|covered| resource(judged, covered));
    json!({
        "stack": stack.key,
        "name": stack.name,
        "inCode": judged.is_in_code,
        "notAsked": stack.unasked.iter().map(unasked).collect::<Vec<_>>(),
        "resources": resources.collect::<Vec<_>>(),
    })
}

fn unasked(unasked: &Unasked) -> Value {
    json!({"why": unasked.why, "help": unasked.help})
}

fn resource(judged: &Judged, covered: &Covered) -> Value {
    let id = covered.logical_id.as_str();
    let (why, last) = match &covered.coverage {
        Coverage::NotChecked { why, last } => (why.as_deref(), *last),
        _ => (None, None),
    };
    let mut value = json!({
        "logicalId": id,
        "type": covered.resource_type,
        "status": status(&covered.coverage),
        "why": why,
        "lastChecked": last,
    });
    if covered.coverage.is_drifted()
        && let Some(object) = value.as_object_mut()
    {
        let place = judged.declared.get(id);
        let place = place.map(|place| json!({"file": place.file(), "line": place.line()}));
        let differences: Vec<Value> = judged.of(id).map(difference).collect();
        let consequences: Vec<Value> = judged.consequences(id).map(consequence).collect();
        object.insert("severity".to_owned(), judged.severity(id).as_str().into());
        object.insert("declared".to_owned(), place.unwrap_or_default());
        object.insert("differences".to_owned(), differences.into());
        object.insert("consequences".to_owned(), consequences.into());
    }
    value
}

fn status(coverage: &Coverage) -> &'static str {
    match coverage {
        Coverage::InSync => "in-sync",
        Coverage::Modified => "modified",
        Coverage::Deleted => "deleted",
        Coverage::NotSupported => "not-supported",
        Coverage::NotFollowed => "not-followed",
        Coverage::NotChecked { .. } => "not-checked",
    }
}

fn difference(difference: &Difference) -> Value {
    let mut keys = difference.keys.iter().map(|key| {
        let (file, line) = key.at.as_ref().map(|(file, line)| (file, line)).unzip();
        json!({"path": key.path, "value": key.value, "file": file, "line": line, "adopt": key.adopted})
    });
    json!({
        "path": difference.path,
        "difference": difference.kind,
        "expected": difference.expected,
        "actual": difference.actual,
        "mayHaveBeen": difference.who,
        "cannotBeSetBack": difference.stays,
        "from": keys.next(),
        "alsoFrom": keys.collect::<Vec<_>>(),
    })
}

fn consequence(found: &Consequence) -> Value {
    json!({
        "kind": found.kind,
        "severity": found.severity,
        "certainty": found.certainty,
        "what": found.what,
        "why": found.why,
        "details": found.details,
    })
}
