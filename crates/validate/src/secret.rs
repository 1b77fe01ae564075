//! Secrets that are written out.
//!
//! What lives here: what a text says by itself ([`in_text`], [`masked`]), what it says under a name ([`under_name`]), and
//! what of that is in a template. What does not: passwords by the properties of types (`rule/password.rs`), and how
//! findings are drawn. `document.rs` goes through any YAML or JSON ([`in_document`]), `template.rs` through a template.
//!
//! Only what is written out can be one: a reference, an attribute, a dynamic reference and what a function gives are
//! none. Nothing here keeps, prints or hands on what a secret is: a [`Secret`] is its kind and its place.

mod document;
mod format;
mod hidden;
mod name;
mod template;
mod text;

use std::borrow::Cow;
use std::ops::Range;

use stratiform_finding::{Code, Finding, Level};

pub use document::in_document;
pub use hidden::{Hidden, shown};
pub use name::under_name;
pub use template::PAIRS;
pub(crate) use template::{hide, told, written};
pub use text::in_text;

/// What kind of secret something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind {
    /// With its article: `a token of GitHub`.
    pub noun: &'static str,
    /// How sure that is.
    pub proof: Proof,
}

/// What says that something is a secret?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Proof {
    /// Its form, which its issuer gives to nothing else, and whoever has it needs nothing more.
    Form,
    /// Its form, which something harmless may have, too; or it is good for nothing alone.
    Likely,
    /// Its name, and that nobody would choose it for anything else.
    Name,
}

impl Kind {
    /// How much it matters.
    pub fn level(self) -> Level {
        match self.proof {
            Proof::Form => Level::Error,
            Proof::Likely | Proof::Name => Level::Warning,
        }
    }
}

/// Where in a text a secret is, in bytes, and of which kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Which kind.
    pub kind: Kind,
    /// Where.
    pub range: Range<usize>,
}

/// What is said of a secret of so many characters.
pub fn finding(kind: Kind, characters: usize) -> Finding {
    let why = match kind.proof {
        Proof::Form | Proof::Likely => "whoever may read this has it, and so has everybody later",
        Proof::Name => "its name says so; whoever may read this has it, and so has everybody later",
    };
    let what = format!("{} of {characters} characters is written out", kind.noun);
    let help =
        "make a new one, keep it in Secrets Manager, and write `{{resolve:secretsmanager:…}}`";
    Finding {
        level: kind.level(),
        ..Finding::new(Code::PlainSecret, what, help).because(why)
    }
}

/// The text with `*` for every byte of a secret, lines kept: spans stay as they are.
pub fn masked(text: &str) -> Cow<'_, str> {
    let found = in_text(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let ranges = found.into_iter().map(|secret| secret.range);
    Cow::Owned(starred(text, ranges))
}

/// The text with `*` for every byte of some ranges, lines kept.
pub fn starred(text: &str, ranges: impl IntoIterator<Item = Range<usize>>) -> String {
    let mut ranges: Vec<Range<usize>> = ranges.into_iter().collect();
    ranges.sort_by_key(|range| range.start);
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        let start = text.floor_char_boundary(range.start.max(at));
        let end = text.ceil_char_boundary(range.end.max(start));
        shown += text.get(at..start).unwrap_or_default();
        let hidden = text.get(start..end).unwrap_or_default();
        shown.extend(hidden.bytes().map(|byte| match byte {
            b'\n' | b'\r' => char::from(byte),
            _ => '*',
        }));
        at = end;
    }
    shown + text.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests;
