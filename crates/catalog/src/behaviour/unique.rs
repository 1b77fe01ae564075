//! What there can be only one of.

use super::{NOTHING, Question, Row};
use crate::resource_type::PropertyPath;

/// Properties of which no two resources of a type may have the same values at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unique {
    /// The properties; none where an account has only one such resource in a region.
    pub parts: Vec<Part>,
    /// What happens otherwise, where AWS does not simply refuse the second one.
    pub second: Option<Second>,
    /// The page that says so.
    pub source: &'static str,
}

/// What happens to a second resource that AWS does not simply refuse?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// It is refused, or takes the place of the first one; in a few words, of what there is only one.
    TakesOver(&'static str),
    /// It is refused, or not, depending on what is named here.
    Depends(&'static str),
}

/// A property that has to differ, with others or by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It has to be there.
    Given(PropertyPath),
    /// It may be missing, which is a value like another.
    Optional(PropertyPath),
    /// It counts only with this value.
    Is(PropertyPath, &'static str),
    /// A block of addresses, which must not overlap with another one.
    Block(PropertyPath),
    /// With the same value here, the others may be the same.
    Unless(PropertyPath),
}

impl Unique {
    pub(super) fn of(row: &Row) -> Option<Unique> {
        let words = row.value.split(' ').filter(|word| *word != NOTHING);
        let (depends, words): (Vec<_>, Vec<_>) = words.partition(|word| *word == "depends");
        let mut parts: Vec<Part> = words.into_iter().map(part).collect();
        let what = Some(row.what).filter(|what| *what != NOTHING);
        // A block is compared within what the others say.
        match parts
            .iter()
            .position(|part| matches!(part, Part::Block(path) if path.as_str().is_empty()))
        {
            Some(index) => parts[index] = Part::Block(row.path()?),
            None => parts
                .splice(0..0, row.path().map(Part::Given))
                .for_each(drop),
        }
        Some(Unique {
            parts,
            second: match depends.is_empty() {
                true => what.map(Second::TakesOver),
                false => Some(Second::Depends(what?)),
            },
            source: row.source,
        })
    }
}

impl Part {
    /// The property.
    pub fn path(self) -> PropertyPath {
        match self {
            Part::Given(path)
            | Part::Optional(path)
            | Part::Is(path, _)
            | Part::Block(path)
            | Part::Unless(path) => path,
        }
    }
}

fn part(text: &'static str) -> Part {
    if let Some((path, value)) = text.split_once('=') {
        Part::Is(PropertyPath(path), value)
    } else if let Some(path) = text.strip_suffix('?') {
        Part::Optional(PropertyPath(path))
    } else if let Some(path) = text.strip_prefix('!') {
        Part::Unless(PropertyPath(path))
    } else if text == "~" {
        Part::Block(PropertyPath(""))
    } else {
        Part::Given(PropertyPath(text))
    }
}

/// Returns what must not be the same of two such resources, beyond their primary identifier.
///
/// Source: the API reference of the service, the errors of the action that makes such a resource.
pub fn unique(resource_type: &str) -> impl Iterator<Item = Unique> {
    let rows = Question::Unique.of(resource_type).iter();
    rows.filter_map(Unique::of)
}

/// Returns what AWS makes of itself for such a resource: a type, the property that names it, and the name, in which `{}`
/// stands for the name of the resource.
///
/// Source: the user guide of the service.
pub fn made_by_itself(
    resource_type: &str,
) -> impl Iterator<Item = (&'static str, PropertyPath, &'static str)> {
    let rows = Question::MadeByItself.of(resource_type).iter();
    rows.filter_map(|row| {
        let mut words = row.value.split(' ');
        let [made, property, name] = [words.next()?, words.next()?, words.next()?];
        Some((made, PropertyPath(property), name))
    })
}

/// Items of a resource that could be resources of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inline {
    /// The items.
    pub path: PropertyPath,
    /// The type that they would have.
    pub resource_type: &'static str,
    /// The property of that type that would name the resource.
    pub owner: PropertyPath,
    /// What a property of that type is called in an item, where that is something else.
    pub renamed: Option<(PropertyPath, PropertyPath)>,
}

/// Returns the items of such a resource that could as well be resources of their own, as rules of a security group can.
///
/// Source: CloudFormation template reference, the pages of both types.
pub fn inlines(resource_type: &str) -> impl Iterator<Item = Inline> {
    let rows = Question::Inlines.of(resource_type).iter();
    rows.filter_map(|row| {
        let mut words = row.value.split(' ');
        let [resource_type, owner] = [words.next()?, words.next()?];
        let renamed = words.next().and_then(|word| word.split_once('='));
        Some(Inline {
            path: row.path()?,
            resource_type,
            owner: PropertyPath(owner),
            renamed: renamed.map(|(name, own)| (PropertyPath(name), PropertyPath(own))),
        })
    })
}
