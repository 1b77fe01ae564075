//! What actions give, be they named or meant with `*`.

use stratiform_catalog::access::{self, Access, Reach};

/// The most that an action gives, or those that are meant with `*`, of what can be limited to resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Class(pub(in super::super) Access);

/// What a name of actions gives; nothing where there is no such action, or none that can be limited.
pub(in super::super) fn class(written: &str) -> Option<Class> {
    let (service, pattern) = written.split_once(':')?;
    if !pattern.contains(['*', '?']) {
        let known = access::permission(written)?;
        return is_limitable(known.reach, known.access).then_some(Class(known.access));
    }
    let pattern = pattern.to_ascii_lowercase();
    let limitable = access::permissions(service)?.filter(|known| {
        is_limitable(known.reach, known.access)
            && covers(&pattern, &known.name.to_ascii_lowercase())
    });
    limitable.map(|known| known.access).max().map(Class)
}

fn is_limitable(reach: Reach, access: Access) -> bool {
    reach == Reach::Resources && access != Access::Unknown
}

/// Whether a name of actions, as it is written in a policy, means an action.
pub(in super::super) fn means(written: &str, action: &str) -> bool {
    covers(&written.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

/// Whether a pattern with `*` for any text and `?` for any letter is a text.
fn covers(pattern: &str, text: &str) -> bool {
    let mut pattern: Vec<char> = pattern.chars().collect();
    pattern.dedup_by(|next, before| *next == '*' && *before == '*');
    let text: Vec<char> = text.chars().collect();
    // The place after the last star, and the text that it has taken: a star is tried again, longer, where the rest fails.
    let (mut at, mut letter, mut retry) = (0, 0, None);
    while letter < text.len() {
        match pattern.get(at) {
            Some('*') => {
                at += 1;
                retry = Some((at, letter));
            }
            Some(wanted) if *wanted == '?' || *wanted == text[letter] => {
                at += 1;
                letter += 1;
            }
            _ => match retry {
                Some((after, taken)) => {
                    at = after;
                    letter = taken + 1;
                    retry = Some((after, letter));
                }
                None => return false,
            },
        }
    }
    pattern[at.min(pattern.len())..]
        .iter()
        .all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text_and_a_question_mark_one_letter() {
        for (pattern, text) in [
            ("*", ""),
            ("get*", "getobject"),
            ("*object", "getobject"),
            ("g*o*t", "getobject"),
            ("get?bject", "getobject"),
            ("**", "a"),
        ] {
            assert!(covers(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("get?", "get"),
            ("put*", "getobject"),
            ("*objects", "getobject"),
        ] {
            assert!(!covers(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn the_most_that_is_meant_counts() {
        for (written, access) in [
            ("s3:Get*", Some(Access::Read)),
            ("s3:Put*", Some(Access::Permit)),
            ("s3:PutObject", Some(Access::Write)),
            ("sqs:*Message", Some(Access::Write)),
            ("ec2:CreateTags", Some(Access::Tag)),
            ("ec2:DescribeInstances", None),
            ("ecr:GetAuthorizationToken", None),
            ("s3:Fly*", None),
            ("nobody:Knows", None),
            ("*", None),
        ] {
            assert_eq!(class(written).map(|class| class.0), access, "{written}");
        }
        assert!(means("iam:pass*", "iam:PassRole") && means("*", "iam:PassRole"));
        assert!(!means("iam:Get*", "iam:PassRole"));
    }
}
