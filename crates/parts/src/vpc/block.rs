//! Blocks of addresses, cut in sixteen.

use std::net::Ipv4Addr;

/// A block of IPv4 addresses that begins where its prefix says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    first: u32,
    prefix: u32,
}

/// What stands in for a block that was refused.
impl Default for Block {
    fn default() -> Self {
        Block {
            first: 0,
            prefix: 16,
        }
    }
}

impl Block {
    /// How many zones have room in each of three tiers.
    pub(super) const ZONES: u32 = 4;

    /// `10.0.0.0/16`; nothing where it is no block, or begins inside of one.
    pub(super) fn parse(text: &str) -> Option<Block> {
        let (address, prefix) = text.split_once('/')?;
        let first = u32::from(address.parse::<Ipv4Addr>().ok()?);
        let prefix = prefix.parse().ok().filter(|prefix| *prefix <= 32)?;
        let rest = u32::MAX.checked_shr(prefix).unwrap_or(0);
        (first & rest == 0).then_some(Block { first, prefix })
    }

    /// From the largest VPC that AWS allows to the smallest whose sixteenths are subnets.
    pub(super) fn can_be_cut(&self) -> bool {
        (16..=24).contains(&self.prefix)
    }

    /// A sixteenth, counted from 0.
    pub(super) fn part(self, index: u32) -> String {
        let prefix = self.prefix + 4;
        let size = 1u32.checked_shl(32 - prefix.min(32)).unwrap_or(0);
        let first = self.first.wrapping_add(size.wrapping_mul(index));
        format!("{}/{prefix}", Ipv4Addr::from(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_cut_in_sixteen() {
        let block = Block::parse("10.2.0.0/16").unwrap();
        assert!(block.can_be_cut());
        assert_eq!(block.part(0), "10.2.0.0/20");
        assert_eq!(block.part(5), "10.2.80.0/20");
        let small = Block::parse("192.168.7.0/24").unwrap();
        assert_eq!(small.part(11), "192.168.7.176/28");
    }

    #[test]
    fn what_is_no_block_is_none() {
        for text in [
            "",
            "10.0.0.0",
            "10.0.0.1/16",
            "10.0.0.0/33",
            "a/16",
            "10.0.0/16",
        ] {
            assert_eq!(Block::parse(text), None, "{text}");
        }
        let all = Block::parse("0.0.0.0/0").unwrap();
        assert!(!all.can_be_cut());
    }
}
