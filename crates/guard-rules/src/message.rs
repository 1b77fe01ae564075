//! What a rule says itself: why, and what to do.

use stratiform_finding::words::visible;

/// How the part of a message begins that says what to do: in AWS's own collections of rules.
const FIX: [&str; 3] = ["[FIX]:", "[Fix]:", "Fix:"];

/// The rule's reason and its advice; either may be empty.
pub(crate) fn parts(message: &str) -> (String, String) {
    let found = FIX
        .iter()
        .filter_map(|word| message.split_once(word))
        .min_by_key(|(why, _)| why.len());
    let (why, help) = found.unwrap_or((message, ""));
    let why = one_line(why);
    let why = why
        .strip_prefix("Violation:")
        .map_or(why.as_str(), str::trim_start);
    (sentence(why), sentence(&one_line(help)))
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    visible(&words.join(" ")).into_owned()
}

/// Sentences of findings have no full stop.
fn sentence(text: &str) -> String {
    text.strip_suffix('.').unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_told_apart_from_the_reason() {
        let check = |message: &str, why: &str, help: &str| {
            assert_eq!(
                parts(message),
                (why.to_owned(), help.to_owned()),
                "{message}"
            );
        };
        check(
            "\n  [CT.RDS.PR.16]: Require encryption\n  at rest\n  [FIX]: Set 'StorageEncrypted' to 'true'.\n",
            "[CT.RDS.PR.16]: Require encryption at rest",
            "Set 'StorageEncrypted' to 'true'",
        );
        check("Violation: no logs\nFix: add some", "no logs", "add some");
        check("just so", "just so", "");
    }
}
