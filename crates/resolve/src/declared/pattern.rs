//! `AllowedPattern`: regular expressions of Java, as far as they can be read here.

use regex_lite::Regex;

/// Whether a whole text matches. A pattern that cannot be read constrains nothing.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    match Regex::new(&format!("^(?:{})$", translated(pattern))) {
        Ok(regex) => regex.is_match(text),
        Err(_) => true,
    }
}

/// The classes that Java has by name, of ASCII as it has them.
const CLASSES: [(&str, &str); 9] = [
    ("{Alnum}", "a-zA-Z0-9"),
    ("{Alpha}", "a-zA-Z"),
    ("{Digit}", "0-9"),
    ("{Lower}", "a-z"),
    ("{Upper}", "A-Z"),
    ("{XDigit}", "0-9a-fA-F"),
    ("{Punct}", r"!-/:-@\[-`{-~"),
    ("{Space}", r"\s"),
    ("{ASCII}", r"\x00-\x7F"),
];

/// The pattern without Java's names of classes.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        if let Some((name, class)) = named_class(rest) {
            match in_class {
                true => out += class,
                false => out.extend(["[", class, "]"]),
            }
            rest = rest.strip_prefix(r"\p").unwrap_or_default();
            rest = rest.strip_prefix(name).unwrap_or_default();
            continue;
        }
        let mut taken = rest.chars();
        taken.next();
        out.push(character);
        match character {
            '\\' => out.extend(taken.next()),
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        rest = taken.as_str();
    }
    out
}

/// The class that a text starts with.
fn named_class(text: &str) -> Option<(&'static str, &'static str)> {
    let name = text.strip_prefix(r"\p")?;
    CLASSES
        .into_iter()
        .find(|(known, _)| name.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn the_whole_value_has_to_match() {
        for (pattern, text, expected) in [
            ("[a-z]+", "abc", true),
            ("[a-z]+", "abc1", false),
            ("^[a-z]+$", "abc", true),
            ("a|b", "ab", false),
            (r"\p{Alnum}+", "aZ9", true),
            (r"\p{Alnum}+", "a-b", false),
            (r"[\p{Lower}\-]*", "a-b", true),
            (r"[\p{Punct}]", "[", true),
            (r"\\p", r"\p", true),
            (r"(\d{1,3}\.){3}\d{1,3}/\d\d?", "10.0.0.0/16", true),
            ("", "", true),
            ("[a-z]", "a\n", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn what_cannot_be_read_constrains_nothing() {
        assert!(matches("(?!x)y", "anything"));
        assert!(matches("[", "anything"));
        assert!(matches("\\", "anything"));
    }
}
