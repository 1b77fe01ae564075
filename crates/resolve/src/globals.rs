//! `Globals` of AWS SAM: what functions, APIs and the like have in common, written into each of them.
//!
//! Source: AWS SAM developer guide, "Globals section of the AWS SAM template".

use stratiform_template::{Map, Member, Template, Value};

/// How the types start to which the section applies; the rest of the name is the key in it.
const TYPES: &str = "AWS::Serverless::";

/// The section. It is none of CloudFormation's own.
const GLOBALS: &str = "Globals";

/// The template with its `Globals` in the resources that they are meant for; `None` where it has none.
pub fn with_globals(template: &Template) -> Option<Template> {
    let globals = template.unknown.get(GLOBALS)?.as_map()?;
    let mut written = template.clone();
    for member in written.resources.values_mut() {
        let Member::One(resource) = member else {
            continue;
        };
        let kind = resource.resource_type.strip_prefix(TYPES);
        let global = kind.and_then(|kind| globals.get(kind)?.as_map());
        if let Some(global) = global {
            resource.properties = entries(global, &resource.properties);
        }
    }
    written.unknown.shift_remove(GLOBALS);
    Some(written)
}

fn entries(global: &Map, own: &Map) -> Map {
    let mut merged = global.clone();
    for (key, own) in own {
        let value = match global.get(key) {
            Some(global) => value(global, own),
            None => own.clone(),
        };
        merged.insert(key.clone(), value);
    }
    merged
}

/// Maps are merged, lists are one after the other, and of anything else the resource's own value counts.
fn value(global: &Value, own: &Value) -> Value {
    match (global, own) {
        (Value::Map(global), Value::Map(own)) => Value::Map(entries(global, own)),
        (Value::List(global), Value::List(own)) => {
            Value::List(global.iter().chain(own).cloned().collect())
        }
        _ => own.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::with_globals;
    use stratiform_template::Template;

    #[test]
    fn maps_are_merged_lists_added_and_the_rest_is_the_resources_own() {
        let parsed = |text: &str| Template::parse(text).expect("a template");
        let template = parsed(
            "
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 3, Runtime: a, Layers: [x], Environment: {Variables: {A: 1, B: 2}}}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {Runtime: b, Layers: [y], Environment: {Variables: {B: 3}}}
  T: {Type: AWS::SNS::Topic}
",
        );
        let expected = parsed(
            "
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {Timeout: 3, Runtime: b, Layers: [x, y], Environment: {Variables: {A: 1, B: 3}}}
  T: {Type: AWS::SNS::Topic}
",
        );
        assert_eq!(with_globals(&template), Some(expected));
        assert_eq!(
            with_globals(&parsed("Resources: {T: {Type: AWS::SNS::Topic}}")),
            None
        );
    }
}
