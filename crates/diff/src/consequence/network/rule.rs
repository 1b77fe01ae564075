//! Rules: which protocol and ports are open to whom, and whether other rules say the same.

use std::fmt;

use super::block::{Block, Reach};

/// More pieces than this are not followed.
const MAX_PIECES: usize = 512;

/// Ports that administer a machine or lead into a database.
const SENSITIVE: [u16; 20] = [
    22, 23, 135, 445, 1433, 1521, 2049, 2375, 3306, 3389, 5432, 5439, 5900, 6379, 6443, 8182, 9200,
    11211, 27017, 50000,
];

/// A rule of a firewall.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Rule {
    pub way: Way,
    /// `None`: all of them.
    pub protocol: Option<String>,
    pub ports: Ports,
    pub peer: Peer,
}

/// Which way does traffic go?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Way {
    In,
    Out,
}

/// Which ports does a rule mean?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Ports {
    Range(u16, u16),
    /// Types of ICMP, and what is not known here: compared as text.
    Named(String),
}

impl Ports {
    pub(super) const ALL: Ports = Ports::Range(0, u16::MAX);
}

/// Who is at the other end?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Peer {
    Block(Block),
    /// A security group, a prefix list, or what is not known here.
    Named(String),
}

impl Rule {
    pub(super) fn reach(&self) -> Reach {
        match &self.peer {
            Peer::Block(block) => block.reach(),
            Peer::Named(_) => Reach::Some,
        }
    }

    /// Whether it lets through what administers machines and databases.
    pub(super) fn is_sensitive(&self) -> bool {
        let transport = matches!(self.protocol.as_deref(), None | Some("tcp" | "udp"));
        match self.ports {
            Ports::Range(from, to) => {
                transport && SENSITIVE.iter().any(|port| (from..=to).contains(port))
            }
            Ports::Named(_) => false,
        }
    }

    /// Whether others together let through all that this lets through.
    pub(super) fn is_covered(&self, others: &[Rule]) -> bool {
        let mut left = vec![(self.ports.clone(), self.peer.clone())];
        for other in others {
            let applies = other.way == self.way
                && (other.protocol.is_none() || other.protocol == self.protocol);
            if applies {
                left = left
                    .into_iter()
                    .flat_map(|piece| without(piece, other))
                    .collect();
            }
            if left.is_empty() {
                return true;
            }
            if left.len() > MAX_PIECES {
                return false;
            }
        }
        false
    }
}

/// What is left of ports and a peer after a rule has taken its part.
fn without((ports, peer): (Ports, Peer), rule: &Rule) -> Vec<(Ports, Peer)> {
    let (common, other_ports) = match (&ports, &rule.ports) {
        (Ports::Range(from, to), Ports::Range(start, end)) => {
            let (first, last) = (*from.max(start), *to.min(end));
            if first > last {
                return vec![(ports, peer)];
            }
            let below = (*from < first).then(|| Ports::Range(*from, first - 1));
            let above = (last < *to).then(|| Ports::Range(last + 1, *to));
            let others: Vec<Ports> = below.into_iter().chain(above).collect();
            (Ports::Range(first, last), others)
        }
        (_, all) if ports == *all || *all == Ports::ALL => (ports, Vec::new()),
        _ => return vec![(ports, peer)],
    };
    let other_peers: Vec<Peer> = match (&peer, &rule.peer) {
        (Peer::Block(one), Peer::Block(two)) if two.contains(*one) => Vec::new(),
        (Peer::Block(one), Peer::Block(two)) if one.contains(*two) => {
            one.without(*two).into_iter().map(Peer::Block).collect()
        }
        (one, two) if one == two => Vec::new(),
        _ => {
            let all = other_ports.into_iter().chain([common]);
            return all.map(|ports| (ports, peer.clone())).collect();
        }
    };
    let ports_left = other_ports.into_iter().map(|ports| (ports, peer.clone()));
    let peers_left = other_peers.into_iter().map(|peer| (common.clone(), peer));
    ports_left.chain(peers_left).collect()
}

impl Rule {
    /// `tcp 443`, `everything`: what a rule lets through.
    pub(super) fn traffic(&self) -> String {
        match (self.protocol.as_deref(), &self.ports) {
            (None, _) => "everything".to_owned(),
            (Some(protocol), ports) if *ports == Ports::ALL => format!("all {protocol}"),
            (Some(protocol), Ports::Range(from, to)) if from == to => format!("{protocol} {from}"),
            (Some(protocol), Ports::Range(from, to)) => format!("{protocol} {from}-{to}"),
            (Some(protocol), Ports::Named(name)) => format!("{protocol} {name}"),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.way {
            Way::In => "from",
            Way::Out => "to",
        };
        write!(formatter, "{} {word} {}", self.traffic(), self.peer)
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Peer::Block(block) => block.fmt(formatter),
            Peer::Named(name) => formatter.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::block::Block;
    use super::{Peer, Ports, Rule, Way};
    use proptest::prelude::*;

    fn rule(from: u16, to: u16, block: &str) -> Rule {
        Rule {
            way: Way::In,
            protocol: Some("tcp".to_owned()),
            ports: Ports::Range(from, to),
            peer: Peer::Block(Block::parse(block).expect(block)),
        }
    }

    #[test]
    fn rules_together_cover_what_they_cover() {
        let all = Rule {
            protocol: None,
            ..rule(0, u16::MAX, "0.0.0.0/0")
        };
        assert!(rule(443, 443, "10.0.0.0/8").is_covered(&[all]));
        let ports = [rule(80, 80, "0.0.0.0/0"), rule(81, 90, "0.0.0.0/0")];
        assert!(rule(80, 90, "0.0.0.0/0").is_covered(&ports));
        assert!(!rule(80, 91, "0.0.0.0/0").is_covered(&ports));
        let halves = [rule(1, 9, "0.0.0.0/1"), rule(1, 9, "128.0.0.0/1")];
        assert!(rule(1, 9, "0.0.0.0/0").is_covered(&halves));
        assert!(!rule(1, 9, "0.0.0.0/0").is_covered(&halves[..1]));
        let corners = [rule(1, 5, "0.0.0.0/1"), rule(6, 9, "128.0.0.0/1")];
        assert!(!rule(1, 9, "0.0.0.0/0").is_covered(&corners));
    }

    proptest! {
        #[test]
        fn a_rule_is_covered_by_its_pieces(from in 0_u16..100, more in 0_u16..100, cut in 0_u16..100, length in 0_u32..32) {
            let to = from + more;
            let cut = from + cut % (more + 1);
            let whole = rule(from, to, &format!("10.0.0.0/{length}"));
            let low = rule(from, cut, &format!("10.0.0.0/{length}"));
            let mut pieces = vec![low];
            if let Peer::Block(block) = whole.peer {
                let half = Block::parse(&format!("10.0.0.0/{}", length + 1)).expect("a block");
                let blocks = block.without(half).into_iter().chain([half]);
                pieces.extend(blocks.map(|block| Rule { peer: Peer::Block(block), ..rule(cut, to, "::/0") }));
            }
            prop_assert!(whole.is_covered(&pieces));
            prop_assert!(pieces.iter().all(|piece| piece.is_covered(std::slice::from_ref(&whole))));
        }
    }
}
