//! The fact format: JSON values in one flat buffer, identical values stored once.
//!
//! Here lives the reading half. Nothing is decoded ahead of time: a [`Fact`] is a view of a node,
//! and its children are found when they are asked for. The writing half is `encode`; what the
//! facts mean is known to `schema` and `resource_type`.
//!
//! ```text
//! node       tag, then what the kind says
//! tag        kind in the low 3 bits; a number n in the high 5, or 31 there and n - 31 as a varint
//! kinds      0 text      n bytes of UTF-8
//!            1 list      n references
//!            2 map       a reference to the list of its n keys, which are sorted; n references
//!            3 integer   n
//!            4 integer   -1 - n
//!            5 float     8 bytes, little-endian
//!            6 constant  n = 0 null, 1 false, 2 true
//!            7 long list n references to lists, whose items are the items, so that long lists
//!                        that differ a little share what they have in common
//! reference  varint u; u even: the node at u / 2; u odd: the node (u - 1) / 2 before the one that
//!            the reference before this leads to, zigzag-coded; the first counts from its own node
//! varint     7 bits a byte, low bits first, the high bit set on all bytes but the last
//! ```
//!
//! A reference leads to a smaller offset than its own node's, so there are no cycles. Reading is total: bytes that
//! break the format read as `Null`, an empty list or an empty map, never as a panic.

use std::cmp::Ordering;
use std::fmt;

pub(crate) const KIND_TEXT: u8 = 0;
pub(crate) const KIND_LIST: u8 = 1;
pub(crate) const KIND_MAP: u8 = 2;
pub(crate) const KIND_NATURAL: u8 = 3;
pub(crate) const KIND_NEGATIVE: u8 = 4;
pub(crate) const KIND_FLOAT: u8 = 5;
pub(crate) const KIND_CONSTANT: u8 = 6;
pub(crate) const KIND_LONG_LIST: u8 = 7;
pub(crate) const KIND_BITS: u32 = 3;
pub(crate) const TAG_ESCAPE: u64 = 31;

/// One JSON value of the catalog, read lazily.
#[derive(Clone, Copy, PartialEq)]
pub enum Fact {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number written without a fraction.
    Int(i64),
    /// A number written with a fraction or an exponent.
    Float(f64),
    /// A string.
    Text(&'static str),
    /// An array.
    List(ListFact),
    /// An object.
    Map(MapFact),
}

/// An array of the catalog.
#[derive(Clone, Copy)]
pub struct ListFact(Node);

/// An object of the catalog; its keys are sorted by their bytes.
#[derive(Clone, Copy)]
pub struct MapFact(Node);

impl Fact {
    /// Reads the node at an offset. Offsets outside the bytes read as `Null`.
    pub(crate) fn at(bytes: &'static [u8], node: usize) -> Fact {
        Fact::decode(bytes, node).unwrap_or(Fact::Null)
    }

    fn decode(bytes: &'static [u8], node: usize) -> Option<Fact> {
        let (kind, n, body) = read_tag(bytes, node)?;
        Some(match kind {
            KIND_TEXT => Fact::Text(text(bytes, body, n)?),
            KIND_LIST | KIND_LONG_LIST => Fact::List(ListFact(Node {
                bytes,
                offset: node,
            })),
            KIND_MAP => Fact::Map(MapFact(Node {
                bytes,
                offset: node,
            })),
            KIND_NATURAL => Fact::Int(i64::try_from(n).ok()?),
            KIND_NEGATIVE => Fact::Int(-1 - i64::try_from(n).ok()?),
            KIND_FLOAT => {
                let raw = bytes.get(body..body.checked_add(8)?)?;
                Fact::Float(f64::from_le_bytes(raw.try_into().ok()?))
            }
            KIND_CONSTANT => match n {
                1 => Fact::Bool(false),
                2 => Fact::Bool(true),
                _ => Fact::Null,
            },
            _ => return None,
        })
    }

    /// Returns the string, if this is one.
    pub fn as_text(self) -> Option<&'static str> {
        match self {
            Fact::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the boolean, if this is one.
    pub fn as_bool(self) -> Option<bool> {
        match self {
            Fact::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the integer, if this is a number without a fraction.
    pub fn as_int(self) -> Option<i64> {
        match self {
            Fact::Int(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the number as floating point, if this is an integer or a float.
    pub fn as_float(self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "bounds are far below 2^53")]
            Fact::Int(value) => Some(value as f64),
            Fact::Float(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the list, if this is one.
    pub fn as_list(self) -> Option<ListFact> {
        match self {
            Fact::List(list) => Some(list),
            _ => None,
        }
    }

    /// Returns the map, if this is one.
    pub fn as_map(self) -> Option<MapFact> {
        match self {
            Fact::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Tells whether two maps are one: what is equal is stored once, so that this is quick where `==` looks at all.
    pub fn is_one_with(self, other: Fact) -> bool {
        match (self, other) {
            (Fact::Map(one), Fact::Map(other)) => one.0.is(other.0),
            _ => self == other,
        }
    }

    /// Returns where a map is: equal maps of a catalog are at one place, and no others.
    pub(crate) fn place(self) -> Option<usize> {
        self.as_map().map(|map| map.0.offset)
    }

    /// Returns the strings in a list, in order; nothing if this is not a list.
    pub(crate) fn texts(self) -> impl Iterator<Item = &'static str> {
        self.items().filter_map(Fact::as_text)
    }

    /// Returns the items of a list, in order; nothing if this is not a list.
    pub(crate) fn items(self) -> impl Iterator<Item = Fact> {
        self.as_list().into_iter().flat_map(ListFact::iter)
    }

    /// Returns the entries of a map, in order; nothing if this is not a map.
    pub(crate) fn entries(self) -> impl Iterator<Item = (&'static str, Fact)> {
        self.as_map().into_iter().flat_map(MapFact::iter)
    }

    /// Returns a value of a map.
    pub(crate) fn get(self, key: &str) -> Option<Fact> {
        self.as_map()?.get(key)
    }
}

impl ListFact {
    /// Returns the number of items.
    pub fn len(self) -> usize {
        self.chunks()
            .map(|chunk| chunk.left)
            .fold(0, usize::saturating_add)
    }

    /// Tells whether there are no items.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Returns an item by position. The references before it are read one by one.
    pub fn get(self, index: usize) -> Option<Fact> {
        self.nodes().nth(index).map(Node::fact)
    }

    /// Returns the items in their order.
    pub fn iter(self) -> impl Iterator<Item = Fact> {
        self.nodes().map(Node::fact)
    }

    /// Tells whether a text is among the items.
    pub(crate) fn has_text(self, text: &str) -> bool {
        self.nodes().any(|node| node.is_text(text))
    }

    fn nodes(self) -> impl Iterator<Item = Node> {
        self.chunks().flatten()
    }

    /// Returns the lists that this one is made of: itself, unless it is a long one.
    fn chunks(self) -> impl Iterator<Item = References> {
        let short = self.0.references(KIND_LIST);
        let long = self.0.references(KIND_LONG_LIST).into_iter().flatten();
        let chunks = long.filter_map(|chunk| chunk.references(KIND_LIST));
        short.into_iter().chain(chunks)
    }
}

impl MapFact {
    /// Returns the number of entries.
    pub fn len(self) -> usize {
        self.0.references(KIND_MAP).map_or(0, |values| values.left)
    }

    /// Tells whether there are no entries.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Returns the value of a key.
    pub fn get(self, key: &str) -> Option<Fact> {
        let (mut keys, mut values) = self.parts()?;
        let position = keys.position(|node| node.is_text(key))?;
        values.nth(position).map(Node::fact)
    }

    /// Returns the entries, sorted by key.
    pub fn iter(self) -> impl Iterator<Item = (&'static str, Fact)> {
        let parts = self.parts().into_iter();
        parts
            .flat_map(|(keys, values)| keys.zip(values))
            .map(|(key, value)| (key.fact().as_text().unwrap_or_default(), value.fact()))
    }

    /// Returns the keys, sorted.
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        self.iter().map(|(key, _)| key)
    }

    /// Returns the keys and the values, which are in the same order.
    fn parts(self) -> Option<(References, References)> {
        let entries = self.0.references(KIND_MAP)?;
        let mut values = References { left: 1, ..entries };
        let keys = values.next()?.references(KIND_LIST)?;
        values.left = entries.left;
        Some((keys, values))
    }
}

impl PartialEq for ListFact {
    fn eq(&self, other: &Self) -> bool {
        self.0.is(other.0) || self.iter().eq(other.iter())
    }
}

impl PartialEq for MapFact {
    fn eq(&self, other: &Self) -> bool {
        self.0.is(other.0) || self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Null => f.write_str("null"),
            Fact::Bool(value) => value.fmt(f),
            Fact::Int(value) => value.fmt(f),
            Fact::Float(value) => value.fmt(f),
            Fact::Text(text) => text.fmt(f),
            Fact::List(list) => list.fmt(f),
            Fact::Map(map) => map.fmt(f),
        }
    }
}

impl fmt::Debug for ListFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Debug for MapFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Compares the text at an offset with another one, without checking that it is UTF-8; `None` where there is no text.
pub(crate) fn compared(bytes: &[u8], node: usize, text: &str) -> Option<Ordering> {
    let (kind, n, body) = read_tag(bytes, node)?;
    let end = body.checked_add(usize::try_from(n).ok()?)?;
    let found = bytes.get(body..end).filter(|_| kind == KIND_TEXT)?;
    Some(found.cmp(text.as_bytes()))
}

/// Where a value is.
#[derive(Clone, Copy)]
struct Node {
    bytes: &'static [u8],
    offset: usize,
}

impl Node {
    fn fact(self) -> Fact {
        Fact::at(self.bytes, self.offset)
    }

    /// Tells whether this is that text, without checking that it is UTF-8.
    fn is_text(self, text: &str) -> bool {
        read_tag(self.bytes, self.offset).is_some_and(|(kind, n, body)| {
            kind == KIND_TEXT
                && n == text.len() as u64
                && self.bytes.get(body..body + text.len()) == Some(text.as_bytes())
        })
    }

    /// Tells whether this is the same place, and so the same value.
    fn is(self, other: Node) -> bool {
        self.offset == other.offset && std::ptr::eq(self.bytes, other.bytes)
    }

    /// Returns the references of a node of that kind.
    fn references(self, kind: u8) -> Option<References> {
        let (found, n, body) = read_tag(self.bytes, self.offset)?;
        let references = References {
            node: self,
            previous: self.offset,
            cursor: body,
            left: usize::try_from(n).ok()?,
        };
        (found == kind).then_some(references)
    }
}

/// The references of one node that have not been read yet; iterates over where they lead.
#[derive(Clone, Copy)]
struct References {
    node: Node,
    previous: usize,
    cursor: usize,
    left: usize,
}

impl References {
    fn read(&mut self) -> Option<Node> {
        let (reference, cursor) = read_varint(self.node.bytes, self.cursor)?;
        let (far, near) = (reference >> 1, reference & 1 == 1);
        let target = if near {
            let distance = (far >> 1) as i64 ^ -((far & 1) as i64);
            let forward = isize::try_from(distance).ok()?.checked_neg()?;
            self.previous.checked_add_signed(forward)?
        } else {
            usize::try_from(far).ok()?
        };
        self.cursor = cursor;
        self.previous = target;
        (target < self.node.offset).then_some(Node {
            offset: target,
            ..self.node
        })
    }
}

impl Iterator for References {
    type Item = Node;

    fn next(&mut self) -> Option<Node> {
        self.left = self.left.checked_sub(1)?;
        let target = self.read();
        if target.is_none() {
            // A broken reference ends the iteration, whatever length the node claims.
            self.left = 0;
        }
        target
    }
}

fn text(bytes: &'static [u8], body: usize, n: u64) -> Option<&'static str> {
    let end = body.checked_add(usize::try_from(n).ok()?)?;
    std::str::from_utf8(bytes.get(body..end)?).ok()
}

fn read_tag(bytes: &[u8], node: usize) -> Option<(u8, u64, usize)> {
    let tag = *bytes.get(node)?;
    let kind = tag & ((1 << KIND_BITS) - 1);
    let short = u64::from(tag >> KIND_BITS);
    if short < TAG_ESCAPE {
        return Some((kind, short, node + 1));
    }
    let (rest, body) = read_varint(bytes, node + 1)?;
    Some((kind, rest.checked_add(TAG_ESCAPE)?, body))
}

fn read_varint(bytes: &[u8], mut cursor: usize) -> Option<(u64, usize)> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(cursor)?;
        cursor += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some((value, cursor));
        }
    }
    None
}
