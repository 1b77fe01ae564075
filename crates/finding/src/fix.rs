//! The one right answer to a finding.

/// What to do to the text that a finding is about, where there is one right answer. The finding's path says at what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fix {
    /// The key that the path ends in has another name.
    Rename(String),
    /// The text that the path leads to is another.
    Replace(String),
    /// The key that the path ends in is put in quotes.
    QuoteKey,
    /// The scalar that the path leads to is put in quotes.
    Quote,
    /// What the path leads to goes; of a list's only item, the list goes.
    Remove,
    /// The key that the path ends in stands more than once with the same value: the last one goes.
    Once,
}
