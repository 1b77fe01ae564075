//! Where a rehearsal is played: an engine of its own, and a clock that jumps.
//!
//! Time is tokio's, paused: whatever waits (the SDK before it tries again, a client for an answer) is jumped over. What a
//! run waits for, [`Stage::jump`] jumps to.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use stratiform_aws::{Arrival, Aws, Respond, SdkConfig, in_process, now};
use stratiform_endpoint::{Delivery, Direct, Fault, State};
use stratiform_service::{AccountId, Region, Timestamp};
use tokio::time::Instant;

/// A run asks for what is new, look after look: longer pages are mostly what it knows.
const EVENTS_A_PAGE: usize = 12;

/// Where a rehearsal is played.
#[derive(Debug)]
pub(crate) struct Stage {
    engine: Direct,
    clock: Mutex<Clock>,
}

/// A moment, and since when it has been passing.
#[derive(Clone, Copy, Debug)]
struct Clock {
    at: Timestamp,
    since: Instant,
}

/// Everything as it is on a stage.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(super) state: State,
    pub(super) at: Timestamp,
}

impl Scene {
    /// Nothing is there.
    pub(super) fn empty() -> Scene {
        let at = now();
        Scene {
            state: State::new(0, at).with_events_a_page(EVENTS_A_PAGE),
            at,
        }
    }
}

impl Stage {
    pub(super) fn new(scene: &Scene) -> Arc<Stage> {
        Arc::new(Stage {
            engine: Direct::new(scene.state.clone()),
            clock: Mutex::new(Clock {
                at: scene.at,
                since: Instant::now(),
            }),
        })
    }

    /// Everything as it was.
    pub(super) fn set(&self, scene: &Scene) {
        self.engine.put(scene.state.clone());
        self.at(scene.at);
    }

    /// Everything as it is.
    pub(super) fn scene(&self) -> Scene {
        Scene {
            state: self.engine.state(),
            at: self.now(),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        let clock = *self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        later(clock.at, clock.since.elapsed())
    }

    fn at(&self, at: Timestamp) {
        let since = Instant::now();
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = Clock { at, since };
    }

    /// Goes on when the engine has something to tell, and not before a moment: until then nobody hears anything new. What is
    /// decided without that is decided at its own moment.
    pub(super) fn jump(&self, least: Timestamp, decided: Option<Timestamp>) {
        let due = self.engine.look(State::next_due);
        let at = due.into_iter().chain(decided).min().unwrap_or(least);
        self.at(at.max(least).max(self.now()));
    }

    /// Lets everything end that goes on by itself.
    pub(super) fn settle(&self) {
        /// More things at once are none that end.
        const MOST: usize = 10_000;
        for _ in 0..MOST {
            let Some(due) = self.engine.look(State::next_due) else {
                return;
            };
            self.at(due.max(self.now()));
            self.engine.pass(self.now());
        }
    }

    pub(super) fn fault(&self, fault: Fault) {
        self.engine.fault(fault, self.now());
    }

    pub(super) fn calm(&self) {
        self.engine.calm(self.now());
    }

    /// Whether nothing happened to a stack between a state and now, whichever of the two came first.
    pub(super) fn has_same_stack(&self, other: &State, name: &str) -> bool {
        self.engine.look(|state| state.has_same_stack(other, name))
    }

    /// Whether a fault is still to come.
    pub(super) fn is_unmet(&self, fault: &Fault) -> bool {
        self.engine.look(|state| state.is_unmet(fault))
    }

    /// The operations that were called since the last time, and whether one of them changed something.
    pub(super) fn called(&self) -> (Vec<String>, bool) {
        let (called, changed) = self.engine.called();
        (called.into_iter().collect(), changed)
    }
}

/// The way to a stage.
pub(crate) fn configuration(stage: &Arc<Stage>, region: &Region, account: &AccountId) -> SdkConfig {
    let stage: Arc<dyn Respond> = Arc::<Stage>::clone(stage);
    in_process(stage, region.as_str(), account)
}

/// The same, apart from all others.
pub(super) fn aws(stage: &Arc<Stage>, region: &Region, account: &AccountId) -> Aws {
    Aws::apart(&configuration(stage, region, account))
}

impl Respond for Stage {
    fn respond(&self, request: Request<Bytes>) -> (Response<Bytes>, Arrival) {
        let (response, delivery) = self.engine.answer(request, self.now());
        let arrival = match delivery {
            Delivery::Whole => Arrival::Whole,
            Delivery::Cut => Arrival::Half,
            Delivery::Late | Delivery::Never => Arrival::Nothing,
        };
        (response, arrival)
    }
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(at.millis().saturating_add(by)).unwrap_or(at)
}
