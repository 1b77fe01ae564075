//! How an environment is taken down: all of it is looked at before anything is deleted.
//!
//! What lives here: a machine like [`Run`](crate::Run), which decides what is deleted when, and what forbids it. What does
//! not: making calls (`aws`), asking people (`src/`).
//!
//! ```text
//! Look ─▶ ReadTemplate ─▶ ReadResources ─▶ ReadImporters ─▶ ReadDatabases ─▶ Ready
//!                                   all stacks are ready, nothing forbids it, somebody said yes │
//!                   FindSnapshots ◀─ Follow ⇄ Peek ◀─ (Confirm) ◀─ Delete ◀─ its turn, in order ┘
//! ```
//!
//! A deletion that an earlier run of the same name began is followed at once: it runs anyway.

mod answers;
mod following;
mod inventory;
mod order;
mod reading;
mod step;
mod told;

use std::collections::HashMap;

use stratiform_service::{StackName, Timestamp};

use self::order::Order;
use self::step::Step;
use crate::machine::{Interruption, Machine};
use crate::plan::{Allowance, Pace};
use crate::run::{self, Input, Pending, Word, later};
use crate::told::Outcome;

pub use inventory::{Fate, Inventory, Item};
pub use told::{Ending, Kept, News, Protection, Remains, Survey, Told};

/// What a destruction wants.
pub type Effect = run::Effect<Told, Survey>;

/// What is to be taken down, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// All stacks of the environment, each after all that it needs.
    pub stacks: Vec<PlannedStack>,
    /// How.
    pub conduct: Conduct,
}

/// A stack that is to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedStack {
    /// CloudFormation's name.
    pub name: StackName,
    /// The name without app and environment: `network`.
    pub key: String,
    /// The stacks that it needs, as places in [`Plan::stacks`], all smaller than its own: they are deleted after it.
    pub depends_on: Vec<usize>,
}

/// How a destruction is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conduct {
    /// What this run is called, in tokens: 1 to 64 of letters, digits and hyphens. The same one started again has the
    /// same.
    pub run: String,
    /// How many stacks at the same time, at least one.
    pub concurrency: usize,
    /// Resources with data that may be deleted.
    pub allowed: Vec<Allowance>,
    /// How often is asked.
    pub pace: Pace,
}

/// A destruction. It is deterministic: the same inputs at the same moments give the same effects.
#[derive(Clone, Debug)]
pub struct Destruction {
    plan: Plan,
    stacks: Vec<StackRun>,
    tickets: HashMap<u64, usize>,
    next_ticket: u64,
    now: Timestamp,
    outbox: Vec<Effect>,
    word: Word,
    /// In which order stacks are deleted; none before all are looked at.
    order: Option<Order>,
    /// Nothing more is begun.
    stopped: bool,
}

#[derive(Clone, Debug)]
struct StackRun {
    step: Step,
    pending: Pending,
    /// Since when the step is what it is.
    since: Timestamp,
    /// How often its call failed in a row.
    failures: u32,
    /// How often nothing was heard of its deletion.
    silence: u32,
    /// How often its events could not be read in a row.
    unread: u32,
    /// What it has; none before it is looked at.
    inventory: Option<Inventory>,
    /// The token of a deletion that an earlier run began.
    resumes: Option<String>,
}

impl Destruction {
    /// Begins: looks at all stacks.
    pub fn new(plan: Plan, now: Timestamp) -> (Destruction, Vec<Effect>) {
        let stack = StackRun {
            step: Step::Look,
            pending: Pending::Due,
            since: now,
            failures: 0,
            silence: 0,
            unread: 0,
            inventory: None,
            resumes: None,
        };
        let mut destruction = Destruction {
            stacks: vec![stack; plan.stacks.len()],
            plan,
            tickets: HashMap::new(),
            next_ticket: 0,
            now,
            outbox: Vec::new(),
            word: Word::None,
            order: None,
            stopped: false,
        };
        destruction.go_on();
        let effects = std::mem::take(&mut destruction.outbox);
        (destruction, effects)
    }

    /// Takes an input in.
    pub fn step(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        // Clocks are put back; nothing here is undone by it.
        self.now = self.now.max(now);
        match input {
            Input::Answer { ticket, reply } => {
                if let Some(stack) = self.tickets.remove(&ticket) {
                    self.answered(stack, *reply);
                }
            }
            Input::Time => {
                for stack in &mut self.stacks {
                    if matches!(stack.pending, Pending::At(at) if at <= self.now) {
                        stack.pending = Pending::Due;
                    }
                }
            }
            Input::Approved(yes) => {
                if self.word == Word::Asked {
                    self.word = Word::Yes;
                    self.stopped |= !yes;
                }
            }
            Input::Cancel => self.stopped = true,
        }
        self.go_on();
        std::mem::take(&mut self.outbox)
    }

    /// What is taken down.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What is known of each stack; none of those that are not there, or that were not looked at.
    pub fn survey(&self) -> Survey {
        let stacks = self.stacks.iter();
        Survey {
            stacks: stacks.map(|stack| stack.inventory.clone()).collect(),
        }
    }

    /// How it ended with each stack; none while it goes on.
    pub fn endings(&self) -> Vec<Option<&Ending>> {
        self.stacks.iter().map(StackRun::ending).collect()
    }

    /// How it ended; none while it goes on.
    pub fn outcome(&self) -> Option<Outcome> {
        let outcomes = self.stacks.iter().map(|stack| {
            Some(match stack.ending()? {
                Ending::Absent | Ending::Deleted(_) => Outcome::Done,
                Ending::Protected(_) | Ending::DataAtRisk(_) | Ending::NotApproved => Outcome::No,
                // What needs it says why.
                Ending::NotReached(_) => Outcome::Done,
                Ending::Refused(_) | Ending::CameBack { .. } => Outcome::Failed,
                Ending::Stuck(_) => Outcome::NeedsPerson,
            })
        });
        let outcomes: Option<Vec<Outcome>> = outcomes.collect();
        Some(outcomes?.into_iter().max().unwrap_or(Outcome::Done))
    }

    /// Lets every stack do what it can, until all of them wait.
    fn go_on(&mut self) {
        loop {
            let mut is_moved = false;
            for index in 0..self.stacks.len() {
                is_moved |= self.turn(index);
            }
            is_moved |= self.decide();
            if !is_moved {
                break;
            }
        }
        let times = self.stacks.iter().filter_map(|stack| match stack.pending {
            Pending::At(at) if stack.ending().is_none() => Some(at),
            Pending::At(_) | Pending::Due | Pending::Called => None,
        });
        self.outbox.extend(times.min().map(Effect::Wake));
    }

    /// Whether a stack's turn changed something.
    fn turn(&mut self, index: usize) -> bool {
        if self.stopped && self.stacks[index].is_untouched() {
            self.end(index, Ending::NotApproved);
            return true;
        }
        match self.stacks[index].step {
            Step::Ready => self.turn_of_ready(index),
            _ => self.make_call(index),
        }
    }

    fn make_call(&mut self, index: usize) -> bool {
        let stack = &self.stacks[index];
        if stack.pending != Pending::Due || !self.has_room(index) {
            return false;
        }
        let Some(call) = stack.step.call(&self.plan.stacks[index]) else {
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

    /// Whether one more stack may be at work. One that is being deleted is let in always: it runs anyway.
    fn has_room(&self, index: usize) -> bool {
        let at_work =
            |stack: &StackRun| stack.pending == Pending::Called || stack.step.is_deleting();
        self.stacks[index].step.is_deleting()
            || self.stacks.iter().filter(|stack| at_work(stack)).count()
                < self.plan.conduct.concurrency.max(1)
    }

    /// Once all stacks are looked at: what forbids it, or whether it may be. Whether that changed something.
    fn decide(&mut self) -> bool {
        let is_known = |stack: &StackRun| {
            stack.step == Step::Ready || stack.step.is_deleting() || stack.ending().is_some()
        };
        if self.word != Word::None || self.stopped || !self.stacks.iter().all(is_known) {
            return false;
        }
        self.word = Word::Yes;
        let ready: Vec<usize> = (0..self.stacks.len())
            .filter(|&index| self.stacks[index].step == Step::Ready)
            .collect();
        let order = Order::of(&self.plan, &self.stacks);
        let obstacles: Vec<(usize, Option<Ending>)> = ready
            .iter()
            .map(|&index| (index, self.obstacle(index, &order)))
            .collect();
        let is_forbidden = |ending: &Ending| match ending {
            Ending::Protected(_) | Ending::DataAtRisk(_) | Ending::Refused(_) => true,
            Ending::Absent
            | Ending::Deleted(_)
            | Ending::NotApproved
            | Ending::NotReached(_)
            | Ending::CameBack { .. }
            | Ending::Stuck(_) => false,
        };
        self.order = Some(order);
        let is_refused = self
            .stacks
            .iter()
            .filter_map(StackRun::ending)
            .any(is_forbidden)
            || obstacles.iter().any(|(_, obstacle)| obstacle.is_some());
        if is_refused {
            for (index, obstacle) in obstacles {
                self.end(index, obstacle.unwrap_or(Ending::NotApproved));
            }
        } else if !ready.is_empty() {
            self.word = Word::Asked;
            self.outbox.push(Effect::Approve(self.survey()));
        }
        true
    }

    /// What forbids to delete a stack.
    fn obstacle(&self, index: usize, order: &Order) -> Option<Ending> {
        let inventory = self.stacks[index].inventory.as_ref()?;
        let names: Vec<&str> = self
            .plan
            .stacks
            .iter()
            .map(|stack| stack.name.as_str())
            .collect();
        let mut protections = inventory.protections.clone();
        let imports = inventory.importers.iter();
        protections.extend(imports.filter_map(|(export, by)| {
            let outside = by.iter().filter(|name| !names.contains(&name.as_str()));
            let outside: Vec<String> = outside.cloned().collect();
            (!outside.is_empty()).then(|| Protection::Imported {
                export: export.clone(),
                by: outside,
            })
        }));
        if order.is_in_circle(index) {
            protections.push(Protection::Circle);
        }
        if !protections.is_empty() {
            return Some(Ending::Protected(protections));
        }
        let key = &self.plan.stacks[index].key;
        let at_risk = inventory.unnamed(key, &self.plan.conduct.allowed);
        (!at_risk.is_empty()).then_some(Ending::DataAtRisk(at_risk))
    }

    /// A stack is deleted when all that needs it is gone.
    fn turn_of_ready(&mut self, index: usize) -> bool {
        let (Word::Yes, Some(order)) = (self.word, &self.order) else {
            return false;
        };
        let first = order.before(index);
        let is_left = |&place: &usize| {
            let ending = self.stacks[place].ending();
            ending.is_some() && !self.stacks[place].is_gone()
        };
        let left: Vec<usize> = first.iter().copied().filter(is_left).collect();
        if !left.is_empty() {
            self.end(index, Ending::NotReached(left));
            return true;
        }
        if !first.iter().all(|&place| self.stacks[place].is_gone()) || !self.has_room(index) {
            return false;
        }
        let Some(inventory) = &self.stacks[index].inventory else {
            return false;
        };
        let token = step::token(&self.plan.conduct.run, self.now);
        let (stack, count) = (inventory.stack.clone(), inventory.items.len());
        self.tell(index, News::Deleting(count));
        self.to(index, Step::Delete { stack, token });
        true
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

impl Machine for Destruction {
    type Told = Told;
    type Question = Survey;

    fn step(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        Destruction::step(self, input, now)
    }

    fn is_over(&self) -> bool {
        self.outcome().is_some()
    }

    /// Deletions cannot be cancelled: what runs is followed on, and nothing new is begun.
    fn interrupted(&self, _: u32) -> (Interruption, Input) {
        let interruption = if self.stacks.iter().any(|stack| stack.step.is_deleting()) {
            Interruption::GoesOn
        } else {
            Interruption::Ends
        };
        (interruption, Input::Cancel)
    }
}

impl StackRun {
    fn ending(&self) -> Option<&Ending> {
        match &self.step {
            Step::Ended(ending) => Some(ending),
            _ => None,
        }
    }

    fn is_gone(&self) -> bool {
        matches!(self.ending(), Some(Ending::Absent | Ending::Deleted(_)))
    }

    /// Whether nothing was done to it so far, and nothing is under way that does.
    fn is_untouched(&self) -> bool {
        self.ending().is_none() && !self.step.is_deleting()
    }
}
