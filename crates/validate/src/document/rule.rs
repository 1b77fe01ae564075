//! Rules of security groups: protocol, ports, and who is let in or out.
//!
//! Source: CloudFormation template reference, `AWS::EC2::SecurityGroup Ingress`; EC2 API reference, `IpPermission`.

use stratiform_finding::words::{listed, meant};
use stratiform_template::Value;

use super::{Code, Entries, Finding, Look, is_set, number};

/// Who may come in, of which a rule has one.
const SOURCES: &[&[&str]] = &[
    &["CidrIp"],
    &["CidrIpv6"],
    &["SourcePrefixListId"],
    // The second names the same where there is no VPC.
    &["SourceSecurityGroupId", "SourceSecurityGroupName"],
];

/// Where one may go, of which a rule has one.
const DESTINATIONS: &[&[&str]] = &[
    &["CidrIp"],
    &["CidrIpv6"],
    &["DestinationPrefixListId"],
    &["DestinationSecurityGroupId"],
];

/// What a protocol's ports are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ports {
    /// A range.
    Range,
    /// Type and code of a message.
    Message,
}

/// The protocols that EC2 knows by name.
const PROTOCOLS: [(&str, &str, Ports); 4] = [
    ("tcp", "6", Ports::Range),
    ("udp", "17", Ports::Range),
    ("icmp", "1", Ports::Message),
    ("icmpv6", "58", Ports::Message),
];

pub(super) fn look(look: &mut Look<'_>, resource_type: &str, properties: &Entries) {
    match resource_type {
        "AWS::EC2::SecurityGroupIngress" => rule(look, properties, SOURCES),
        "AWS::EC2::SecurityGroupEgress" => rule(look, properties, DESTINATIONS),
        "AWS::EC2::SecurityGroup" => {
            rules(look, properties, "SecurityGroupIngress", SOURCES);
            rules(look, properties, "SecurityGroupEgress", DESTINATIONS);
        }
        _ => {}
    }
}

fn rules(look: &mut Look<'_>, properties: &Entries, name: &str, peers: &[&[&str]]) {
    let rules = properties.get(name).and_then(Value::as_list);
    for (position, entries) in rules.into_iter().flatten().enumerate() {
        let Some(entries) = entries.as_map() else {
            continue;
        };
        look.inside(name, |look| {
            look.inside(position, |look| rule(look, entries, peers));
        });
    }
}

fn rule(look: &mut Look<'_>, entries: &Entries, peers: &[&[&str]]) {
    peer(look, entries, peers);
    let written = match entries.get("IpProtocol") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.as_str().to_owned(),
        _ => return,
    };
    let by_name =
        |known: &&(&str, &str, Ports)| written.eq_ignore_ascii_case(known.0) || written == known.1;
    match PROTOCOLS.iter().find(by_name) {
        Some((_, _, Ports::Range)) => range(look, entries, &written),
        Some((_, _, Ports::Message)) => {}
        None if written.parse::<i16>().is_ok() || written.eq_ignore_ascii_case("all") => {
            no_ports(look, entries, &written);
        }
        None => unknown(look, &written),
    }
}

/// Exactly one of them.
fn peer(look: &mut Look<'_>, entries: &Entries, peers: &[&[&str]]) {
    let mut set = Vec::new();
    for peer in peers {
        let mut named = Vec::new();
        for name in *peer {
            match is_set(entries, name) {
                Some(true) => named.push(*name),
                Some(false) => {}
                None => return,
            }
        }
        set.extend(named.first().copied());
    }
    let all = || listed(peers.iter().flat_map(|peer| peer.first()));
    let why = "EC2 takes exactly one of them, and leaves out a rule of a group's own list that has \
               another number of them";
    match set.as_slice() {
        [_] => {}
        [] => {
            let what = "the rule says neither from where nor to where";
            let help = format!("give it one of {}", all());
            look.tell(
                "CidrIp",
                Finding::new(Code::FirewallRule, what, help).because(why),
            );
        }
        [.., last] => {
            let what = format!("the rule has {} at once", listed(&set));
            let help = "make a rule of each";
            look.tell(
                last,
                Finding::new(Code::FirewallRule, what, help).because(why),
            );
        }
    }
}

fn range(look: &mut Look<'_>, entries: &Entries, protocol: &str) {
    let ends = ["FromPort", "ToPort"];
    let missing = ends.iter().find(|end| is_set(entries, end) == Some(false));
    if let Some(missing) = missing {
        let what = format!("the rule for `{protocol}` has no `{missing}`");
        let help = "give both ends of the range; one port is both";
        let why = "EC2 takes no rule for TCP or UDP without both";
        look.tell(
            missing,
            Finding::new(Code::FirewallRule, what, help).because(why),
        );
    }
    let [Some(from), Some(to)] = ends.map(|end| number(entries, end)) else {
        return;
    };
    if from > to {
        let what = format!("`FromPort` {from} comes after `ToPort` {to}");
        let help = format!("write from {to} to {from}");
        let why = "a range begins with its lowest port";
        look.tell(
            "FromPort",
            Finding::new(Code::FirewallRule, what, help).because(why),
        );
    }
}

/// Ports where a protocol has none: they limit nothing.
fn no_ports(look: &mut Look<'_>, entries: &Entries, protocol: &str) {
    let [from, to] = ["FromPort", "ToPort"].map(|end| number(entries, end));
    let is_all = matches!((from, to), (None | Some(-1 | 0), None | Some(-1 | 65_535)));
    if !is_all {
        let what = format!("the rule for protocol `{protocol}` has ports");
        let help = "leave the ports out, or give it a protocol that has ports: `tcp` or `udp`";
        let why = "EC2 looks at ports of TCP, UDP and ICMP only: the rule lets all traffic pass";
        look.tell(
            "FromPort",
            Finding::new(Code::FirewallRule, what, help).because(why),
        );
    }
}

fn unknown(look: &mut Look<'_>, protocol: &str) {
    let what = format!("EC2 knows no protocol `{protocol}`");
    let names = || PROTOCOLS.iter().map(|(name, _, _)| *name);
    let help = meant(protocol, names()).unwrap_or_else(|| {
        format!(
            "EC2 has names for {}: write another one's number, or `-1` for all",
            listed(names())
        )
    });
    look.tell("IpProtocol", Finding::new(Code::FirewallRule, what, help));
}
