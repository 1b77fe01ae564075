//! What is made once for the program, however many templates and threads ask.

use std::hash::Hash;
use std::sync::{LazyLock, PoisonError, RwLock};

use foldhash::HashMap;

/// Values that live as long as the program. There are to be as many keys as the catalog has of something at most: it is
/// then no leak that grows.
pub(crate) struct Kept<K: 'static, V: 'static>(LazyLock<RwLock<HashMap<K, &'static V>>>);

impl<K: Eq + Hash, V> Kept<K, V> {
    pub(crate) const fn new() -> Self {
        Kept(LazyLock::new(RwLock::default))
    }

    /// The value of a key, where somebody has asked for it before.
    pub(crate) fn get(&self, key: &K) -> Option<&'static V> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(key).copied()
    }

    /// Keeps the value of a key; gives the one that there is, where another thread was quicker.
    pub(crate) fn keep(&self, key: K, value: V) -> &'static V {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(key).or_insert_with(|| Box::leak(Box::new(value)))
    }
}
