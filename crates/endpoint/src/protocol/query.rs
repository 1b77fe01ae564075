//! The Query protocol's parameters: from flat keys to the shape that the service's model has.
//!
//! What lives here: `A.member.1.B=x` → `{"A": [{"B": "x"}]}`. All scalars stay text, and so does the empty list
//! (`Tags=`). What does not: percent-encoding (`form`), and what an operation makes of its parameters (the engine).
//!
//! Source: Smithy, "AWS query protocol"; RDS names the items of its lists (`Filters.Filter.1.Name`).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::Value;

use crate::protocol::{Asked, is_operation, is_signature, services};
use crate::trouble::Trouble;

/// No operation that there is goes half as deep.
const DEPTH: usize = 32;
/// An index with more digits than this is no index.
const DIGITS: usize = 9;

/// A map of numbers to items is a list, whichever numbers are left out.
enum Node {
    Text(String),
    Parts(BTreeMap<String, Node>),
}

/// The operation and its parameters, wherever they stand: in the query string or in the form.
///
/// # Errors
/// There is no operation, the service has no such version, or the keys make no structure.
pub(crate) fn read(
    service: &str,
    asked: Vec<(String, String)>,
    form: Vec<(String, String)>,
) -> Result<Asked, Trouble> {
    let (mut operation, mut version) = (None, None);
    let mut parameters = Vec::with_capacity(form.len());
    let asked = asked.into_iter().filter(|(key, _)| !is_signature(key));
    for (key, value) in asked.chain(form) {
        match key.as_str() {
            "Action" => operation = Some(value),
            "Version" => version = Some(value),
            _ => parameters.push((key, value)),
        }
    }
    let operation = operation
        .filter(|name| !name.is_empty())
        .ok_or(Trouble::NoOperation)?;
    let known = services::version(service);
    let version = version.unwrap_or_else(|| known.to_owned());
    if !is_operation(&operation) || !(known.is_empty() || version == known) {
        return Err(Trouble::UnknownOperation { operation, version });
    }
    let parameters = parse(parameters)?;
    Ok(Asked {
        operation,
        parameters,
    })
}

/// The parameters as one object.
///
/// # Errors
/// A key has no name, is there twice, is a scalar and a structure, or goes too deep.
pub(crate) fn parse(pairs: Vec<(String, String)>) -> Result<Value, Trouble> {
    let mut root = BTreeMap::new();
    for (key, text) in pairs {
        insert(&mut root, &key, text)?;
    }
    let members = root.into_iter();
    Ok(Value::Object(
        members.map(|(name, node)| (name, value(node))).collect(),
    ))
}

fn insert(root: &mut BTreeMap<String, Node>, key: &str, text: String) -> Result<(), Trouble> {
    let wrong = |what: &str| Err(Trouble::Malformed(format!("a parameter's key {what}")));
    if key.split('.').count() > DEPTH {
        return wrong("has too many parts");
    }
    if key.split('.').any(str::is_empty) {
        return wrong("has an empty part");
    }
    let (parents, last) = key
        .rsplit_once('.')
        .map_or(("", key), |(all, last)| (all, last));
    let mut here = root;
    for part in parents.split('.').filter(|part| !part.is_empty()) {
        let next = here
            .entry(canonical(part).to_owned())
            .or_insert_with(|| Node::Parts(BTreeMap::new()));
        here = match next {
            Node::Parts(parts) => parts,
            Node::Text(_) => return wrong("is a value and a structure"),
        };
    }
    match here.entry(canonical(last).to_owned()) {
        Entry::Vacant(free) => {
            free.insert(Node::Text(text));
            Ok(())
        }
        Entry::Occupied(_) => wrong("is there twice"),
    }
}

/// `member.01` is `member.1`.
fn canonical(part: &str) -> &str {
    if !index(part) {
        return part;
    }
    match part.trim_start_matches('0') {
        "" => "0",
        number => number,
    }
}

fn index(part: &str) -> bool {
    (1..=DIGITS).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn value(node: Node) -> Value {
    let parts = match node {
        Node::Text(text) => return Value::String(text),
        Node::Parts(parts) => parts,
    };
    if parts.keys().all(|part| index(part)) {
        return Value::Array(items(parts));
    }
    let list = parts.len() == 1
        && parts.values().all(
            |inner| matches!(inner, Node::Parts(inner) if inner.keys().all(|part| index(part))),
        );
    let mut parts = parts.into_iter().map(|(name, node)| (name, value(node)));
    if !list {
        return Value::Object(parts.collect());
    }
    match parts.next() {
        Some((name, Value::Array(items))) if name == "entry" => entries(items),
        Some((_, list)) => list,
        None => Value::Null,
    }
}

fn items(parts: BTreeMap<String, Node>) -> Vec<Value> {
    let mut items: Vec<(u64, Node)> = parts
        .into_iter()
        .map(|(number, node)| (number.parse().unwrap_or(u64::MAX), node))
        .collect();
    items.sort_by_key(|(number, _)| *number);
    items.into_iter().map(|(_, node)| value(node)).collect()
}

/// A map, where every item has a key; otherwise they stay a list, and the operation says what it thinks of that.
fn entries(items: Vec<Value>) -> Value {
    let pair = |item: &Value| {
        let key = item.get("key").or_else(|| item.get("Name"))?.as_str()?;
        let value = item.get("value").or_else(|| item.get("Value"));
        Some((key.to_owned(), value.cloned().unwrap_or_default()))
    };
    match items.iter().map(pair).collect() {
        Some(map) => Value::Object(map),
        None => Value::Array(items),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::parse;
    use crate::form;

    fn read(form: &str) -> Result<Value, String> {
        let pairs = form::pairs(form.as_bytes(), 1000).map_err(|error| error.to_string())?;
        parse(pairs).map_err(|trouble| trouble.to_string())
    }

    #[test]
    fn keys_become_structure() {
        for (form, expected) in [
            ("", json!({})),
            ("StackName=a", json!({"StackName": "a"})),
            ("Tags=", json!({"Tags": ""})),
            ("C.member.1=A&C.member.2=B", json!({"C": ["A", "B"]})),
            (
                "C.member.10=b&C.member.2=a&C.member.01=z",
                json!({"C": ["z", "a", "b"]}),
            ),
            (
                "P.member.1.K=a&P.member.1.V=1&P.member.01.W=2",
                json!({"P": [{"K": "a", "V": "1", "W": "2"}]}),
            ),
            (
                "R.member.1.Id.entry.1.key=Bucket&R.member.1.Id.entry.1.value=b&R.member.1.T=t",
                json!({"R": [{"Id": {"Bucket": "b"}, "T": "t"}]}),
            ),
            (
                "Filters.Filter.1.Name=n&Filters.Filter.1.Values.Value.1=v",
                json!({"Filters": [{"Name": "n", "Values": ["v"]}]}),
            ),
            (
                "RollbackConfiguration.RollbackTriggers.member.1.Arn=a",
                json!({"RollbackConfiguration": {"RollbackTriggers": [{"Arn": "a"}]}}),
            ),
            (
                "DeploymentConfig.Mode=STANDARD",
                json!({"DeploymentConfig": {"Mode": "STANDARD"}}),
            ),
            ("M.entry.1.value=v", json!({"M": [{"value": "v"}]})),
        ] {
            assert_eq!(read(form), Ok(expected), "{form}");
        }
    }

    #[test]
    fn keys_that_make_no_structure_are_refused() {
        let deep = "a.".repeat(40) + "b=1";
        for form in [
            "A=1&A=2",
            "A=1&A.b=2",
            "A.b=1&A=2",
            ".=1",
            "A..b=1",
            "A.=1",
            "=1",
            "A.1=a&A.01=b",
            &deep,
        ] {
            assert!(read(form).is_err(), "{form}");
        }
    }

    fn flatten(prefix: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    flatten(&format!("{prefix}.{name}"), member, pairs);
                }
            }
            Value::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    flatten(&format!("{prefix}.member.{}", number + 1), item, pairs);
                }
            }
            scalar => pairs.push((
                prefix.to_owned(),
                scalar.as_str().unwrap_or_default().to_owned(),
            )),
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let text = ".{0,6}".prop_map(Value::String);
        text.prop_recursive(4, 24, 4, |inner| {
            let object = prop::collection::btree_map("[A-Z][a-z]{1,4}", inner.clone(), 1..4);
            prop_oneof![
                prop::collection::vec(inner, 1..4).prop_map(Value::Array),
                object.prop_map(|members| Value::Object(Map::from_iter(members))),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in values()) {
            let mut pairs = Vec::new();
            flatten("Root", &value, &mut pairs);
            prop_assert_eq!(parse(pairs).unwrap(), json!({"Root": value}));
        }

        #[test]
        fn nothing_panics(pairs in prop::collection::vec(("[a-c0-2.]{0,8}|.*", ".{0,3}"), 0..12), text: Vec<u8>) {
            let _ = parse(pairs);
            if let Ok(pairs) = form::pairs(&text, 100) {
                let _ = parse(pairs);
            }
        }
    }
}
