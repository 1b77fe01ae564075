//! What stacks have, and what they name outside of themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use stratiform_assembly::Assembly;
use stratiform_resolve::{Resolver, Scope, Whereabouts, expand};

use crate::around::Around;
use crate::role::Roles;
use crate::thing::{Names, Thing};

/// What stacks have and name, from which it follows what they need: gone through once, whatever is asked then.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Inventory {
    pub(crate) things: Things,
    pub(crate) roles: Roles,
    pub(crate) around: Around,
}

impl Inventory {
    /// That of the stacks of some assemblies together.
    pub fn of(assemblies: &[&Assembly]) -> Inventory {
        let mut inventory = Inventory::default();
        for assembly in assemblies {
            for stack in &assembly.stacks {
                let place = Whereabouts {
                    stack: stack.name.clone(),
                    region: assembly.region.clone(),
                    account: assembly.account.clone(),
                };
                let scope = Scope::new(&stack.template, &stack.parameters, &place);
                let expanded = expand(&Resolver::new(&scope, &place));
                let template = expanded.as_ref().unwrap_or(&stack.template);
                let scope = Scope::new(template, &stack.parameters, &place);
                let known = Mutex::default();
                inventory.collect(&Names::new(&scope, &place, &known));
            }
        }
        inventory.things.settle();
        inventory
    }

    /// Takes what a stack's resources are, and what they name.
    fn collect(&mut self, names: &Names<'_, '_>) {
        for (logical_id, resource) in names.scope.resources() {
            let own = names.things(logical_id, resource);
            self.roles.collect(names, resource, &own);
            let known = &mut self.things.of_types;
            let known = known.entry(resource.resource_type.clone()).or_default();
            known.extend(own);
            self.things
                .outside
                .extend(names.named_in(&resource.properties));
        }
        self.around.collect(names);
    }
}

/// The things of stacks: those of each type, and those that templates name.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Things {
    pub(crate) of_types: BTreeMap<String, Vec<Thing>>,
    pub(crate) outside: Vec<Thing>,
}

impl Things {
    pub(crate) fn of_type(&self, resource_type: &str) -> &[Thing] {
        self.of_types.get(resource_type).map_or(&[], Vec::as_slice)
    }

    /// All of them, each with the type whose resource it is.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Option<&str>, &Thing)> {
        let own = self.of_types.iter().flat_map(|(name, things)| {
            let things = things.iter();
            things.map(move |thing| (Some(name.as_str()), thing))
        });
        own.chain(self.outside.iter().map(|thing| (None, thing)))
    }

    /// Each once, and what is named outside only where no stack has it.
    fn settle(&mut self) {
        for things in self.of_types.values_mut() {
            things.sort();
            things.dedup();
        }
        let own: BTreeSet<&str> = self
            .of_types
            .values()
            .flatten()
            .map(|thing| thing.rest.as_str())
            .collect();
        let outside = &mut self.outside;
        outside.retain(|thing| !own.contains(thing.rest.as_str()));
        outside.sort();
        outside.dedup();
    }
}
