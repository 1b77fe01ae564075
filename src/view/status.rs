//! How environments stand, for people and for programs.

mod json;
mod parts;
mod words;

use stratiform_deploy::status::{Origin, StackStanding, Status, Verdict, Version};
use stratiform_finding::words::visible;
use stratiform_service::Timestamp;

use self::words::Words;
use super::deployment::words::one_line;
use super::style::paint;
use crate::commands::status::finding::Standing;
use crate::report::{Colour, Failure};
use crate::repository::git::short;
use crate::validation::Compliance;

pub(crate) use json::{json, line};

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    /// The environment.
    pub environment: &'a str,
    /// Its region.
    pub region: &'a str,
    /// How what is checked out stands by its policies.
    pub compliance: &'a Compliance,
    /// The score that it needs to be deployed.
    pub minimum: Option<u32>,
    /// How it stands; or why that could not be asked.
    pub found: Result<&'a Standing, &'a Failure>,
}

/// `2026-11-29 03:12`, in UTC.
pub(super) fn minute(moment: Timestamp) -> String {
    let text = moment.to_string();
    text.get(..16).unwrap_or(&text).replace('T', " ")
}

pub(super) fn origin(origin: &Origin) -> String {
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

pub(super) fn coloured(text: String, code: &str, colour: Colour) -> String {
    match colour {
        Colour::Always => paint(&text, code),
        Colour::Never => text,
    }
}

/// An environment after the other.
pub(crate) fn text(all: &[Shown<'_>], colour: Colour) -> String {
    let asked = all.iter().filter_map(|shown| {
        let found = shown.found.ok()?;
        Some(one(shown, found, colour))
    });
    let asked: Vec<String> = asked.collect();
    asked.join("\n")
}

/// A line per stack, one per thing that runs, then the whole in a sentence.
fn one(shown: &Shown<'_>, found: &Standing, colour: Colour) -> String {
    let status = &found.status;
    let stacks = stacks(status, shown.environment, colour);
    let parts = parts::lines(status, found.at, colour);
    let parts = if parts.is_empty() {
        parts
    } else {
        format!("{parts}\n")
    };
    format!(
        "{} in {}, account {}\n\n{stacks}\n{parts}{}\n{}",
        shown.environment,
        shown.region,
        found.identity.account,
        sentence(shown.environment, status),
        compliance(shown),
    )
}

/// How what is checked out stands by its policies; nothing where none asks about anything.
fn compliance(shown: &Shown<'_>) -> String {
    let Some(score) = shown.compliance.score else {
        return String::new();
    };
    let number = shown.compliance.number();
    let least = match shown.minimum {
        Some(least) if score < least => format!(", below the {least} that it needs to be deployed"),
        Some(_) | None => String::new(),
    };
    format!("compliance of what is checked out: {number}{least}\n")
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
            drifted(stack, environment),
        ];
        let lines = lines.into_iter().flatten().chain(pending(stack));
        let lines: Vec<String> = lines.collect();
        let about = lines.join(&format!("\n{indent}"));
        let line = format!("  {:keys$}  {state}  {about}", stack.key);
        text += &format!("{}\n", line.trim_end());
    }
    text + &unchecked(status, environment)
}

/// That a stack was not as its template says.
fn drifted(stack: &StackStanding, environment: &str) -> Option<String> {
    let drift = stack.drift.as_ref()?;
    let when = drift
        .checked
        .map_or_else(String::new, |checked| format!(", {} UTC", minute(checked)));
    (drift.status != "IN_SYNC").then(|| {
        let status = visible(&drift.status);
        format!("drift: {status} when it was looked at last{when} → `drift --env {environment}`")
    })
}

/// Change sets that nobody executed, or why they could not be asked.
fn pending(stack: &StackStanding) -> Vec<String> {
    let change_sets = match &stack.pending {
        Ok(change_sets) => change_sets,
        Err(unasked) => return vec![format!("change sets not asked: {}", one_line(&unasked.why))],
    };
    let lines = change_sets.iter().map(|change_set| {
        let made = change_set.created;
        let made = made.map_or_else(String::new, |made| format!(", made {} UTC", minute(made)));
        let name = visible(&change_set.name);
        let about = change_set.description.as_deref();
        let about = about.map_or_else(String::new, |about| format!(" ({})", one_line(about)));
        format!("a change set waits: {name}{about}{made}")
    });
    lines.collect()
}

/// When drift was looked at: of stacks that had none then, and of those of which nobody knows.
fn unchecked(status: &Status, environment: &str) -> String {
    let there = status.stacks.iter().filter(|stack| stack.changed.is_some());
    let never: Vec<&str> = there
        .clone()
        .filter(|stack| stack.drift.is_none())
        .map(|stack| stack.key.as_str())
        .collect();
    let mut lines = Vec::new();
    let in_sync = there.filter(|stack| {
        let drift = stack.drift.as_ref();
        drift.is_some_and(|drift| drift.status == "IN_SYNC")
    });
    let checked = in_sync
        .clone()
        .filter_map(|stack| stack.drift.as_ref()?.checked);
    if let Some(oldest) = checked.min() {
        let keys: Vec<&str> = in_sync.map(|stack| stack.key.as_str()).collect();
        lines.push(format!(
            "  no drift in {}, {} UTC or later\n",
            keys.join(", "),
            minute(oldest)
        ));
    }
    if !never.is_empty() {
        lines.push(format!(
            "  drift was never looked at: {} → `drift --env {environment}`\n",
            never.join(", ")
        ));
    }
    match lines.is_empty() {
        true => String::new(),
        false => format!("\n{}", lines.concat()),
    }
}

/// From which release it is, and whether all is well.
fn sentence(environment: &str, status: &Status) -> String {
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
    let verdict = match status.verdict() {
        Verdict::Well => "all is well",
        Verdict::NotWell => "not all is well",
        Verdict::NeedsPerson => "a stack needs a person",
    };
    format!("{from}; {verdict}")
}

#[cfg(test)]
mod tests {
    use stratiform_deploy::call::{ChangeSetSummary, Drift};
    use stratiform_deploy::guard::{Asked, Unasked};
    use stratiform_deploy::status::{
        Backup, Part, PartKind, RunningImage, Saved, ServiceDetail, State, TargetCount,
    };
    use stratiform_deploy::{Health, Record};
    use stratiform_finding::Code;
    use stratiform_service::Word;

    use super::*;
    use crate::exit::Exit;

    fn stack(key: &str, state: State, release: &str) -> StackStanding {
        StackStanding {
            key: key.to_owned(),
            state,
            record: Record {
                release: Some(release.to_owned()),
                commit: Some("1a2b3c4d5e6f".to_owned()),
                deployed_by: Some("alice".to_owned()),
                ..Record::default()
            },
            run: Some("0123456789".to_owned()),
            changed: "2026-11-29T03:12:44.000Z".parse().ok(),
            pending: Ok(Vec::new()),
            drift: None,
        }
    }

    fn part(kind: PartKind, name: Option<&str>, extent: &str, health: Asked<Health>) -> Part {
        Part {
            kind,
            name: name.map(str::to_owned),
            extent: extent.to_owned(),
            health,
            service: None,
            backup: None,
            since: None,
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

    fn standing(status: Status) -> Standing {
        Standing {
            identity: stratiform_aws::Identity {
                account: "111122223333".parse().unwrap(),
                arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
            },
            at: "2026-11-29T14:12:44.000Z".parse().unwrap(),
            status,
        }
    }

    fn shown(found: &Standing) -> [Shown<'_>; 1] {
        static COMPLIANCE: Compliance = Compliance {
            score: Some(94),
            without_accepted: Some(91),
            questions: 60,
            hold: 54,
            broken: 2,
            accepted: 3,
            unknown: 1,
            off: 0,
            costs: Vec::new(),
        };
        [Shown {
            environment: "dev",
            region: "eu-west-1",
            compliance: &COMPLIANCE,
            minimum: Some(95),
            found: Ok(found),
        }]
    }

    /// With all that is known where everything could be asked.
    fn in_detail() -> Status {
        let mut status = everything();
        let [network, database, queues, ..] = status.stacks.as_mut_slice() else {
            panic!("there are stacks");
        };
        let drift = |status: &str| {
            Some(Drift {
                status: status.to_owned(),
                checked: "2026-11-28T03:00:00.000Z".parse().ok(),
            })
        };
        (network.drift, database.drift) = (drift("IN_SYNC"), drift("DRIFTED"));
        queues.pending = Ok(vec![ChangeSetSummary {
            name: "stratiform-0123456789-1a2b3c4d".to_owned(),
            description: Some("stratiform: v2".to_owned()),
            status: "CREATE_COMPLETE".to_owned(),
            execution: "AVAILABLE".to_owned(),
            created: "2026-11-29T10:00:00.000Z".parse().ok(),
        }]);
        let denied = Unasked::because("DescribeImages: denied", "allow it");
        let image = |container: &str, digest: Option<&str>, tags| RunningImage {
            container: container.to_owned(),
            name: format!("111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/{container}:2"),
            digest: digest.map(str::to_owned),
            tags,
        };
        status.parts[0].service = Some(ServiceDetail {
            desired: 2,
            running: 2,
            deployment: Some("COMPLETED".to_owned()),
            targets: Some(Ok(TargetCount { healthy: 2, all: 2 })),
            images: Ok(vec![
                image(
                    "api",
                    Some("sha256:0123456789abcdef0123"),
                    Ok(vec!["v2".to_owned()]),
                ),
                image("log", None, Err(denied)),
            ]),
        });
        status.parts[1].service = Some(ServiceDetail {
            desired: 1,
            running: 0,
            deployment: Some("IN_PROGRESS".to_owned()),
            targets: None,
            images: Ok(Vec::new()),
        });
        status.parts[2].backup = Some(Ok(Some(Backup {
            at: "2026-11-29T03:12:44.000Z".parse().unwrap(),
            saved: Saved::Snapshot("rds:shop-dev-2026-11-29".to_owned()),
        })));
        status.parts[3].since = "2026-11-29T14:02:00.000Z".parse().ok();
        status
    }

    #[test]
    fn for_people() {
        let found = standing(everything());
        insta::assert_snapshot!(text(&shown(&found), Colour::Never));
    }

    #[test]
    fn for_people_in_detail() {
        let found = standing(in_detail());
        insta::assert_snapshot!(text(&shown(&found), Colour::Never));
    }

    #[test]
    fn all_is_well() {
        let mut status = everything();
        status.stacks.truncate(1);
        status.parts.truncate(1);
        let found = standing(status);
        let text = text(&shown(&found), Colour::Never);
        assert!(
            text.contains("\ndev runs v1 (1a2b3c4); all is well\ncompliance of what"),
            "{text}"
        );
    }

    #[test]
    fn for_programs() {
        let mut status = in_detail();
        status.stacks.truncate(4);
        status.parts.truncate(4);
        let found = standing(status);
        let json = json(&shown(&found));
        assert_eq!(line(&shown(&found)).lines().count(), 1);
        insta::assert_snapshot!(json);
    }

    #[test]
    fn what_could_not_be_asked_is_there_too() {
        let found = standing(everything());
        let failure = Failure::new(
            Exit::Failed,
            Code::AwsCredentials,
            "the credentials are of another account",
            "",
        );
        let [dev] = shown(&found);
        let prod = Shown {
            environment: "prod",
            found: Err(&failure),
            ..dev
        };
        let json: serde_json::Value = serde_json::from_str(&line(&[dev, prod])).unwrap();
        let [dev, prod] = [&json["environments"][0], &json["environments"][1]];
        assert_eq!(
            (&dev["verdict"], &prod["verdict"]),
            (&"needs-person".into(), &"not-asked".into())
        );
        assert_eq!(prod["why"][0], "the credentials are of another account");
    }
}
