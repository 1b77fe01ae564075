//! What a step of `ci` comes to, whoever takes it.

/// What a step came to.
pub(crate) enum Outcome {
    /// It holds; what was seen, where that is worth a line.
    Passed(Option<String>),
    /// It did not run, and why.
    Skipped(String),
}
