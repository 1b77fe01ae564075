//! Who may come in where, as policies ask about security groups.

use std::ops::RangeInclusive;

use stratiform_template::Path;

use super::asking::{Ask, Text};
use crate::schema::{Entries, Look, Looked};

/// Whether a block of addresses has all of them.
pub(super) fn is_everywhere(block: &str) -> bool {
    block.trim().ends_with("/0")
}

/// What a rule opens to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    Nothing,
    /// These ports of TCP or UDP.
    Ports(RangeInclusive<u16>),
    /// Nobody knows.
    Unknown,
}

/// Asks about each rule of a group that lets in.
pub(super) fn each_of_group<'s, 't>(
    look: &mut Look<'s, 't>,
    group: &Entries,
    path: &Path<'_>,
    ask: Ask<'_, 's, 't>,
) -> Looked<'t> {
    look.each_map(group, "SecurityGroupIngress", path, ask)
}

/// What a rule opens to everybody.
pub(super) fn opened<'t>(look: &Look<'_, 't>, rule: &Entries) -> Looked<'t, Opened> {
    let mut is_open = false;
    for name in ["CidrIp", "CidrIpv6"] {
        match look.text_of(rule, &[name])? {
            Text::Known(block) => is_open |= is_everywhere(&block),
            Text::Absent => {}
            Text::Unknown => return Ok(Opened::Unknown),
        }
    }
    if !is_open {
        return Ok(Opened::Nothing);
    }
    let protocol = match look.text_of(rule, &["IpProtocol"])? {
        Text::Known(protocol) => protocol,
        Text::Absent | Text::Unknown => return Ok(Opened::Unknown),
    };
    match protocol.to_ascii_lowercase().as_str() {
        "-1" | "all" => return Ok(Opened::Ports(0..=u16::MAX)),
        "tcp" | "udp" | "6" | "17" => {}
        // ICMP and the like have no ports.
        _ => return Ok(Opened::Nothing),
    }
    let mut ports = Vec::new();
    for name in ["FromPort", "ToPort"] {
        match look.text_of(rule, &[name])? {
            Text::Known(port) if port == "-1" => return Ok(Opened::Ports(0..=u16::MAX)),
            Text::Known(port) => ports.extend(port.trim().parse::<u16>()),
            Text::Absent | Text::Unknown => {}
        }
    }
    Ok(match ports.as_slice() {
        [from, to] if from <= to => Opened::Ports(*from..=*to),
        _ => Opened::Unknown,
    })
}

/// Ports in a sentence.
pub(super) fn named(ports: &RangeInclusive<u16>) -> String {
    match (*ports.start(), *ports.end()) {
        (0, u16::MAX) => "every port".to_owned(),
        (from, to) if from == to => format!("port {from}"),
        (from, to) => format!("ports {from} to {to}"),
    }
}

/// Ports through which machines and data are reached: no program of the public's is behind them.
/// Source: Security Hub user guide, `EC2.19`; those of the web are left out, and Docker, NFS, Redis, memcached and
/// MongoDB are added.
const INNER: [(u16, &str); 19] = [
    (20, "FTP"),
    (21, "FTP"),
    (22, "SSH"),
    (23, "Telnet"),
    (135, "RPC"),
    (445, "SMB"),
    (1433, "SQL Server"),
    (1434, "SQL Server"),
    (2049, "NFS"),
    (2375, "Docker"),
    (3306, "MySQL"),
    (3389, "RDP"),
    (5432, "PostgreSQL"),
    (5601, "OpenSearch Dashboards"),
    (6379, "Redis"),
    (9200, "OpenSearch"),
    (9300, "OpenSearch"),
    (11211, "memcached"),
    (27017, "MongoDB"),
];

/// What is behind ports that the public has no business with; nothing where there is none of it.
pub(super) fn inner(ports: &RangeInclusive<u16>) -> Vec<&'static str> {
    let mut behind: Vec<&str> = Vec::new();
    for (port, name) in INNER {
        if ports.contains(&port) && !behind.contains(&name) {
            behind.push(name);
        }
    }
    behind
}
