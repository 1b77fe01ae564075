//! Laws: what is rendered reads back as what it was, here and in libyaml.

mod support;

use proptest::prelude::*;
use stratiform_finding::Finding;
use stratiform_template::{
    Function, Node, NodeKind, Scalar, Template, Value, parse_json, parse_yaml,
};
use support::{NASTY, condition, template, value};

fn read(parsed: Result<Node, Box<Finding>>, text: &str) -> Value {
    let node = parsed.unwrap_or_else(|error| panic!("{error}\n{text}"));
    Value::from_node(&node).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

fn check_value(value: &Value) {
    let yaml = value.to_yaml();
    assert_eq!(&read(parse_yaml(&yaml), &yaml), value, "{yaml}");
    let json = value.to_json();
    assert_eq!(&read(parse_json(&json), &json), value, "{json}");
    let pretty = value.to_json_pretty();
    assert_eq!(&read(parse_json(&pretty), &pretty), value, "{pretty}");
    check_libyaml(&yaml);
    let oracle: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        oracle,
        serde_json::from_str::<serde_json::Value>(&pretty).expect("JSON")
    );
}

fn check_template(template: &Template) {
    let yaml = template.to_yaml();
    let from_yaml = Template::parse(&yaml).unwrap_or_else(|error| panic!("{error:?}\n{yaml}"));
    assert_eq!(&from_yaml, template, "{yaml}");
    let json = template.to_json();
    let from_json = Template::parse(&json).unwrap_or_else(|error| panic!("{error:?}\n{json}"));
    assert_eq!(&from_json, template, "{json}");
    assert_eq!(from_yaml.to_json(), json);
    assert_eq!(from_json.to_yaml(), yaml);
    check_libyaml(&yaml);
}

/// What libyaml reads must be what we read.
fn check_libyaml(yaml: &str) {
    let ours = parse_yaml(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    let theirs: serde_yaml::Value =
        serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("libyaml: {error}\n{yaml}"));
    assert!(same(&ours, &theirs), "libyaml differs: {theirs:?}\n{yaml}");
}

fn same(ours: &Node, theirs: &serde_yaml::Value) -> bool {
    use serde_yaml::Value as Theirs;
    match (&ours.kind, theirs) {
        (NodeKind::Map(entries), Theirs::Tagged(tagged)) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            entries.len() == 1
                && Function::from_tag(name).map(Function::name) == Some(&entries[0].key)
                && same(&entries[0].value, &tagged.value)
        }
        (NodeKind::Map(entries), Theirs::Mapping(mapping)) => {
            entries.len() == mapping.len()
                && entries.iter().zip(mapping).all(|(entry, (key, value))| {
                    key.as_str() == Some(&entry.key) && same(&entry.value, value)
                })
        }
        (NodeKind::List(items), Theirs::Sequence(sequence)) => {
            items.len() == sequence.len()
                && items
                    .iter()
                    .zip(sequence)
                    .all(|(item, other)| same(item, other))
        }
        (NodeKind::Scalar(Scalar::Null), Theirs::Null) => true,
        (NodeKind::Scalar(Scalar::Bool(one)), Theirs::Bool(other)) => one == other,
        (NodeKind::Scalar(Scalar::Number(one)), Theirs::Number(other)) => {
            one.as_f64() == other.as_f64()
        }
        (NodeKind::Scalar(Scalar::String(one)), Theirs::String(other)) => one == other,
        _ => false,
    }
}

#[test]
fn nasty_texts_survive_everywhere() {
    for text in NASTY {
        let text = || Value::from(*text);
        check_value(&text());
        check_value(&Value::List(vec![text(), Value::List(vec![text()])]));
        check_value(&Value::from([
            ("Key", text()),
            ("Other", Value::List(vec![text(), text()])),
        ]));
        check_value(&Value::function(Function::Sub, text()));
        check_value(&Value::List(vec![
            Value::function(Function::Sub, text()),
            text(),
        ]));
        check_value(&Value::function(
            Function::Base64,
            Value::function(Function::Sub, text()),
        ));
        check_value(&Value::function(Function::GetAtt, text()));
        if !matches!(text().as_str(), Some("Ref"))
            && !text().as_str().is_some_and(|text| text.starts_with("Fn::"))
        {
            let key = text().as_str().expect("a text").to_owned();
            let map = Value::Map([(key, text())].into_iter().collect());
            check_value(&map);
            check_value(&Value::List(vec![map.clone(), map]));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(debug_assertions) { 64 } else { 1024 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn values_survive(value in value()) {
        check_value(&value);
    }

    #[test]
    fn conditions_survive(value in condition()) {
        for node in [parse_yaml(&value.to_yaml()), parse_json(&value.to_json())] {
            prop_assert_eq!(&Value::condition_from_node(&node.expect("readable")).expect("a condition"), &value);
        }
    }

    #[test]
    fn templates_survive(template in template()) {
        check_template(&template);
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place(text in any::<String>()) {
        if let Err(error) = stratiform_template::parse(&text) {
            let span = error.span().expect("a place");
            prop_assert!(span.end <= text.len());
            prop_assert!(text.is_char_boundary(span.start), "{:?}", error);
        }
    }

    #[test]
    fn yaml_like_text_is_read_or_refused_with_a_place(text in "[a-c :#\\-?!&*|>{}\\[\\],\"'\\n\\t%@~0é]{0,40}") {
        match stratiform_template::parse(&text) {
            Err(error) => {
                let span = error.span().expect("a place");
                prop_assert!(span.end <= text.len(), "{:?}", error);
                prop_assert!(text.is_char_boundary(span.start), "{:?}", error);
                prop_assert!(text.is_char_boundary(span.end), "{:?}", error);
            }
            Ok(node) => check_spans(&node, &text),
        }
    }
}

fn check_spans(node: &Node, text: &str) {
    assert!(
        node.span.start <= node.span.end && node.span.end <= text.len(),
        "{node:?}"
    );
    assert!(
        text.is_char_boundary(node.span.start) && text.is_char_boundary(node.span.end),
        "{node:?}"
    );
    let before = &text[..node.span.start];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    assert_eq!(
        node.span.line,
        before.matches('\n').count() + 1,
        "{node:?}\n{text:?}"
    );
    assert_eq!(
        node.span.column,
        before[line_start..].chars().count() + 1,
        "{node:?}\n{text:?}"
    );
    for entry in node.entries() {
        check_spans(&entry.value, text);
    }
    for item in node.items() {
        check_spans(item, text);
    }
}
