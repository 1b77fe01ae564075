//! How much each policy matters.

use std::collections::BTreeMap;

use stratiform_finding::{Code, Level};

use super::{ALL, Policy};

/// The level of each policy: its own, unless an environment says another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// That of all that are not named.
    all: Option<Option<Level>>,
    said: BTreeMap<Code, Option<Level>>,
}

impl Levels {
    /// Says how much a policy matters; nothing: it is not asked at all.
    pub fn set(&mut self, policy: &Policy, level: Option<Level>) {
        self.said.insert(policy.code, level);
    }

    /// Says how much those matter that nothing else is said of; nothing: they are not asked at all.
    pub fn set_all(&mut self, level: Option<Level>) {
        self.all = Some(level);
    }

    /// How much a policy matters; nothing where it is not asked.
    pub fn of(&self, policy: &Policy) -> Option<Level> {
        let said = self.said.get(&policy.code).copied();
        said.or(self.all).unwrap_or(policy.level)
    }

    /// How many policies are not asked, though they are by default.
    pub fn off(&self) -> usize {
        let is_off = |policy: &&&Policy| policy.level.is_some() && self.of(policy).is_none();
        ALL.iter().filter(is_off).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_has_what_is_said_of_it_then_of_all_and_then_its_own() {
        let [first, second, ..] = ALL else {
            panic!("there are policies");
        };
        let mut levels = Levels::default();
        assert_eq!((levels.of(first), levels.off()), (first.level, 0));
        levels.set_all(None);
        levels.set(first, Some(Level::Note));
        assert_eq!(
            (levels.of(first), levels.of(second)),
            (Some(Level::Note), None)
        );
        assert!(levels.off() > 0);
    }
}
