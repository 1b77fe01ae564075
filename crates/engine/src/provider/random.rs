//! What is random in a form: how it is written, and how it is drawn.

use crate::ids::Ids;

/// How many characters one number gives, at least.
const PART: usize = 20;

/// Something random. Two of one line are the same if all of this is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Random {
    kind: Kind,
    length: usize,
    label: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Hex,
    Digits,
    Upper,
    Lower,
    Mixed,
    Uuid,
    Ip,
    Octet,
}

impl Random {
    pub(super) fn read(text: &str) -> Option<Random> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        let unsized_kind = match kind {
            "uuid" => Some(Kind::Uuid),
            "ip" => Some(Kind::Ip),
            "octet" => Some(Kind::Octet),
            _ => None,
        };
        if let Some(kind) = unsized_kind {
            let label = rest.to_owned();
            return Some(Random {
                kind,
                length: 0,
                label,
            });
        }
        let kind = match kind {
            "hex" => Kind::Hex,
            "digits" => Kind::Digits,
            "upper" => Kind::Upper,
            "lower" => Kind::Lower,
            "mixed" => Kind::Mixed,
            _ => return None,
        };
        let (length, label) = rest.split_once(':').unwrap_or((rest, ""));
        Some(Random {
            kind,
            length: length.parse().ok()?,
            label: label.to_owned(),
        })
    }

    pub(super) fn draw(&self, ids: &mut Ids) -> String {
        match self.kind {
            Kind::Hex => long(ids, self.length, Ids::hex),
            Kind::Digits => long(ids, self.length, Ids::digits),
            Kind::Upper => long(ids, self.length, Ids::upper),
            Kind::Lower => long(ids, self.length, Ids::lower),
            Kind::Mixed => long(ids, self.length, Ids::alphanumeric),
            Kind::Uuid => ids.uuid(),
            Kind::Ip => format!("44.{}.{}.{}", octet(ids), octet(ids), octet(ids)),
            Kind::Octet => octet(ids).to_string(),
        }
    }
}

/// As many characters as are wanted, in parts that are random all through.
fn long(ids: &mut Ids, length: usize, draw: fn(&mut Ids, usize) -> String) -> String {
    let mut text = String::new();
    while text.len() < length {
        text.push_str(&draw(ids, (length - text.len()).min(PART)));
    }
    text
}

fn octet(ids: &mut Ids) -> u8 {
    u8::from_str_radix(&ids.hex(2), 16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_as_long_as_it_says() {
        let check = |text: &str, length: usize| {
            let random = Random::read(text).unwrap();
            let drawn = random.draw(&mut Ids::new(9));
            assert_eq!(drawn.len(), length, "{text}: {drawn}");
            assert!(!drawn.ends_with("00000000"), "{text}: {drawn}");
        };
        check("hex:17", 17);
        check("mixed:48", 48);
        check("upper:26:label", 26);
        check("digits:10", 10);
        check("uuid", 36);
        assert_eq!(Random::read("roman:3"), None);
        assert_eq!(Random::read("hex"), None);
        assert_ne!(Random::read("uuid"), Random::read("uuid:other"));
    }
}
