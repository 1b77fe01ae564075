//! Percent-encoding: forms, query strings and paths.
//!
//! What lives here: decoding, and refusing what cannot be decoded. What does not: what the keys of a form mean
//! (`protocol::query`).
//!
//! Written here rather than taken from `form_urlencoded`, which accepts everything: a half-written `%2` stays as it is
//! there, and what is not UTF-8 is replaced. The service refuses both.

use std::fmt;

/// What is wrong with an encoded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadForm {
    /// A `%` without two hexadecimal digits.
    Percent,
    /// Bytes that are not UTF-8.
    Encoding,
    /// More pairs than allowed.
    TooMany(usize),
}

impl fmt::Display for BadForm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadForm::Percent => {
                formatter.write_str("a percent sign is not followed by two hexadecimal digits")
            }
            BadForm::Encoding => formatter.write_str("the text is not UTF-8"),
            BadForm::TooMany(limit) => write!(formatter, "there are more than {limit} parameters"),
        }
    }
}

/// The pairs of a form, in their order. One without `=` has an empty value.
pub(crate) fn pairs(text: &[u8], limit: usize) -> Result<Vec<(String, String)>, BadForm> {
    let mut pairs = Vec::new();
    for pair in text.split(|byte| *byte == b'&') {
        if pair.is_empty() {
            continue;
        }
        if pairs.len() == limit {
            return Err(BadForm::TooMany(limit));
        }
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        let key = parts.next().unwrap_or_default();
        let value = parts.next().unwrap_or_default();
        pairs.push((decode(key, b' ')?, decode(value, b' ')?));
    }
    Ok(pairs)
}

/// A part of a path: a `+` there is a `+`.
pub(crate) fn segment(text: &str) -> Result<String, BadForm> {
    decode(text.as_bytes(), b'+')
}

fn decode(text: &[u8], plus: u8) -> Result<String, BadForm> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => plus,
            b'%' => {
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                high * 16 + low
            }
            byte => *byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| BadForm::Encoding)
}

fn digit(byte: Option<&u8>) -> Result<u8, BadForm> {
    let digit = byte.and_then(|byte| char::from(*byte).to_digit(16));
    digit
        .and_then(|digit| u8::try_from(digit).ok())
        .ok_or(BadForm::Percent)
}

#[cfg(test)]
mod tests {
    use super::{BadForm, pairs, segment};

    #[test]
    fn forms_are_decoded() {
        let read = pairs(b"A=1+2&B=%C3%a9&&C&D==", 9).unwrap();
        let expected = [("A", "1 2"), ("B", "é"), ("C", ""), ("D", "=")];
        assert_eq!(read, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(segment("a+b%20c").unwrap(), "a+b c");
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        for text in [&b"A=%"[..], b"A=%2", b"A=%zz", b"%+1=a"] {
            assert_eq!(pairs(text, 9), Err(BadForm::Percent), "{text:?}");
        }
        assert_eq!(pairs(b"A=%ff", 9), Err(BadForm::Encoding));
        assert_eq!(pairs(b"A=\xff", 9), Err(BadForm::Encoding));
        assert_eq!(pairs(b"A&B&C", 2), Err(BadForm::TooMany(2)));
    }
}
