//! What protects a resource or its data.

use super::{ANY, Question, Row};
use crate::resource_type::PropertyPath;

/// A property that protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protection {
    /// The property.
    pub path: PropertyPath,
    /// When it protects.
    pub protects: While,
    /// What it is, in a few words: `deletion protection`.
    pub what: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

/// While what is so does a property protect?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum While {
    /// It has this value.
    Is(&'static str),
    /// It has any value.
    Set,
}

/// The attribute of a load balancer with which ELBv2 refuses to delete it where it is `true`: one of a list, and so no property
/// of its own.
///
/// Source: template reference, `AWS::ElasticLoadBalancingV2::LoadBalancer`, `LoadBalancerAttribute`.
pub const LOAD_BALANCER_PROTECTION: &str = "deletion_protection.enabled";

/// Returns the properties with which AWS refuses to delete such a resource, each with the value that does so.
///
/// Source: CloudFormation template reference, the pages of the types.
pub fn refusals(resource_type: &str) -> impl Iterator<Item = Protection> {
    Question::RefusesDeletion
        .anywhere(resource_type)
        .filter_map(while_set)
}

/// Returns the properties that protect such a resource, those with which AWS refuses to delete it among them.
///
/// Most of them mean the same in every type that has them; those come first, in the order in which they are told.
/// Source: CloudFormation template reference, the pages of the types.
pub fn protections(resource_type: &str) -> impl Iterator<Item = Protection> {
    let others = Question::Protects
        .anywhere(resource_type)
        .filter_map(while_set);
    refusals(resource_type).chain(others)
}

fn while_set(row: &Row) -> Option<Protection> {
    Some(Protection {
        path: row.path()?,
        protects: match row.value {
            ANY => While::Set,
            value => While::Is(value),
        },
        what: row.what,
        source: row.source,
    })
}

/// Returns what such a resource does to protect others by being there, in a few words: `records traffic`.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn guards(resource_type: &str) -> Option<&'static str> {
    Some(Question::Guards.of(resource_type).first()?.what)
}
