//! Arbitrary values and templates for the laws.
#![allow(
    clippy::allow_attributes,
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its part"
)]

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use stratiform_template::{
    Function, Map, Member, Number, Output, Parameter, Resource, Section, Template, Value,
};

/// Texts that some YAML reader takes for something else.
pub const NASTY: &[&str] = &[
    "",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "a\n",
    "a\n\n",
    "\na",
    " a\nb",
    "a\n b",
    "a\n\tb",
    "a\n \nb",
    "a\nb ",
    "a \nb",
    "a\n ",
    "a\r",
    "a\r\nb",
    "\u{85}",
    "a\u{85}b",
    "\u{2028}",
    "\u{2029}",
    "a\u{2028}b\n",
    "\u{FEFF}",
    "\u{FEFF}a",
    "\u{0}",
    "\u{7F}",
    "\u{9F}",
    "\u{A0}",
    "\u{FFFE}",
    "\u{FFFF}",
    "\u{10FFFF}",
    "\u{202E}abc",
    "é",
    "日本",
    "😀",
    "yes",
    "Yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "true",
    "TRUE",
    "false",
    "null",
    "Null",
    "~",
    "nan",
    ".nan",
    ".inf",
    "-.INF",
    "inf",
    "+1",
    "-1",
    "0",
    "-0",
    "00",
    "012",
    "0o17",
    "0x1F",
    "0b1",
    "1_000",
    "1e5",
    "1E-5",
    ".5",
    "1.",
    "1:30",
    "-1:30.5",
    "2010-09-09",
    "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43",
    "=",
    "<<",
    "-",
    "--",
    "---",
    "--- a",
    "...",
    "... a",
    "- a",
    "-a",
    "?",
    "? a",
    ":",
    ": a",
    "a: b",
    "a:",
    "a :b",
    "::",
    "a #b",
    "#a",
    "a#b",
    "&a",
    "*a",
    "!a",
    "!!str a",
    "!Ref a",
    "|",
    ">",
    "|-",
    "%a",
    "%YAML 1.1",
    "@a",
    "`a",
    "{",
    "}",
    "[",
    "]",
    ",",
    "{}",
    "[]",
    "{a: b}",
    "[a]",
    "'",
    "''",
    "'a'",
    "\"",
    "\"a\"",
    "\\",
    "\\n",
    "a'b",
    "a\"b",
    "a, b",
    "a]",
    "Ref",
    "Fn::",
    "None",
    "0.0.0.0/0",
    "012345678901",
    "a\u{301}",
    "\u{301}",
    "1,000",
    "$",
    "${A}",
    "{{resolve:ssm:a:1}}",
    "\u{1b}[31m",
    "a\u{b}b",
    "\u{3000}",
    "\u{200B}",
    "\u{E000}",
    "# a\n# b\n",
    "a\n---\nb\n",
    "a\n...\n",
    "key: |\n  text\n",
    "a:\n",
    "\u{D7FF}",
];

pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Za-z][A-Za-z0-9:/.-]{0,12}",
        3 => proptest::sample::select(NASTY).prop_map(str::to_owned),
        2 => vec(proptest::sample::select(NASTY), 1..4).prop_map(|pieces| pieces.concat()),
        2 => "[ \\t\\n:#'\"a\\-?!&*|>{}\\[\\],\\\\]{0,12}",
        2 => "[0-9+_.:xXoeETZ -]{1,8}",
        1 => any::<String>(),
        1 => vec(any::<char>(), 0..8).prop_map(|characters| characters.into_iter().collect()),
        1 => ("[a-z '\":]{1,4}", 300_usize..1200).prop_map(|(piece, times)| piece.repeat(times)),
    ]
}

/// Keys of maps that are no functions.
pub fn key() -> impl Strategy<Value = String> {
    text().prop_filter("a function's name", |key| {
        !key.starts_with("Fn::") && key != "Ref" && key != "Condition"
    })
}

pub fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        "-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,6})?([eE][+-]?[0-9]{1,2})?"
            .prop_map(|text| { Value::Number(Number::parse(&text).expect("a JSON number")) }),
    ]
}

pub fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => text().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => number(),
        1 => Just(Value::Null),
    ]
}

fn map_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map> {
    vec((key(), value), 0..5).prop_map(|entries| entries.into_iter().collect())
}

/// A value as it may stand in a property.
pub fn value() -> impl Strategy<Value = Value> {
    let functions: Vec<Function> = Function::ALL
        .into_iter()
        .filter(|function| *function != Function::Condition)
        .collect();
    scalar().prop_recursive(6, 48, 5, move |inner| {
        prop_oneof![
            2 => vec(inner.clone(), 0..5).prop_map(Value::List),
            3 => map_of(inner.clone()).prop_map(Value::Map),
            3 => (proptest::sample::select(functions.clone()), inner.clone())
                .prop_map(|(function, argument)| Value::function(function, argument)),
            1 => (text(), text()).prop_map(|(logical_id, attribute)| {
                Value::function(Function::GetAtt, Value::List(vec![logical_id.into(), attribute.into()]))
            }),
            // A macro or a loop among the entries of a map.
            1 => (map_of(inner.clone()), inner.clone(), key(), inner).prop_map(|(mut map, macro_call, key, other)| {
                map.insert(key, other);
                map.insert("Fn::Transform".to_owned(), macro_call.clone());
                map.insert("Fn::ForEach::Loop".to_owned(), macro_call);
                Value::Map(map)
            }),
        ]
    })
}

/// A value as it may stand in a condition.
pub fn condition() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        text().prop_map(|name| Value::function(Function::Condition, name)),
        vec(scalar(), 2).prop_map(|sides| Value::function(Function::Equals, sides)),
        text().prop_map(|name| Value::function(Function::Ref, name)),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        (
            proptest::sample::select(vec![
                Function::And,
                Function::Or,
                Function::Not,
                Function::If,
            ]),
            vec(inner, 0..4),
        )
            .prop_map(|(function, items)| Value::function(function, items))
    })
}

fn section<T: std::fmt::Debug>(
    one: impl Strategy<Value = T>,
    place: impl Strategy<Value = Value>,
) -> impl Strategy<Value = Section<T>> {
    let member = prop_oneof![
        5 => (key(), one.prop_map(Member::One)),
        1 => ("[A-Z][a-z]{0,5}".prop_map(|name| format!("Fn::ForEach::{name}")), place.prop_map(Member::Unexpanded)),
    ];
    vec(member, 0..4).prop_map(|members| members.into_iter().collect())
}

fn resource() -> impl Strategy<Value = Resource> {
    let policies = (
        option::of(value()),
        option::of(value()),
        option::of(value()),
        option::of(value()),
    );
    let known = [
        "Type",
        "Condition",
        "DependsOn",
        "DeletionPolicy",
        "UpdateReplacePolicy",
        "CreationPolicy",
        "UpdatePolicy",
        "Metadata",
        "Properties",
    ];
    (
        (text(), option::of(text()), vec(text(), 0..3)),
        policies,
        (option::of(value()), map_of(value()), map_of(value())),
    )
        .prop_map(
            move |(head, policies, (metadata, properties, mut unknown))| {
                unknown.retain(|key, _| !known.contains(&key.as_str()));
                Resource {
                    resource_type: head.0,
                    condition: head.1,
                    depends_on: head.2,
                    deletion_policy: policies.0,
                    update_replace_policy: policies.1,
                    creation_policy: policies.2,
                    update_policy: policies.3,
                    metadata,
                    properties,
                    unknown,
                }
            },
        )
}

fn parameter() -> impl Strategy<Value = Parameter> {
    let known = ["Type", "Default", "Description", "NoEcho"];
    (
        text(),
        option::of(scalar()),
        option::of(text()),
        option::of(any::<bool>()),
        map_of(scalar()),
    )
        .prop_map(
            move |(parameter_type, default, description, no_echo, mut constraints)| {
                constraints.retain(|key, _| !known.contains(&key.as_str()));
                Parameter {
                    parameter_type,
                    default,
                    description,
                    no_echo,
                    constraints,
                }
            },
        )
}

fn output() -> impl Strategy<Value = Output> {
    (
        value(),
        option::of(text()),
        option::of(value()),
        option::of(text()),
    )
        .prop_map(|(value, description, export, condition)| Output {
            value,
            description,
            export,
            condition,
        })
}

pub fn template() -> impl Strategy<Value = Template> {
    let head = (
        option::of(text()),
        option::of(text()),
        vec(prop_oneof![text().prop_map(Value::from)], 0..3),
        map_of(value()),
    );
    let middle = (
        vec((key(), parameter()), 0..3),
        vec((key(), condition()), 0..3),
        map_of(map_of(map_of(scalar()).prop_map(Value::Map)).prop_map(Value::Map)),
        section(condition(), condition()),
    );
    let tail = (
        section(resource(), value()),
        section(output(), value()),
        map_of(value()),
        map_of(value()),
    );
    (head, middle, tail).prop_map(|(head, middle, tail)| Template {
        format_version: head.0,
        description: head.1,
        transform: head.2,
        metadata: head.3,
        parameters: middle.0.into_iter().collect(),
        rules: middle.1.into_iter().collect(),
        mappings: middle.2,
        conditions: middle.3,
        resources: tail.0,
        outputs: tail.1,
        hooks: tail.2,
        unknown: tail.3,
    })
}
