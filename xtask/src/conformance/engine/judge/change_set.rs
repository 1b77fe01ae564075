//! Change sets: both views, each beside its own counterpart.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::super::super::value::{Beyond, Different, Rules, differences, set_differences};
use super::super::column::Column;
use super::super::planning::is_waiter;
use super::super::transcript::Views;
use super::{IGNORED, Judge, RECORDED};

/// For what a change set says of a resource: nothing may be missing, and nothing may be too much.
const STRICT: Rules = Rules {
    beyond: Beyond::Different,
    ignored: IGNORED,
};

/// For contexts, in which a key that is ignored elsewhere is a property of a resource.
const CONTEXT: Rules = Rules {
    beyond: Beyond::Different,
    ignored: &[],
};

/// Which change set is it?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// The one that created the stack: a column for all of it.
    Creation,
    /// The one of the case.
    Change,
}

impl Judge<'_> {
    pub(super) fn change_sets(&mut self) {
        let (case, transcript) = (self.case, self.transcript);
        if let Some(views) = &transcript.creation {
            let names = ["create_change_set", "create_change_set_with_values"];
            self.views(Of::Creation, names.map(|name| case.recorded(name)), views);
        }
        if let Some(views) = &transcript.change_set {
            let names = ["change_set", "change_set_with_values"];
            self.views(Of::Change, names.map(|name| case.recorded(name)), views);
        }
        if let (true, Some(status)) = (is_waiter(case), &transcript.change_set_status) {
            self.same_text(Column::ChangeSet, "Status", "FAILED", Some(status));
        }
    }

    fn views(&mut self, of: Of, recorded: [&Value; 2], ours: &Views) {
        let column = |column| match of {
            Of::Creation => Column::Creation,
            Of::Change => column,
        };
        let [plain, values] = recorded;
        for (recorded, ours, details) in [
            (plain, &ours.plain, Column::Plain),
            (values, &ours.values, Column::Values),
        ] {
            if recorded.is_object() {
                self.compared(column(Column::Actions), actions(recorded, ours));
                self.compared(column(details), all_details(recorded, ours, details));
                self.compared(column(Column::ChangeSet), rest(recorded, ours));
            }
        }
    }
}

/// What a change set says of each resource.
fn by_resource(change_set: &Value) -> BTreeMap<&str, &Value> {
    let changes = change_set["Changes"].as_array().into_iter().flatten();
    let changes = changes.map(|change| &change["ResourceChange"]);
    changes
        .filter_map(|change| Some((change["LogicalResourceId"].as_str()?, change)))
        .collect()
}

fn actions(recorded: &Value, ours: &Value) -> Vec<Different> {
    let row = |change: &&Value| {
        let word = |name: &str| change[name].as_str().unwrap_or_default();
        let action = word("Action");
        // The service said it of what is added, once.
        let replacement = match action {
            "Add" | "Remove" => "",
            _ => word("Replacement"),
        };
        format!("{} {action} {replacement}", word("ResourceType"))
    };
    let (recorded, ours) = (by_resource(recorded), by_resource(ours));
    let names: BTreeSet<&str> = recorded.keys().chain(ours.keys()).copied().collect();
    let rows = names.into_iter().map(|name| {
        let [recorded, ours] = [recorded.get(name), ours.get(name)].map(|one| one.map(row));
        (
            name.to_owned(),
            recorded.map(Value::from),
            ours.map(Value::from),
        )
    });
    rows.filter(|(_, recorded, ours)| recorded != ours)
        .collect()
}

fn all_details(recorded: &Value, ours: &Value, column: Column) -> Vec<Different> {
    let (recorded, ours) = (by_resource(recorded), by_resource(ours));
    let both = recorded
        .iter()
        .filter_map(|(name, one)| Some((*name, *one, *ours.get(name)?)));
    let mut found: Vec<Different> = both
        .flat_map(|(name, recorded, ours)| details(name, recorded, ours, column))
        .collect();
    if !recorded.keys().eq(ours.keys()) {
        let names = |changes: &BTreeMap<&str, &Value>| {
            Some(changes.keys().map(|name| Value::from(*name)).collect())
        };
        found.push(("resources".to_owned(), names(&recorded), names(&ours)));
    }
    found
}

fn details(name: &str, recorded: &Value, ours: &Value, column: Column) -> Vec<Different> {
    let at = |field: &str| format!("{name}/{field}");
    let mut found = Vec::new();
    let mut field = |field: &str| {
        let (recorded, ours) = (recorded.get(field), ours.get(field));
        found.extend(differences(&CONTEXT, &at(field), recorded, ours));
    };
    field("PolicyAction");
    if column == Column::Values {
        // The service said `True` of what it adds until May 2025, and has not since.
        if recorded["Action"] != "Add" {
            field("Replacement");
        }
        field("BeforeContext");
        field("AfterContext");
    }
    let scope = |change: &Value| {
        let scope = change["Scope"].as_array().into_iter().flatten();
        let scope: BTreeSet<String> = scope.map(Value::to_string).collect();
        Value::from_iter(scope)
    };
    let (one, two) = (scope(recorded), scope(ours));
    found.extend(differences(&CONTEXT, &at("Scope"), Some(&one), Some(&two)));
    let list = |change: &Value| {
        let details = change["Details"].as_array().into_iter().flatten();
        let details = details.map(|detail| compared_detail(detail, column));
        details.collect::<Vec<Value>>()
    };
    let (one, two) = (list(recorded), list(ours));
    found.extend(set_differences(&STRICT, &at("Details"), &one, &two));
    found
}

/// What is compared of a detail.
fn compared_detail(detail: &Value, column: Column) -> Value {
    let mut compared = Map::new();
    let target = ["Attribute", "Name", "RequiresRecreation"].as_slice();
    let values = ["Path", "AttributeChangeType", "BeforeValue", "AfterValue"].as_slice();
    let values = match column {
        Column::Values => values,
        _ => &[],
    };
    for name in target.iter().chain(values) {
        compared.insert((*name).to_owned(), detail["Target"][*name].clone());
    }
    for name in ["Evaluation", "ChangeSource", "CausingEntity"] {
        compared.insert(name.to_owned(), detail[name].clone());
    }
    Value::Object(compared)
}

/// Everything but the changes.
fn rest(recorded: &Value, ours: &Value) -> Vec<Different> {
    let entries = recorded.as_object().into_iter().flatten();
    let entries = entries.filter(|(key, _)| *key != "Changes" && !IGNORED.contains(&key.as_str()));
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    entries
        .flat_map(|(key, recorded)| match key.as_str() {
            "Parameters" | "Tags" => {
                set_differences(&RECORDED, key, &list(recorded), &list(&ours[key]))
            }
            _ => differences(&RECORDED, key, Some(recorded), ours.get(key)),
        })
        .collect()
}
