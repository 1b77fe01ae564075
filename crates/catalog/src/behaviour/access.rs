//! Where access is granted: policy documents, what they belong to, and what is attached to whom.

use super::{ANY, Question, Row};
use crate::resource_type::PropertyPath;

/// A place of policy documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyPlace {
    /// Where the documents are; `None` where properties of the resource are one statement.
    pub path: Option<PropertyPath>,
    /// Whom they are about.
    pub about: About,
    /// The page that says so.
    pub source: &'static str,
}

/// Whom is a policy document about?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The resource itself.
    Itself,
    /// Those that it belongs to, see [`belongs_to`].
    Targets,
    /// Those that each statement names.
    Principals,
    /// Everybody who comes this way: it limits, and grants nothing.
    Passers,
    /// Those that the one statement names whose parts are properties of their own.
    Permission,
}

impl PolicyPlace {
    pub(super) fn of(row: &Row) -> Option<PolicyPlace> {
        let about = match row.value {
            "itself" => About::Itself,
            "targets" => About::Targets,
            "principals" => About::Principals,
            "passers" => About::Passers,
            "permission" => About::Permission,
            _ => return None,
        };
        Some(PolicyPlace {
            path: row.path(),
            about,
            source: row.source,
        })
    }
}

/// Returns where such a resource has policy documents.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn policies(resource_type: &str) -> impl Iterator<Item = PolicyPlace> {
    let rows = Question::Policy.of(resource_type).iter();
    rows.filter_map(PolicyPlace::of)
}

/// What a resource says something about: a policy's bucket, the group of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The property that names it, or a list of them.
    pub path: PropertyPath,
    /// What it is, for people, where that is known: `role`, `security group`.
    pub noun: Option<&'static str>,
}

/// Returns the properties that name what such a resource says something about; none where that is the resource itself.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn belongs_to(resource_type: &str) -> impl Iterator<Item = Owner> {
    let rows = Question::BelongsTo.of(resource_type).iter();
    rows.filter_map(|row| {
        Some(Owner {
            path: row.path()?,
            noun: (row.value != super::NOTHING).then_some(row.value),
        })
    })
}

/// What does a property attach to whom?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attachment {
    /// A managed policy to the resource.
    Policy,
    /// The resource, a user, to a group.
    Group,
    /// A user to the group that the resource belongs to.
    Member,
    /// A role to instances with this profile.
    InstanceRole,
    /// Whom tokens are for that are accepted.
    Audience,
    /// A certificate by which the provider of tokens is known.
    Certificate,
    /// Somebody to what is shared.
    Share,
}

impl Attachment {
    pub(super) fn of(row: &Row) -> Option<(PropertyPath, Attachment)> {
        let attachment = match row.value {
            "policy" => Attachment::Policy,
            "group" => Attachment::Group,
            "member" => Attachment::Member,
            "instance-role" => Attachment::InstanceRole,
            "audience" => Attachment::Audience,
            "certificate" => Attachment::Certificate,
            "share" => Attachment::Share,
            _ => return None,
        };
        Some((row.path()?, attachment))
    }
}

/// Returns the lists whose items are attached to something.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn attachments(resource_type: &str) -> impl Iterator<Item = (PropertyPath, Attachment)> {
    let rows = Question::Attaches.of(resource_type).iter();
    rows.filter_map(Attachment::of)
}

/// What does a property say about access that a transform makes something of?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allows {
    /// Each item allows something.
    Items,
    /// It limits who comes: any other value may let in more.
    Limits,
}

impl Allows {
    pub(super) fn of(row: &Row) -> Option<(PropertyPath, Allows)> {
        let allows = match row.value {
            "items" => Allows::Items,
            "limits" => Allows::Limits,
            _ => return None,
        };
        Some((row.path()?, allows))
    }
}

/// Returns the properties with which a transform decides who may do what, in a way that only it knows.
///
/// Source: AWS SAM developer guide, the page of the type.
pub fn allows(resource_type: &str) -> impl Iterator<Item = (PropertyPath, Allows)> {
    let rows = Question::Allows.of(resource_type).iter();
    rows.filter_map(Allows::of)
}

/// What does CloudFormation want to have acknowledged? Each includes those before it.
///
/// Source: CloudFormation API reference, CreateStack, "Capabilities".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// That access is granted.
    Iam,
    /// That access is granted under a name of one's own.
    NamedIam,
}

impl Capability {
    /// Returns CloudFormation's word: `CAPABILITY_NAMED_IAM`.
    pub fn as_str(self) -> &'static str {
        match self {
            Capability::Iam => "CAPABILITY_IAM",
            Capability::NamedIam => "CAPABILITY_NAMED_IAM",
        }
    }

    pub(super) fn of(row: &Row) -> Option<Capability> {
        let all = [Capability::Iam, Capability::NamedIam];
        all.into_iter()
            .find(|capability| capability.as_str() == row.value)
    }
}

/// Returns the capability that a template with such a resource needs; `is_set` tells whether the resource has a property.
///
/// Source: CloudFormation user guide, "Acknowledging IAM resources in CloudFormation templates".
pub fn needs_capability(resource_type: &str, is_set: impl Fn(&str) -> bool) -> Option<Capability> {
    let service = resource_type
        .rsplit_once("::")
        .map_or(resource_type, |(service, _)| service);
    let of_service = Question::NeedsCapability.of(&format!("{service}::{ANY}"));
    let of_type = Question::NeedsCapability.of(resource_type);
    let rows = of_service.iter().chain(of_type);
    let needed = rows.filter(|row| row.path().is_none_or(|path| is_set(path.as_str())));
    needed.filter_map(Capability::of).max()
}
