//! SQS: queues and their attributes, so that they can drift. Messages are not here.

use serde_json::{Map, Value, json};

use super::model;
use super::page::page;
use crate::call::{Call, Result, unsupported};
use crate::estate::Living;
use crate::input::Refused;
use crate::state::{Realm, State};

const QUEUE: &str = "AWS::SQS::Queue";

/// Attributes and the properties that they are.
const ATTRIBUTES: [(&str, &str); 12] = [
    ("ContentBasedDeduplication", "ContentBasedDeduplication"),
    ("DeduplicationScope", "DeduplicationScope"),
    ("DelaySeconds", "DelaySeconds"),
    ("FifoThroughputLimit", "FifoThroughputLimit"),
    (
        "KmsDataKeyReusePeriodSeconds",
        "KmsDataKeyReusePeriodSeconds",
    ),
    ("KmsMasterKeyId", "KmsMasterKeyId"),
    ("MaximumMessageSize", "MaximumMessageSize"),
    ("MessageRetentionPeriod", "MessageRetentionPeriod"),
    (
        "ReceiveMessageWaitTimeSeconds",
        "ReceiveMessageWaitTimeSeconds",
    ),
    ("RedrivePolicy", "RedrivePolicy"),
    ("SqsManagedSseEnabled", "SqsManagedSseEnabled"),
    ("VisibilityTimeout", "VisibilityTimeout"),
];

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "GetQueueUrl" => {
            let name = call.arguments.needed("QueueName")?;
            let mut queues = state.realm_of(call)?.estate.all(QUEUE);
            let found = queues.find(|(_, living)| living.attribute("QueueName") == Some(name));
            let (url, _) = found.ok_or_else(missing)?;
            Ok(json!({ "QueueUrl": url }))
        }
        "ListQueues" => {
            let prefix = call.arguments.text("QueueNamePrefix").unwrap_or_default();
            let queues = state.realm_of(call)?.estate.all(QUEUE);
            let urls = queues
                .filter(|(_, living)| {
                    living
                        .attribute("QueueName")
                        .is_some_and(|name| name.starts_with(prefix))
                })
                .map(|(url, _)| Value::from(url));
            let (urls, next) = page(urls, call.arguments.text("NextToken"), 1000);
            Ok(json!({ "QueueUrls": urls, "NextToken": next }))
        }
        "GetQueueAttributes" => {
            let realm = state.realm_of(call)?;
            let living = queue(realm, call)?;
            let wanted = call.arguments.texts("AttributeNames").unwrap_or_default();
            let is_wanted = |name: &str| {
                wanted
                    .iter()
                    .any(|wanted| wanted == name || wanted == "All")
            };
            let own = ATTRIBUTES.iter().filter_map(|(attribute, property)| {
                let value = living.properties.get(*property)?;
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                Some(((*attribute).to_owned(), Value::from(text)))
            });
            let arn = living
                .attribute("Arn")
                .map(|arn| ("QueueArn".to_owned(), Value::from(arn)));
            let counts = ["", "NotVisible", "Delayed"]
                .map(|of| (format!("ApproximateNumberOfMessages{of}"), Value::from("0")));
            let attributes = own.chain(arn).chain(counts);
            let attributes: Map<String, Value> =
                attributes.filter(|(name, _)| is_wanted(name)).collect();
            Ok(json!({ "Attributes": attributes }))
        }
        "SetQueueAttributes" => {
            let url = call.arguments.needed("QueueUrl")?.to_owned();
            queue(state.realm_of(call)?, call)?;
            let given = call.arguments.get("Attributes").and_then(Value::as_object);
            let mut changes = Map::new();
            for (name, value) in given.into_iter().flatten() {
                let known = ATTRIBUTES.iter().find(|(attribute, _)| attribute == name);
                let Some((_, property)) = known else {
                    let message = format!("Unknown Attribute {name}.");
                    return Err(Refused::new("InvalidAttributeName", message));
                };
                // Documents are text on the wire, and structures in templates.
                let text = value.as_str().unwrap_or_default();
                let document = serde_json::from_str(text).ok().filter(Value::is_object);
                let value = document
                    .map_or_else(|| value.clone(), |document: Value| model::plain(&document));
                changes.insert((*property).to_owned(), value);
            }
            state.change_outside(call, QUEUE, &url, changes)?;
            Ok(json!({}))
        }
        operation => {
            let message = format!("SQS's {operation} is not in the embedded engine");
            Err(unsupported(call, "UnsupportedOperation", message))
        }
    }
}

fn missing() -> Refused {
    Refused::new("QueueDoesNotExist", "The specified queue does not exist.")
}

fn queue<'r>(realm: &'r Realm, call: &Call<'_>) -> std::result::Result<&'r Living, Refused> {
    let url = call.arguments.needed("QueueUrl")?;
    realm.estate.living(QUEUE, url).ok_or_else(missing)
}
