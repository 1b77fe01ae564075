//! `UpdateService`: somebody changes a service outside of all stacks.

use serde_json::{Map, Value, json};
use stratiform_service::ResourceStatus;

use super::begin::{Candidate, Occasion, Site, begin};
use super::definition;
use super::history::rollouts;
use super::rollout::Rollout;
use super::service::Service;
use super::{SERVICE, cluster, resolve, service_missing};
use crate::agenda::Due;
use crate::call::{Call, Result};
use crate::input::Refused;
use crate::provider::Action;
use crate::services::model;
use crate::state::State;

/// Begins what an estate is told to finish: a service is as it was before a deployment that failed.
const BACK: &str = "service-back ";

pub(super) fn update(state: &mut State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let realm = state.realm_of(call)?;
    let cluster = cluster(realm, call)?;
    let (arn, living) =
        resolve(realm, &cluster, arguments.needed("service")?).ok_or_else(service_missing)?;
    if realm.status_of(arn, living) == Some(ResourceStatus::DeleteInProgress) {
        return Err(Refused::new(
            "ServiceNotActiveException",
            "Service was not ACTIVE.",
        ));
    }
    let Value::Object(mut members) = arguments.all() else {
        return Err(service_missing());
    };
    for name in ["cluster", "service", "forceNewDeployment", "tags"] {
        members.remove(name);
    }
    if let Some(strategy) = members.remove("placementStrategy") {
        members.insert("placementStrategies".to_owned(), strategy);
    }
    if let Some(asked) = arguments.text("taskDefinition") {
        let found = definition::find(realm, asked)
            .ok_or_else(|| Refused::new("ClientException", "TaskDefinition not found."))?;
        members.insert("taskDefinition".to_owned(), found.into());
    }
    let occasion = match arguments.is("forceNewDeployment")? {
        true => Occasion::Force,
        false => Occasion::Update,
    };
    let changes = model::properties(SERVICE, &members);
    let stack = living
        .stack
        .as_ref()
        .and_then(|stack| realm.stacks.get(stack.as_str()));
    let stack = stack
        .map(|stack| stack.name.to_string())
        .unwrap_or_default();
    let (arn, logical_id) = (arn.to_owned(), living.logical_id.clone());
    let before = living.properties.clone();
    let mut properties = before.clone();
    properties.extend(changes.clone());
    let now = state.now();
    let realm = state
        .realms
        .get_mut(call.realm)
        .ok_or_else(service_missing)?;
    let mut site = Site {
        now,
        ids: &mut state.ids,
        faults: &mut state.faults,
        estate: &mut realm.estate,
    };
    let candidate = Candidate {
        arn: &arn,
        stack: &stack,
        logical_id: &logical_id,
        properties: &properties,
        action: Action::Update,
    };
    let rollout = begin(&mut site, &candidate, occasion);
    state.change_outside(call, SERVICE, &arn, changes)?;
    if let Some(rollout) = rollout.filter(Rollout::ends) {
        let what = match rollout.rolls_back {
            true => format!("{BACK}{} {arn}", rollout.id),
            false => String::new(),
        };
        let due = Due::Estate {
            realm: call.realm,
            what,
        };
        state.agenda.put(rollout.end(), due);
    }
    let realm = state.realm_of(call)?;
    let living = realm
        .estate
        .living(SERVICE, &arn)
        .ok_or_else(service_missing)?;
    let shown = Service::new(realm, &arn, living, now).shown();
    Ok(json!({ "service": shown }))
}

/// A service is as it was before a deployment, if that failed and is being taken back.
pub(super) fn finish(state: &mut State, realm: usize, what: &str) {
    let Some((id, arn)) = what
        .strip_prefix(BACK)
        .and_then(|rest| rest.split_once(' '))
    else {
        return;
    };
    let now = state.now();
    let Some(realm) = state.realms.get_mut(realm) else {
        return;
    };
    let all = rollouts(&realm.estate, arn);
    let undoing = all
        .iter()
        .find(|rollout| rollout.undoes.as_deref() == Some(id));
    let is_last = all.last() == undoing;
    if let (Some(undoing), true) = (undoing, is_last)
        && let Some(living) = realm.estate.living_mut(SERVICE, arn)
    {
        let definition: Map<String, Value> = [(
            "TaskDefinition".to_owned(),
            undoing.task_definition.clone().into(),
        )]
        .into_iter()
        .collect();
        living.properties.extend(definition);
        living.changed = now;
    }
}
