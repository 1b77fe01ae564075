//! How an environment stands, for people and for programs.

use serde_json::{Value, json};
use stratiform_deploy::Health;
use stratiform_deploy::guard::Asked;
use stratiform_deploy::status::{Origin, Part, PartKind, StackStanding, State, Status, Version};
use stratiform_finding::words::visible;
use stratiform_service::Timestamp;

use super::deployment::words::one_line;
use super::style::{CYAN, GREEN, RED, YELLOW, paint};
use crate::report::Colour;
use crate::repository::git::short;

/// The shape of the JSON.
const VERSION: u32 = 1;

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    /// The environment.
    pub environment: &'a str,
    /// Its region.
    pub region: &'a str,
    /// The account that was asked.
    pub account: &'a str,
    /// How it stands.
    pub status: &'a Status,
}

/// A state in a word or two; what it means; and the way out, where there is one.
struct Words {
    state: &'static str,
    code: &'static str,
    meaning: String,
    way: String,
}

impl Words {
    fn of(state: &State, environment: &str) -> Words {
        let words = |state, code, meaning: &str, way: String| Words {
            state,
            code,
            meaning: meaning.to_owned(),
            way,
        };
        let command = |rest: &str| format!("`{rest}`").replace("ENV", environment);
        match state {
            State::NotDeployed => words("not deployed", YELLOW, "", command("deploy --env ENV")),
            State::Deployed => words("deployed", GREEN, "", String::new()),
            State::RolledBack => words(
                "rolled back",
                YELLOW,
                "its last deployment failed, and it is as it was before",
                format!("correct what failed, then {}", command("deploy --env ENV")),
            ),
            State::NeverCreated => words(
                "not created",
                RED,
                "its creation failed, and all of it was deleted",
                format!(
                    "correct what failed, then {}, which makes it anew",
                    command("deploy --env ENV")
                ),
            ),
            State::InProgress { status, run } => Words {
                state: "in progress",
                code: CYAN,
                meaning: match run {
                    Some(run) => format!("{status}, of run {}", visible(run)),
                    None => format!("{status}, of no run that is known here"),
                },
                way: "wait until that has ended".to_owned(),
            },
            State::Halfway(status) => Words {
                state: "halfway",
                code: RED,
                meaning: format!("{status}: an operation failed, and nothing went back"),
                way: command("rollback --env ENV"),
            },
            State::RollbackStuck => words(
                "stuck",
                RED,
                "UPDATE_ROLLBACK_FAILED: its rollback failed",
                format!(
                    "correct what is in the way, then {}",
                    command("rollback --env ENV")
                ),
            ),
            State::Broken(status) => Words {
                state: "stuck",
                code: RED,
                meaning: format!("{status}: what is left of it can only be deleted"),
                way: format!(
                    "see to what is in the way, then delete this stack, or all of them with {}",
                    command("destroy --env ENV")
                ),
            },
            State::Unknown(status) => Words {
                state: "not known",
                code: RED,
                meaning: format!("{status} is a status that is not known here"),
                way: "look at it in CloudFormation".to_owned(),
            },
            State::Unasked(unasked) => Words {
                state: "not asked",
                code: CYAN,
                meaning: one_line(&unasked.why),
                way: unasked.help.clone(),
            },
        }
    }
}

/// `2026-11-29 03:12`, in UTC.
fn minute(moment: Timestamp) -> String {
    let text = moment.to_string();
    text.get(..16).unwrap_or(&text).replace('T', " ")
}

fn origin(origin: &Origin) -> String {
    match (&origin.release, &origin.commit) {
        (Some(release), Some(commit)) => {
            format!("{} ({})", visible(release), visible(short(commit)))
        }
        (Some(release), None) => visible(release).into_owned(),
        (None, Some(commit)) => format!("commit {}", visible(short(commit))),
        (None, None) => "no recorded release".to_owned(),
    }
}

/// Where a stack comes from, since when, and why.
fn record(stack: &StackStanding) -> String {
    let record = &stack.record;
    let from = Origin {
        release: record.release.clone(),
        commit: record.commit.clone(),
    };
    let by = record.deployed_by.as_deref();
    let parts = [
        Some(origin(&from)),
        stack
            .changed
            .map(|changed| format!("{} UTC", minute(changed))),
        by.map(|by| format!("by {}", visible(by))),
        record
            .reason
            .as_deref()
            .map(|reason| format!("because: {}", one_line(reason))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join("  ")
}

fn coloured(text: String, code: &str, colour: Colour) -> String {
    match colour {
        Colour::Always => paint(&text, code),
        Colour::Never => text,
    }
}

/// A line per stack, one per thing that runs, then the whole in a sentence.
pub(crate) fn text(shown: &Shown<'_>, colour: Colour) -> String {
    let Shown {
        environment,
        region,
        account,
        status,
    } = shown;
    let stacks: String = stacks(status, environment, colour);
    let parts: String = parts(status, colour);
    let parts = if parts.is_empty() {
        parts
    } else {
        format!("{parts}\n")
    };
    format!(
        "{environment} in {region}, account {account}\n\n{stacks}\n{parts}{}\n",
        sentence(shown)
    )
}

fn stacks(status: &Status, environment: &str, colour: Colour) -> String {
    let words: Vec<(&StackStanding, Words)> = status
        .stacks
        .iter()
        .map(|stack| (stack, Words::of(&stack.state, environment)))
        .collect();
    let keys = words.iter().map(|(stack, _)| stack.key.chars().count());
    let keys = keys.max().unwrap_or_default();
    let states = words.iter().map(|(_, words)| words.state.len());
    let states = states.max().unwrap_or_default();
    let indent = " ".repeat(2 + keys + 2 + states + 2);
    let mut text = String::new();
    for (stack, words) in &words {
        let state = coloured(format!("{:states$}", words.state), words.code, colour);
        let way = Some(&words.way).filter(|way| !way.is_empty());
        let lines = [
            stack.changed.map(|_| record(stack)),
            Some(words.meaning.clone()).filter(|meaning| !meaning.is_empty()),
            way.map(|way| format!("→ {way}")),
        ];
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        let about = lines.join(&format!("\n{indent}"));
        let line = format!("  {:keys$}  {state}  {about}", stack.key);
        text += &format!("{}\n", line.trim_end());
    }
    text
}

fn kind(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Service => "service",
        PartKind::Database => "database",
        PartKind::Alarms => "alarms",
        PartKind::Alarm => "alarm",
        PartKind::Resources => "resources",
    }
}

/// How something that runs is, in a word, and more where it is not well.
fn health(health: &Asked<Health>) -> (&'static str, &'static str, Option<&str>) {
    match health {
        Ok(Health::Healthy) => ("well", GREEN, None),
        Ok(Health::Not(why)) => ("not well", RED, Some(why)),
        Ok(Health::Broken(why)) => ("broken", RED, Some(why)),
        Err(unasked) => ("not asked", CYAN, Some(&unasked.why)),
    }
}

fn parts(status: &Status, colour: Colour) -> String {
    let name = |part: &Part| {
        let name = part.name.as_deref().unwrap_or_default();
        visible(name).into_owned()
    };
    let widest = |of: fn(&Part) -> usize| status.parts.iter().map(of).max().unwrap_or_default();
    let kinds = widest(|part| kind(part.kind).len());
    let words = widest(|part| health(&part.health).0.len());
    let names = status.parts.iter().map(|part| name(part).chars().count());
    let names = names.max().unwrap_or_default();
    let lines = status.parts.iter().map(|part| {
        let (word, code, why) = health(&part.health);
        let word = coloured(format!("{word:words$}"), code, colour);
        // Why a service is not well says how much of it runs.
        let extent = Some(part.extent.as_str());
        let extent = extent.filter(|extent| why.is_none_or(|why| !why.starts_with(extent)));
        let more = [extent, why];
        let more = more.into_iter().flatten().filter(|more| !more.is_empty());
        let more: Vec<String> = more.map(one_line).collect();
        let (kind, name) = (kind(part.kind), name(part));
        let line = format!(
            "  {kind:kinds$}  {name:names$}  {word}  {}",
            more.join(": ")
        );
        format!("{}\n", line.trim_end())
    });
    lines.collect()
}

/// From which release it is, and whether all is well.
fn sentence(shown: &Shown<'_>) -> String {
    let Shown {
        environment,
        status,
        ..
    } = shown;
    let from = match status.version() {
        Version::None => return format!("{environment}: nothing is deployed"),
        Version::One(from) => format!("{environment} runs {}", origin(&from)),
        Version::Several(newest, others) => {
            let others = others.iter();
            let others =
                others.map(|(from, keys)| format!("{} of {}", keys.join(", "), origin(from)));
            let others: Vec<String> = others.collect();
            format!(
                "{environment} was last deployed from {}; not changed since: {}",
                origin(&newest),
                others.join("; ")
            )
        }
    };
    let verdict = if status.is_well() {
        "all is well"
    } else {
        "not all is well"
    };
    format!("{from}; {verdict}")
}

/// The same for programs.
pub(crate) fn json(shown: &Shown<'_>) -> String {
    let Shown {
        environment,
        region,
        account,
        status,
    } = shown;
    let stacks = status
        .stacks
        .iter()
        .map(|stack| of_stack(stack, environment));
    let parts = status.parts.iter().map(|part| {
        let (word, _, why) = health(&part.health);
        json!({
            "kind": kind(part.kind),
            "name": part.name,
            "health": word.replace(' ', "-"),
            "extent": part.extent,
            "why": why,
        })
    });
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
    let value = json!({
        "version": VERSION,
        "environment": environment,
        "region": region,
        "account": account,
        "well": status.is_well(),
        "runs": newest,
        "notChangedSince": others.collect::<Vec<_>>(),
        "stacks": stacks.collect::<Vec<_>>(),
        "parts": parts.collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn of_stack(stack: &StackStanding, environment: &str) -> Value {
    let words = Words::of(&stack.state, environment);
    let (status, run) = match &stack.state {
        State::InProgress { status, run } => (Some(status.as_str()), run.as_deref()),
        State::Halfway(status) | State::Broken(status) | State::Unknown(status) => {
            (Some(status.as_str()), None)
        }
        State::RollbackStuck => (Some("UPDATE_ROLLBACK_FAILED"), None),
        State::NotDeployed
        | State::Deployed
        | State::RolledBack
        | State::NeverCreated
        | State::Unasked(_) => (None, None),
    };
    let said = |text: String| (!text.is_empty()).then_some(text);
    json!({
        "stack": stack.key,
        "state": words.state.replace(' ', "-"),
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
    })
}

#[cfg(test)]
mod tests {
    use stratiform_deploy::Record;
    use stratiform_deploy::guard::Unasked;
    use stratiform_service::Word;

    use super::*;

    fn stack(key: &str, state: State, release: &str) -> StackStanding {
        StackStanding {
            key: key.to_owned(),
            state,
            record: Record {
                release: Some(release.to_owned()),
                commit: Some("1a2b3c4d5e6f".to_owned()),
                deployed_by: Some("alice".to_owned()),
                reason: None,
                rebuilt_from: None,
            },
            run: Some("0123456789".to_owned()),
            changed: "2026-11-29T03:12:44.000Z".parse().ok(),
        }
    }

    fn part(kind: PartKind, name: Option<&str>, extent: &str, health: Asked<Health>) -> Part {
        Part {
            kind,
            name: name.map(str::to_owned),
            extent: extent.to_owned(),
            health,
        }
    }

    fn everything() -> Status {
        let denied = || Unasked::because("DescribeStacks: denied", "allow it");
        let none = StackStanding {
            record: Record::default(),
            run: None,
            changed: None,
            ..stack("backup", State::NotDeployed, "")
        };
        let mut urgent = stack("network", State::Deployed, "v1");
        urgent.record.reason = Some("the shop is down".to_owned());
        let going_on = State::InProgress {
            status: Word::new("UPDATE_IN_PROGRESS"),
            run: Some("9876543210".to_owned()),
        };
        Status {
            stacks: vec![
                urgent,
                stack("database", State::RolledBack, "v1"),
                stack("queues", going_on, "v2"),
                stack("services", State::RollbackStuck, "v2"),
                stack("alarms", State::Broken(Word::new("DELETE_FAILED")), "v2"),
                stack("extra", State::Halfway(Word::new("UPDATE_FAILED")), "v2"),
                stack("first", State::NeverCreated, "v2"),
                StackStanding {
                    changed: None,
                    ..stack("secret", State::Unasked(denied()), "")
                },
                none,
            ],
            parts: vec![
                part(
                    PartKind::Service,
                    Some("api"),
                    "2 of 2 tasks run",
                    Ok(Health::Healthy),
                ),
                part(
                    PartKind::Service,
                    Some("worker"),
                    "0 of 1 tasks run",
                    Ok(Health::Not("0 of 1 tasks run, 1 deployments".to_owned())),
                ),
                part(
                    PartKind::Database,
                    Some("shop-dev"),
                    "available",
                    Ok(Health::Healthy),
                ),
                part(
                    PartKind::Alarm,
                    Some("errors"),
                    "",
                    Ok(Health::Not("threshold\ncrossed".to_owned())),
                ),
                part(PartKind::Alarms, None, "11 not on", Ok(Health::Healthy)),
                part(PartKind::Resources, Some("secret"), "", Err(denied())),
            ],
        }
    }

    fn shown(status: &Status) -> Shown<'_> {
        Shown {
            environment: "dev",
            region: "eu-west-1",
            account: "111122223333",
            status,
        }
    }

    #[test]
    fn for_people() {
        insta::assert_snapshot!(text(&shown(&everything()), Colour::Never));
    }

    #[test]
    fn all_is_well() {
        let mut status = everything();
        status.stacks.truncate(1);
        status.parts.truncate(1);
        let text = text(&shown(&status), Colour::Never);
        assert!(
            text.ends_with("\ndev runs v1 (1a2b3c4); all is well\n"),
            "{text}"
        );
    }

    #[test]
    fn for_programs() {
        let mut status = everything();
        status.stacks.truncate(4);
        status.parts.truncate(2);
        insta::assert_snapshot!(json(&shown(&status)));
    }
}
