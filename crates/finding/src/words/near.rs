//! "Did you mean …?"

/// The question whether the nearest candidate was meant, if any is near enough: "did you mean `a`?".
pub fn meant<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|name| format!("did you mean `{name}`?"))
}

/// The candidate that is nearest to a word, if any is near enough to be what was meant.
///
/// Near enough is one edit for every three characters; a difference of case alone is no edit.
/// Equal distances go to the first candidate.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Names are at most 255 characters; anything longer is nobody's typing mistake.
    const LONGEST: usize = 255;
    if word.len() > LONGEST {
        return None;
    }
    let allowed = word.chars().count() / 3;
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= allowed * 4 + 4)
        .map(|candidate| (candidate.to_lowercase(), candidate))
        // Of thousands of candidates few are looked at letter by letter.
        .filter(|(candidate, _)| at_least(&lower, candidate) <= allowed)
        .map(|(lowered, candidate)| (distance(&lower, &lowered), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The candidate that a word can only have been meant for: at most two edits away, and no other as near.
pub fn only_near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let near = nearest(word, candidates.iter().copied())?;
    let lower = word.to_lowercase();
    let away = |candidate: &str| distance(&lower, &candidate.to_lowercase());
    let edits = away(near);
    let mut others = candidates.into_iter().filter(|other| *other != near);
    let is_only = edits <= 2 && !others.any(|other| away(other) <= edits);
    is_only.then_some(near)
}

/// How many edits there must be: each takes away one letter at most, and adds one at most. Only ASCII's are counted.
fn at_least(one: &str, other: &str) -> usize {
    let mut more = [0_i32; 128];
    for (text, sign) in [(one, 1), (other, -1)] {
        for byte in text.bytes() {
            if let Some(count) = more.get_mut(usize::from(byte)) {
                *count += sign;
            }
        }
    }
    let missing = |sign: i32| -> i32 { more.iter().map(|count| (count * sign).max(0)).sum() };
    usize::try_from(missing(1).max(missing(-1))).unwrap_or_default()
}

/// Edits (insert, remove, replace) from one text to the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, left) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, right) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::{at_least, distance, nearest, only_near};

    fn check(word: &str, candidates: &[&str], expected: Option<&str>) {
        assert_eq!(
            nearest(word, candidates.iter().copied()),
            expected,
            "{word}"
        );
    }

    #[test]
    fn finds_what_was_meant() {
        check("GetAt", &["Ref", "GetAtt", "GetAZs"], Some("GetAtt"));
        check("getatt", &["Ref", "GetAtt"], Some("GetAtt"));
        check("Vpc", &["VpcId", "Subnet"], None);
        check("VpcID", &["Subnet", "VpcId"], Some("VpcId"));
        check("", &["A"], None);
        check("b", &["A"], None);
        check("a", &["A"], Some("A"));
        check("Größe", &["Grösse"], None);
        check("x", &[], None);
    }

    #[test]
    fn letters_that_differ_are_no_more_than_edits() {
        let words = [
            "", "a", "queue", "queeu", "kms::key", "größe", "grösse", "ſs", "aaaa", "äöü",
        ];
        for (one, other) in words.iter().flat_map(|one| words.map(|other| (one, other))) {
            assert!(
                at_least(one, other) <= distance(one, other),
                "{one} {other}"
            );
        }
        assert_eq!(at_least("queue", "keys"), 4);
    }

    #[test]
    fn what_can_only_have_been_meant_is_near_and_alone() {
        let known = ["DelaySeconds", "KmsMasterKeyId"];
        assert_eq!(only_near("delaysecond", known), Some("DelaySeconds"));
        assert_eq!(only_near("DelaySekundes", known), None);
        let alike = ["Subnet1", "Subnet2"];
        assert_eq!(only_near("Subnet", alike), None);
        assert_eq!(only_near("subnet2", alike), Some("Subnet2"));
    }
}
