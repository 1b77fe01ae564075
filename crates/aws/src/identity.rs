//! Whose credentials are used.

use stratiform_service::AccountId;

/// Whose credentials are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account's ID, 12 digits.
    pub account: AccountId,
    /// The user or the assumed role.
    pub arn: String,
}
