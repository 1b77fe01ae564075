//! Whole templates: ours as people write them, and the recorded ones where they are at hand.

use std::path::Path;

use stratiform_template::{Template, check, parse_bytes};

/// Reads, renders, reads again; what is rendered is stable and says the same.
fn survives(name: &str, text: &str) -> Template {
    let node = parse_bytes(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let template =
        Template::from_node(&node).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
    let (yaml, json) = (template.to_yaml(), template.to_json());
    for rendered in [&yaml, &json, &template.to_json_pretty()] {
        let again = Template::parse(rendered)
            .unwrap_or_else(|error| panic!("{name}: {error:?}\n{rendered}"));
        assert_eq!(again, template, "{name}\n{rendered}");
        assert_eq!(
            (again.to_yaml(), again.to_json()),
            (yaml.clone(), json.clone()),
            "{name}"
        );
    }
    serde_yaml::from_str::<serde_yaml::Value>(&yaml)
        .unwrap_or_else(|error| panic!("{name}: libyaml: {error}\n{yaml}"));
    serde_json::from_str::<serde_json::Value>(&json)
        .unwrap_or_else(|error| panic!("{name}: {error}\n{json}"));
    for finding in check(&template) {
        let span = node.span_at(finding.path.iter().map(String::as_str));
        assert!(text.get(span.range()).is_some(), "{name}: {finding}");
    }
    template
}

#[test]
fn fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the fixtures")
        .map(|file| file.expect("a file").path())
        .collect();
    files.sort();
    assert!(files.len() >= 4);
    for path in files {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&path).expect("a fixture");
        let template = survives(&name, &text);
        assert_eq!(check(&template), [], "{name}");
        insta::assert_snapshot!(name, template.to_yaml());
    }
}

/// The templates that went with recorded replies. What CloudFormation took, we take.
#[test]
fn recorded() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/recorded-change-sets");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: no recorded change sets");
        return;
    };
    let mut templates = 0;
    for file in files {
        let path = file.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a case");
        let case: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let refused = case["kind"] == "error";
        for (text, parsed) in [
            ("before_template_text", "before_template"),
            ("after_template_text", "after_template"),
        ] {
            let name = format!("{}: {parsed}", path.display());
            // Taken out of the text by a parser of YAML 1.1: keeps its own opinion of scalars.
            if case[parsed].is_object() && !refused {
                survives(&name, &case[parsed].to_string());
                templates += 1;
            }
            let Some(text) = case[text].as_str() else {
                continue;
            };
            match Template::parse(text) {
                Ok(template) => {
                    survives(&name, text);
                    if !refused {
                        assert_eq!(check(&template), [], "{name}: CloudFormation took it");
                    }
                    templates += 1;
                    // A parser of YAML 1.1 made the long form; it and ours agree on everything but scalars' types.
                    if let Ok(other) = Template::parse(&case[parsed].to_string()) {
                        assert_eq!(
                            texts(&other.to_json()),
                            texts(&template.to_json()),
                            "{name}"
                        );
                    }
                }
                Err(error) => assert!(refused, "{name}: {error:?}"),
            }
        }
    }
    println!("{templates} templates");
}

/// JSON with every scalar as text, members sorted.
fn texts(json: &str) -> serde_json::Value {
    use serde_json::Value;
    fn text(value: Value) -> Value {
        match value {
            Value::Bool(boolean) => boolean.to_string().into(),
            Value::Number(number) => number.to_string().into(),
            Value::Array(items) => items.into_iter().map(text).collect(),
            Value::Object(map) => map
                .into_iter()
                .map(|(key, value)| (key, text(value)))
                .collect(),
            other => other,
        }
    }
    text(serde_json::from_str(json).expect("JSON"))
}

/// The replies to templates that CloudFormation refused for their form: ours says the same words.
#[test]
fn recorded_refusals() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/recorded-change-sets");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: no recorded change sets");
        return;
    };
    let (mut same, mut other) = (Vec::new(), Vec::new());
    for file in files {
        let path = file.expect("a file").path();
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let Ok(case) = serde_json::from_str::<serde_json::Value>(&text) else {
            continue;
        };
        let Some(message) = case["recorded"]["errors"][0]["content"]["Error"]["Message"].as_str()
        else {
            continue;
        };
        if case["kind"] != "error" || !message.contains("emplate") {
            continue;
        }
        let text = match case["after_template_text"].as_str() {
            Some(text) => text.to_owned(),
            None => case["after_template"].to_string(),
        };
        let ours = match Template::parse(&text) {
            Err(findings) => findings,
            Ok(template) => check(&template),
        };
        let found = ours
            .iter()
            .filter_map(|finding| finding.recorded.as_ref())
            .any(|words| message.ends_with(words.as_str()));
        let name = path
            .file_stem()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if found { &mut same } else { &mut other }.push(format!("{name}: {message}"));
    }
    println!("same words: {same:#?}\nnot found from the template alone: {other:#?}");
    assert!(same.len() >= other.len());
}
