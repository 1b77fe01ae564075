use proptest::prelude::*;

use super::super::yaml;
use super::read;

/// Holds a text that is read here against what the parser makes of it. Whether it is read here.
fn check(text: &str) -> bool {
    let Some(own) = read(text) else { return false };
    match yaml::read(text) {
        Ok(parsed) => assert_eq!(own, parsed, "{text}"),
        Err(stop) => panic!("the parser refuses it: {stop:?}\n{text}"),
    }
    true
}

#[test]
fn templates_in_block_style_are_read_here() {
    for text in [
        "A: b",
        "A: b\n",
        "---\n# said\nA: b # said, too\n\n  # here\nC:\n  D: 'it''s'\n  \"E\": \"f\" # said\n",
        "A:\n- b\n- c: d\n  e: f\n-   g: h\n    i: j\nK:\n  - - l\n    - m: n\n  - o\n",
        "A: !Sub a-${B}:c\nD: !If\n  - E\n  - !Ref F\n  - !Sub\n    - '${G}'\n    - G: !GetAtt H.Arn\n",
        "A: [b, !Ref c, {d: e}] # said\nF: {}\nG: !Join [\",\", []]\nH: \"\\n\"\nI: !Sub \"\\t\"\n",
        "A: |\n  one\n   two\n\n  three\n\nB: |-\n    one\n# said\nC: !Sub |\n  one\n\n\n",
        "A:\n  - |\n    #!/bin/sh\n    x: y\n  - b\n",
        "'80': -1\nB-c: d:e\nF: 10.0.0.0/16\nG: a#b\n",
        "- a\n- b: c\n",
        "A: [&b c, '*']\nD: \"*\\n&\"\n",
        "<<: a\nb: ~\nc: =\n",
    ] {
        assert!(check(text), "{text}");
    }
}

#[test]
fn what_is_rare_or_wrong_is_left_to_the_parser() {
    for text in [
        "",
        "# said\n",
        "a",
        "A:\n",
        "A:\nB: c\n",
        "A: \n  b\n",
        "A: b\n  c\n",
        "A: b: c\n",
        "A: 'b\n  c'\n",
        "A: >\n  b\n",
        "A: |+\n  b\n",
        "A: |2\n  b\n",
        "A: |\n\n  b\n",
        "A: |\n  b",
        "A: [b,\n  c]\n",
        "A: [b]: c\n",
        "[a]: b\n",
        "A: &b c\nD: *b\n",
        "A: [&b c, *b]\n",
        "A: !!str b\n",
        "A: !Reff b\n",
        "A: !Ref\n",
        "A: é\n",
        "A:\tb\n",
        "A: b\r\n",
        "A: b\n---\nC: d\n",
        "---\n---\nA: b\n",
        "A: b\n...\n",
        "? a\n",
        "A: - b\n",
        "  A: b\nC: d\n",
        "A: b\n - c\n",
        "- a\nB: c\n",
        "A: @b\n",
    ] {
        assert!(!check(text), "{text}");
    }
}

/// Lines that make texts of this form, and some that do not.
const LINES: &[&str] = &[
    "A: b",
    "B:",
    "C: !If",
    "D: !Sub",
    "- a",
    "- b: c",
    "- - d",
    "-   e: f",
    "- !Ref a",
    "- !If",
    "-",
    "- ",
    "- |",
    "E: |",
    "F: |-",
    "G: !Sub |",
    "H: [a, b]",
    "I: {a: b, c: [d]}",
    "J: !Join [',', [a, !Ref b]]",
    "K: 'it''s'",
    "L: \"q\" # said",
    "M: \"a\\tb\"",
    "'N': ''",
    "\"O\": \"\"",
    "# said",
    "",
    " ",
    "P: a # said",
    "Q: a: b",
    "R: 'a",
    "b'",
    "S: ]",
    "T: a, b [c]",
    "U: {a: b}: c",
    "V: -1",
    "W: --a",
    "X: a:",
    "Y : b",
    "Z::b: c",
    "---",
    "...",
    "plain",
    "!Ref a",
    "<<: {a: b}",
    "a: 1",
    "a: {",
    "a: [&b c]",
    "a: [&b c, *b]",
    "a: [*b]",
    "a: *b",
    "a: &b c",
    "a: ['*', &]",
    "}",
    "?: a",
    "{}: a",
    "[]",
    "!Sub a: b",
    "- 'k': v",
    "- \"k\" : v",
    "a: '''' ",
    "a: b '",
    "a: $b{c}",
    "a: *",
    "a: 'b' c",
    "a: \"b\" \"c\"",
    "a: !Ref 'b' # c",
    "a: !Ref b # c",
    "a: !GetAtt",
    "a:  b   ",
    "a: b#c",
    "a: #c",
    "a:    ",
];

fn text() -> impl Strategy<Value = String> {
    let line = (0_usize..5, prop::sample::select(LINES))
        .prop_map(|(indent, line)| format!("{}{line}", " ".repeat(indent)));
    prop::collection::vec(line, 1..8).prop_map(|lines| lines.join("\n"))
}

/// The text of a template with one of its bytes taken out, or another one put in.
fn mutated() -> impl Strategy<Value = String> {
    let bytes: Vec<char> = "abz \n:-'\"#|>[]{},&*!?%@`~\\\t.0".chars().collect();
    let edit = (
        any::<prop::sample::Index>(),
        prop::option::of(prop::sample::select(bytes)),
    );
    let edits = prop::collection::vec(edit, 0..4);
    let texts = vec![
        include_str!("../../../../../snapshots/dev/database.yaml"),
        include_str!("../../../../../snapshots/dev/network.yaml"),
    ];
    (
        prop::sample::select(texts),
        any::<prop::sample::Index>(),
        edits,
    )
        .prop_map(|(text, start, edits)| {
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            let start = start.index(lines.len());
            let mut text: String = lines.iter().skip(start).take(12).copied().collect();
            for (at, byte) in edits {
                if text.is_empty() {
                    break;
                }
                let at = at.index(text.len());
                match byte {
                    Some(byte) => text.insert(at, byte),
                    None => {
                        text.remove(at);
                    }
                }
            }
            text
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_is_read_here_is_what_the_parser_reads(text in prop_oneof![text(), mutated()]) {
        check(&text);
        check(&format!("{text}\n"));
    }
}
