//! Names that CloudFormation and its users give, each a type with one checked constructor.
//!
//! What lives here: what a name may look like. What does not: whether there is anything of that name, and which regions
//! there are (the catalog knows).

mod arn;
mod place;
mod stack;

use std::fmt;

pub use arn::{ChangeSetId, StackId};
pub use place::{AccountId, Region};
pub use stack::{StackName, StackPrefix};

/// A text that is no name of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The kind, with its article: `a stack's name`.
    pub noun: &'static str,
    /// The text.
    pub text: String,
    /// What the kind allows, as the end of a sentence: `letters and digits`.
    pub allowed: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Malformed {
            noun,
            text,
            allowed,
        } = self;
        write!(formatter, "`{text}` cannot be {noun}: that is {allowed}")
    }
}

impl std::error::Error for Malformed {}

/// Declares a name: cheap to clone, private field, one checked constructor, `Display`, and serde through the same
/// check. The function says whether a text has the form.
macro_rules! name {
    ($(#[$meta:meta])* pub struct $name:ident($noun:literal, $allowed:literal, $check:path);) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(::std::sync::Arc<str>);

        impl $name {
            /// Checks a text and keeps it.
            ///
            /// # Errors
            /// The text does not have the form.
            pub fn new(text: impl AsRef<str>) -> ::std::result::Result<Self, $crate::names::Malformed> {
                let text = text.as_ref();
                if $check(text) {
                    return Ok($name(text.into()));
                }
                Err($crate::names::Malformed {
                    noun: $noun,
                    text: text.to_owned(),
                    allowed: $allowed,
                })
            }

            /// The text.
            pub fn as_str(&self) -> &str {
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

        impl ::std::cmp::PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl ::std::cmp::PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.pad(&self.0)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::names::Malformed;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                $name::new(text)
            }
        }

        impl ::std::convert::TryFrom<&str> for $name {
            type Error = $crate::names::Malformed;

            fn try_from(text: &str) -> ::std::result::Result<Self, Self::Error> {
                $name::new(text)
            }
        }

        impl ::std::convert::TryFrom<::std::string::String> for $name {
            type Error = $crate::names::Malformed;

            fn try_from(text: ::std::string::String) -> ::std::result::Result<Self, Self::Error> {
                $name::new(text)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let text = <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)?;
                $name::new(text).map_err(::serde::de::Error::custom)
            }
        }
    };
}

use name;

name! {
    /// What a template calls a resource: 1 to 255 letters and digits.
    ///
    /// Source: CloudFormation user guide, "Resources" and "Quotas".
    pub struct LogicalId("a logical ID", "1 to 255 letters and digits", is_logical_id);
}

fn is_logical_id(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

name! {
    /// What AWS calls a resource that exists: `vpc-0a1b`, a bucket's name, an ARN. Any text that is not empty: every
    /// resource type has its own form, and custom resources choose theirs.
    pub struct PhysicalId("a physical ID", "a text that is not empty", is_physical_id);
}

fn is_physical_id(text: &str) -> bool {
    !text.is_empty()
}

name! {
    /// Name of a change set, unique among those of its stack: 1 to 128 letters, digits and hyphens, a letter first.
    ///
    /// Source: CloudFormation API reference, "CreateChangeSet".
    pub struct ChangeSetName(
        "a change set's name",
        "1 to 128 letters, digits and hyphens, a letter first",
        is_hyphenated
    );
}

/// The form that stacks and change sets share.
fn is_hyphenated(text: &str) -> bool {
    text.len() <= 128
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests;
