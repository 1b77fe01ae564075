//! Values after intrinsic functions.

use std::borrow::Cow;
use std::collections::BTreeMap;

use stratiform_template::Map;

use crate::text::{Segment, Style, Text, Time, Use};

/// The entries of a map, in the order written.
pub type Entries<'t> = Map<Cow<'t, str>, Resolved<'t>>;

/// A value without intrinsic functions. Scalars are text, as CloudFormation passes them on: `80` is `"80"`.
#[derive(Clone, Debug)]
pub enum Resolved<'t> {
    /// `null`, in JSON documents.
    Null,
    /// Text that the template itself says.
    Literal(Cow<'t, str>),
    /// Text that comes from somewhere: parameters, resources, other stacks.
    Text(Box<Text>),
    /// A list.
    List(Vec<Resolved<'t>>),
    /// A map.
    Map(Entries<'t>),
}

impl<'t> Resolved<'t> {
    /// Known text.
    pub fn literal(text: impl Into<Cow<'t, str>>) -> Self {
        Resolved::Literal(text.into())
    }

    /// Text in parts.
    pub fn text(segments: Vec<Segment>, uses: Vec<Use>) -> Self {
        Resolved::Text(Box::new(Text { segments, uses }))
    }

    /// Something that is not known here.
    pub fn unknown(what: impl Into<String>, time: Time, uses: Vec<Use>) -> Self {
        let what = what.into();
        let segment = Segment::Unknown {
            what,
            time,
            basis: 0,
            fault: None,
        };
        Resolved::text(vec![segment], uses)
    }

    /// The text, where all of it is known. Secrets are not.
    pub fn known(&self) -> Option<Cow<'_, str>> {
        match self {
            Resolved::Literal(text) => Some(Cow::Borrowed(text)),
            Resolved::Text(text) => text.known(),
            Resolved::Null | Resolved::List(_) | Resolved::Map(_) => None,
        }
    }

    /// The entry of a map.
    pub fn get(&self, key: &str) -> Option<&Resolved<'t>> {
        match self {
            Resolved::Map(entries) => entries.get(key),
            _ => None,
        }
    }

    /// The items of a list. A single value counts as a list of one, as in policies.
    pub fn items(&self) -> &[Resolved<'t>] {
        match self {
            Resolved::List(items) => items,
            Resolved::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The entries of a map; none for anything else.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Resolved<'t>)> {
        let entries = match self {
            Resolved::Map(entries) => Some(entries),
            _ => None,
        };
        let entries = entries.into_iter().flatten();
        entries.map(|(key, value)| (key.as_ref(), value))
    }

    /// The same value with a life of its own.
    pub fn into_owned(self) -> Resolved<'static> {
        match self {
            Resolved::Null => Resolved::Null,
            Resolved::Literal(text) => Resolved::Literal(Cow::Owned(text.into_owned())),
            Resolved::Text(text) => Resolved::Text(text),
            Resolved::List(items) => {
                Resolved::List(items.into_iter().map(Resolved::into_owned).collect())
            }
            Resolved::Map(entries) => {
                let own = |(key, value): (Cow<'t, str>, Resolved<'t>)| {
                    (Cow::Owned(key.into_owned()), value.into_owned())
                };
                Resolved::Map(Entries::distinct(
                    entries.len(),
                    entries.into_iter().map(own),
                ))
            }
        }
    }

    /// Whether any part of it is only known to AWS, although it exists already.
    pub fn is_unknown_now(&self) -> bool {
        let mut unknown = false;
        self.for_each_text(&mut |text| {
            unknown |= text.segments.iter().any(|segment| {
                matches!(
                    segment,
                    Segment::Unknown {
                        time: Time::Now,
                        ..
                    } | Segment::Resource {
                        time: Time::Now,
                        now: None,
                        ..
                    }
                )
            });
        });
        unknown
    }

    /// Whether it is something that cannot be evaluated here, and could be anything.
    pub fn is_opaque(&self) -> bool {
        match self {
            Resolved::Text(text) => text
                .segments
                .iter()
                .any(|segment| matches!(segment, Segment::Unknown { .. })),
            _ => false,
        }
    }

    /// Calls a function with every text that comes from somewhere.
    pub fn for_each_text<'r>(&'r self, visit: &mut impl FnMut(&'r Text)) {
        match self {
            Resolved::Null | Resolved::Literal(_) => {}
            Resolved::Text(text) => visit(text),
            Resolved::List(items) => items.iter().for_each(|item| item.for_each_text(visit)),
            Resolved::Map(entries) => entries
                .values()
                .for_each(|value| value.for_each_text(visit)),
        }
    }

    /// The value as `DescribeChangeSet` shows it: scalars as text, and its own words for what is not known yet.
    /// What is known to AWS only is written as in `Fn::Sub`.
    pub fn to_json(&self, style: Style) -> serde_json::Value {
        match self {
            Resolved::Null => serde_json::Value::Null,
            Resolved::Literal(text) => serde_json::Value::String(text.to_string()),
            Resolved::Text(text) => serde_json::Value::String(text.shown(style)),
            Resolved::List(items) => {
                serde_json::Value::Array(items.iter().map(|item| item.to_json(style)).collect())
            }
            Resolved::Map(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|(key, value)| (key.to_string(), value.to_json(style)));
                // Sorted, whether or not `serde_json` is built so that it keeps another order.
                let sorted: BTreeMap<String, serde_json::Value> = entries.collect();
                serde_json::Value::Object(sorted.into_iter().collect())
            }
        }
    }

    /// The value on one line: text as it is, anything else as JSON.
    pub fn shown(&self, style: Style) -> String {
        match self {
            Resolved::Literal(text) => text.to_string(),
            Resolved::Text(text) => text.shown(style),
            Resolved::Null | Resolved::List(_) | Resolved::Map(_) => {
                self.to_json(style).to_string()
            }
        }
    }
}

impl Default for Resolved<'_> {
    /// An empty map.
    fn default() -> Self {
        Resolved::Map(Entries::default())
    }
}

#[cfg(test)]
mod tests {
    use super::{Cow, Entries, Resolved};

    fn key(number: usize) -> Cow<'static, str> {
        Cow::Owned(format!("Key{number}"))
    }

    #[test]
    fn few_and_many_are_found_alike_and_keep_their_order() {
        for count in [0, 1, 16, 17, 320] {
            let each =
                (0..count).map(|number| (key(number), Resolved::literal(number.to_string())));
            let mut entries: Entries<'static> = each.collect();
            assert_eq!(entries.len(), count);
            for number in 0..count {
                let value = entries.get(&key(number)).and_then(Resolved::known);
                assert_eq!(value.as_deref(), Some(number.to_string().as_str()));
            }
            assert!(!entries.contains_key("Other"));
            // A key that comes again stays where it is.
            if count > 0 {
                let old = entries.insert(key(0), Resolved::Null);
                assert!(old.is_some_and(|old| old.known().as_deref() == Some("0")));
                assert!(matches!(entries.get("Key0"), Some(Resolved::Null)));
            }
            let keys: Vec<&str> = entries.keys().map(Cow::as_ref).collect();
            let expected: Vec<Cow<'static, str>> = (0..count).map(key).collect();
            assert_eq!(keys, expected);
        }
    }
}
