//! CloudWatch: alarms, and metrics that have no data. An alarm is OK unless somebody says otherwise: a fault, or `SetAlarmState`.

mod rule;

use serde_json::{Map, Value, json};

use super::model;
use super::page::page;
use crate::call::{Call, Result, unsupported};
use crate::estate::{Estate, Living};
use crate::input::Refused;
use crate::state::{Realm, State};

const METRIC: &str = "AWS::CloudWatch::Alarm";
const COMPOSITE: &str = "AWS::CloudWatch::CompositeAlarm";

/// What `SetAlarmState` said, by alarm.
const STATES: &str = "alarm-states";

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "DescribeAlarms" => describe(state, call),
        "GetMetricData" => metric_data(call),
        "SetAlarmState" => set_state(state, call),
        "PutMetricAlarm" => put(state, call, METRIC),
        "PutCompositeAlarm" => put(state, call, COMPOSITE),
        "EnableAlarmActions" => enable(state, call, "true"),
        "DisableAlarmActions" => enable(state, call, "false"),
        "DeleteAlarms" => {
            let names = call.arguments.texts("AlarmNames").unwrap_or_default();
            let estate = &state.realm_of(call)?.estate;
            if let Some(name) = names.iter().find(|name| find(estate, name).is_none()) {
                return Err(missing(&format!("Alarm {name} not found.")));
            }
            for name in names {
                for kind in [METRIC, COMPOSITE] {
                    state.delete_outside(call, kind, &name)?;
                }
                let estate = &mut state.realm_mut(call)?.estate;
                estate.alarms.remove(&name);
                forget(estate, &name);
            }
            Ok(json!({}))
        }
        operation => {
            let message = format!("CloudWatch's {operation} is not in the embedded engine");
            Err(unsupported(call, "InvalidAction", message))
        }
    }
}

/// Nothing is counted here: each metric is one without data.
fn metric_data(call: &Call<'_>) -> Result {
    let queries = call.arguments.structures("MetricDataQueries");
    let results = queries.unwrap_or_default().into_iter().map(|query| {
        let id = query.text("Id").unwrap_or_default();
        let label = query.text("Label").unwrap_or(id);
        json!({ "Id": id, "Label": label, "Timestamps": [], "Values": [], "StatusCode": "Complete" })
    });
    Ok(json!({ "MetricDataResults": results.collect::<Vec<_>>(), "Messages": [] }))
}

fn missing(message: &str) -> Refused {
    Refused {
        code: "ResourceNotFound".to_owned(),
        message: message.to_owned(),
        http_status: 404,
    }
}

/// An alarm of either kind.
fn find<'e>(estate: &'e Estate, name: &str) -> Option<(&'static str, &'e Living)> {
    let of = |kind: &'static str| estate.living(kind, name).map(|living| (kind, living));
    of(METRIC).or_else(|| of(COMPOSITE))
}

fn forget(estate: &mut Estate, name: &str) {
    if let Some(states) = estate.kept.get_mut(STATES) {
        states.remove(name);
    }
}

/// The state of an alarm: `OK`, `ALARM` or `INSUFFICIENT_DATA`.
fn value(estate: &Estate, name: &str, depth: usize) -> String {
    if estate.alarms.contains_key(name) {
        return "ALARM".to_owned();
    }
    let said = estate
        .kept(STATES, name)
        .and_then(|said| said.get("StateValue")?.as_str());
    if let Some(said) = said {
        return said.to_owned();
    }
    // Rules that lead in circles end somewhere.
    let rule = match find(estate, name) {
        Some((COMPOSITE, living)) if depth < 8 => living.text("AlarmRule"),
        _ => None,
    };
    let is_off =
        rule.is_some_and(|rule| rule::holds(rule, &|child| value(estate, child, depth + 1)));
    if is_off { "ALARM" } else { "OK" }.to_owned()
}

fn describe(state: &State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let realm = state.realm_of(call)?;
    let names = arguments
        .texts("AlarmNames")
        .filter(|names| !names.is_empty());
    let prefix = arguments.text("AlarmNamePrefix").unwrap_or_default();
    let wanted = arguments.text("StateValue");
    let types = arguments
        .texts("AlarmTypes")
        .filter(|types| !types.is_empty());
    let types = types.unwrap_or_else(|| vec!["MetricAlarm".to_owned()]);
    let of = |kind: &'static str, called: &str| {
        let is_asked = types.iter().any(|known| known == called);
        realm
            .estate
            .all(kind)
            .filter(move |_| is_asked)
            .map(move |found| (kind, found))
    };
    let all = of(METRIC, "MetricAlarm").chain(of(COMPOSITE, "CompositeAlarm"));
    let shown = all.filter_map(|(kind, (name, living))| {
        let is_named = names
            .as_ref()
            .is_none_or(|names| names.iter().any(|known| known == name));
        let value = value(&realm.estate, name, 0);
        let fits =
            is_named && name.starts_with(prefix) && wanted.is_none_or(|wanted| wanted == value);
        fits.then(|| shown(realm, kind, name, living, &value))
    });
    let most = arguments.number("MaxRecords")?.unwrap_or(50).clamp(1, 100);
    let most = usize::try_from(most).unwrap_or(50);
    let (alarms, next) = page(shown, arguments.text("NextToken"), most);
    let (composite, metric): (Vec<Value>, Vec<Value>) = alarms
        .into_iter()
        .partition(|alarm| alarm.get("AlarmRule").is_some());
    Ok(json!({ "MetricAlarms": metric, "CompositeAlarms": composite, "NextToken": next }))
}

fn shown(realm: &Realm, kind: &str, name: &str, living: &Living, value: &str) -> Value {
    let said = realm.estate.kept(STATES, name);
    let of_said = |key: &str| said.and_then(|said| said.get(key)).cloned();
    let since = realm.estate.alarms.get(name).map(|since| json!(since));
    let since = of_said("StateUpdatedTimestamp")
        .or(since)
        .unwrap_or_else(|| json!(living.since));
    let arn = living.attribute("Arn").map(str::to_owned);
    let mut shown = model::typed(kind, &living.properties);
    shown.remove("Tags");
    for list in ["AlarmActions", "InsufficientDataActions", "OKActions"] {
        shown.entry(list).or_insert_with(|| json!([]));
    }
    if kind == METRIC {
        shown.entry("Dimensions").or_insert_with(|| json!([]));
    }
    shown.entry("ActionsEnabled").or_insert(Value::Bool(true));
    if let Value::Object(own) = json!({
        "AlarmName": name,
        "AlarmArn": arn.unwrap_or_else(|| realm.arn("cloudwatch", &format!("alarm:{name}"))),
        "AlarmConfigurationUpdatedTimestamp": living.changed,
        "StateValue": value,
        "StateReason": of_said("StateReason").unwrap_or_else(|| match value {
            "ALARM" => "Threshold Crossed".into(),
            _ => "No data point crossed the threshold".into(),
        }),
        "StateReasonData": of_said("StateReasonData"),
        "StateUpdatedTimestamp": since,
        "StateTransitionedTimestamp": since,
    }) {
        shown.extend(own);
    }
    Value::Object(shown)
}

/// Puts an alarm into a state; into ALARM, it calls off whatever watches it.
fn set_state(state: &mut State, call: &mut Call<'_>) -> Result {
    let arguments = call.arguments;
    let name = arguments.needed("AlarmName")?.to_owned();
    let value = arguments.needed("StateValue")?;
    let reason = arguments.needed("StateReason")?;
    if !["OK", "ALARM", "INSUFFICIENT_DATA"].contains(&value) {
        return Err(Refused::validation(format!(
            "1 validation error detected: Value '{value}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]"
        )));
    }
    if find(&state.realm_of(call)?.estate, &name).is_none() {
        return Err(missing(&format!("Alarm {name} does not exist.")));
    }
    let said = json!({
        "StateValue": value,
        "StateReason": reason,
        "StateReasonData": arguments.text("StateReasonData"),
        "StateUpdatedTimestamp": state.now(),
    });
    let estate = &mut state.realm_mut(call)?.estate;
    estate.keep(STATES, &name, said);
    if value == "ALARM" {
        state.alarm_in(call.realm, &name, call.effects);
    } else {
        quiet(estate, &name);
    }
    Ok(json!({}))
}

/// An alarm is not off any more.
pub(super) fn quiet(estate: &mut Estate, name: &str) {
    estate.alarms.remove(name);
    settle_above(estate, name);
}

/// The composite alarms whose rule names an alarm.
fn naming(estate: &Estate, name: &str) -> Vec<String> {
    let all = estate.all(COMPOSITE).filter(|(known, living)| {
        let rule = living.text("AlarmRule").unwrap_or_default();
        *known != name && rule.contains(name)
    });
    all.map(|(known, _)| known.to_owned()).collect()
}

/// Composite alarms that are off because of one that is not any more, are not either.
fn settle_above(estate: &mut Estate, name: &str) {
    for above in naming(estate, name) {
        let since = estate.alarms.remove(&above);
        match since.filter(|_| value(estate, &above, 0) == "ALARM") {
            Some(since) => {
                estate.alarms.insert(above, since);
            }
            None => forget(estate, &above),
        }
    }
}

/// The composite alarms that an alarm sets off.
pub(super) fn set_off(estate: &Estate, name: &str) -> Vec<String> {
    let all = naming(estate, name).into_iter();
    let silent = all.filter(|known| !estate.alarms.contains_key(known));
    silent
        .filter(|known| value(estate, known, 0) == "ALARM")
        .collect()
}

fn put(state: &mut State, call: &Call<'_>, kind: &str) -> Result {
    let name = call.arguments.needed("AlarmName")?.to_owned();
    let Value::Object(members) = call.arguments.all() else {
        return Ok(json!({}));
    };
    let properties = model::properties(kind, &members);
    if state.realm_of(call)?.estate.living(kind, &name).is_some() {
        state.change_outside(call, kind, &name, properties)?;
    } else if state.make_outside(call, kind, properties)?.is_none() {
        return Err(Refused::validation(format!("{name} already exists")));
    }
    Ok(json!({}))
}

fn enable(state: &mut State, call: &Call<'_>, whether: &str) -> Result {
    for name in call.arguments.texts("AlarmNames").unwrap_or_default() {
        for kind in [METRIC, COMPOSITE] {
            let changes: Map<String, Value> = [("ActionsEnabled".to_owned(), whether.into())]
                .into_iter()
                .collect();
            state.change_outside(call, kind, &name, changes)?;
        }
    }
    Ok(json!({}))
}
