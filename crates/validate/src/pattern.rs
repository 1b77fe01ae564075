//! The schemas' patterns: regular expressions as ECMA-262 has them, found anywhere in a text.
//!
//! A pattern is read when somebody asks for it, once. What a pattern looks at ahead of its beginning (`^(?!aws:)…`), or
//! behind its end (`…(?<!-)$`), is asked by itself. One that cannot be read limits nothing: those that look around
//! elsewhere. See decision 0044.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use regex_lite::Regex;

static READ: LazyLock<Mutex<HashMap<&'static str, Option<Pattern>>>> =
    LazyLock::new(Mutex::default);

/// What a text must match.
struct Pattern {
    /// What it must begin or end with, or must not.
    around: Vec<(Regex, bool)>,
    rest: Regex,
}

impl Pattern {
    fn is_match(&self, text: &str) -> bool {
        let fits = |(regex, wanted): &(Regex, bool)| regex.is_match(text) == *wanted;
        self.around.iter().all(fits) && self.rest.is_match(text)
    }
}

/// Whether a text matches; nothing where the pattern cannot be read.
pub(crate) fn matches(pattern: &'static str, text: &str) -> Option<bool> {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let known = read.entry(pattern).or_insert_with(|| parse(pattern));
    known.as_ref().map(|known| known.is_match(text))
}

/// Whether the whole of a text matches a pattern that a template has; nothing where that cannot be read.
pub(crate) fn covers(pattern: &str, text: &str) -> Option<bool> {
    let regex = plain(&format!("^(?:{pattern})$"))?;
    Some(regex.is_match(text))
}

/// Reads a pattern, and what it looks at ahead of its beginning and behind its end.
fn parse(pattern: &str) -> Option<Pattern> {
    let (pattern, behind) = lookbehind(pattern);
    let pattern = pattern.as_ref();
    let mut rest = ["^", r"\A"]
        .iter()
        .find_map(|start| pattern.strip_prefix(start))
        .filter(|rest| rest.starts_with("(?!") || rest.starts_with("(?="))
        .unwrap_or(pattern);
    let mut around = Vec::new();
    if let Some(inner) = behind {
        around.push((exact(&format!("(?:{inner})$"))?, false));
    }
    // Ahead of alternatives it would be about the first of them only.
    let is_anchored = rest.len() < pattern.len() && !has_alternatives(rest);
    while is_anchored && let Some((inner, after)) = lookahead(rest) {
        let ahead = format!("^(?:{inner})");
        let is_wanted = rest.starts_with("(?=");
        let regex = if is_wanted {
            plain(&ahead)
        } else {
            exact(&ahead)
        };
        around.push((regex?, is_wanted));
        rest = after;
    }
    let rest = match is_anchored {
        false => plain(pattern)?,
        true => plain(&format!("^(?:{rest})"))?,
    };
    Some(Pattern { around, rest })
}

/// A pattern without what its end must not be: `(?<!-)$`.
fn lookbehind(pattern: &str) -> (Cow<'_, str>, Option<&str>) {
    let parts = pattern
        .strip_suffix(")$")
        .and_then(|begun| begun.rsplit_once("(?<!"))
        .filter(|(before, inner)| !inner.contains(['(', ')', '|']) && !has_alternatives(before));
    match parts {
        Some((before, inner)) => (Cow::Owned(format!("{before}$")), Some(inner)),
        None => (Cow::Borrowed(pattern), None),
    }
}

/// What is inside of a look ahead that a pattern begins with, and what comes after it.
fn lookahead(pattern: &str) -> Option<(&str, &str)> {
    let inner = pattern
        .strip_prefix("(?!")
        .or_else(|| pattern.strip_prefix("(?="))?;
    let end = outside(inner)
        .find(|(_, character, depth)| *character == ')' && *depth == 0)?
        .0;
    Some((&inner[..end], &inner[end + 1..]))
}

/// Whether a pattern has alternatives that are in no group.
fn has_alternatives(pattern: &str) -> bool {
    outside(pattern).any(|(_, character, depth)| character == '|' && depth == 0)
}

/// The characters of a pattern that are neither escaped nor in a class, with the groups that they are in.
fn outside(pattern: &str) -> impl Iterator<Item = (usize, char, i32)> {
    let mut in_class = false;
    let mut escaped = false;
    let mut depth = 0;
    pattern.char_indices().filter_map(move |(at, character)| {
        if std::mem::take(&mut escaped) {
            return None;
        }
        match character {
            '\\' => escaped = true,
            '[' if !in_class => in_class = true,
            ']' => in_class = false,
            _ if in_class => {}
            '(' => {
                depth += 1;
                return Some((at, character, depth - 1));
            }
            ')' => {
                depth -= 1;
                return Some((at, character, depth + 1));
            }
            _ => return Some((at, character, depth)),
        }
        None
    })
}

/// Unicode's letters, digits and marks beyond ASCII are more than the class asks for: nothing that is right is refused.
const BEYOND: &str = r"\u{80}-\u{10FFFF}";

/// Classes of Unicode, with what of them is ASCII.
const CLASSES: [(&str, &str); 16] = [
    (r"\p{L}", "a-zA-Z"),
    (r"\p{M}", ""),
    (r"\p{Mn}", ""),
    (r"\p{N}", "0-9"),
    (r"\p{P}", "!-#%-*,-/:;?@\\[-\\]_{}"),
    (r"\p{S}", "$+<->^`|~"),
    (r"\p{Z}", " "),
    (r"\p{Zs}", " "),
    (r"\p{C}", r"\x00-\x1F\x7F"),
    (r"\p{Cc}", r"\x00-\x1F\x7F"),
    (r"\p{Cf}", ""),
    (r"\p{Graph}", "!-~"),
    (r"\p{Print}", " -~"),
    (r"\p{ASCII}", r"\x00-\x7F"),
    (r"\P{C}", " -~"),
    (r"\P{M}", r"\x00-\x7F"),
];

/// How characters beyond the first 65,536 are written in halves.
const HALVES: [&str; 3] = [
    r"\uD800\uDBFF-\uDC00\uDFFF",
    r"\uD800\uDC00-\uDBFF\uDFFF",
    r"\uD83C-\uDBFF\uDC00-\uDFFF",
];

/// A pattern that must not match: a class that is too large would refuse what is right.
fn exact(pattern: &str) -> Option<Regex> {
    let has_classes = pattern.contains(r"\p") || pattern.contains(r"\P");
    (!has_classes).then(|| plain(pattern)).flatten()
}

fn plain(pattern: &str) -> Option<Regex> {
    // Nothing follows: the end.
    let mut pattern = pattern.replace(r"\Z", r"\z").replace(r"(?![\s\S])", r"\z");
    for halves in HALVES {
        pattern = pattern.replace(halves, r"\u{10000}-\u{10FFFF}");
    }
    if pattern.contains(r"\p") || pattern.contains(r"\P") {
        pattern = written_out(&pattern)?;
    }
    Regex::new(&pattern)
        .or_else(|_| Regex::new(&hyphens(&pattern)))
        .ok()
}

/// The pattern where a hyphen after a class (`[\w-.]`) is a hyphen, as ECMA-262 has it.
fn hyphens(pattern: &str) -> String {
    [r"\w-", r"\d-", r"\s-"]
        .iter()
        .fold(pattern.to_owned(), |pattern, class| {
            let written = class.replace('-', r"\-");
            pattern.replace(class, &written)
        })
}

/// Where a part of a pattern stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Class,
    /// A class of what must not be.
    Denied,
}

/// The pattern without classes of Unicode. Of what is denied only ASCII's part is: the rest is not known.
fn written_out(pattern: &str) -> Option<String> {
    // Classes that are cut with each other are another thing in each language.
    if pattern.contains("&&") {
        return None;
    }
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut place = Place::Outside;
    while let Some(character) = rest.chars().next() {
        let named = CLASSES.iter().find(|(name, _)| rest.starts_with(name));
        let length = match (named, character) {
            (Some((name, ascii)), _) => {
                match place {
                    Place::Outside => out += &format!("[{ascii}{BEYOND}]"),
                    Place::Class => out += &format!("{ascii}{BEYOND}"),
                    Place::Denied if name.starts_with(r"\P") => return None,
                    Place::Denied => out += ascii,
                }
                name.len()
            }
            (None, '\\') => {
                let length = 1 + rest.chars().nth(1).map_or(0, char::len_utf8);
                out += rest.get(..length)?;
                length
            }
            (None, _) => {
                place = match character {
                    '[' if place == Place::Outside && rest.starts_with("[^") => Place::Denied,
                    '[' if place == Place::Outside => Place::Class,
                    ']' => Place::Outside,
                    _ => place,
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
        for (pattern, text, expected) in [
            (r"^[^\p{L}]+$", "a", false),
            (r"^[^\p{L}]+$", "12", true),
            (r"^[^\p{C}]+$", "Größe 1", true),
            (r"^[^\p{C}]+$", "a\tb", false),
            (r"^[\P{C}\t]+$", "a\tb", true),
            (r"^\P{C}*$", "a\nb", false),
            (
                r"^[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\t]*$",
                "a 😀",
                true,
            ),
            (
                r"^[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\t]*$",
                "a\u{1}",
                false,
            ),
        ] {
            assert_eq!(matches(pattern, text), Some(expected), "{pattern} {text}");
        }
        assert_eq!(matches(r"[^\P{C}]", "a"), None);
        assert_eq!(matches(r"^(?!\p{L})\w+$", "ß"), None);
        assert_eq!(matches(r"(?!a)b", "b"), None);
    }

    #[test]
    fn what_a_pattern_looks_at_ahead_is_asked() {
        let cases = [
            (r"^(?!aws:)(?!.*--)[a-z:-]+$", "a:b", true),
            (r"^(?!aws:)(?!.*--)[a-z:-]+$", "aws:b", false),
            (r"^(?!aws:)(?!.*--)[a-z:-]+$", "a--b", false),
            (r"^(?=.{2,4}$)[a-z]+$", "abcde", false),
            (r"^(?!(a|b(c)))[a-d]+$", "bcd", false),
            (r"^(?!(a|b(c)))[a-d]+$", "bd", true),
            (r"^(?!(?i)(stop|help)$)\S+$", "STOP", false),
            (r"\A[\w-.~]+\Z", "a-b.c", true),
            (r"^[a-z.]+(?<!\.git)$", "a.gi", true),
            (r"^[a-z.]+(?<!\.git)$", "a.git", false),
            (r"^(?! )[a-z ]*(?<! )$", "a b", true),
            (r"^(?! )[a-z ]*(?<! )$", "a ", false),
            (r"^\S([\s\S]*\S)?(?![\s\S])", "a b", true),
            (r"^\S([\s\S]*\S)?(?![\s\S])", "a b ", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern, text), Some(expected), "{pattern} {text}");
        }
        for pattern in [r"^(?!a)b|c", r"a|b(?<!c)$", r"(?<!c)d"] {
            assert_eq!(matches(pattern, "c"), None, "{pattern}");
        }
    }
}
