//! Cloud Control: resources of any type, looked at, made, changed and deleted outside of all stacks. All of it is done at
//! once.

mod patch;

use serde_json::{Map, Value, json};
use stratiform_catalog::catalog;
use stratiform_catalog::naming::{NameScope, name_scope};

use super::model;
use super::page::page;
use crate::call::{Call, Result, unsupported};
use crate::estate::Living;
use crate::input::Refused;
use crate::state::{Realm, State};

/// Where what became of requests is kept, under their token.
const REQUESTS: &str = "resource-requests";

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    let asked = call.realm;
    call.realm = home(state, call);
    match call.request.operation.as_str() {
        "GetResource" => {
            let (kind, id) = needed(state.realm_of(call)?, call)?;
            let living = living(state.realm_of(call)?, &kind, &id)?;
            Ok(json!({ "TypeName": kind, "ResourceDescription": shown(&kind, &id, living) }))
        }
        "ListResources" => {
            let kind = kind(call)?;
            let realms = state.realms.iter().enumerate();
            let all = realms
                .filter(|(index, _)| answers_for(state, asked, *index, &kind))
                .flat_map(|(_, realm)| realm.estate.all(&kind));
            let all = all.map(|(id, living)| shown(&kind, id, living));
            let most = call.arguments.number("MaxResults")?.unwrap_or(100);
            let most = usize::try_from(most).unwrap_or(100);
            let (part, next) = page(all, call.arguments.text("NextToken"), most);
            Ok(json!({ "TypeName": kind, "ResourceDescriptions": part, "NextToken": next }))
        }
        "CreateResource" => create(state, call),
        "UpdateResource" => update(state, call, asked),
        "DeleteResource" => {
            let (kind, id) = needed(state.realm_of(call)?, call)?;
            state.delete_outside(call, &kind, &id)?;
            call.realm = asked;
            done(state, call, (&kind, &id), None, "DELETE")
        }
        "GetResourceRequestStatus" => {
            let token = call.arguments.needed("RequestToken")?;
            let request = state.realm_of(call)?.estate.kept(REQUESTS, token);
            let missing = || {
                Refused::new(
                    "RequestTokenNotFoundException",
                    format!("Request token {token} not found"),
                )
            };
            Ok(json!({ "ProgressEvent": request.ok_or_else(missing)? }))
        }
        operation => {
            let message = format!("Cloud Control's {operation} is not in the embedded engine");
            Err(unsupported(call, "UnsupportedActionException", message))
        }
    }
}

/// The realm of the resource that a call means: the one that is asked, and of what the whole account has, the one where it
/// was made.
fn home(state: &State, call: &Call<'_>) -> usize {
    let (Some(kind), Some(id)) = (
        call.arguments.text("TypeName"),
        call.arguments.text("Identifier"),
    ) else {
        return call.realm;
    };
    let realms = state.realms.iter().enumerate();
    let mut answering = realms.filter(|(index, _)| answers_for(state, call.realm, *index, kind));
    let home = answering.find(|(_, realm)| found(realm, kind, id).is_some());
    home.map_or(call.realm, |(index, _)| index)
}

/// Whether who asks in one realm is told of a type's resources in the other.
fn answers_for(state: &State, asked: usize, other: usize, kind: &str) -> bool {
    let account = |index: usize| state.realms.get(index).map(|realm| &realm.account);
    asked == other || name_scope(kind) == NameScope::Account && account(asked) == account(other)
}

fn kind(call: &Call<'_>) -> std::result::Result<String, Refused> {
    let kind = call.arguments.needed("TypeName")?;
    if catalog().resource_type(kind).is_none() {
        let message = format!("The type '{kind}' cannot be found.");
        return Err(Refused::new("TypeNotFoundException", message));
    }
    Ok(kind.to_owned())
}

/// Type and physical ID of the resource that a call means. Its primary identifier may have more parts than that ID.
fn needed(realm: &Realm, call: &Call<'_>) -> std::result::Result<(String, String), Refused> {
    let kind = kind(call)?;
    let asked = call.arguments.needed("Identifier")?;
    let found = found(realm, &kind, asked).ok_or_else(|| missing(&kind, asked))?;
    let id = found.to_owned();
    Ok((kind, id))
}

fn found<'i>(realm: &Realm, kind: &str, asked: &'i str) -> Option<&'i str> {
    let first = asked.split('|').next().unwrap_or(asked);
    [asked, first]
        .into_iter()
        .find(|id| realm.estate.living(kind, id).is_some())
}

fn missing(kind: &str, id: &str) -> Refused {
    Refused::new(
        "ResourceNotFoundException",
        format!("Resource of type '{kind}' with identifier '{id}' was not found."),
    )
}

fn living<'r>(realm: &'r Realm, kind: &str, id: &str) -> std::result::Result<&'r Living, Refused> {
    realm
        .estate
        .living(kind, id)
        .ok_or_else(|| missing(kind, id))
}

fn shown(kind: &str, id: &str, living: &Living) -> Value {
    let hidden = catalog().resource_type(kind);
    let mut properties = model::whole(kind, &living.identity, &living.properties);
    for path in hidden.into_iter().flat_map(|kind| kind.write_only()) {
        if path.is_top_level() {
            properties.remove(path.first());
        }
    }
    let properties = Value::Object(properties).to_string();
    json!({ "Identifier": id, "Properties": properties })
}

fn invalid(message: impl Into<String>) -> Refused {
    Refused::new("InvalidRequestException", message)
}

fn create(state: &mut State, call: &Call<'_>) -> Result {
    let kind = kind(call)?;
    let wanted = call.arguments.needed("DesiredState")?;
    let wanted: Value =
        serde_json::from_str(wanted).map_err(|_| invalid("DesiredState is no JSON"))?;
    let Value::Object(properties) = model::plain(&wanted) else {
        return Err(invalid("DesiredState is no JSON object"));
    };
    let made = state.make_outside(call, &kind, properties)?;
    let made = made.ok_or_else(|| {
        let message = format!("Resource of type '{kind}' already exists.");
        Refused::new("AlreadyExistsException", message)
    })?;
    let model = model_of(state, call, &kind, &made.physical_id)?;
    done(state, call, (&kind, &made.physical_id), model, "CREATE")
}

fn update(state: &mut State, call: &mut Call<'_>, asked: usize) -> Result {
    let (kind, id) = needed(state.realm_of(call)?, call)?;
    let document = call.arguments.needed("PatchDocument")?;
    let steps: Value =
        serde_json::from_str(document).map_err(|_| invalid("PatchDocument is no JSON"))?;
    let before = &living(state.realm_of(call)?, &kind, &id)?.properties;
    let patched = patch::patched(&before.to_value(), &model::plain(&steps));
    let Value::Object(after) = patched.map_err(invalid)? else {
        return Err(invalid("A resource is an object"));
    };
    let known = catalog().resource_type(&kind);
    let fixed = known.into_iter().flat_map(|kind| kind.create_only());
    for path in fixed.filter(|path| path.is_top_level()) {
        if before.get(path.first()) != after.get(path.first()) {
            let message = format!(
                "Invalid patch update: createOnlyProperties [/properties/{}] cannot be updated",
                path.first()
            );
            return Err(Refused::new("NotUpdatableException", message));
        }
    }
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let mut changes: Map<String, Value> = gone.map(|name| (name.clone(), Value::Null)).collect();
    changes.extend(after);
    state.change_outside(call, &kind, &id, changes)?;
    let model = model_of(state, call, &kind, &id)?;
    call.realm = asked;
    done(state, call, (&kind, &id), model, "UPDATE")
}

/// The properties of a resource as its service tells them.
fn model_of(
    state: &State,
    call: &Call<'_>,
    kind: &str,
    id: &str,
) -> std::result::Result<Option<Value>, Refused> {
    let living = state.realm_of(call)?.estate.living(kind, id);
    Ok(living.and_then(|living| shown(kind, id, living).get("Properties").cloned()))
}

/// What became of a request.
fn done(
    state: &mut State,
    call: &Call<'_>,
    (kind, id): (&str, &str),
    model: Option<Value>,
    what: &str,
) -> Result {
    let token = state.ids.uuid();
    let now = state.now();
    let realm = state.realm_mut(call)?;
    let event = json!({
        "TypeName": kind,
        "Identifier": id,
        "RequestToken": token,
        "Operation": what,
        "OperationStatus": "SUCCESS",
        "EventTime": now,
        "ResourceModel": model,
    });
    realm.estate.keep(REQUESTS, &token, event.clone());
    Ok(json!({ "ProgressEvent": event }))
}
