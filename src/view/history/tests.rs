use stratiform_deploy::guard::Unasked;
use stratiform_deploy::history::Step;
use stratiform_deploy::{Cause, Record};
use stratiform_service::Word;

use super::*;

fn at(minute: u32) -> Timestamp {
    format!("2026-11-28T03:{minute:02}:00.000Z")
        .parse()
        .unwrap()
}

fn step(key: &str, from: u32, to: Option<u32>, outcome: Outcome) -> Step {
    let failed = outcome != Outcome::Succeeded && outcome != Outcome::InProgress;
    Step {
        key: key.to_owned(),
        operation: "UPDATE_IN_PROGRESS".to_owned(),
        began: at(from),
        ended: to.map(at),
        outcome,
        cause: failed.then(|| Cause {
            within: Vec::new(),
            logical_id: "Queue".parse().ok(),
            resource_type: "AWS::SQS::Queue".to_owned(),
            status: Word::new("UPDATE_FAILED"),
            reason: "the key <arn> is\nnot there | at all".to_owned(),
            nested: None,
        }),
    }
}

fn deployment(kind: Kind, outcome: Outcome, stacks: Vec<Step>) -> Deployment {
    let ended: Option<Vec<Timestamp>> = stacks.iter().map(|step| step.ended).collect();
    Deployment {
        kind,
        run: Some("0123456789".to_owned()),
        record: Record::default(),
        commit: Some("1a2b3c4d5e6f".to_owned()),
        approvers: Vec::new(),
        tag: Some("v1".to_owned()),
        began: stacks[0].began,
        ended: ended.and_then(|ended| ended.into_iter().max()),
        outcome,
        stacks,
    }
}

fn history() -> History {
    let two = |outcome| {
        vec![
            step("network", 10, Some(14), Outcome::Succeeded),
            step("queues", 15, Some(17), outcome),
        ]
    };
    let mut urgent = deployment(Kind::Deploy, Outcome::Succeeded, two(Outcome::Succeeded));
    urgent.record = Record {
        release: Some("v2".to_owned()),
        commit: Some("aaaabbbbccccdddd".to_owned()),
        deployed_by: Some("alice".to_owned()),
        reason: Some("the shop is down".to_owned()),
        approved_by: Some("alice with --yes".to_owned()),
        skipped: Some("backup alarms".to_owned()),
        rebuilt_from: None,
    };
    let mut foreign = deployment(
        Kind::Foreign,
        Outcome::InProgress,
        vec![step("queues", 40, None, Outcome::InProgress)],
    );
    (foreign.run, foreign.commit, foreign.tag) = (None, None, None);
    History {
        deployments: vec![
            foreign,
            urgent,
            deployment(Kind::Deploy, Outcome::RolledBack, two(Outcome::RolledBack)),
        ],
        rates: Rates {
            deployments: 3,
            succeeded: 2,
            rolled_back: 1,
            needed_person: 0,
            median: Some(430_000),
        },
        gaps: vec![
            Gap::Overwritten(1),
            Gap::Deleted(Unasked::because("ListStacks: denied", "")),
            Gap::Forgotten {
                key: "queues".to_owned(),
                created: at(1),
                oldest: Some(at(9)),
            },
            Gap::TooOld(at(0)),
        ],
    }
}

fn shown(history: &History) -> Shown<'_> {
    Shown {
        environment: "dev",
        region: "eu-west-1",
        account: "111122223333",
        since: at(0),
        history,
    }
}

#[test]
fn for_people() {
    insta::assert_snapshot!(text(&shown(&history()), Colour::Never));
}

#[test]
fn for_a_report() {
    insta::assert_snapshot!(markdown(&shown(&history())));
}

#[test]
fn for_programs() {
    insta::assert_snapshot!(json(&shown(&history())));
}

#[test]
fn nothing() {
    let nothing = History {
        deployments: Vec::new(),
        rates: Rates::default(),
        gaps: Vec::new(),
    };
    let text = text(&shown(&nothing), Colour::Never);
    assert!(
        text.ends_with("\n\n  nothing was deployed\n\nno deployment is over\n"),
        "{text}"
    );
}
