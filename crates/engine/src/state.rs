//! All that there is, and how time passes in it.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use stratiform_service::{AccountId, Region, StackId, StackStatus, Timestamp};

use crate::agenda::{Agenda, Due, Moment, Place};
use crate::call::PAGE;
use crate::change_set::ChangeSetRecord;
use crate::estate::{Estate, rollback_trigger};
use crate::fault::{Fault, Faults};
use crate::ids::Ids;
use crate::input::Effect;
use crate::operation::{Around, Deferred, Stage};
use crate::shared::Shared;
use crate::stack::Stack;

/// All accounts and regions, at a moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    now: Timestamp,
    pub(crate) ids: Ids,
    pub(crate) agenda: Agenda,
    pub(crate) realms: Vec<Realm>,
    /// What only one can have, and who has it.
    pub(crate) taken: BTreeMap<String, Owner>,
    pub(crate) exports: BTreeMap<String, Export>,
    pub(crate) importers: BTreeMap<String, BTreeSet<String>>,
    pub(crate) outputs: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) faults: Faults,
    /// How many events `DescribeStackEvents` gives at a time: nothing that is kept.
    #[serde(skip, default = "usual_page")]
    pub(crate) events_a_page: usize,
}

fn usual_page() -> usize {
    PAGE
}

/// An account in a region, apart from all others.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Realm {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    /// All stacks by their ARN, deleted ones too.
    pub(crate) stacks: IndexMap<String, Shared<Stack>>,
    /// The ARN of each name that is in use.
    pub(crate) names: BTreeMap<String, StackId>,
    /// All change sets by their ARN.
    pub(crate) change_sets: IndexMap<String, Shared<ChangeSetRecord>>,
    pub(crate) estate: Estate,
}

/// A value that a stack gives to others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Export {
    pub(crate) stack: StackId,
    pub(crate) value: String,
}

/// Who has something that only one can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    /// None for what belongs to no stack.
    pub(crate) stack: Option<StackId>,
    pub(crate) resource_type: String,
    pub(crate) physical_id: String,
}

impl State {
    /// A state in which nothing is there. The seed is all that is random in what follows.
    pub fn new(seed: u64, now: Timestamp) -> State {
        State {
            now,
            ids: Ids::new(seed),
            agenda: Agenda::default(),
            realms: Vec::new(),
            taken: BTreeMap::new(),
            exports: BTreeMap::new(),
            importers: BTreeMap::new(),
            outputs: BTreeMap::new(),
            faults: Faults::default(),
            events_a_page: PAGE,
        }
    }

    /// The same with pages of so many events, of one at least and 100 at most: no service promises how long they are, and who
    /// asks for what is new has less to read.
    pub fn with_events_a_page(self, events: usize) -> State {
        State {
            events_a_page: events.clamp(1, PAGE),
            ..self
        }
    }

    /// The moment that has been reached.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The next moment at which something happens by itself.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.agenda.next()
    }

    /// The realm of an account and region; made where it is asked for the first time.
    pub(crate) fn realm(&mut self, account: &AccountId, region: &Region) -> usize {
        let found = self
            .realms
            .iter()
            .position(|realm| realm.account == *account && realm.region == *region);
        found.unwrap_or_else(|| {
            self.realms.push(Realm {
                account: account.clone(),
                region: region.clone(),
                stacks: IndexMap::new(),
                names: BTreeMap::new(),
                change_sets: IndexMap::new(),
                estate: Estate::default(),
            });
            self.realms.len() - 1
        })
    }

    /// Lets time pass: whatever is due happens at its own moment.
    pub(crate) fn advance(&mut self, until: Timestamp, effects: &mut Vec<Effect>) {
        while let Some((at, due)) = self.agenda.take(until.max(self.now)) {
            self.now = self.now.max(at);
            self.happen(due, effects);
        }
        self.now = self.now.max(until);
    }

    fn happen(&mut self, due: Due, effects: &mut Vec<Effect>) {
        match due {
            Due::ChangeSet { realm, change_set } => self.make_change_set(realm, &change_set),
            Due::Operation { place, round, what } => {
                self.with_stack(&place, effects, |stack, around| {
                    let is_current = stack
                        .operation
                        .as_ref()
                        .is_some_and(|operation| operation.round == round);
                    if is_current {
                        stack.go(what, around);
                    }
                });
            }
            Due::Drift { place, detection } => self.finish_detection(&place, &detection),
            Due::Alarm { name } => self.alarm(&name, effects),
            Due::Estate { realm, what } => self.finish_in_estate(realm, &what),
        }
    }

    /// Works on a stack with all that is around it, then on those that it tells something.
    pub(crate) fn with_stack<T>(
        &mut self,
        place: &Place,
        effects: &mut Vec<Effect>,
        work: impl FnOnce(&mut Stack, &mut Around<'_>) -> T,
    ) -> Option<T> {
        let (mut handled, mut deferred) = (Vec::new(), Vec::new());
        let realm = self.realms.get_mut(place.realm)?;
        let stack = realm.stacks.get_mut(&place.stack)?;
        let told = stack.events.len();
        let mut around = Around {
            now: self.now,
            realm: place.realm,
            account: &realm.account,
            region: &realm.region,
            ids: &mut self.ids,
            agenda: &mut self.agenda,
            taken: &mut self.taken,
            faults: &mut self.faults,
            exports: &mut self.exports,
            importers: &mut self.importers,
            outputs: &mut self.outputs,
            estate: &mut realm.estate,
            handled: &mut handled,
            deferred: &mut deferred,
        };
        let result = work(stack, &mut around);
        stack.notify(told, effects);
        effects.extend(handled.into_iter().map(Effect::Handled));
        self.after_work(place);
        for deferred in deferred {
            self.carry_out(deferred, effects);
        }
        Some(result)
    }

    /// What follows for change sets and names from how a stack is now.
    fn after_work(&mut self, place: &Place) {
        let Some(realm) = self.realms.get_mut(place.realm) else {
            return;
        };
        realm.settle_change_sets(&place.stack);
        let Some(stack) = realm.stacks.get(&place.stack) else {
            return;
        };
        let name = stack.name.as_str();
        let has_name = realm.names.get(name) == Some(&stack.id);
        if stack.status == StackStatus::DeleteComplete && has_name {
            let name = name.to_owned();
            realm.names.remove(&name);
        }
    }

    pub(crate) fn carry_out(&mut self, deferred: Deferred, effects: &mut Vec<Effect>) {
        match deferred {
            Deferred::Nested {
                realm,
                parent,
                root,
                logical_id,
                what,
            } => self.run_errand(realm, &parent, root, &logical_id, what, effects),
            Deferred::Returned {
                realm,
                child,
                parent,
                logical_id,
                outcome,
            } => {
                let outputs = self.realms.get(realm).and_then(|realm| {
                    let child = realm.stacks.get(child.as_str())?;
                    let outputs = child.outputs.iter();
                    Some(
                        outputs
                            .map(|output| (output.key.clone(), output.value.clone().into()))
                            .collect(),
                    )
                });
                let place = Place {
                    realm,
                    stack: parent.to_string(),
                };
                self.with_stack(&place, effects, |stack, around| {
                    stack.nested_returned(
                        &logical_id,
                        outcome,
                        outputs.unwrap_or_default(),
                        around,
                    );
                });
            }
        }
    }

    pub(crate) fn add_fault(&mut self, fault: Fault) {
        if let Fault::Alarm { name, at } = &fault {
            let at = crate::operation::after(self.now, u64::from(*at) * 1000);
            self.agenda.put(at, Due::Alarm { name: name.clone() });
        }
        self.faults.add(fault);
    }

    /// Something outside of stacks will be done by then: whoever lets time pass does not stop before.
    pub(crate) fn expect(&mut self, realm: usize, at: Timestamp) {
        let what = String::new();
        self.agenda.put(at, Due::Estate { realm, what });
    }

    /// Whether a stack is one with that of another state: the one was copied from the other, and nothing happened to the stack
    /// since. Names that neither knows are no stacks.
    pub fn has_same_stack(&self, other: &State, name: &str) -> bool {
        let mut pairs = self.realms.iter().zip(&other.realms);
        let found = pairs.find_map(|(one, two)| {
            let id = one.names.get(name)?.as_str();
            Some((
                one.stacks.get(id)?,
                two.stacks.get(two.names.get(name)?.as_str())?,
            ))
        });
        found.is_some_and(|(one, two)| one.is_one_with(two))
    }

    /// Whether a fault is still to come, as often as it was to.
    pub fn is_unmet(&self, fault: &Fault) -> bool {
        self.faults.has(fault)
    }

    pub(crate) fn forget_faults(&mut self) {
        let faults = std::mem::take(&mut self.faults);
        faults.alarms().for_each(|name| self.quiet_alarm(name));
    }

    /// An alarm goes off, in every realm.
    fn alarm(&mut self, name: &str, effects: &mut Vec<Effect>) {
        for realm in 0..self.realms.len() {
            self.alarm_in(realm, name, effects);
        }
    }

    /// An alarm goes off: operations and deployments that watch it are called off.
    pub(crate) fn alarm_in(&mut self, index: usize, name: &str, effects: &mut Vec<Effect>) {
        let now = self.now;
        let mut watched = Vec::new();
        if let Some(realm) = self.realms.get_mut(index) {
            realm.estate.alarms.entry(name.to_owned()).or_insert(now);
            for (id, stack) in &realm.stacks {
                let Some(operation) = &stack.operation else {
                    continue;
                };
                let mut triggers = operation.target.rollback.rollback_triggers.iter();
                let trigger =
                    triggers.find(|trigger| trigger.arn.split(":alarm:").nth(1) == Some(name));
                let watches = matches!(operation.stage, Stage::Forward | Stage::Monitoring);
                if let Some(trigger) = trigger.filter(|_| watches) {
                    let place = Place {
                        realm: index,
                        stack: id.clone(),
                    };
                    watched.push((place, rollback_trigger(&trigger.arn)));
                }
            }
        }
        for (place, cause) in watched {
            self.with_stack(&place, effects, |stack, around| {
                stack.call_off(cause, around)
            });
        }
        self.tell_of_alarm(index, name, effects);
    }
}

impl Stack {
    /// Something of the operation goes on.
    fn go(&mut self, what: Moment, around: &mut Around<'_>) {
        let stage = self.operation.as_ref().map(|operation| operation.stage);
        match (what, stage) {
            (Moment::Begin, Some(Stage::Forward)) => self.set_out_forward(around),
            (Moment::Begin, Some(Stage::Deleting)) => self.set_out_deletion(around),
            (Moment::Begin, _) => {}
            (Moment::Initiated { task }, _) => self.initiated(task, around),
            (Moment::Check { task }, _) => self.checked(task, around),
            (Moment::Done { task }, _) => self.done(task, around),
            (Moment::Timeout, _) => {
                let cause = "Stack creation time exceeded the specified timeout".to_owned();
                self.call_off(cause, around);
            }
            (Moment::Monitored, Some(Stage::Monitoring)) => self.complete(around),
            (Moment::Monitored, _) => {}
        }
    }

    /// Tells topics of new events.
    fn notify(&self, told: usize, effects: &mut Vec<Effect>) {
        for topic in &self.deployment.notification_arns {
            for event in self.events.iter().skip(told) {
                if let Some(event) = self.stack_event(event) {
                    effects.push(Effect::Notify {
                        topic: topic.clone(),
                        message: crate::event::message(&event),
                    });
                }
            }
        }
    }
}
