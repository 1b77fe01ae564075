//! How environments stand, as JSON. `docs/status.md` documents it.

use serde_json::{Value, json};
use stratiform_deploy::guard::Asked;
use stratiform_deploy::status::{
    Backup, Origin, Part, RunningImage, Saved, ServiceDetail, StackStanding, State, Verdict,
    Version,
};

use super::Shown;
use super::parts::{health, kind};
use super::words::Words;
use crate::commands::status::finding::Standing;
use crate::view::sorted::sorted;

/// The shape of the JSON.
const VERSION: u32 = 2;

/// All of them, for programs and for people who read it.
pub(crate) fn json(all: &[Shown<'_>]) -> String {
    format!("{:#}\n", sorted(whole(all)))
}

/// The same in a line.
pub(crate) fn line(all: &[Shown<'_>]) -> String {
    format!("{}\n", sorted(whole(all)))
}

fn whole(all: &[Shown<'_>]) -> Value {
    let environments = all.iter().map(|shown| match shown.found {
        Ok(found) => asked(shown, found),
        Err(failure) => json!({
            "environment": shown.environment,
            "region": shown.region,
            "account": null,
            "verdict": "not-asked",
            "why": failure.findings.iter().map(|finding| &finding.what).collect::<Vec<_>>(),
        }),
    });
    json!({"version": VERSION, "environments": environments.collect::<Vec<_>>()})
}

fn asked(shown: &Shown<'_>, found: &Standing) -> Value {
    let status = &found.status;
    let stacks = status.stacks.iter();
    let stacks = stacks.map(|stack| of_stack(stack, shown.environment));
    let from = |origin: &Origin| json!({"release": origin.release, "commit": origin.commit});
    let (newest, others) = match status.version() {
        Version::None => (Value::Null, Vec::new()),
        Version::One(newest) => (from(&newest), Vec::new()),
        Version::Several(newest, others) => (from(&newest), others),
    };
    let others = others.iter().map(|(origin, keys)| {
        let mut value = from(origin);
        value["stacks"] = json!(keys);
        value
    });
    json!({
        "environment": shown.environment,
        "region": shown.region,
        "account": found.identity.account,
        "at": found.at,
        "verdict": verdict(status.verdict()),
        "runs": newest,
        "notChangedSince": others.collect::<Vec<_>>(),
        "stacks": stacks.collect::<Vec<_>>(),
        "compliance": {
            "score": shown.compliance.score,
            "withoutAccepted": shown.compliance.without_accepted,
            "minimum": shown.minimum,
        },
        "parts": status.parts.iter().map(of_part).collect::<Vec<_>>(),
    })
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Well => "well",
        Verdict::NotWell => "not-well",
        Verdict::NeedsPerson => "needs-person",
    }
}

/// What was asked, or why it could not be.
fn or_why<T>(asked: &Asked<T>, value: impl FnOnce(&T) -> Value) -> Value {
    match asked {
        Ok(found) => value(found),
        Err(unasked) => json!({"notAsked": unasked.why}),
    }
}

fn of_part(part: &Part) -> Value {
    let (word, _, why) = health(&part.health);
    let mut value = json!({
        "kind": kind(part.kind),
        "name": part.name,
        "health": word.replace(' ', "-"),
        "extent": part.extent,
        "why": why,
        "since": part.since,
    });
    if let Some(service) = &part.service {
        value["service"] = of_service(service);
    }
    if let Some(backup) = &part.backup {
        value["backup"] = or_why(backup, |backup| {
            backup.as_ref().map_or(Value::Null, of_backup)
        });
    }
    value
}

fn of_service(service: &ServiceDetail) -> Value {
    let targets = service.targets.as_ref().map(|targets| {
        or_why(
            targets,
            |count| json!({"healthy": count.healthy, "all": count.all}),
        )
    });
    json!({
        "desired": service.desired,
        "running": service.running,
        "deployment": service.deployment,
        "targets": targets,
        "images": or_why(&service.images, |images| images.iter().map(of_image).collect()),
    })
}

fn of_image(image: &RunningImage) -> Value {
    json!({
        "container": image.container,
        "name": image.name,
        "digest": image.digest,
        "tags": or_why(&image.tags, |tags| json!(tags)),
    })
}

fn of_backup(backup: &Backup) -> Value {
    let (kind, name) = match &backup.saved {
        Saved::Continuously => ("continuous", None),
        Saved::Snapshot(name) => ("snapshot", Some(name)),
    };
    json!({"at": backup.at, "kind": kind, "name": name})
}

fn of_stack(stack: &StackStanding, environment: &str) -> Value {
    let words = Words::of(&stack.state, environment);
    let (status, run) = match &stack.state {
        State::InProgress { status, run } => (Some(status.as_str()), run.as_deref()),
        State::Halfway(status) | State::Broken(status) | State::Unknown(status) => {
            (Some(status.as_str()), None)
        }
        State::RollbackStuck => (Some("UPDATE_ROLLBACK_FAILED"), None),
        State::CreationStuck => (Some("ROLLBACK_FAILED"), None),
        State::NotDeployed
        | State::Deployed
        | State::RolledBack
        | State::NeverCreated
        | State::Unasked(_) => (None, None),
    };
    let said = |text: String| (!text.is_empty()).then_some(text);
    let pending = or_why(&stack.pending, |all| {
        let all = all.iter().map(|change_set| {
            json!({
                "name": change_set.name,
                "description": change_set.description,
                "made": change_set.created,
            })
        });
        all.collect()
    });
    let drift = stack.drift.as_ref();
    json!({
        "stack": stack.key,
        "state": words.state.replace(' ', "-"),
        "needsPerson": stack.state.needs_person(),
        "status": status,
        "inProgressOf": run,
        "why": said(words.meaning),
        "wayOut": said(words.way),
        "release": stack.record.release,
        "commit": stack.record.commit,
        "deployedBy": stack.record.deployed_by,
        "run": stack.run,
        "reason": stack.record.reason,
        "changed": stack.changed,
        "pendingChangeSets": pending,
        "drift": drift.map(|drift| json!({"status": drift.status, "checked": drift.checked})),
    })
}
