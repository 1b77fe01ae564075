//! Blocks of addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block in CIDR notation, IPv4 or IPv6: a prefix of 128 bits, so that one arithmetic serves both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::consequence) struct Block {
    version: Version,
    /// The first address, from the highest bit down.
    first: u128,
    /// How many bits are fixed.
    length: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Version {
    V4,
    V6,
}

impl Version {
    fn bits(self) -> u32 {
        match self {
            Version::V4 => 32,
            Version::V6 => 128,
        }
    }
}

/// Who is behind a block?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::consequence) enum Reach {
    /// Every address there is, or so many that it makes no difference.
    World,
    /// Anything less.
    Some,
    /// The machine itself.
    Nobody,
}

impl Block {
    pub(in crate::consequence) const WORLD: Block = Block {
        version: Version::V4,
        first: 0,
        length: 0,
    };

    /// Reads `10.0.0.0/8`; host bits are ignored, as EC2 does.
    pub(in crate::consequence) fn parse(text: &str) -> Option<Block> {
        let (address, length) = text.trim().split_once('/')?;
        let (version, bits) = match address.parse().ok()? {
            IpAddr::V4(address) => (Version::V4, u128::from(address.to_bits()) << 96),
            IpAddr::V6(address) => (Version::V6, address.to_bits()),
        };
        let length = length
            .parse()
            .ok()
            .filter(|length| *length <= version.bits())?;
        Some(Block {
            version,
            first: bits & mask(length),
            length,
        })
    }

    pub(in crate::consequence) fn contains(self, other: Block) -> bool {
        self.version == other.version
            && self.length <= other.length
            && other.first & mask(self.length) == self.first
    }

    /// The parts of this block that are outside of one within it.
    pub(in crate::consequence) fn without(self, inner: Block) -> Vec<Block> {
        let lengths = self.length + 1..=inner.length;
        lengths
            .map(|length| Block {
                first: inner.first & mask(length) ^ bit(length),
                length,
                ..self
            })
            .collect()
    }

    pub(in crate::consequence) fn reach(self) -> Reach {
        let loopback = ["127.0.0.0/8", "::1/128"];
        let within = |text: &str| Block::parse(text).is_some_and(|block| block.contains(self));
        match self.version {
            _ if loopback.into_iter().any(within) => Reach::Nobody,
            Version::V4 if self.length < 8 => Reach::World,
            // `2000::/3` is all there is to reach; `fc00::/7` is private.
            Version::V6 if self.length < 8 && !within("fc00::/7") => Reach::World,
            Version::V4 | Version::V6 => Reach::Some,
        }
    }
}

/// The highest `length` bits.
fn mask(length: u32) -> u128 {
    u128::MAX.checked_shl(128 - length).unwrap_or(0)
}

/// The last of the highest `length` bits.
fn bit(length: u32) -> u128 {
    1_u128.checked_shl(128 - length).unwrap_or(0)
}

impl fmt::Display for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = match self.version {
            Version::V4 => IpAddr::V4(Ipv4Addr::from_bits((self.first >> 96) as u32)),
            Version::V6 => IpAddr::V6(Ipv6Addr::from_bits(self.first)),
        };
        write!(formatter, "{address}/{}", self.length)?;
        match (self.reach(), self.version, self.length) {
            (Reach::World, Version::V4, 0) => formatter.write_str(" (the whole internet, IPv4)"),
            (Reach::World, Version::V6, 0) => formatter.write_str(" (the whole internet, IPv6)"),
            (Reach::World, ..) => formatter.write_str(" (a large part of the internet)"),
            (Reach::Some | Reach::Nobody, ..) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, Reach};

    fn block(text: &str) -> Block {
        Block::parse(text).expect(text)
    }

    #[test]
    fn blocks_contain_what_is_in_them() {
        assert!(block("0.0.0.0/0").contains(block("10.1.2.3/32")));
        assert!(block("10.0.0.0/8").contains(block("10.255.0.0/16")));
        assert!(!block("10.0.0.0/16").contains(block("10.0.0.0/8")));
        assert!(!block("0.0.0.0/0").contains(block("::/0")));
        assert!(block("2001:db8::/32").contains(block("2001:db8:1::/48")));
        for wrong in [
            "",
            "10.0.0.0",
            "10.0.0.0/33",
            "::/129",
            "10.0/8",
            "a/b",
            "1.1.1.1/-1",
        ] {
            assert_eq!(Block::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_left_of_a_block() {
        let left = block("10.0.0.0/8").without(block("10.64.0.0/10"));
        assert_eq!(left, [block("10.128.0.0/9"), block("10.0.0.0/10")]);
        assert_eq!(block("::/0").without(block("::/0")), []);
        assert_eq!(block("::/0").without(block("::1/128")).len(), 128);
    }

    #[test]
    fn who_is_behind_a_block() {
        for (text, reach) in [
            ("0.0.0.0/0", Reach::World),
            ("128.0.0.0/1", Reach::World),
            ("2000::/3", Reach::World),
            ("10.0.0.0/8", Reach::Some),
            ("fc00::/7", Reach::Some),
            ("127.0.0.1/32", Reach::Nobody),
            ("::1/128", Reach::Nobody),
        ] {
            assert_eq!(block(text).reach(), reach, "{text}");
        }
    }
}
