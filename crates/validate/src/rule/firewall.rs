//! Rules of security groups: protocol, ports, and who is let in or out.
//!
//! What ports a protocol needs says `port-range`. Where AWS takes a rule and does something else than it says, that is a
//! warning. Source: CloudFormation template reference, `AWS::EC2::SecurityGroup Ingress`; EC2 API reference,
//! `IpPermission`.

use stratiform_finding::words::{listed, meant};
use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use crate::schema::{Entries, Look, Looked};

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

/// The protocols that EC2 knows by name.
const PROTOCOLS: [&str; 4] = ["tcp", "udp", "icmp", "icmpv6"];

/// The numbers of the protocols that have ports, or the like of them.
const WITH_PORTS: [i32; 4] = [1, 6, 17, 58];

/// Looks at the lists of a security group.
pub(super) fn group<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    for (name, peers) in [
        ("SecurityGroupIngress", SOURCES),
        ("SecurityGroupEgress", DESTINATIONS),
    ] {
        // EC2 leaves such a rule out of a group's own list, and says nothing.
        let _ = look.along(
            properties,
            &[name, "*"],
            path,
            &mut |look, value, path| match value.as_map() {
                Some(rule) => {
                    look.at_each(path, |look| of(look, rule, peers, Level::Warning, path))
                }
                None => Ok(()),
            },
        );
    }
}

/// Looks at a rule that lets in.
pub(super) fn ingress<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.at_each(path, |look| {
        of(look, properties, SOURCES, Level::Error, path)
    });
}

/// Looks at a rule that lets out.
pub(super) fn egress<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.at_each(path, |look| {
        of(look, properties, DESTINATIONS, Level::Error, path)
    });
}

fn of<'t>(
    look: &mut Look<'_, 't>,
    rule: &Entries,
    peers: &[&[&str]],
    level: Level,
    path: &Path<'_>,
) -> Looked<'t> {
    if look.may_grow(rule) {
        return Ok(());
    }
    peer(look, rule, peers, level, path)?;
    let from = look.number_of(rule, "FromPort")?;
    let to = look.number_of(rule, "ToPort")?;
    let Some(written) = look.word_of(rule, "IpProtocol")? else {
        return Ok(());
    };
    let written = written.to_ascii_lowercase();
    let number: Option<i32> = written.parse().ok();
    let is_named = PROTOCOLS.contains(&written.as_str());
    if !is_named && number.is_none() && written != "all" {
        unknown(look, &written, path);
    }
    let has_range = ["tcp", "udp"].contains(&written.as_str()) || matches!(number, Some(6 | 17));
    if let (true, Some(from), Some(to)) = (has_range, from, to)
        && from > to
    {
        let what = format!("`FromPort` {from} comes after `ToPort` {to}");
        let help = format!("write from {to} to {from}");
        let why = "a range begins with its lowest port";
        look.tell(&path.key("FromPort"), Code::FirewallRule, what, why, help);
    }
    let has_none = !is_named && !number.is_some_and(|number| WITH_PORTS.contains(&number));
    let is_all = matches!(
        (from, to),
        (None | Some(-1.0 | 0.0), None | Some(-1.0 | 65_535.0))
    );
    if has_none && (number.is_some() || written == "all") && !is_all {
        let what = format!("the rule for protocol `{written}` has ports");
        let help = "leave the ports out, or give it a protocol that has ports: `tcp` or `udp`";
        let why = "EC2 looks at ports of TCP, UDP and ICMP only: the rule lets all traffic pass";
        look.warn(&path.key("FromPort"), Code::FirewallRule, what, why, help);
    }
    Ok(())
}

/// Exactly one of them.
fn peer<'t>(
    look: &mut Look<'_, 't>,
    rule: &Entries,
    peers: &[&[&str]],
    level: Level,
    path: &Path<'_>,
) -> Looked<'t> {
    let mut set = Vec::new();
    for peer in peers {
        for name in *peer {
            if look.given(rule, name)?.is_some() {
                set.push(*name);
                break;
            }
        }
    }
    let why = "EC2 takes exactly one of them, and leaves out a rule of a group's own list that has \
               another number of them";
    match set.as_slice() {
        [_] => {}
        [] => {
            let what = "the rule says neither from where nor to where";
            let all = listed(peers.iter().flat_map(|peer| peer.first()));
            let help = format!("give it one of {all}");
            look.tell_as(level, path, Code::FirewallRule, what, why, help);
        }
        [.., last] => {
            let what = format!("the rule has {} at once", listed(&set));
            let help = "make a rule of each";
            look.tell_as(level, &path.key(last), Code::FirewallRule, what, why, help);
        }
    }
    Ok(())
}

fn unknown(look: &mut Look<'_, '_>, protocol: &str, path: &Path<'_>) {
    let what = format!("EC2 knows no protocol `{protocol}`");
    let help = meant(protocol, PROTOCOLS).unwrap_or_else(|| {
        format!(
            "EC2 has names for {}: write another one's number, or `-1` for all",
            listed(PROTOCOLS)
        )
    });
    let why = "a protocol is one of a few names, or a number";
    look.tell(&path.key("IpProtocol"), Code::FirewallRule, what, why, help);
}
