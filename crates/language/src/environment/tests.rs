use serde_json::json;

use super::*;

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "settings": {
                "type": "object",
                "description": "What the tool needs. And more.",
                "properties": {
                    "region": {"type": "string", "enum": ["eu-central-1", "eu-west-1"], "description": "Where."},
                    "protected": {"type": ["boolean", "null"]}
                }
            },
            "services": {
                "type": "object",
                "additionalProperties": {
                    "anyOf": [
                        {"type": "object", "properties": {"kind": {"const": "web"}, "port": {"type": "integer"}}},
                        {"type": "object", "properties": {"kind": {"const": "job"}, "rate": {"type": "string"}}},
                        {"type": "null"}
                    ]
                }
            },
            "policies": {
                "type": "object",
                "additionalProperties": {"enum": ["off", "error"]},
                "propertyNames": {"enum": ["port-open", "all"]}
            },
            "zones": {"type": "array", "items": {"enum": ["a", "b"]}}
        }
    })
}

fn labels(text: &str) -> String {
    let cursor = text.find('¦').unwrap();
    let found = complete_environment(&schema(), &text.replace('¦', ""), cursor);
    let labels = found.iter().map(|it| it.insert.as_str());
    labels.collect::<Vec<_>>().join("|")
}

#[test]
fn keys_and_values_are_those_of_the_schema() {
    assert_eq!(labels("¦"), "policies:|services:|settings:|zones:");
    // Keys that are not properties by themselves.
    assert_eq!(labels("policies:\n  all: off\n  ¦\n"), "port-open: ");
    assert_eq!(labels("policies:\n  port-open: ¦\n"), "error|\"off\"");
    assert_eq!(labels("settings:\n  region: x\n  ¦\n"), "protected: ");
    assert_eq!(labels("settings:\n  region: ¦\n"), "eu-central-1|eu-west-1");
    assert_eq!(labels("settings:\n  protected:¦\n"), " false| true");
    assert_eq!(labels("services:\n  api:\n    kind: ¦\n"), "job|web");
    assert_eq!(
        labels("services:\n  api: {kind: job, ¦}\n"),
        "port: |rate: "
    );
    assert_eq!(labels("zones:\n  - ¦\n"), "a|b");
    assert_eq!(labels("other:\n  ¦\n"), "");
}

#[test]
fn what_the_schema_says_is_said() {
    let text = "settings:\n  region: eu-west-1\n";
    let hover = hover_environment(&schema(), text, 13).unwrap();
    assert_eq!(
        hover.markdown,
        "**settings.region** · string\n\nWhere.\n\nOne of `eu-central-1` and `eu-west-1`."
    );
    assert_eq!(&text[hover.range], "region");
    assert_eq!(hover_environment(&schema(), "other: 1\n", 2), None);
}

#[test]
fn a_path_leads_to_its_key_in_another_file() {
    let (path, range) = path_at("settings:\n  region: eu-west-1\n", 21).unwrap();
    assert_eq!(
        (path.join("."), range),
        ("settings.region".to_owned(), 20..29)
    );
    let defaults = "# all\nsettings: {app: x, region: y}\n";
    assert_eq!(&defaults[key_at(defaults, &path).unwrap()], "region");
    assert_eq!(key_at("settings: {}\n", &path), None);
}
