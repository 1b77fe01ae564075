//! Systems Manager: parameters, those of stacks and others.

use serde_json::{Map, Value, json};

use crate::call::{Call, Result, unsupported};
use crate::input::Refused;
use crate::provider::Identity;
use crate::stack::Record;
use crate::state::{Realm, State};

const PARAMETER: &str = "AWS::SSM::Parameter";

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "PutParameter" => put(state, call),
        "GetParameter" => {
            let name = call.arguments.needed("Name")?;
            match parameter(state.realm_of(call)?, name) {
                Some(parameter) => Ok(json!({ "Parameter": parameter })),
                None => Err(Refused::new("ParameterNotFound", "")),
            }
        }
        "GetParameters" => {
            let names = call.arguments.texts("Names").unwrap_or_default();
            let realm = state.realm_of(call)?;
            let (mut found, mut missing) = (Vec::new(), Vec::new());
            for name in names {
                match parameter(realm, &name) {
                    Some(parameter) => found.push(parameter),
                    None => missing.push(name),
                }
            }
            Ok(json!({ "Parameters": found, "InvalidParameters": missing }))
        }
        "DeleteParameter" => {
            let name = call.arguments.needed("Name")?.to_owned();
            let realm = state.realm_mut(call)?;
            if realm.estate.living(PARAMETER, &name).is_none() {
                return Err(Refused::new("ParameterNotFound", ""));
            }
            realm.estate.remove(PARAMETER, &name);
            Ok(json!({}))
        }
        operation => {
            let message = format!("Systems Manager's {operation} is not in the embedded engine");
            Err(unsupported(call, "UnknownOperationException", message))
        }
    }
}

fn parameter(realm: &Realm, name: &str) -> Option<Value> {
    let (name, _) = name.split_once(':').unwrap_or((name, ""));
    let living = realm.estate.living(PARAMETER, name)?;
    let text = |key: &str| living.properties.get(key).and_then(Value::as_str);
    Some(json!({
        "ARN": format!(
            "arn:{}:ssm:{}:{}:parameter/{}",
            realm.region.partition(),
            realm.region,
            realm.account,
            name.trim_start_matches('/')
        ),
        "DataType": text("DataType").unwrap_or("text"),
        "LastModifiedDate": living.changed,
        "Name": name,
        "Type": text("Type").unwrap_or("String"),
        "Value": text("Value").unwrap_or_default(),
        "Version": 1,
    }))
}

/// Somebody outside of all stacks makes a parameter, or changes one: then its stack has drifted.
fn put(state: &mut State, call: &mut Call<'_>) -> Result {
    let arguments = call.arguments;
    let name = arguments.needed("Name")?.to_owned();
    let value = arguments.needed("Value")?.to_owned();
    let kind = arguments.text("Type").unwrap_or("String").to_owned();
    let overwrite = arguments.is("Overwrite")?;
    let now = state.now();
    let realm = state.realm_mut(call)?;
    if let Some(living) = realm.estate.living_mut(PARAMETER, &name) {
        if !overwrite {
            return Err(Refused::new(
                "ParameterAlreadyExists",
                "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
            ));
        }
        living.properties.insert("Value".to_owned(), value.into());
        living.changed = now;
        realm.estate.index(PARAMETER, &name);
        return Ok(json!({ "Version": 2, "Tier": "Standard" }));
    }
    let mut properties = Map::new();
    properties.insert("Name".to_owned(), name.clone().into());
    properties.insert("Type".to_owned(), kind.into());
    properties.insert("Value".to_owned(), value.into());
    let record = Record {
        identity: Some(Identity {
            physical_id: name.clone(),
            reference: name.clone(),
            ..Identity::default()
        }),
        properties,
        ..Record::empty(PARAMETER.to_owned(), now)
    };
    realm.estate.put(&name, &record, None, now);
    Ok(json!({ "Version": 1, "Tier": "Standard" }))
}
