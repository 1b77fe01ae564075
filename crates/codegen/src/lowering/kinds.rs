//! Which kind of text a property takes and a resource gives, where the schema's `format` does not say it: from
//! the catalog's relationships, and from names, which AWS chooses with care (`VpcId`, `TargetGroupArn`).
//!
//! A kind that is wrong refuses what is right; `.cast()` is the way around.

use stratiform_catalog::{ResourceType, Schema, catalog};

use super::beyond::{Here, all};
use super::shape::{Shape, kind, shape};

/// A kind of text.
#[derive(Debug)]
pub(super) enum Inferred {
    /// What identifies resources of one type: `AWS::EC2::RouteTable.Id`.
    Of(String),
    /// One of several kinds; the first is meant where a resource has more of them.
    OneOf(Vec<String>),
    /// An ARN of nobody knows what.
    Arn,
}

/// Types that properties of every service name.
const EVERYWHERE: [&str; 7] = [
    "AWS::EC2::NetworkInterface",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::Logs::LogGroup",
];

const ROLE: &str = "AWS::IAM::Role";

/// The types that a property of a resource may name: those of its service first.
pub(super) fn nameable(resource_type: ResourceType) -> Vec<ResourceType> {
    let service = |name: &'static str| name.rsplit_once("::").map(|(service, _)| service);
    let own = service(resource_type.name());
    let siblings = all()
        .iter()
        .copied()
        .filter(|sibling| service(sibling.name()) == own);
    let everywhere = EVERYWHERE
        .into_iter()
        .filter_map(|name| catalog().resource_type(name));
    siblings.chain(everywhere).collect()
}

/// What an attribute of a resource, or the property that `Ref` gives, identifies.
pub(super) fn given(resource_type: ResourceType, attribute: &str) -> Option<Inferred> {
    let here = Here {
        resource_type,
        is_top_level: true,
        property: attribute,
    };
    // What a property takes that can be set says its name; only what is given is given here.
    let is_read = resource_type
        .read_only()
        .any(|path| path.as_str() == attribute);
    if let Some(named) = here.names().filter(|_| is_read) {
        return Some(named);
    }
    let own = |what: &str| Some(Inferred::Of(format!("{}.{what}", resource_type.name())));
    let is_identifier = identifier(resource_type) == Some(attribute);
    match suffixed(attribute)? {
        (_, what) if is_identifier => own(what),
        (stem, "Arn") if stem.is_empty() || names(stem, resource_type).is_some() => own("Arn"),
        (_, "Arn") => Some(Inferred::Arn),
        _ => None,
    }
}

/// What a property takes, by its relationship or else by its name.
pub(super) fn taken(
    resource_type: ResourceType,
    nameable: &[ResourceType],
    property: &str,
    schema: Schema,
) -> Option<Inferred> {
    let relationship = schema
        .relationship()
        .or_else(|| schema.resolve().relationship());
    if let Some((target, path)) = relationship {
        let target = catalog().resource_type(target)?;
        return identity(target, path.trim_start_matches("/properties/"));
    }
    let (stem, what) = suffixed(property).unwrap_or((property, ""));
    if what == "Name" && identifier(resource_type) == Some(property) {
        // Its own name, which is given here.
        return None;
    }
    let is_arn = schema
        .resolve()
        .pattern()
        .is_some_and(|pattern| pattern.contains("arn:"));
    if stem.ends_with("Role") && (what == "Arn" || what.is_empty() && is_arn) {
        return Some(Inferred::Of(format!("{ROLE}.Arn")));
    }
    // The longest name counts: `DBSubnetGroup` before `Subnet`.
    let named = nameable
        .iter()
        .filter_map(|target| Some((names(stem, *target)?, *target)))
        .max_by_key(|(length, _)| *length)
        .map(|(_, target)| target)
        .filter(|target| target.name() != resource_type.name());
    match (named, what) {
        // What names a type only at its end (`PublicIpv4Pool`) seldom wants an ARN.
        (Some(target), "") => identity(target, identifier(target)?).filter(|identity| {
            let simple = target.name().rsplit("::").next().unwrap_or_default();
            let is_whole = stem.trim_end_matches('s').len() <= simple.len();
            is_whole || !matches!(identity, Inferred::Of(format) if format.ends_with(".Arn"))
        }),
        (Some(target), "Arn") if gives_arn(target) => {
            Some(Inferred::Of(format!("{}.Arn", target.name())))
        }
        (_, "Arn") => Some(Inferred::Arn),
        (Some(target), what) => {
            let identity = identity(target, identifier(target)?)?;
            matches!(&identity, Inferred::Of(format) if format.ends_with(&format!(".{what}")))
                .then_some(identity)
        }
        (None, _) => None,
    }
}

/// What a type's attribute identifies, by the schema's `format` or else by its name.
fn identity(resource_type: ResourceType, attribute: &str) -> Option<Inferred> {
    let schema = resource_type.schema().property(attribute)?;
    match kind(schema).or_else(|| kind(schema.resolve())) {
        Some(format) => Some(Inferred::Of(format.to_owned())),
        None if matches!(shape(schema.resolve()), Shape::Text) => given(resource_type, attribute),
        None => None,
    }
}

/// The one property that identifies a resource: what `Ref` gives.
pub(super) fn identifier(resource_type: ResourceType) -> Option<&'static str> {
    let mut identifier = resource_type.primary_identifier();
    match (identifier.next(), identifier.next()) {
        (Some(path), None) => Some(path.as_str()),
        _ => None,
    }
}

fn gives_arn(resource_type: ResourceType) -> bool {
    resource_type.attributes().any(|attribute| {
        let given = given(resource_type, attribute.name);
        matches!(given, Some(Inferred::Of(format)) if format.ends_with(".Arn"))
    })
}

/// `TargetGroupArns` → `TargetGroup`, `Arn`.
fn suffixed(name: &str) -> Option<(&str, &'static str)> {
    [
        ("ARNs", "Arn"),
        ("Arns", "Arn"),
        ("ARN", "Arn"),
        ("Arn", "Arn"),
        ("IDs", "Id"),
        ("Ids", "Id"),
        ("ID", "Id"),
        ("Id", "Id"),
        ("Names", "Name"),
        ("Name", "Name"),
        ("Url", "Url"),
    ]
    .into_iter()
    .find_map(|(suffix, what)| Some((name.strip_suffix(suffix)?, what)))
}

/// How much of a name says which type it is: all of it, or its end where that is more than one word
/// (`AlternateTargetGroup`). Nothing where it says another type.
fn names(stem: &str, resource_type: ResourceType) -> Option<usize> {
    let simple = resource_type.name().rsplit("::").next()?.to_lowercase();
    let stem_lower = stem.to_lowercase();
    let singular = stem_lower.strip_suffix('s').unwrap_or(&stem_lower);
    let is_whole = stem_lower == simple || singular == simple;
    let words = resource_type.name().rsplit("::").next()?;
    let is_compound = words
        .chars()
        .skip(1)
        .zip(words.chars().skip(2))
        .any(|(first, second)| first.is_ascii_uppercase() && second.is_ascii_lowercase());
    let is_end = is_compound && (stem_lower.ends_with(&simple) || singular.ends_with(&simple));
    (is_whole || is_end).then_some(simple.len())
}
