//! One environment's name in the place of another's, wherever a template has it.

use indexmap::IndexMap;
use stratiform_template::{Map, Member, Output, Parameter, Resource, Section, Template, Value};

/// The name of an environment, and the one that takes its place.
pub(super) struct Names<'n> {
    pub from: &'n str,
    pub to: &'n str,
}

impl Names<'_> {
    /// A template with the other name, as its counterpart has it. What is the same in both is left alone.
    pub(super) fn template(&self, own: &Template, other: Option<&Template>) -> Template {
        let parts = |part: fn(&Template) -> &Map| self.entries(part(own), other.map(part));
        Template {
            format_version: own.format_version.clone(),
            description: own
                .description
                .as_ref()
                .map(|text| self.text(text, other.and_then(|other| other.description.as_deref()))),
            transform: own.transform.clone(),
            metadata: parts(|template| &template.metadata),
            parameters: self.all(
                &own.parameters,
                other.map(|other| &other.parameters),
                Self::parameter,
            ),
            rules: parts(|template| &template.rules),
            mappings: parts(|template| &template.mappings),
            conditions: self.section(
                &own.conditions,
                other.map(|other| &other.conditions),
                Self::value,
            ),
            resources: self.section(
                &own.resources,
                other.map(|other| &other.resources),
                Self::resource,
            ),
            outputs: self.section(
                &own.outputs,
                other.map(|other| &other.outputs),
                Self::output,
            ),
            hooks: parts(|template| &template.hooks),
            unknown: parts(|template| &template.unknown),
        }
    }

    /// A value with the other name.
    pub(super) fn value(&self, own: &Value, other: Option<&Value>) -> Value {
        match (own, other) {
            (own, Some(other)) if own == other => own.clone(),
            (Value::String(text), other) => Value::from(match other {
                Some(Value::String(other)) => self.text(text, Some(other)),
                _ => self.text(text, None),
            }),
            (Value::List(items), other) => {
                let others = other.and_then(Value::as_list).unwrap_or_default();
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| self.value(item, others.get(index)));
                Value::List(items.collect())
            }
            (Value::Map(entries), other) => {
                Value::Map(self.entries(entries, other.and_then(Value::as_map)))
            }
            (Value::Function(function, argument), other) => {
                let other = match other {
                    Some(Value::Function(same, other)) if same == function => Some(&**other),
                    _ => None,
                };
                Value::Function(*function, Box::new(self.value(argument, other)))
            }
            (Value::Null | Value::Bool(_) | Value::Number(_), _) => own.clone(),
        }
    }

    /// A text with the other name: where the counterpart has it or, where there is none, wherever it stands for itself.
    pub(super) fn text(&self, own: &str, other: Option<&str>) -> String {
        match other {
            Some(other) => rename_as(own, other, self.from, self.to),
            None => rename(own, self.from, self.to),
        }
    }

    fn entries(&self, own: &Map, other: Option<&Map>) -> Map {
        let renamed = own.iter().map(|(key, value)| {
            let same = other.is_some_and(|other| other.contains_key(key));
            let key = self.name(key, same);
            let other = other.and_then(|other| other.get(&key));
            (key, self.value(value, other))
        });
        renamed.collect()
    }

    /// Named things; a name that the counterpart does not have is another one there.
    fn all<T>(
        &self,
        own: &IndexMap<String, T>,
        other: Option<&IndexMap<String, T>>,
        one: impl Fn(&Self, &T, Option<&T>) -> T,
    ) -> IndexMap<String, T> {
        let renamed = own.iter().map(|(key, value)| {
            let same = other.is_some_and(|other| other.contains_key(key));
            let key = self.name(key, same);
            let other = other.and_then(|other| other.get(&key));
            (key, one(self, value, other))
        });
        renamed.collect()
    }

    /// The name of something; another one, where the counterpart does not have it.
    fn name(&self, own: &str, is_there: bool) -> String {
        match is_there {
            true => own.to_owned(),
            false => self.text(own, None),
        }
    }

    fn section<T>(
        &self,
        own: &Section<T>,
        other: Option<&Section<T>>,
        one: impl Fn(&Self, &T, Option<&T>) -> T,
    ) -> Section<T> {
        self.all(own, other, |_, own, other| match (own, other) {
            (Member::One(own), Some(Member::One(other))) => {
                Member::One(one(self, own, Some(other)))
            }
            (Member::One(own), _) => Member::One(one(self, own, None)),
            (Member::Unexpanded(own), Some(Member::Unexpanded(other))) => {
                Member::Unexpanded(self.value(own, Some(other)))
            }
            (Member::Unexpanded(own), _) => Member::Unexpanded(self.value(own, None)),
        })
    }

    fn parameter(&self, own: &Parameter, other: Option<&Parameter>) -> Parameter {
        let default = other.and_then(|other| other.default.as_ref());
        let description = other.and_then(|other| other.description.as_deref());
        Parameter {
            default: own.default.as_ref().map(|own| self.value(own, default)),
            description: own
                .description
                .as_ref()
                .map(|own| self.text(own, description)),
            constraints: self.entries(&own.constraints, other.map(|other| &other.constraints)),
            ..own.clone()
        }
    }

    fn resource(&self, own: &Resource, other: Option<&Resource>) -> Resource {
        let attribute = |part: fn(&Resource) -> &Option<Value>| {
            let other = other.and_then(|other| part(other).as_ref());
            part(own).as_ref().map(|own| self.value(own, other))
        };
        let depends_on = own.depends_on.iter().enumerate().map(|(index, own)| {
            let other = other
                .and_then(|other| other.depends_on.get(index))
                .map(String::as_str);
            self.text(own, other)
        });
        Resource {
            resource_type: own.resource_type.clone(),
            condition: own
                .condition
                .as_ref()
                .map(|own| self.text(own, other.and_then(|other| other.condition.as_deref()))),
            depends_on: depends_on.collect(),
            deletion_policy: attribute(|resource| &resource.deletion_policy),
            update_replace_policy: attribute(|resource| &resource.update_replace_policy),
            creation_policy: attribute(|resource| &resource.creation_policy),
            update_policy: attribute(|resource| &resource.update_policy),
            metadata: attribute(|resource| &resource.metadata),
            properties: self.entries(&own.properties, other.map(|other| &other.properties)),
            unknown: self.entries(&own.unknown, other.map(|other| &other.unknown)),
        }
    }

    fn output(&self, own: &Output, other: Option<&Output>) -> Output {
        let export = other.and_then(|other| other.export.as_ref());
        let description = other.and_then(|other| other.description.as_deref());
        Output {
            value: self.value(&own.value, other.map(|other| &other.value)),
            description: own
                .description
                .as_ref()
                .map(|own| self.text(own, description)),
            export: own.export.as_ref().map(|own| self.value(own, export)),
            condition: own
                .condition
                .as_ref()
                .map(|own| self.text(own, other.and_then(|other| other.condition.as_deref()))),
        }
    }
}

/// Replaces a word where another text has the new one in its place.
fn rename_as(text: &str, other: &str, from: &str, to: &str) -> String {
    let mut renamed = String::with_capacity(text.len());
    let (mut rest, mut other) = (text, other);
    while let Some(letter) = rest.chars().next() {
        let both = rest.strip_prefix(from).zip(other.strip_prefix(to));
        if let Some((after, other_after)) = both {
            renamed.push_str(to);
            (rest, other) = (after, other_after);
            continue;
        }
        renamed.push(letter);
        rest = &rest[letter.len_utf8()..];
        let same = other.chars().next().map_or(0, char::len_utf8);
        other = &other[same..];
    }
    renamed
}

/// Replaces a word wherever it stands for itself.
fn rename(text: &str, from: &str, to: &str) -> String {
    let mut renamed = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(start) = rest.find(from) {
        let end = start + from.len();
        let previous = rest[..start].chars().next_back().or(before);
        let next = rest[end..].chars().next();
        let word = |neighbour: Option<char>| neighbour.is_none_or(|c| !c.is_ascii_alphanumeric());
        renamed.push_str(&rest[..start]);
        renamed.push_str(if word(previous) && word(next) {
            to
        } else {
            from
        });
        before = from.chars().next_back();
        rest = &rest[end..];
    }
    renamed + rest
}

#[cfg(test)]
mod tests {
    use super::{rename, rename_as};

    #[test]
    fn words_are_renamed_where_the_other_text_has_them() {
        let cases = [
            ("eu-west-1 shop-eu-dr", "eu-west-1 shop-us-dr"),
            ("prod-bucket", "prod-bucket"),
            ("euro", "usro"),
        ];
        for (text, other) in cases {
            assert_eq!(rename_as(text, other, "eu", "us"), other);
        }
        assert_eq!(rename_as("eu-a", "x", "eu", "us"), "eu-a");
    }

    #[test]
    fn only_whole_words_are_renamed() {
        let cases = [
            ("shop-dev-network", "shop-prod-network"),
            ("dev", "prod"),
            ("device devdev dev-dev", "device devdev prod-prod"),
            ("\"dev\": /dev/", "\"prod\": /prod/"),
        ];
        for (text, expected) in cases {
            assert_eq!(rename(text, "dev", "prod"), expected);
        }
    }
}
