//! Destructions that are interrupted, killed, and started again.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use stratiform_aws::{Aws, Interruption, Watch, destroy};
use stratiform_deploy::destruction::{
    Conduct, Destruction, Effect, Ending, News, Plan, PlannedStack, Survey, Told,
};
use stratiform_deploy::{Allowance, Call, Input, Loss, Outcome, Pace};
use stratiform_endpoint::Speed;
use stratiform_service::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use crate::{Engine, plans};

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_millis(since.as_millis().try_into().unwrap()).unwrap()
}

/// All of [`plans::two`], whose queue may go.
fn plan() -> Plan {
    let deployed = plans::two(0);
    let stacks = deployed.stacks.into_iter().map(|stack| PlannedStack {
        name: stack.name,
        key: stack.key,
        depends_on: stack.depends_on,
    });
    Plan {
        stacks: stacks.collect(),
        conduct: Conduct {
            run: "r1".to_owned(),
            concurrency: 4,
            allowed: vec![Allowance {
                loss: Loss::Delete,
                stack: "queue".to_owned(),
                logical_id: "Queue".parse().unwrap(),
            }],
            pace: Pace { least: 5, most: 20 },
        },
    }
}

/// Says yes, notes what is told, and wants it to end as soon as something is being deleted.
#[derive(Default)]
struct Watcher {
    news: Vec<(usize, News)>,
    interruptions: Vec<Interruption>,
    interrupt: Option<UnboundedSender<()>>,
}

impl Watch<Destruction> for Watcher {
    fn told(&mut self, _: &Destruction, told: &Told) {
        if let Told::Stack { stack, news } = told {
            if let (News::Deleting(_), Some(interrupt)) = (news, &self.interrupt) {
                interrupt.send(()).unwrap();
            }
            self.news.push((*stack, news.clone()));
        }
    }

    fn approve(&mut self, _: &Destruction, _: &Survey) -> bool {
        true
    }

    fn interrupted(&mut self, interruption: Interruption) {
        self.interruptions.push(interruption);
    }
}

/// Takes down all that is there.
async fn finish(aws: &Aws) -> (Destruction, Watcher) {
    let mut watcher = Watcher::default();
    let (_end, mut interrupts) = tokio::sync::mpsc::unbounded_channel();
    let went = destroy(aws, plan(), &mut watcher, &mut interrupts).await;
    (went, watcher)
}

/// What ends a destruction.
#[derive(Clone, Copy)]
enum Killed {
    /// So many calls were answered.
    After(usize),
    /// A stack is being deleted.
    AfterTheFirstDeletion,
}

/// Takes down until it is killed; gives how it ended, where it did.
async fn killed(aws: &Aws, killed: Killed) -> Option<Outcome> {
    let (mut destruction, mut effects) = Destruction::new(plan(), now());
    let mut open = VecDeque::new();
    let mut made = 0;
    loop {
        let mut question = false;
        for effect in effects.drain(..) {
            match effect {
                Effect::Call { ticket, call } => open.push_back((ticket, call)),
                Effect::Approve(_) => question = true,
                Effect::Wake(_) | Effect::Tell(_) | Effect::Abandon(_) => {}
            }
        }
        if let Some(outcome) = destruction.outcome() {
            return Some(outcome);
        }
        let input = if question {
            Input::Approved(true)
        } else if let Some((ticket, call)) = open.pop_front() {
            let reply = Box::new(aws.call(&call).await);
            made += 1;
            match killed {
                Killed::After(calls) if made > calls => return None,
                Killed::AfterTheFirstDeletion if matches!(*call, Call::DeleteStack { .. }) => {
                    return None;
                }
                Killed::After(_) | Killed::AfterTheFirstDeletion => {}
            }
            Input::Answer { ticket, reply }
        } else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Input::Time
        };
        effects = destruction.step(input, now());
    }
}

#[tokio::test]
async fn one_that_was_killed_anywhere_is_finished_by_the_next() {
    for calls in 0.. {
        let engine = Engine::start().await;
        engine.deploy(plans::two(0)).await;
        let ended = killed(&engine.aws(), Killed::After(calls)).await;
        let (went, _) = finish(&engine.aws()).await;
        assert_eq!(
            went.outcome(),
            Some(Outcome::Done),
            "after {calls}: {:?}",
            went.endings()
        );
        let (again, _) = finish(&engine.aws()).await;
        assert_eq!(
            again.endings(),
            [Some(&Ending::Absent), Some(&Ending::Absent)]
        );
        if ended.is_some() {
            assert!(calls > 10, "it has to be killed somewhere");
            break;
        }
    }
}

#[tokio::test]
async fn a_deletion_that_an_earlier_one_began_is_followed() {
    // A topic takes seconds to go: time enough to come back, on a busy machine, too.
    let engine = Engine::start_at(Speed::Times(4.0)).await;
    let deployed = engine.deploy(plans::two(0)).await;
    assert_eq!(deployed.outcome(), Outcome::Done);
    let ended = killed(&engine.aws(), Killed::AfterTheFirstDeletion).await;
    assert_eq!(ended, None);
    let (went, watcher) = finish(&engine.aws()).await;
    assert_eq!(went.outcome(), Some(Outcome::Done), "{:?}", went.endings());
    assert!(
        watcher.news.contains(&(1, News::Resumed)),
        "{:?}",
        watcher.news
    );
}

#[tokio::test]
async fn who_interrupts_keeps_what_is_not_begun() {
    let engine = Engine::start_at(Speed::Times(40.0)).await;
    engine.deploy(plans::two(0)).await;
    let (interrupt, mut interrupts) = tokio::sync::mpsc::unbounded_channel();
    let mut watcher = Watcher {
        interrupt: Some(interrupt),
        ..Watcher::default()
    };
    let went = destroy(&engine.aws(), plan(), &mut watcher, &mut interrupts).await;
    assert_eq!(watcher.interruptions, [Interruption::GoesOn]);
    assert_eq!(
        went.endings(),
        [
            Some(&Ending::NotApproved),
            Some(&Ending::Deleted(Vec::new()))
        ]
    );
    assert_eq!(went.outcome(), Some(Outcome::No));
    let (went, _) = finish(&engine.aws()).await;
    assert_eq!(went.outcome(), Some(Outcome::Done));
}

#[tokio::test]
async fn events_that_cannot_be_read_keep_nobody_waiting() {
    let engine = Engine::start().await;
    engine.deploy(plans::two(0)).await;
    engine.fault("api:DescribeStackEvents=throttle");
    let (went, _) = finish(&engine.aws()).await;
    assert_eq!(went.outcome(), Some(Outcome::Done), "{:?}", went.endings());
}
