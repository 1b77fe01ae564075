//! What changes, in CloudFormation's own terms.

use std::collections::HashSet;

use stratiform_resolve::Resolved;
use stratiform_service::change::{
    Action, Attribute, AttributeChangeType, ChangeSource, Evaluation, Replacement,
    RequiresRecreation,
};

use crate::recreation::{Recreation, RecreationFact};

/// A resource that changes: what `DescribeChangeSet` would say, in both of its views, and the values behind it.
#[derive(Clone, Debug)]
pub struct ChangedResource {
    /// What happens.
    pub action: Edit,
    /// The logical ID.
    pub logical_id: String,
    /// The resource type: after the change, or before it where the resource goes.
    pub resource_type: String,
    /// What happens to the physical resource that goes.
    pub policy: Policy,
    /// Whether [`ChangedResource::policy`] is the template's word or CloudFormation's default.
    pub policy_origin: PolicyOrigin,
    /// Details that follow expressions: what `DescribeChangeSet` lists without `IncludePropertyValues`.
    pub references: Vec<ChangedAttribute>,
    /// Details that follow values: what `DescribeChangeSet` lists with `IncludePropertyValues`.
    pub values: Vec<ChangedAttribute>,
    /// What follows from values that become others only during the change: an attribute of a resource that is updated
    /// in place. `DescribeChangeSet` lists it without values only; it happens all the same.
    pub propagated: Vec<ChangedAttribute>,
    /// The resource before the change.
    pub before: Option<Context>,
    /// The resource after the change.
    pub after: Option<Context>,
    /// What `DescribeChangeSet` shows in the place of [`ChangedResource::after`], where that is something else: it takes
    /// attributes of other resources to stay as they are.
    pub described: Option<Context>,
    /// Whether AWS refuses it, so that nothing of it happens. Comparing does not tell: whoever asks what it does finds
    /// that out.
    pub refused: bool,
}

/// What an edit of the template does to a resource, to a value of it or to an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edit {
    /// It comes.
    Add,
    /// It becomes another; a resource is updated or replaced.
    Modify,
    /// It goes.
    Remove,
}

impl Edit {
    /// CloudFormation's word.
    pub fn as_str(self) -> &'static str {
        Action::from(self).as_str()
    }
}

impl From<Edit> for Action {
    fn from(edit: Edit) -> Self {
        match edit {
            Edit::Add => Action::Add,
            Edit::Modify => Action::Modify,
            Edit::Remove => Action::Remove,
        }
    }
}

impl From<Edit> for AttributeChangeType {
    fn from(edit: Edit) -> Self {
        match edit {
            Edit::Add => AttributeChangeType::Add,
            Edit::Modify => AttributeChangeType::Modify,
            Edit::Remove => AttributeChangeType::Remove,
        }
    }
}

/// A resource's own attributes, with values.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The properties: always a map.
    pub properties: Resolved<'static>,
    /// `DeletionPolicy`, where the template says one.
    pub deletion_policy: Option<String>,
    /// `UpdateReplacePolicy`, where the template says one.
    pub update_replace_policy: Option<String>,
    /// `Metadata`.
    pub metadata: Option<Resolved<'static>>,
    /// `UpdatePolicy`.
    pub update_policy: Option<Resolved<'static>>,
}

/// What happens to a physical resource that leaves the stack or is replaced?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// It is deleted.
    Delete,
    /// It stays, outside of the stack.
    Retain,
    /// It is deleted after a snapshot was taken.
    Snapshot,
}

impl Policy {
    /// CloudFormation's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Policy::Delete => "Delete",
            Policy::Retain => "Retain",
            Policy::Snapshot => "Snapshot",
        }
    }
}

/// Who says what happens to a physical resource?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyOrigin {
    /// The template.
    Template,
    /// CloudFormation's default.
    Default,
    /// Nobody here: the template's expression has no value yet. The policy is the worst case.
    Unknown,
}

/// One reason why a resource changes.
#[derive(Clone, Debug)]
pub struct ChangedAttribute {
    /// What changes.
    pub attribute: Attribute,
    /// The name of the top-level property; `None` for other attributes, and for tags.
    pub name: Option<String>,
    /// The keys from the resource down to what differs: `Properties`, `Tags`, `0`, `Value`. Without values, to the
    /// property only.
    pub path: Vec<String>,
    /// Whether such a change makes a new resource, and which fact says so.
    pub recreation: Recreation,
    /// When the new value is known.
    pub evaluation: Evaluation,
    /// Where the change comes from.
    pub source: ChangeSource,
    /// The parameter, resource or `Resource.Attribute` that causes it.
    pub causing_entity: Option<String>,
    /// Whether a value comes, goes or becomes another.
    pub change_type: Edit,
    /// The value before.
    pub before: Option<Resolved<'static>>,
    /// The value after.
    pub after: Option<Resolved<'static>>,
    /// What was found out case by case, where the values are not known.
    pub decided: Option<Decided>,
}

/// What was found out case by case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Whether it makes a new resource.
    pub replacement: Replacement,
    /// In which cases it changes at all, in words; `None` for all of them.
    pub only_in: Option<String>,
}

impl ChangedAttribute {
    /// What `DescribeChangeSet` says about replacement.
    ///
    /// Source: recorded change sets; CloudFormation user guide, "Example change sets".
    pub fn predicted(&self) -> Replacement {
        match (self.recreation.requires, self.evaluation) {
            (RequiresRecreation::Never, _) => Replacement::WillNot,
            (RequiresRecreation::Conditionally, _)
            | (RequiresRecreation::Always, Evaluation::Dynamic) => Replacement::May,
            (RequiresRecreation::Always, Evaluation::Static) => Replacement::Will,
        }
    }

    /// What is to be expected: what `DescribeChangeSet` says, except where AWS documents the update in place, where AWS
    /// refuses it, where an update policy decides, and where one of the values is not known here.
    pub fn replacement(&self) -> Replacement {
        if let Some(decided) = &self.decided {
            return decided.replacement;
        }
        let expected = match (self.recreation.fact, self.evaluation) {
            (RecreationFact::InPlace(..) | RecreationFact::Refused(_), _) => Replacement::WillNot,
            (RecreationFact::ByUpdatePolicy(decision), _) => decision.replacement(),
            (RecreationFact::Documented(..), Evaluation::Static) => Replacement::Will,
            _ => self.predicted(),
        };
        match expected {
            // It may be the same value, written another way.
            Replacement::Will if self.may_be_same() => Replacement::May,
            expected => expected,
        }
    }

    /// Whether it may be the same value, written another way: one of the two is not known here.
    pub fn may_be_same(&self) -> bool {
        let sides = [&self.before, &self.after].into_iter().flatten();
        let mut known = sides.clone();
        let unknown = sides.clone().any(Resolved::is_unknown_now);
        // What has parts is there, whatever they are; on the other side nothing is.
        let has_parts = known.all(|side| matches!(side, Resolved::Map(_) | Resolved::List(_)));
        let comes_or_goes = sides.count() == 1 && has_parts;
        unknown && !comes_or_goes && self.source == ChangeSource::DirectModification
    }

    /// The resource through which it changes: one that it refers to.
    pub fn through(&self) -> Option<&str> {
        let entity = match self.source {
            ChangeSource::ResourceReference | ChangeSource::ResourceAttribute => {
                self.causing_entity.as_deref()?
            }
            _ => return None,
        };
        Some(
            entity
                .split_once('.')
                .map_or(entity, |(resource, _)| resource),
        )
    }

    /// The path as CloudFormation writes it: `/Properties/Tags/0/Value`.
    pub fn pointer(&self) -> String {
        self.path
            .iter()
            .fold(String::new(), |pointer, step| pointer + "/" + step)
    }
}

impl ChangedResource {
    /// All that will change, as far as can be known: values, and what is propagated through them.
    pub fn expected(&self) -> impl Iterator<Item = &ChangedAttribute> {
        self.values.iter().chain(&self.propagated)
    }

    /// Whether anything is expected to happen to the resource.
    pub fn is_expected(&self) -> bool {
        self.action != Edit::Modify || self.expected().next().is_some()
    }

    /// Whether the resource is replaced: the worst of what is expected.
    pub fn replacement(&self) -> Replacement {
        let each = self.expected().map(ChangedAttribute::replacement);
        each.max().unwrap_or(Replacement::WillNot)
    }

    /// What is expected, each path once.
    pub fn properties(&self) -> impl Iterator<Item = &ChangedAttribute> {
        let mut seen = HashSet::new();
        self.expected()
            .filter(move |detail| seen.insert(&detail.path))
    }
}

/// What `DescribeChangeSet` says about a resource: the worst of its details.
pub fn predicted(details: &[ChangedAttribute]) -> Replacement {
    let each = details.iter().map(ChangedAttribute::predicted);
    each.max().unwrap_or(Replacement::WillNot)
}
