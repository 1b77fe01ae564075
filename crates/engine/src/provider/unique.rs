//! What there can be only one of: names, identifiers, and the one policy of a bucket.
//!
//! What lives here: the keys of what a resource takes. What does not: who has taken them.

use serde_json::{Map, Value};
use stratiform_catalog::naming::{NameScope, name_scope};
use stratiform_catalog::{ResourceType, behaviour, catalog};

use super::form::{property, text};
use super::plausible::is_read_only;
use super::recipe::recipe;
use super::table::Once;
use super::{Identity, name};

/// Something that two resources cannot have at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unique {
    /// Within what.
    pub(crate) scope: NameScope,
    /// What it is: `AWS::SQS::Queue QueueName=orders`.
    pub(crate) key: String,
    /// What messages call it: `orders`.
    pub(crate) name: String,
}

/// Returns what a resource has that no other can have: its physical ID too, unless the table says all there is to say. Stages
/// of two APIs have the same one.
pub(crate) fn unique(
    resource_type: &str,
    identity: &Identity,
    properties: &Map<String, Value>,
) -> Vec<Unique> {
    let mut all = unique_of_properties(resource_type, properties);
    match recipe(resource_type).once {
        Once::Groups(_) => {}
        Once::ByRule => all.push(Unique {
            scope: name_scope(resource_type),
            key: format!("{resource_type} {}", identity.physical_id),
            name: identity.physical_id.clone(),
        }),
    }
    all
}

/// Returns what a resource will have that no other can have, as far as its properties tell: what the user named.
pub(crate) fn unique_of_properties(
    resource_type: &str,
    properties: &Map<String, Value>,
) -> Vec<Unique> {
    let groups = match recipe(resource_type).once.clone() {
        Once::Groups(groups) => owned(groups),
        Once::ByRule => by_rule(resource_type, properties),
    };
    let named = custom_name(resource_type, properties);
    let mut all: Vec<Unique> = Vec::new();
    for group in groups {
        let Some(found) = of_group(resource_type, &group, named.as_deref(), properties) else {
            continue;
        };
        if all.iter().all(|known| known.key != found.key) {
            all.push(found);
        }
    }
    all
}

/// Returns the name that the user gave, as far as names of the type are theirs to give: what
/// `Rename <name> and update the stack again.` says.
pub(crate) fn custom_name(resource_type: &str, properties: &Map<String, Value>) -> Option<String> {
    name::given(&recipe(resource_type).naming, properties)
}

fn owned(groups: Vec<Vec<&'static str>>) -> Vec<Vec<String>> {
    let own = |group: Vec<&'static str>| group.into_iter().map(str::to_owned).collect();
    groups.into_iter().map(own).collect()
}

/// The name, within what scopes it; the primary identifier, if nothing of it is AWS's to give.
fn by_rule(resource_type: &str, properties: &Map<String, Value>) -> Vec<Vec<String>> {
    let mut groups = Vec::new();
    let found = catalog().resource_type(resource_type);
    if let Some(name) = recipe(resource_type).naming.property.clone() {
        let scopes = |found: ResourceType| -> Vec<String> {
            let scopes = |key: &&String| **key != name && behaviour::scopes_names(found, key);
            properties.keys().filter(scopes).cloned().collect()
        };
        let mut group = found.map(scopes).unwrap_or_default();
        group.push(name);
        groups.push(group);
    }
    if let Some(found) = found {
        let parts = found
            .primary_identifier()
            .map(|path| path.as_str().replace('/', "."));
        let group: Vec<_> = parts.collect();
        let is_given =
            |part: &String| !is_read_only(found, part) && property(properties, part).is_some();
        if !group.is_empty() && group.iter().all(is_given) {
            groups.push(group);
        }
    }
    groups
}

/// The key of a group of properties. All must be there but those that have a default: the bus of a rule, whether an entry
/// of an ACL is for what goes out, the identifier of a record set.
fn of_group(
    resource_type: &str,
    group: &[String],
    named: Option<&str>,
    properties: &Map<String, Value>,
) -> Option<Unique> {
    const WITH_DEFAULT: [(&str, &str); 6] = [
        ("Egress", "false"),
        ("EventBusName", "default"),
        ("PathPart", ""),
        ("Qualifier", ""),
        ("Scope", "REGIONAL"),
        ("SetIdentifier", ""),
    ];
    let mut parts = Vec::new();
    for path in group {
        let default = || WITH_DEFAULT.iter().find(|(name, _)| name == path);
        let value = match property(properties, path) {
            Some(value) => text(value),
            None => default()?.1.to_owned(),
        };
        parts.push((path, value));
    }
    let shown = match named {
        Some(name) if parts.iter().any(|(_, value)| value == name) => name.to_owned(),
        Some(_) | None => parts
            .iter()
            .map(|(_, value)| value.as_str())
            .collect::<Vec<_>>()
            .join("|"),
    };
    let parts: Vec<_> = parts
        .iter()
        .map(|(path, value)| format!("{path}={value}"))
        .collect();
    Some(Unique {
        scope: name_scope(resource_type),
        key: format!("{resource_type} {}", parts.join(" ")),
        name: shown,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys(resource_type: &str, properties: Value) -> Vec<(NameScope, String, String)> {
        let all = unique_of_properties(resource_type, properties.as_object().unwrap());
        all.into_iter()
            .map(|one| (one.scope, one.key, one.name))
            .collect()
    }

    #[test]
    fn names_are_unique_where_their_type_has_them() {
        let check = |resource_type: &str, properties: Value, scope, key: &str, name: &str| {
            let expected = (scope, format!("{resource_type} {key}"), name.to_owned());
            assert_eq!(keys(resource_type, properties), [expected]);
        };
        check(
            "AWS::SQS::Queue",
            json!({"QueueName": "q"}),
            NameScope::Region,
            "QueueName=q",
            "q",
        );
        check(
            "AWS::S3::Bucket",
            json!({"BucketName": "b"}),
            NameScope::Partition,
            "BucketName=b",
            "b",
        );
        check(
            "AWS::IAM::Role",
            json!({"RoleName": "r"}),
            NameScope::Account,
            "RoleName=r",
            "r",
        );
        check(
            "AWS::S3::BucketPolicy",
            json!({"Bucket": "b"}),
            NameScope::Region,
            "Bucket=b",
            "b",
        );
        check(
            "AWS::ECS::Service",
            json!({"Cluster": "c", "ServiceName": "s"}),
            NameScope::Region,
            "Cluster=c ServiceName=s",
            "s",
        );
        check(
            "AWS::Events::Rule",
            json!({"Name": "r"}),
            NameScope::Region,
            "EventBusName=default Name=r",
            "r",
        );
        check(
            "AWS::ElasticLoadBalancingV2::Listener",
            json!({"LoadBalancerArn": "lb", "Port": "80", "Protocol": "HTTP"}),
            NameScope::Region,
            "LoadBalancerArn=lb Port=80",
            "lb|80",
        );
        check(
            "AWS::EC2::Route",
            json!({"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}),
            NameScope::Region,
            "RouteTableId=rtb-1 DestinationCidrBlock=0.0.0.0/0",
            "rtb-1|0.0.0.0/0",
        );
    }

    #[test]
    fn what_has_no_name_takes_none() {
        assert_eq!(keys("AWS::SQS::Queue", json!({})), []);
        assert_eq!(keys("AWS::ECS::TaskDefinition", json!({"Family": "f"})), []);
        assert_eq!(
            keys("AWS::EC2::VPC", json!({"CidrBlock": "10.0.0.0/16"})),
            []
        );
        assert_eq!(keys("Custom::Thing", json!({"Name": "n"})), []);
    }

    #[test]
    fn what_is_there_takes_its_physical_id_too() {
        let identity = Identity {
            physical_id: "vpc-1".to_owned(),
            ..Identity::default()
        };
        let all = unique("AWS::EC2::VPC", &identity, &Map::new());
        assert_eq!(
            all.first().map(|one| one.key.as_str()),
            Some("AWS::EC2::VPC vpc-1")
        );
        assert_eq!(unique("AWS::ApiGateway::Stage", &identity, &Map::new()), []);
    }

    #[test]
    fn the_name_that_was_given() {
        let check = |resource_type, properties: Value, expected: Option<&str>| {
            let found = custom_name(resource_type, properties.as_object().unwrap());
            assert_eq!(found.as_deref(), expected, "{resource_type}");
        };
        check("AWS::SNS::Topic", json!({"TopicName": "t"}), Some("t"));
        check("AWS::SNS::Topic", json!({"DisplayName": "t"}), None);
        check(
            "AWS::Budgets::Budget",
            json!({"Budget": {"BudgetName": "b"}}),
            Some("b"),
        );
        check("AWS::ECS::TaskDefinition", json!({"Family": "f"}), None);
    }
}
