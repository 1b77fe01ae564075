//! Writing a catalog. Only the importer and the tests need it, so it is a feature.
//!
//! Equal input gives equal bytes: nodes get their numbers in the order of a walk over sorted maps,
//! and are laid out by how often they are referred to, ties broken by number.

use crate::fact::{
    Fact, KIND_BITS, KIND_CONSTANT, KIND_FLOAT, KIND_LIST, KIND_LONG_LIST, KIND_MAP, KIND_NATURAL,
    KIND_NEGATIVE, KIND_TEXT, TAG_ESCAPE,
};
use crate::resource_type::key as record_key;
use crate::{ENTRY, HEADER, MAGIC, key};
use serde_json::{Map, Value};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// Everything that goes into a catalog.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The release of the package that the facts are from.
    pub version: String,
    /// When that release took the schemas from AWS.
    pub schema_date: String,
    /// The regions that the source lists types for, sorted.
    pub regions: Vec<String>,
    /// The types by name.
    pub types: BTreeMap<String, TypeSource>,
    /// The rules beyond the schemas, by name.
    pub extensions: BTreeMap<String, Value>,
}

/// A list with more items than this is stored as a list of chunks.
const LONG_LIST: usize = 16;

/// From how many referrers on a node goes to the front. Measured: below, the middle ones push
/// each other out of reach of short offsets, and lose their nearness to the nodes beside them.
const POPULAR: usize = 200;

/// What a catalog says about one type.
#[derive(Clone, Debug, Default)]
pub struct TypeSource {
    /// The different schemas with their regions; the main one first.
    pub variants: Vec<VariantSource>,
    /// Whether deleting such a resource loses data.
    pub is_stateful: bool,
    /// The transform that brings the type.
    pub transform: Option<String>,
}

/// One schema of a type.
#[derive(Clone, Debug, Default)]
pub struct VariantSource {
    /// The regions that have this schema, sorted.
    pub regions: Vec<String>,
    /// The schema.
    pub schema: Value,
    /// The names of the attributes, in the order in which readers get them.
    pub attributes: Vec<String>,
    /// The schemas of attributes that are no properties, by name.
    pub attribute_schemas: BTreeMap<String, Value>,
}

/// Writes a catalog. The result is what [`crate::Catalog::open`] reads.
pub fn encode(source: &Source) -> Vec<u8> {
    let mut arena = Arena::default();
    let root = arena.add(&Value::Object(Map::from_iter([
        (key::EXTENSIONS.to_owned(), map(&source.extensions)),
        (key::REGIONS.to_owned(), texts(&source.regions)),
        (
            key::SCHEMA_DATE.to_owned(),
            source.schema_date.as_str().into(),
        ),
        (
            key::SOURCE_VERSION.to_owned(),
            source.version.as_str().into(),
        ),
    ])));
    let entries: Vec<(Id, Id)> = source
        .types
        .iter()
        .map(|(name, resource_type)| {
            (
                arena.add(&name.as_str().into()),
                arena.add(&record(resource_type)),
            )
        })
        .collect();

    let mut layout = Layout::new(&arena, HEADER + entries.len() * ENTRY);
    layout.place_all();

    let mut bytes = MAGIC.to_vec();
    bytes.extend(layout.offset(root).to_le_bytes());
    bytes.extend(u32_of(entries.len()).to_le_bytes());
    for (name, record) in entries {
        bytes.extend(layout.offset(name).to_le_bytes());
        bytes.extend(layout.offset(record).to_le_bytes());
    }
    bytes.extend(layout.bytes);
    bytes
}

/// Reads a fact back, whole.
impl From<Fact> for Value {
    fn from(fact: Fact) -> Value {
        match fact {
            Fact::Null => Value::Null,
            Fact::Bool(value) => value.into(),
            Fact::Int(value) => value.into(),
            Fact::Float(value) => value.into(),
            Fact::Text(text) => text.into(),
            Fact::List(list) => list.iter().map(Value::from).collect(),
            Fact::Map(map) => map
                .iter()
                .map(|(key, value)| (key, Value::from(value)))
                .collect(),
        }
    }
}

fn record(source: &TypeSource) -> Value {
    let variants = source.variants.iter().map(|variant| {
        let mut facts = Map::from_iter([
            (
                record_key::ATTRIBUTES.to_owned(),
                texts(&variant.attributes),
            ),
            (record_key::REGIONS.to_owned(), texts(&variant.regions)),
            (record_key::SCHEMA.to_owned(), variant.schema.clone()),
        ]);
        if !variant.attribute_schemas.is_empty() {
            facts.insert(
                record_key::ATTRIBUTE_SCHEMAS.to_owned(),
                map(&variant.attribute_schemas),
            );
        }
        Value::Object(facts)
    });
    let mut record = Map::from_iter([(record_key::VARIANTS.to_owned(), variants.collect())]);
    if source.is_stateful {
        record.insert(record_key::STATEFUL.to_owned(), true.into());
    }
    if let Some(transform) = &source.transform {
        record.insert(record_key::TRANSFORM.to_owned(), transform.as_str().into());
    }
    Value::Object(record)
}

fn map(values: &BTreeMap<String, Value>) -> Value {
    values
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn texts(texts: &[String]) -> Value {
    texts.iter().map(String::as_str).collect()
}

type Id = usize;

/// A value whose children are already in the arena.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Node {
    Constant(u64),
    Int(i64),
    Float(u64),
    Text(String),
    List(Vec<Id>),
    LongList(Vec<Id>),
    Map { keys: Id, values: Vec<Id> },
}

/// All different values, each once.
#[derive(Default)]
struct Arena {
    nodes: Vec<Node>,
    ids: HashMap<Node, Id>,
}

impl Arena {
    fn add(&mut self, value: &Value) -> Id {
        let node = match value {
            Value::Null => Node::Constant(0),
            Value::Bool(false) => Node::Constant(1),
            Value::Bool(true) => Node::Constant(2),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(integer), _) => Node::Int(integer),
                (None, float) => Node::Float(float.unwrap_or_default().to_bits()),
            },
            Value::String(text) => Node::Text(text.clone()),
            Value::Array(items) => {
                let items = items.iter().map(|item| self.add(item)).collect();
                self.list(items)
            }
            Value::Object(entries) => {
                // Sorted here, because serde_json may have been built to keep the source's order.
                let entries: BTreeMap<&String, &Value> = entries.iter().collect();
                let keys = entries
                    .keys()
                    .map(|key| self.intern(Node::Text((*key).clone())));
                let keys = Node::List(keys.collect());
                Node::Map {
                    keys: self.intern(keys),
                    values: entries.values().map(|value| self.add(value)).collect(),
                }
            }
        };
        self.intern(node)
    }

    fn list(&mut self, items: Vec<Id>) -> Node {
        if items.len() <= LONG_LIST {
            return Node::List(items);
        }
        let chunks: Vec<Vec<Id>> = items
            .split_inclusive(|item| self.ends_chunk(*item))
            .map(<[Id]>::to_vec)
            .collect();
        let chunks = chunks
            .into_iter()
            .map(|chunk| self.intern(Node::List(chunk)));
        Node::LongList(chunks.collect())
    }

    /// Tells whether a long list is split after an item. That depends on the item alone, so that
    /// lists with a few different items are split at the same places.
    fn ends_chunk(&self, item: Id) -> bool {
        // FNV-1a, because its result is the same everywhere and for ever.
        let hash = |text: &String| {
            text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            })
        };
        matches!(&self.nodes[item], Node::Text(text) if hash(text) >> 32 & 7 == 0)
    }

    fn intern(&mut self, node: Node) -> Id {
        *self.ids.entry(node).or_insert_with_key(|node| {
            self.nodes.push(node.clone());
            self.nodes.len() - 1
        })
    }
}

impl Node {
    /// Returns the nodes that are referred to, in the order in which they are written.
    fn children(&self) -> Vec<Id> {
        match self {
            Node::List(items) | Node::LongList(items) => items.clone(),
            Node::Map { keys, values } => [&[*keys], values.as_slice()].concat(),
            Node::Constant(_) | Node::Int(_) | Node::Float(_) | Node::Text(_) => Vec::new(),
        }
    }
}

/// Where each node is, and the bytes so far.
struct Layout<'a> {
    arena: &'a Arena,
    start: usize,
    offsets: Vec<Option<usize>>,
    bytes: Vec<u8>,
}

impl<'a> Layout<'a> {
    fn new(arena: &'a Arena, start: usize) -> Layout<'a> {
        Layout {
            arena,
            start,
            offsets: vec![None; arena.nodes.len()],
            bytes: Vec::new(),
        }
    }

    /// Places the nodes that many refer to at the front, where their offsets are short. A node's
    /// children go before it, so that the rare ones are near, where distances are short.
    fn place_all(&mut self) {
        let mut referrers = vec![0_usize; self.arena.nodes.len()];
        for child in self.arena.nodes.iter().flat_map(Node::children) {
            referrers[child] += 1;
        }
        let mut order: Vec<Id> = (0..self.arena.nodes.len()).collect();
        order.retain(|id| referrers[*id] >= POPULAR);
        order.sort_by_key(|id| (Reverse(referrers[*id]), *id));
        for id in order.into_iter().chain(0..self.arena.nodes.len()) {
            self.place(id);
        }
    }

    fn place(&mut self, id: Id) -> usize {
        if let Some(offset) = self.offsets[id] {
            return offset;
        }
        let arena = self.arena;
        let children = arena.nodes[id].children();
        let targets: Vec<usize> = children
            .into_iter()
            .map(|child| self.place(child))
            .collect();
        let offset = self.start + self.bytes.len();
        self.write(&arena.nodes[id], offset, &targets);
        self.offsets[id] = Some(offset);
        offset
    }

    fn write(&mut self, node: &Node, offset: usize, targets: &[usize]) {
        match node {
            Node::Constant(n) => self.tag(KIND_CONSTANT, *n),
            Node::Int(value @ 0..) => self.tag(KIND_NATURAL, value.unsigned_abs()),
            Node::Int(value) => self.tag(KIND_NEGATIVE, value.unsigned_abs() - 1),
            Node::Float(bits) => {
                self.tag(KIND_FLOAT, 0);
                self.bytes.extend(bits.to_le_bytes());
            }
            Node::Text(text) => {
                self.tag(KIND_TEXT, text.len() as u64);
                self.bytes.extend(text.as_bytes());
            }
            Node::List(items) => self.tag(KIND_LIST, items.len() as u64),
            Node::LongList(chunks) => self.tag(KIND_LONG_LIST, chunks.len() as u64),
            Node::Map { values, .. } => self.tag(KIND_MAP, values.len() as u64),
        }
        let mut previous = offset as i64;
        for target in targets.iter().map(|target| *target as i64) {
            let distance = previous - target;
            let near = ((distance << 1) ^ (distance >> 63)) as u64;
            let far = target as u64;
            self.varint(if far <= near { far << 1 } else { near << 1 | 1 });
            previous = target;
        }
    }

    fn tag(&mut self, kind: u8, n: u64) {
        let short = u8::try_from(n.min(TAG_ESCAPE)).unwrap_or(u8::MAX);
        self.bytes.push(kind | short << KIND_BITS);
        if n >= TAG_ESCAPE {
            self.varint(n - TAG_ESCAPE);
        }
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    fn offset(&self, id: Id) -> u32 {
        u32_of(self.offsets[id].unwrap_or_default())
    }
}

/// A catalog has no 4 GiB; if it had, `Catalog::open` would find it broken and the check fail.
fn u32_of(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
