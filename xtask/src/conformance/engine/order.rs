//! A law that needs no recording: what refers to something is neither started before it nor deleted after it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Resources by what they refer to.
type Dependencies<'t> = BTreeMap<&'t str, BTreeSet<&'t str>>;

/// Each case of the law that events break, oldest first, when a stack comes from one template to the other.
pub(super) fn broken(before: &Value, after: &Value, events: &[Value]) -> Vec<String> {
    let (before, after) = (dependencies(before), dependencies(after));
    let mut broken = Vec::new();
    for (name, uses) in &after {
        // A reference that an update adds is no reason to wait at the creation.
        let old = before.get(name);
        for used in uses
            .iter()
            .filter(|used| old.is_none_or(|old| old.contains(*used)))
        {
            let start = first(events, name, |event| {
                event["ResourceStatus"] == "CREATE_IN_PROGRESS"
            });
            let ready = first(events, used, is_ready);
            if let (Some(start), Some(ready)) = (start, ready)
                && start < ready
            {
                broken.push(format!("{used} is created before {name} starts"));
            }
        }
        if old.is_some_and(|old| old != uses) {
            continue;
        }
        for used in uses {
            let gone = last(events, name, "DELETE_COMPLETE");
            let begins = last(events, used, "DELETE_IN_PROGRESS");
            if let (Some(gone), Some(begins)) = (gone, begins)
                && begins < gone
            {
                broken.push(format!("{name} is deleted before {used}"));
            }
        }
    }
    broken
}

/// Whether what refers to a resource may start.
fn is_ready(event: &Value) -> bool {
    let status = event["ResourceStatus"].as_str().unwrap_or_default();
    ["CREATE_COMPLETE", "IMPORT_COMPLETE"].contains(&status)
        || event["DetailedStatus"] == "CONFIGURATION_COMPLETE"
}

fn first(events: &[Value], name: &str, is_it: impl Fn(&Value) -> bool) -> Option<usize> {
    let mut events = events.iter();
    events.position(|event| event["LogicalResourceId"] == name && is_it(event))
}

fn last(events: &[Value], name: &str, status: &str) -> Option<usize> {
    let mut events = events.iter();
    events
        .rposition(|event| event["LogicalResourceId"] == name && event["ResourceStatus"] == status)
}

fn dependencies(template: &Value) -> Dependencies<'_> {
    let Some(resources) = template["Resources"].as_object() else {
        return Dependencies::new();
    };
    let mut dependencies = Dependencies::new();
    for (name, resource) in resources {
        let mut uses = BTreeSet::new();
        references(&resource["Properties"], &mut uses);
        let explicit = &resource["DependsOn"];
        uses.extend(explicit.as_str());
        uses.extend(
            explicit
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str),
        );
        uses.retain(|used| used != name && resources.contains_key(*used));
        dependencies.insert(name, uses);
    }
    dependencies
}

fn references<'t>(value: &'t Value, found: &mut BTreeSet<&'t str>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                match key.as_str() {
                    "Ref" => found.extend(value.as_str()),
                    "Fn::GetAtt" => found.extend(owner(value)),
                    "Fn::Sub" => substituted(value, found),
                    // Which branch is taken is the endpoint's business.
                    "Fn::If" => {}
                    _ => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// The resource that an attribute is of.
fn owner(value: &Value) -> Option<&str> {
    let first = value.as_array().and_then(|parts| parts.first());
    first.unwrap_or(value).as_str()?.split('.').next()
}

fn substituted<'t>(value: &'t Value, found: &mut BTreeSet<&'t str>) {
    let parts = value.as_array();
    let text = parts.and_then(|parts| parts.first()).unwrap_or(value);
    let own = parts.and_then(|parts| parts.get(1));
    let is_own = |name: &str| own.is_some_and(|own| own.get(name).is_some());
    let text = text.as_str().unwrap_or_default();
    let names = text.split("${").skip(1);
    let names = names.filter_map(|rest| Some(rest.split_once('}')?.0));
    let names = names.filter(|name| !is_own(name) && !name.starts_with('!'));
    found.extend(names.filter_map(|name| name.split('.').next()));
    if let Some(own) = own {
        references(own, found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::broken;

    fn events(list: &[(&str, &str)]) -> Vec<Value> {
        let events = list.iter();
        let events = events
            .map(|(name, status)| json!({"LogicalResourceId": name, "ResourceStatus": status}));
        events.collect()
    }

    #[test]
    fn what_is_referred_to_comes_first_and_goes_last() {
        let template = json!({"Resources": {
            "A": {},
            "B": {"Properties": {"Name": {"Fn::Sub": "${A}-${AWS::Region}"}}},
        }});
        let right = events(&[
            ("A", "CREATE_IN_PROGRESS"),
            ("A", "CREATE_COMPLETE"),
            ("B", "CREATE_IN_PROGRESS"),
            ("B", "DELETE_IN_PROGRESS"),
            ("B", "DELETE_COMPLETE"),
            ("A", "DELETE_IN_PROGRESS"),
        ]);
        assert!(broken(&Value::Null, &template, &right).is_empty());
        let wrong: Vec<Value> = right.into_iter().rev().collect();
        assert_eq!(
            broken(&Value::Null, &template, &wrong),
            ["A is created before B starts", "B is deleted before A"]
        );
    }
}
