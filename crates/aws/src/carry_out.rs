//! Carries out what a machine decides: makes its calls, waits, tells and asks.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt;
use futures_util::future::{AbortHandle, Abortable, Aborted};
use futures_util::stream::FuturesUnordered;
use stratiform_deploy::destruction::{self, Destruction};
use stratiform_deploy::{
    Effect, Effects, Failure, Input, Interruption, Machine, Plan, Proposal, Proposals, Reply, Run,
    Told,
};
use stratiform_service::Timestamp;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::aws::Aws;

/// Who watches a run, and has the last word.
pub trait Audience {
    /// Something happens.
    fn told(&mut self, plan: &Plan, told: &Told);

    /// May this be? Stacks are places in the plan; those whose change sets can only be made later have none.
    fn approve(&mut self, plan: &Plan, proposals: &[(usize, Option<&Proposal>)]) -> bool;

    /// Somebody wants it to end. What happens now: see [`Interruption`].
    fn interrupted(&mut self, interruption: Interruption);
}

/// Who watches a machine, and has the last word.
pub trait Watch<M: Machine> {
    /// Something happens.
    fn told(&mut self, machine: &M, told: &M::Told);

    /// May this be?
    fn approve(&mut self, machine: &M, question: &M::Question) -> bool;

    /// Somebody wants it to end. What happens now: see [`Interruption`].
    fn interrupted(&mut self, interruption: Interruption);
}

/// Carries out a plan to its end. Each of `interrupts` is somebody who wants it to end.
pub async fn carry_out(
    aws: &Aws,
    plan: Plan,
    audience: &mut dyn Audience,
    interrupts: &mut UnboundedReceiver<()>,
) -> Run {
    let begun = Run::new(plan, now());
    to_the_end(aws, begun, &mut Watched(audience), interrupts).await
}

/// Takes an environment down. Each of `interrupts` is somebody who wants it to end.
pub async fn destroy(
    aws: &Aws,
    plan: destruction::Plan,
    watch: &mut dyn Watch<Destruction>,
    interrupts: &mut UnboundedReceiver<()>,
) -> Destruction {
    let begun = Destruction::new(plan, now());
    to_the_end(aws, begun, watch, interrupts).await
}

/// The audience of a run.
struct Watched<'a>(&'a mut dyn Audience);

impl Watch<Run> for Watched<'_> {
    fn told(&mut self, run: &Run, told: &Told) {
        self.0.told(run.plan(), told);
    }

    fn approve(&mut self, run: &Run, question: &Proposals) -> bool {
        let proposals = question.iter();
        let proposals: Vec<_> = proposals
            .map(|(stack, proposal)| (*stack, proposal.as_deref()))
            .collect();
        self.0.approve(run.plan(), &proposals)
    }

    fn interrupted(&mut self, interruption: Interruption) {
        self.0.interrupted(interruption);
    }
}

/// Carries a machine's effects out until it is over.
async fn to_the_end<M: Machine>(
    aws: &Aws,
    (mut machine, mut effects): (M, Effects<M>),
    watch: &mut dyn Watch<M>,
    interrupts: &mut UnboundedReceiver<()>,
) -> M {
    type Answer = (u64, Result<Reply, Failure>);
    type Answered<'a> = Pin<Box<dyn Future<Output = Result<Answer, Aborted>> + 'a>>;
    let mut calls: FuturesUnordered<Answered<'_>> = FuturesUnordered::new();
    let mut open: HashMap<u64, AbortHandle> = HashMap::new();
    let mut wake: Option<Timestamp> = None;
    let mut interruptions = 0;
    loop {
        let mut word = None;
        wake = wake.filter(|at| *at > now());
        for effect in effects.drain(..) {
            match effect {
                Effect::Call { ticket, call } => {
                    let (handle, registration) = AbortHandle::new_pair();
                    let call = async move { (ticket, aws.call(&call).await) };
                    calls.push(Box::pin(Abortable::new(call, registration)));
                    open.insert(ticket, handle);
                }
                Effect::Abandon(ticket) => {
                    if let Some(handle) = open.remove(&ticket) {
                        handle.abort();
                    }
                }
                // The last one is the one that is meant: it is the earliest of all.
                Effect::Wake(at) => wake = Some(at),
                Effect::Tell(told) => watch.told(&machine, &told),
                Effect::Approve(question) => word = Some(watch.approve(&machine, &question)),
            }
        }
        if machine.is_over() {
            return machine;
        }
        let input = match word {
            Some(word) => Input::Approved(word),
            None => tokio::select! {
                Some(answer) = calls.next(), if !calls.is_empty() => match answer {
                    Ok((ticket, reply)) => {
                        open.remove(&ticket);
                        Input::Answer { ticket, reply: Box::new(reply) }
                    }
                    // Nobody waits for it any more.
                    Err(Aborted) => Input::Time,
                },
                () = until(wake), if wake.is_some() => Input::Time,
                Some(()) = interrupts.recv(), if !calls.is_empty() || wake.is_some() => {
                    let (interruption, input) = machine.interrupted(interruptions);
                    interruptions += 1;
                    watch.interrupted(interruption);
                    input
                }
                // Nothing is under way, and nothing will be: a machine always waits for something.
                else => return machine,
            },
        };
        effects = machine.step(input, now());
    }
}

async fn until(wake: Option<Timestamp>) {
    let millis = wake.map_or(0, |at| at.millis() - now().millis());
    tokio::time::sleep(Duration::from_millis(millis.max(0).unsigned_abs())).await;
}

/// The moment, by this machine's clock; the beginning of 1970 where that is before it.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    i64::try_from(millis)
        .ok()
        .and_then(Timestamp::from_millis)
        .unwrap_or(Timestamp::EPOCH)
}
