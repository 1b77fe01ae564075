//! What a template's values are as far as they are known before it is deployed: texts in which a `*` stands for the rest.

use stratiform_catalog::naming::naming;
use stratiform_template::{Function, Resource, Value};

/// Pseudo parameters that stay as they are: who deploys knows them.
const PSEUDO: [&str; 4] = [
    "AWS::AccountId",
    "AWS::Partition",
    "AWS::Region",
    "AWS::URLSuffix",
];

/// A value as text: `${AWS::AccountId}` and its like stay, all else that only a deployment knows is `*`. None where nothing
/// of it is known.
pub(crate) fn pattern(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Function(Function::Ref, name) => match name.as_str() {
            Some(name) if PSEUDO.contains(&name) => Some(format!("${{{name}}}")),
            _ => None,
        },
        Value::Function(Function::Sub, argument) => match &**argument {
            Value::String(text) => Some(substituted(text, &|_| None)),
            Value::List(parts) => match parts.as_slice() {
                [Value::String(text), Value::Map(variables)] => {
                    let known = |name: &str| pattern(variables.get(name)?);
                    Some(substituted(text, &known))
                }
                _ => None,
            },
            _ => None,
        },
        Value::Function(Function::Join, argument) => match &**argument {
            Value::List(parts) => match parts.as_slice() {
                [Value::String(between), Value::List(parts)] => {
                    let parts = parts.iter().map(or_any);
                    Some(parts.collect::<Vec<_>>().join(between))
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The same; `*` where nothing of it is known.
fn or_any(value: &Value) -> String {
    pattern(value).unwrap_or_else(|| "*".to_owned())
}

fn substituted(text: &str, known: &dyn Fn(&str) -> Option<String>) -> String {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        done += before;
        done += &match name.strip_prefix('!') {
            Some(literal) => format!("${{{literal}}}"),
            None if PSEUDO.contains(&name) => format!("${{{name}}}"),
            None => known(name).unwrap_or_else(|| "*".to_owned()),
        };
        rest = after;
    }
    done + rest
}

/// The name of a resource: the one that its template gives, or what a name is like that CloudFormation makes.
pub(crate) fn name(stack: &str, logical_id: &str, resource: &Resource) -> String {
    let naming = naming(&resource.resource_type);
    let given = naming
        .property
        .as_ref()
        .and_then(|property| resource.properties.get(property));
    match given {
        Some(given) => naming.kept(&or_any(given)),
        None => naming.made(stack, logical_id, "*", |_| false),
    }
}

/// A member of a map.
pub(crate) fn get<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Map(members) => members.get(key),
        _ => None,
    }
}

/// The items of a list; none of what is no list.
pub(crate) fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    match value {
        Some(Value::List(items)) => items.iter(),
        _ => [].iter(),
    }
}

#[cfg(test)]
mod tests {
    use stratiform_template::Template;

    use super::*;

    fn check(value: &str, expected: Option<&str>) {
        let template = format!("Resources: {{A: {{Type: B, Properties: {{C: {value}}}}}}}");
        let template = Template::parse(&template).unwrap();
        let (_, resource) = template.each_resource().next().unwrap();
        assert_eq!(pattern(&resource.properties["C"]).as_deref(), expected);
    }

    #[test]
    fn what_only_a_deployment_knows_is_any_text() {
        check("shop", Some("shop"));
        check("!Sub 'a-${AWS::Region}-${B}'", Some("a-${AWS::Region}-*"));
        check("!Sub ['a-${B}-${C}', {B: b}]", Some("a-b-*"));
        check("!Sub 'a-${!B}'", Some("a-${B}"));
        check("!Sub 'a-${B'", Some("a-${B"));
        check(
            "!Join [':', [a, !Ref B, !Ref AWS::AccountId]]",
            Some("a:*:${AWS::AccountId}"),
        );
        check("!Ref B", None);
        check("!GetAtt B.Arn", None);
    }

    #[test]
    fn a_name_is_the_given_one_or_like_one_that_is_made() {
        let template = "
Resources:
  Given: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub 'a-${AWS::Region}'}}
  Made: {Type: AWS::IAM::Role}
";
        let template = Template::parse(template).unwrap();
        let names = template.each_resource();
        let names: Vec<String> = names.map(|(id, role)| name("shop", id, role)).collect();
        assert_eq!(names, ["a-${AWS::Region}", "shop-Made-*"]);
    }
}
