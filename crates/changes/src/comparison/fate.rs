//! What becomes of resources, for those that refer to them.

use crate::change::ChangedAttribute;
use stratiform_service::change::{ChangeSource, Evaluation, Replacement};

/// What becomes of a resource. Worst last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    #[default]
    Unchanged,
    Modified,
    MayBeReplaced,
    Replaced,
    Added,
}

impl Fate {
    /// What details say, each by what it says about replacement.
    pub(super) fn of<'d>(
        details: impl Iterator<Item = &'d ChangedAttribute>,
        says: impl Fn(&ChangedAttribute) -> Replacement,
    ) -> Fate {
        let worst = details.map(says).max();
        match worst {
            None => Fate::Unchanged,
            Some(replacement) => replacement.into(),
        }
    }

    /// What it does to a value with a `Ref` in it.
    ///
    /// Recorded: `Ref` of a resource that is updated in place is no change.
    pub(super) fn through_reference(self) -> Option<(ChangeSource, Evaluation)> {
        match self {
            Fate::Unchanged | Fate::Modified => None,
            Fate::MayBeReplaced => Some((ChangeSource::ResourceReference, Evaluation::Dynamic)),
            Fate::Replaced | Fate::Added => {
                Some((ChangeSource::ResourceReference, Evaluation::Static))
            }
        }
    }

    /// What it does to a value with a `Fn::GetAtt` in it.
    ///
    /// Recorded: an attribute of a resource that is updated in place may be another one afterwards.
    pub(super) fn through_attribute(self) -> Option<(ChangeSource, Evaluation)> {
        match self {
            Fate::Unchanged => None,
            Fate::Modified | Fate::MayBeReplaced => {
                Some((ChangeSource::ResourceAttribute, Evaluation::Dynamic))
            }
            Fate::Replaced | Fate::Added => {
                Some((ChangeSource::ResourceAttribute, Evaluation::Static))
            }
        }
    }
}

impl From<Replacement> for Fate {
    fn from(replacement: Replacement) -> Fate {
        match replacement {
            Replacement::WillNot => Fate::Modified,
            Replacement::May => Fate::MayBeReplaced,
            Replacement::Will => Fate::Replaced,
        }
    }
}

/// A fate in each of the answers that are given.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fates {
    /// Where references are followed.
    pub references: Fate,
    /// Where values are followed.
    pub values: Fate,
    /// Where values are followed that only become others during the change.
    pub expected: Fate,
}

impl Fates {
    pub(super) const ADDED: Fates = Fates {
        references: Fate::Added,
        values: Fate::Added,
        expected: Fate::Added,
    };
}
