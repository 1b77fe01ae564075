//! When two values are the same.

use std::borrow::Cow;

use crate::resolved::Resolved;
use crate::text::{Secret, Segment, Time};

/// How do two values have to agree to be the same?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// As expressions: a reference is the same as itself, whatever happens to the resource.
    Expressions,
    /// As values: a reference to a resource that is replaced differs, and one whose value is known is that value.
    Values,
}

impl Resolved<'_> {
    /// Whether two values are the same. Numbers are compared as text, and lists item by item.
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
                        let other = two.get(key);
                        other.is_some_and(|other| value.same(other, compare))
                    })
            }
            // What is written the same needs no pieces.
            (Resolved::Text(one), Resolved::Text(two)) if one.segments == two.segments => true,
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
            Segment::Unknown {
                what, time, basis, ..
            } => {
                pieces.push(Piece::Unknown(what, *basis, when(time)));
            }
            Segment::Secret(secret) => pieces.push(Piece::Secret(secret)),
        }
    }
    pieces
}
