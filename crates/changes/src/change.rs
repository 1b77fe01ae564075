//! What changes, in CloudFormation's own terms.

use std::collections::HashSet;
use std::fmt;

use stratiform_resolve::Resolved;

use crate::recreation::{Fact, Recreation};

/// A resource that changes: what `DescribeChangeSet` would say, in both of its views, and the values behind it.
#[derive(Clone, Debug)]
pub struct ResourceChange {
    /// What happens.
    pub action: Action,
    /// The logical ID.
    pub logical_id: String,
    /// The resource type: after the change, or before it where the resource goes.
    pub resource_type: String,
    /// What happens to the physical resource that goes.
    pub policy: Policy,
    /// Whether [`ResourceChange::policy`] is the template's word or CloudFormation's default.
    pub policy_origin: PolicyOrigin,
    /// Details that follow expressions: what `DescribeChangeSet` lists without `IncludePropertyValues`.
    pub references: Vec<Detail>,
    /// Details that follow values: what `DescribeChangeSet` lists with `IncludePropertyValues`.
    pub values: Vec<Detail>,
    /// What follows from values that become others only during the change: an attribute of a resource that is updated
    /// in place. `DescribeChangeSet` lists it without values only; it happens all the same.
    pub propagated: Vec<Detail>,
    /// The resource before the change.
    pub before: Option<Context>,
    /// The resource after the change.
    pub after: Option<Context>,
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
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It is made.
    Add,
    /// It is updated or replaced.
    Modify,
    /// It leaves the stack.
    Remove,
}

impl Action {
    /// CloudFormation's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Add => "Add",
            Action::Modify => "Modify",
            Action::Remove => "Remove",
        }
    }
}

/// Does a change replace the resource? Worst last, so that several are combined with `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Replacement {
    /// The resource is updated in place.
    WillNot,
    /// That depends on what is only known during the change.
    May,
    /// A new resource takes its place.
    Will,
}

impl Replacement {
    /// CloudFormation's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Replacement::WillNot => "False",
            Replacement::May => "Conditional",
            Replacement::Will => "True",
        }
    }
}

impl fmt::Display for Replacement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Replacement::WillNot => "will not replace",
            Replacement::May => "may replace",
            Replacement::Will => "will replace",
        })
    }
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

/// An attribute of a resource: what a change is a change of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
pub enum Attribute {
    Properties,
    Metadata,
    CreationPolicy,
    UpdatePolicy,
    DeletionPolicy,
    UpdateReplacePolicy,
    Tags,
}

impl Attribute {
    /// CloudFormation's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Attribute::Properties => "Properties",
            Attribute::Metadata => "Metadata",
            Attribute::CreationPolicy => "CreationPolicy",
            Attribute::UpdatePolicy => "UpdatePolicy",
            Attribute::DeletionPolicy => "DeletionPolicy",
            Attribute::UpdateReplacePolicy => "UpdateReplacePolicy",
            Attribute::Tags => "Tags",
        }
    }
}

/// One reason why a resource changes.
#[derive(Clone, Debug)]
pub struct Detail {
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
    pub change_type: ChangeType,
    /// The value before.
    pub before: Option<Resolved<'static>>,
    /// The value after.
    pub after: Option<Resolved<'static>>,
}

impl Detail {
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

    /// What is to be expected: what `DescribeChangeSet` says, except where AWS documents the update in place, and where
    /// one of the values is not known here.
    pub fn replacement(&self) -> Replacement {
        let sides = [&self.before, &self.after];
        let unknown = sides.into_iter().flatten().any(Resolved::is_unknown_now);
        match (self.recreation.fact, self.predicted()) {
            (Fact::InPlace(..), _) => Replacement::WillNot,
            // It may be the same value, written another way.
            (_, Replacement::Will)
                if unknown && self.source == ChangeSource::DirectModification =>
            {
                Replacement::May
            }
            (_, predicted) => predicted,
        }
    }

    /// The path as CloudFormation writes it: `/Properties/Tags/0/Value`.
    pub fn pointer(&self) -> String {
        self.path
            .iter()
            .fold(String::new(), |pointer, step| pointer + "/" + step)
    }
}

/// Does a change of this attribute make a new resource?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
pub enum RequiresRecreation {
    Never,
    Conditionally,
    Always,
}

impl RequiresRecreation {
    /// CloudFormation's word.
    pub fn as_str(self) -> &'static str {
        match self {
            RequiresRecreation::Never => "Never",
            RequiresRecreation::Conditionally => "Conditionally",
            RequiresRecreation::Always => "Always",
        }
    }
}

/// When is the new value known?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evaluation {
    /// Before the change.
    Static,
    /// During the change: it may turn out to be the same.
    Dynamic,
}

impl Evaluation {
    /// CloudFormation's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Evaluation::Static => "Static",
            Evaluation::Dynamic => "Dynamic",
        }
    }
}

/// Where does a change come from?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeSource {
    /// `Ref` of a resource that is replaced.
    ResourceReference,
    /// A parameter with another value.
    ParameterReference,
    /// `Fn::GetAtt` of a resource that changes.
    ResourceAttribute,
    /// The template itself.
    DirectModification,
    /// A nested stack, which CloudFormation updates with its parent whether or not it changes.
    Automatic,
}

impl ChangeSource {
    /// CloudFormation's word.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeSource::ResourceReference => "ResourceReference",
            ChangeSource::ParameterReference => "ParameterReference",
            ChangeSource::ResourceAttribute => "ResourceAttribute",
            ChangeSource::DirectModification => "DirectModification",
            ChangeSource::Automatic => "Automatic",
        }
    }
}

/// Does a value come, go or become another?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
pub enum ChangeType {
    Add,
    Modify,
    Remove,
}

impl ChangeType {
    /// CloudFormation's word.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeType::Add => "Add",
            ChangeType::Modify => "Modify",
            ChangeType::Remove => "Remove",
        }
    }
}

impl ResourceChange {
    /// All that will change, as far as can be known: values, and what is propagated through them.
    pub fn expected(&self) -> impl Iterator<Item = &Detail> {
        self.values.iter().chain(&self.propagated)
    }

    /// Whether anything is expected to happen to the resource.
    pub fn is_expected(&self) -> bool {
        self.action != Action::Modify || self.expected().next().is_some()
    }

    /// Whether the resource is replaced: the worst of what is expected.
    pub fn replacement(&self) -> Replacement {
        let each = self.expected().map(Detail::replacement);
        each.max().unwrap_or(Replacement::WillNot)
    }

    /// What is expected, each path once.
    pub fn properties(&self) -> impl Iterator<Item = &Detail> {
        let mut seen = HashSet::new();
        self.expected()
            .filter(move |detail| seen.insert(&detail.path))
    }
}

/// What `DescribeChangeSet` says about a resource: the worst of its details.
pub fn predicted(details: &[Detail]) -> Replacement {
    let each = details.iter().map(Detail::predicted);
    each.max().unwrap_or(Replacement::WillNot)
}
