//! An engine without a port: requests are answered where they are made, and time is what the caller says.
//!
//! What lives here: HTTP from value to value over a state that can be looked at, kept and put back. What does not:
//! connections, threads, files and clocks.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderName, Request, Response};
use stratiform_engine::{Delivery, Effect, Fault, Input, State, step};
use stratiform_service::Timestamp;

use crate::caller::Caller;
use crate::handler::{read, refusal, request_id, written};
use crate::keeper::Outcome;
use crate::protocol::Protocol;

/// An engine without a port.
#[derive(Debug)]
pub struct Direct(Mutex<Desk>);

#[derive(Debug)]
struct Desk {
    state: State,
    requests: u64,
    /// The operations that were called since somebody asked.
    called: BTreeSet<String>,
    /// Whether one of them changes something.
    changed: bool,
}

impl Direct {
    /// With a state, which it takes at its word.
    pub fn new(state: State) -> Direct {
        Direct(Mutex::new(Desk {
            state,
            requests: 0,
            called: BTreeSet::new(),
            changed: false,
        }))
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything as it is now.
    pub fn state(&self) -> State {
        self.desk().state.clone()
    }

    /// Looks at the state.
    pub fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.desk().state)
    }

    /// Puts another state in its place, and forgets what was called.
    pub fn put(&self, state: State) {
        let mut desk = self.desk();
        desk.state = state;
        desk.called.clear();
        desk.changed = false;
    }

    /// Lets time pass.
    pub fn pass(&self, now: Timestamp) {
        self.desk().take(&Input::Tick, now);
    }

    /// Has something fail from now on.
    pub fn fault(&self, fault: Fault, now: Timestamp) {
        self.desk().take(&Input::Fault(fault), now);
    }

    /// Nothing fails any more that was to fail.
    pub fn calm(&self, now: Timestamp) {
        self.desk().take(&Input::Calm, now);
    }

    /// The operations that were called since the last time that this was asked, and whether one of them changed something.
    pub fn called(&self) -> (BTreeSet<String>, bool) {
        let mut desk = self.desk();
        let changed = std::mem::take(&mut desk.changed);
        (std::mem::take(&mut desk.called), changed)
    }

    /// Answers a request in any protocol, and says how the answer reaches whoever asks.
    pub fn answer(&self, request: Request<Bytes>, now: Timestamp) -> (Response<Bytes>, Delivery) {
        let mut desk = self.desk();
        let id = request_id(desk.requests);
        desk.requests += 1;
        let (head, body) = request.into_parts();
        let caller = Caller::of(&head);
        let protocol = Protocol::of(&head, caller.as_ref().ok());
        let service = caller.as_ref().map(|caller| caller.service.clone());
        let service = service.unwrap_or_default();
        let (reply, delivery) = match read(protocol, &head, caller, body) {
            Ok((caller, asked)) => {
                let operation = asked.operation.clone();
                let input = Input::Call(caller.call(asked.operation, asked.parameters));
                desk.changed |= !input.is_read_only();
                desk.called.insert(operation.clone());
                let outcome = desk.take(&input, now);
                written(protocol, &service, &operation, outcome, &id)
            }
            Err(trouble) => (refusal(protocol, &service, &trouble, &id), Delivery::Whole),
        };
        let reply = reply
            .with(HeaderName::from_static("x-amzn-requestid"), &id)
            .with(HeaderName::from_static("x-amz-request-id"), &id);
        (reply.here(), delivery)
    }
}

impl Desk {
    /// One step. Where the engine fails, its state is gone, and everything after that is answered by an empty one: whoever
    /// holds what is there against what was there sees that nothing is.
    fn take(&mut self, input: &Input, now: Timestamp) -> Outcome {
        let placeholder = State::new(0, now);
        let state = std::mem::replace(&mut self.state, placeholder);
        let kept = AssertUnwindSafe(|| step(state, input, now));
        let Ok((state, effects)) = catch_unwind(kept) else {
            return Outcome::Failed("The engine failed");
        };
        self.state = state;
        let mut answer = None;
        for effect in effects {
            match effect {
                Effect::Answer(given) => answer = Some(given),
                Effect::Unsupported { .. } => return Outcome::Unsupported,
                Effect::Notify { .. } | Effect::Handled(_) => {}
            }
        }
        Outcome::Done(answer)
    }
}
