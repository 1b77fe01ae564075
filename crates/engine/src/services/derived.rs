//! Identifiers that follow from a text: the same text gives the same ones, and the state is not touched.

use crate::ids::Ids;

/// Makes identifiers out of a text.
///
/// Source: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm", FNV-1a of 64 bits.
pub(super) fn derived(text: &str) -> Ids {
    Ids::new(text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }))
}
