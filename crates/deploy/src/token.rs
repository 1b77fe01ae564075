//! The token of an operation, which CloudFormation puts on each of its events: it names the run, the change set and the
//! commit, and who approved it. CloudFormation remembers events, and of a stack's tags only the last.
//!
//! `stratiform-RUN-DIGEST-cCOMMIT-UNIQUE-by-NAME`. A run finds its operations by all that comes before the name: whoever
//! starts it again may be somebody else.

use stratiform_service::{ChangeSetId, StackEvent};

/// The longest that CloudFormation takes, in characters: letters, digits and hyphens.
///
/// Source: CloudFormation API reference, `ExecuteChangeSet`, `ClientRequestToken`.
const MOST: usize = 128;

/// What comes before a name. It is nowhere in one: a hyphen there is followed by a hyphen or two hexadecimal digits.
const BY: &str = "-by-";

/// How tokens of a run begin.
pub(crate) fn token_prefix(run: &str) -> String {
    format!("stratiform-{run}-")
}

/// The token of the execution of a change set: no other change set has it. A name for which there is no room is left out
/// whole; names on GitHub have at most 39 characters.
pub(crate) fn token(change_set: &ChangeSetId, approved_by: Option<&str>) -> String {
    let unique = change_set.as_str().rsplit('/').next().unwrap_or_default();
    let unique: String = unique
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(12)
        .collect();
    let token = format!("{}-{unique}", change_set.change_set_name());
    let by = approved_by.filter(|name| !name.is_empty());
    let by = by.map(|name| format!("{token}{BY}{}", written(name)));
    by.filter(|by| by.len() <= MOST).unwrap_or(token)
}

/// Whether an event is of the operation with a token, whoever approved it.
pub(crate) fn is_of(event: &StackEvent, token: &str) -> bool {
    let own = event.client_request_token.as_deref();
    own.is_some_and(|own| without_name(own) == without_name(token))
}

/// Who approved the operation; none where its token has no name.
pub(crate) fn approved_by(token: &str) -> Option<String> {
    let (_, name) = token.split_once(BY)?;
    read(name).filter(|name| !name.is_empty())
}

fn without_name(token: &str) -> &str {
    token.split_once(BY).map_or(token, |(token, _)| token)
}

/// A name in a token's characters: a hyphen is two of them, and any other byte one and two hexadecimal digits.
fn written(name: &str) -> String {
    let bytes = name.bytes().map(|byte| match byte {
        b'-' => "--".to_owned(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("-{byte:02x}"),
    });
    bytes.collect()
}

/// What [`written`] wrote; none where that is not it.
fn read(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((plain, escaped)) = rest.split_once('-') {
        bytes.extend(plain.bytes());
        rest = match escaped.strip_prefix('-') {
            Some(rest) => {
                bytes.push(b'-');
                rest
            }
            None => {
                bytes.push(u8::from_str_radix(escaped.get(..2)?, 16).ok()?);
                escaped.get(2..)?
            }
        };
    }
    bytes.extend(rest.bytes());
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn change_set() -> ChangeSetId {
        let id = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/stratiform-0123456789-89abcdef-c1a2b3c4d5e6f/\
                  0a1b2c3d-0000-4000-8000-000000000001";
        ChangeSetId::new(id).unwrap()
    }

    #[test]
    fn a_name_is_readable_where_it_can_be() {
        let token = |name| token(&change_set(), name);
        let plain = "stratiform-0123456789-89abcdef-c1a2b3c4d5e6f-0a1b2c3d0000";
        assert_eq!(token(None), plain);
        assert_eq!(token(Some("")), plain);
        assert_eq!(token(Some("octo-cat")), format!("{plain}-by-octo--cat"));
        assert_eq!(
            token(Some("ann_x, bob")),
            format!("{plain}-by-ann-5fx-2c-20bob")
        );
        // The longest that GitHub has, with as many hyphens as fit.
        let longest = "a-".repeat(19) + "a";
        assert_eq!(approved_by(&token(Some(&longest))).as_ref(), Some(&longest));
        assert_eq!(token(Some(&"a".repeat(80))), plain);
    }

    #[test]
    fn what_has_no_name_or_a_broken_one_has_none() {
        for token in [
            "stratiform-0123-89abcdef-c1a2b3c4d5e6f-0011",
            "stratiform-0123-89abcdef-0011-by-",
            "stratiform-0123-89abcdef-0011-by-a-",
            "stratiform-0123-89abcdef-0011-by-a-x",
            "stratiform-0123-89abcdef-0011-by-a-ff",
            "stratiform-0123-89abcdef-0011-by-a-2ä",
            "",
        ] {
            assert_eq!(approved_by(token), None, "{token}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_fits_is_read_as_it_was(name in any::<String>()) {
            let token = token(&change_set(), Some(&name));
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            prop_assert!(token.len() <= MOST && token.bytes().all(fits));
            prop_assert_eq!(without_name(&token), super::token(&change_set(), None));
            if let Some(read) = approved_by(&token) {
                prop_assert_eq!(read, name);
            }
        }

        #[test]
        fn names_on_github_fit(name in "[A-Za-z0-9]([A-Za-z0-9]|[-_][A-Za-z0-9]){0,18}") {
            let read = approved_by(&token(&change_set(), Some(&name)));
            prop_assert_eq!(read, Some(name));
        }

        #[test]
        fn anything_is_read_without_trouble(token in ".*-by-.*") {
            let _ = approved_by(&token);
        }
    }
}
