//! The codes of everything that can be wrong, in one list: of every crate and every command.
//!
//! What lives here: what is made of the list, and what a code is. What does not: the codes, which have a file per subject.

use std::fmt;
use std::str::FromStr;

use crate::words::nearest;

#[macro_use]
mod commands;
#[macro_use]
mod definitions;
#[macro_use]
mod policies;
#[macro_use]
mod services;
#[macro_use]
mod templates;

macro_rules! codes {
    ([] $($(#[$about:meta])+ $group:ident { $($(#[$doc:meta])+ $variant:ident = $text:literal,)+ })+) => {
        /// What is wrong, as a stable name: the key of `docs/findings.md`, of `--explain` and of suppressions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($($(#[$doc])+ $variant,)+)+
        }

        impl Code {
            /// Every code, in the order of the enum.
            pub const ALL: &[Code] = &[$($(Code::$variant,)+)+];

            /// The code in kebab-case: `duplicate-key`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($(Code::$variant => $text,)+)+
                }
            }
        }

        /// What codes are about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Group {
            $($(#[$about])+ $group,)+
        }

        impl Group {
            /// The codes of the group: each library proves that it gives all of its own.
            pub fn codes(self) -> &'static [Code] {
                match self {
                    $(Group::$group => &[$(Code::$variant,)+],)+
                }
            }
        }
    };
}

// One enum of all: each subject hands its list to the next one, and the last one to `codes`.
templates! { [definitions services policies commands codes] }

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A text that is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    /// The code that was probably meant.
    pub nearest: Option<&'static str>,
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Code, UnknownCode> {
        let known = Code::ALL.iter().find(|code| code.as_str() == text);
        known.copied().ok_or_else(|| UnknownCode {
            nearest: nearest(text, Code::ALL.iter().map(|code| code.as_str())),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_kebab_case_and_the_names_of_their_variants() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text} stands twice");
            let mut kebab = String::new();
            for character in format!("{code:?}").chars() {
                if character.is_ascii_uppercase() && !kebab.is_empty() {
                    kebab.push('-');
                }
                kebab.push(character.to_ascii_lowercase());
            }
            assert_eq!(text, kebab);
        }
    }

    #[test]
    fn a_code_is_found_by_its_text_and_a_misspelt_one_by_its_nearest() {
        for code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
        let nearest = |text: &str| text.parse::<Code>().map_err(|unknown| unknown.nearest);
        assert_eq!(nearest("duplicate-kye"), Err(Some("duplicate-key")));
        assert_eq!(nearest("DuplicateKey"), Err(Some("duplicate-key")));
        assert_eq!(nearest("zzz"), Err(None));
    }
}
