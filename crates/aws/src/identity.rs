//! Whose credentials are used.

/// Whose credentials are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account's ID, 12 digits.
    pub account: String,
    /// The user or the assumed role.
    pub arn: String,
}
