//! New identifiers, which nobody has had before: all that is random here follows from a seed.

use serde::{Deserialize, Serialize};

/// Makes identifiers. No two are the same, whatever their form: each has all bits of a number of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ids {
    seed: u64,
    made: u64,
}

/// Digits and letters of both cases, as in generated names.
const ALPHANUMERIC: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Ids {
    pub(crate) fn new(seed: u64) -> Ids {
        Ids { seed, made: 0 }
    }

    /// A number that looks random. Numbers of one seed do not repeat: both steps are bijections.
    fn next(&mut self) -> u64 {
        self.made = self.made.wrapping_add(1);
        scrambled(
            self.seed
                .wrapping_add(self.made.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        )
    }

    /// `5f1c2d3e-…` in small letters.
    pub(crate) fn uuid(&mut self) -> String {
        let unique = self.next();
        let more = scrambled(unique ^ self.seed.rotate_left(32));
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            unique >> 32,
            (unique >> 16) & 0xffff,
            more & 0xfff,
            0x8000 | (more >> 12) & 0x3fff,
            (unique & 0xffff) << 32 | more >> 32,
        )
    }

    /// Small hexadecimal digits; from 16 on no two are the same.
    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.text(length, 16, str::to_ascii_lowercase)
    }

    /// Decimal digits. Up to 19 of them can repeat.
    pub(crate) fn digits(&mut self, length: usize) -> String {
        self.text(length, 10, str::to_owned)
    }

    /// Letters of both cases and digits: `EdXB90Au1l86`. From 11 on no two are the same.
    pub(crate) fn alphanumeric(&mut self, length: usize) -> String {
        self.text(length, 62, str::to_owned)
    }

    /// Capital letters and digits; from 13 on no two are the same.
    pub(crate) fn upper(&mut self, length: usize) -> String {
        self.text(length, 36, str::to_owned)
    }

    /// Small letters and digits: `i4eammke7jqd`; from 13 on no two are the same.
    pub(crate) fn lower(&mut self, length: usize) -> String {
        self.text(length, 36, str::to_ascii_lowercase)
    }

    fn text(&mut self, length: usize, base: u64, finish: impl Fn(&str) -> String) -> String {
        let mut rest = self.next();
        let mut more = scrambled(rest);
        // All of the number, and only then something else: that is what makes it unique.
        let whole = (1..).find(|digits| base.checked_pow(*digits).is_none());
        let whole = whole.and_then(|digits| usize::try_from(digits).ok());
        let digits = (0..length).map(|index| {
            let is_used_up = whole.is_some_and(|digits| index > 0 && index % digits == 0);
            if is_used_up {
                rest = more;
                more = scrambled(more);
            }
            let digit = usize::try_from(rest % base).unwrap_or_default();
            rest /= base;
            char::from(ALPHANUMERIC.get(digit).copied().unwrap_or(b'0'))
        });
        finish(&digits.collect::<String>())
    }
}

/// A bijection of 64 bits. Source: Sebastiano Vigna, "splitmix64".
fn scrambled(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
