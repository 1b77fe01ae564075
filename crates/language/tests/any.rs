//! Whatever stands in a text, and wherever the cursor is: an answer, and no panic.

use proptest::prelude::*;
use stratiform_language::{
    Encoding, Position, Sketch, Text, complete, complete_environment, definition, difference,
    hover, hover_environment, references, symbols,
};
use stratiform_template::parse;

const PIECES: [&str; 40] = [
    "Resources",
    "Type",
    "AWS::SQS::Queue",
    "Properties",
    "Tags",
    "Ref",
    "Fn::GetAtt",
    "!GetAtt ",
    "!Sub ",
    "!If ",
    "Fn::Sub",
    "Conditions",
    ":",
    ": ",
    ":\n",
    "\n",
    "\n  ",
    "\n    ",
    "\n      ",
    "- ",
    "-",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\"",
    "'",
    "${",
    "}",
    "|\n",
    ">\n",
    "#",
    " #",
    "\\",
    "é",
    "𝄞",
    "\r\n",
    "\t",
    "A.B",
];

fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60);
    let template = Just(TEMPLATE.to_owned());
    // A template with something taken out and something put in is what an editor holds most of the time.
    let edited = (
        template,
        any::<prop::sample::Index>(),
        0..40_usize,
        "[ -~é\n]{0,6}",
    );
    let edited = edited.prop_map(|(text, at, length, new)| {
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        let end = (at + length).min(characters.len());
        characters.splice(at..end, new.chars());
        characters.into_iter().collect::<String>()
    });
    prop_oneof![pieces.prop_map(|pieces| pieces.concat()), edited, ".{0,80}"]
}

const TEMPLATE: &str = "AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Stage: {Type: String}}
Conditions:
  Prod: !Equals [!Ref Stage, \"prod\"]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub 'x-${Stage}'
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt Dead.Arn
      Tags:
        - Key: ä
          Value: !If
            - Prod
            - {\"Fn::GetAtt\": [\"Dead\", \"Arn\"]}
            - !Ref AWS::NoValue
  Dead: {Type: AWS::SQS::Queue}
";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_question_about_every_text_has_an_answer(text in texts(), at in any::<prop::sample::Index>()) {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let cursor = ends[at.index(ends.len())];
        let sketch = Sketch::read(&text);
        for found in complete(&text, cursor, Some(&sketch)) {
            // An editor replaces what is in the line of the cursor, and around it.
            prop_assert!(found.replace.start <= cursor && cursor <= found.replace.end);
            prop_assert!(text.get(found.replace.clone()).is_some());
        }
        for range in hover(&text, cursor).map(|hover| hover.range).into_iter().chain(definition(&text, cursor)) {
            prop_assert!(text.get(range).is_some());
        }
        for symbol in symbols(&text, &sketch) {
            prop_assert!(text.get(symbol.range).is_some());
        }
        if let Ok(node) = parse(&text) {
            for range in references(&text, cursor, &node, true) {
                prop_assert!(text.get(range).is_some());
            }
        }
        let schema = serde_json::json!({"properties": {"Resources": {"additionalProperties": {"type": "boolean"}}}});
        complete_environment(&schema, &text, cursor);
        hover_environment(&schema, &text, cursor);
    }

    #[test]
    fn positions_and_bytes_are_the_same_places(text in texts(), line in 0..20_usize, column in 0..40_usize) {
        let text = Text::new(text);
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let offset = text.offset(Position { line, column }, encoding);
            prop_assert!(text.as_str().is_char_boundary(offset));
            let back = text.offset(text.position(offset, encoding), encoding);
            prop_assert_eq!(back, offset);
        }
    }

    #[test]
    fn an_edit_at_positions_is_an_edit_of_the_text(text in texts(), other in texts()) {
        let (range, new) = difference(&text, &other);
        let mut edited = Text::new(text);
        edited.edit(range, new);
        prop_assert_eq!(&edited, &Text::new(other));
    }
}

#[test]
fn a_text_that_opens_without_end_is_read_in_no_time() {
    for piece in [
        "[",
        "\"a\",",
        "{\"a\":\"b\",\"c\":",
        "{",
        "- ",
        "\"",
        "{\"a\":",
        "!If [",
        "a:\n- ",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        assert!(Sketch::read(&text).signs().len() <= text.len());
        complete(&text, text.len(), None);
    }
    let template: String = (0..3_000)
        .map(|n| format!("  R{n}:\n    Type: \"a\n"))
        .collect();
    let sketch = Sketch::read(&format!("Resources:\n{template}"));
    assert_eq!(sketch.below(&["Resources"]).count(), 3_000);
    assert!(parse("{").is_err());
    Sketch::read(&"A: 'x\n".repeat(50_000))
        .value(&["A"])
        .unwrap();
}
