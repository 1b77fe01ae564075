//! Resources that are made, changed and deleted outside of all stacks: what of a stack changes so has drifted.

use indexmap::IndexMap;
use serde_json::{Map, Value};
use stratiform_service::ResourceStatus;

use crate::call::Call;
use crate::estate::Living;
use crate::input::Refused;
use crate::provider::{self, Identity, Place};
use crate::state::{Owner, Realm, State};
use crate::world::scoped;

impl State {
    /// Makes a resource that belongs to no stack. None where somebody else has what it would need for itself alone.
    pub(super) fn make_outside(
        &mut self,
        call: &Call<'_>,
        resource_type: &str,
        properties: Map<String, Value>,
    ) -> Result<Option<Identity>, Refused> {
        let now = self.now();
        let realm = self.realm_of(call)?;
        let (account, region) = (realm.account.clone(), realm.region.clone());
        let place = Place {
            partition: region.partition(),
            region: region.as_str(),
            account: account.as_str(),
            stack: "outside",
            logical_id: "",
        };
        let identity = provider::create(resource_type, &properties, &place, &mut self.ids);
        let identity = self
            .realm_mut(call)?
            .estate
            .numbered(resource_type, identity);
        let unique = provider::unique(resource_type, &identity, &properties);
        let keys = unique
            .into_iter()
            .map(|unique| scoped(account.as_str(), region.as_str(), unique.scope, &unique.key));
        let keys: Vec<String> = keys.collect();
        if keys.iter().any(|key| self.taken.contains_key(key)) {
            return Ok(None);
        }
        for key in keys {
            let owner = Owner {
                stack: None,
                resource_type: resource_type.to_owned(),
                physical_id: identity.physical_id.clone(),
            };
            self.taken.insert(key, owner);
        }
        let living = Living {
            identity: identity.clone(),
            properties: properties.into(),
            tags: IndexMap::new(),
            stack: None,
            logical_id: String::new(),
            since: now,
            changed: now,
        };
        self.realm_mut(call)?.estate.put(resource_type, living);
        Ok(Some(identity))
    }

    /// Deletes a resource, whosever it is.
    pub(super) fn delete_outside(
        &mut self,
        call: &Call<'_>,
        resource_type: &str,
        physical_id: &str,
    ) -> Result<(), Refused> {
        let realm = self.realm_mut(call)?;
        realm.estate.remove(resource_type, physical_id);
        let (own, region) = (format!("{}/", realm.account), realm.region.clone());
        let elsewhere = |key: &str| {
            let scope = key
                .strip_prefix(&own)
                .and_then(|rest| rest.split('/').next());
            scope.is_none_or(|scope| scope != "*" && scope != region.as_str())
        };
        self.taken.retain(|key, owner| {
            elsewhere(key)
                || owner.physical_id != physical_id
                || owner.resource_type != resource_type
        });
        Ok(())
    }

    /// Changes properties of a resource, whosever it is; what is null is taken away.
    pub(super) fn change_outside(
        &mut self,
        call: &Call<'_>,
        resource_type: &str,
        physical_id: &str,
        changes: Map<String, Value>,
    ) -> Result<(), Refused> {
        let now = self.now();
        let estate = &mut self.realm_mut(call)?.estate;
        let Some(living) = estate.living_mut(resource_type, physical_id) else {
            return Ok(());
        };
        for (name, value) in changes {
            match value {
                Value::Null => living.properties.remove(&name),
                value => living.properties.insert(name, value),
            };
        }
        living.changed = now;
        estate.index(resource_type, physical_id);
        Ok(())
    }
}

impl Realm {
    /// What its stack is doing with a resource; none where it belongs to none.
    pub(super) fn status_of(&self, physical_id: &str, living: &Living) -> Option<ResourceStatus> {
        let stack = self.stacks.get(living.stack.as_ref()?.as_str())?;
        let record = stack.resources.get(&living.logical_id)?;
        (record.physical_id() == Some(physical_id)).then_some(record.status)
    }

    /// An ARN in this account and region.
    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
        let partition = self.region.partition();
        format!(
            "arn:{partition}:{service}:{}:{}:{resource}",
            self.region, self.account
        )
    }
}

impl Living {
    /// A property that is a text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.properties.get(name)?.as_str()
    }

    /// A property that is true.
    pub(super) fn is(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    /// An attribute that is a text.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.identity.attributes.get(name)?.as_str()
    }

    /// Tags, as `[{Key, Value}]`: its own, and those of its stack.
    pub(super) fn all_tags(&self) -> Vec<Value> {
        let own = self.properties.get("Tags").and_then(Value::as_array);
        let own = own.into_iter().flatten().cloned();
        let passed_on = self.tags.iter();
        let passed_on =
            passed_on.map(|(key, value)| serde_json::json!({ "Key": key, "Value": value }));
        own.chain(passed_on).collect()
    }
}
