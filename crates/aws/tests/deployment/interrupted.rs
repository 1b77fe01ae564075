//! A run that is killed at any moment, and started again.

use std::time::{SystemTime, UNIX_EPOCH};

use stratiform_aws::Aws;
use stratiform_deploy::{Effect, Ending, Input, Outcome, Plan, Run};
use stratiform_service::Timestamp;

use crate::{Engine, plans};

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_millis(since.as_millis().try_into().unwrap()).unwrap()
}

/// Carries a plan out until so many calls are made; gives how it ended, where it did.
pub(crate) async fn killed_after(aws: &Aws, plan: Plan, calls: usize) -> Option<Outcome> {
    let (mut run, mut effects) = Run::new(plan, now());
    let mut open = Vec::new();
    for made in 0.. {
        let mut question = false;
        for effect in effects.drain(..) {
            match effect {
                Effect::Call { ticket, call } => open.push((ticket, call)),
                Effect::Approve(_) => question = true,
                Effect::Wake(_) | Effect::Tell(_) | Effect::Abandon(_) => {}
            }
        }
        if let Some(outcome) = run.outcome() {
            return Some(outcome);
        }
        let input = if question {
            Input::Approved(true)
        } else if open.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            Input::Time
        } else if made >= calls {
            return None;
        } else {
            let (ticket, call) = open.remove(0);
            let reply = Box::new(aws.call(&call).await);
            Input::Answer { ticket, reply }
        };
        effects = run.step(input, now());
    }
    None
}

fn approved(by: &str) -> Plan {
    let mut plan = plans::two(1);
    plan.conduct.record.approved_by = Some(by.to_owned());
    plan
}

#[tokio::test]
async fn a_run_that_was_killed_anywhere_is_finished_by_the_next_whoever_approves_that() {
    for calls in 0.. {
        let engine = Engine::start().await;
        engine.deploy(plans::two(0)).await;
        let ended = killed_after(&engine.aws(), approved("octo-cat"), calls).await;
        let went = engine.deploy(approved("ann")).await;
        assert_eq!(
            went.outcome(),
            Outcome::Done,
            "after {calls}: {:?}",
            went.endings()
        );
        assert!(matches!(
            went.endings()[0],
            Ending::Deployed | Ending::Unchanged
        ));
        let settled = engine.deploy(plans::two(1)).await;
        assert_eq!(
            settled.endings(),
            [Ending::Unchanged, Ending::Unchanged],
            "after {calls}"
        );
        if ended.is_some() {
            assert!(calls > 8, "it has to be killed somewhere");
            break;
        }
    }
}

#[tokio::test]
async fn a_first_run_that_was_killed_anywhere_is_finished_by_the_next() {
    for calls in 0.. {
        let engine = Engine::start().await;
        let ended = killed_after(&engine.aws(), plans::two(0), calls).await;
        let went = engine.deploy(plans::two(0)).await;
        assert_eq!(
            went.outcome(),
            Outcome::Done,
            "after {calls}: {:?}",
            went.endings()
        );
        if ended.is_some() {
            break;
        }
    }
}
