//! Blocks of addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A CIDR block: `10.0.0.0/16`, `2001:db8::/56`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    kind: Kind,
    /// The first address.
    first: u128,
    /// How many bits all of its addresses share.
    shared: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    V4,
    V6,
}

impl Kind {
    fn bits(self) -> u32 {
        match self {
            Kind::V4 => 32,
            Kind::V6 => 128,
        }
    }
}

impl Block {
    /// Reads a block; an address inside of one stands for the block, as EC2 has it.
    pub(crate) fn parse(text: &str) -> Option<Block> {
        let (address, shared) = text.split_once('/')?;
        let shared: u32 = shared.parse().ok()?;
        let (kind, address) = match address.parse().ok()? {
            IpAddr::V4(address) => (Kind::V4, u128::from(u32::from(address))),
            IpAddr::V6(address) => (Kind::V6, u128::from(address)),
        };
        if shared > kind.bits() {
            return None;
        }
        let first = match kind.bits() - shared {
            128 => 0,
            free => address >> free << free,
        };
        Some(Block {
            kind,
            first,
            shared,
        })
    }

    /// Whether both are of IPv4, or both of IPv6.
    pub(crate) fn is_like(self, other: Block) -> bool {
        self.kind == other.kind
    }

    /// Whether all addresses of another block are in this one.
    pub(crate) fn contains(self, other: Block) -> bool {
        if !self.is_like(other) || other.shared < self.shared {
            return false;
        }
        match self.kind.bits() - self.shared {
            128 => true,
            free => self.first >> free == other.first >> free,
        }
    }

    /// Whether two blocks have addresses in common.
    pub(crate) fn overlaps(self, other: Block) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// So many blocks with so many bits free, one after the other from the first on, as `Fn::Cidr` gives them; none
    /// where they do not fit.
    pub(crate) fn split(self, count: u32, free: u32) -> Option<Vec<Block>> {
        let shared = self.kind.bits().checked_sub(free)?;
        let spare = shared.checked_sub(self.shared)?;
        if !(1..=256).contains(&count) || spare < 8 && count > 1 << spare || free >= 128 {
            return None;
        }
        let block = |position: u32| Block {
            kind: self.kind,
            first: self.first + (u128::from(position) << free),
            shared,
        };
        Some((0..count).map(block).collect())
    }
}

impl fmt::Display for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = match self.kind {
            Kind::V4 => IpAddr::V4(Ipv4Addr::from(
                u32::try_from(self.first).unwrap_or_default(),
            )),
            Kind::V6 => IpAddr::V6(Ipv6Addr::from(self.first)),
        };
        write!(formatter, "{address}/{}", self.shared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Block {
        Block::parse(text).unwrap()
    }

    #[test]
    fn blocks_are_read_and_written() {
        for text in [
            "10.0.0.0/16",
            "0.0.0.0/0",
            "2001:db8::/56",
            "::/0",
            "10.0.0.1/32",
        ] {
            assert_eq!(block(text).to_string(), text);
        }
        assert_eq!(block("10.0.3.7/16").to_string(), "10.0.0.0/16");
        for text in ["10.0.0.0", "10.0.0.0/33", "10.0.0/16", "x/1", "::/129"] {
            assert_eq!(Block::parse(text), None, "{text}");
        }
    }

    #[test]
    fn blocks_contain_each_other() {
        assert!(block("10.0.0.0/16").contains(block("10.0.255.0/24")));
        assert!(block("0.0.0.0/0").contains(block("10.0.0.0/8")));
        assert!(block("::/0").contains(block("2001:db8::/56")));
        assert!(!block("10.0.0.0/16").contains(block("10.1.0.0/24")));
        assert!(!block("10.0.0.0/24").contains(block("10.0.0.0/16")));
        assert!(!block("0.0.0.0/0").contains(block("::/0")));
    }

    #[test]
    fn blocks_are_split() {
        let split = |text, count, free| {
            let blocks = block(text).split(count, free)?;
            Some(
                blocks
                    .iter()
                    .map(Block::to_string)
                    .collect::<Vec<_>>()
                    .join(" "),
            )
        };
        let expected = "10.0.0.0/24 10.0.1.0/24 10.0.2.0/24";
        assert_eq!(split("10.0.0.0/16", 3, 8).as_deref(), Some(expected));
        let expected = "2001:db8::/64 2001:db8:0:1::/64";
        assert_eq!(split("2001:db8::/56", 2, 64).as_deref(), Some(expected));
        assert_eq!(split("10.0.0.0/24", 3, 8), None);
        assert_eq!(split("10.0.0.0/24", 1, 40), None);
        assert_eq!(split("10.0.0.0/24", 0, 4), None);
    }
}
