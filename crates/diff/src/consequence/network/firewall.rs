//! Rules as resource types write them. Which types have some, the catalog knows.

use stratiform_catalog::behaviour::Firewall;
use stratiform_resolve::{Resolved, Style};

use super::block::{Block, Reach};
use super::rule::{Peer, Ports, Rule, Way};
use crate::consequence::iam::property::at;

/// Rules, and whether they let through or hold back.
#[derive(Default)]
pub(super) struct Rules {
    pub open: Vec<Rule>,
    pub closed: Vec<Rule>,
}

/// The rules that properties write.
pub(super) fn read(firewall: Firewall, properties: &Resolved<'static>) -> Rules {
    match firewall {
        Firewall::SecurityGroup => security_group(properties),
        Firewall::Ingress => open(group_rules(properties, Way::In)),
        Firewall::Egress => open(group_rules(properties, Way::Out)),
        Firewall::PrefixList => prefix_list(properties),
        Firewall::AclEntry => acl_entry(properties),
        Firewall::Kubernetes => kubernetes(properties),
    }
}

/// What traffic has to match: the properties of one rule.
fn open(rules: Vec<Rule>) -> Rules {
    Rules {
        open: rules,
        closed: Vec::new(),
    }
}

/// The rules of a group that it has itself; what it allows out without any is the matter of `group`.
fn security_group(properties: &Resolved<'static>) -> Rules {
    let each = |property: &str, way| {
        let items = properties
            .get(property)
            .into_iter()
            .flat_map(Resolved::items);
        items.flat_map(move |item| group_rules(item, way))
    };
    let ingress = each("SecurityGroupIngress", Way::In);
    open(
        ingress
            .chain(each("SecurityGroupEgress", Way::Out))
            .collect(),
    )
}

/// The rules of one entry: one for each peer that it names.
fn group_rules(entry: &Resolved<'static>, way: Way) -> Vec<Rule> {
    let protocol = protocol(entry.get("IpProtocol"));
    let ports = ports(
        protocol.as_deref(),
        entry.get("FromPort"),
        entry.get("ToPort"),
    );
    let rule = |peer| Rule {
        way,
        protocol: protocol.clone(),
        ports: ports.clone(),
        peer,
    };
    if !matches!(entry, Resolved::Map(_)) {
        let shown = entry.shown(Style::Expression);
        return vec![rule(Peer::Named(shown))];
    }
    let names = [
        ("CidrIp", ""),
        ("CidrIpv6", ""),
        ("SourceSecurityGroupId", "security group "),
        ("SourceSecurityGroupName", "security group "),
        ("SourcePrefixListId", "prefix list "),
        ("DestinationSecurityGroupId", "security group "),
        ("DestinationPrefixListId", "prefix list "),
    ];
    let peers = names.into_iter().filter_map(|(property, word)| {
        let value = entry.get(property)?;
        Some(if word.is_empty() {
            block(value)
        } else {
            named(word, value)
        })
    });
    peers
        .map(rule)
        .filter(|rule| rule.reach() != Reach::Nobody)
        .collect()
}

fn prefix_list(properties: &Resolved<'static>) -> Rules {
    let blocks = at(properties, "Entries/*/Cidr");
    let rule = |value: &Resolved<'_>| Rule {
        way: Way::In,
        protocol: None,
        ports: Ports::ALL,
        peer: block(value),
    };
    open(blocks.into_iter().map(rule).collect())
}

fn acl_entry(properties: &Resolved<'static>) -> Rules {
    let text = |property: &str| properties.get(property).and_then(Resolved::known);
    let way = match text("Egress").as_deref() {
        Some("true") => Way::Out,
        _ => Way::In,
    };
    let protocol = protocol(properties.get("Protocol"));
    let range = properties.get("PortRange");
    let end = |name: &str| range.and_then(|range| range.get(name));
    let icmp = |name: &str| properties.get("Icmp").and_then(|icmp| icmp.get(name));
    let ports = match is_icmp(protocol.as_deref()) {
        true => ports(protocol.as_deref(), icmp("Type"), icmp("Code")),
        false => ports(protocol.as_deref(), end("From"), end("To")),
    };
    let blocks = ["CidrBlock", "Ipv6CidrBlock"].map(|name| properties.get(name));
    let rules = blocks.into_iter().flatten().map(|value| Rule {
        way,
        protocol: protocol.clone(),
        ports: ports.clone(),
        peer: block(value),
    });
    let rules = rules.collect();
    match text("RuleAction").as_deref() {
        Some("deny") => Rules {
            open: Vec::new(),
            closed: rules,
        },
        _ => open(rules),
    }
}

/// Source: EKS user guide, "Cluster API server endpoint": public and open to everybody unless it says otherwise.
fn kubernetes(properties: &Resolved<'static>) -> Rules {
    let configuration = properties.get("ResourcesVpcConfig");
    let access = |name: &str| configuration.and_then(|configuration| configuration.get(name));
    if access("EndpointPublicAccess")
        .and_then(Resolved::known)
        .as_deref()
        == Some("false")
    {
        return Rules::default();
    }
    let blocks: Vec<Peer> = match access("PublicAccessCidrs") {
        Some(blocks) => blocks.items().iter().map(block).collect(),
        None => vec![Peer::Block(Block::WORLD)],
    };
    let rules = blocks.into_iter().map(|peer| Rule {
        way: Way::In,
        protocol: Some("tcp".to_owned()),
        ports: Ports::Range(443, 443),
        peer,
    });
    open(rules.collect())
}

fn block(value: &Resolved<'_>) -> Peer {
    let known = value.known().and_then(|text| Block::parse(&text));
    known.map_or_else(|| named("", value), Peer::Block)
}

fn named(word: &str, value: &Resolved<'_>) -> Peer {
    Peer::Named(format!("{word}{}", value.shown(Style::Expression)))
}

/// A protocol's name; `None` for all of them.
///
/// Source: IANA, "Assigned Internet Protocol Numbers", those that EC2 calls by name.
fn protocol(value: Option<&Resolved<'_>>) -> Option<String> {
    let shown = value?.shown(Style::Expression).to_ascii_lowercase();
    Some(match shown.as_str() {
        "-1" | "all" => return None,
        "1" => "icmp".to_owned(),
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "58" => "icmpv6".to_owned(),
        _ => shown,
    })
}

fn is_icmp(protocol: Option<&str>) -> bool {
    matches!(protocol, Some("icmp" | "icmpv6"))
}

fn ports(protocol: Option<&str>, from: Option<&Resolved<'_>>, to: Option<&Resolved<'_>>) -> Ports {
    let number = |value: Option<&Resolved<'_>>| value?.known()?.parse::<i32>().ok();
    let shown = |value: Option<&Resolved<'_>>| {
        value.map_or_else(|| "any".to_owned(), |value| value.shown(Style::Expression))
    };
    match (number(from), number(to)) {
        _ if protocol.is_none() => Ports::ALL,
        _ if from.is_none() && to.is_none() => Ports::ALL,
        (Some(-1), _) => Ports::ALL,
        _ if is_icmp(protocol) => Ports::Named(format!("type {} code {}", shown(from), shown(to))),
        (Some(first), Some(last)) => match (u16::try_from(first), u16::try_from(last)) {
            (Ok(first), Ok(last)) if first <= last => Ports::Range(first, last),
            _ => Ports::Named(format!("{first}-{last}")),
        },
        _ if shown(from) == shown(to) => Ports::Named(shown(from)),
        _ => Ports::Named(format!("{}-{}", shown(from), shown(to))),
    }
}
