//! The schemas' patterns: regular expressions as ECMA-262 has them, found anywhere in a text.
//!
//! A pattern is read when somebody asks for it, once. One that cannot be read limits nothing: those that look around,
//! and classes of Unicode that are denied. See decision 0044.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use regex_lite::Regex;

static READ: LazyLock<Mutex<HashMap<&'static str, Option<Regex>>>> = LazyLock::new(Mutex::default);

/// Whether a text matches; nothing where the pattern cannot be read.
pub(crate) fn matches(pattern: &'static str, text: &str) -> Option<bool> {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let regex = read.entry(pattern).or_insert_with(|| parse(pattern));
    regex.as_ref().map(|regex| regex.is_match(text))
}

/// Whether the whole of a text matches a pattern that a template has; nothing where that cannot be read.
pub(crate) fn covers(pattern: &str, text: &str) -> Option<bool> {
    let regex = parse(&format!("^(?:{pattern})$"))?;
    Some(regex.is_match(text))
}

/// Unicode's letters, digits and marks beyond ASCII are more than the class asks for: nothing that is right is refused.
const BEYOND: &str = r"\u{80}-\u{10FFFF}";

/// Classes of Unicode, with what of them is ASCII.
const CLASSES: [(&str, &str); 8] = [
    (r"\p{L}", "a-zA-Z"),
    (r"\p{M}", ""),
    (r"\p{Mn}", ""),
    (r"\p{N}", "0-9"),
    (r"\p{P}", "!-#%-*,-/:;?@\\[-\\]_{}"),
    (r"\p{S}", "$+<->^`|~"),
    (r"\p{Z}", " "),
    (r"\p{Zs}", " "),
];

fn parse(pattern: &str) -> Option<Regex> {
    if !pattern.contains(r"\p") {
        return Regex::new(pattern).ok();
    }
    // Denied, a class that is too large refuses what is right.
    if pattern.contains("[^") || pattern.contains(r"\P") {
        return None;
    }
    Regex::new(&written_out(pattern)?).ok()
}

/// The pattern without classes of Unicode.
fn written_out(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(character) = rest.chars().next() {
        let named = CLASSES.iter().find(|(name, _)| rest.starts_with(name));
        let length = match (named, character) {
            (Some((name, ascii)), _) => {
                let class = format!("{ascii}{BEYOND}");
                out += &if in_class {
                    class
                } else {
                    format!("[{class}]")
                };
                name.len()
            }
            (None, '\\') => {
                let length = 1 + rest.chars().nth(1).map_or(0, char::len_utf8);
                out += rest.get(..length)?;
                length
            }
            (None, _) => {
                in_class = match character {
                    '[' => true,
                    ']' => false,
                    _ => in_class,
                };
                out.push(character);
                character.len_utf8()
            }
        };
        rest = rest.get(length..)?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use stratiform_catalog::{Fact, catalog};

    use super::*;

    fn patterns(fact: Fact, found: &mut BTreeSet<&'static str>) {
        match fact {
            Fact::Map(map) => {
                for (key, value) in map.iter() {
                    match (key, value) {
                        ("pattern", Fact::Text(pattern)) => {
                            found.insert(pattern);
                        }
                        _ => patterns(value, found),
                    }
                }
            }
            Fact::List(list) => list.iter().for_each(|item| patterns(item, found)),
            _ => {}
        }
    }

    /// What cannot be read is known by name: a new release of the catalog shows here.
    #[test]
    fn patterns_that_cannot_be_read_are_these() {
        let mut all = BTreeSet::new();
        for resource_type in catalog().resource_types() {
            patterns(resource_type.schema().fact(), &mut all);
        }
        let unread: Vec<&str> = all
            .iter()
            .copied()
            .filter(|pattern| parse(pattern).is_none())
            .collect();
        let head = format!("{} of {} cannot be read", unread.len(), all.len());
        insta::assert_snapshot!(format!("{head}\n{}", unread.join("\n")));
    }

    #[test]
    fn classes_of_unicode_are_read_as_at_least_what_they_are() {
        let tags = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$";
        for (text, expected) in [("Größe 1", true), ("a-b@c", true), ("a#b", false)] {
            assert_eq!(matches(tags, text), Some(expected), "{text}");
        }
        assert_eq!(matches(r"^\p{L}+$", "a1"), Some(false));
        assert_eq!(matches(r"[^\p{L}]", "a"), None);
        assert_eq!(matches(r"(?!a)b", "b"), None);
    }
}
