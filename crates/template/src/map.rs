//! Maps of values: few entries in a row, many with a table of their keys.
//!
//! What lives here: the one map of the template model, and of the values that templates come to (`stratiform-resolve`).
//! Nearly every map of a template has fewer entries than it is worth making a hash table for, so that it is a list, and is
//! searched from its start. The methods are those of [`IndexMap`] by the same names; order is kept, and counts for nothing
//! where maps are compared.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;
use std::iter::FusedIterator;
use std::mem::take;

use indexmap::{IndexMap, map};

use crate::value::{Text, Value};

/// A list is searched up to so many entries; beyond them there is a table.
const FEW: usize = 16;

/// Values by name, in order.
#[derive(Clone)]
pub struct Map<K = Text, V = Value>(Entries<K, V>);

#[derive(Clone)]
enum Entries<K, V> {
    /// At most [`FEW`]. Keys are unique.
    Few(Vec<(K, V)>),
    /// In a box: a map in every value would be the size of this.
    Many(Box<IndexMap<K, V>>),
}

impl Map {
    /// A map of the template model without entries. Others are made by [`Map::default`].
    pub const fn new() -> Self {
        Map(Entries::Few(Vec::new()))
    }
}

impl<K, V> Map<K, V> {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Entries::Few(entries) => entries.len(),
            Entries::Many(entries) => entries.len(),
        }
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry at a position.
    pub fn get_index(&self, position: usize) -> Option<(&K, &V)> {
        match &self.0 {
            Entries::Few(entries) => entries.get(position).map(|(key, value)| (key, value)),
            Entries::Many(entries) => entries.get_index(position),
        }
    }

    /// The first entry.
    pub fn first(&self) -> Option<(&K, &V)> {
        self.get_index(0)
    }

    /// The value of the last entry, to change it.
    pub fn last_mut(&mut self) -> Option<&mut V> {
        self.iter_mut().next_back().map(|(_, value)| value)
    }

    /// Keeps the entries of which something holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        match &mut self.0 {
            Entries::Few(entries) => entries.retain_mut(|(key, value)| keep(key, value)),
            Entries::Many(entries) => entries.retain(|key, value| keep(key, value)),
        }
    }

    /// The entries, in order.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter(match &self.0 {
            Entries::Few(entries) => Either::Few(entries.iter()),
            Entries::Many(entries) => Either::Many(entries.iter()),
        })
    }

    /// The entries, in order, to change their values.
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        IterMut(match &mut self.0 {
            Entries::Few(entries) => Either::Few(entries.iter_mut()),
            Entries::Many(entries) => Either::Many(entries.iter_mut()),
        })
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// The values, in order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// The values, in order, to change them.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> + ExactSizeIterator {
        self.iter_mut().map(|(_, value)| value)
    }

    /// The values alone, in order.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> + ExactSizeIterator {
        self.into_iter().map(|(_, value)| value)
    }
}

impl<K: Borrow<str> + Eq + Hash, V> Map<K, V> {
    /// Entries of which each has a key of its own, of at most so many.
    pub fn distinct(most: usize, entries: impl Iterator<Item = (K, V)>) -> Self {
        Map(match most {
            0..=FEW => {
                let mut few = Vec::with_capacity(most);
                few.extend(entries);
                Entries::Few(few)
            }
            _ => Entries::Many(Box::new(entries.collect())),
        })
    }

    /// A map without entries, with room for some.
    pub fn with_capacity(capacity: usize) -> Self {
        Map(match capacity {
            0..=FEW => Entries::Few(Vec::with_capacity(capacity)),
            _ => Entries::Many(Box::new(IndexMap::with_capacity(capacity))),
        })
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&V> {
        match &self.0 {
            Entries::Few(entries) => {
                let found = entries.iter().find(|(there, _)| there.borrow() == key);
                found.map(|(_, value)| value)
            }
            Entries::Many(entries) => entries.get(key),
        }
    }

    /// The value of a key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        match &mut self.0 {
            Entries::Few(entries) => {
                let found = entries.iter_mut().find(|(there, _)| there.borrow() == key);
                found.map(|(_, value)| value)
            }
            Entries::Many(entries) => entries.get_mut(key),
        }
    }

    /// A key as the map has it, and its value.
    pub fn get_key_value(&self, key: &str) -> Option<(&K, &V)> {
        match &self.0 {
            Entries::Few(entries) => {
                let found = entries.iter().find(|(there, _)| there.borrow() == key);
                found.map(|(key, value)| (key, value))
            }
            Entries::Many(entries) => entries.get_key_value(key),
        }
    }

    /// The position of a key.
    pub fn get_index_of(&self, key: &str) -> Option<usize> {
        match &self.0 {
            Entries::Few(entries) => entries.iter().position(|(there, _)| there.borrow() == key),
            Entries::Many(entries) => entries.get_index_of(key),
        }
    }

    /// Whether there is a key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Sets the value of a key: in its place where it is there, otherwise at the end. Gives what was there.
    pub fn insert(&mut self, key: impl Into<K>, value: V) -> Option<V> {
        let key = key.into();
        match &mut self.0 {
            Entries::Few(entries) => {
                if let Some((_, there)) = entries.iter_mut().find(|(there, _)| *there == key) {
                    return Some(std::mem::replace(there, value));
                }
                if entries.len() < FEW {
                    entries.push((key, value));
                } else {
                    let mut many: IndexMap<K, V> = take(entries).into_iter().collect();
                    many.insert(key, value);
                    self.0 = Entries::Many(Box::new(many));
                }
                None
            }
            Entries::Many(entries) => entries.insert(key, value),
        }
    }

    /// Takes an entry out; those after it move up.
    pub fn shift_remove(&mut self, key: &str) -> Option<V> {
        match &mut self.0 {
            Entries::Few(entries) => {
                let position = entries
                    .iter()
                    .position(|(there, _)| there.borrow() == key)?;
                Some(entries.remove(position).1)
            }
            Entries::Many(entries) => entries.shift_remove(key),
        }
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Map(Entries::Few(Vec::new()))
    }
}

/// The same keys with the same values, in whatever order.
impl<K: Borrow<str> + Eq + Hash, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        // Where two maps are equal, their order nearly always is, too. Each value is compared once: what is inside of it
        // may be a map again, and so on.
        let mut pairs = self.iter().zip(other.iter());
        self.len() == other.len()
            && pairs.all(|((key, value), (there, beside))| match key == there {
                true => value == beside,
                false => other.get(key.borrow()) == Some(value),
            })
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self).finish()
    }
}

impl<K: Borrow<str> + Eq + Hash, V> std::ops::Index<&str> for Map<K, V> {
    type Output = V;

    /// Panics where the key is not there, as [`IndexMap`] does.
    fn index(&self, key: &str) -> &V {
        match self.get(key) {
            Some(value) => value,
            None => panic!("no `{key}` in the map"),
        }
    }
}

impl<K: Borrow<str> + Eq + Hash, V, N: Into<K>> Extend<(N, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Borrow<str> + Eq + Hash, V, N: Into<K>> FromIterator<(N, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut map = Map::with_capacity(entries.size_hint().0);
        map.extend(entries);
        map
    }
}

impl<K: Into<Text>, const N: usize> From<[(K, Value); N]> for Map {
    fn from(entries: [(K, Value); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<'m, K, V> IntoIterator for &'m Map<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = Iter<'m, K, V>;

    fn into_iter(self) -> Iter<'m, K, V> {
        self.iter()
    }
}

impl<'m, K, V> IntoIterator for &'m mut Map<K, V> {
    type Item = (&'m K, &'m mut V);
    type IntoIter = IterMut<'m, K, V>;

    fn into_iter(self) -> IterMut<'m, K, V> {
        self.iter_mut()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> IntoIter<K, V> {
        IntoIter(match self.0 {
            Entries::Few(entries) => Either::Few(entries.into_iter()),
            Entries::Many(entries) => Either::Many(entries.into_iter()),
        })
    }
}

/// The two forms of an iterator.
#[derive(Clone, Debug)]
enum Either<F, M> {
    Few(F),
    Many(M),
}

/// Writes an iterator over entries, and how one of a list becomes what one of a table is.
macro_rules! iterator {
    ($(#[$docs:meta])* $name:ident<$($life:lifetime)?>, $few:ty, $many:ty, $item:ty, $entry:expr) => {
        $(#[$docs])*
        pub struct $name<$($life,)? K, V>(Either<$few, $many>);

        impl<$($life,)? K, V> Iterator for $name<$($life,)? K, V> {
            type Item = $item;

            fn next(&mut self) -> Option<Self::Item> {
                match &mut self.0 {
                    Either::Few(entries) => entries.next().map($entry),
                    Either::Many(entries) => entries.next(),
                }
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                match &self.0 {
                    Either::Few(entries) => entries.size_hint(),
                    Either::Many(entries) => entries.size_hint(),
                }
            }
        }

        impl<$($life,)? K, V> DoubleEndedIterator for $name<$($life,)? K, V> {
            fn next_back(&mut self) -> Option<Self::Item> {
                match &mut self.0 {
                    Either::Few(entries) => entries.next_back().map($entry),
                    Either::Many(entries) => entries.next_back(),
                }
            }
        }

        impl<$($life,)? K, V> ExactSizeIterator for $name<$($life,)? K, V> {}
        impl<$($life,)? K, V> FusedIterator for $name<$($life,)? K, V> {}
    };
}

iterator!(
    /// The entries of a [`Map`].
    #[derive(Debug)]
    Iter<'m>,
    std::slice::Iter<'m, (K, V)>,
    map::Iter<'m, K, V>,
    (&'m K, &'m V),
    |(key, value)| (key, value)
);
iterator!(
    /// The entries of a [`Map`], to change their values.
    #[derive(Debug)]
    IterMut<'m>,
    std::slice::IterMut<'m, (K, V)>,
    map::IterMut<'m, K, V>,
    (&'m K, &'m mut V),
    |(key, value)| (&*key, value)
);
iterator!(
    /// The entries of a [`Map`], taken out of it.
    #[derive(Debug)]
    IntoIter<>,
    std::vec::IntoIter<(K, V)>,
    map::IntoIter<K, V>,
    (K, V),
    |entry| entry
);

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Iter(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;
    use proptest::prelude::*;

    use super::{Entries, FEW, Map};
    use crate::value::Value;

    /// What is done to a map.
    #[derive(Clone, Debug)]
    enum Step {
        Insert(u8, i64),
        Remove(u8),
        Change(u8, i64),
        RetainBelow(u8),
    }

    fn step() -> impl Strategy<Value = Step> {
        let key = 0_u8..(2 * FEW as u8);
        prop_oneof![
            8 => (key.clone(), any::<i64>()).prop_map(|(key, value)| Step::Insert(key, value)),
            2 => key.clone().prop_map(Step::Remove),
            2 => (key.clone(), any::<i64>()).prop_map(|(key, value)| Step::Change(key, value)),
            1 => key.prop_map(Step::RetainBelow),
        ]
    }

    /// Two digits, so that names are in the order of their numbers.
    fn name(key: u8) -> String {
        format!("{key:02}")
    }

    proptest! {
        /// Few entries or many, a map answers as the one whose methods it has.
        #[test]
        fn is_an_index_map(steps in proptest::collection::vec(step(), 0..80)) {
            let (mut map, mut model) = (Map::new(), IndexMap::<String, Value>::new());
            for step in steps {
                match step {
                    Step::Insert(key, value) => prop_assert_eq!(
                        map.insert(name(key), value.into()),
                        model.insert(name(key), value.into())
                    ),
                    Step::Remove(key) => prop_assert_eq!(
                        map.shift_remove(&name(key)),
                        model.shift_remove(&name(key))
                    ),
                    Step::Change(key, value) => {
                        map.get_mut(&name(key)).into_iter().for_each(|there| *there = value.into());
                        model.get_mut(&name(key)).into_iter().for_each(|there| *there = value.into());
                    }
                    Step::RetainBelow(key) => {
                        map.retain(|there, _| there.as_str() < name(key).as_str());
                        model.retain(|there, _| *there < name(key));
                    }
                }
                prop_assert_eq!(map.len(), model.len());
                let own = map.iter().map(|(key, value)| (key.as_str(), value));
                prop_assert!(own.eq(model.iter().map(|(key, value)| (key.as_str(), value))));
                for key in (0..2 * FEW as u8).map(name) {
                    prop_assert_eq!(map.get(&key), model.get(&key));
                    prop_assert_eq!(map.get_index_of(&key), model.get_index_of(&key));
                }
                prop_assert!(map.clone().into_iter().rev().eq(map.iter().rev().map(|(key, value)| (key.clone(), value.clone()))));
            }
        }
    }

    #[test]
    fn few_entries_have_no_table() {
        let of = |count: u8| -> Map { (0..count).map(|key| (name(key), Value::Null)).collect() };
        assert!(matches!(of(FEW as u8).0, Entries::Few(_)));
        assert!(matches!(of(FEW as u8 + 1).0, Entries::Many(_)));
    }

    #[test]
    fn order_counts_for_nothing_between_equal_maps() {
        let map = Map::from([("a", Value::from(1)), ("b", Value::from(2))]);
        assert_eq!(
            map,
            Map::from([("b", Value::from(2)), ("a", Value::from(1))])
        );
        assert_ne!(
            map,
            Map::from([("b", Value::from(1)), ("a", Value::from(2))])
        );
        assert_ne!(map, Map::from([("a", Value::from(1))]));
    }

    #[test]
    fn maps_in_maps_are_compared_once_at_each_depth() {
        let nested = |inner: i64| {
            let around = |value, _| Value::from([("a", value)]);
            (0..64).fold(Value::from(inner), around)
        };
        assert_eq!(nested(1), nested(1));
        // Twice as often at each depth, it would not end.
        assert_ne!(nested(1), nested(2));
    }

    #[test]
    fn a_value_is_small() {
        assert_eq!(size_of::<Map>(), 24);
        assert_eq!(size_of::<Value>(), 32);
    }
}
