//! Carries out what a run decides: makes its calls, waits, tells and asks.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use stratiform_deploy::{Effect, Failure, Input, Plan, Proposal, Reply, Run, Told};
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

/// What happens when somebody wants a run to end?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// Nothing was executed: it ends, and takes away what it made.
    Ends,
    /// CloudFormation is at work: it is followed on, and the next interruption cancels it.
    GoesOn,
    /// CloudFormation is asked to cancel.
    Cancels,
}

/// Carries out a plan to its end. Each of `interrupts` is somebody who wants it to end.
pub async fn carry_out(
    aws: &Aws,
    plan: Plan,
    audience: &mut dyn Audience,
    interrupts: &mut UnboundedReceiver<()>,
) -> Run {
    type Answered<'a> = Pin<Box<dyn Future<Output = (u64, Result<Reply, Failure>)> + 'a>>;
    let (mut run, mut effects) = Run::new(plan, now());
    let mut calls: FuturesUnordered<Answered<'_>> = FuturesUnordered::new();
    let mut wake: Option<Timestamp> = None;
    let mut was_interrupted = false;
    loop {
        let mut word = None;
        wake = wake.filter(|at| *at > now());
        for effect in effects.drain(..) {
            match effect {
                Effect::Call { ticket, call } => {
                    calls.push(Box::pin(async move { (ticket, aws.call(&call).await) }));
                }
                // The last one is the one that is meant: it is the earliest of all.
                Effect::Wake(at) => wake = Some(at),
                Effect::Tell(told) => audience.told(run.plan(), &told),
                Effect::Approve(question) => {
                    let question: Vec<_> = question
                        .iter()
                        .map(|(stack, proposal)| (*stack, proposal.as_deref()))
                        .collect();
                    word = Some(audience.approve(run.plan(), &question));
                }
            }
        }
        if run.outcome().is_some() {
            return run;
        }
        let input = match word {
            Some(word) => Input::Approved(word),
            None => tokio::select! {
                Some((ticket, reply)) = calls.next(), if !calls.is_empty() => {
                    Input::Answer { ticket, reply: Box::new(reply) }
                }
                () = until(wake), if wake.is_some() => Input::Time,
                Some(()) = interrupts.recv(), if !calls.is_empty() || wake.is_some() => {
                    let interruption = match (run.is_executing(), was_interrupted) {
                        (false, _) => Interruption::Ends,
                        (true, false) => Interruption::GoesOn,
                        (true, true) => Interruption::Cancels,
                    };
                    was_interrupted = true;
                    audience.interrupted(interruption);
                    match interruption {
                        Interruption::GoesOn => Input::Time,
                        Interruption::Ends | Interruption::Cancels => Input::Cancel,
                    }
                }
                // Nothing is under way, and nothing will be: a run always waits for something.
                else => return run,
            },
        };
        effects = run.step(input, now());
    }
}

async fn until(wake: Option<Timestamp>) {
    let millis = wake.map_or(0, |at| at.millis() - now().millis());
    tokio::time::sleep(Duration::from_millis(millis.max(0).unsigned_abs())).await;
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    i64::try_from(millis)
        .ok()
        .and_then(Timestamp::from_millis)
        .unwrap_or(Timestamp::EPOCH)
}
