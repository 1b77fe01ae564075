//! What can be reached from where.

use super::{Question, Row, paths};
use crate::resource_type::PropertyPath;

/// How does a resource write rules of what may pass?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Firewall {
    /// A security group with its rules, both ways.
    SecurityGroup,
    /// One rule for what comes in.
    Ingress,
    /// One rule for what goes out.
    Egress,
    /// Blocks of addresses that rules refer to.
    PrefixList,
    /// One rule of a network ACL.
    AclEntry,
    /// The endpoint of a Kubernetes cluster.
    Kubernetes,
}

impl Firewall {
    pub(super) fn of(row: &Row) -> Option<Firewall> {
        Some(match row.value {
            "security-group" => Firewall::SecurityGroup,
            "ingress" => Firewall::Ingress,
            "egress" => Firewall::Egress,
            "prefix-list" => Firewall::PrefixList,
            "acl-entry" => Firewall::AclEntry,
            "kubernetes" => Firewall::Kubernetes,
            _ => return None,
        })
    }
}

/// Returns how such a resource writes rules of what may pass; `None` if it has none.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn firewall(resource_type: &str) -> Option<Firewall> {
    Firewall::of(Question::Firewall.of(resource_type).first()?)
}

/// A property that decides whether a resource can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The property.
    pub path: PropertyPath,
    /// What stands behind it.
    pub behind: Behind,
    /// How it decides.
    pub decides: Decides,
    /// What the resource is when it is open, in a few words: `publicly accessible`.
    pub what: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

/// What stands behind an opening?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// What is meant for few: a database, a function without authentication.
    Inside,
    /// What is meant for visitors: a load balancer, an API.
    Front,
    /// One of several things that decide together: an address, a route.
    Way,
}

/// How does a property decide?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decides {
    /// Open with one of these values; without any, as it is otherwise.
    Values(OpenValues, Otherwise),
    /// Open unless it is `PRIVATE`.
    UnlessPrivate,
    /// Open where it names no subnets.
    OutsideVpc,
    /// Open where it is HTTP, and the resource does more than to redirect.
    PlainHttp,
    /// Open where it names a gateway to the internet, and the resource sends everything there.
    ToEverywhere,
}

/// The values of a property with which something is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenValues(&'static str);

impl OpenValues {
    /// Tells whether a value is one of them, in any case.
    pub fn contain(self, value: &str) -> bool {
        self.iter().any(|open| open.eq_ignore_ascii_case(value))
    }

    /// Returns them.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        self.0.split(' ')
    }
}

/// Is it open where the property is not set?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// Yes.
    Open,
    /// No.
    Closed,
    /// That depends on something else.
    Unknown,
}

impl Opening {
    pub(super) fn of(row: &Row) -> Option<Opening> {
        let (behind, how) = row.value.split_once(' ')?;
        let behind = match behind {
            "inside" => Behind::Inside,
            "front" => Behind::Front,
            "way" => Behind::Way,
            _ => return None,
        };
        let decides = match how.split_once(' ') {
            None => match how {
                "unless-private" => Decides::UnlessPrivate,
                "outside-vpc" => Decides::OutsideVpc,
                "plain-http" => Decides::PlainHttp,
                "to-everywhere" => Decides::ToEverywhere,
                _ => return None,
            },
            Some((otherwise, values)) => {
                let otherwise = match otherwise {
                    "open" => Otherwise::Open,
                    "closed" => Otherwise::Closed,
                    "unknown" => Otherwise::Unknown,
                    _ => return None,
                };
                Decides::Values(OpenValues(values), otherwise)
            }
        };
        Some(Opening {
            path: row.path()?,
            behind,
            decides,
            what: row.what,
            source: row.source,
        })
    }
}

/// Returns the properties that decide whether such a resource can be reached.
///
/// Source: CloudFormation template reference, the page of the type; the defaults as written there. OpenSearch Service
/// developer guide, "Launching your domains within a VPC".
pub fn openings(resource_type: &str) -> impl Iterator<Item = Opening> {
    let rows = Question::Opens.of(resource_type).iter();
    rows.filter_map(Opening::of)
}

/// Returns the blocks that keep everybody out while they are `true`.
///
/// Source: S3 user guide, "Blocking public access to your Amazon S3 storage".
pub fn public_access_blocks(resource_type: &str) -> impl Iterator<Item = PropertyPath> {
    paths(Question::BlocksPublicAccess.of(resource_type))
}

/// Tells whether such a resource connects two networks.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn connects_networks(resource_type: &str) -> bool {
    Question::ConnectsNetworks.is_answered(resource_type)
}
