//! `Fn::ForEach`: templates with loops as the templates that they stand for.
//!
//! Source: CloudFormation user guide, "AWS::LanguageExtensions transform"; template reference, "Fn::ForEach".

use std::collections::BTreeSet;

use indexmap::IndexMap;
use stratiform_finding::Finding;
use stratiform_template::{
    Function, Map, Member, Output, Reference, Resource, Section, Template, Text, Value,
};

use crate::resolved::Resolved;
use crate::resolver::Resolver;
use crate::scope::Scope;
use crate::world::Whereabouts;

/// The transform that gives loops their meaning.
const EXTENSIONS: &str = "AWS::LanguageExtensions";

/// How keys of loops start.
const FOR_EACH: &str = "Fn::ForEach::";

/// How many members a template may have after expansion: far beyond what CloudFormation takes.
const MAX_MEMBERS: usize = 100_000;

/// The template with its loops written out; `None` where there are none. A loop whose items are not known, or whose
/// members could not be read, stays as it is.
pub fn expand(resolver: &Resolver<'_, '_>) -> Option<Template> {
    expand_but(resolver, &BTreeSet::new())
}

/// The same, but for some loops among the members of the sections.
pub fn expand_but(resolver: &Resolver<'_, '_>, kept: &BTreeSet<&str>) -> Option<Template> {
    Expansion::new(resolver, kept, Collections::Any)
        .whole()
        .map(|written| written.template)
}

/// A template with loops written out, and where the parts of it come from.
#[derive(Clone, Debug)]
pub struct WrittenOut {
    /// The template.
    pub template: Template,
    /// The path of each member that a loop stands for, and that of what it is made from.
    origins: Vec<(Vec<String>, Vec<String>)>,
    /// What keeps members of loops from being read: each by its path in the template with the loops.
    pub refused: Vec<Finding>,
}

impl WrittenOut {
    /// The path in the template with the loops, of a path in the one without.
    pub fn origin(&self, path: Vec<String>) -> Vec<String> {
        let of = self.origins.iter().filter(|(to, _)| path.starts_with(to));
        match of.max_by_key(|(to, _)| to.len()) {
            Some((to, from)) => {
                let rest = path.iter().skip(to.len());
                from.iter().chain(rest).cloned().collect()
            }
            None => path,
        }
    }
}

/// The template with those loops written out whose items are the same wherever it is deployed, and whatever is given for
/// its parameters; `None` where there are no loops.
pub fn written_out(template: &Template) -> Option<WrittenOut> {
    // Nothing is asked of either.
    let given = IndexMap::new();
    let place = Whereabouts {
        stack: String::new(),
        region: "us-east-1".parse().ok()?,
        account: None,
    };
    let scope = Scope::new(template, &given, &place);
    let resolver = Resolver::new(&scope, &place);
    Expansion::new(&resolver, &BTreeSet::new(), Collections::Literal).whole()
}

/// Whether a template has loops, and the transform that gives them their meaning.
fn is_extended(template: &Template) -> bool {
    template.has_transform(EXTENSIONS) && has_loop(template)
}

/// The loops, and what macros stand in for, among the members of a template's sections.
pub fn unexpanded(template: &Template) -> impl Iterator<Item = &str> {
    fn of<T>(section: &Section<T>) -> impl Iterator<Item = &str> {
        let members = section
            .iter()
            .filter(|(_, member)| matches!(member, Member::Unexpanded(_)));
        members.map(|(name, _)| name.as_str())
    }
    let resources = of(&template.resources).chain(of(&template.outputs));
    resources.chain(of(&template.conditions))
}

/// Whether there is a loop anywhere that one may be.
fn has_loop(template: &Template) -> bool {
    let in_value = |value: &Value| {
        let mut found = false;
        value.walk(&mut |value| {
            let keys = value.as_map().into_iter().flat_map(Map::keys);
            found |= keys.into_iter().any(|key| is_loop(key));
        });
        found
    };
    unexpanded(template).any(is_loop)
        || template.each_resource().any(|(_, resource)| {
            resource.properties.keys().any(|key| is_loop(key)) || resource.values().any(in_value)
        })
}

fn is_loop(key: &str) -> bool {
    key.starts_with(FOR_EACH)
}

/// Which collections are written out?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Collections {
    /// All whose items are known.
    Any,
    /// Those that depend on nothing but mappings.
    Literal,
}

struct Expansion<'r, 's, 't> {
    resolver: &'r Resolver<'s, 't>,
    kept: &'r BTreeSet<&'r str>,
    collections: Collections,
    members: usize,
    /// Where we are in what is written out, and in the template with the loops.
    path: Vec<String>,
    from: Vec<String>,
    origins: Vec<(Vec<String>, Vec<String>)>,
    refused: Vec<Finding>,
}

impl<'r, 's, 't> Expansion<'r, 's, 't> {
    fn new(
        resolver: &'r Resolver<'s, 't>,
        kept: &'r BTreeSet<&'r str>,
        collections: Collections,
    ) -> Self {
        Expansion {
            resolver,
            kept,
            collections,
            members: 0,
            path: Vec::new(),
            from: Vec::new(),
            origins: Vec::new(),
            refused: Vec::new(),
        }
    }

    fn whole(mut self) -> Option<WrittenOut> {
        let template = self.resolver.scope.template;
        is_extended(template).then(|| WrittenOut {
            template: self.template(template),
            origins: self.origins,
            refused: self.refused,
        })
    }

    /// Goes one step down in both.
    fn below<T>(&mut self, to: &str, from: &str, go: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(to.to_owned());
        self.from.push(from.to_owned());
        let gone = go(self);
        self.path.pop();
        self.from.pop();
        gone
    }

    fn template(&mut self, template: &Template) -> Template {
        let resources = self.below("Resources", "Resources", |expansion| {
            expansion.section(&template.resources, Self::resource, Resource::from_value)
        });
        let conditions = self.below("Conditions", "Conditions", |expansion| {
            expansion.section(&template.conditions, Self::value, |body| Ok(body.clone()))
        });
        let outputs = self.below("Outputs", "Outputs", |expansion| {
            expansion.section(&template.outputs, Self::output, Output::from_value)
        });
        Template {
            resources,
            conditions,
            outputs,
            ..template.clone()
        }
    }

    /// A section without the loops that can be written out; a member of a macro's stays as it is.
    fn section<T>(
        &mut self,
        section: &Section<T>,
        one: impl Fn(&mut Self, &T) -> T,
        read: impl Fn(&Value) -> Result<T, Vec<Finding>>,
    ) -> Section<T> {
        let mut expanded = Section::new();
        for (name, member) in section {
            match member {
                Member::One(member) => {
                    let member = self.below(name, name, |expansion| one(expansion, member));
                    expanded.insert(name.clone(), Member::One(member));
                }
                Member::Unexpanded(body) => {
                    let is_loop = is_loop(name) && !self.kept.contains(name.as_str());
                    let members = is_loop.then(|| self.body(name, body)).flatten();
                    let members: Option<Vec<_>> = members.and_then(|members| {
                        let member = |(name, body): (Text, Value)| match read(&body) {
                            Ok(member) => Some((name.to_string(), member)),
                            Err(findings) => {
                                self.refuse(&name, findings);
                                None
                            }
                        };
                        members.into_iter().map(member).collect()
                    });
                    match members {
                        Some(members) => expanded.extend(
                            members
                                .into_iter()
                                .map(|(name, member)| (name, Member::One(member))),
                        ),
                        None => {
                            expanded.insert(name.clone(), Member::Unexpanded(body.clone()));
                        }
                    }
                }
            }
        }
        expanded
    }

    /// A member of a loop that is none of the section.
    fn refuse(&mut self, name: &str, findings: Vec<Finding>) {
        let path: Vec<String> = self.path.iter().cloned().chain([name.to_owned()]).collect();
        let known = self.origins.iter().rev().find(|(to, _)| *to == path);
        let from = known.map_or(path.clone(), |(_, from)| from.clone());
        self.refused
            .extend(findings.into_iter().map(|finding| Finding {
                path: from.iter().cloned().chain(finding.path).collect(),
                places: Vec::new(),
                ..finding
            }));
    }

    fn resource(&mut self, resource: &Resource) -> Resource {
        let mut expanded = resource.clone();
        expanded.properties = self.below("Properties", "Properties", |expansion| {
            expansion.entries(&resource.properties)
        });
        let attributes = [
            ("Metadata", &mut expanded.metadata),
            ("CreationPolicy", &mut expanded.creation_policy),
            ("UpdatePolicy", &mut expanded.update_policy),
            ("DeletionPolicy", &mut expanded.deletion_policy),
            ("UpdateReplacePolicy", &mut expanded.update_replace_policy),
        ];
        for (name, value) in attributes {
            if let Some(value) = value {
                *value = self.below(name, name, |expansion| expansion.value(value));
            }
        }
        expanded
    }

    fn output(&mut self, output: &Output) -> Output {
        Output {
            value: self.below("Value", "Value", |expansion| expansion.value(&output.value)),
            ..output.clone()
        }
    }

    /// A value without the loops in it.
    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::Map(entries) => Value::Map(self.entries(entries)),
            Value::List(items) => {
                let items = items.iter().enumerate().map(|(position, item)| {
                    let position = position.to_string();
                    self.below(&position, &position, |expansion| expansion.value(item))
                });
                Value::List(items.collect())
            }
            Value::Function(function, argument) => {
                let name = function.name();
                let argument = self.below(name, name, |expansion| expansion.value(argument));
                let argument = match function {
                    // Names may be made of items.
                    Function::GetAtt | Function::Ref => plain(argument),
                    _ => argument,
                };
                Value::Function(*function, Box::new(argument))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        }
    }

    fn entries(&mut self, entries: &Map) -> Map {
        let mut expanded = Map::new();
        for (key, value) in entries {
            match is_loop(key).then(|| self.body(key, value)).flatten() {
                Some(members) => expanded.extend(members),
                None => {
                    let value = self.below(key, key, |expansion| expansion.value(value));
                    expanded.insert(key.clone(), value);
                }
            }
        }
        expanded
    }

    /// The members that a loop stands for; `None` where that cannot be known, of a loop in it neither.
    fn body(&mut self, key: &str, value: &Value) -> Option<Map> {
        let depth = self.from.len();
        self.from.extend([key.to_owned(), "2".to_owned()]);
        let members = self.members(value);
        self.from.truncate(depth);
        members
    }

    fn members(&mut self, value: &Value) -> Option<Map> {
        let [Value::String(identifier), collection, Value::Map(body)] = value.as_list()? else {
            return None;
        };
        let mut members = Map::new();
        for item in self.collection(collection)? {
            self.members += body.len();
            if self.members > MAX_MEMBERS {
                return None;
            }
            for (key, value) in body {
                let (name, value) = substituted((key, value), identifier, &item);
                if let Some(inner) = is_loop(&name).then(|| self.body(key, &value)).flatten() {
                    members.extend(inner);
                    continue;
                }
                let value = self.below(&name, key, |expansion| {
                    let origin = (expansion.path.clone(), expansion.from.clone());
                    expansion.origins.push(origin);
                    expansion.value(&value)
                });
                members.insert(name, value);
            }
        }
        let is_loop_left = members.keys().any(|key| is_loop(key));
        (!is_loop_left).then_some(members)
    }

    /// The items: a list, or anything whose value is known and is one.
    fn collection(&self, collection: &Value) -> Option<Vec<String>> {
        let mut is_literal = true;
        collection.for_each_reference(&mut |reference| {
            is_literal &= matches!(reference, Reference::Mapping(_));
        });
        if self.collections == Collections::Literal && !is_literal {
            return None;
        }
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

/// A name without what made it: `Fn::Sub` that has nothing more to put in.
fn plain(name: Value) -> Value {
    match name {
        Value::List(items) => Value::List(items.into_iter().map(plain).collect()),
        Value::Function(Function::Sub, text)
            if text.as_str().is_some_and(|text| !text.contains("${")) =>
        {
            *text
        }
        other => other,
    }
}

/// Puts an item in the place of a loop's identifier: `${Name}`, `&{Name}` (letters and digits only) and `Ref`.
fn substituted((key, value): (&str, &Value), identifier: &str, item: &str) -> (String, Value) {
    let plain: String = item.chars().filter(char::is_ascii_alphanumeric).collect();
    let patterns = [format!("${{{identifier}}}"), format!("&{{{identifier}}}")];
    let replaced = |text: &str| {
        text.replace(&patterns[0], item)
            .replace(&patterns[1], &plain)
    };
    let value = value.clone().map(&mut |value| match value {
        Value::String(text) => Value::from(replaced(&text)),
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
            region: "eu-west-1".parse().unwrap(),
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
            region: "eu-west-1".parse().unwrap(),
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
    }

    #[test]
    fn a_loop_whose_items_are_not_known_does_not_keep_the_others_from_being_written_out() {
        let other =
            "  'Fn::ForEach::Queues': [Q, !Ref Names, {'${Q}Queue': {Type: AWS::SQS::Queue}}]";
        let template = format!("{}{other}", LOOP.replace("!Ref Names", "!GetAtt A.B"));
        let names = ["Fn::ForEach::Topics", "aQueue", "bQueue"].map(str::to_owned);
        assert_eq!(expanded(&template, &[]), Some(names.to_vec()));
    }
}
