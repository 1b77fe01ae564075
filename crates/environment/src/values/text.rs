//! Checked text: newtypes with one constructor, and the table of formats that a schema may name.
//!
//! A [`Format`] is the one place that knows what a piece of text may look like. Its newtype's constructor,
//! serde, the JSON Schema for editors and our own check all go through it.

use std::fmt;

use schemars::{Schema, json_schema};

/// Why a text is refused, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedText {
    /// The limit that was broken, as a sentence without a full stop.
    pub why: String,
    /// The next edit, as a sentence without a full stop.
    pub help: String,
}

impl RefusedText {
    /// A refusal from its two sentences.
    pub fn new(why: impl Into<String>, help: impl Into<String>) -> Self {
        RefusedText {
            why: why.into(),
            help: help.into(),
        }
    }
}

impl fmt::Display for RefusedText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}; {}", self.why, self.help)
    }
}

impl std::error::Error for RefusedText {}

/// What a kind of text looks like: the `format` of a JSON Schema, with the function that checks it.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The name in the schema: `account-id`.
    pub name: &'static str,
    /// What people call it, with its article: `an AWS account ID`.
    pub noun: &'static str,
    /// A regular expression for editors, never stricter than `check`. Unique: map keys are known by it.
    pub pattern: &'static str,
    /// Values for editors to offer; empty where they cannot be listed.
    pub choices: fn() -> Vec<String>,
    /// The check.
    pub check: fn(&str) -> Result<(), RefusedText>,
}

impl Format {
    /// The JSON Schema of this text. `pattern` is there for editors and for map keys; `check` decides.
    pub fn schema(&self) -> Schema {
        json_schema!({
            "type": "string",
            "format": self.name,
            "pattern": self.pattern,
        })
    }
}

/// Text that was checked when it was made.
pub trait Text: Sized {
    /// What it looks like.
    const FORMAT: Format;

    /// Checks a text and keeps it.
    fn new(text: impl Into<String>) -> Result<Self, RefusedText>;

    /// The text.
    fn as_str(&self) -> &str;
}

/// Declares a newtype over `String`: private field, one checked constructor, `Display`, and serde and JSON
/// Schema through the same check.
///
/// ```
/// use stratiform_environment::{RefusedText, Text, text};
///
/// text! {
///     /// Colour of a team.
///     pub struct Colour("colour", "a colour", r"^[a-z]+$", check_colour);
/// }
///
/// fn check_colour(text: &str) -> Result<(), RefusedText> {
///     match text {
///         "red" | "blue" => Ok(()),
///         _ => Err(RefusedText::new("only `red` and `blue` are colours here", "choose one of them")),
///     }
/// }
///
/// assert!(Colour::new("red").is_ok());
/// assert!(Colour::new("Red").is_err());
/// ```
///
/// A function after the check lists the values that editors offer.
#[macro_export]
macro_rules! text {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident($format:literal, $noun:literal, $pattern:expr, $check:path);) => {
        $crate::text! {
            $(#[$meta])*
            $visibility struct $name($format, $noun, $pattern, $check, ::std::vec::Vec::new);
        }
    };
    ($(#[$meta:meta])* $visibility:vis struct $name:ident($format:literal, $noun:literal, $pattern:expr, $check:path, $choices:path);) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility struct $name(::std::string::String);

        impl $crate::Text for $name {
            const FORMAT: $crate::Format = $crate::Format {
                name: $format,
                noun: $noun,
                pattern: $pattern,
                choices: $choices,
                check: $check,
            };

            fn new(text: impl ::std::convert::Into<::std::string::String>) -> ::std::result::Result<Self, $crate::RefusedText> {
                let text = text.into();
                (<Self as $crate::Text>::FORMAT.check)(&text).map(|()| $name(text))
            }

            fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::RefusedText;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                <Self as $crate::Text>::new(text)
            }
        }

        impl $crate::reexported::Serialize for $name {
            fn serialize<S: $crate::reexported::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> $crate::reexported::Deserialize<'de> for $name {
            fn deserialize<D: $crate::reexported::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let text = <::std::string::String as $crate::reexported::Deserialize>::deserialize(deserializer)?;
                <Self as $crate::Text>::new(text).map_err($crate::reexported::Error::custom)
            }
        }

        impl $crate::reexported::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::stringify!($name).into()
            }

            fn json_schema(_: &mut $crate::reexported::SchemaGenerator) -> $crate::reexported::Schema {
                <Self as $crate::Text>::FORMAT.schema()
            }
        }
    };
}

/// Refuses text whose length in characters is outside a range.
pub fn check_length(text: &str, least: usize, most: usize) -> Result<(), RefusedText> {
    let length = text.chars().count();
    if length < least || length > most {
        return Err(RefusedText::new(
            format!("it has {length} characters, and {least} to {most} are allowed"),
            if length < least {
                "write a longer one"
            } else {
                "shorten it"
            },
        ));
    }
    Ok(())
}

/// Refuses text that is not lower-case words joined by single hyphens, at most `most` characters long.
///
/// Such names fit into stack names, bucket names and DNS labels alike.
pub fn check_kebab(text: &str, most: usize) -> Result<(), RefusedText> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let shaped = text.bytes().all(allowed)
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--");
    if !shaped {
        return Err(RefusedText::new(
            "only lower-case letters, digits and single hyphens are allowed, and it starts with a letter",
            match kebab(text) {
                Some(near) => format!("write `{near}`"),
                None => "write a name such as `web-api`".to_owned(),
            },
        ));
    }
    check_length(text, 1, most)
}

/// The nearest text that [`check_kebab`] accepts, if there is one.
fn kebab(text: &str) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous_lower = false;
    for character in text.chars() {
        if !character.is_ascii_alphanumeric() {
            words.push(String::new());
        } else {
            if words.is_empty() || (character.is_ascii_uppercase() && previous_lower) {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.push(character.to_ascii_lowercase());
            }
        }
        previous_lower = character.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    let name = words.join("-");
    name.starts_with(|first: char| first.is_ascii_lowercase())
        .then_some(name)
}
