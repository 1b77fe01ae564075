//! Patterns as IAM has them: `*` is any text, `?` is any one character.

/// Whether a pattern matches everything that a text with `*` in it stands for.
pub(crate) fn covers(pattern: &str, text: &str) -> bool {
    let Some(wild) = pattern.find(['*', '?']) else {
        return pattern == text;
    };
    let (start, pattern) = pattern.split_at(wild);
    text.strip_prefix(start)
        .is_some_and(|text| matches(pattern, text))
}

/// The same in letters of any size, as actions are compared.
pub(crate) fn covers_action(pattern: &str, action: &str) -> bool {
    match pattern.contains(['*', '?']) {
        true => covers(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase()),
        false => pattern.eq_ignore_ascii_case(action),
    }
}

/// The same for ARNs, whose parts are compared each for itself: `*` stays within its part.
pub(crate) fn covers_arn(pattern: &str, arn: &str) -> bool {
    by_parts(pattern, arn, covers)
}

/// Whether there is an ARN that both patterns match.
pub(crate) fn overlap_arn(one: &str, other: &str) -> bool {
    by_parts(one, other, overlap)
}

fn by_parts(one: &str, other: &str, compare: fn(&str, &str) -> bool) -> bool {
    const PARTS: usize = 6;
    let parts = |arn| str::splitn(arn, PARTS, ':').collect::<Vec<_>>();
    let (ones, others) = (parts(one), parts(other));
    match (ones.len(), others.len()) {
        (PARTS, PARTS) => ones
            .iter()
            .zip(others)
            .all(|(one, other)| compare(one, other)),
        _ => compare(one, other),
    }
}

/// Goes back to the last `*` whenever it does not go on: linear in the text for each of them.
fn matches(pattern: &str, text: &str) -> bool {
    let stands_for = |pattern: char, text: char| match pattern {
        '?' => text != '*',
        pattern => pattern == text,
    };
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    let mut star = None;
    loop {
        let before = text.clone();
        match (pattern.next(), text.next()) {
            (Some('*'), _) => {
                text = before;
                star = Some((pattern.clone(), text.clone()));
            }
            (Some(wanted), Some(letter)) if stands_for(wanted, letter) => {}
            (None, None) => return true,
            (_, None) => return false,
            (_, Some(_)) => {
                let Some((after, from)) = &mut star else {
                    return false;
                };
                from.next();
                (pattern, text) = (after.clone(), from.clone());
            }
        }
    }
}

/// Whether there is a text that both patterns match.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    // `row[n]`: whether what was read of `one` so far and the first `n` of `other` have a text in common.
    let mut row: Vec<bool> = Vec::with_capacity(other.len() + 1);
    row.push(true);
    for &letter in &other {
        let before = row.last().copied().unwrap_or_default();
        row.push(before && letter == '*');
    }
    for &letter in &one {
        let mut next = vec![row[0] && letter == '*'];
        for (index, &with) in other.iter().enumerate() {
            let same = letter == with || letter == '?' || with == '?';
            let both = row[index] && (same || letter == '*' || with == '*');
            next.push(
                both || letter == '*' && (row[index + 1] || next[index])
                    || with == '*' && (next[index] || row[index + 1]),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_covers_texts_and_narrower_patterns() {
        let check = |pattern, text, expected| {
            assert_eq!(covers(pattern, text), expected, "{pattern} {text}");
        };
        check("*", "", true);
        check("a*c", "abc", true);
        check("a*c", "ab", false);
        check("a*b*c", "a-b-b-c", true);
        check("a?c", "abc", true);
        check("a?c", "a*c", false);
        check("a*", "a*c", true);
        check("a*c", "a*", false);
        check("a", "a*", false);
        check("", "", true);
        check("**", "*", true);
    }

    #[test]
    fn the_parts_of_arns_are_compared_each_for_itself() {
        let check = |pattern, arn, expected| {
            assert_eq!(covers_arn(pattern, arn), expected, "{pattern} {arn}");
        };
        check("arn:aws:sqs:*:1:shop-*", "arn:aws:sqs:eu:1:shop-*", true);
        check("arn:aws:sqs:*:1:shop", "arn:aws:sqs:eu:2:a:1:shop", false);
        check(
            "arn:aws:logs:*:1:log-group:*",
            "arn:aws:logs:eu:1:log-group:a:*",
            true,
        );
        check("arn:aws:sqs:*", "arn:aws:sqs:eu:1:shop", true);
        check("*", "arn:aws:sqs:eu:1:shop", true);
        check("arn:aws:sqs:eu:1:*", "*", false);
        assert!(!overlap_arn("arn:aws:sqs:*:*:b-*", "arn:aws:sqs:eu:1:a-*"));
        assert!(overlap_arn("arn:aws:sqs:*:*:*-b", "arn:aws:sqs:eu:1:a-*"));
    }

    #[test]
    fn patterns_overlap_where_a_text_is_in_both() {
        let check = |one, other, expected| {
            assert_eq!(overlap(one, other), expected, "{one} {other}");
            assert_eq!(overlap(other, one), expected, "{other} {one}");
        };
        check("a*", "*b", true);
        check("a*", "b*", false);
        check("a?c", "ab*", true);
        check("a", "a", true);
        check("a", "", false);
        check("*", "", true);
        check("shop-dev-*", "shop-prod-*", false);
        check("shop-*-queue", "shop-prod-*", true);
    }
}
