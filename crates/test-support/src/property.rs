//! Values of properties, as the schema has them or, now and then, as it has not.

use stratiform_catalog::{JsonType, Schema};
use stratiform_template::{Function, Map, Value};

use crate::entropy::Entropy;
use crate::template::{CONDITIONS, IDS, PARAMETERS};

/// How deep values go.
const DEPTH: usize = 4;

/// Texts of every kind: what services look at (principals, blocks, ARNs, policies as text) and what nobody expects.
const TEXTS: [&str; 24] = [
    "a",
    "",
    "*",
    "true",
    "false",
    "5432",
    "-1",
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/8",
    "tcp",
    "sts:AssumeRole",
    "s3:Get*",
    "arn:aws:iam::123456789012:root",
    "arn:aws:iam::aws:policy/AdministratorAccess",
    "arn:aws:s3:::${Name}/*",
    "Allow",
    "Deny",
    "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}",
    "{{resolve:ssm:/a:1}}",
    "Retain",
    "Snapshot",
    "é\u{202e}",
    "${A}-${A.Arn}-${!B}-${",
];

/// Keys of documents that have no schema: those of policies among them.
const KEYS: [&str; 14] = [
    "Statement",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "Principal",
    "AWS",
    "Service",
    "Condition",
    "StringEquals",
    "aws:SourceArn",
    "Sid",
    "Version",
    "Password",
];

/// A value for a schema.
pub(crate) fn value(entropy: &mut Entropy<'_>, schema: Option<Schema>, depth: usize) -> Value {
    match entropy.below(16) {
        13 => function(entropy, schema, depth),
        14 => reference(entropy),
        15 => document(entropy, depth),
        _ => plain(entropy, schema, depth),
    }
}

/// The properties that a schema requires, and some of the others.
pub(crate) fn properties(entropy: &mut Entropy<'_>, schema: Schema, depth: usize) -> Map {
    let mut found = Map::new();
    for (name, property) in schema.resolve().properties() {
        let wanted = schema.resolve().requires(name) || entropy.once_in(6);
        if wanted {
            found.insert(name.to_owned(), value(entropy, Some(property), depth + 1));
        }
    }
    found
}

fn plain(entropy: &mut Entropy<'_>, schema: Option<Schema>, depth: usize) -> Value {
    let Some(schema) = schema.map(Schema::resolve).filter(|_| depth < DEPTH) else {
        return entropy.pick(&TEXTS).into();
    };
    if let Some(values) = schema.enum_values() {
        let values: Vec<&'static str> = values.filter_map(|fact| fact.as_text()).collect();
        return entropy.pick(&values).into();
    }
    let types = schema.types();
    if types.contains(JsonType::Object) || schema.properties().next().is_some() {
        return match schema.properties().next() {
            Some(_) => Value::Map(properties(entropy, schema, depth)),
            None => document(entropy, depth),
        };
    }
    if types.contains(JsonType::Array) {
        let count = entropy.below(4);
        let items = (0..count).map(|_| value(entropy, schema.items(), depth + 1));
        return Value::List(items.collect());
    }
    if types.contains(JsonType::Boolean) {
        return entropy.once_in(2).into();
    }
    if types.contains(JsonType::Integer) || types.contains(JsonType::Number) {
        let number = entropy.pick(&[0_i64, 1, 7, 22, 80, 443, 65_535, -1, i64::MAX]);
        return number.into();
    }
    entropy.pick(&TEXTS).into()
}

/// A free document: a policy, or anything.
fn document(entropy: &mut Entropy<'_>, depth: usize) -> Value {
    if depth >= DEPTH {
        return entropy.pick(&TEXTS).into();
    }
    match entropy.below(4) {
        0 => {
            let count = entropy.below(3);
            Value::List((0..count).map(|_| document(entropy, depth + 1)).collect())
        }
        1 => value(entropy, None, depth + 1),
        _ => {
            let count = entropy.below(5);
            let entries = (0..count).map(|_| {
                let key = entropy.pick(&KEYS).to_owned();
                (key, document(entropy, depth + 1))
            });
            Value::Map(entries.collect())
        }
    }
}

pub(crate) fn reference(entropy: &mut Entropy<'_>) -> Value {
    let id = entropy.pick(&IDS);
    match entropy.below(6) {
        0 => Value::function(Function::Ref, id),
        1 => Value::function(Function::Ref, entropy.pick(&PARAMETERS)),
        2 => Value::function(
            Function::Ref,
            entropy.pick(&["AWS::NoValue", "AWS::AccountId", "AWS::Region", "Nobody"]),
        ),
        3 => Value::function(
            Function::GetAtt,
            vec![id.into(), entropy.pick(&["Arn", "Name", "Tags"]).into()],
        ),
        4 => Value::function(Function::Sub, format!("x-${{{id}}}-${{{id}.Arn}}")),
        _ => Value::function(Function::ImportValue, entropy.pick(&["a", "b"])),
    }
}

/// A function with arguments that may be of the wrong form.
fn function(entropy: &mut Entropy<'_>, schema: Option<Schema>, depth: usize) -> Value {
    let depth = depth + 1;
    if depth >= DEPTH {
        return reference(entropy);
    }
    if entropy.once_in(4) {
        let functions = Function::ALL;
        let index = entropy.below(functions.len());
        let function = functions.get(index).copied().unwrap_or(Function::Ref);
        return Value::function(function, document(entropy, depth));
    }
    match entropy.below(6) {
        0 => Value::function(
            Function::If,
            vec![
                entropy.pick(&CONDITIONS).into(),
                value(entropy, schema, depth),
                value(entropy, schema, depth),
            ],
        ),
        1 => Value::function(
            Function::Join,
            vec![
                entropy.pick(&["", "-", "${"]).into(),
                Value::List(vec![value(entropy, None, depth), reference(entropy)]),
            ],
        ),
        2 => Value::function(
            Function::FindInMap,
            vec![
                "Map".into(),
                value(entropy, None, depth),
                entropy.pick(&["x", "y"]).into(),
            ],
        ),
        3 => Value::function(
            Function::Select,
            vec![
                entropy.pick(&["0", "1", "9", "x"]).into(),
                value(entropy, None, depth),
            ],
        ),
        4 => Value::function(
            Function::Split,
            vec![entropy.pick(&[",", ""]).into(), value(entropy, None, depth)],
        ),
        _ => Value::function(
            Function::Cidr,
            vec![value(entropy, None, depth), "2".into(), "8".into()],
        ),
    }
}
