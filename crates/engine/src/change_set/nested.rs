//! Change sets of the stacks in a stack: a tree of them, executed and deleted from its root.
//!
//! Source: CloudFormation user guide, "Change sets for nested stacks".

use indexmap::IndexMap;
use stratiform_service::change::Action;
use stratiform_service::change_set::ChangeSetType;
use stratiform_service::{ChangeSetId, ChangeSetName, ChangeSetStatus, ExecutionStatus};

use crate::agenda::Place;
use crate::change_set::making::Computed;
use crate::change_set::reality::properties_of;
use crate::change_set::{ChangeSetRecord, Child};
use crate::event::NESTED_STACK;
use crate::input::Refused;
use crate::stack::Stack;
use crate::state::State;

/// A stack in another one that a change set is about to change.
struct Nested {
    logical_id: String,
    /// None where it is new.
    stack: Option<String>,
    properties: serde_json::Map<String, serde_json::Value>,
}

impl State {
    /// Makes the change sets of the stacks that a change set changes, where it includes them.
    pub(super) fn make_nested(
        &mut self,
        realm: usize,
        id: &str,
        computed: &mut Computed,
    ) -> Result<(), String> {
        let around = self
            .realms
            .get(realm)
            .and_then(|realm| realm.change_sets.get(id));
        let Some(around) = around
            .filter(|around| around.include_nested_stacks)
            .cloned()
        else {
            return Ok(());
        };
        let nested = computed.values.iter().filter_map(|change| {
            let is_new = change.action == Action::Add;
            let is_kept = is_new || change.action == Action::Modify;
            let physical_id = change.physical_resource_id.as_ref();
            (change.resource_type == NESTED_STACK && is_kept).then(|| Nested {
                logical_id: change.logical_resource_id.to_string(),
                stack: physical_id.filter(|_| !is_new).map(ToString::to_string),
                properties: properties_of(change.after_context.as_deref().unwrap_or_default()),
            })
        });
        for nested in nested.collect::<Vec<_>>() {
            let child = self.make_child(realm, &around, &nested);
            let child = child.map_err(|refused| {
                format!(
                    "Nested change set for {} was not successfully created: {}",
                    nested.logical_id, refused.message
                )
            })?;
            self.make_change_set(realm, child.change_set.as_str());
            let made = self
                .realms
                .get(realm)
                .and_then(|realm| realm.change_sets.get(child.change_set.as_str()));
            // One that changes nothing fails, and is no failure of the whole.
            let failed = made.filter(|made| {
                made.status == ChangeSetStatus::Failed && !made.deployment.original.is_empty()
            });
            let is_same = failed.is_some_and(|made| {
                let reason = made.reason.as_deref().unwrap_or_default();
                stratiform_service::Reason::read(reason).is_no_changes()
            });
            if failed.is_some() && !is_same {
                return Err(format!(
                    "Nested change set {} was not successfully created: Currently in FAILED.",
                    child.change_set
                ));
            }
            for changes in [&mut computed.plain, &mut computed.values] {
                let mut changes = changes.iter_mut();
                let change =
                    changes.find(|change| change.logical_resource_id.as_str() == nested.logical_id);
                if let Some(change) = change {
                    change.change_set_id = Some(child.change_set.clone());
                }
            }
            computed.children.insert(nested.logical_id, child);
        }
        Ok(())
    }

    fn make_child(
        &mut self,
        realm: usize,
        around: &ChangeSetRecord,
        nested: &Nested,
    ) -> Result<Child, Refused> {
        let place = match &nested.stack {
            Some(stack) => Place {
                realm,
                stack: stack.clone(),
            },
            None => {
                let name = self.nested_name(realm, &around.stack, &nested.logical_id);
                self.place_of_new(realm, &name)?
            }
        };
        let before = self
            .realms
            .get(realm)
            .and_then(|realm| realm.stacks.get(&place.stack))
            .map(|stack| stack.deployment.clone());
        let before = before.filter(|_| nested.stack.is_some());
        let tags = around.deployment.tags.clone();
        let deployment =
            self.nested_deployment(&place, &nested.properties, tags, before.as_ref())?;
        let name = format!(
            "{}-{}-{}",
            around.name,
            nested.logical_id,
            self.ids.upper(13)
        );
        let id = self.new_change_set_id(realm, &name)?;
        let stack = place.stack.parse().map_err(|_| crate::call::missing())?;
        let root = around.parent.as_ref().map_or(&around.id, |(_, root)| root);
        let record = ChangeSetRecord {
            id: id.clone(),
            name: ChangeSetName::new(&name)
                .map_err(|error| Refused::validation(error.to_string()))?,
            stack,
            kind: match nested.stack {
                Some(_) => ChangeSetType::Update,
                None => ChangeSetType::Create,
            },
            status: ChangeSetStatus::CreatePending,
            execution: ExecutionStatus::Unavailable,
            reason: None,
            warning: None,
            created: self.now(),
            call: serde_json::Value::Null,
            description: None,
            deployment,
            plain: Vec::new(),
            values: Vec::new(),
            adopted: IndexMap::new(),
            drift: None,
            parent: Some((around.id.clone(), root.clone())),
            children: IndexMap::new(),
            is_gone: false,
            ..around.clone()
        };
        let child = Child {
            stack: record.stack.clone(),
            change_set: id,
        };
        if let Some(realm) = self.realms.get_mut(realm) {
            realm
                .change_sets
                .insert(child.change_set.to_string(), record.into());
        }
        if nested.stack.is_none() {
            self.with_stack(&place, &mut Vec::new(), Stack::review);
        }
        Ok(child)
    }

    /// The change sets below one, with it.
    pub(crate) fn family_of(&self, realm: usize, id: &ChangeSetId) -> Vec<ChangeSetId> {
        let mut family = vec![id.clone()];
        let mut next = 0;
        while let Some(id) = family.get(next) {
            let found = self
                .realms
                .get(realm)
                .and_then(|realm| realm.change_sets.get(id.as_str()));
            let children = found.into_iter().flat_map(|found| found.children.values());
            let children: Vec<ChangeSetId> =
                children.map(|child| child.change_set.clone()).collect();
            family.extend(children);
            next += 1;
        }
        family
    }
}
