//! What people really have: keys written twice, quoted text that goes on further left; and where it is said that
//! something is missing or too much.
#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_finding::Code;
use stratiform_template::{Node, Value, parse, parse_with_repeats, parse_yaml};

fn json(node: &Node) -> serde_json::Value {
    let value = Value::from_node(node).unwrap();
    serde_json::from_str(&value.to_json()).unwrap()
}

/// We read what libyaml reads, and every part has the place that it has in the text.
#[track_caller]
fn like_libyaml(text: &str) {
    let ours = parse_yaml(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let theirs: serde_yaml::Value =
        serde_yaml::from_str(text).unwrap_or_else(|error| panic!("libyaml: {error}\n{text}"));
    assert_eq!(json(&ours), serde_json::to_value(theirs).unwrap(), "{text}");
    check_places(&ours, text);
}

fn check_places(node: &Node, text: &str) {
    use stratiform_template::NodeKind;
    let line_and_column = |start: usize| {
        let before = text[..start].replace("\r\n", "\n");
        let line = before.matches('\n').count() + 1;
        (
            line,
            before.chars().rev().take_while(|c| *c != '\n').count() + 1,
        )
    };
    let check = |span: stratiform_template::Span| {
        assert_eq!(
            (span.line, span.column),
            line_and_column(span.start),
            "{text}"
        );
        assert!(text.get(span.range()).is_some(), "{text}");
    };
    check(node.span);
    match &node.kind {
        NodeKind::Scalar(_) => {
            let written = &text[node.span.range()];
            let quote = written.chars().next().filter(|c| matches!(c, '"' | '\''));
            assert!(
                quote.is_none_or(|quote| written.ends_with(quote)),
                "{written}"
            );
        }
        NodeKind::List(items) => items.iter().for_each(|item| check_places(item, text)),
        NodeKind::Map(entries) => {
            for entry in entries {
                assert!(text[entry.key_span.range()].contains(&entry.key), "{text}");
                check(entry.key_span);
                check_places(&entry.value, text);
            }
        }
    }
}

#[test]
fn quoted_text_goes_on_at_any_indentation() {
    for quote in ['"', '\''] {
        for text in [
            "a: Qone\ntwoQ\nb: c\n",
            "a:\n  b: Qone\n two\nthree\n  fourQ # and a comment\n  c: d\ne: f\n",
            "a:\n  b:\n    c: Qone\n\n\n  two\n\nthree Q\n    d: e\n",
            "a:\n  - Qone\n  twoQ\n  - b\n",
            "- Qone\ntwoQ\n- b: Qthree\nfourQ\n  c: d\n",
            "a:\n- Qone\ntwoQ\n- - b\n  - Qthree\n # fourQ\n",
            "a:\n  b: Qone\n# two: three\n- four\n? five {six} [seven]: \nQ\nc: d\n",
            "a:\n  b:\n    Qone\n  twoQ\nc: d\n",
            "a:\n  b: {c: Qone\n two\nthreeQ, d: [Qfour\nfiveQ]}\n  e: Qsix\nsevenQ\nf: g\n",
            "a: |\n  noQ\n  quote\nb: Qone\ntwoQ\nc: >-\n  it's Q\nd: Qthree\nfourQ\n",
            "a: it Qis\n  notQ\nb: Qone\ntwoQ\n",
            "a: Qone\ntwoQ\nb: Qthree\nfourQ\nc: Qfive\nsixQ\nd: 7\n",
            "ä:\n    ö: Qü😀\n  ßQ\n    é: 1\n",
            "a:\r\n  b: Qone\r\n two\r\nthreeQ\r\n  c: d\r\n",
            "a:\n  b: Qone\n---two\n...threeQ\nc: d\n",
            "a: &x Qone\ntwoQ\nb: *x\n",
            "a:\n  b: Qone\n  Q\nc: Q\nQ\nd: Q\n\nQ\n",
            "a:\n  b: Qone\ntwoQ",
        ] {
            like_libyaml(&text.replace('Q', &quote.to_string()));
        }
    }
    like_libyaml("a:\n  b: 'it''s\n''two'' # no'\nc: d\n");
    like_libyaml("a:\n  b: \"\\\"one\\\"\\\n two\\\\\n\\x41\\\nthree\"\nc: d\n");
    like_libyaml("a:\n  b: \"one 'two\nthree' four\"\n  c: 'one \"two\nthree\" four'\nd: e\n");
}

#[test]
fn what_follows_quoted_text_keeps_its_place() {
    let text = "a:\n  b: 'one\ntwo'\n  c: !Reff d\n";
    let error = parse_yaml(text).unwrap_err();
    let span = error.span().expect("a place");
    assert_eq!(
        (error.code, span.line, span.column),
        (Code::UnknownTag, 4, 6)
    );
    assert_eq!(&text[span.range()], "!Reff d");
    let error = parse_yaml("a:\n  b: 'one\ntwo'\n  c: 1\n  c: 2\n").unwrap_err();
    let first = error.places[1].span().unwrap();
    let second = error.span().expect("a place");
    assert_eq!((second.line, first.line, first.column), (5, 4, 3));
}

#[test]
fn a_tab_may_stand_before_what_is_quoted() {
    // SnakeYAML takes it everywhere, libyaml at the top only.
    let node = parse_yaml("a:\n  b: 'one\n\ttwo'\nc: d\n").unwrap();
    assert_eq!(
        json(&node),
        serde_json::json!({"a": {"b": "one two"}, "c": "d"})
    );
}

#[test]
fn a_document_ends_inside_no_quote() {
    for text in [
        "a: 'b\n---\nc'\n",
        "a: 'b\n... \nc'\n",
        "a:\n  b: \"c\n--- d\"\n",
    ] {
        assert!(parse_yaml(text).is_err(), "{text}");
        assert!(
            serde_yaml::from_str::<serde_yaml::Value>(text).is_err(),
            "{text}"
        );
    }
}

/// Where something is said, and what stands there.
#[track_caller]
fn said(text: &str, code: Code, line: usize, column: usize, there: &str) {
    let error = parse_yaml(text).unwrap_err();
    let span = error.span().expect("a place");
    let place = (span.line, span.column);
    assert_eq!(
        (error.code, place),
        (code, (line, column)),
        "{error}\n{text}"
    );
    assert_eq!(&text[span.range()], there, "{text}");
}

#[test]
fn tabs_are_where_they_are() {
    let tab = |text, line, column| said(text, Code::TabIndentation, line, column, "\t");
    tab("a:\n\tb: c\n", 2, 1);
    tab("a:\n  b: 10.0.0.0/16\n\tc: d\ne: f\n", 3, 1);
    tab("a:\n  b: c\n\n# d\n  \te: f\n", 5, 3);
    tab("a:\n- b\n\t- c\n", 3, 1);
    tab("a: |\n\tb\n", 2, 1);
    tab("a: b\n\n# c\n\td: e\n", 4, 1);
    tab("a:\r\n  b: c\r\n\td: e\r\n", 3, 1);
    tab("a: 'b\nc'\nd:\n  e: f\n\tg: h\n", 5, 1);
}

#[test]
fn what_is_not_closed_is_where_it_opens() {
    let unclosed = |text, line, column, opens| said(text, Code::InvalidYaml, line, column, opens);
    unclosed("a: \"b\nc: d\n", 1, 4, "\"");
    unclosed("a: \"b\nc: \"d\"\ne: f\n", 1, 4, "\"");
    unclosed("a:\n  b: 'c\n  d: 'e'\nf: g\n", 2, 6, "'");
    unclosed("a: 'b\n  c: 'd'\n", 1, 4, "'");
    unclosed("a: 'b\nc'\nd: \"e\nf: \"g\"\n", 3, 4, "\"");
    unclosed("a: [b, c\nd: e\n", 1, 4, "[");
    unclosed("a:\n  b: [1, 2\n  c: 3\nd: 4\n", 2, 6, "[");
    unclosed("a: {b: c\nd: e\n", 1, 4, "{");
    unclosed("a: [[1], 2\nb: c\n", 1, 4, "[");
    unclosed("a: !Join [x, [y]\nb: c\n", 1, 10, "[");
    unclosed("a: !Join [x, y\nb: c\n", 1, 10, "[");
    unclosed("a: [", 1, 4, "[");
    // A comma is what is missing here.
    unclosed("a: {\n  b: 1\n  c: 2\n}\n", 3, 4, ":");
}

/// What is read, and the repeated keys: path, key, lines.
#[track_caller]
fn repeats(text: &str, means: &str, expected: &[(&str, &str, &[usize])]) {
    let read = parse_with_repeats(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(json(&read.node), json(&parse(means).unwrap()), "{text}");
    let found: Vec<(String, String, Vec<usize>)> = read
        .repeated
        .into_iter()
        .map(|repeated| {
            for place in &repeated.places {
                let written = &text[place.range()];
                assert!(written.contains(&repeated.key), "{written}");
            }
            let lines = repeated.places.iter().map(|place| place.line).collect();
            (repeated.path.join("/"), repeated.key, lines)
        })
        .collect();
    let expected: Vec<(String, String, Vec<usize>)> = expected
        .iter()
        .map(|(path, key, lines)| ((*path).to_owned(), (*key).to_owned(), lines.to_vec()))
        .collect();
    assert_eq!(found, expected, "{text}");
    let strict = parse(text).map_err(|error| error.code);
    assert_eq!(
        strict.err(),
        (!expected.is_empty()).then_some(Code::DuplicateKey),
        "{text}"
    );
}

#[test]
fn the_last_of_equal_keys_counts_and_all_are_told() {
    repeats("a: 1\nb: 2\n", "{a: 1, b: 2}", &[]);
    repeats("a: 1\nb: 2\na: 3\n", "{a: 3, b: 2}", &[("", "a", &[1, 3])]);
    repeats("a: 1\na: 2\na: 3\n", "{a: 3}", &[("", "a", &[1, 2, 3])]);
    repeats(
        "R:\n  A: {T: x}\n  A:\n    T: y\nR:\n  B: {T: z, T: w}\n",
        "{R: {B: {T: w}}}",
        &[
            ("", "R", &[1, 5]),
            ("R", "A", &[2, 3]),
            ("R/B", "T", &[6, 6]),
        ],
    );
    repeats(
        "a: !Sub x\na: |\n  long\n  text\na: 1\n",
        "{a: 1}",
        &[("", "a", &[1, 2, 5])],
    );
    repeats(
        "a:\n  Fn::Sub: x\n  Fn::Sub: y\nb: !If [c, {d: 1, d: 2}, e]\n",
        "{a: {'Fn::Sub': y}, b: {'Fn::If': [c, {d: 2}, e]}}",
        &[("a", "Fn::Sub", &[2, 3]), ("b/Fn::If/1", "d", &[4, 4])],
    );
    repeats(
        "- {a: 1}\n- a: 1\n  a: 2\n",
        "[{a: 1}, {a: 2}]",
        &[("1", "a", &[2, 3])],
    );
    repeats("1: a\n'1': b\n", "{1: b}", &[("", "1", &[1, 2])]);
    let many: String = (0..40)
        .map(|key| format!("k{}: {key}\n", key % 20))
        .collect();
    assert_eq!(parse_with_repeats(&many).unwrap().repeated.len(), 20);
}

#[test]
fn equal_keys_beside_anchors_and_merge_keys() {
    repeats(
        "x: &x {a: 1, a: 2}\ny: *x\nz:\n  <<: *x\n  b: 3\n  b: 4\n",
        "{x: {a: 2}, y: {a: 2}, z: {a: 2, b: 4}}",
        &[("x", "a", &[1, 1]), ("z", "b", &[5, 6])],
    );
    repeats(
        "x: &x {a: 1}\nz:\n  a: 3\n  <<: *x\n  a: 4\n",
        "{x: {a: 1}, z: {a: 4}}",
        &[("z", "a", &[3, 5])],
    );
    repeats(
        "x: &x {a: 1, b: 1}\ny: &y {a: 2, c: 2}\nz:\n  <<: *x\n  d: 0\n  <<: *y\n",
        "{x: {a: 1, b: 1}, y: {a: 2, c: 2}, z: {b: 1, d: 0, a: 2, c: 2}}",
        &[("z", "<<", &[4, 6])],
    );
}

#[test]
fn equal_keys_in_json() {
    repeats(
        "{\"a\": {\"b\": 1,\n \"b\": [2, {\"c\": 1, \"c\": 2}]},\n \"d\": 0, \"d\": null, \"d\": 5}",
        "{a: {b: [2, {c: 2}]}, d: 5}",
        &[
            ("a", "b", &[1, 2]),
            ("a/b/1", "c", &[2, 2]),
            ("", "d", &[3, 3, 3]),
        ],
    );
}

#[test]
fn equal_keys_are_told_once_in_any_number() {
    let text = "a: 1\n".repeat(20_000);
    let read = parse_with_repeats(&text).unwrap();
    assert_eq!(read.repeated.len(), 1);
    assert_eq!(read.repeated[0].places.len(), 20_000);
}
