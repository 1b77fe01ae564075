//! Bytes as text, where JSON has to hold them: the standard alphabet with padding.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes as text.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let three = (0..3).fold(0_u32, |three, index| {
            three << 8 | u32::from(chunk.get(index).copied().unwrap_or_default())
        });
        for place in 0..4_usize {
            let six = three >> (18 - 6 * place) & 63;
            let letter = ALPHABET.get(six as usize).copied().unwrap_or(b'=');
            let there = place <= chunk.len();
            text.push(if there { char::from(letter) } else { '=' });
        }
    }
    text
}

/// Text as bytes; none where it is not in the form.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let letters = text.trim_end_matches('=');
    let padding = text.len() - letters.len();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for chunk in letters.as_bytes().chunks(4) {
        let mut three = 0_u32;
        for place in 0..4 {
            let six = match chunk.get(place) {
                Some(letter) => ALPHABET.iter().position(|known| known == letter)?,
                None => 0,
            };
            three = three << 6 | u32::try_from(six).ok()?;
        }
        let [_, all @ ..] = three.to_be_bytes();
        bytes.extend(all.iter().take(chunk.len() - 1));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn known_texts() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(encode(&[0xff, 0xfe, 0xfd]), "//79");
        for text in ["Z", "Zg=", "Zg===", "Z===", "====", "Z!==", "é=="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
