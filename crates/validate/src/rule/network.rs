//! Networks: subnets lie inside of their VPC and beside each other, each has one route table, and a service's private
//! name is there once.
//!
//! Source: VPC user guide, "Subnet CIDR blocks" and "Subnet route tables"; PrivateLink guide, "Access AWS services
//! through AWS PrivateLink". cfn-lint: E3022, E3059, E3060, E3064.

use stratiform_finding::Code;
use stratiform_finding::words::{few_ids, joined};
use stratiform_template::{Function, Path, Resource, Value};

use crate::block::Block;
use crate::schema::{Entries, Look, Looked};

/// The properties that blocks stand in.
const BLOCKS: [&str; 2] = ["CidrBlock", "Ipv6CidrBlock"];

/// Looks at a subnet: it lies in its VPC, and in no other subnet's way.
pub(super) fn subnet<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    for name in BLOCKS
        .into_iter()
        .filter(|name| properties.contains_key(name))
    {
        let path = path.key(name);
        let _ = look.at_each(&path, |look| within(look, properties, name, &path));
        let own = plain(look, look.subject.resource, name);
        for (other_name, other) in before(look, "AWS::EC2::Subnet") {
            // Most subnets are plainly beside each other.
            if let (Some(own), Some(other)) = (own, plain(look, other, name))
                && !own.overlaps(other)
            {
                continue;
            }
            let _ = look.at_each(&path, |look| {
                apart(look, properties, name, (other_name, other), &path)
            });
        }
    }
}

/// The block of a resource, where it is the same in every case.
fn plain<'t>(look: &mut Look<'_, 't>, resource: &'t Resource, name: &'static str) -> Option<Block> {
    let place = (std::ptr::from_ref(resource), name);
    if let Some(known) = look.scene.blocks.borrow().get(&place) {
        return *known;
    }
    let case = std::mem::take(&mut look.case);
    let known = block(look, &resource.properties, name).ok().flatten();
    look.case = case;
    look.scene.blocks.borrow_mut().insert(place, known);
    known
}

/// The resources of a type that stand before the one that is looked at.
fn before<'t>(look: &Look<'_, 't>, name: &str) -> Vec<(&'t str, &'t Resource)> {
    let own = look.subject.resource;
    let all = look.scene.template.each_resource();
    all.take_while(|(_, resource)| !std::ptr::eq(*resource, own))
        .filter(|(_, resource)| resource.resource_type == name)
        .collect()
}

fn block<'t>(look: &Look<'_, 't>, entries: &Entries, name: &str) -> Looked<'t, Option<Block>> {
    let text = look.word_of(entries, name)?;
    Ok(text.and_then(|text| Block::parse(&text)))
}

/// The subnet lies in one of its VPC's blocks.
fn within<'t>(
    look: &mut Look<'_, 't>,
    properties: &'t Entries,
    name: &str,
    path: &Path<'_>,
) -> Looked<'t> {
    let Some(vpc) = properties.get("VpcId") else {
        return Ok(());
    };
    let Some((vpc_name, vpc)) = look.target(vpc)? else {
        return Ok(());
    };
    if vpc.resource_type != "AWS::EC2::VPC" {
        return Ok(());
    }
    let Some(own) = block(look, properties, name)? else {
        return Ok(());
    };
    let Some(blocks) = blocks_of(look, vpc_name, vpc)? else {
        return Ok(());
    };
    let same: Vec<Block> = blocks
        .into_iter()
        .filter(|block| block.is_like(own))
        .collect();
    if same.iter().any(|block| block.contains(own)) {
        return Ok(());
    }
    let what = format!("the subnet {own} is not inside of the VPC `{vpc_name}`");
    let (why, help) = match same.is_empty() {
        true => (
            "the VPC has no block of that kind".to_owned(),
            "add an `AWS::EC2::VPCCidrBlock`, or take it away".to_owned(),
        ),
        false => (
            format!("the VPC has {}", joined(&same)),
            "choose a block inside of it".to_owned(),
        ),
    };
    look.tell(path, Code::SubnetOutsideVpc, what, why, help);
    Ok(())
}

/// The blocks of a VPC; none where it may have others than are known.
fn blocks_of<'t>(
    look: &Look<'_, 't>,
    vpc_name: &str,
    vpc: &'t Resource,
) -> Looked<'t, Option<Vec<Block>>> {
    if look.may_grow(&vpc.properties) || look.given(&vpc.properties, "Ipv4IpamPoolId")?.is_some() {
        return Ok(None);
    }
    let Some(first) = block(look, &vpc.properties, "CidrBlock")? else {
        return Ok(None);
    };
    let mut blocks = vec![first];
    for name in look.scene.template.resources.keys() {
        // A loop may make others.
        let Some(more) = look.scene.template.resource(name) else {
            return Ok(None);
        };
        if more.resource_type != "AWS::EC2::VPCCidrBlock" || !look.exists(more)? {
            continue;
        }
        let Some(of) = more.properties.get("VpcId") else {
            return Ok(None);
        };
        match look.target(of)? {
            Some((name, _)) if name == vpc_name => {}
            Some(_) => continue,
            None => return Ok(None),
        }
        let mut known = false;
        for property in BLOCKS {
            if let Some(block) = block(look, &more.properties, property)? {
                known = true;
                blocks.push(block);
            }
        }
        if !known {
            return Ok(None);
        }
    }
    Ok(Some(blocks))
}

/// Two subnets of one VPC lie beside each other.
fn apart<'t>(
    look: &mut Look<'_, 't>,
    properties: &'t Entries,
    name: &str,
    (other_name, other): (&str, &'t Resource),
    path: &Path<'_>,
) -> Looked<'t> {
    if !other.properties.contains_key(name) || !look.exists(other)? {
        return Ok(());
    }
    let (Some(own_vpc), Some(other_vpc)) = (properties.get("VpcId"), other.properties.get("VpcId"))
    else {
        return Ok(());
    };
    let vpc = look.key(own_vpc)?;
    if vpc.is_none() || vpc != look.key(other_vpc)? {
        return Ok(());
    }
    let (Some(own), Some(theirs)) = (
        block(look, properties, name)?,
        block(look, &other.properties, name)?,
    ) else {
        return Ok(());
    };
    if own.overlaps(theirs) {
        let what = format!("the subnet {own} overlaps with `{other_name}`");
        let why = format!("that has {theirs}, in the same VPC");
        look.tell(
            path,
            Code::SubnetsOverlap,
            what,
            why,
            "choose blocks beside each other",
        );
    }
    Ok(())
}

/// Looks at what gives a subnet its route table.
pub(super) fn route_table<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let path = path.key("SubnetId");
    let others = before(look, "AWS::EC2::SubnetRouteTableAssociation");
    for (name, other) in others {
        if is_other(look, properties, &other.properties, "SubnetId") {
            continue;
        }
        let _ = look.at_each(&path, |look| {
            if look.exists(other)? && is_same(look, properties, &other.properties, "SubnetId")? {
                let what = "the subnet already has a route table";
                let why = format!("`{name}` gives it one, and it has only one");
                look.tell(
                    &path,
                    Code::TwoRouteTables,
                    what,
                    why,
                    "take one of them away",
                );
            }
            Ok(())
        });
    }
}

/// Whether two resources plainly differ in a property: two texts, or two resources.
fn is_other(look: &Look<'_, '_>, one: &Entries, other: &Entries, name: &str) -> bool {
    let is_resource = |argument: &Value| {
        let name = argument.as_str();
        name.is_some_and(|name| look.scene.template.resources.contains_key(name))
    };
    match (one.get(name), other.get(name)) {
        (Some(Value::String(one)), Some(Value::String(other))) => one != other,
        (
            Some(Value::Function(Function::Ref, one)),
            Some(Value::Function(Function::Ref, other)),
        ) => one != other && is_resource(one) && is_resource(other),
        _ => false,
    }
}

/// Whether two resources have the same in a property.
fn is_same<'t>(
    look: &Look<'_, 't>,
    one: &Entries,
    other: &Entries,
    name: &str,
) -> Looked<'t, bool> {
    let (Some(one), Some(other)) = (one.get(name), other.get(name)) else {
        return Ok(false);
    };
    let key = look.key(one)?;
    Ok(key.is_some() && key == look.key(other)?)
}

/// Looks at an endpoint that takes over the public name of a service.
pub(super) fn endpoint<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    for (name, other) in before(look, "AWS::EC2::VPCEndpoint") {
        if is_other(look, properties, &other.properties, "ServiceName") {
            continue;
        }
        let _ = look.at_each(path, |look| {
            if !look.exists(other)?
                || !has_name(look, properties)?
                || !has_name(look, &other.properties)?
                || !is_same(look, properties, &other.properties, "VpcId")?
                || !is_same(look, properties, &other.properties, "ServiceName")?
            {
                return Ok(());
            }
            let what = "the service already has a private name in the VPC";
            let why = format!(
                "`{name}` gives it one, and there can be one endpoint with `PrivateDnsEnabled`"
            );
            let help = "put the subnets of both into one endpoint";
            look.tell(path, Code::PrivateNameTwice, what, why, help);
            Ok(())
        });
    }
}

fn has_name<'t>(look: &Look<'_, 't>, entries: &Entries) -> Looked<'t, bool> {
    let Some(value) = look.given(entries, "PrivateDnsEnabled")? else {
        return Ok(false);
    };
    let kind = look.word_of(entries, "VpcEndpointType")?;
    Ok(kind.as_deref() == Some("Interface") && look.is_true(value)? == Some(true))
}

/// How many subscription filters a log group has.
const FILTERS: usize = 5;

/// Looks at a filter of a log group, of which there can be only some.
///
/// Source: CloudWatch Logs user guide, "CloudWatch Logs quotas". cfn-lint: E2529.
pub(super) fn log_filter<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let others = filters_before(look);
    filter(look, properties, &others, path);
}

/// Looks at the events of one of SAM's functions, each of which makes a filter of a log group.
pub(super) fn log_events<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let own = events(properties);
    if own.is_empty() {
        return;
    }
    let mut others = filters_before(look);
    let (resource, path) = (look.subject.resource, path.key("Events"));
    for (name, event) in own {
        filter(look, event, &others, &path.key(name).key("Properties"));
        others.push((name, resource, event));
    }
}

/// A filter of a log group: the resource or event that makes it, the resource, and its properties.
type Filter<'t> = (&'t str, &'t Resource, &'t Entries);

/// The filters of resources that stand before the one that is looked at.
fn filters_before<'t>(look: &Look<'_, 't>) -> Vec<Filter<'t>> {
    let own = look.subject.resource;
    let mut filters = Vec::new();
    let all = look.scene.template.each_resource();
    for (name, resource) in all.take_while(|(_, resource)| !std::ptr::eq(*resource, own)) {
        match resource.resource_type.as_str() {
            "AWS::Logs::SubscriptionFilter" => filters.push((name, resource, &resource.properties)),
            "AWS::Serverless::Function" => {
                let events = events(&resource.properties).into_iter();
                filters.extend(events.map(|(_, event)| (name, resource, event)));
            }
            _ => {}
        }
    }
    filters
}

/// The events of one of SAM's functions that come from log groups: what they are called, and their properties.
fn events(properties: &Entries) -> Vec<(&str, &Entries)> {
    let events = properties.get("Events").and_then(Value::as_map);
    events
        .into_iter()
        .flatten()
        .filter_map(|(name, event)| {
            let event = event.as_map()?;
            let is_of_logs = event.get("Type")?.as_str() == Some("CloudWatchLogs");
            let properties = event.get("Properties")?.as_map()?;
            is_of_logs.then_some((name.as_str(), properties))
        })
        .collect()
}

fn filter<'t>(
    look: &mut Look<'_, 't>,
    properties: &'t Entries,
    others: &[Filter<'t>],
    path: &Path<'_>,
) {
    if others.len() < FILTERS {
        return;
    }
    let path = path.key("LogGroupName");
    let _ = look.at_each(&path, |look| {
        let mut same = Vec::new();
        for (name, resource, other) in others {
            if look.exists(resource)? && is_same(look, properties, other, "LogGroupName")? {
                same.push(*name);
            }
        }
        if same.len() >= FILTERS {
            let what = format!("the log group has {} subscription filters", same.len() + 1);
            same.dedup();
            let why = format!("it has at most {FILTERS}; there are {} too", few_ids(same));
            let help = "send what several need to a stream that they share";
            look.tell(&path, Code::QuotaExceeded, what, why, help);
        }
        Ok(())
    });
}
