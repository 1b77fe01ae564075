//! What can be done to a property so that it is no longer right, or should still be.
//!
//! What lives here: changes of one value, as its schema has it. What does not: which properties of which template they
//! are made to (`corpus`), and changes of everything that is no property (`scramble`).

use serde_json::{Value, json};
use stratiform_catalog::{JsonType, Keyword, Schema};

/// What is done to a value.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// It goes, with its key.
    Removed,
    /// Its key gets another name.
    Renamed,
    /// Something else is there.
    Instead(Value),
}

/// A name that nothing has.
pub(super) const NOBODY: &str = "Nobody";

/// The condition that changes may hang on; who makes a template with it sees that it is there.
pub(super) const SOMETIMES: &str = "Sometimes";

/// Changes of a value by what they do, from what its schema says.
pub(super) fn changes(value: &Value, schema: Option<Schema>) -> Vec<(&'static str, Change)> {
    let mut found = vec![("removed", Change::Removed), ("renamed", Change::Renamed)];
    let mut put = |name, value| found.push((name, Change::Instead(value)));
    put("null", Value::Null);
    if is_function(value) {
        put("map-for-function", json!({"No": "thing"}));
        put("list-for-function", json!([value]));
        return found;
    }
    match value {
        Value::Object(entries) => {
            put("text-for-map", json!("text"));
            put("list-for-map", json!([value]));
            put("empty-map", json!({}));
            let mut more = entries.clone();
            more.insert("NoSuchProperty".to_owned(), json!("x"));
            put("unknown-inside", Value::Object(more));
        }
        Value::Array(items) => {
            put("text-for-list", json!("text"));
            put("map-for-list", json!({"No": "list"}));
            put("empty-list", json!([]));
            if let Some(first) = items.first() {
                put("item-for-list", first.clone());
                put(
                    "item-twice",
                    json!([items.as_slice(), std::slice::from_ref(first)].concat()),
                );
                put("list-in-list", json!([items]));
            }
        }
        _ => {
            put("map-for-scalar", json!({"No": "scalar"}));
            put("list-for-scalar", json!([value]));
        }
    }
    if let Some(schema) = schema {
        by_schema(value, schema.resolve(), &mut put);
    }
    found
}

/// What the limits of a schema forbid, and texts for numbers, which CloudFormation takes.
fn by_schema(value: &Value, schema: Schema, put: &mut impl FnMut(&'static str, Value)) {
    let types = schema.types();
    let only = |wanted| types.contains(wanted) && !types.contains(JsonType::String);
    if only(JsonType::Boolean) {
        put("text-for-boolean", json!("true"));
        put("no-boolean", json!("maybe"));
        put("number-for-boolean", json!(1));
    }
    if only(JsonType::Integer) || only(JsonType::Number) {
        if value.is_number() {
            put("text-for-number", json!(value.to_string()));
        }
        put("no-number", json!("many"));
        put("fraction", json!(1.5));
        put("boolean-for-number", json!(true));
    }
    if types.contains(JsonType::String) && types.single().is_some() {
        put("number-for-text", json!(7));
        put("boolean-for-text", json!(false));
    }
    let number = |keyword| schema.keyword(keyword).and_then(|fact| fact.as_int());
    if let Some(least) = number(Keyword::Minimum) {
        put("too-small", json!(least.saturating_sub(1)));
        put(
            "too-small-as-text",
            json!(least.saturating_sub(1).to_string()),
        );
    }
    if let Some(most) = number(Keyword::Maximum) {
        put("too-large", json!(most.saturating_add(1)));
    }
    if number(Keyword::MinLength).is_some_and(|least| least > 0) {
        put("empty-text", json!(""));
    }
    if let Some(most) = number(Keyword::MaxLength).filter(|&most| (1..4096).contains(&most)) {
        let most = usize::try_from(most).unwrap_or_default();
        put("too-long", json!("a".repeat(most + 1)));
    }
    if let (Some(most), Some(first)) = (
        number(Keyword::MaxItems).filter(|&most| (1..200).contains(&most)),
        value.as_array().and_then(|items| items.first()),
    ) {
        let count = usize::try_from(most).unwrap_or_default() + 1;
        put("too-many", Value::Array(vec![first.clone(); count]));
    }
    if schema.enum_values().is_some() || schema.keyword(Keyword::EnumCaseInsensitive).is_some() {
        put("not-allowed", json!("NotAllowed"));
        if let Value::String(text) = value {
            put("other-case", json!(swapped(text)));
        }
    }
    if schema.pattern().is_some() {
        put("no-match", json!("~ \u{2603} ~"));
    }
    if schema.format().is_some() || schema.relationship().is_some() {
        put("no-such-format", json!("not-what-it-names"));
    }
}

/// A value with functions that are wrong, or that give something of the wrong kind.
pub(super) fn functions(value: &Value) -> Vec<(&'static str, Value)> {
    let least = json!([{"Ref": "AWS::Region"}]);
    vec![
        ("ref-nobody", json!({"Ref": NOBODY})),
        ("ref-list", json!({"Ref": ["AWS::Region"]})),
        ("get-att-nobody", json!({"Fn::GetAtt": [NOBODY, "Arn"]})),
        ("get-att-one", json!({"Fn::GetAtt": [NOBODY]})),
        ("sub-nobody", json!({"Fn::Sub": "x-${Nobody}"})),
        (
            "sub-unused",
            json!({"Fn::Sub": ["x-${A}", {"A": "a", "B": "b"}]}),
        ),
        ("sub-plain", json!({"Fn::Sub": "plain"})),
        ("sub-open", json!("x-${AWS::Region}")),
        ("find-nobody", json!({"Fn::FindInMap": [NOBODY, "a", "b"]})),
        ("find-two", json!({"Fn::FindInMap": [NOBODY, "a"]})),
        ("if-nobody", json!({"Fn::If": [NOBODY, value, value]})),
        ("if-two", json!({"Fn::If": [SOMETIMES, value]})),
        ("if-same", json!({"Fn::If": [SOMETIMES, value, value]})),
        (
            "if-absent",
            json!({"Fn::If": [SOMETIMES, value, {"Ref": "AWS::NoValue"}]}),
        ),
        (
            "if-wrong",
            json!({"Fn::If": [SOMETIMES, {"No": ["thing"]}, value]}),
        ),
        ("no-value", json!({"Ref": "AWS::NoValue"})),
        ("unknown-function", json!({"Fn::Nope": ["a"]})),
        ("with-sibling", json!({"Ref": "AWS::Region", "Other": "x"})),
        ("join-text", json!({"Fn::Join": ["-", "text"]})),
        ("join-region", json!({"Fn::Join": ["", least]})),
        ("select-beyond", json!({"Fn::Select": ["3", ["a", "b"]]})),
        ("select-text", json!({"Fn::Select": ["x", ["a", "b"]]})),
        ("split", json!({"Fn::Split": [",", "a,b"]})),
        ("split-number", json!({"Fn::Split": [1, "a,b"]})),
        ("get-azs", json!({"Fn::GetAZs": ""})),
        ("base64-list", json!({"Fn::Base64": ["a"]})),
        (
            "cidr-too-many",
            json!({"Fn::Cidr": ["10.0.0.0/16", 300, 8]}),
        ),
        ("import", json!({"Fn::ImportValue": "x"})),
        ("import-list", json!({"Fn::ImportValue": ["x"]})),
        ("equals", json!({"Fn::Equals": ["a", "a"]})),
        ("length", json!({"Fn::Length": ["a", "b"]})),
        ("resolve", json!("{{resolve:ssm:/name:1}}")),
        ("resolve-wrong", json!("{{resolve:nothing:x}}")),
        ("resolve-secure", json!("{{resolve:ssm-secure:/name:1}}")),
        ("region", json!({"Ref": "AWS::Region"})),
    ]
}

/// Whether a value is a function, as far as its key says.
pub(super) fn is_function(value: &Value) -> bool {
    let key = match value {
        Value::Object(entries) if entries.len() == 1 => entries.keys().next(),
        _ => None,
    };
    key.is_some_and(|key| key == "Ref" || key == "Condition" || key.starts_with("Fn::"))
}

fn swapped(text: &str) -> String {
    let one = |letter: char| match letter.is_lowercase() {
        true => letter.to_ascii_uppercase(),
        false => letter.to_ascii_lowercase(),
    };
    text.chars().map(one).collect()
}
