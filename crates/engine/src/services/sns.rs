//! SNS: topics and subscriptions. What is published is told outside, and goes no further.

use serde_json::{Map, Value, json};

use super::page::page;
use crate::call::{Call, Result, unsupported};
use crate::estate::Living;
use crate::input::{Effect, Refused};
use crate::state::{Realm, State};

const TOPIC: &str = "AWS::SNS::Topic";
const SUBSCRIPTION: &str = "AWS::SNS::Subscription";

/// The attributes of a topic that are properties.
const ATTRIBUTES: [&str; 4] = [
    "DisplayName",
    "KmsMasterKeyId",
    "SignatureVersion",
    "TracingConfig",
];

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "Publish" => {
            let arguments = call.arguments;
            let arn = arguments.text("TopicArn").or(arguments.text("TargetArn"));
            if let Some(arn) = arn {
                topic(state.realm_of(call)?, arn)?;
            }
            let Some(message) = arguments.text("Message") else {
                return Err(invalid("Empty message"));
            };
            if let Some(topic) = arn {
                call.effects.push(Effect::Notify {
                    topic: topic.to_owned(),
                    message: message.to_owned(),
                });
            }
            Ok(json!({ "MessageId": state.ids.uuid() }))
        }
        "CreateTopic" => {
            let name = call.arguments.needed("Name")?.to_owned();
            let realm = state.realm_of(call)?;
            let arn = realm.arn("sns", &name);
            if realm.estate.living(TOPIC, &arn).is_none() {
                let properties = [("TopicName".to_owned(), name.into())]
                    .into_iter()
                    .collect();
                state.make_outside(call, TOPIC, properties)?;
            }
            Ok(json!({ "TopicArn": arn }))
        }
        "DeleteTopic" => {
            let arn = call.arguments.needed("TopicArn")?.to_owned();
            state.delete_outside(call, TOPIC, &arn)?;
            Ok(json!({}))
        }
        "ListTopics" => {
            let topics = state.realm_of(call)?.estate.all(TOPIC);
            let topics = topics.map(|(arn, _)| json!({ "TopicArn": arn }));
            let (topics, next) = page(topics, call.arguments.text("NextToken"), 100);
            Ok(json!({ "Topics": topics, "NextToken": next }))
        }
        "GetTopicAttributes" => attributes(state, call),
        "SetTopicAttributes" => set_attribute(state, call),
        "Subscribe" => subscribe(state, call),
        "Unsubscribe" => {
            let arn = call.arguments.needed("SubscriptionArn")?.to_owned();
            state.delete_outside(call, SUBSCRIPTION, &arn)?;
            Ok(json!({}))
        }
        "ListSubscriptionsByTopic" => {
            let arn = call.arguments.needed("TopicArn")?;
            let realm = state.realm_of(call)?;
            topic(realm, arn)?;
            Ok(listed(realm, call, Some(arn)))
        }
        "ListSubscriptions" => Ok(listed(state.realm_of(call)?, call, None)),
        operation => {
            let message = format!("SNS's {operation} is not in the embedded engine");
            Err(unsupported(call, "InvalidAction", message))
        }
    }
}

fn invalid(message: &str) -> Refused {
    Refused::new("InvalidParameter", format!("Invalid parameter: {message}"))
}

fn topic<'r>(realm: &'r Realm, arn: &str) -> std::result::Result<&'r Living, Refused> {
    realm.estate.living(TOPIC, arn).ok_or_else(|| Refused {
        code: "NotFound".to_owned(),
        message: "Topic does not exist".to_owned(),
        http_status: 404,
    })
}

fn of_topic<'r>(realm: &'r Realm, arn: &str) -> impl Iterator<Item = (&'r str, &'r Living)> {
    let all = realm.estate.all(SUBSCRIPTION);
    all.filter(move |(_, living)| living.text("TopicArn") == Some(arn))
}

fn attributes(state: &State, call: &Call<'_>) -> Result {
    let arn = call.arguments.needed("TopicArn")?;
    let realm = state.realm_of(call)?;
    let living = topic(realm, arn)?;
    let mut attributes = Map::new();
    for name in ATTRIBUTES {
        if let Some(text) = living.text(name) {
            attributes.insert(name.to_owned(), text.into());
        }
    }
    let confirmed = of_topic(realm, arn).count();
    attributes.entry("DisplayName").or_insert_with(|| "".into());
    for (name, text) in [
        ("TopicArn", arn.to_owned()),
        ("Owner", realm.account.to_string()),
        ("SubscriptionsConfirmed", confirmed.to_string()),
        ("SubscriptionsPending", "0".to_owned()),
        ("SubscriptionsDeleted", "0".to_owned()),
    ] {
        attributes.insert(name.to_owned(), text.into());
    }
    Ok(json!({ "Attributes": attributes }))
}

fn set_attribute(state: &mut State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let arn = arguments.needed("TopicArn")?.to_owned();
    let name = arguments.needed("AttributeName")?;
    topic(state.realm_of(call)?, &arn)?;
    if !ATTRIBUTES.contains(&name) {
        return Err(invalid("AttributeName"));
    }
    let value = arguments
        .text("AttributeValue")
        .map_or(Value::Null, Value::from);
    let changes = [(name.to_owned(), value)].into_iter().collect();
    state.change_outside(call, TOPIC, &arn, changes)?;
    Ok(json!({}))
}

fn subscribe(state: &mut State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let arn = arguments.needed("TopicArn")?;
    let protocol = arguments.needed("Protocol")?;
    let endpoint = arguments.text("Endpoint").unwrap_or_default();
    let realm = state.realm_of(call)?;
    topic(realm, arn)?;
    let same = of_topic(realm, arn).find(|(_, living)| {
        living.text("Protocol") == Some(protocol) && living.text("Endpoint") == Some(endpoint)
    });
    if let Some((known, _)) = same {
        return Ok(json!({ "SubscriptionArn": known }));
    }
    let properties = [
        ("TopicArn", arn),
        ("Protocol", protocol),
        ("Endpoint", endpoint),
    ];
    let properties = properties.map(|(name, text)| (name.to_owned(), Value::from(text)));
    let made = state.make_outside(call, SUBSCRIPTION, properties.into_iter().collect())?;
    Ok(json!({ "SubscriptionArn": made.map(|made| made.physical_id) }))
}

fn listed(realm: &Realm, call: &Call<'_>, topic: Option<&str>) -> Value {
    let all = realm.estate.all(SUBSCRIPTION);
    let all = all.filter(|(_, living)| topic.is_none() || living.text("TopicArn") == topic);
    let shown = all.map(|(arn, living)| {
        json!({
            "SubscriptionArn": arn,
            "Owner": realm.account,
            "Protocol": living.text("Protocol"),
            "Endpoint": living.text("Endpoint"),
            "TopicArn": living.text("TopicArn"),
        })
    });
    let (subscriptions, next) = page(shown, call.arguments.text("NextToken"), 100);
    json!({ "Subscriptions": subscriptions, "NextToken": next })
}
