//! What the laws and the fuzzer found, one test each.

use stratiform_template::{Template, Value, parse, parse_yaml};

fn survives(text: &str) {
    let Ok(template) = Template::parse(text) else {
        return;
    };
    for rendered in [template.to_yaml(), template.to_json()] {
        let again =
            Template::parse(&rendered).unwrap_or_else(|error| panic!("{error:?}\n{rendered}"));
        assert_eq!(again, template, "{rendered}");
    }
}

/// A plain key that starts with `...` at the left margin ended the document.
#[test]
fn dots_at_the_start_of_a_line() {
    let value = Value::from([("... a", Value::from("b"))]);
    let node = parse_yaml(&value.to_yaml()).expect("our own YAML");
    assert_eq!(Value::from_node(&node), Ok(value));
}

/// The parser gives a key that is not there the text `~`.
#[test]
fn a_missing_key_is_no_key() {
    assert!(parse(": a").is_err());
    assert!(parse("{: a}").is_err());
    survives("Metadata: {~: a}\nResources: {}");
}

/// A list of one list, or of one null, was written as what stood in it.
#[test]
fn transforms_that_are_no_names() {
    assert!(Template::parse("Transform: [~]\nResources: {}").is_err());
    assert!(Template::parse("Transform: [[a]]\nResources: {}").is_ok());
    survives("Transform: [[a]]\nResources: {}");
    survives("Transform: [{Name: a}]\nResources: {}");
}
