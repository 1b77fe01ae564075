//! `Fn::ForEach`: templates with loops as the templates that they stand for.
//!
//! Source: CloudFormation user guide, "AWS::LanguageExtensions transform"; template reference, "Fn::ForEach".

use serde_json::{Map, Value};
use stratiform_template::{Member, Template};

use crate::input::Side;

/// The transform that gives loops their meaning.
const EXTENSIONS: &str = "AWS::LanguageExtensions";

/// How keys of loops start.
const FOR_EACH: &str = "Fn::ForEach::";

/// How many members a template may have after expansion: far beyond what CloudFormation takes.
const MAX_MEMBERS: usize = 100_000;

/// The template with its loops written out; `None` where there are none, or where one cannot be.
pub(crate) fn expand(side: &Side<'_>) -> Option<Template> {
    let template = side.template;
    let extended = template
        .transform
        .iter()
        .any(|transform| transform.as_str() == Some(EXTENSIONS));
    if !extended {
        return None;
    }
    let json = template.to_json();
    if !json.contains(FOR_EACH) {
        return None;
    }
    let mut json: Value = serde_json::from_str(&json).ok()?;
    let mut expansion = Expansion { side, members: 0 };
    expansion.value(&mut json)?;
    Template::parse(&json.to_string()).ok()
}

/// Whether a template still has a loop or a macro's members: something that is not compared.
pub(crate) fn has_unexpanded(template: &Template) -> bool {
    let is_loop = |resource: &Member<_>| matches!(resource, Member::ForEach(_));
    let is_looped_output = |output: &Member<_>| matches!(output, Member::ForEach(_));
    template.resources.values().any(is_loop) || template.outputs.values().any(is_looped_output)
}

struct Expansion<'s, 't> {
    side: &'s Side<'t>,
    members: usize,
}

impl Expansion<'_, '_> {
    /// Writes out the loops below a value.
    fn value(&mut self, value: &mut Value) -> Option<()> {
        match value {
            Value::Object(entries) => {
                let mut expanded = Map::new();
                for (key, mut value) in std::mem::take(entries) {
                    if key.starts_with(FOR_EACH) {
                        expanded.extend(self.body(&value)?);
                    } else {
                        self.value(&mut value)?;
                        expanded.insert(key, value);
                    }
                }
                *entries = expanded;
                Some(())
            }
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.value(item)),
            _ => Some(()),
        }
    }

    /// The members that a loop stands for.
    fn body(&mut self, value: &Value) -> Option<Map<String, Value>> {
        let [Value::String(identifier), collection, Value::Object(body)] =
            value.as_array()?.as_slice()
        else {
            return None;
        };
        let mut members = Map::new();
        for item in self.collection(collection)? {
            self.members += body.len();
            if self.members > MAX_MEMBERS {
                return None;
            }
            let mut body = Value::Object(body.clone());
            substitute(&mut body, identifier, &item);
            self.value(&mut body)?;
            if let Value::Object(body) = body {
                members.extend(body);
            }
        }
        Some(members)
    }

    /// The items: a list of texts, or a parameter that is one.
    fn collection(&self, collection: &Value) -> Option<Vec<String>> {
        match collection {
            Value::Array(items) => items
                .iter()
                .map(|item| match item {
                    Value::String(text) => Some(text.clone()),
                    Value::Number(number) => Some(number.to_string()),
                    _ => None,
                })
                .collect(),
            Value::Object(reference) => {
                let name = reference.get("Ref")?.as_str()?;
                let given = self.side.parameters.get(name).map(String::as_str);
                let parameter = self.side.template.parameters.get(name)?;
                let text = given.or_else(|| parameter.default.as_ref()?.as_str())?;
                Some(text.split(',').map(|item| item.trim().to_owned()).collect())
            }
            _ => None,
        }
    }
}

/// Puts an item in the place of a loop's identifier: `${Name}`, `&{Name}` (letters and digits only) and `Ref`.
fn substitute(value: &mut Value, identifier: &str, item: &str) {
    let replaced = |text: &str| {
        let plain: String = item.chars().filter(char::is_ascii_alphanumeric).collect();
        text.replace(&format!("${{{identifier}}}"), item)
            .replace(&format!("&{{{identifier}}}"), &plain)
    };
    match value {
        Value::String(text) => *text = replaced(text),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|one| substitute(one, identifier, item)),
        Value::Object(entries) => {
            let is_reference = entries.len() == 1
                && entries.get("Ref").and_then(Value::as_str) == Some(identifier);
            if is_reference {
                *value = Value::String(item.to_owned());
                return;
            }
            *entries = std::mem::take(entries)
                .into_iter()
                .map(|(key, mut value)| {
                    substitute(&mut value, identifier, item);
                    (replaced(&key), value)
                })
                .collect();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(template: &str, parameters: &[(&str, &str)]) -> Option<Vec<String>> {
        let template = Template::parse(template).unwrap();
        let mut side = Side::of(&template);
        let given = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        side.parameters = given.collect();
        expand(&side).map(|template| template.resources.keys().cloned().collect())
    }

    const LOOP: &str = "
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: 'a,b'}}
Resources:
  'Fn::ForEach::Topics':
    - Name
    - !Ref Names
    - 'Topic&{Name}':
        Type: AWS::SNS::Topic
        Properties: {TopicName: !Sub '${Name}.x', DisplayName: !Ref Name}
";

    #[test]
    fn a_loop_becomes_its_members() {
        assert_eq!(
            expanded(LOOP, &[]),
            Some(vec!["Topica".to_owned(), "Topicb".to_owned()])
        );
        assert_eq!(
            expanded(LOOP, &[("Names", "x-1")]),
            Some(vec!["Topicx1".to_owned()])
        );
    }

    #[test]
    fn what_is_no_loop_is_left_alone() {
        assert_eq!(
            expanded("Resources: {A: {Type: AWS::SNS::Topic}}", &[]),
            None
        );
        let broken = LOOP.replace("!Ref Names", "!GetAtt A.B");
        assert_eq!(expanded(&broken, &[]), None);
    }
}
