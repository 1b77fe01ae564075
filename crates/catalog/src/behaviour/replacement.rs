//! What a replacement means for a type. Which order it happens in is [`ResourceType::replacement_strategy`].

use super::Question;
use crate::resource_type::{PropertyPath, ResourceType};

/// How the names of properties end that name a resource.
const NAMES: [&str; 3] = ["Name", "Identifier", "Id"];

/// Tells whether a replacement of such a resource is a new revision: that is how it is meant to change.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn is_revision(resource_type: &str) -> bool {
    Question::Revision.is_answered(resource_type)
}

/// Returns the property that names such resources, of which there can be only one: `TopicName`, `DBInstanceIdentifier`,
/// `Name`. Within what it is unique, [`scopes_names`] tells.
///
/// It is the first top-level createOnly property that is called after the type.
pub fn unique_name(resource_type: ResourceType) -> Option<PropertyPath> {
    let own = resource_type.name().rsplit("::").next()?;
    let is_own = |path: &PropertyPath| {
        let name = path.as_str();
        let stem = NAMES.iter().find_map(|end| name.strip_suffix(end));
        stem.is_some_and(|stem| own.ends_with(stem) && (!stem.is_empty() || name == "Name"))
    };
    let mut candidates = resource_type
        .create_only()
        .filter(|path| path.is_top_level());
    candidates.find(is_own)
}

/// Tells whether names of such resources are unique only within what a property says, as those of subnets of a VPC or of
/// aliases of a function.
///
/// So it is with each part of an identifier that has several. Source of the others: CloudFormation template reference, the
/// pages of the types.
pub fn scopes_names(resource_type: ResourceType, property: &str) -> bool {
    let identifier = || resource_type.primary_identifier().map(PropertyPath::first);
    let rows = Question::ScopesName.anywhere(resource_type.name());
    identifier().count() > 1 && identifier().any(|part| part == property)
        || rows.into_iter().any(|row| row.path == property)
}

/// Returns the properties whose change makes a new resource of a type that exists only through a transform, so that no
/// schema says it, each with the page that does.
///
/// Source: AWS SAM developer guide, the page of the type.
pub fn replaces(resource_type: &str) -> impl Iterator<Item = (PropertyPath, &'static str)> {
    let rows = Question::Replaces.of(resource_type).iter();
    rows.filter_map(|row| Some((row.path()?, row.source)))
}

/// Tells whether a transform makes a resource of one of two types into one of the other, under the same logical ID.
///
/// Source: AWS SAM developer guide, "Generated CloudFormation resources".
pub fn stand_for(one: &str, other: &str) -> bool {
    let stands = |one: &str, other: &str| {
        let rows = Question::Becomes.of(one).iter();
        rows.into_iter().any(|row| row.value == other)
    };
    stands(one, other) || stands(other, one)
}
