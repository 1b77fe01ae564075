//! What is to be explained: a text of the command line, and what it leads to in an environment's templates.

use stratiform_assembly::{Assembly, StackAt};
use stratiform_catalog::{PropertyPath, catalog};
use stratiform_finding::Code;
use stratiform_finding::words::{joined, listed, meant};
use stratiform_template::{Resource, Value};

use crate::exit::Exit;
use crate::provenance::{Keys, attributes, step};
use crate::report::Failure;

/// What somebody asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    stack: String,
    logical_id: Option<String>,
    /// The way to a property or an attribute.
    steps: Vec<Step>,
}

/// One step further down.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// `.Tags`, `.0`.
    Key(String),
    /// `[team]`: the item of a list that is called so.
    Name(String),
}

/// What is there.
pub(super) struct Found<'a> {
    /// The stack.
    pub stack: &'a StackAt,
    /// The resource, with its logical ID; none where it is asked about the stack.
    pub resource: Option<(&'a str, &'a Resource)>,
    /// The keys below the resource; none where it is asked about the whole of it.
    pub below: Keys,
}

impl Target {
    pub(super) fn parse(text: &str) -> Target {
        let (stack, rest) = match text.split_once('/') {
            Some((stack, rest)) => (stack, Some(rest)),
            None => (text, None),
        };
        let (logical_id, below) = match rest.map(|rest| rest.split_once(['.', '/', '['])) {
            None => (None, ""),
            Some(None) => (rest, ""),
            Some(Some((id, _))) => (
                Some(id),
                rest.and_then(|it| it.get(id.len()..)).unwrap_or(""),
            ),
        };
        Target {
            stack: stack.to_owned(),
            logical_id: logical_id.map(str::to_owned),
            steps: steps(below),
        }
    }

    /// What it leads to.
    ///
    /// # Errors
    /// There is no such thing; the nearest ones.
    pub(super) fn find<'a>(&self, assembly: &'a Assembly) -> Result<Found<'a>, Failure> {
        let stack = self.stack(assembly)?;
        let Some(wanted) = &self.logical_id else {
            return Ok(Found {
                stack,
                resource: None,
                below: Keys::new(),
            });
        };
        let mut resources = stack.template.each_resource();
        let Some((id, resource)) = resources.find(|(id, _)| id == wanted) else {
            return Err(unknown_resource(assembly, stack, wanted));
        };
        Ok(Found {
            stack,
            resource: Some((id, resource)),
            below: self.below(id, resource)?,
        })
    }

    fn stack<'a>(&self, assembly: &'a Assembly) -> Result<&'a StackAt, Failure> {
        let key = |stack: &'a StackAt| assembly.key(&stack.name);
        let mut stacks = assembly.stacks.iter();
        let found = stacks.find(|stack| [key(stack), &stack.name].contains(&self.stack.as_str()));
        found.ok_or_else(|| {
            let keys = assembly.stacks.iter().map(key);
            let help = meant(&self.stack, keys.clone())
                .unwrap_or_else(|| format!("the stacks are: {}", joined(keys)));
            let what = format!("no stack is called `{}`", self.stack);
            Failure::new(Exit::Usage, Code::UnknownStack, what, help)
        })
    }

    /// The keys below a resource. Where the first of them is a property that is not written, nothing stands there.
    fn below(&self, id: &str, resource: &Resource) -> Result<Keys, Failure> {
        let whole = attributes(resource);
        let Some((first, _)) = self.steps.split_first() else {
            return Ok(Keys::new());
        };
        let (mut keys, mut value) = (Keys::new(), &whole);
        // Most ask about a property; `DeletionPolicy` and its like are no properties of anything.
        let is_attribute =
            |key: &str| key != "Type" && resource.properties.get(key).is_none() && has(&whole, key);
        if !matches!(first, Step::Key(key) if is_attribute(key)) {
            keys.push("Properties".to_owned());
            value = step(value, "Properties").unwrap_or(value);
        }
        for wanted in &self.steps {
            match wanted.inside(value) {
                Some((inside, next)) => {
                    keys.extend(inside);
                    value = next;
                }
                None if keys.len() == 1 && writable(resource).contains(&wanted.text()) => {
                    keys.push(wanted.text().to_owned());
                    return match self.steps.get(1) {
                        None => Ok(keys),
                        Some(inside) => {
                            let at = format!("{id}.{}", wanted.text());
                            Err(unknown_property(inside.text(), &at, &[]))
                        }
                    };
                }
                None => {
                    let names = names(value, (keys.len() == 1).then_some(resource));
                    let at = [&[id.to_owned()], keys.get(1..).unwrap_or_default()].concat();
                    return Err(unknown_property(wanted.text(), &at.join("."), &names));
                }
            }
        }
        Ok(keys)
    }
}

fn has(value: &Value, key: &str) -> bool {
    value.as_map().is_some_and(|map| map.contains_key(key))
}

/// `.Tags[team].Value` → its steps.
fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some((name, after)) = rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
            steps.push(Step::Name(name.to_owned()));
            rest = after;
            continue;
        }
        let start = rest.trim_start_matches(['.', '/']);
        // What stands before `[` is a key; a bracket that nobody closes is part of it.
        let end = start.find(['.', '/', '[']).filter(|end| *end > 0);
        let (key, after) = start.split_at(end.unwrap_or(start.len()));
        if !key.is_empty() {
            steps.push(Step::Key(key.to_owned()));
        }
        rest = after;
    }
    steps
}

impl Step {
    fn text(&self) -> &str {
        match self {
            Step::Key(text) | Step::Name(text) => text,
        }
    }

    /// The step into a value: the keys there, and what stands there. Functions are stepped through: people count in
    /// properties.
    fn inside<'v>(&self, value: &'v Value) -> Option<(Keys, &'v Value)> {
        match (self, value) {
            (_, Value::Function(function, argument)) => {
                let (keys, next) = self.inside(argument)?;
                Some(([vec![function.name().to_owned()], keys].concat(), next))
            }
            (Step::Key(key), value) => Some((vec![key.clone()], step(value, key)?)),
            (Step::Name(name), value) => {
                let mut items = value.as_list()?.iter().enumerate();
                let (place, item) = items.find(|(_, item)| called(item) == Some(name.as_str()))?;
                Some((vec![place.to_string()], item))
            }
        }
    }
}

/// What an item of a list is called, as `diff` shows it.
fn called(item: &Value) -> Option<&str> {
    let mut names = ["Name", "Key", "Sid"].into_iter();
    names.find_map(|key| item.as_map()?.get(key)?.as_str())
}

/// The properties that a resource could write.
fn writable(resource: &Resource) -> Vec<&'static str> {
    let Some(known) = catalog().resource_type(&resource.resource_type) else {
        return Vec::new();
    };
    let read_only: Vec<PropertyPath> = known.read_only().collect();
    let is_read_only = |name: &str| {
        let mut paths = read_only.iter();
        paths.any(|path| path.is_top_level() && path.first() == name)
    };
    let names = known.schema().properties().map(|(name, _)| name);
    names.filter(|name| !is_read_only(name)).collect()
}

/// The names that can follow; those that a resource could write, too, where it is one.
fn names(value: &Value, resource: Option<&Resource>) -> Vec<String> {
    let mut names: Vec<String> = match value {
        Value::Map(map) => map.keys().map(|name| name.to_string()).collect(),
        Value::List(items) => {
            let named = items
                .iter()
                .enumerate()
                .map(|(place, item)| match called(item) {
                    Some(name) => format!("[{name}]"),
                    None => place.to_string(),
                });
            named.collect()
        }
        Value::Function(_, argument) => return names(argument, resource),
        _ => Vec::new(),
    };
    let others = resource.map(writable).unwrap_or_default().into_iter();
    let others = others.map(str::to_owned);
    let others: Vec<String> = others.filter(|name| !names.contains(name)).collect();
    names.extend(others);
    names
}

fn unknown_resource(assembly: &Assembly, stack: &StackAt, wanted: &str) -> Failure {
    let ids = || stack.template.each_resource().map(|(id, _)| id);
    // Whoever knows the name and not the stack.
    let elsewhere = assembly.stacks.iter().find_map(|stack| {
        let mut resources = stack.template.each_resource();
        let is_there = resources.any(|(id, _)| id == wanted);
        is_there.then(|| format!("did you mean `{}/{wanted}`?", assembly.key(&stack.name)))
    });
    let near = meant(wanted, ids()).or(elsewhere);
    let help = near.unwrap_or_else(|| format!("its resources are: {}", joined(ids())));
    let what = format!("`{}` has no resource `{wanted}`", assembly.key(&stack.name));
    Failure::new(Exit::Usage, Code::UnknownResource, what, help)
}

fn unknown_property(wanted: &str, at: &str, names: &[String]) -> Failure {
    /// Of a long list nobody reads the end.
    const LISTED: usize = 20;
    let near = meant(wanted, names.iter().map(String::as_str));
    let help = near.unwrap_or_else(|| match names {
        [] => "nothing stands below it".to_owned(),
        names if names.len() <= LISTED => format!("what is there: {}", listed(names)),
        names => format!(
            "what is there begins with {}",
            listed(names.iter().take(LISTED))
        ),
    });
    let what = format!("`{at}` has no `{wanted}`");
    Failure::new(Exit::Usage, Code::UnknownProperty, what, help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_value_is_read_as_diff_writes_it() {
        let cases = [
            ("queues", "queues", None, ""),
            ("queues/Jobs", "queues", Some("Jobs"), ""),
            ("queues/Jobs.Tags", "queues", Some("Jobs"), "Tags"),
            ("a/B.Tags[team].Value", "a", Some("B"), "Tags [team] Value"),
            ("a/B.C.0.D", "a", Some("B"), "C 0 D"),
            ("a/B.C[x", "a", Some("B"), "C [x"),
            ("a/B[", "a", Some("B"), "["),
            ("a/B..", "a", Some("B"), ""),
            ("/", "", Some(""), ""),
            ("", "", None, ""),
        ];
        for (text, stack, logical_id, below) in cases {
            let target = Target::parse(text);
            let shown = target.steps.iter().map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Name(name) => format!("[{name}]"),
            });
            let shown: Vec<String> = shown.collect();
            let found = (target.stack.as_str(), target.logical_id.as_deref());
            assert_eq!(
                (found, shown.join(" ")),
                ((stack, logical_id), below.to_owned()),
                "{text}"
            );
        }
    }
}
