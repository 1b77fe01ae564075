use super::*;

/// Where the `|` of a text is.
fn spot_in(text: &str) -> Option<Spot> {
    let cursor = text.find('¦').unwrap();
    let text = text.replace('¦', "");
    read(&text, Some(cursor)).1
}

/// `path role token siblings`.
fn said(text: &str) -> String {
    let whole = text.replace('¦', "");
    let Some(spot) = spot_in(text) else {
        return "nowhere".to_owned();
    };
    format!(
        "{} {:?} `{}` beside [{}] after [{}]",
        spot.path.join("/"),
        spot.role,
        &whole[spot.token.clone()],
        spot.siblings.join(", "),
        spot.before.join(", "),
    )
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(said(text), expected, "{text}");
}

#[test]
fn keys_and_values_of_blocks() {
    check("¦", " Either `` beside [] after []");
    check("Res¦", " Either `Res` beside [] after []");
    check("A: 1\nRes¦\nB: 2\n", " Either `Res` beside [A, B] after []");
    check("A: 1\n¦\nB: 2\n", " Either `` beside [A, B] after []");
    check("A:\n  ¦", "A Either `` beside [] after []");
    check(
        "A:\n  ¦\n  B: 1\n  C: 2\nD: 1\n",
        "A Either `` beside [B, C] after []",
    );
    check("A:\n  B: 1\n  ¦\n", "A Either `` beside [B] after []");
    check("A:\n  B: 1\n¦\n", " Either `` beside [A] after []");
    check("A:\n  B:¦\n", "A/B Value `` beside [] after []");
    check("A:\n  B: ¦\n", "A/B Value `` beside [] after []");
    check("A:\n  B: x¦y # z\n", "A/B Value `xy` beside [] after []");
    check(
        "A:\n  B: \"x¦y\" # z\n",
        "A/B Value `\"xy\"` beside [] after []",
    );
    check("A:\n  B: x # ¦z\n", "nowhere");
    check("A:\n  B¦C: x\n  D: y\n", "A Key `BC` beside [D] after []");
    check(
        "'A':\n  \"B\":\n    C: ¦",
        "A/B/C Value `` beside [] after []",
    );
    check(
        "A:\n  B: 1\r\n  ¦\r\n  C: 1\r\n",
        "A Either `` beside [B, C] after []",
    );
}

#[test]
fn lists_of_blocks() {
    check("A:\n- x\n- ¦\n", "A/1 Either `` beside [] after [x]");
    check(
        "A:\n  - x\n  - y¦\nB: 1\n",
        "A/1 Either `y` beside [] after [x]",
    );
    check(
        "A:\n  - B: 1\n    C: ¦\n",
        "A/0/C Value `` beside [] after []",
    );
    check(
        "A:\n  - B: 1\n    C¦\n    D: 1\n  - E: 1\n",
        "A/0 Either `C` beside [B, D] after []",
    );
    check(
        "A:\n  - - x\n    - y¦\n",
        "A/0/1 Either `y` beside [] after [x]",
    );
    check("A:\n- x\nB¦\n", " Either `B` beside [A] after []");
}

#[test]
fn functions_are_steps() {
    check("A: !Ref ¦", "A/Ref Value `` beside [] after []");
    check("A: !R¦", "A Value `!R` beside [] after []");
    check(
        "A: !GetAtt B.¦C",
        "A/Fn::GetAtt Value `B.C` beside [] after []",
    );
    check(
        "A: !If [C, !Ref X, ¦]",
        "A/Fn::If/2 Value `` beside [] after [C, X]",
    );
    check(
        "A: !If\n  - C\n  - !Ref ¦\n",
        "A/Fn::If/1/Ref Value `` beside [] after [C]",
    );
    check(
        "A:\n  - !Sub x${¦\n  - y\n",
        "A/0/Fn::Sub Value `x${` beside [] after []",
    );
    check(
        "A:\n  Fn::Sub: |\n    a ${¦\n\n    b\nC: 1\n",
        "A/Fn::Sub Value `    a ${\n\n    b` beside [] after []",
    );
}

#[test]
fn what_is_in_brackets() {
    check("A: {B: 1, ¦}", "A Key `` beside [B] after []");
    check("A: {B: 1, C¦: 2, D: 3}", "A Key `C` beside [B, D] after []");
    check("A: {B: ¦", "A/B Value `` beside [] after []");
    check("A: [x, ¦", "A/1 Value `` beside [] after [x]");
    check(
        "A: {\n  B: [1,\n    2¦]}\nC: 1",
        "A/B/1 Value `2` beside [] after [1]",
    );
    check(
        "A: !Not [Condition: ¦]",
        "A/Fn::Not/0/Condition Value `` beside [] after []",
    );
    check(
        "A: !Or [B: C, D: ¦E]\nF: 1",
        "A/Fn::Or/1/D Value `E` beside [] after []",
    );
    check("A: [B: C]\nF: ¦", "F Value `` beside [] after []");
    check("{¦", " Key `` beside [] after []");
    check(
        "{\"A\": {\"B\": \"¦\"}}",
        "A/B Value `\"\"` beside [] after []",
    );
    check(
        "{\"A\": {\"B\": 1, \"C¦\n \"D\": 2}}",
        "A Key `\"C` beside [B, D] after []",
    );
    check("{\"A\": {\"B\": 1\n ¦}}", "A Key `` beside [B] after []");
    check(
        "{\"A\": [\"x\", {\"Ref\": \"¦\"}]}",
        "A/1/Ref Value `\"\"` beside [] after []",
    );
    check("{\"A\": 1 ¦}", "nowhere");
}

#[test]
fn a_quote_that_is_not_closed_ends_with_its_line() {
    check(
        "A:\n  B: \"x${¦\n  C: 1\n",
        "A/B Value `\"x${` beside [] after []",
    );
    let sketch = Sketch::read("A:\n  B: \"x${\n  C: 1\n");
    assert_eq!(sketch.below(&["A"]).count(), 2);
}

#[test]
fn names_are_kept_by_their_depth() {
    let text = "Mappings:\n  M:\n    a: {x: 1}\n    b:\n      y: 2\nResources:\n  Q: # c\n    Type: AWS::SQS::Queue\n    \
                Properties: {A: {B: 1}}\n  T: {Type: \"AWS::SNS::Topic\"}\n  V: {Type: !Ref X}\n";
    let sketch = Sketch::read(text);
    let names = |path: &[&str]| {
        let names = sketch.below(path).map(|sign| sign.key.clone());
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&[]), "Mappings Resources");
    assert_eq!(names(&["Resources"]), "Q T V");
    assert_eq!(names(&["Mappings", "M", "b"]), "y");
    assert_eq!(names(&["Resources", "Q", "Properties"]), "A");
    assert_eq!(names(&["Resources", "Q", "Properties", "A"]), "");
    let kind = |name| sketch.value(&["Resources", name, "Type"]);
    assert_eq!(kind("Q"), Some("AWS::SQS::Queue"));
    assert_eq!(kind("T"), Some("AWS::SNS::Topic"));
    assert_eq!(kind("V"), None);
}
