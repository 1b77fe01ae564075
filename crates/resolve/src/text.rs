//! Text in parts: what is known of it, and what only AWS knows.

use std::borrow::Cow;
use std::fmt;

use stratiform_finding::Finding;

/// What CloudFormation itself writes for a value that exists only after the change.
pub const KNOWN_AFTER_APPLY: &str = "{{changeSet:KNOWN_AFTER_APPLY}}";

/// What CloudFormation itself writes for a value that must not be seen.
pub const HIDDEN: &str = "****";

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
        /// What CloudFormation will not like about it: that is why it is not known.
        fault: Option<Box<Finding>>,
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
    pub fn reveal(&self) -> &str {
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
    /// The text, where all of it is known. Secrets are not.
    pub(crate) fn known(&self) -> Option<Cow<'_, str>> {
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

    pub(crate) fn shown(&self, style: Style) -> String {
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
