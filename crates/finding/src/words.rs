//! The words that messages share: names near to each other, lists, numbers of things, texts of the user's.

mod invisible;
mod near;
mod short;

pub use invisible::{is_invisible, visible};
pub use near::{meant, nearest, only_near};
pub use short::{beginning, cut_values};

/// Names in one line, each in backticks, the longest lists cut: `a`, `b` and 12 more.
pub fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let quoted = |name: S| format!("`{}`", name.as_ref());
    joined(names.into_iter().map(quoted))
}

/// Numbers, or whatever needs no backticks, in one line: 1, 3 and 5.
pub fn joined(items: impl IntoIterator<Item: ToString>) -> String {
    const SHOWN: usize = 24;
    let names: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if let Some((shown, rest @ [_, _, ..])) = names.split_at_checked(SHOWN) {
        return format!("{} and {} more", shown.join(", "), rest.len());
    }
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// How many are a few.
const SHOWN: usize = 3;

/// The first few of a list that nobody reads to its end; the rest is counted.
pub fn few(names: &[String]) -> String {
    match names.split_at_checked(SHOWN) {
        Some((shown, rest @ [_, ..])) => format!("{} and {} more", shown.join(", "), rest.len()),
        _ => names.join(", "),
    }
}

/// The same of logical IDs in a sentence: `` `a` and `b` ``.
pub fn few_ids<'i>(ids: impl IntoIterator<Item = &'i str>) -> String {
    let ids = ids.into_iter().map(|id| format!("`{id}`"));
    match ids.collect::<Vec<_>>() {
        ids if ids.len() <= SHOWN => ids.join(" and "),
        ids => few(&ids),
    }
}

/// The same with the verb that fits: `network is`.
pub fn few_are(names: &[String]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", few(names))
}

/// A number of things: `1 stack`, `2 stacks`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {}", plural(count, noun))
}

/// What a number of things is called.
pub fn plural(count: usize, noun: &str) -> String {
    let end = match count {
        1 => "",
        _ if noun.ends_with('x') => "es",
        _ => "s",
    };
    format!("{noun}{end}")
}

/// A number as people read it: `1,580`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A text of the user's, short enough for one line of a message, with everything in it visible.
pub fn shortened(text: &str) -> String {
    const LONGEST: usize = 64;
    let mut short = String::new();
    for character in text.chars().take(LONGEST) {
        if character.is_control() || is_invisible(character) {
            short.extend(character.escape_default());
        } else {
            short.push(character);
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<String> {
        (1..=count).map(|number| number.to_string()).collect()
    }

    #[test]
    fn lists_are_cut_where_nobody_reads_on() {
        let none: [&str; 0] = [];
        assert_eq!(listed(none), "nothing");
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
        assert!(joined(names(25)).ends_with("23, 24 and 25"));
        assert!(joined(names(26)).ends_with("23, 24 and 2 more"));
        assert_eq!(few(&names(3)), "1, 2, 3");
        assert_eq!(few(&names(4)), "1, 2, 3 and 1 more");
        assert_eq!(few(&[]), "");
    }

    #[test]
    fn one_thing_and_several() {
        assert_eq!(counted(0, "stack"), "0 stacks");
        assert_eq!(counted(1, "stack"), "1 stack");
        assert_eq!(plural(2, "resource"), "resources");
        assert_eq!(
            [0, 999, 1580, 1_234_567].map(grouped),
            ["0", "999", "1,580", "1,234,567"]
        );
    }

    #[test]
    fn texts_of_users_fit_into_a_line() {
        assert_eq!(shortened("a\nb\u{202E}\u{A0}c"), "a\\nb\\u{202e}\\u{a0}c");
        assert_eq!(shortened(&"x".repeat(65)), "x".repeat(64) + "…");
        assert_eq!(shortened(&"ü".repeat(64)), "ü".repeat(64));
    }
}
