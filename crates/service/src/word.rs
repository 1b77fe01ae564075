//! Words of which AWS has a few and may have more tomorrow.
//!
//! A closed enum has those that are known: it is `Copy`, and a `match` needs no arm for others. What AWS *sends* is a
//! [`Word`] of it, so that a new one is passed on as it came.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A closed set of words.
pub trait Vocabulary: Copy + Eq + 'static {
    /// What the set is called: `StackStatus`.
    const NAME: &'static str;
    /// All of them.
    const ALL: &'static [Self];

    /// AWS's spelling.
    fn as_str(self) -> &'static str;

    /// The word of a spelling.
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.as_str() == text)
    }
}

/// A word as AWS sends it: one that we know, or one that came later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word<T> {
    /// One of the set.
    Known(T),
    /// Another one, as sent.
    Other(Box<str>),
}

/// A text that is not of the set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {set} that we know")]
pub struct UnknownWord {
    /// The set's name.
    pub set: &'static str,
    /// The text.
    pub text: String,
}

impl<T: Vocabulary> Word<T> {
    /// Reads a word. Every text is one.
    pub fn new(text: &str) -> Self {
        T::parse(text).map_or_else(|| Word::Other(text.into()), Word::Known)
    }

    /// AWS's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Word::Known(word) => word.as_str(),
            Word::Other(text) => text,
        }
    }

    /// The word, where it is one of the set.
    pub fn known(&self) -> Option<T> {
        match self {
            Word::Known(word) => Some(*word),
            Word::Other(_) => None,
        }
    }
}

impl<T: Vocabulary> From<T> for Word<T> {
    fn from(word: T) -> Self {
        Word::Known(word)
    }
}

impl<T: Vocabulary> PartialEq<T> for Word<T> {
    fn eq(&self, other: &T) -> bool {
        self.known() == Some(*other)
    }
}

impl<T: Vocabulary> fmt::Display for Word<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl<T: Vocabulary> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, T: Vocabulary> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Word::new(&text))
    }
}

/// Declares a closed set of words. There is no `Display` on purpose: AWS's spelling is seldom what people should read.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// AWS's spelling.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)+
                }
            }
        }

        impl $crate::word::Vocabulary for $name {
            const NAME: &'static str = stringify!($name);
            const ALL: &'static [Self] = &[$($name::$variant,)+];

            fn as_str(self) -> &'static str {
                $name::as_str(self)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::word::UnknownWord;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                <Self as $crate::word::Vocabulary>::parse(text).ok_or_else(|| $crate::word::UnknownWord {
                    set: stringify!($name),
                    text: text.to_owned(),
                })
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let text = <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(::serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::{Vocabulary, Word};
    use crate::status::StackStatus;

    #[test]
    fn a_word_of_tomorrow_passes_through() {
        let word: Word<StackStatus> = serde_json::from_str("\"PAUSED\"").unwrap();
        assert_eq!(word, Word::Other("PAUSED".into()));
        assert_eq!(serde_json::to_string(&word).unwrap(), "\"PAUSED\"");
        assert_eq!(
            "PAUSED".parse::<StackStatus>().unwrap_err().to_string(),
            "`PAUSED` is no StackStatus that we know"
        );
    }

    #[test]
    fn a_word_of_today_is_known() {
        for status in StackStatus::ALL {
            assert_eq!(Word::new(status.as_str()), *status);
        }
    }
}
