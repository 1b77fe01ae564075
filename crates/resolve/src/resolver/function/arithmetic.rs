//! Text and number work of intrinsic functions.

use std::net::Ipv4Addr;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `Fn::Base64`.
pub(super) fn base64(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len().div_ceil(3) * 4);
    for chunk in text.as_bytes().chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for position in 0..4 {
            if position > chunk.len() {
                encoded.push('=');
            } else {
                let index = bits >> (18 - 6 * position) & 63;
                encoded.push(char::from(ALPHABET[index as usize]));
            }
        }
    }
    encoded
}

/// `Fn::Cidr` of an IPv4 block: `count` blocks with `bits` host bits each; `None` where they do not fit, or the
/// block is not IPv4.
pub(super) fn cidr(block: &str, count: u32, bits: u32) -> Option<Vec<String>> {
    let (address, prefix) = block.split_once('/')?;
    let address = u32::from(address.parse::<Ipv4Addr>().ok()?);
    let prefix: u32 = prefix.parse().ok().filter(|prefix| *prefix <= 32)?;
    let size = 1u64.checked_shl(bits).filter(|_| bits <= 32)?;
    let room = 1u64 << (32 - prefix);
    if count == 0 || count > 256 || u64::from(count) * size > room {
        return None;
    }
    let network = u64::from(address) / room * room;
    let blocks = (0..u64::from(count)).map(|index| {
        let first = u32::try_from(network + index * size).ok()?;
        Some(format!("{}/{}", Ipv4Addr::from(first), 32 - bits))
    });
    blocks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("HelloWorld", "SGVsbG9Xb3JsZA=="),
            ("ü~?", "w7x+Pw=="),
        ];
        for (text, expected) in cases {
            assert_eq!(base64(text), expected);
        }
    }

    #[test]
    fn cidr_splits_blocks_that_fit() {
        assert_eq!(
            cidr("10.0.0.0/16", 2, 8),
            Some(vec!["10.0.0.0/24".to_owned(), "10.0.1.0/24".to_owned()])
        );
        assert_eq!(
            cidr("192.168.0.0/24", 6, 5)
                .map(|blocks| blocks[5].clone())
                .as_deref(),
            Some("192.168.0.160/27")
        );
        for (block, count, bits) in [
            ("10.0.0.0/24", 2, 8),
            ("10.0.0.0/33", 1, 1),
            ("10.0.0.0", 1, 1),
            ("fd00::/8", 1, 64),
            ("10.0.0.0/16", 0, 8),
            ("10.0.0.0/0", 257, 8),
            ("10.0.0.0/0", 1, 33),
        ] {
            assert_eq!(cidr(block, count, bits), None, "{block} {count} {bits}");
        }
    }
}
