//! What a handle stands for where a kind of text is expected: `vpc_id: &vpc`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::model::{Kind, Resource, RustType};
use crate::name::camel;

/// What identifies a resource: how it is asked for, and of which kind it is.
struct Identity<'a> {
    /// The method of the handle.
    method: &'a str,
    /// Nothing for `Ref`.
    attribute: Option<&'a str>,
    kind: &'a Kind,
}

/// Writes for each kind which of a resource's own identities has it. Where several do, the compiler says which.
/// Only the resource itself decides that, not which other types are generated beside it.
pub(super) fn emit(source: &mut String, kinds: &BTreeMap<String, Kind>, resource: &Resource) {
    let identities = identities(kinds, resource);
    let own: BTreeSet<&Kind> = identities
        .iter()
        .map(|identity| identity.kind)
        .chain(Kind::choices())
        .collect();
    let known = own
        .into_iter()
        .map(|kind| (format!("kinds::{}", kind.name()), Expected::Kind(kind)));
    let mut choices = BTreeSet::new();
    for (name, expected) in known.chain([("cfn::Arn".to_owned(), Expected::Arn)]) {
        let fitting: Vec<&Identity<'_>> = identities
            .iter()
            .filter(|identity| expected.accepts(identity.kind))
            .collect();
        let preferred = fitting
            .iter()
            .find(|identity| expected.prefers(identity.kind));
        let Some(first) = preferred.or(fitting.first()) else {
            continue;
        };
        let choice = match fitting.as_slice() {
            _ if preferred.is_some() => "cfn::One".to_owned(),
            [_] => "cfn::One".to_owned(),
            several => {
                let methods = several.iter().map(|identity| camel(identity.method));
                let methods = methods.collect::<Vec<_>>().join("Or");
                let choice = format!("{}Gives{methods}", resource.name);
                choices.insert(choice.clone());
                choice
            }
        };
        line!(
            source,
            "impl cfn::Gives<cfn::Id<{name}>> for {} {{ type Choice = {choice}; const ATTRIBUTE: Option<&'static str> = {:?}; }}",
            resource.name,
            first.attribute
        );
    }
    for choice in choices {
        line!(
            source,
            "/// Which of these is meant, a handle of `{}` cannot know.\n#[derive(Debug)]\npub enum {choice} {{}}",
            resource.resource_type
        );
    }
}

/// What a property expects.
enum Expected<'a> {
    Kind(&'a Kind),
    /// An ARN of anything.
    Arn,
}

impl Expected<'_> {
    fn accepts(&self, given: &Kind) -> bool {
        match self {
            Expected::Kind(kind) => kind.accepts(given),
            Expected::Arn => given.is_arn(),
        }
    }

    /// Whether this is the one that is meant where several are accepted.
    fn prefers(&self, given: &Kind) -> bool {
        match self {
            Expected::Kind(kind) => kind
                .first
                .as_ref()
                .is_some_and(|first| given.formats.len() == 1 && given.formats.contains(first)),
            Expected::Arn => false,
        }
    }
}

/// The identities that are the resource's own, each kind once: not the ID of the network that it is in.
///
/// `Ref` comes last but for the attribute that is the same: `GroupId` of a security group is its ID, and its `Ref`
/// was a name in networks of old.
fn identities<'a>(kinds: &'a BTreeMap<String, Kind>, resource: &'a Resource) -> Vec<Identity<'a>> {
    let attributes = resource
        .attributes
        .iter()
        // What is inside of another attribute is about that: `VpcEncryptionControl.VpcId`.
        .filter(|attribute| !attribute.attribute.contains('.'))
        .filter(|attribute| Some(attribute.attribute) != resource.identifier)
        .map(|attribute| {
            let name = attribute.name.as_str();
            (name, Some(attribute.attribute), &attribute.rust_type)
        });
    let mut identities: BTreeMap<&String, Identity<'a>> = BTreeMap::new();
    for (method, attribute, rust_type) in
        attributes.chain([("reference", None, &resource.reference)])
    {
        let RustType::Id(name) = rust_type else {
            continue;
        };
        let Some(kind) = kinds.get(name) else {
            continue;
        };
        let own = |format: &String| {
            let (owner, _) = format.rsplit_once('.').unwrap_or_default();
            owner == resource.resource_type
        };
        if kind.formats.iter().all(own) {
            identities.entry(name).or_insert(Identity {
                method,
                attribute,
                kind,
            });
        }
    }
    identities.into_values().collect()
}
