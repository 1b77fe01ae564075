//! Sentences of AWS with names in them, read and written by one pattern each: `Stack [{}] does not exist`.

use crate::word::{Vocabulary, Word};

/// What stands in a gap of a pattern.
pub(crate) trait Gap: Sized {
    fn read(text: &str) -> Self;
    fn write(&self) -> String;
}

impl Gap for String {
    fn read(text: &str) -> Self {
        text.to_owned()
    }

    fn write(&self) -> String {
        self.clone()
    }
}

impl<T: Vocabulary> Gap for Word<T> {
    fn read(text: &str) -> Self {
        Word::new(text)
    }

    fn write(&self) -> String {
        self.as_str().to_owned()
    }
}

/// Names with commas between them.
impl Gap for Vec<String> {
    fn read(text: &str) -> Self {
        text.split(", ").map(str::to_owned).collect()
    }

    fn write(&self) -> String {
        self.join(", ")
    }
}

/// What stands in the gaps of a pattern, each as short as can be; none where the text is another one.
pub(crate) fn gaps<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty().then(Vec::new);
    };
    let mut gaps = Vec::new();
    for piece in pieces {
        let (gap, after) = rest.split_once(piece)?;
        gaps.push(gap);
        rest = after;
    }
    gaps.push(rest.strip_suffix(last)?);
    Some(gaps)
}

/// A pattern with its gaps filled.
pub(crate) fn fill(pattern: &str, gaps: &[String]) -> String {
    let mut text = String::new();
    let mut gaps = gaps.iter();
    for (index, piece) in pattern.split("{}").enumerate() {
        if index > 0 {
            text += gaps.next().map_or("", String::as_str);
        }
        text += piece;
    }
    text
}

/// Declares texts of AWS: an enum with a variant for each, read by the first pattern that fits.
macro_rules! texts {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident { $($field:ident: $type:ty),* } = $pattern:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each field is a gap in the text above it")]
        pub enum $name {
            $(
                #[doc = concat!("`", $pattern, "`")]
                ///
                $(#[$variant_meta])*
                $variant { $($field: $type),* },
            )+
            /// A text that is not known here, as sent.
            Other { text: String },
        }

        impl $name {
            fn read_text(text: &str) -> Self {
                $(
                    if let Some(gaps) = $crate::text::gaps($pattern, text) {
                        let mut gaps = gaps.into_iter();
                        let read = $name::$variant {
                            $($field: $crate::text::Gap::read(gaps.next().unwrap_or_default()),)*
                        };
                        // A pattern with more gaps than fields would lose text.
                        if gaps.next().is_none() {
                            return read;
                        }
                    }
                )+
                $name::Other { text: text.to_owned() }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $($name::$variant { $($field),* } => {
                        let gaps: &[::std::string::String] = &[$($crate::text::Gap::write($field)),*];
                        formatter.write_str(&$crate::text::fill($pattern, gaps))
                    })+
                    $name::Other { text } => formatter.write_str(text),
                }
            }
        }
    };
}

pub(crate) use texts;

#[cfg(test)]
mod tests {
    use super::{fill, gaps};

    #[test]
    fn gaps_are_as_short_as_can_be() {
        assert_eq!(
            gaps("a {} b {} c", "a 1 b 2 b 3 c"),
            Some(vec!["1", "2 b 3"])
        );
        assert_eq!(gaps("a {}", "a "), Some(vec![""]));
        assert_eq!(gaps("a", "a"), Some(Vec::new()));
        for (pattern, text) in [("a", "ab"), ("a {}", "b"), ("{} a", "a"), ("{}b{}c", "c")] {
            assert_eq!(gaps(pattern, text), None, "{pattern} {text}");
        }
        assert_eq!(
            fill("a {} b {}", &["1".to_owned(), "2".to_owned()]),
            "a 1 b 2"
        );
    }
}
