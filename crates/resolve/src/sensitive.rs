//! Values that nobody may see: passwords, tokens and keys that a template has as literal text.
//!
//! CloudFormation itself knows only `NoEcho` parameters. A literal password is a mistake, and a comment on a pull
//! request must not spread it further.

use stratiform_template::{Function, Map, Member, Template, Text, Value};

use crate::resolved::Resolved;
use crate::text::{HIDDEN, Secret, Segment};

/// How the names of secret values end, in small letters, without separators; an `s` may follow.
const ENDINGS: [&str; 13] = [
    "password",
    "passphrase",
    "passwd",
    "pass",
    "pwd",
    "secret",
    "secretstring",
    "token",
    "privatekey",
    "secretkey",
    "apikey",
    "accesskey",
    "credential",
];

/// As many letters as the longest of them has, and an `s`.
const LETTERS: usize = 13;

/// A name that ends like a secret's, and is that of a topic's or a function's ARN.
const NOT_SECRET: &str = "ServiceToken";

/// Keys that name the value beside them.
const NAMES: [&str; 3] = ["Name", "Key", "ParameterKey"];

/// Whether a value of this name is secret.
pub fn is_sensitive(name: &str) -> bool {
    let mut letters = [0; LETTERS];
    let mut start = LETTERS;
    let last = name.bytes().rev().filter(u8::is_ascii_alphanumeric);
    for letter in last.take(LETTERS) {
        start -= 1;
        letters[start] = letter.to_ascii_lowercase();
    }
    let ends = |letters: &[u8]| {
        let mut endings = ENDINGS.iter();
        endings.any(|ending| letters.ends_with(ending.as_bytes()))
    };
    let all = &letters[start..];
    let one = all
        .strip_suffix(b"s")
        .filter(|_| name.ends_with(['s', 'S']));
    name != NOT_SECRET && (ends(all) || one.is_some_and(ends))
}

/// Whether a map is a pair of a telling name and a value: `Name: DB_PASSWORD, Value: …`.
pub(crate) fn is_pair_of_secret(entries: &Map) -> bool {
    let mut names = NAMES.iter().filter_map(|key| entries.get(key)?.as_str());
    names.any(is_sensitive)
}

/// Whether a key of such a pair is that of the value.
pub(crate) fn is_value_of_pair(key: &str) -> bool {
    matches!(key, "Value" | "ParameterValue")
}

/// Whether a text only says where a secret is, or is no secret at all.
fn is_harmless(text: &str) -> bool {
    text.is_empty()
        || text.starts_with("{{resolve:")
        || text.starts_with("arn:")
        || matches!(text, "true" | "false")
}

/// A value of which nothing that is written in the template can be seen. Maps have keys of their own to tell.
pub(crate) fn concealed(value: Resolved<'_>) -> Resolved<'_> {
    match value {
        Resolved::Literal(text) if !is_harmless(&text) => {
            let secret = Segment::Secret(Secret::new(text.as_ref()));
            Resolved::text(vec![secret], Vec::new())
        }
        Resolved::Text(mut text) => {
            for segment in &mut text.segments {
                match segment {
                    Segment::Known(known) if !is_harmless(known) => {
                        *segment = Segment::Secret(Secret::new(known.as_str()));
                    }
                    _ => {}
                }
            }
            Resolved::Text(text)
        }
        Resolved::List(items) => Resolved::List(items.into_iter().map(concealed).collect()),
        other => other,
    }
}

/// A template that may be shown: what is secret by its name, or a parameter with `NoEcho`, is hidden.
pub fn hidden(template: &Template) -> Template {
    let mut template = template.clone();
    for (name, parameter) in &mut template.parameters {
        if (parameter.no_echo == Some(true) || is_sensitive(name)) && parameter.default.is_some() {
            parameter.default = Some(HIDDEN.into());
        }
    }
    hide_entries(&mut template.mappings);
    hide_entries(&mut template.metadata);
    for member in template.resources.values_mut() {
        match member {
            Member::One(resource) => {
                hide_entries(&mut resource.properties);
                resource
                    .metadata
                    .iter_mut()
                    .for_each(|metadata| hide(metadata, false));
            }
            Member::Unexpanded(body) => hide(body, false),
        }
    }
    for (name, member) in &mut template.outputs {
        match member {
            Member::One(output) => hide(&mut output.value, is_sensitive(name)),
            Member::Unexpanded(body) => hide(body, false),
        }
    }
    template
}

fn hide_entries(entries: &mut Map) {
    let telling = is_pair_of_secret(entries);
    for (key, value) in entries {
        hide(value, is_sensitive(key) || telling && is_value_of_pair(key));
    }
}

/// Hides what is secret below a value, and the value itself if it is.
fn hide(value: &mut Value, secret: bool) {
    match value {
        Value::Map(entries) => hide_entries(entries),
        Value::List(items) => items.iter_mut().for_each(|item| hide(item, secret)),
        // What these have as text are names.
        Value::Function(
            Function::Ref
            | Function::GetAtt
            | Function::FindInMap
            | Function::ImportValue
            | Function::Condition,
            _,
        ) => {}
        Value::Function(Function::If, argument) => {
            if let Value::List(items) = argument.as_mut() {
                items.iter_mut().skip(1).for_each(|item| hide(item, secret));
            }
        }
        Value::Function(_, argument) => hide(argument, secret),
        Value::String(text) if secret && !is_harmless(text) => *text = Text::new_static(HIDDEN),
        Value::Number(_) if secret => *value = HIDDEN.into(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
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
            "DB_PASS",
            "Tokens",
        ] {
            assert!(is_sensitive(name), "{name}");
        }
        for name in [
            "SecretArn",
            "PasswordLength",
            "KmsKeyId",
            "TokenValidity",
            "ServiceToken",
            "Name",
            "ecret",
            "s",
            "Pas",
        ] {
            assert!(!is_sensitive(name), "{name}");
        }
    }

    #[test]
    fn every_ending_tells_it_alone_and_of_several() {
        for ending in ENDINGS {
            assert!(ending.len() < LETTERS, "{ending}");
            for name in [
                ending.to_owned(),
                format!("{ending}s"),
                format!("X-{}_S", ending.to_uppercase()),
                format!("Very{ending}"),
            ] {
                assert!(is_sensitive(&name), "{name}");
            }
        }
    }

    #[test]
    fn what_says_where_a_secret_is_is_none() {
        for text in [
            "",
            "{{resolve:ssm-secure:x}}",
            "arn:aws:secretsmanager:x",
            "true",
        ] {
            assert!(is_harmless(text), "{text}");
        }
        assert!(!is_harmless("hunter2"));
    }
}
