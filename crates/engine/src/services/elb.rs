//! Elastic Load Balancing: load balancers, listeners, target groups, and how the tasks behind them are.

use serde_json::{Map, Value, json};

use super::ecs::{self, Health};
use super::model;
use super::page::page;
use crate::call::{Call, Result, unsupported};
use crate::estate::Living;
use crate::input::Refused;
use crate::state::{Realm, State};

const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
const RULE: &str = "AWS::ElasticLoadBalancingV2::ListenerRule";
const GROUP: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "DescribeTargetHealth" => health(state, call),
        "DescribeTargetGroups" => groups(state, call),
        "DescribeLoadBalancers" => balancers(state, call),
        "DescribeListeners" => listeners(state, call),
        "DescribeRules" => rules(state, call),
        "ModifyLoadBalancerAttributes" => modify(state, call),
        operation => {
            let message =
                format!("Elastic Load Balancing's {operation} is not in the embedded engine");
            Err(unsupported(call, "InvalidAction", message))
        }
    }
}

fn missing(code: &str, message: &str) -> Refused {
    Refused::new(code, message)
}

fn list(call: &Call<'_>, name: &str) -> Option<Vec<String>> {
    call.arguments.texts(name).filter(|texts| !texts.is_empty())
}

fn pages(call: &Call<'_>, name: &str, all: impl Iterator<Item = Value>) -> Result {
    let most = call.arguments.number("PageSize")?.unwrap_or(400);
    let most = usize::try_from(most).unwrap_or(400);
    let (part, next) = page(all, call.arguments.text("Marker"), most);
    Ok(json!({ name: part, "NextMarker": next }))
}

fn health(state: &State, call: &Call<'_>) -> Result {
    let arn = call.arguments.needed("TargetGroupArn")?;
    let realm = state.realm_of(call)?;
    let Some(living) = realm.estate.living(GROUP, arn) else {
        return Err(missing(
            "TargetGroupNotFound",
            &format!("Target groups '[{arn}]' not found"),
        ));
    };
    let check = living.text("HealthCheckPort").unwrap_or("traffic-port");
    let asked = call.arguments.structures("Targets").unwrap_or_default();
    let asked: Vec<&str> = asked
        .iter()
        .filter_map(|target| target.text("Id"))
        .collect();
    let targets = ecs::targets(realm, arn, state.now());
    let mut shown: Vec<Value> = targets
        .iter()
        .filter(|target| asked.is_empty() || asked.contains(&target.address.as_str()))
        .map(|target| {
            let port = match check {
                "traffic-port" => target.port.to_string(),
                port => port.to_owned(),
            };
            json!({
                "Target": { "Id": target.address, "Port": target.port, "AvailabilityZone": format!("{}a", realm.region) },
                "HealthCheckPort": port,
                "TargetHealth": target.health.shown(),
            })
        })
        .collect();
    for id in asked {
        if targets.iter().all(|target| target.address != id) {
            shown.push(json!({
                "Target": { "Id": id },
                "TargetHealth": {
                    "State": "unused",
                    "Reason": "Target.NotRegistered",
                    "Description": "Target is not registered to the target group",
                },
            }));
        }
    }
    Ok(json!({ "TargetHealthDescriptions": shown }))
}

impl Health {
    fn shown(self) -> Value {
        match self {
            Health::Healthy => json!({ "State": "healthy" }),
            Health::Initial => json!({
                "State": "initial",
                "Reason": "Elb.RegistrationInProgress",
                "Description": "Target registration is in progress",
            }),
            Health::Draining => json!({
                "State": "draining",
                "Reason": "Target.DeregistrationInProgress",
                "Description": "Target deregistration is in progress",
            }),
        }
    }
}

/// Whether the actions of a listener or a rule forward to a target group.
fn forwards(actions: Option<&Value>, group: &str) -> bool {
    let actions = actions.and_then(Value::as_array).into_iter().flatten();
    let is_it = |of: &Value| of.get("TargetGroupArn").and_then(Value::as_str) == Some(group);
    actions.into_iter().any(|action| {
        let forward = action.get("ForwardConfig");
        let groups = forward.and_then(|forward| forward.get("TargetGroups")?.as_array());
        is_it(action) || groups.is_some_and(|groups| groups.iter().any(is_it))
    })
}

/// The load balancers that send requests to a target group.
fn balancers_of<'r>(realm: &'r Realm, group: &str) -> Vec<&'r str> {
    let listeners = realm.estate.all(LISTENER).filter(|(arn, listener)| {
        let by_default = forwards(listener.properties.get("DefaultActions"), group);
        by_default
            || realm.estate.all(RULE).any(|(_, rule)| {
                rule.text("ListenerArn") == Some(*arn)
                    && forwards(rule.properties.get("Actions"), group)
            })
    });
    let mut found: Vec<&str> = listeners
        .filter_map(|(_, listener)| listener.text("LoadBalancerArn"))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn groups(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let (arns, names) = (list(call, "TargetGroupArns"), list(call, "Names"));
    let balancer = call.arguments.text("LoadBalancerArn");
    for arn in arns.iter().flatten() {
        if realm.estate.living(GROUP, arn).is_none() {
            return Err(missing(
                "TargetGroupNotFound",
                "One or more target groups not found",
            ));
        }
    }
    let all = realm.estate.all(GROUP).filter(|(arn, living)| {
        let name = living.attribute("TargetGroupName").unwrap_or_default();
        fits(arns.as_deref(), arn)
            && fits(names.as_deref(), name)
            && balancer.is_none_or(|balancer| balancers_of(realm, arn).contains(&balancer))
    });
    let shown = all.map(|(arn, living)| {
        let mut shown = json!({
            "HealthCheckEnabled": true,
            "HealthCheckPort": "traffic-port",
            "HealthCheckProtocol": living.text("Protocol").unwrap_or("HTTP"),
            "HealthCheckIntervalSeconds": 30,
            "HealthCheckTimeoutSeconds": 5,
            "HealthyThresholdCount": 5,
            "UnhealthyThresholdCount": 2,
            "HealthCheckPath": "/",
            "ProtocolVersion": "HTTP1",
            "IpAddressType": "ipv4",
            "TargetType": "instance",
        });
        let typed = model::typed(GROUP, &living.properties);
        let own = [
            "HealthCheckEnabled",
            "HealthCheckPort",
            "HealthCheckProtocol",
            "HealthCheckIntervalSeconds",
            "HealthCheckTimeoutSeconds",
            "HealthyThresholdCount",
            "UnhealthyThresholdCount",
            "HealthCheckPath",
            "ProtocolVersion",
            "IpAddressType",
            "TargetType",
            "Matcher",
            "Port",
            "Protocol",
            "VpcId",
        ];
        if let Some(shown) = shown.as_object_mut() {
            put_all(shown, &typed, &own);
            shown.insert("TargetGroupArn".to_owned(), arn.into());
            let name = living.attribute("TargetGroupName").unwrap_or_default();
            shown.insert("TargetGroupName".to_owned(), name.into());
            shown.insert(
                "LoadBalancerArns".to_owned(),
                json!(balancers_of(realm, arn)),
            );
        }
        shown
    });
    pages(call, "TargetGroups", shown)
}

fn fits(wanted: Option<&[String]>, name: &str) -> bool {
    wanted.is_none_or(|wanted| wanted.iter().any(|known| known == name))
}

fn put_all(shown: &mut Map<String, Value>, from: &Map<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(value) = from.get(*name) {
            shown.insert((*name).to_owned(), value.clone());
        }
    }
}

fn balancers(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let (arns, names) = (list(call, "LoadBalancerArns"), list(call, "Names"));
    let name_of = |living: &Living| {
        living
            .attribute("LoadBalancerName")
            .unwrap_or_default()
            .to_owned()
    };
    for arn in arns.iter().flatten() {
        if realm.estate.living(BALANCER, arn).is_none() {
            return Err(missing(
                "LoadBalancerNotFound",
                &format!("Load balancers '[{arn}]' not found"),
            ));
        }
    }
    for name in names.iter().flatten() {
        if realm
            .estate
            .all(BALANCER)
            .all(|(_, living)| name_of(living) != *name)
        {
            return Err(missing(
                "LoadBalancerNotFound",
                &format!("Load balancers '[{name}]' not found"),
            ));
        }
    }
    let all = realm.estate.all(BALANCER).filter(|(arn, living)| {
        fits(arns.as_deref(), arn) && fits(names.as_deref(), &name_of(living))
    });
    let shown = all.map(|(arn, living)| {
        let typed = model::typed(BALANCER, &living.properties);
        let is_new = matches!(
            realm.status_of(arn, living),
            Some(stratiform_service::ResourceStatus::CreateInProgress)
        );
        let subnets = typed.get("Subnets").and_then(Value::as_array).into_iter().flatten();
        let zones = subnets.zip(["a", "b", "c", "d", "e", "f"]).map(|(subnet, zone)| {
            json!({ "ZoneName": format!("{}{zone}", realm.region), "SubnetId": subnet, "LoadBalancerAddresses": [] })
        });
        json!({
            "LoadBalancerArn": arn,
            "DNSName": living.attribute("DNSName"),
            "CanonicalHostedZoneId": living.attribute("CanonicalHostedZoneID"),
            "CreatedTime": living.since,
            "LoadBalancerName": name_of(living),
            "Scheme": living.text("Scheme").unwrap_or("internet-facing"),
            "State": { "Code": if is_new { "provisioning" } else { "active" } },
            "Type": living.text("Type").unwrap_or("application"),
            "AvailabilityZones": zones.collect::<Vec<_>>(),
            "SecurityGroups": typed.get("SecurityGroups").cloned().unwrap_or_else(|| json!([])),
            "IpAddressType": living.text("IpAddressType").unwrap_or("ipv4"),
        })
    });
    pages(call, "LoadBalancers", shown)
}

/// Sets attributes of a load balancer; those that are not named stay.
fn modify(state: &mut State, call: &Call<'_>) -> Result {
    let arn = call.arguments.needed("LoadBalancerArn")?;
    let living = state.realm_of(call)?.estate.living(BALANCER, arn);
    let living = living.ok_or_else(|| {
        missing(
            "LoadBalancerNotFound",
            &format!("Load balancers '[{arn}]' not found"),
        )
    })?;
    let own = living.properties.get("LoadBalancerAttributes");
    let mut all: Vec<Value> = own.and_then(Value::as_array).cloned().unwrap_or_default();
    for set in call.arguments.structures("Attributes").unwrap_or_default() {
        let key = set.needed("Key")?;
        all.retain(|attribute| attribute.get("Key").and_then(Value::as_str) != Some(key));
        all.push(json!({ "Key": key, "Value": set.text("Value") }));
    }
    let mut changes = Map::new();
    changes.insert(
        "LoadBalancerAttributes".to_owned(),
        Value::Array(all.clone()),
    );
    state.change_outside(call, BALANCER, arn, changes)?;
    Ok(json!({ "Attributes": all }))
}

fn listeners(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let arns = list(call, "ListenerArns");
    let balancer = call.arguments.text("LoadBalancerArn");
    for arn in arns.iter().flatten() {
        if realm.estate.living(LISTENER, arn).is_none() {
            return Err(missing(
                "ListenerNotFound",
                "One or more listeners not found",
            ));
        }
    }
    let all = realm.estate.all(LISTENER).filter(|(arn, living)| {
        let of_balancer = balancer.is_none() || living.text("LoadBalancerArn") == balancer;
        fits(arns.as_deref(), arn) && of_balancer
    });
    let shown = all.map(|(arn, living)| {
        let typed = model::typed(LISTENER, &living.properties);
        let mut shown = Map::new();
        let own = [
            "LoadBalancerArn",
            "Port",
            "Protocol",
            "Certificates",
            "SslPolicy",
            "DefaultActions",
            "AlpnPolicy",
        ];
        put_all(&mut shown, &typed, &own);
        shown.insert("ListenerArn".to_owned(), arn.into());
        Value::Object(shown)
    });
    pages(call, "Listeners", shown)
}

fn rules(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let arns = list(call, "RuleArns");
    let listener = call.arguments.text("ListenerArn");
    let all = realm.estate.all(RULE).filter(|(arn, living)| {
        let of_listener = listener.is_none() || living.text("ListenerArn") == listener;
        fits(arns.as_deref(), arn) && of_listener
    });
    let shown = all.map(|(arn, living)| {
        let typed = model::typed(RULE, &living.properties);
        let mut shown = Map::new();
        put_all(&mut shown, &typed, &["Conditions", "Actions"]);
        shown.insert("RuleArn".to_owned(), arn.into());
        shown.insert(
            "Priority".to_owned(),
            living.text("Priority").unwrap_or_default().into(),
        );
        shown.insert("IsDefault".to_owned(), false.into());
        Value::Object(shown)
    });
    pages(call, "Rules", shown)
}
