//! Lists and maps in properties.

use std::marker::PhantomData;

use super::{List, Map, Opt, Prop, PropertyType, Shaped};
use stratiform_template::Text;

use crate::resource::handle::{Chosen, Gives, Handle};
use crate::value::draft::Draft;

/// Writes `From<$source>` for the property of a collection.
macro_rules! collections {
    ($([$($generics:tt)*] $source:ty => $target:ident<T>;)+) => { $(
        impl<$($generics)*> From<$source> for Prop<$target<T>> {
            fn from(members: $source) -> Self {
                Prop::new($target::from_iter(members).into_draft())
            }
        }

        impl<$($generics)*> From<$source> for Opt<$target<T>> {
            fn from(members: $source) -> Self {
                Prop::from(members).into()
            }
        }
    )+ };
}

collections! {
    [T, U: Into<Prop<T>>] Vec<U> => List<T>;
    [T, U: Into<Prop<T>>, const N: usize] [U; N] => List<T>;
    [T: Shaped, R: Gives<T, Choice: Chosen>] &Vec<Handle<R>> => List<T>;
    [T: Shaped, R: Gives<T, Choice: Chosen>] &[Handle<R>] => List<T>;
    [T, K: Into<String>, V: Into<Prop<T>>] Vec<(K, V)> => Map<T>;
    [T, K: Into<String>, V: Into<Prop<T>>, const N: usize] [(K, V); N] => Map<T>;
}

impl<T> PropertyType for List<T> {
    fn into_draft(self) -> Draft {
        Draft::List(self.items)
    }
}

impl<T> PropertyType for Map<T> {
    fn into_draft(self) -> Draft {
        Draft::Map(self.entries)
    }
}

impl<T, U: Into<Prop<T>>> FromIterator<U> for List<T> {
    fn from_iter<I: IntoIterator<Item = U>>(items: I) -> Self {
        List {
            items: items.into_iter().map(|item| item.into().draft).collect(),
            promise: PhantomData,
        }
    }
}

impl<T, U: Into<Prop<T>>> FromIterator<U> for Prop<List<T>> {
    fn from_iter<I: IntoIterator<Item = U>>(items: I) -> Self {
        Prop::new(List::from_iter(items).into_draft())
    }
}

impl<T, U: Into<Prop<T>>> FromIterator<U> for Opt<List<T>> {
    fn from_iter<I: IntoIterator<Item = U>>(items: I) -> Self {
        Prop::from_iter(items).into()
    }
}

impl<T, K: Into<String>, V: Into<Prop<T>>> FromIterator<(K, V)> for Map<T> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries = entries
            .into_iter()
            .map(|(key, value)| (Text::from(key.into()), value.into().draft));
        Map {
            entries: entries.collect(),
            promise: PhantomData,
        }
    }
}
