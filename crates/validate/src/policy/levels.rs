//! How much each policy matters.

use std::collections::BTreeMap;

use stratiform_finding::{Code, Level};

use super::{ALL, Policy};

/// The level of each policy: its own, unless an environment says another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    said: BTreeMap<Code, Option<Level>>,
}

impl Levels {
    /// Says how much a policy matters; nothing: it is not asked at all.
    pub fn set(&mut self, policy: &Policy, level: Option<Level>) {
        self.said.insert(policy.code, level);
    }

    /// How much a policy matters; nothing where it is not asked.
    pub fn of(&self, policy: &Policy) -> Option<Level> {
        let said = self.said.get(&policy.code).copied();
        said.unwrap_or(policy.level)
    }

    /// How many policies are not asked, though they are by default.
    pub fn off(&self) -> usize {
        let is_off = |policy: &&&Policy| policy.level.is_some() && self.of(policy).is_none();
        ALL.iter().filter(is_off).count()
    }
}
