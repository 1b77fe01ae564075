//! The state's only owner: a thread that takes calls one by one.
//!
//! What lives here: when time passes, what happens if the engine fails, and that nothing is answered before it is
//! written. `clock` maps real time to simulated, `log` keeps what has happened, in memory or in a `journal`.
//! What does not: protocols.
//!
//! Calls that wait are taken together, so that they share one write to the disk.

mod clock;
mod journal;
mod lock;
mod log;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;
use stratiform_engine::{Answer, Effect, Input, State};
use stratiform_service::Timestamp;
use tokio::sync::oneshot;

use crate::error::Error;
use crate::options::{Listener, Notice, Options, Speed};
use clock::Clock;
use log::{Entry, Log};

/// The engine's `step`; a test has one that fails.
pub(crate) type Step = fn(State, &Input, Timestamp) -> (State, Vec<Effect>);

/// As many calls as share a write.
const TOGETHER: usize = 256;
/// How often what is due happens without a call, where time is real.
const BEAT: Duration = Duration::from_secs(1);
/// More at once is an engine that does not come to rest; the next call goes on from there.
const TICKS: usize = 10_000_000;
/// The last messages to topics.
const MESSAGES: usize = 1000;

/// What became of an input.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The engine's answer; none where the input was no call.
    Done(Option<Answer>),
    /// There is no such operation.
    Unsupported,
    /// It has not happened.
    Failed(&'static str),
}

/// A message that a topic was sent.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    topic: String,
    message: String,
}

/// What the keeper is asked to do.
enum Job {
    Step(Input, oneshot::Sender<Outcome>),
    State(oneshot::Sender<serde_json::Value>),
    Messages(oneshot::Sender<serde_json::Value>),
    /// Time jumps by so many seconds; false where it passes by itself.
    Advance(f64, oneshot::Sender<bool>),
    Stop,
}

/// The way to the keeper. Any number may have it.
#[derive(Clone, Debug)]
pub(crate) struct Keeper {
    jobs: Sender<Job>,
}

impl Keeper {
    /// Reads or makes the state, and starts the thread.
    ///
    /// # Errors
    /// The file is another's, damaged or in use.
    pub(crate) fn start(options: &Options, step: Step) -> Result<(Keeper, JoinHandle<()>), Error> {
        let now = options.start.unwrap_or_else(clock::wall);
        let new = || State::new(options.seed, now);
        let listener = options.listener.clone();
        let (log, state) = match &options.state {
            None => Log::in_memory(new()),
            Some(file) => Log::in_file(file, new, step, &listener)?,
        };
        let clock = Clock::new(options.speed, options.start.is_some(), state.now());
        let (jobs, inbox) = channel();
        let mut desk = Desk {
            step,
            log,
            clock,
            listener,
            state: Some(state),
            unwritten: false,
            told: BTreeSet::new(),
            messages: VecDeque::new(),
        };
        let faults = options.faults.clone();
        let thread = std::thread::Builder::new().name("engine".to_owned());
        let thread = thread.spawn(move || {
            let faults = faults.into_iter().map(|fault| {
                let (reply, _) = oneshot::channel();
                Job::Step(Input::Fault(fault), reply)
            });
            desk.take(faults.collect());
            desk.work(&inbox);
        });
        Ok((Keeper { jobs }, thread.map_err(Error::Runtime)?))
    }

    /// Hands in an input.
    pub(crate) async fn step(&self, input: Input) -> Outcome {
        let failed = Outcome::Failed("The engine has ended");
        self.ask(|reply| Job::Step(input, reply))
            .await
            .unwrap_or(failed)
    }

    /// The whole state.
    pub(crate) async fn state(&self) -> Option<serde_json::Value> {
        self.ask(Job::State).await
    }

    /// What topics were sent.
    pub(crate) async fn messages(&self) -> Option<serde_json::Value> {
        self.ask(Job::Messages).await
    }

    /// Has time jump.
    pub(crate) async fn advance(&self, seconds: f64) -> Option<bool> {
        self.ask(|reply| Job::Advance(seconds, reply)).await
    }

    /// Ends the thread after what was asked before.
    pub(crate) fn stop(&self) {
        let _ = self.jobs.send(Job::Stop);
    }

    /// None where the thread has ended.
    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(job(reply)).ok()?;
        answer.await.ok()
    }
}

/// Where the keeper works.
struct Desk {
    step: Step,
    log: Log,
    clock: Clock,
    listener: Listener,
    /// None where it was lost and could not be read again.
    state: Option<State>,
    /// Whether something of the jobs that are being done could not be written.
    unwritten: bool,
    told: BTreeSet<(String, String)>,
    messages: VecDeque<Message>,
}

impl Desk {
    fn work(&mut self, inbox: &Receiver<Job>) {
        loop {
            let first = match self.clock.speed() {
                Speed::Max => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Speed::Times(_) => inbox.recv_timeout(BEAT),
            };
            match first {
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => self.beat(),
                Ok(first) => {
                    let mut jobs = vec![first];
                    jobs.extend(inbox.try_iter().take(TOGETHER - 1));
                    let stop = jobs.iter().position(|job| matches!(job, Job::Stop));
                    jobs.truncate(stop.unwrap_or(jobs.len()));
                    self.take(jobs);
                    if stop.is_some() {
                        break;
                    }
                }
            }
        }
        if let Speed::Times(_) = self.clock.speed() {
            self.tick();
        }
    }

    /// Does jobs in their order, writes what they changed, and only then answers.
    fn take(&mut self, jobs: Vec<Job>) {
        let (mut entries, mut answers) = (Vec::new(), Vec::new());
        for job in jobs {
            match job {
                Job::Step(input, reply) => {
                    let (outcome, entry) = self.input(input, &mut entries);
                    entries.extend(entry);
                    answers.push((outcome, reply));
                }
                Job::State(reply) => {
                    self.catch_up(&mut entries);
                    let state = self.state.as_ref();
                    let state = state.and_then(|state| serde_json::to_value(state).ok());
                    let _ = reply.send(state.unwrap_or_default());
                }
                Job::Messages(reply) => {
                    self.catch_up(&mut entries);
                    let messages = serde_json::to_value(&self.messages);
                    let _ = reply.send(messages.unwrap_or_default());
                }
                Job::Advance(seconds, reply) => {
                    let jumped = self.clock.jump(seconds);
                    self.catch_up(&mut entries);
                    let _ = reply.send(jumped);
                }
                Job::Stop => {}
            }
        }
        self.write(entries);
        let unwritten = std::mem::take(&mut self.unwritten);
        for (outcome, reply) in answers {
            // Whoever asked may be gone.
            let _ = reply.send(if unwritten {
                Outcome::Failed("The engine cannot write its state")
            } else {
                outcome
            });
        }
    }

    /// Hands an input to the engine, and gives what is to be written.
    fn input(&mut self, input: Input, before: &mut Vec<Entry>) -> (Outcome, Option<Entry>) {
        self.catch_up(before);
        let operation = match &input {
            Input::Call(request) => request.operation.clone(),
            Input::Fault(_) | Input::Calm | Input::Tick => String::new(),
        };
        // Asked before the input is handed over: a fault that is used up by it counts.
        let is_changed = |state: &State| state.is_changed_by(&input);
        let is_kept = self.state.as_ref().is_some_and(is_changed);
        let Some((at, effects)) = self.advance(&input, None, &operation, before) else {
            return (Outcome::Failed("The engine failed"), None);
        };
        let (mut answer, mut unsupported) = (None, false);
        for effect in effects {
            match effect {
                Effect::Answer(given) => answer = Some(given),
                Effect::Unsupported { service, operation } => {
                    unsupported = true;
                    self.unsupported(service, operation);
                }
                Effect::Notify { topic, message } => self.message(topic, message),
                Effect::Handled(_) => {}
            }
        }
        if unsupported {
            return (Outcome::Unsupported, None);
        }
        let entry = is_kept.then_some(Entry { at, input });
        (Outcome::Done(answer), entry)
    }

    /// At full speed, has everything happen that is due. Otherwise the next input does, and there is nothing to do.
    fn catch_up(&mut self, before: &mut Vec<Entry>) {
        if self.clock.speed() != Speed::Max {
            return;
        }
        for _ in 0..TICKS {
            let Some(due) = self.state.as_ref().and_then(State::next_due) else {
                return;
            };
            match self.advance(&Input::Tick, Some(due), "", before) {
                Some((_, effects)) => self.messages_of(effects),
                None => return,
            }
        }
    }

    /// What is due happens without a call, and is written, so that time does not fall back.
    fn beat(&mut self) {
        let due = self.state.as_ref().and_then(State::next_due);
        if due.is_some_and(|due| due <= self.now()) {
            self.tick();
        }
    }

    fn tick(&mut self) {
        let mut entries = Vec::new();
        if let Some((at, effects)) = self.advance(&Input::Tick, None, "", &mut entries) {
            self.messages_of(effects);
            entries.push(Entry {
                at,
                input: Input::Tick,
            });
        }
        self.write(entries);
    }

    fn now(&self) -> Timestamp {
        let state = self.state.as_ref().map(State::now);
        self.clock.now(state.unwrap_or_else(clock::wall))
    }

    /// One step at a moment, or now. None where the engine fails: then the state is what it was before, read again from
    /// the log, to which belongs what was done and is not yet written.
    fn advance(
        &mut self,
        input: &Input,
        at: Option<Timestamp>,
        operation: &str,
        before: &mut Vec<Entry>,
    ) -> Option<(Timestamp, Vec<Effect>)> {
        let at = at.unwrap_or_else(|| self.now());
        let state = match self.state.take() {
            Some(state) => state,
            None => self.log.restore(self.step).ok()?,
        };
        if let Some((state, effects)) = guarded(self.step, state, input, at) {
            self.state = Some(state);
            return Some((at, effects));
        }
        self.listener.tell(Notice::Panicked {
            operation: operation.to_owned(),
        });
        self.write(std::mem::take(before));
        if self.state.is_none() {
            self.state = self.log.restore(self.step).ok();
        }
        None
    }

    /// Writes what has happened. Where that fails, it has not: the state is read again.
    fn write(&mut self, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        match self.log.append(entries) {
            Ok(()) => {
                if let Some(state) = &self.state {
                    // The old log is whole where a shorter one cannot be written.
                    let _ = self.log.shorten(state);
                }
            }
            Err(error) => {
                self.unwritten = true;
                self.listener.tell(Notice::CannotWrite {
                    why: error.to_string(),
                });
                self.state = self.log.restore(self.step).ok();
            }
        }
    }

    fn messages_of(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Notify { topic, message } = effect {
                self.message(topic, message);
            }
        }
    }

    fn message(&mut self, topic: String, message: String) {
        if self.messages.len() == MESSAGES {
            self.messages.pop_front();
        }
        self.messages.push_back(Message { topic, message });
    }

    fn unsupported(&mut self, service: String, operation: String) {
        // Whoever makes names up does not fill the memory with them.
        let room = self.told.len() < 10_000;
        if room && self.told.insert((service.clone(), operation.clone())) {
            self.listener
                .tell(Notice::Unsupported { service, operation });
        }
    }
}

/// A step that may fail, with which the state goes.
fn guarded(step: Step, state: State, input: &Input, at: Timestamp) -> Option<(State, Vec<Effect>)> {
    catch_unwind(AssertUnwindSafe(|| step(state, input, at))).ok()
}
