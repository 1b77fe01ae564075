//! What holds for any two templates.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use stratiform_assembly::StackAt;
use stratiform_changes::{Attribute, ChangedAttribute, ChangedResource, Edit};
use stratiform_diff::{StackChange, StackDiff, diff};
use stratiform_resolve::{Style, Whereabouts};
use stratiform_template::Template;

fn compare(before: &Value, after: &Value) -> StackDiff {
    let place = Whereabouts {
        stack: "shop".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    };
    let stacks = [before, after].map(|json| {
        let template = Template::parse(&json.to_string()).unwrap();
        StackAt::of("shop", template)
    });
    diff(Some(&stacks[0]), Some(&stacks[1]), &place)
}

/// Text, or something that depends on another resource or a parameter.
fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => "[a-c]{0,2}".prop_map(Value::String),
        1 => (0..20).prop_map(|number| json!(number)),
        1 => "[A-D]".prop_map(|name| json!({"Ref": name})),
        1 => "[A-D]".prop_map(|name| json!({"Fn::GetAtt": [name, "DisplayName"]})),
        1 => "[A-D]".prop_map(|name| json!({"Fn::Sub": format!("x-${{{name}.TopicArn}}-${{P}}")})),
        1 => Just(json!({"Ref": "P"})),
        1 => Just(json!({"Ref": "AWS::NoValue"})),
        1 => Just(json!({"Fn::If": ["Chosen", "a", "b"]})),
    ]
}

fn tags() -> impl Strategy<Value = Value> {
    let lists = btree_map("[a-d]", text(), 0..4).prop_map(|tags| {
        let tags = tags.into_iter();
        tags.map(|(key, value)| json!({"Key": key, "Value": value}))
            .collect::<Vec<_>>()
    });
    lists.prop_shuffle().prop_map(Value::Array)
}

fn properties() -> impl Strategy<Value = Value> {
    // A free document: its lists have an order.
    let list = vec(json_map(), 0..4).prop_map(|list| json!({"Statement": list}));
    (
        proptest::option::of(text()),
        proptest::option::of(text()),
        proptest::option::of(tags()),
        proptest::option::of(list),
    )
        .prop_map(|(display, name, tags, list)| {
            let entries = [
                ("DisplayName", display),
                ("TopicName", name),
                ("Tags", tags),
                ("DataProtectionPolicy", list),
            ];
            let there = entries
                .into_iter()
                .filter_map(|(key, value)| Some((key.to_owned(), value?)));
            Value::Object(there.collect())
        })
}

fn json_map() -> impl Strategy<Value = Value> {
    btree_map("[x-z]", text(), 0..3)
        .prop_map(|entries| Value::Object(entries.into_iter().collect()))
}

fn template() -> impl Strategy<Value = Value> {
    let resource = (properties(), any::<bool>()).prop_map(|(properties, conditional)| {
        let mut resource = json!({"Type": "AWS::SNS::Topic", "Properties": properties});
        if conditional {
            resource["Condition"] = json!("Chosen");
        }
        resource
    });
    (btree_map("[A-D]", resource, 1..5), "[a-b]", "[a-b]").prop_map(
        |(resources, default, chosen)| {
            let resources: Map<String, Value> = resources.into_iter().collect();
            json!({
                "Parameters": {"P": {"Type": "String", "Default": default}},
                "Conditions": {"Chosen": {"Fn::Equals": [{"Ref": "P"}, chosen]}},
                "Resources": resources,
            })
        },
    )
}

fn ids(changes: &[ChangedResource], action: Edit) -> BTreeSet<&str> {
    let of_action = changes.iter().filter(|change| change.action == action);
    of_action.map(|change| change.logical_id.as_str()).collect()
}

/// The properties before with all details applied.
fn applied(change: &ChangedResource) -> Value {
    let mut properties = change
        .before
        .as_ref()
        .unwrap()
        .properties
        .to_json(Style::ChangeSet);
    let below = |detail: &&ChangedAttribute| {
        matches!(detail.attribute, Attribute::Properties | Attribute::Tags)
            && detail.path[0] == "Properties"
    };
    let details: Vec<&ChangedAttribute> = change.properties().filter(below).collect();
    let of_type = |wanted| {
        details
            .iter()
            .filter(move |detail| detail.change_type == wanted)
    };
    for detail in of_type(Edit::Modify).chain(of_type(Edit::Add)) {
        let value = detail.after.as_ref().unwrap().to_json(Style::ChangeSet);
        let (last, parents) = detail.path[1..].split_last().unwrap();
        match at(&mut properties, parents) {
            Value::Array(items) if detail.change_type == Edit::Add => items.push(value),
            parent => *at(parent, std::slice::from_ref(last)) = value,
        }
    }
    for detail in of_type(Edit::Remove).rev() {
        let (last, parents) = detail.path[1..].split_last().unwrap();
        match at(&mut properties, parents) {
            Value::Array(items) => drop(items.remove(last.parse().unwrap())),
            Value::Object(entries) => drop(entries.remove(last)),
            other => panic!("{other} has nothing to remove"),
        }
    }
    properties
}

fn at<'v>(value: &'v mut Value, path: &[String]) -> &'v mut Value {
    path.iter().fold(value, |value, step| match value {
        Value::Array(items) => &mut items[step.parse::<usize>().unwrap()],
        value => &mut value[step.as_str()],
    })
}

/// Tags in one order: theirs means nothing.
fn sorted(mut properties: Value) -> Value {
    if let Some(tags) = properties.get_mut("Tags").and_then(Value::as_array_mut) {
        tags.sort_by_key(ToString::to_string);
    }
    properties
}

fn after(change: &ChangedResource) -> Value {
    let after = &change.after.as_ref().unwrap().properties;
    sorted(after.to_json(Style::ChangeSet))
}

/// What random templates rarely have: a value that becomes another one through a resource that is updated in place.
#[test]
fn what_changes_through_another_resource_is_in_the_whole() {
    let read = json!({"Fn::GetAtt": ["B", "DisplayName"]});
    let tags = |first: &str, last: &str| json!({"Tags": [{"Key": first, "Value": read}, {"Key": last, "Value": read}]});
    let cases = [
        // It gets another value, it goes, and lists without an order turn round.
        (
            [json!({"DisplayName": read}), json!({"DisplayName": read})],
            [json!("a"), json!("b")],
        ),
        (
            [json!({"DisplayName": "a"}), json!({"DisplayName": read})],
            [json!({"Ref": "P"}), Value::Null],
        ),
        ([tags("x", "y"), tags("y", "x")], [json!("a"), json!("b")]),
        (
            [
                json!({"DisplayName": "c", "TopicName": read}),
                json!({"DisplayName": "d", "TopicName": read}),
            ],
            [json!("a"), json!("b")],
        ),
    ];
    for (topics, names) in cases {
        let [one, two] = [0, 1].map(|side| {
            let mut named = json!({"Type": "AWS::SNS::Topic", "Properties": {}});
            if !names[side].is_null() {
                named["Properties"]["DisplayName"] = names[side].clone();
            }
            let resources =
                json!({"A": {"Type": "AWS::SNS::Topic", "Properties": topics[side]}, "B": named});
            json!({"Parameters": {"P": {"Type": "String", "Default": "a"}}, "Resources": resources})
        });
        let found = compare(&one, &two).resources;
        assert_eq!(found.len(), 2);
        for change in &found {
            assert_eq!(sorted(applied(change)), after(change), "{change:#?}");
        }
    }
}

proptest! {
    #[test]
    fn a_template_does_not_differ_from_itself(one in template()) {
        let found = compare(&one, &one);
        prop_assert!(found.resources.is_empty() && found.outputs.is_empty());
        prop_assert!(found.consequences.is_empty());
        prop_assert_eq!(found.change, StackChange::Unchanged);
    }

    #[test]
    fn swapping_turns_adding_into_removing(one in template(), two in template()) {
        let (there, back) = (compare(&one, &two).resources, compare(&two, &one).resources);
        prop_assert_eq!(ids(&there, Edit::Add), ids(&back, Edit::Remove));
        prop_assert_eq!(ids(&there, Edit::Remove), ids(&back, Edit::Add));
    }

    #[test]
    fn applying_the_changes_to_before_gives_after(one in template(), two in template()) {
        let found = compare(&one, &two).resources;
        for change in found.iter().filter(|change| change.action == Edit::Modify) {
            prop_assert_eq!(sorted(applied(change)), after(change), "{:#?}", change);
        }
        let before = ids(&compare(&json!({"Resources": {}}), &one).resources, Edit::Add).len();
        let after = ids(&compare(&json!({"Resources": {}}), &two).resources, Edit::Add).len();
        let (added, removed) = (ids(&found, Edit::Add).len(), ids(&found, Edit::Remove).len());
        prop_assert_eq!(before + added - removed, after);
    }
}
