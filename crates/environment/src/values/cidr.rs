//! Blocks of IPv4 addresses.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::values::text::{Format, RefusedText};

/// A block of IPv4 addresses, written as its first address and the length of its prefix: `10.0.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    first: u32,
    prefix: u8,
}

impl Cidr {
    /// What it looks like.
    pub const FORMAT: Format = Format {
        name: "cidr",
        noun: "a CIDR block",
        pattern: r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$",
        choices: Vec::new,
        check: |text| Cidr::new(text).map(|_| ()),
    };

    /// Every address: `0.0.0.0/0`.
    pub const ANYWHERE: Cidr = Cidr {
        first: 0,
        prefix: 0,
    };

    /// Reads `10.0.0.0/16`; the address must be the first one of the block.
    pub fn new(text: &str) -> Result<Cidr, RefusedText> {
        let refused = |why: &str| RefusedText::new(why, "write a block such as `10.0.0.0/16`");
        let (address, prefix) = text
            .split_once('/')
            .ok_or_else(|| refused("a block is an address, `/`, and the length of the prefix"))?;
        if address.contains(':') {
            return Err(refused("only IPv4 blocks are supported here"));
        }
        let address: Ipv4Addr = address.parse().map_err(|_| {
            refused("the address before `/` is not four numbers from 0 to 255 with dots")
        })?;
        let prefix: u8 = prefix
            .parse()
            .ok()
            .filter(|prefix| *prefix <= 32)
            .ok_or_else(|| refused("the prefix after `/` is not a number from 0 to 32"))?;
        let first = u32::from(address) & mask(prefix);
        let block = Cidr { first, prefix };
        if first != u32::from(address) {
            return Err(RefusedText::new(
                format!("`{address}` is inside the block, not its first address"),
                format!("write `{block}`"),
            ));
        }
        Ok(block)
    }

    /// The length of the prefix: 16 in `10.0.0.0/16`.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// How many addresses it has.
    pub fn size(self) -> u64 {
        1 << (32 - u32::from(self.prefix))
    }

    /// Whether the two have an address in common.
    pub fn overlaps(self, other: Cidr) -> bool {
        let mask = mask(self.prefix.min(other.prefix));
        self.first & mask == other.first & mask
    }

    /// The `position`-th block of the given prefix inside this one, from 0; `None` past its end.
    pub fn subnet(self, prefix: u8, position: u32) -> Option<Cidr> {
        if prefix < self.prefix || prefix > 32 {
            return None;
        }
        let size = 1_u64 << (32 - u32::from(prefix));
        let offset = u64::from(position) * size;
        let first = u32::try_from(u64::from(self.first) + offset).ok()?;
        (offset < self.size()).then_some(Cidr { first, prefix })
    }
}

fn mask(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0)
}

impl fmt::Display for Cidr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", Ipv4Addr::from(self.first), self.prefix)
    }
}

impl FromStr for Cidr {
    type Err = RefusedText;

    fn from_str(text: &str) -> Result<Self, RefusedText> {
        Cidr::new(text)
    }
}

impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cidr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cidr::new(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for Cidr {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cidr".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        Cidr::FORMAT.schema()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        Cidr::new(text).expect("a block")
    }

    #[test]
    fn every_written_block_reads_back() {
        for text in [
            "0.0.0.0/0",
            "10.0.0.0/16",
            "10.1.128.0/17",
            "192.168.1.1/32",
        ] {
            assert_eq!(cidr(text).to_string(), text);
        }
    }

    #[test]
    fn blocks_overlap_when_one_holds_the_other() {
        assert!(cidr("10.0.0.0/16").overlaps(cidr("10.0.255.0/24")));
        assert!(cidr("10.0.255.0/24").overlaps(cidr("10.0.0.0/16")));
        assert!(cidr("0.0.0.0/0").overlaps(cidr("10.0.0.0/8")));
        assert!(!cidr("10.0.0.0/16").overlaps(cidr("10.1.0.0/16")));
    }

    #[test]
    fn subnets_count_from_the_first_address_and_end_with_the_block() {
        let vpc = cidr("10.2.0.0/16");
        assert_eq!(vpc.subnet(20, 0), Some(cidr("10.2.0.0/20")));
        assert_eq!(vpc.subnet(20, 15), Some(cidr("10.2.240.0/20")));
        assert_eq!(vpc.subnet(20, 16), None);
        assert_eq!(vpc.subnet(8, 0), None);
        assert_eq!(cidr("255.255.0.0/16").subnet(17, 2), None);
    }
}
