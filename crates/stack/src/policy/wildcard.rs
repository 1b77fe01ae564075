//! Patterns in policies.

/// Whether a text is what a pattern means, in which `*` is any text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(mut between) = text
        .strip_prefix(start)
        .and_then(|remaining| remaining.strip_suffix(end))
    else {
        return false;
    };
    // Each part as early as it can be leaves the most room for those that follow.
    middle
        .split('*')
        .all(|part| match between.split_once(part) {
            Some((_, after)) => {
                between = after;
                true
            }
            None => false,
        })
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
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
