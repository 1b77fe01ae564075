//! `Fn::ForEach`: templates with loops as the templates that they stand for.
//!
//! Source: CloudFormation user guide, "AWS::LanguageExtensions transform"; template reference, "Fn::ForEach".

use indexmap::IndexMap;
use stratiform_template::{Function, Member, Output, Resource, Section, Template, Value};

use crate::resolved::Resolved;
use crate::resolver::Resolver;
use crate::scope::Scope;

/// The transform that gives loops their meaning.
const EXTENSIONS: &str = "AWS::LanguageExtensions";

/// How keys of loops start.
const FOR_EACH: &str = "Fn::ForEach::";

/// How many members a template may have after expansion: far beyond what CloudFormation takes.
const MAX_MEMBERS: usize = 100_000;

/// The template with its loops written out; `None` where there are none, or where one cannot be.
pub fn expand(resolver: &Resolver<'_, '_>) -> Option<Template> {
    let template = resolver.scope.template;
    let extended = template
        .transform
        .iter()
        .any(|transform| transform.as_str() == Some(EXTENSIONS));
    if !extended || !has_loop(template) {
        return None;
    }
    let mut expansion = Expansion {
        resolver,
        members: 0,
    };
    expansion.template(template)
}

/// Whether a template has a loop or a macro's members among its resources or outputs: something that is not compared.
pub fn has_unexpanded(template: &Template) -> bool {
    fn is_loop<T>(member: &Member<T>) -> bool {
        matches!(member, Member::Unexpanded(_))
    }
    template.resources.values().any(is_loop) || template.outputs.values().any(is_loop)
}

/// Whether there is a loop anywhere that one may be.
fn has_loop(template: &Template) -> bool {
    let in_value = |value: &Value| {
        let mut found = false;
        value.walk(&mut |value| {
            let keys = value.as_map().into_iter().flat_map(IndexMap::keys);
            found |= keys.into_iter().any(|key| is_loop(key));
        });
        found
    };
    has_unexpanded(template)
        || template.conditions.keys().any(|name| is_loop(name))
        || template.each_resource().any(|(_, resource)| {
            resource.properties.keys().any(|key| is_loop(key)) || resource.values().any(in_value)
        })
}

fn is_loop(key: &str) -> bool {
    key.starts_with(FOR_EACH)
}

struct Expansion<'r, 's, 't> {
    resolver: &'r Resolver<'s, 't>,
    members: usize,
}

impl Expansion<'_, '_, '_> {
    fn template(&mut self, template: &Template) -> Option<Template> {
        let resources = self.section(&template.resources, Self::resource, |body| {
            Resource::from_value(body).ok()
        })?;
        let conditions =
            self.section(&template.conditions, Self::value, |body| Some(body.clone()))?;
        let outputs = self.section(&template.outputs, Self::output, |body| {
            Output::from_value(body).ok()
        })?;
        Some(Template {
            resources,
            conditions,
            outputs,
            ..template.clone()
        })
    }

    /// A section without loops; a member of a macro's stays as it is.
    fn section<T>(
        &mut self,
        section: &Section<T>,
        one: impl Fn(&mut Self, &T) -> Option<T>,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<Section<T>> {
        let mut expanded = Section::new();
        for (name, member) in section {
            match member {
                Member::One(member) => {
                    expanded.insert(name.clone(), Member::One(one(self, member)?));
                }
                Member::Unexpanded(body) if is_loop(name) => {
                    for (name, body) in self.body(body)? {
                        let member = read(&body)?;
                        expanded.insert(name, Member::One(member));
                    }
                }
                Member::Unexpanded(body) => {
                    expanded.insert(name.clone(), Member::Unexpanded(body.clone()));
                }
            }
        }
        Some(expanded)
    }

    fn resource(&mut self, resource: &Resource) -> Option<Resource> {
        let mut expanded = resource.clone();
        expanded.properties = self.entries(&resource.properties)?;
        let attributes = [
            &mut expanded.metadata,
            &mut expanded.creation_policy,
            &mut expanded.update_policy,
            &mut expanded.deletion_policy,
            &mut expanded.update_replace_policy,
        ];
        for attribute in attributes.into_iter().flatten() {
            *attribute = self.value(attribute)?;
        }
        Some(expanded)
    }

    fn output(&mut self, output: &Output) -> Option<Output> {
        Some(Output {
            value: self.value(&output.value)?,
            ..output.clone()
        })
    }

    /// A value without the loops in it.
    fn value(&mut self, value: &Value) -> Option<Value> {
        Some(match value {
            Value::Map(entries) => Value::Map(self.entries(entries)?),
            Value::List(items) => {
                let items = items.iter().map(|item| self.value(item));
                Value::List(items.collect::<Option<_>>()?)
            }
            Value::Function(function, argument) => {
                Value::Function(*function, Box::new(self.value(argument)?))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        })
    }

    fn entries(&mut self, entries: &IndexMap<String, Value>) -> Option<IndexMap<String, Value>> {
        let mut expanded = IndexMap::new();
        for (key, value) in entries {
            if is_loop(key) {
                expanded.extend(self.body(value)?);
            } else {
                expanded.insert(key.clone(), self.value(value)?);
            }
        }
        Some(expanded)
    }

    /// The members that a loop stands for.
    fn body(&mut self, value: &Value) -> Option<IndexMap<String, Value>> {
        let [Value::String(identifier), collection, Value::Map(body)] = value.as_list()? else {
            return None;
        };
        let mut members = IndexMap::new();
        for item in self.collection(collection)? {
            self.members += body.len();
            if self.members > MAX_MEMBERS {
                return None;
            }
            let replaced = substituted(body, identifier, &item);
            members.extend(self.entries(&replaced)?);
        }
        Some(members)
    }

    /// The items: a list, or anything whose value is known and is one.
    fn collection(&self, collection: &Value) -> Option<Vec<String>> {
        let scope: &Scope<'_> = self.resolver.scope;
        let resolver = Resolver::new(scope, self.resolver.world);
        match resolver.resolve(collection).part()? {
            Resolved::List(items) => {
                let known = items.iter().map(|item| Some(item.known()?.into_owned()));
                known.collect()
            }
            _ => None,
        }
    }
}

/// Puts an item in the place of a loop's identifier: `${Name}`, `&{Name}` (letters and digits only) and `Ref`.
fn substituted(
    entries: &IndexMap<String, Value>,
    identifier: &str,
    item: &str,
) -> IndexMap<String, Value> {
    let plain: String = item.chars().filter(char::is_ascii_alphanumeric).collect();
    let patterns = [format!("${{{identifier}}}"), format!("&{{{identifier}}}")];
    let replaced = |text: &str| {
        text.replace(&patterns[0], item)
            .replace(&patterns[1], &plain)
    };
    let own = entries.iter().map(|(key, value)| {
        let value = value.clone().map(&mut |value| match value {
            Value::String(text) => Value::String(replaced(&text)),
            Value::Function(Function::Ref, name) if name.as_str() == Some(identifier) => {
                Value::from(item)
            }
            // As it may have been written before its tag was read: `!GetAtt` of a name with the identifier in it.
            Value::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (replaced(&key), value))
                    .collect(),
            ),
            other => other,
        });
        (replaced(key), value)
    });
    own.collect()
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::world::Whereabouts;

    fn expanded(template: &str, parameters: &[(&str, &str)]) -> Option<Vec<String>> {
        let template = Template::parse(template).unwrap();
        let given = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let given: IndexMap<String, String> = given.collect();
        let place = Whereabouts {
            stack: "shop".to_owned(),
            region: "eu-west-1".to_owned(),
            account: None,
        };
        let scope = Scope::new(&template, &given, &place);
        let expanded = expand(&Resolver::new(&scope, &place))?;
        Some(expanded.resources.keys().cloned().collect())
    }

    const LOOP: &str = "
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: 'a,b'}}
Mappings: {Teams: {eu-west-1: {Names: [x, y]}}}
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
        let names = |names: [&str; 2]| Some(names.map(str::to_owned).to_vec());
        assert_eq!(expanded(LOOP, &[]), names(["Topica", "Topicb"]));
        assert_eq!(
            expanded(LOOP, &[("Names", "x-1")]),
            Some(vec!["Topicx1".to_owned()])
        );
        let collections = [
            ("[c, d]", ["Topicc", "Topicd"]),
            ("!Split ['|', 'c|d']", ["Topicc", "Topicd"]),
            (
                "!FindInMap [Teams, !Ref AWS::Region, Names]",
                ["Topicx", "Topicy"],
            ),
        ];
        for (collection, expected) in collections {
            let template = LOOP.replace("!Ref Names", collection);
            assert_eq!(expanded(&template, &[]), names(expected), "{collection}");
        }
    }

    #[test]
    fn loops_in_loops_and_in_properties_are_written_out() {
        let template = "
Transform: AWS::LanguageExtensions
Resources:
  'Fn::ForEach::Outer':
    - A
    - [x, y]
    - 'Fn::ForEach::Inner':
        - B
        - [!Sub '${A}1', !Sub '${A}2']
        - 'R${B}':
            Type: AWS::SNS::Topic
            Properties:
              'Fn::ForEach::Names': [K, [TopicName, DisplayName], {'${K}': !Ref B}]
";
        let template = Template::parse(template).unwrap();
        let given = IndexMap::new();
        let place = Whereabouts {
            stack: "shop".to_owned(),
            region: "eu-west-1".to_owned(),
            account: None,
        };
        let scope = Scope::new(&template, &given, &place);
        let expanded = expand(&Resolver::new(&scope, &place)).unwrap();
        let names: Vec<String> = expanded
            .each_resource()
            .map(|(id, resource)| format!("{id} {:?}", resource.properties))
            .collect();
        assert_eq!(
            names,
            ["x1", "x2", "y1", "y2"].map(|name| format!(
                "R{name} {{\"TopicName\": String({name:?}), \"DisplayName\": String({name:?})}}"
            ))
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
