//! One case: what the service answered and what we answer, field by field.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stratiform_changes::{ChangeSetView, describe};
use stratiform_diff::diff;
use stratiform_resolve::Whereabouts;
use stratiform_service::Region;

use super::case::{Case, ChangeSet, Stack, scalar};
use super::difference::{Difference, Pair};
use super::explanation::explain;
use super::field::Field;
use super::value;

/// A field of a resource, compared.
pub(super) struct Comparison {
    pub view: ChangeSetView,
    pub resource: String,
    pub field: Field,
    /// Where the two differ; empty where they do not.
    pub differences: Vec<Difference>,
}

/// Compares all change sets of a case.
pub(super) fn compare(case: &Case) -> Vec<Comparison> {
    let mut comparisons = Vec::new();
    for change_set in &case.change_sets {
        let (before, after) = case.sides(change_set);
        let pair = Pair {
            case,
            view: change_set.view,
            before,
            after,
        };
        let recorded = change_set.changes.iter().cloned();
        let recorded = by_resource(recorded.map(|mut change| change["ResourceChange"].take()));
        let ours = by_resource(ours(case, change_set).into_iter());
        let resources: BTreeSet<&String> = recorded.keys().chain(ours.keys()).collect();
        for resource in resources {
            pair.resource(
                resource,
                recorded.get(resource).unwrap_or(&Value::Null),
                ours.get(resource).unwrap_or(&Value::Null),
                &mut comparisons,
            );
        }
    }
    comparisons
}

/// Our answer: the `ResourceChange` of each entry of `Changes`.
fn ours(case: &Case, change_set: &ChangeSet) -> Vec<Value> {
    let (before, after) = case.sides(change_set);
    let place = Whereabouts {
        stack: "stack".to_owned(),
        region: Region::us_east_1(),
        account: "111111111111".parse().ok(),
    };
    let (before, after) = (before.map(Stack::at), after.map(Stack::at));
    let stack = diff(before.as_ref(), after.as_ref(), &place);
    let told = describe(&stack.resources, change_set.view);
    told.iter()
        .filter_map(|change| serde_json::to_value(change).ok())
        .collect()
}

fn by_resource(changes: impl Iterator<Item = Value>) -> BTreeMap<String, Value> {
    changes
        .map(|change| (scalar(&change["LogicalResourceId"]), change))
        .collect()
}

impl Pair<'_> {
    fn resource(
        &self,
        resource: &str,
        recorded: &Value,
        ours: &Value,
        comparisons: &mut Vec<Comparison>,
    ) {
        let action = |change: &Value| {
            let action = format!(
                "{} {}",
                change["Action"].as_str()?,
                change["ResourceType"].as_str()?
            );
            Some(Value::String(action))
        };
        let listed = !recorded.is_null() && !ours.is_null();
        for field in Field::ALL {
            let mut found = Differences::default();
            match field {
                Field::Action => found.json("", action(recorded).as_ref(), action(ours).as_ref()),
                // The rest says nothing new where one of the two does not list the resource.
                _ if !listed => continue,
                Field::Replacement => found.entry("Replacement", recorded, ours),
                Field::PolicyAction => found.entry("PolicyAction", recorded, ours),
                Field::Scope => found.json("", Some(&scope(recorded)), Some(&scope(ours))),
                Field::Paths => found.sets(&paths(recorded), &paths(ours)),
                Field::Details => found.sets(&set(recorded, identity), &set(ours, identity)),
                Field::Values => found.values(&set(recorded, key), &set(ours, key)),
                Field::BeforeContext => found.entry("BeforeContext", recorded, ours),
                Field::AfterContext => found.entry("AfterContext", recorded, ours),
            }
            if !found.compared {
                continue;
            }
            let found = found.differences;
            let differences = found.iter().map(|difference| Difference {
                explanation: explain(self, resource, field, difference, &found),
                ..difference.clone()
            });
            comparisons.push(Comparison {
                view: self.view,
                resource: resource.to_owned(),
                field,
                differences: differences.collect(),
            });
        }
    }
}

/// What tells the details of a change apart.
fn key(detail: &Value) -> String {
    let target = &detail["Target"];
    let parts = [
        &target["Attribute"],
        &target["Name"],
        &target["Path"],
        &detail["ChangeSource"],
        &detail["CausingEntity"],
        &detail["Evaluation"],
    ];
    let parts = parts.into_iter().filter_map(Value::as_str);
    parts.collect::<Vec<_>>().join(" ")
}

fn identity(detail: &Value) -> String {
    format!(
        "{} {}",
        key(detail),
        scalar(&detail["Target"]["RequiresRecreation"])
    )
}

/// What changes, each once: several causes can change the same.
fn paths(change: &Value) -> BTreeMap<String, &Value> {
    let path = |detail: &Value| {
        let target = &detail["Target"];
        match (target["Path"].as_str(), target["Name"].as_str()) {
            (Some(path), _) => path.to_owned(),
            (None, Some(name)) => format!("{} {name}", scalar(&target["Attribute"])),
            (None, None) => scalar(&target["Attribute"]),
        }
    };
    details(change)
        .map(|detail| (path(detail), detail))
        .collect()
}

/// The details of a change, by something that they have.
fn set(change: &Value, by: impl Fn(&Value) -> String) -> BTreeMap<String, &Value> {
    let mut set = BTreeMap::new();
    for detail in details(change) {
        let mut name = by(detail);
        // A detail that is there twice is one too many.
        while set.contains_key(&name) {
            name += " (again)";
        }
        set.insert(name, detail);
    }
    set
}

fn details(change: &Value) -> impl Iterator<Item = &Value> {
    change["Details"].as_array().into_iter().flatten()
}

/// The attributes that change, in an order of their own.
fn scope(change: &Value) -> Value {
    let scope = change["Scope"].as_array().into_iter().flatten();
    let scope: BTreeSet<String> = scope.map(scalar).collect();
    scope.into_iter().map(Value::String).collect()
}

/// The property that a detail is about.
fn property(detail: &Value) -> Option<String> {
    let target = &detail["Target"];
    let name = target["Name"].as_str();
    let tags = || {
        target["Attribute"]
            .as_str()
            .filter(|attribute| *attribute == "Tags")
    };
    name.or_else(tags).map(str::to_owned)
}

/// Collects differences.
#[derive(Default)]
struct Differences {
    differences: Vec<Difference>,
    /// Whether there was anything to compare.
    compared: bool,
    /// The property that is being compared.
    property: Option<String>,
}

impl Differences {
    fn entry(&mut self, name: &str, recorded: &Value, ours: &Value) {
        self.json("", recorded.get(name), ours.get(name));
    }

    fn sets(&mut self, recorded: &BTreeMap<String, &Value>, ours: &BTreeMap<String, &Value>) {
        let all: BTreeMap<&String, &&Value> = recorded.iter().chain(ours).collect();
        for (entry, detail) in all {
            self.compared = true;
            self.property = property(detail);
            let of = |set: &BTreeMap<String, &Value>| {
                set.contains_key(entry)
                    .then(|| Value::String(entry.clone()))
            };
            if recorded.contains_key(entry) != ours.contains_key(entry) {
                self.found("", of(recorded), of(ours));
            }
        }
    }

    fn values(&mut self, recorded: &BTreeMap<String, &Value>, ours: &BTreeMap<String, &Value>) {
        for (entry, recorded) in recorded {
            let Some(ours) = ours.get(entry) else {
                continue;
            };
            self.property = property(recorded);
            for name in ["BeforeValue", "AfterValue", "AttributeChangeType"] {
                let value = |detail: &Value| detail["Target"].get(name).cloned();
                let at = format!("{entry} {name}");
                self.json(&at, value(recorded).as_ref(), value(ours).as_ref());
            }
        }
    }

    fn json(&mut self, at: &str, recorded: Option<&Value>, ours: Option<&Value>) {
        self.compared |= recorded.is_some() || ours.is_some();
        for (at, recorded, ours) in value::differences(&value::EXACT, at, recorded, ours) {
            self.found(&at, recorded, ours);
        }
    }

    fn found(&mut self, at: &str, recorded: Option<Value>, ours: Option<Value>) {
        let below = at
            .strip_prefix("/Properties/")
            .and_then(|path| path.split('/').next());
        self.differences.push(Difference {
            at: at.to_owned(),
            property: self.property.clone().or_else(|| below.map(str::to_owned)),
            recorded,
            ours,
            explanation: None,
        });
    }
}
