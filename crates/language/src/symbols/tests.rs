use super::*;

fn outline(text: &str) -> String {
    fn add(text: &str, symbols: &[Symbol], depth: usize, all: &mut String) {
        for symbol in symbols {
            let Symbol {
                name,
                detail,
                range,
                key,
                ..
            } = symbol;
            assert!(
                range.start <= key.start && key.end <= range.end,
                "{symbol:?}"
            );
            let written = text[range.clone()].replace('\n', "⏎");
            *all += &format!("{}{name} ({detail}): {written}\n", "  ".repeat(depth));
            add(text, &symbol.inside, depth + 1, all);
        }
    }
    let mut all = String::new();
    add(text, &symbols(text, &Sketch::read(text)), 0, &mut all);
    all
}

#[test]
fn sections_and_what_they_have() {
    let yaml = outline(
        "Description: x\nResources:\n  A: {Type: T::A::B}\n  B:\n    Type: T::C::D\n    Properties:\n      P: 1\n\nOutputs:\n  O:\n",
    );
    insta::assert_snapshot!(yaml, @r"
    Description (x): Description: x
    Resources (): Resources:⏎  A: {Type: T::A::B}⏎  B:⏎    Type: T::C::D⏎    Properties:⏎      P: 1
      A (T::A::B): A: {Type: T::A::B
      B (T::C::D): B:⏎    Type: T::C::D⏎    Properties:⏎      P: 1
    Outputs (): Outputs:⏎  O:
      O (): O:
    ");
    let json = outline("{\"Resources\": {\"A\": {\"Type\": \"T::A::B\"}}, \"Outputs\": {}}");
    insta::assert_snapshot!(json, @r#"
    Resources (): "Resources": {"A": {"Type": "T::A::B"
      A (T::A::B): "A": {"Type": "T::A::B"
    Outputs (): "Outputs": {
    "#);
}
