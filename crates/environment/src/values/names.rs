//! The names that people give: apps, environments, accounts, tags.

use crate::text;
use crate::values::text::{RefusedText, check_kebab, check_length};

text! {
    /// Name of an app: the first part of every stack's name. At most 20 characters.
    pub struct AppName("app-name", "an app name", r"^[a-z][a-z0-9-]{0,19}$", check_app_name);
}

fn check_app_name(text: &str) -> Result<(), RefusedText> {
    check_kebab(text, 20)
}

text! {
    /// Name of an environment: the name of its file without `.yaml`, and the second part of every stack's
    /// name. At most 12 characters.
    pub struct EnvironmentName("environment-name", "an environment name", r"^[a-z][a-z0-9-]{0,11}$", check_environment_name);
}

fn check_environment_name(text: &str) -> Result<(), RefusedText> {
    if text == "defaults" {
        return Err(RefusedText::new(
            "`defaults` is the layer that all environments share",
            "choose another name",
        ));
    }
    check_kebab(text, 12)
}

text! {
    /// An AWS account ID: 12 digits, in quotes, because YAML reads digits alone as a number.
    pub struct AccountId("account-id", "an AWS account ID", stratiform_service::AccountId::PATTERN, check_account_id);
}

fn check_account_id(text: &str) -> Result<(), RefusedText> {
    if stratiform_service::AccountId::new(text).is_ok() {
        return Ok(());
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let only_separated = text
        .chars()
        .all(|c| c.is_ascii_digit() || c == '-' || c == ' ');
    Err(RefusedText::new(
        "an account ID is 12 digits",
        if digits.len() == 12 && only_separated {
            format!("write \"{digits}\"")
        } else {
            "copy it from `aws sts get-caller-identity`, and keep its leading zeros and its quotes"
                .to_owned()
        },
    ))
}

text! {
    /// An e-mail address.
    pub struct EmailAddress("email-address", "an e-mail address", r"^[^@ ]+@[^@ ]+\.[^@ ]+$", check_email_address);
}

fn check_email_address(text: &str) -> Result<(), RefusedText> {
    let shaped = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !text.contains(char::is_whitespace)
            && !domain.contains('@')
    });
    if !shaped {
        return Err(RefusedText::new(
            "an e-mail address has one `@` and a domain after it",
            "write one such as `on-call@example.com`",
        ));
    }
    check_length(text, 3, 254)
}

text! {
    /// Key of a tag: 1 to 128 letters, digits, spaces and `_ . : / = + - @`. `aws:` in front is reserved.
    /// <https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>
    pub struct TagKey("tag-key", "a tag key", r"^[\w .:/=+@-]{1,128}$", check_tag_key);
}

fn check_tag_key(text: &str) -> Result<(), RefusedText> {
    if text.to_ascii_lowercase().starts_with("aws:") {
        return Err(RefusedText::new(
            "AWS keeps tags that start with `aws:` for itself",
            "choose another prefix",
        ));
    }
    check_length(text, 1, 128)?;
    check_tag_characters(text)
}

text! {
    /// Value of a tag: 1 to 256 letters, digits, spaces and `_ . : / = + - @`; CloudFormation refuses an
    /// empty one on a stack.
    pub struct TagValue("tag-value", "a tag value", r"^[\w .:/=+@-]{1,256}$", check_tag_value);
}

fn check_tag_value(text: &str) -> Result<(), RefusedText> {
    check_length(text, 1, 256)?;
    check_tag_characters(text)
}

fn check_tag_characters(text: &str) -> Result<(), RefusedText> {
    let allowed = |c: &char| c.is_alphanumeric() || " _.:/=+-@".contains(*c);
    match text.chars().find(|character| !allowed(character)) {
        None => Ok(()),
        Some(character) => Err(RefusedText::new(
            format!(
                "`{character}` is not allowed in a tag: letters, digits, spaces and `_ . : / = + - @` are"
            ),
            format!("leave `{character}` out"),
        )),
    }
}

text! {
    /// ID of a check whose finding is accepted: `CKV_AWS_157`, or the name of a guard rule.
    pub struct CheckId("check-id", "the ID of a check", r"^[A-Za-z][A-Za-z0-9_-]{2,79}$", check_check_id);
}

fn check_check_id(text: &str) -> Result<(), RefusedText> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if text.bytes().all(allowed) && text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return check_length(text, 3, 80);
    }
    Err(RefusedText::new(
        "the ID of a check is letters, digits, `_` and `-`",
        "copy it from the finding, such as `CKV_AWS_157`",
    ))
}

text! {
    /// A day: `2027-03-31`.
    pub struct Date("iso-date", "a date", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", check_date);
}

fn check_date(text: &str) -> Result<(), RefusedText> {
    let parts: Vec<Option<u32>> = text.split('-').map(|part| part.parse().ok()).collect();
    let valid = match parts.as_slice() {
        [Some(year), Some(month), Some(day)] if text.len() == 10 => {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let days = match month {
                1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
                4 | 6 | 9 | 11 => 30,
                2 if leap => 29,
                2 => 28,
                _ => 0,
            };
            (1..=days).contains(day)
        }
        _ => false,
    };
    if valid {
        Ok(())
    } else {
        Err(RefusedText::new(
            "a date is year, month and day, and the day is in the calendar",
            "write one such as `2027-03-31`",
        ))
    }
}
