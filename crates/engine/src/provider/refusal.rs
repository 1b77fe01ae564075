//! What the services behind types refuse: rules of their own, which no schema has, and the words for them.
//!
//! What lives here: rules of single types that our stacks and the recordings need, and those that the catalog's
//! `behaviour` knows of. What does not: properties held against schemas (`schema`).

use serde_json::{Map, Value};
use stratiform_catalog::behaviour::{self, While};

use super::form::{property, text};
use super::validation::Fault;
use crate::ids::Ids;

/// A refusal by the service behind a type.
struct Refusal {
    /// `Rds`.
    service: &'static str,
    message: String,
    /// The handler's code.
    code: &'static str,
}

impl Refusal {
    fn invalid(service: &'static str, message: impl Into<String>) -> Refusal {
        Refusal {
            service,
            message: message.into(),
            code: "InvalidRequest",
        }
    }

    fn reason(self, ids: &mut Ids) -> String {
        let message = service_message(&self.message, self.service, 400, ids);
        handler_reason(&message, self.code, ids)
    }
}

/// A reason in the handler's form.
///
/// Source: recorded, cloudformation.md 6.7.
pub(crate) fn handler_reason(message: &str, code: &str, ids: &mut Ids) -> String {
    let token = ids.uuid();
    format!(
        "Resource handler returned message: \"{message}\" (RequestToken: {token}, HandlerErrorCode: {code})"
    )
}

/// What a handler passes on of a service's answer.
///
/// Source: recorded, cloudformation.md 6.7.
pub(crate) fn service_message(message: &str, service: &str, status: u16, ids: &mut Ids) -> String {
    let request = ids.uuid();
    format!(
        "{message} (Service: {service}, Status Code: {status}, Request ID: {request}) (SDK Attempt Count: 1)"
    )
}

/// A resource that somebody else deleted.
pub(crate) fn not_found(resource_type: &str, identifier: &str, ids: &mut Ids) -> String {
    let message =
        format!("Resource of type '{resource_type}' with identifier '{identifier}' was not found.");
    handler_reason(&message, "NotFound", ids)
}

/// The reason when something of that identifier is there, and in no stack.
///
/// Source: recorded, cloudformation.md 4.2.
pub(crate) fn already_exists(resource_type: &str, identifier: &str, ids: &mut Ids) -> String {
    let message = format!(
        "Resource of type '{resource_type}' with identifier '{identifier}' already exists."
    );
    handler_reason(&message, "AlreadyExists", ids)
}

/// The reason with which a creation fails that the schema allows.
pub(super) fn refuses_creation(
    resource_type: &str,
    properties: &Map<String, Value>,
    ids: &mut Ids,
) -> Option<Fault> {
    if let Some(reason) = unattached(resource_type, properties, ids) {
        return Some(Fault {
            reason,
            leaves_record: true,
            // Recorded: it has one, and its deletion fails for the same reason.
            has_physical_id: true,
            violations: Vec::new(),
        });
    }
    let refusal = match resource_type {
        "AWS::SQS::Queue" => queue(properties),
        "AWS::SNS::Topic" => topic(properties),
        "AWS::S3::Bucket" => bucket(properties),
        "AWS::RDS::DBInstance" => database(properties),
        _ => None,
    }?;
    Some(Fault {
        reason: refusal.reason(ids),
        leaves_record: true,
        has_physical_id: false,
        violations: Vec::new(),
    })
}

/// A policy that is attached to nobody.
///
/// Source: recorded, test_blocked_stack_deletion; the text is in public logs of that failure.
fn unattached(
    resource_type: &str,
    properties: &Map<String, Value>,
    ids: &mut Ids,
) -> Option<String> {
    let is_empty = |name: &&str| match properties.get(*name) {
        Some(Value::Array(items)) => items.is_empty(),
        Some(_) => false,
        None => true,
    };
    let nobody = ["Groups", "Roles", "Users"].iter().all(is_empty);
    (resource_type == "AWS::IAM::Policy" && nobody).then(|| {
        let message = "At least one of [Groups,Roles,Users] must be non-empty.";
        handler_reason(message, "InvalidRequest", ids)
    })
}

/// Source: template reference, `AWS::SQS::Queue`, `QueueName`; SQS API, CreateQueue.
fn queue(properties: &Map<String, Value>) -> Option<Refusal> {
    let name = properties.get("QueueName")?.as_str()?;
    let message = match (is(properties, "FifoQueue", "true"), name.ends_with(".fifo")) {
        (true, false) => {
            "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with \
             .fifo suffix and be 1 to 80 in length"
        }
        (false, true) => {
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
        }
        (true, true) | (false, false) => return None,
    };
    Some(Refusal::invalid("Sqs", message))
}

/// Source: template reference, `AWS::SNS::Topic`, `FifoTopic`; SNS API, CreateTopic.
fn topic(properties: &Map<String, Value>) -> Option<Refusal> {
    let name = properties.get("TopicName")?.as_str()?;
    let message = match (is(properties, "FifoTopic", "true"), name.ends_with(".fifo")) {
        (true, false) => {
            "Invalid parameter: Fifo Topic names must end with .fifo and must be made up of only uppercase and \
             lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long."
        }
        (false, true) => "Invalid parameter: Topic Name",
        (true, true) | (false, false) => return None,
    };
    Some(Refusal::invalid("Sns", message))
}

/// Source: S3 user guide, "Bucket naming rules".
fn bucket(properties: &Map<String, Value>) -> Option<Refusal> {
    let name = properties.get("BucketName")?.as_str()?;
    let is_wrong = name
        .chars()
        .any(|letter| letter.is_ascii_uppercase() || letter == '_');
    is_wrong.then(|| Refusal::invalid("S3", "The specified bucket is not valid."))
}

/// Source: template reference, `AWS::RDS::DBInstance`, `DeletionProtection`; RDS's own text in terraform #6009.
fn database(properties: &Map<String, Value>) -> Option<Refusal> {
    let is_member = property(properties, "DBClusterIdentifier").is_some();
    (is_member && is(properties, "DeletionProtection", "true")).then(|| {
        Refusal::invalid(
            "Rds",
            "Deletion Protection can only be applied on the Cluster level, not for individual instances",
        )
    })
}

/// Returns the reason with which the service refuses an update.
///
/// Source of what it refuses: the catalog's `behaviour`. Texts: as the services' answers are quoted in issues; that of
/// storage of databases is inferred.
pub(crate) fn refuses_update(
    resource_type: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    ids: &mut Ids,
) -> Option<String> {
    if let Some(reason) = unattached(resource_type, after, ids) {
        return Some(reason);
    }
    let refusal = shrinks(resource_type, before, after)
        .or_else(|| upgrades(resource_type, before, after))
        .or_else(|| reindexes(resource_type, before, after));
    refusal.map(|refusal| refusal.reason(ids))
}

fn shrinks(
    resource_type: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Option<Refusal> {
    let number = |properties, path: &str| -> Option<f64> {
        let value = property(properties, &path.replace('/', "."))?;
        text(value).parse().ok()
    };
    let mut grows = behaviour::only_grows(resource_type);
    grows.find_map(|path| {
        let (old, new) = (number(before, path.as_str())?, number(after, path.as_str())?);
        let message = match resource_type {
            "AWS::EC2::Volume" => "New size cannot be smaller than existing size".to_owned(),
            _ => format!("Requested storage size ({new}) cannot be less than the current storage size ({old})"),
        };
        (new < old).then(|| Refusal::invalid(service(resource_type), message))
    })
}

fn upgrades(
    resource_type: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Option<Refusal> {
    let upgrade = behaviour::major_upgrade(resource_type)?;
    let version = |properties: &Map<String, Value>| properties.get(upgrade.version).map(text);
    let (old, new) = (version(before)?, version(after)?);
    let is_allowed = is(after, upgrade.allowed_by.as_str(), "true");
    (major(&old) != major(&new) && !is_allowed).then(|| {
        let message = "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.";
        Refusal::invalid(service(resource_type), message)
    })
}

/// The major part of a version: `17` of `17.6`, `8.4` of `8.4.3`.
fn major(version: &str) -> &str {
    let end = |nth| {
        version
            .match_indices('.')
            .nth(nth)
            .map_or(version.len(), |(at, _)| at)
    };
    let first = version.get(..end(0)).unwrap_or(version);
    match first.parse::<u32>() {
        Ok(number) if number < 10 => version.get(..end(1)).unwrap_or(version),
        Ok(_) | Err(_) => first,
    }
}

fn reindexes(
    resource_type: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Option<Refusal> {
    // Of replicas the engine knows nothing.
    let indexes = behaviour::indexes(resource_type).find(|index| index.noun.ends_with("index"))?;
    let list = |properties: &Map<String, Value>| -> Vec<Value> {
        let found = properties.get(indexes.list).and_then(Value::as_array);
        found.cloned().unwrap_or_default()
    };
    let (old, new) = (list(before), list(after));
    let of = |all: &[Value], item: &Value| -> Option<Value> {
        let named = |other: &&Value| other.get(indexes.name) == item.get(indexes.name);
        all.iter().find(named).cloned()
    };
    let come = new.iter().filter(|item| of(&old, item).is_none()).count();
    let go = old.iter().filter(|item| of(&new, item).is_none()).count();
    if come + go > 1 {
        let message = "Cannot perform more than one GSI creation or deletion in a single update";
        return Some(Refusal::invalid(service(resource_type), message));
    }
    let is_other = |item: &Value| {
        let before = of(&old, item);
        before.is_some_and(|before| {
            indexes
                .fixed()
                .any(|fixed| before.get(fixed) != item.get(fixed))
        })
    };
    new.iter().any(is_other).then(|| {
        let message = "Cannot update GSI's properties other than Provisioned Throughput and Contributor Insights \
                       Specification. You can create a new GSI with a different name.";
        Refusal::invalid(service(resource_type), message)
    })
}

/// Returns the reason with which the service refuses a deletion.
///
/// Source of what it refuses: the catalog's `behaviour`, and its attribute of load balancers. Texts: as
/// the services' answers are quoted in issues.
pub(crate) fn refuses_deletion(
    resource_type: &str,
    physical_id: &str,
    properties: &Map<String, Value>,
    ids: &mut Ids,
) -> Option<String> {
    if let Some(reason) = unattached(resource_type, properties, ids) {
        return Some(reason);
    }
    let is_protected = behaviour::refusals(resource_type).any(|refusal| {
        let value = property(properties, &refusal.path.as_str().replace('/', ".")).map(text);
        match refusal.protects {
            While::Is(protecting) => value.as_deref() == Some(protecting),
            While::Set => value.is_some(),
        }
    });
    let is_protected =
        is_protected || has_attribute(properties, behaviour::LOAD_BALANCER_PROTECTION, "true");
    // A member of a cluster goes, whatever the cluster's protection is.
    let is_member =
        resource_type == "AWS::RDS::DBInstance" && properties.contains_key("DBClusterIdentifier");
    if !is_protected || is_member {
        return None;
    }
    let message = match resource_type {
        "AWS::RDS::DBInstance" => {
            "Cannot delete protected DB Instance, please disable deletion protection and try again.".to_owned()
        }
        "AWS::RDS::DBCluster" => {
            "Cannot delete protected Cluster, please disable deletion protection and try again.".to_owned()
        }
        "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" => {
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
                .to_owned()
        }
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => {
            format!("Load balancer '{physical_id}' cannot be deleted because deletion protection is enabled")
        }
        "AWS::Cognito::UserPool" => {
            "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be \
             inactivated first."
                .to_owned()
        }
        _ => format!("{physical_id} cannot be deleted because deletion protection is enabled"),
    };
    Some(Refusal::invalid(service(resource_type), message).reason(ids))
}

/// Whether a load balancer has an attribute.
fn has_attribute(properties: &Map<String, Value>, key: &str, value: &str) -> bool {
    let attributes = properties
        .get("LoadBalancerAttributes")
        .and_then(Value::as_array);
    let says = |attribute: &Value, name: &str, value: &str| {
        attribute
            .get(name)
            .is_some_and(|found| text(found) == value)
    };
    attributes
        .into_iter()
        .flatten()
        .any(|attribute| says(attribute, "Key", key) && says(attribute, "Value", value))
}

fn is(properties: &Map<String, Value>, path: &str, value: &str) -> bool {
    property(properties, path).is_some_and(|found| text(found) == value)
}

/// What handlers call the service of a type.
fn service(resource_type: &str) -> &'static str {
    match resource_type.split("::").nth(1) {
        Some("Cognito") => "CognitoIdentityProvider",
        Some("DynamoDB") => "DynamoDb",
        Some("EC2") => "Ec2",
        Some("ElasticLoadBalancingV2") => "ElasticLoadBalancingV2",
        Some("FSx") => "FSx",
        Some("RDS") => "Rds",
        Some(_) | None => "Aws",
    }
}
