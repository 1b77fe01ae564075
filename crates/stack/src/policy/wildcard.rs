//! Patterns in policies.

/// Whether a text is what a pattern means: `*` stands for any characters, `?` for one.
///
/// Source: IAM user guide, "IAM JSON policy elements: Resource".
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    // Where the last star is, and what text it stands for so far.
    let mut star = None;
    let (mut at, mut here) = (0, 0);
    while let Some(character) = text.get(here) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, here));
                at += 1;
            }
            Some(wanted) if wanted == character || *wanted == b'?' => {
                at += 1;
                here += 1;
            }
            _ => {
                let Some((after, until)) = star else {
                    return false;
                };
                star = Some((after, until + 1));
                at = after;
                here = until + 1;
            }
        }
    }
    pattern.iter().skip(at).all(|rest| *rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_is_any_text() {
        let cases = [
            ("Key", "Key", true),
            ("Key", "Keys", false),
            ("*", "Key", true),
            ("Key*", "Key", true),
            ("Key*", "KeyOfLogs", true),
            ("Key*", "Ke", false),
            ("*Key", "LogsKey", true),
            ("Logs*Key", "LogsAndMoreKey", true),
            ("Logs*Key", "LogsKe", false),
            ("Aa*aA", "AaA", false),
            ("A*b*b*C", "AbbC", true),
            ("A*b*b*C", "AbC", false),
            ("A**C", "AC", true),
            ("/shop/prod/*", "/shop/prod/", true),
            ("/shop/prod/*", "/shop/production", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("", "", true),
            ("*", "", true),
            ("", "a", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
