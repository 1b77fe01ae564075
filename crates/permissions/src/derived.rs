//! What inventories need, kept for whoever asks again.
//!
//! Environments that differ in a number or a name of a value often need the same: `explain` asks hundreds of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::inventory::Inventory;
use crate::needed::Needed;

/// What an inventory needs.
#[derive(Debug)]
pub struct Derived {
    /// What CloudFormation must be allowed to do.
    pub needed: Needed,
    /// What reading the resources needs.
    pub needed_to_read: Needed,
}

/// What was derived so far: of equal inventories once.
#[derive(Debug, Default)]
pub struct Derivations {
    known: Mutex<BTreeMap<Inventory, Arc<Derived>>>,
}

impl Derivations {
    /// What an inventory needs. Nobody waits for somebody else's derivation: two that ask at the same time both derive.
    pub fn of(&self, inventory: Inventory) -> Arc<Derived> {
        if let Some(known) = self.known().get(&inventory) {
            return Arc::clone(known);
        }
        let derived = Arc::new(Derived {
            needed: inventory.needed(),
            needed_to_read: inventory.needed_to_read(),
        });
        self.known().insert(inventory, Arc::clone(&derived));
        derived
    }

    /// How many different inventories there were.
    pub fn count(&self) -> usize {
        self.known().len()
    }

    /// What is known is whole, whatever became of whoever asked.
    fn known(&self) -> MutexGuard<'_, BTreeMap<Inventory, Arc<Derived>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
