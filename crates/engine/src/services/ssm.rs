//! Systems Manager: parameters, those of stacks and others.
//!
//! Versions are counted from 1 and kept, whoever makes them: a call, or a stack.

use serde_json::{Map, Value, json};

use super::page::page;
use crate::call::{Call, Result, unsupported};
use crate::estate::{Estate, Living};
use crate::input::Refused;
use crate::state::{Realm, State};

const PARAMETER: &str = "AWS::SSM::Parameter";
const VERSIONS: &str = "parameter-versions";

/// How many versions are kept.
///
/// Source: Systems Manager user guide, "Working with parameter versions".
const KEPT: usize = 100;

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "PutParameter" => put(state, call),
        "GetParameter" => {
            let name = call.arguments.needed("Name")?;
            let parameter = parameter(state.realm_of(call)?, name)?;
            Ok(json!({ "Parameter": parameter }))
        }
        "GetParameters" => {
            let names = call.arguments.texts("Names").unwrap_or_default();
            let realm = state.realm_of(call)?;
            let (mut found, mut missing) = (Vec::new(), Vec::new());
            for name in names {
                match parameter(realm, &name) {
                    Ok(parameter) => found.push(parameter),
                    Err(_) => missing.push(name),
                }
            }
            Ok(json!({ "Parameters": found, "InvalidParameters": missing }))
        }
        "GetParametersByPath" => by_path(state, call),
        "GetParameterHistory" => {
            let name = call.arguments.needed("Name")?;
            let realm = state.realm_of(call)?;
            let name = plain_name(name);
            if realm.estate.living(PARAMETER, name).is_none() {
                return Err(missing());
            }
            let versions = versions(&realm.estate, name).iter().map(|version| {
                let mut version = version.clone();
                if let Some(version) = version.as_object_mut() {
                    version.insert("Name".to_owned(), name.into());
                }
                version
            });
            Ok(json!({ "Parameters": versions.collect::<Vec<_>>() }))
        }
        "DeleteParameter" => {
            let name = call.arguments.needed("Name")?.to_owned();
            if state
                .realm_of(call)?
                .estate
                .living(PARAMETER, &name)
                .is_none()
            {
                return Err(missing());
            }
            state.delete_outside(call, PARAMETER, &name)?;
            Ok(json!({}))
        }
        "DeleteParameters" => {
            let names = call.arguments.texts("Names").unwrap_or_default();
            let (mut deleted, mut invalid) = (Vec::new(), Vec::new());
            for name in names {
                if state
                    .realm_of(call)?
                    .estate
                    .living(PARAMETER, &name)
                    .is_none()
                {
                    invalid.push(name);
                } else {
                    state.delete_outside(call, PARAMETER, &name)?;
                    deleted.push(name);
                }
            }
            Ok(json!({ "DeletedParameters": deleted, "InvalidParameters": invalid }))
        }
        operation => {
            let message = format!("Systems Manager's {operation} is not in the embedded engine");
            Err(unsupported(call, "UnknownOperationException", message))
        }
    }
}

fn missing() -> Refused {
    Refused::new("ParameterNotFound", "")
}

/// The name in an ARN; a name as it is.
fn plain_name(name: &str) -> &str {
    match name.split_once(":parameter/") {
        Some((_, rest)) if name.starts_with("arn:") => rest,
        _ => name,
    }
}

fn find<'r>(realm: &'r Realm, name: &str) -> Option<(String, &'r Living)> {
    let living = realm.estate.living(PARAMETER, name);
    if let Some(living) = living {
        return Some((name.to_owned(), living));
    }
    // In an ARN the slash in front is the one of the ARN.
    let name = format!("/{name}");
    let living = realm.estate.living(PARAMETER, &name)?;
    Some((name, living))
}

/// A parameter by name, ARN, or either with a version or label behind a colon.
fn parameter(realm: &Realm, asked: &str) -> std::result::Result<Value, Refused> {
    let plain = plain_name(asked);
    let (name, selector) = match plain.split_once(':') {
        Some((name, selector)) => (name, Some(selector)),
        None => (plain, None),
    };
    let (name, living) = find(realm, name).ok_or_else(missing)?;
    let versions = versions(&realm.estate, &name);
    let version = match selector {
        None => versions.last(),
        Some(selector) => {
            let number: Option<u64> = selector.parse().ok();
            let mut versions = versions.iter();
            let found =
                versions.find(|version| version.get("Version").and_then(Value::as_u64) == number);
            let missing = || {
                Refused::new(
                    "ParameterVersionNotFound",
                    format!(
                        "Systems Manager could not find version {selector} of {name}. Verify the version and try again."
                    ),
                )
            };
            Some(found.ok_or_else(missing)?)
        }
    };
    let of_version = |key: &str| version.and_then(|version| version.get(key)).cloned();
    let text = |key: &str| living.text(key).map(Value::from);
    Ok(json!({
        "ARN": realm.arn("ssm", &format!("parameter/{}", name.trim_start_matches('/'))),
        "DataType": text("DataType").unwrap_or_else(|| "text".into()),
        "LastModifiedDate": of_version("LastModifiedDate").unwrap_or_else(|| json!(living.changed)),
        "Name": name,
        "Selector": selector.map(|selector| format!(":{selector}")),
        "Type": of_version("Type").or_else(|| text("Type")),
        "Value": of_version("Value").or_else(|| text("Value")),
        "Version": of_version("Version").unwrap_or_else(|| 1.into()),
    }))
}

fn by_path(state: &State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let path = arguments.needed("Path")?.trim_end_matches('/');
    let recursive = arguments.is("Recursive")?;
    let most = arguments.number("MaxResults")?.unwrap_or(10).min(10);
    let realm = state.realm_of(call)?;
    let names = realm.estate.all(PARAMETER).map(|(name, _)| name);
    let found = names.filter(|name| {
        let rest = name
            .strip_prefix(path)
            .and_then(|rest| rest.strip_prefix('/'));
        rest.is_some_and(|rest| recursive || !rest.contains('/'))
    });
    let found = found.filter_map(|name| parameter(realm, name).ok());
    let most = usize::try_from(most).unwrap_or(1);
    let (parameters, next) = page(found, arguments.text("NextToken"), most);
    Ok(json!({ "Parameters": parameters, "NextToken": next }))
}

/// Somebody outside of all stacks makes a parameter, or changes one: then its stack has drifted.
fn put(state: &mut State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let name = arguments.needed("Name")?.to_owned();
    let mut properties = Map::new();
    for key in ["Name", "Value", "Type", "Description", "DataType", "Tier"] {
        if let Some(text) = arguments.text(key) {
            properties.insert(key.to_owned(), text.into());
        }
    }
    let value = arguments.needed("Value")?.to_owned();
    properties.insert("Value".to_owned(), value.into());
    let tier = arguments.text("Tier").unwrap_or("Standard").to_owned();
    let overwrite = arguments.is("Overwrite")?;
    let exists = state
        .realm_of(call)?
        .estate
        .living(PARAMETER, &name)
        .is_some();
    if exists && !overwrite {
        return Err(already_exists());
    }
    if exists {
        let estate = &mut state.realm_mut(call)?.estate;
        let before = count(estate, &name);
        state.change_outside(call, PARAMETER, &name, properties)?;
        let estate = &mut state.realm_mut(call)?.estate;
        // A call is a version, even where it says what is already so.
        if count(estate, &name) == before {
            push(estate, &name);
        }
    } else {
        properties.entry("Type").or_insert_with(|| "String".into());
        if state.make_outside(call, PARAMETER, properties)?.is_none() {
            return Err(already_exists());
        }
    }
    let version = count(&state.realm_of(call)?.estate, &name);
    Ok(json!({ "Version": version, "Tier": tier }))
}

fn already_exists() -> Refused {
    Refused::new(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    )
}

fn versions<'e>(estate: &'e Estate, name: &str) -> &'e [Value] {
    let kept = estate.kept(VERSIONS, name).and_then(Value::as_array);
    kept.map(Vec::as_slice).unwrap_or_default()
}

/// The number of the last version.
fn count(estate: &Estate, name: &str) -> u64 {
    let last = versions(estate, name).last();
    last.and_then(|last| last.get("Version")?.as_u64())
        .unwrap_or(0)
}

fn push(estate: &mut Estate, name: &str) {
    let Some(living) = estate.living(PARAMETER, name) else {
        return;
    };
    let version = json!({
        "Version": count(estate, name) + 1,
        "Value": living.text("Value").unwrap_or_default(),
        "Type": living.text("Type").unwrap_or("String"),
        "LastModifiedDate": living.changed,
    });
    let mut all = versions(estate, name).to_vec();
    all.push(version);
    if all.len() > KEPT {
        all.remove(0);
    }
    estate.keep(VERSIONS, name, Value::Array(all));
}

/// Keeps the versions of a parameter that may have become another one, or is gone.
pub(crate) fn count_version(estate: &mut Estate, name: &str) {
    let Some(living) = estate.living(PARAMETER, name) else {
        if let Some(kept) = estate.kept.get_mut(VERSIONS) {
            kept.remove(name);
        }
        return;
    };
    let last = versions(estate, name).last();
    let is_as = |key: &str| {
        let of_last = last.and_then(|last| last.get(key)?.as_str());
        of_last.is_some() && of_last == living.text(key).or((key == "Type").then_some("String"))
    };
    if !(is_as("Value") && is_as("Type")) {
        push(estate, name);
    }
}
