//! The entries of a map of values, in the order written.
//!
//! Most maps of a template have two or three entries, which are found sooner by looking at each than by a hash. What
//! lives here: such a map, with an index where there are many. It has the names of `IndexMap`'s methods.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use crate::resolved::Resolved;

/// Beyond this many entries there is an index.
const FEW: usize = 16;

/// An entry: its key and its value.
type Entry<'t> = (Cow<'t, str>, Resolved<'t>);

/// The entries of a map, each key once, in the order in which they came.
#[derive(Clone, Default)]
pub struct Entries<'t> {
    all: Vec<Entry<'t>>,
    /// Where each key is, as soon as there are many.
    #[expect(
        clippy::box_collection,
        reason = "most maps have none, and values are to be small"
    )]
    index: Option<Box<HashMap<Cow<'t, str>, usize>>>,
}

impl<'t> Entries<'t> {
    /// No entries.
    pub fn new() -> Self {
        Entries::default()
    }

    /// Entries of which each has a key of its own, of at most so many.
    pub(crate) fn distinct(most: usize, entries: impl Iterator<Item = Entry<'t>>) -> Self {
        let mut all = Vec::with_capacity(most);
        all.extend(entries);
        let mut distinct = Entries { all, index: None };
        distinct.index();
        distinct
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Resolved<'t>> {
        let (_, value) = self.all.get(self.position(key)?)?;
        Some(value)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Resolved<'t>> {
        let position = self.position(key)?;
        let (_, value) = self.all.get_mut(position)?;
        Some(value)
    }

    /// Whether there is such a key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    /// Puts in a value. One that the key had before is given back, and the key stays where it is.
    pub fn insert(&mut self, key: Cow<'t, str>, value: Resolved<'t>) -> Option<Resolved<'t>> {
        let position = self.position(&key);
        if let Some((_, old)) = position.and_then(|position| self.all.get_mut(position)) {
            return Some(std::mem::replace(old, value));
        }
        if let Some(index) = &mut self.index {
            index.insert(key.clone(), self.all.len());
        }
        self.all.push((key, value));
        self.index();
        None
    }

    /// Makes the index, where there are many entries and none yet.
    fn index(&mut self) {
        if self.index.is_none() && self.all.len() > FEW {
            let keys = self.all.iter().enumerate();
            let index = keys.map(|(position, (key, _))| (key.clone(), position));
            self.index = Some(Box::new(index.collect()));
        }
    }

    /// The entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Cow<'t, str>, &Resolved<'t>)> {
        self.into_iter()
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &Cow<'t, str>> {
        self.all.iter().map(|(key, _)| key)
    }

    /// The values, in order.
    pub fn values(&self) -> impl Iterator<Item = &Resolved<'t>> {
        self.all.iter().map(|(_, value)| value)
    }

    /// The values, in order, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Resolved<'t>> {
        self.all.iter_mut().map(|(_, value)| value)
    }

    fn position(&self, key: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(key).copied(),
            None => self.all.iter().position(|(known, _)| known == key),
        }
    }
}

impl<'t> FromIterator<Entry<'t>> for Entries<'t> {
    fn from_iter<I: IntoIterator<Item = Entry<'t>>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut collected = Entries {
            all: Vec::with_capacity(entries.size_hint().0),
            index: None,
        };
        collected.extend(entries);
        collected
    }
}

impl<'t> Extend<Entry<'t>> for Entries<'t> {
    fn extend<I: IntoIterator<Item = Entry<'t>>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<'t> IntoIterator for Entries<'t> {
    type Item = Entry<'t>;
    type IntoIter = std::vec::IntoIter<Entry<'t>>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}

/// Entries that are looked at.
type Borrowed<'e, 't> = std::iter::Map<
    std::slice::Iter<'e, Entry<'t>>,
    fn(&'e Entry<'t>) -> (&'e Cow<'t, str>, &'e Resolved<'t>),
>;

impl<'e, 't> IntoIterator for &'e Entries<'t> {
    type Item = (&'e Cow<'t, str>, &'e Resolved<'t>);
    type IntoIter = Borrowed<'e, 't>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.iter().map(|(key, value)| (key, value))
    }
}

impl fmt::Debug for Entries<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{Entries, FEW};
    use crate::resolved::Resolved;

    fn key(number: usize) -> Cow<'static, str> {
        Cow::Owned(format!("Key{number}"))
    }

    #[test]
    fn few_and_many_are_found_alike_and_keep_their_order() {
        for count in [0, 1, FEW, FEW + 1, 20 * FEW] {
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
