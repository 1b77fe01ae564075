//! A run: all stacks of a plan, each on its way, and what they wait for.

mod answers;
mod approval;
mod back;
mod backing_up;
mod commands;
mod following;
mod looking;
mod notifying;
mod proposing;
mod tasks;
pub(crate) mod undoing;
mod verifying;

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use stratiform_service::{StackEvent, StackId, Timestamp};

use backing_up::{Backup, Part};
use commands::CommandRun;
use notifying::Notices;
use tasks::{Progress, TaskRun};
use verifying::Phase;

use crate::call::{Call, Failure, Reply, TemplateSource};
use crate::machine::{Interruption, Machine};
use crate::plan::Plan;
use crate::stack::{Afterwards, Before, MOST_IN_A_CALL, Step, Waiting, call};
use crate::told::{Ending, News, Outcome, Proposal, Refused, Told};
use crate::verification::{Subject, Verification, Verified};

/// How often a call is made before it counts as failed, where nothing is under way. Each of them was tried several
/// times already.
pub(crate) const TRIES: u32 = 4;

/// How long an operation is followed although nothing is heard of it, in milliseconds: two days.
pub(crate) const PATIENCE: i64 = 2 * 86_400_000;

/// How long a change set may be made, in milliseconds: an hour.
pub(crate) const MAKING: i64 = 3_600_000;

/// How often nothing may be heard of an operation before its stack is asked.
pub(crate) const SILENCE: u32 = 12;

/// Stacks as places in the plan, each with its change set; those that have none yet with none.
pub type Proposals = Vec<(usize, Option<Box<Proposal>>)>;

/// What a run wants. `T` is what it tells, and `Q` what it asks somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect<T = Told, Q = Proposals> {
    /// Make this call, and answer with the ticket.
    Call {
        /// Which call it is.
        ticket: u64,
        /// The call.
        call: Box<Call>,
    },
    /// Nobody waits for the answer to this call any more: what it does is ended, where that can be.
    Abandon(u64),
    /// Come back at this moment.
    Wake(Timestamp),
    /// Ask somebody whether this may be.
    Approve(Q),
    /// Tell this.
    Tell(Box<T>),
}

/// What a run hears.
#[derive(Clone, Debug)]
pub enum Input {
    /// A call was answered.
    Answer {
        /// Which.
        ticket: u64,
        /// The answer.
        reply: Box<Result<Reply, Failure>>,
    },
    /// It may be later now.
    Time,
    /// Somebody said yes or no.
    Approved(bool),
    /// What runs is to be cancelled, and nothing more begun.
    Cancel,
}

/// How often nothing was heard of an operation in a row, after an answer with these events of it.
pub(crate) fn silence(before: u32, heard: &[StackEvent]) -> u32 {
    match heard.is_empty() {
        true => before + 1,
        false => 0,
    }
}

/// A run. It is deterministic: the same inputs at the same moments give the same effects.
#[derive(Clone, Debug)]
pub struct Run {
    plan: Plan,
    stacks: Vec<StackRun>,
    tickets: HashMap<u64, usize>,
    next_ticket: u64,
    now: Timestamp,
    outbox: Vec<Effect>,
    word: Word,
    /// No change set is executed any more.
    stopped: bool,
    /// What is saved before anything is executed; none while nothing is.
    backup: Option<Backup>,
    /// What its calls are about.
    saved: HashMap<u64, Part>,
    /// Whether something could not be saved.
    is_unsaved: bool,
    verification: Option<Verification>,
    /// What it came to.
    verified: Option<Verified>,
    /// The same for what went back.
    verified_back: Option<Verified>,
    /// Whose answers its calls wait for.
    asked: HashMap<u64, Subject>,
    /// How far it is with what comes once all stacks are deployed.
    phase: Phase,
    /// Tasks, in the order of the plan; and whose answers their calls wait for.
    tasks: Vec<TaskRun>,
    task_tickets: HashMap<u64, usize>,
    /// Commands, in the order of the plan.
    commands: Vec<CommandRun>,
    /// Whether what was deployed stays although it would go back.
    stays: bool,
    notices: Notices,
    /// The way back of what this run deployed, and which of its stacks is which of ours.
    back: Option<(Box<Run>, Vec<usize>)>,
}

/// What somebody said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// Nobody was asked so far.
    None,
    /// An answer is waited for.
    Asked,
    /// Yes.
    Yes,
}

#[derive(Clone, Debug)]
struct StackRun {
    step: Step,
    pending: Pending,
    /// Since when the step is what it is.
    since: Timestamp,
    /// How often its call failed in a row.
    failures: u32,
    /// How often its change set was executed without a good answer.
    executions: u32,
    /// The stack that is there; none where none is.
    found: Option<StackId>,
    before: Option<Before>,
    /// Its outputs after it was deployed, where somebody may need them.
    outputs: IndexMap<String, String>,
    proposal: Option<Waiting>,
    shown: Option<Box<Proposal>>,
    /// Whether it was mended already: once is enough.
    mended: bool,
    /// Whether its change set can only be made when all that it needs is deployed.
    deferred: bool,
    /// Whether it is another time of a stack, which is looked at when its turn comes.
    is_again: bool,
    /// Whether a change set that was there already was made again.
    remade: bool,
    /// Whether somebody's first change set has made the stack, with nothing in it.
    reviewed: bool,
    /// How often nothing was heard of its operation.
    silence: u32,
    /// How often its events could not be read in a row.
    unread: u32,
    cancelled: bool,
}

/// When is the call of a step made?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    /// Its call is to be made.
    Due,
    /// Its call is under way.
    Called,
    /// Its call is to be made at this moment.
    At(Timestamp),
}

impl Run {
    /// Begins.
    pub fn new(plan: Plan, now: Timestamp) -> (Run, Vec<Effect>) {
        Run::begin(plan, 0, now)
    }

    fn begin(plan: Plan, next_ticket: u64, now: Timestamp) -> (Run, Vec<Effect>) {
        let stack = StackRun {
            step: Step::Look,
            pending: Pending::Due,
            since: now,
            failures: 0,
            executions: 0,
            found: None,
            before: None,
            outputs: IndexMap::new(),
            proposal: None,
            shown: None,
            mended: false,
            deferred: false,
            is_again: false,
            remade: false,
            reviewed: false,
            silence: 0,
            unread: 0,
            cancelled: false,
        };
        let mut names = HashSet::new();
        let stacks = plan
            .stacks
            .iter()
            .map(|planned| match names.insert(&planned.name) {
                true => stack.clone(),
                // Its second time comes after its first, whatever it is then.
                false => StackRun {
                    step: Step::Waits,
                    deferred: true,
                    is_again: true,
                    ..stack.clone()
                },
            });
        let besides = &plan.conduct.besides;
        let mut run = Run {
            stacks: stacks.collect(),
            tasks: besides.tasks.iter().map(|_| TaskRun::new(now)).collect(),
            commands: vec![CommandRun::Waits; besides.commands.len()],
            plan,
            tickets: HashMap::new(),
            next_ticket,
            now,
            outbox: Vec::new(),
            word: Word::None,
            stopped: false,
            backup: None,
            saved: HashMap::new(),
            is_unsaved: false,
            verification: None,
            verified: None,
            verified_back: None,
            asked: HashMap::new(),
            phase: Phase::Late,
            task_tickets: HashMap::new(),
            stays: false,
            notices: Notices::default(),
            back: None,
        };
        for index in 0..run.stacks.len() {
            if let Some(seen) = &run.plan.stacks[index].seen {
                run.found(index, seen.stack.clone());
            }
        }
        run.go_on();
        let effects = std::mem::take(&mut run.outbox);
        (run, effects)
    }

    /// Takes an input in.
    pub fn step(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        // Clocks are put back; nothing here is undone by it.
        self.now = self.now.max(now);
        match input {
            Input::Answer { ticket, reply } => self.answer(ticket, reply),
            Input::Time => {
                for stack in &mut self.stacks {
                    if matches!(stack.pending, Pending::At(at) if at <= self.now) {
                        stack.pending = Pending::Due;
                    }
                }
                for task in &mut self.tasks {
                    task.wake(self.now);
                }
                self.back_step(input);
            }
            Input::Approved(yes) if self.word == Word::Asked => self.approved(yes),
            Input::Approved(_) => self.back_step(input),
            // What goes back is not cancelled.
            Input::Cancel => self.cancel(),
        }
        self.go_on();
        std::mem::take(&mut self.outbox)
    }

    fn answer(&mut self, ticket: u64, reply: Box<Result<Reply, Failure>>) {
        if let Some(stack) = self.tickets.remove(&ticket) {
            self.answered(stack, *reply);
        } else if let Some(part) = self.saved.remove(&ticket) {
            self.backed_up(part, *reply);
        } else if let Some(subject) = self.asked.remove(&ticket) {
            self.looked_at(&subject, *reply);
        } else if let Some(task) = self.task_tickets.remove(&ticket) {
            self.task_answered(task, *reply);
        } else if let Some(command) = self.command_of(ticket) {
            self.command_ended(command, *reply);
        } else if !self.notified(ticket, &reply) {
            self.back_step(Input::Answer { ticket, reply });
        }
    }

    /// What is deployed.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// How it ended with each stack; none while it goes on. One that went back has the end of its way back.
    pub fn endings(&self) -> Vec<Option<Ending>> {
        let mut endings: Vec<_> = self
            .stacks
            .iter()
            .map(StackRun::ending)
            .map(Option::<&Ending>::cloned)
            .collect();
        if let Some((back, places)) = &self.back {
            for (ending, place) in back.endings().into_iter().zip(places) {
                endings[*place] = match ending {
                    Some(Ending::Deployed | Ending::Unchanged) => Some(Ending::WentBack),
                    Some(stuck @ Ending::Stuck(_)) => Some(stuck),
                    Some(other) => Some(Ending::Stays(Box::new(other))),
                    None => None,
                };
            }
        }
        endings
    }

    /// The change sets that were made, by stack.
    pub fn proposals(&self) -> Vec<Option<&Proposal>> {
        self.stacks
            .iter()
            .map(|stack| stack.shown.as_deref())
            .collect()
    }

    /// How it ended; none while it goes on.
    pub fn outcome(&self) -> Option<Outcome> {
        self.comes_to().filter(|_| self.has_notified())
    }

    /// How it ended, whoever is told of it.
    fn comes_to(&self) -> Option<Outcome> {
        let own = self.own_outcome()?;
        let own = match self.verified {
            None if self.has_to_verify() => return None,
            Some(Verified::No) => own.max(Outcome::Failed),
            None if self.is_unsaved => own.max(Outcome::Failed),
            Some(Verified::Yes) | None => own,
        };
        if self.stays {
            return Some(Outcome::NeedsPerson);
        }
        let Some((back, _)) = &self.back else {
            return Some(own);
        };
        match back.outcome()? {
            Outcome::Done if self.plan.conduct.verify.is_none() => {
                Some(own.max(Outcome::RolledBack))
            }
            Outcome::Done => match self.verified_back? {
                Verified::Yes => Some(own.max(Outcome::RolledBack)),
                Verified::No => Some(Outcome::NeedsPerson),
            },
            _ => Some(Outcome::NeedsPerson),
        }
    }

    /// Whether CloudFormation is at work for it.
    pub fn is_executing(&self) -> bool {
        let own = self.stacks.iter().any(|stack| {
            matches!(
                stack.step,
                Step::Unprotect(..)
                    | Step::Mend(..)
                    | Step::Execute
                    | Step::Confirm(_)
                    | Step::Follow(_)
                    | Step::Peek(_)
                    | Step::Prove(..)
            )
        });
        own || self.is_running_task()
            || self.is_running_command()
            || self
                .back
                .as_ref()
                .is_some_and(|(back, _)| back.is_executing())
    }

    /// When it comes to a verdict of what runs, where that stays as it is: until then nobody hears anything new by asking.
    pub fn decides(&self) -> Option<Timestamp> {
        let verification = self.verification.as_ref();
        verification.and_then(Verification::decides)
    }

    fn own_outcome(&self) -> Option<Outcome> {
        let outcomes = self.stacks.iter().map(|stack| {
            Some(match stack.ending()? {
                Ending::Unchanged | Ending::Prepared | Ending::Deployed | Ending::WentBack => {
                    Outcome::Done
                }
                Ending::RolledBack(_) => Outcome::RolledBack,
                Ending::Stuck(_) | Ending::Stays(_) => Outcome::NeedsPerson,
                Ending::Refused(refused) => match **refused {
                    Refused::Busy { .. } | Refused::Moved(_) => Outcome::No,
                    Refused::Call(_) | Refused::ChangeSet { .. } | Refused::TooLarge { .. } => {
                        Outcome::Failed
                    }
                },
                Ending::NotApproved => Outcome::No,
                Ending::Held(_) => Outcome::Failed,
                // What it needs says why.
                Ending::NotReached(_) => Outcome::Done,
            })
        });
        let outcomes: Option<Vec<Outcome>> = outcomes.collect();
        Some(outcomes?.into_iter().max().unwrap_or(Outcome::Done))
    }

    /// Lets every stack do what it can, until all of them wait.
    fn go_on(&mut self) {
        loop {
            while (0..self.stacks.len()).any(|index| self.turn(index)) {}
            self.ask();
            let was_backed_up = self.is_backed_up();
            self.back_up();
            let changed = self.go_on_with_tasks();
            // Where there is nothing to save, that is found out at once.
            if !changed && was_backed_up == self.is_backed_up() {
                break;
            }
        }
        self.verify();
        self.turn_back();
        self.go_on_notifying();
        self.outbox.extend(self.next_wake().map(Effect::Wake));
    }

    /// When something is to be asked again.
    fn next_wake(&self) -> Option<Timestamp> {
        let times = self.stacks.iter().filter_map(|stack| match stack.pending {
            Pending::At(at) if stack.ending().is_none() => Some(at),
            _ => None,
        });
        let others = [
            self.verification.as_ref().and_then(Verification::next),
            self.next_backup(),
            self.next_notice(),
            self.tasks.iter().filter_map(TaskRun::next).min(),
            self.back.as_ref().and_then(|(back, _)| back.next_wake()),
        ];
        times.chain(others.into_iter().flatten()).min()
    }

    /// Whether a stack's turn changed something.
    fn turn(&mut self, index: usize) -> bool {
        match self.stacks[index].step {
            Step::Waits => self.turn_of_waiting(index),
            Step::Approved => self.turn_of_approved(index),
            _ => self.make_call(index),
        }
    }

    fn make_call(&mut self, index: usize) -> bool {
        let stack = &self.stacks[index];
        if stack.pending != Pending::Due || !self.has_room(index) {
            return false;
        }
        let planned = &self.plan.stacks[index];
        let waiting = stack.proposal.as_ref();
        let Some(call) = call(
            &stack.step,
            planned,
            stack.found.is_some(),
            &self.plan.conduct,
            waiting,
        ) else {
            return false;
        };
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.tickets.insert(ticket, index);
        self.stacks[index].pending = Pending::Called;
        self.outbox.push(Effect::Call {
            ticket,
            call: Box::new(call),
        });
        true
    }

    /// Whether one more stack may be at work. What is followed is let in always: it runs anyway.
    fn has_room(&self, index: usize) -> bool {
        let at_work = |stack: &StackRun| {
            stack.pending == Pending::Called || matches!(stack.step, Step::Follow(_))
        };
        matches!(self.stacks[index].step, Step::Follow(_) | Step::Confirm(_))
            || self.stacks.iter().filter(|stack| at_work(stack)).count()
                < self.plan.conduct.concurrency.max(1)
    }

    /// A change set is asked for as soon as all that the stack needs is there, whatever is still to change in it.
    fn turn_of_waiting(&mut self, index: usize) -> bool {
        if let Some(lost) = self.lost(index) {
            self.end(index, Ending::NotReached(lost));
            return true;
        }
        let deferred = self.stacks[index].deferred;
        let depends_on = &self.plan.stacks[index].depends_on;
        let ready = depends_on.iter().all(|&needed| {
            let needed = &self.stacks[needed];
            needed.is_deployed() || (!deferred && needed.found.is_some() && needed.is_known())
        });
        if !ready {
            return false;
        }
        if std::mem::take(&mut self.stacks[index].is_again) {
            self.to(index, Step::Look);
            return true;
        }
        let planned = &self.plan.stacks[index];
        let step = match &planned.sealed {
            Some(sealed) => Step::Make(sealed.change_set.clone()),
            None if planned.template.len() <= MOST_IN_A_CALL => {
                Step::Propose(TemplateSource::Body(planned.template.clone()))
            }
            None if self.plan.conduct.bucket.is_some() => Step::Upload,
            None => {
                let refused = Refused::TooLarge {
                    bytes: planned.template.len(),
                };
                self.end(index, Ending::Refused(Box::new(refused)));
                return true;
            }
        };
        self.to(index, step);
        true
    }

    fn turn_of_approved(&mut self, index: usize) -> bool {
        if let Some(lost) = self.lost(index) {
            self.discard(index, Afterwards::End(Ending::NotReached(lost)));
            return true;
        }
        if self.stopped {
            let ending = match self.tasks_before(index) {
                // It is being stopped.
                Progress::GoesOn => return false,
                Progress::Failed(task) => Ending::Held(task),
                Progress::Done => Ending::NotApproved,
            };
            self.discard(index, Afterwards::End(ending));
            return true;
        }
        let mut needed = self.plan.stacks[index].depends_on.iter();
        if !needed.all(|&needed| self.stacks[needed].is_deployed()) {
            return false;
        }
        if !self.is_backed_up() {
            return false;
        }
        match self.tasks_before(index) {
            Progress::Done => {}
            Progress::GoesOn => return false,
            Progress::Failed(task) => {
                self.discard(index, Afterwards::End(Ending::Held(task)));
                return true;
            }
        }
        let resources = self.stacks[index]
            .proposal
            .as_ref()
            .map_or(0, |waiting| waiting.resources);
        self.tell(index, News::Executing(resources));
        self.to(index, Step::Execute);
        true
    }

    /// What a stack needs and will not be there.
    fn lost(&self, index: usize) -> Option<Vec<usize>> {
        let needed = self.plan.stacks[index].depends_on.iter();
        let lost = needed.filter(|&&needed| {
            let ending = self.stacks[needed].ending();
            ending.is_some() && !self.stacks[needed].is_deployed()
        });
        let lost: Vec<usize> = lost.copied().collect();
        (!lost.is_empty()).then_some(lost)
    }

    fn end(&mut self, index: usize, ending: Ending) {
        self.tell(index, News::Finished(ending.clone()));
        self.to(index, Step::Ended(ending));
    }

    fn to(&mut self, index: usize, step: Step) {
        let now = self.now;
        let stack = &mut self.stacks[index];
        stack.step = step;
        stack.since = now;
        stack.failures = 0;
        stack.pending = Pending::Due;
    }

    fn pause(&mut self, index: usize) {
        let stack = &mut self.stacks[index];
        let waited = self.now.millis() - stack.since.millis();
        stack.pending = Pending::At(later(self.now, self.plan.conduct.pace.pause(waited)));
    }

    fn tell(&mut self, stack: usize, news: News) {
        self.outbox
            .push(Effect::Tell(Box::new(Told::Stack { stack, news })));
    }
}

impl Machine for Run {
    type Told = Told;
    type Question = Proposals;

    fn step(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        Run::step(self, input, now)
    }

    fn is_over(&self) -> bool {
        self.outcome().is_some()
    }

    fn interrupted(&self, before: u32) -> (Interruption, Input) {
        match (self.is_executing(), before) {
            (false, _) => (Interruption::Ends, Input::Cancel),
            (true, 0) => (Interruption::GoesOn, Input::Time),
            (true, _) => (Interruption::Cancels, Input::Cancel),
        }
    }
}

impl StackRun {
    fn ending(&self) -> Option<&Ending> {
        match &self.step {
            Step::Ended(ending) => Some(ending),
            _ => None,
        }
    }

    /// Whether what is planned is there.
    fn is_deployed(&self) -> bool {
        matches!(self.ending(), Some(Ending::Unchanged | Ending::Deployed))
    }

    /// Whether it was looked at, and nothing has to be mended first.
    fn is_known(&self) -> bool {
        self.before.is_some()
    }
}

/// Effects of the way back, with the stacks of the way there. When it is to be woken is asked of it.
fn outer(effects: Vec<Effect>, places: &[usize]) -> Vec<Effect> {
    let effects = effects.into_iter().filter_map(|effect| match effect {
        Effect::Tell(told) => Some(Effect::Tell(Box::new(match *told {
            Told::Stack { stack, news } => Told::Stack {
                stack: places[stack],
                news,
            },
            Told::Again { stack, failure, at } => Told::Again {
                stack: places[stack],
                failure,
                at,
            },
            told => told,
        }))),
        Effect::Approve(question) => Some(Effect::Approve(
            question
                .into_iter()
                .map(|(stack, proposal)| (places[stack], proposal))
                .collect(),
        )),
        Effect::Wake(_) => None,
        other @ (Effect::Call { .. } | Effect::Abandon(_)) => Some(other),
    });
    effects.collect()
}

pub(crate) fn later(moment: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(moment.millis().saturating_add(millis)).unwrap_or(moment)
}
