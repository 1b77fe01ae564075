//! What AWS's pages say of properties, and the schemas leave out: facts of the catalog.

use std::sync::LazyLock;

use stratiform_catalog::{PropertyPath, ResourceType, Schema, behaviour, catalog, offered};

use super::kinds::Inferred;

/// A property: of the resource itself, or of one of its structs.
///
/// A struct may stand in several places; a fact about one of them is about the property of that name.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) resource_type: ResourceType,
    pub(super) is_top_level: bool,
    pub(super) property: &'a str,
}

impl Here<'_> {
    fn is_at(self, path: PropertyPath) -> bool {
        let last = path.segments().filter(|step| *step != "*").last();
        path.is_top_level() == self.is_top_level && last == Some(self.property)
    }

    /// What it identifies.
    pub(super) fn names(self) -> Option<Inferred> {
        let mut names = behaviour::names(self.resource_type.name());
        let (_, kinds) = names.find(|(path, _)| path.is_some_and(|path| self.is_at(path)))?;
        inferred(&kinds)
    }

    /// The texts that it may be.
    pub(super) fn choices(self) -> Option<Vec<&'static str>> {
        let name = self.resource_type.name();
        let mut choices = behaviour::choices(name);
        let mut offered = behaviour::offered(name);
        let listed = choices.find(|(path, _)| self.is_at(*path));
        listed.map(|(_, values)| values).or_else(|| {
            let (_, extension) = offered.find(|(path, _)| self.is_at(*path))?;
            Some(offered::anywhere(extension))
        })
    }

    /// Whether it is a number as text. An account is none, though it is digits: `012345678901` begins with zero.
    pub(super) fn is_digits(self, schema: Schema) -> bool {
        const ANY_NUMBER: [&str; 4] = ["^[0-9]*$", "^[0-9]+$", r"^\d*$", r"^\d+$"];
        let pattern = schema.resolve().pattern();
        let by_pattern = pattern.is_some_and(|pattern| ANY_NUMBER.contains(&pattern));
        by_pattern && !self.property.contains("Account")
            || behaviour::digits(self.resource_type.name()).any(|path| self.is_at(path))
    }
}

/// What `Ref` gives.
pub(super) fn reference(resource_type: ResourceType) -> Option<Inferred> {
    let mut names = behaviour::names(resource_type.name());
    let (_, kinds) = names.find(|(path, _)| path.is_none())?;
    inferred(&kinds)
}

/// All types of the catalog. Going through it takes its time, and build scripts ask for each type that they generate.
pub(super) fn all() -> &'static [ResourceType] {
    static ALL: LazyLock<Vec<ResourceType>> =
        LazyLock::new(|| catalog().resource_types().collect());
    &ALL
}

/// Every choice of kinds, the one that is meant first.
pub(crate) fn choices() -> impl Iterator<Item = Vec<String>> {
    let types = all().iter();
    let all = types.flat_map(|resource_type| behaviour::names(resource_type.name()));
    let several = all.filter(|(_, kinds)| kinds.len() > 1);
    several.map(|(_, kinds)| kinds.iter().copied().map(str::to_owned).collect())
}

fn inferred(kinds: &[&str]) -> Option<Inferred> {
    match kinds {
        [] => None,
        ["Arn"] => Some(Inferred::Arn),
        [one] => Some(Inferred::Of((*one).to_owned())),
        several => Some(Inferred::OneOf(
            several.iter().copied().map(str::to_owned).collect(),
        )),
    }
}
