//! What has to be known beside the answer.

/// Something that has to be known for reading the answer: mostly what could not be known here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Note {
    /// What, as one sentence without its full stop.
    pub what: String,
    /// What to do about it.
    pub help: Option<String>,
}
