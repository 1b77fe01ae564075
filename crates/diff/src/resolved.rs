//! Values after intrinsic functions: what is known, and what only AWS knows.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;

/// What CloudFormation itself writes for a value that exists only after the change.
pub const KNOWN_AFTER_APPLY: &str = "{{changeSet:KNOWN_AFTER_APPLY}}";

/// What CloudFormation itself writes for a value that must not be seen.
pub const HIDDEN: &str = "****";

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
    Map(IndexMap<Cow<'t, str>, Resolved<'t>>),
}

/// Text in parts, and what it was made from.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// The parts, in order.
    pub segments: Vec<Segment>,
    /// The parameters and resources that the text depends on.
    pub uses: Vec<Use>,
}

/// A part of a text.
#[derive(Clone, PartialEq, Eq)]
pub enum Segment {
    /// Known text.
    Known(String),
    /// A `Ref` or an attribute of a resource.
    Resource {
        /// The resource.
        logical_id: String,
        /// The attribute; `None` for `Ref`.
        attribute: Option<String>,
        /// Which of the resource's lives is meant.
        time: Time,
        /// The value before the change, where a property says it.
        now: Option<String>,
    },
    /// Something that is not known here, written as `Fn::Sub` would: `AWS::AccountId`, `Fn::GetAZs eu-west-1`.
    Unknown {
        /// What it is.
        what: String,
        /// Whether it needs a resource that does not exist yet.
        time: Time,
        /// A digest of what it is made from besides what is written: two of the same words can differ.
        basis: u64,
    },
    /// The value of a `NoEcho` parameter, or another secret. It is compared and never shown.
    Secret(Secret),
}

/// A value that can be compared and not be seen.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a value.
    pub fn new(value: impl Into<String>) -> Self {
        Secret(value.into())
    }

    /// The value, for comparing.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(HIDDEN)
    }
}

/// Which life of a resource is meant?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Time {
    /// The one that exists before the change.
    Now,
    /// The one that the change makes.
    AfterApply,
}

/// What a text was made from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Use {
    /// A parameter, `Ref` or inside another function.
    Parameter(String),
    /// `Ref` of a resource.
    Reference(String),
    /// `Fn::GetAtt`: a resource and its attribute.
    Attribute(String, String),
}

impl Use {
    /// The name in `CausingEntity`: `Parameter`, `Resource` or `Resource.Attribute`.
    pub fn entity(&self) -> String {
        match self {
            Use::Parameter(name) | Use::Reference(name) => name.clone(),
            Use::Attribute(logical_id, attribute) => format!("{logical_id}.{attribute}"),
        }
    }
}

/// How do two values have to agree to be the same?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// As expressions: a reference is the same as itself, whatever happens to the resource.
    Expressions,
    /// As values: a reference to a resource that is replaced differs, and one whose value is known is that value.
    Values,
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
            Resolved::Map(entries) => Resolved::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned()))
                    .collect(),
            ),
        }
    }

    /// Whether two values are the same. Numbers are compared as text; see [`crate::compare`] for numbers that are
    /// written differently and for lists without an order.
    pub fn same(&self, other: &Resolved<'_>, compare: Compare) -> bool {
        match (self, other) {
            (Resolved::Null, Resolved::Null) => true,
            (Resolved::Literal(one), Resolved::Literal(two)) => one == two,
            (Resolved::List(one), Resolved::List(two)) => {
                one.len() == two.len()
                    && one.iter().zip(two).all(|(one, two)| one.same(two, compare))
            }
            (Resolved::Map(one), Resolved::Map(two)) => {
                one.len() == two.len()
                    && one.iter().all(|(key, value)| {
                        let other = two.get(key.as_ref());
                        other.is_some_and(|other| value.same(other, compare))
                    })
            }
            (
                Resolved::Literal(_) | Resolved::Text(_),
                Resolved::Literal(_) | Resolved::Text(_),
            ) => pieces(self, compare) == pieces(other, compare),
            _ => false,
        }
    }

    /// Whether two texts are equal, where at least one of them is a secret and nothing else is unknown.
    pub(crate) fn equal_secrets(&self, other: &Resolved<'_>) -> Option<bool> {
        Some(self.revealed()? == other.revealed()?)
    }

    fn revealed(&self) -> Option<Cow<'_, str>> {
        match self {
            Resolved::Text(text) => match text.segments.as_slice() {
                [Segment::Secret(secret)] => Some(Cow::Borrowed(secret.reveal())),
                _ => text.known(),
            },
            other => other.known(),
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
    pub(crate) fn is_opaque(&self) -> bool {
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
            Resolved::Map(entries) => serde_json::Value::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.to_string(), value.to_json(style)))
                    .collect(),
            ),
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

/// How are values written that are not known here?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As `DescribeChangeSet` would: what is not known yet in its own words, the rest as in `Fn::Sub`.
    ChangeSet,
    /// For people: everything as in `Fn::Sub`.
    Expression,
    /// As `DescribeChangeSet` would for a resource that goes: no reference is resolved.
    Removed,
}

impl Text {
    fn known(&self) -> Option<Cow<'_, str>> {
        match self.segments.as_slice() {
            [] => Some(Cow::Borrowed("")),
            [Segment::Known(text)] => Some(Cow::Borrowed(text)),
            segments => {
                let texts = segments.iter().map(|segment| match segment {
                    Segment::Known(text) => Some(text.as_str()),
                    _ => None,
                });
                texts.collect::<Option<String>>().map(Cow::Owned)
            }
        }
    }

    /// Whether any part needs a resource that does not exist yet.
    pub fn time(&self) -> Time {
        let times = self.segments.iter().map(|segment| match segment {
            Segment::Resource { time, .. } | Segment::Unknown { time, .. } => *time,
            Segment::Known(_) | Segment::Secret(_) => Time::Now,
        });
        times.max().unwrap_or(Time::Now)
    }

    fn shown(&self, style: Style) -> String {
        self.segments
            .iter()
            .map(|segment| segment.shown(style))
            .collect()
    }
}

impl Segment {
    fn shown(&self, style: Style) -> Cow<'_, str> {
        match (self, style) {
            (Segment::Known(text), _) => Cow::Borrowed(text),
            (Segment::Secret(_), _) => Cow::Borrowed(HIDDEN),
            (Segment::Resource { .. }, Style::Removed)
            | (
                Segment::Resource {
                    time: Time::AfterApply,
                    ..
                }
                | Segment::Unknown {
                    time: Time::AfterApply,
                    ..
                },
                Style::ChangeSet | Style::Removed,
            ) => Cow::Borrowed(KNOWN_AFTER_APPLY),
            (Segment::Resource { now: Some(now), .. }, Style::ChangeSet) => Cow::Borrowed(now),
            (
                Segment::Resource {
                    logical_id,
                    attribute,
                    ..
                },
                _,
            ) => Cow::Owned(match attribute {
                Some(attribute) => format!("${{{logical_id}.{attribute}}}"),
                None => format!("${{{logical_id}}}"),
            }),
            (Segment::Unknown { what, .. }, _) => Cow::Owned(format!("${{{what}}}")),
        }
    }
}

impl fmt::Debug for Segment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.shown(Style::Expression))
    }
}

/// A segment for comparing: neighbours that are known text are one.
#[derive(PartialEq)]
enum Piece<'a> {
    Known(Cow<'a, str>),
    Resource(&'a str, Option<&'a str>, Option<Time>),
    Unknown(&'a str, u64, Option<Time>),
    Secret(&'a Secret),
}

fn pieces<'a>(value: &'a Resolved<'_>, compare: Compare) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let known = |pieces: &mut Vec<Piece<'a>>, text: &'a str| match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Known(before)) => before.to_mut().push_str(text),
        _ => pieces.push(Piece::Known(Cow::Borrowed(text))),
    };
    let text = match value {
        Resolved::Literal(text) => {
            known(&mut pieces, text);
            return pieces;
        }
        Resolved::Text(text) => text,
        Resolved::Null | Resolved::List(_) | Resolved::Map(_) => return pieces,
    };
    for segment in &text.segments {
        let when = |time: &Time| (compare == Compare::Values).then_some(*time);
        match segment {
            Segment::Known(text) => known(&mut pieces, text),
            Segment::Resource {
                now: Some(now),
                time: Time::Now,
                ..
            } if compare == Compare::Values => {
                known(&mut pieces, now);
            }
            Segment::Resource {
                logical_id,
                attribute,
                time,
                ..
            } => pieces.push(Piece::Resource(
                logical_id,
                attribute.as_deref(),
                when(time),
            )),
            Segment::Unknown { what, time, basis } => {
                pieces.push(Piece::Unknown(what, *basis, when(time)));
            }
            Segment::Secret(secret) => pieces.push(Piece::Secret(secret)),
        }
    }
    pieces
}
