//! What a watch saw, for people and for programs.

use std::time::Duration;

use serde_json::{Value, json};
use stratiform_deploy::status::{PartKind, Status, Verdict};
use stratiform_deploy::watch::{Subject, Worse};
use stratiform_finding::words::{counted, joined, visible};
use stratiform_service::Timestamp;

use super::deployment::words::{duration, one_line};
use super::status::minute;
use crate::view::sorted::sorted;

/// The shape of the JSON.
const VERSION: u32 = 1;

/// How a watch ended.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// Nothing got worse.
    Well {
        /// When it began.
        began: Timestamp,
        /// When it ended.
        ended: Timestamp,
        /// How many looks.
        looks: usize,
        /// What was not well at the last look, and not for long enough to count.
        in_doubt: Vec<Subject>,
        /// What could not be asked at any look, and why.
        unseen: Vec<(Subject, String)>,
    },
    /// Something did.
    Worse {
        /// What.
        worse: Worse,
        /// When the watch began.
        began: Timestamp,
        /// When it ended.
        ended: Timestamp,
        /// How many looks.
        looks: usize,
    },
    /// Nothing is deployed, and nothing was watched.
    NotDeployed,
    /// The last deployment is too long ago, and nothing was watched.
    TooLate {
        /// When it began.
        deployed: Timestamp,
    },
}

impl End {
    /// What got worse.
    pub(crate) fn worse(&self) -> Option<&Worse> {
        match self {
            End::Worse { worse, .. } => Some(worse),
            End::Well { .. } | End::NotDeployed | End::TooLate { .. } => None,
        }
    }

    /// What nobody could look at, and why.
    pub(crate) fn unseen(&self) -> &[(Subject, String)] {
        match self {
            End::Well { unseen, .. } => unseen,
            End::Worse { .. } | End::NotDeployed | End::TooLate { .. } => &[],
        }
    }
}

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    /// The environment.
    pub environment: &'a str,
    /// Its region.
    pub region: &'a str,
    /// The account that was asked.
    pub account: &'a str,
    /// How it ended.
    pub end: &'a End,
}

/// What is said at the start.
pub(crate) fn beginning(
    environment: &str,
    first: &Status,
    until: Timestamp,
    every: Duration,
) -> String {
    let is = match first.verdict() {
        Verdict::Well => "all is well",
        Verdict::NotWell => "not all is well, and that does not count",
        Verdict::NeedsPerson => "a stack needs a person, and that does not count",
    };
    format!(
        "watching {environment} until {} UTC, every {}: now {is}",
        minute(until),
        duration(every)
    )
}

/// What it is, as the beginning of a sentence.
fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Stack(key) => format!("the stack `{}`", visible(key)),
        Subject::Drift(key) => format!("the stack `{}`", visible(key)),
        Subject::Errors(name) => format!("the target group `{}`", visible(name)),
        Subject::Part(kind, name) => {
            let kind = match kind {
                PartKind::Service => "the service",
                PartKind::Database => "the database",
                PartKind::Alarm => "the alarm",
                PartKind::Alarms => return "alarms".to_owned(),
                PartKind::Resources => "what is in the stack",
            };
            format!("{kind} `{}`", visible(name))
        }
    }
}

/// The command that goes back.
fn way_back(worse: &Worse, environment: &str) -> String {
    match worse.subject {
        Subject::Drift(_) => format!("drift --env {environment} --revert"),
        Subject::Stack(_) | Subject::Part(..) | Subject::Errors(_) => {
            format!("rollback --env {environment}")
        }
    }
}

/// Why it goes back by itself: what is recorded on the stacks.
pub(crate) fn reason(worse: &Worse) -> String {
    format!(
        "watch: {} since {} UTC: {}",
        subject(&worse.subject).replace('`', ""),
        minute(worse.since),
        one_line(&worse.why)
    )
}

/// The end in a sentence or two.
pub(crate) fn text(shown: &Shown<'_>) -> String {
    let head = format!(
        "{} in {}, account {}: ",
        shown.environment, shown.region, shown.account
    );
    head + &match shown.end {
        End::Well {
            looks,
            in_doubt,
            unseen,
            ..
        } => {
            let doubt = match in_doubt.is_empty() {
                true => String::new(),
                false => format!(
                    "; not well at the last look, and not for long: {}",
                    joined(in_doubt.iter().map(subject))
                ),
            };
            let looks = counted(*looks, "look");
            let what = match unseen.is_empty() {
                true => "nothing",
                false => "nothing of what could be looked at",
            };
            let unseen = unseen
                .iter()
                .map(|(of, why)| format!("  not looked at: {}: {}\n", subject(of), one_line(why)));
            let unseen: String = unseen.collect();
            format!("{what} got worse at {looks}{doubt}\n{unseen}")
        }
        End::Worse { worse, looks, .. } => format!(
            "worse at look {looks}\n  {}: {}\n  since {} UTC\n  → `{}`\n",
            subject(&worse.subject),
            one_line(&worse.why),
            minute(worse.since),
            way_back(worse, shown.environment)
        ),
        End::NotDeployed => "nothing is deployed, and nothing was watched\n".to_owned(),
        End::TooLate { deployed } => format!(
            "the last deployment began {} UTC, which is too long ago: nothing was watched\n",
            minute(*deployed)
        ),
    }
}

/// The same for programs.
pub(crate) fn json(shown: &Shown<'_>) -> String {
    let (result, began, ended, looks) = match shown.end {
        End::Well {
            began,
            ended,
            looks,
            ..
        } => (
            match shown.end.unseen() {
                [] => "well",
                _ => "not-known",
            },
            Some(began),
            Some(ended),
            *looks,
        ),
        End::Worse {
            began,
            ended,
            looks,
            ..
        } => ("worse", Some(began), Some(ended), *looks),
        End::NotDeployed => ("not-deployed", None, None, 0),
        End::TooLate { .. } => ("too-late", None, None, 0),
    };
    let worse = shown.end.worse().map(|worse| {
        json!({
            "subject": subject(&worse.subject).replace('`', ""),
            "alarm": worse.is_alarm(),
            "why": worse.why,
            "since": worse.since,
            "wayBack": way_back(worse, shown.environment),
        })
    });
    let unseen = shown.end.unseen().iter();
    let unseen: Vec<Value> = unseen
        .map(|(of, why)| json!({"subject": subject(of).replace('`', ""), "why": why}))
        .collect();
    let value = json!({
        "version": VERSION,
        "environment": shown.environment,
        "region": shown.region,
        "account": shown.account,
        "result": result,
        "began": began,
        "ended": ended,
        "looks": looks,
        "worse": worse.unwrap_or(Value::Null),
        "notLookedAt": unseen,
    });
    format!("{:#}\n", sorted(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u32) -> Timestamp {
        format!("2026-11-28T03:{minute:02}:00.000Z")
            .parse()
            .unwrap()
    }

    fn shown(end: &End) -> Shown<'_> {
        Shown {
            environment: "dev",
            region: "eu-west-1",
            account: "111122223333",
            end,
        }
    }

    fn worse(subject: Subject) -> End {
        End::Worse {
            worse: Worse {
                subject,
                why: "threshold\ncrossed".to_owned(),
                since: at(7),
            },
            began: at(0),
            ended: at(8),
            looks: 8,
        }
    }

    #[test]
    fn what_got_worse_and_the_way_back() {
        let alarm = worse(Subject::Part(PartKind::Alarm, "errors".to_owned()));
        assert_eq!(
            text(&shown(&alarm)),
            "dev in eu-west-1, account 111122223333: worse at look 8\n  the alarm `errors`: threshold crossed\n  \
             since 2026-11-28 03:07 UTC\n  → `rollback --env dev`\n"
        );
        let value: Value = serde_json::from_str(&json(&shown(&alarm))).unwrap();
        assert_eq!(
            (&value["result"], &value["worse"]["alarm"]),
            (&"worse".into(), &true.into())
        );
        assert_eq!(
            alarm.worse().map(reason).as_deref(),
            Some("watch: the alarm errors since 2026-11-28 03:07 UTC: threshold crossed")
        );
        let drift = worse(Subject::Drift("network".to_owned()));
        assert!(text(&shown(&drift)).ends_with("→ `drift --env dev --revert`\n"));
    }

    #[test]
    fn nothing_got_worse() {
        let well = End::Well {
            began: at(0),
            ended: at(30),
            looks: 31,
            in_doubt: vec![Subject::Part(PartKind::Service, "api".to_owned())],
            unseen: Vec::new(),
        };
        assert!(text(&shown(&well)).ends_with(
            ": nothing got worse at 31 looks; not well at the last look, and not for long: the service `api`\n"
        ));
        let blind = End::Well {
            began: at(0),
            ended: at(1),
            looks: 2,
            in_doubt: Vec::new(),
            unseen: vec![(Subject::Stack("network".to_owned()), "denied".to_owned())],
        };
        assert!(text(&shown(&blind)).ends_with(
            ": nothing of what could be looked at got worse at 2 looks\n  not looked at: the stack `network`: denied\n"
        ));
        let value: Value = serde_json::from_str(&json(&shown(&blind))).unwrap();
        assert_eq!(
            (&value["result"], &value["notLookedAt"][0]["subject"]),
            (&"not-known".into(), &"the stack network".into())
        );
        let late = End::TooLate { deployed: at(0) };
        assert!(text(&shown(&late)).ends_with("which is too long ago: nothing was watched\n"));
        let value: Value = serde_json::from_str(&json(&shown(&late))).unwrap();
        assert_eq!(
            (&value["result"], &value["worse"]),
            (&"too-late".into(), &Value::Null)
        );
    }
}
