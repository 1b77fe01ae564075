//! Values that nobody may see: passwords, tokens and keys that a template has as literal text.
//!
//! CloudFormation itself knows only `NoEcho` parameters. A literal password is a mistake, and a comment on a pull
//! request must not spread it further.

use std::borrow::Cow;

use indexmap::IndexMap;
use stratiform_template::{Member, Template, Value};

use crate::resolved::{HIDDEN, Resolved, Secret, Segment};

/// How the names of secret values end, in small letters and without separators.
const ENDINGS: [&str; 11] = [
    "password",
    "passphrase",
    "passwd",
    "secret",
    "secretstring",
    "token",
    "privatekey",
    "secretkey",
    "apikey",
    "accesskey",
    "credentials",
];

/// Whether a value of this name is secret where it is text.
fn is_sensitive(name: &str) -> bool {
    ENDINGS.iter().any(|ending| {
        let mut letters = name.bytes().rev().filter(u8::is_ascii_alphanumeric);
        let mut expected = ending.bytes().rev();
        expected.all(|byte| {
            letters
                .next()
                .is_some_and(|letter| letter.to_ascii_lowercase() == byte)
        })
    })
}

/// Whether a text only says where a secret is, or is no secret at all.
fn is_harmless(text: &str) -> bool {
    text.is_empty()
        || text.starts_with("{{resolve:")
        || text.starts_with("arn:")
        || matches!(text, "true" | "false")
        || text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Hides what is secret among the entries of a map: values with a telling key, and the value of a pair whose name
/// is telling (`Name: DB_PASSWORD, Value: …`).
pub(crate) fn conceal<'t>(entries: &mut IndexMap<Cow<'t, str>, Resolved<'t>>) {
    let telling = ["Name", "Key", "ParameterKey"].iter().any(|key| {
        let name = entries.get(*key).and_then(Resolved::known);
        name.is_some_and(|name| is_sensitive(&name))
    });
    for (key, value) in entries.iter_mut() {
        if is_sensitive(key) || telling && matches!(key.as_ref(), "Value" | "ParameterValue") {
            conceal_text(value);
        }
    }
}

fn conceal_text(value: &mut Resolved<'_>) {
    match value {
        Resolved::Literal(text) if !is_harmless(text) => {
            let secret = Segment::Secret(Secret::new(text.as_ref()));
            *value = Resolved::text(vec![secret], Vec::new());
        }
        Resolved::Text(text) => {
            for segment in &mut text.segments {
                if let Segment::Known(known) = segment
                    && !is_harmless(known)
                {
                    *segment = Segment::Secret(Secret::new(known.as_str()));
                }
            }
        }
        Resolved::Literal(_) | Resolved::Null | Resolved::List(_) | Resolved::Map(_) => {}
    }
}

/// A template that may be shown: defaults of `NoEcho` parameters and literal secrets are hidden.
pub fn hidden(template: &Template) -> Template {
    let mut template = template.clone();
    for parameter in template.parameters.values_mut() {
        if parameter.no_echo == Some(true) && parameter.default.is_some() {
            parameter.default = Some(HIDDEN.into());
        }
    }
    for member in template.resources.values_mut() {
        match member {
            Member::One(resource) => {
                hide_entries(&mut resource.properties);
                resource.metadata.iter_mut().for_each(hide);
            }
            Member::ForEach(body) => hide(body),
        }
    }
    template
}

fn hide(value: &mut Value) {
    match value {
        Value::Map(entries) => hide_entries(entries),
        Value::List(items) => items.iter_mut().for_each(hide),
        Value::Function(_, argument) => hide(argument),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn hide_entries(entries: &mut IndexMap<String, Value>) {
    let telling = ["Name", "Key", "ParameterKey"].iter().any(|key| {
        entries
            .get(*key)
            .and_then(Value::as_str)
            .is_some_and(is_sensitive)
    });
    for (key, value) in entries.iter_mut() {
        match value {
            Value::String(text)
                if !is_harmless(text)
                    && (is_sensitive(key)
                        || telling && matches!(key.as_str(), "Value" | "ParameterValue")) =>
            {
                *text = HIDDEN.to_owned();
            }
            value => hide(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_is_secret() {
        for name in [
            "MasterUserPassword",
            "DB_PASSWORD",
            "api-key",
            "AuthToken",
            "clientSecret",
            "SecretString",
        ] {
            assert!(is_sensitive(name), "{name}");
        }
        for name in [
            "SecretArn",
            "PasswordLength",
            "KmsKeyId",
            "TokenValidity",
            "Name",
            "",
        ] {
            assert!(!is_sensitive(name), "{name}");
        }
    }

    #[test]
    fn what_says_where_a_secret_is_is_none() {
        for text in [
            "",
            "{{resolve:ssm-secure:x}}",
            "arn:aws:secretsmanager:x",
            "true",
            "16",
        ] {
            assert!(is_harmless(text), "{text}");
        }
        assert!(!is_harmless("hunter2"));
    }
}
