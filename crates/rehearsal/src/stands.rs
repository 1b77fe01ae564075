//! How an environment stands: what anybody can ask of its stacks.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use stratiform_catalog::behaviour::holds_data;
use stratiform_deploy::call::{Resource, Stack};
use stratiform_service::status::{Ending, Phase};
use stratiform_service::{StackStatus, Word};

/// How the stacks of an environment stand, by their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stands(BTreeMap<String, StackStands>);

/// How a stack stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackStands {
    status: Word<StackStatus>,
    template: String,
    parameters: BTreeMap<String, String>,
    resources: BTreeMap<String, Held>,
}

/// A resource that a stack has, or had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its type.
    pub resource_type: String,
    /// Its physical ID.
    pub physical_id: Option<String>,
    /// Its status.
    pub status: String,
}

impl Held {
    fn is_there(&self) -> bool {
        !matches!(self.status.as_str(), "DELETE_COMPLETE" | "DELETE_SKIPPED")
            && self.physical_id.is_some()
    }
}

impl StackStands {
    /// A stack that is there, with its template and resources.
    pub fn new(stack: &Stack, template: String, resources: &[Resource]) -> StackStands {
        let held = resources.iter().map(|resource| {
            let held = Held {
                resource_type: resource.resource_type.clone(),
                physical_id: resource.physical_id.as_ref().map(ToString::to_string),
                status: resource.status.as_str().to_owned(),
            };
            (resource.logical_id.to_string(), held)
        });
        StackStands {
            status: stack.status.clone(),
            template,
            parameters: stack
                .parameters
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            resources: held.collect(),
        }
    }

    fn there(&self) -> impl Iterator<Item = (&String, &Held)> {
        self.resources.iter().filter(|(_, held)| held.is_there())
    }

    /// Whether there is nothing that anybody deployed.
    fn is_nothing(&self) -> bool {
        let phase = self.status.phase();
        matches!(
            phase,
            Phase::Settled(Ending::NeverCreated | Ending::Reviewed | Ending::Gone)
        ) && self.there().next().is_none()
    }

    fn is_well(&self) -> bool {
        matches!(
            self.status.phase(),
            Phase::Settled(Ending::Applied | Ending::RolledBack)
        )
    }

    fn is_described_as(&self, other: &StackStands) -> bool {
        self.is_well()
            && other.is_well()
            && self.template == other.template
            && self.parameters == other.parameters
    }

    /// Whether it has the same resources, each of them.
    fn is_as(&self, other: &StackStands) -> bool {
        self.is_described_as(other)
            && self
                .there()
                .map(|(id, held)| (id, &held.physical_id))
                .eq(other.there().map(|(id, held)| (id, &held.physical_id)))
    }

    /// Whether it has resources of the same names: their physical IDs are others where they were made anew.
    fn is_like(&self, other: &StackStands) -> bool {
        let ids = |stands: &StackStands| -> Vec<String> {
            stands.there().map(|(id, _)| id.clone()).collect()
        };
        self.is_described_as(other) && ids(self) == ids(other)
    }
}

impl Stands {
    /// Whether a stack was there, with anything in it.
    pub fn has(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|stack| !stack.is_nothing())
    }

    /// How a stack stands; none where it is not there.
    pub fn of(&self, key: &str) -> Option<&StackStands> {
        self.0.get(key)
    }

    /// Adds a stack that is there.
    pub fn insert(&mut self, key: &str, stack: StackStands) {
        self.0.insert(key.to_owned(), stack);
    }

    fn all<'a>(
        &'a self,
        other: &'a Stands,
        is_alike: impl Fn(&StackStands, &StackStands) -> bool,
    ) -> bool {
        let keys = self.0.keys().chain(other.0.keys());
        keys.into_iter()
            .all(|key| match (self.0.get(key), other.0.get(key)) {
                (Some(one), Some(two)) => is_alike(one, two),
                (Some(one), None) | (None, Some(one)) => one.is_nothing(),
                (None, None) => true,
            })
    }

    /// Whether all is as it was: the same stacks with the same resources. A stack that was never created is none.
    pub fn is_as(&self, other: &Stands) -> bool {
        self.all(other, StackStands::is_as)
    }

    /// Whether all is as it was to be: the same stacks, with resources of the same names.
    pub fn is_like(&self, other: &Stands) -> bool {
        self.all(other, StackStands::is_like)
    }

    /// The stacks that are neither as they were deployed nor as before, with their status.
    pub fn stuck(&self) -> Vec<(&str, &Word<StackStatus>)> {
        let stacks = self.0.iter();
        let stuck = stacks.filter(|(_, stack)| !stack.is_well() && !stack.is_nothing());
        stuck
            .map(|(key, stack)| (key.as_str(), &stack.status))
            .collect()
    }

    /// The resources with data that were there before and are not any more, although a deployment without a failure keeps
    /// them: `database/Instance`.
    pub fn lost(&self, before: &Stands, without_failure: &Stands) -> Vec<String> {
        let is_in = |stands: &Stands, key: &str, id: &str, held: &Held| {
            let stack = stands.0.get(key);
            let found = stack.and_then(|stack| stack.resources.get(id));
            found.is_some_and(|found| found.is_there() && found.physical_id == held.physical_id)
        };
        let mut lost = Vec::new();
        for (key, stack) in &before.0 {
            for (id, held) in stack.there() {
                if holds_data(&held.resource_type)
                    && is_in(without_failure, key, id, held)
                    && !is_in(self, key, id, held)
                {
                    lost.push(format!("{key}/{id}"));
                }
            }
        }
        lost
    }

    /// What of it decides how anything goes on from here: everything but names that nobody chose, and what is gone.
    pub fn situation(&self) -> String {
        let mut text = String::new();
        for (key, stack) in &self.0 {
            let _ = writeln!(
                text,
                "{key} {} {:?} {} {}",
                stack.status,
                stack.parameters,
                // Where it ends, so that nothing in it can be taken for what comes after it.
                stack.template.len(),
                stack.template
            );
            for (id, held) in &stack.resources {
                if held.status != "DELETE_COMPLETE" {
                    let _ = writeln!(text, "  {id} {} {}", held.resource_type, held.status);
                }
            }
        }
        text
    }

    /// How many resources with data there are.
    pub fn data(&self) -> usize {
        let stacks = self.0.values();
        let all = stacks.flat_map(|stack| stack.there());
        all.filter(|(_, held)| holds_data(&held.resource_type))
            .count()
    }
}
