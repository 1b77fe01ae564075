//! Forms: texts with holes, as the columns of `data/resources.tsv` have them. What they mean is said there.
//!
//! What lives here: reading and filling them. What does not: which form a type has (`table`, `plausible`).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Place;
use super::filter::Filter;
use super::random::Random;
use crate::ids::Ids;

/// What a resource gets a value from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Form {
    alternatives: Vec<Alternative>,
}

#[derive(Clone, Debug, PartialEq)]
struct Alternative {
    condition: Option<Condition>,
    shape: Shape,
}

/// Something that properties say.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    path: String,
    /// None: that it is there.
    value: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Text(Vec<Piece>),
    List(Vec<Vec<Piece>>),
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Hole(Hole),
}

#[derive(Clone, Debug, PartialEq)]
struct Hole {
    source: Source,
    filters: Vec<Filter>,
}

#[derive(Clone, Debug, PartialEq)]
enum Source {
    Partition,
    Region,
    Account,
    Stack,
    LogicalId,
    Dns,
    Name,
    Physical,
    Property(String),
    Random(Random),
}

/// What holes are filled with.
pub(super) struct Filling<'a> {
    pub(super) place: &'a Place<'a>,
    pub(super) properties: &'a Map<String, Value>,
    pub(super) name: String,
    /// Empty until it is known.
    pub(super) physical_id: String,
    pub(super) ids: &'a mut Ids,
    drawn: BTreeMap<Random, String>,
}

impl<'a> Filling<'a> {
    pub(super) fn new(
        place: &'a Place<'a>,
        properties: &'a Map<String, Value>,
        ids: &'a mut Ids,
    ) -> Filling<'a> {
        Filling {
            place,
            properties,
            name: String::new(),
            physical_id: String::new(),
            ids,
            drawn: BTreeMap::new(),
        }
    }

    fn draw(&mut self, random: &Random) -> String {
        if let Some(known) = self.drawn.get(random) {
            return known.clone();
        }
        let drawn = random.draw(self.ids);
        self.drawn.insert(random.clone(), drawn.clone());
        drawn
    }

    fn fill(&mut self, pieces: &[Piece]) -> String {
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Hole(hole) => text.push_str(&self.text_of(hole)),
            }
        }
        text
    }

    fn text_of(&mut self, hole: &Hole) -> String {
        let place = self.place;
        let text = match &hole.source {
            Source::Partition => place.partition.to_owned(),
            Source::Region => place.region.to_owned(),
            Source::Account => place.account.to_owned(),
            Source::Stack => place.stack.to_owned(),
            Source::LogicalId => place.logical_id.to_owned(),
            Source::Dns => dns(place.partition).to_owned(),
            Source::Name => self.name.clone(),
            Source::Physical => self.physical_id.clone(),
            Source::Property(path) => {
                property(self.properties, path).map_or_else(String::new, text)
            }
            Source::Random(random) => self.draw(random),
        };
        hole.filters
            .iter()
            .fold(text, |text, filter| filter.apply(text))
    }
}

impl Form {
    /// Reads a form; none where it is none, which a test of the table rules out.
    pub(super) fn read(text: &str) -> Option<Form> {
        let alternatives = text.split(" :: ").map(|part| match part.split_once("? ") {
            Some((condition, shape)) => Some(Alternative {
                condition: Some(Condition::read(condition)),
                shape: Shape::read(shape)?,
            }),
            None => Some(Alternative {
                condition: None,
                shape: Shape::read(part)?,
            }),
        });
        Some(Form {
            alternatives: alternatives.collect::<Option<_>>()?,
        })
    }

    /// A form without holes.
    pub(super) fn plain(text: &str) -> Form {
        Form::of(vec![Piece::Text(text.to_owned())])
    }

    fn of(pieces: Vec<Piece>) -> Form {
        Form {
            alternatives: vec![Alternative {
                condition: None,
                shape: Shape::Text(pieces),
            }],
        }
    }

    /// The value: text or a list; none where no alternative holds.
    pub(super) fn value(&self, filling: &mut Filling<'_>) -> Option<Value> {
        let shape = self.shape(filling.properties)?;
        Some(match shape {
            Shape::Text(pieces) => match whole_property(pieces) {
                Some(path) => property(filling.properties, path)?.clone(),
                None => Value::String(filling.fill(pieces)),
            },
            Shape::List(items) => items
                .iter()
                .map(|item| Value::String(filling.fill(item)))
                .collect(),
        })
    }

    /// The value as text.
    pub(super) fn text(&self, filling: &mut Filling<'_>) -> String {
        match self.value(filling) {
            Some(value) => text(&value),
            None => String::new(),
        }
    }

    /// Whether filling it again gives another value, although nothing is different.
    pub(super) fn is_made_once(&self, properties: &Map<String, Value>) -> bool {
        let is_random = |piece: &Piece| match piece {
            Piece::Text(_) => false,
            Piece::Hole(hole) => match hole.source {
                Source::Name | Source::Random(_) => true,
                Source::Partition
                | Source::Region
                | Source::Account
                | Source::Stack
                | Source::LogicalId
                | Source::Dns
                | Source::Physical
                | Source::Property(_) => false,
            },
        };
        match self.shape(properties) {
            None => false,
            Some(Shape::Text(pieces)) => pieces.iter().any(is_random),
            Some(Shape::List(items)) => items.iter().flatten().any(is_random),
        }
    }

    fn shape(&self, properties: &Map<String, Value>) -> Option<&Shape> {
        let holds = |alternative: &&Alternative| {
            let condition = alternative.condition.as_ref();
            condition.is_none_or(|condition| condition.holds(properties))
        };
        Some(&self.alternatives.iter().find(holds)?.shape)
    }
}

impl Condition {
    pub(super) fn read(text: &str) -> Condition {
        let (path, value) = match text.split_once('=') {
            Some((path, value)) => (path, Some(value.to_owned())),
            None => (text, None),
        };
        Condition {
            path: path.to_owned(),
            value,
        }
    }

    pub(super) fn holds(&self, properties: &Map<String, Value>) -> bool {
        let found = property(properties, &self.path);
        match &self.value {
            None => found.is_some(),
            Some(value) => found.is_some_and(|found| text(found) == *value),
        }
    }
}

impl Shape {
    fn read(text: &str) -> Option<Shape> {
        let list = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        Some(match list {
            Some("") => Shape::List(Vec::new()),
            Some(items) => Shape::List(items.split(", ").map(pieces).collect::<Option<_>>()?),
            None => Shape::Text(pieces(text)?),
        })
    }
}

fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        let (hole, after) = after.split_once('}')?;
        pieces.push(Piece::Hole(Hole::read(hole)?));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Some(pieces)
}

impl Hole {
    fn read(text: &str) -> Option<Hole> {
        let mut parts = text.split('|');
        let source = Source::read(parts.next()?)?;
        let filters = parts.map(Filter::read).collect::<Option<_>>()?;
        Some(Hole { source, filters })
    }
}

impl Source {
    fn read(text: &str) -> Option<Source> {
        Some(match text {
            "partition" => Source::Partition,
            "region" => Source::Region,
            "account" => Source::Account,
            "stack" => Source::Stack,
            "id" => Source::LogicalId,
            "dns" => Source::Dns,
            "name" => Source::Name,
            "physical" => Source::Physical,
            _ => match text.strip_prefix('.') {
                Some(path) => Source::Property(path.to_owned()),
                None => Source::Random(Random::read(text)?),
            },
        })
    }
}

/// The path, if a property alone is the form.
fn whole_property(pieces: &[Piece]) -> Option<&str> {
    match pieces {
        [
            Piece::Hole(Hole {
                source: Source::Property(path),
                filters,
            }),
        ] if filters.is_empty() => Some(path),
        _ => None,
    }
}

/// A property by its path, steps joined by dots; `null` is nothing.
pub(super) fn property<'a>(properties: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut steps = path.split('.');
    let first = properties.get(steps.next()?)?;
    let found = steps.try_fold(first, |value, step| value.get(step))?;
    (!found.is_null()).then_some(found)
}

/// A value as text: scalars as they are, the rest as JSON.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// The end of host names in a partition.
fn dns(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        _ => "amazonaws.com",
    }
}
