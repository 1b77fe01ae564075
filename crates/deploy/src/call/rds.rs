//! What RDS says of databases and their snapshots.

use stratiform_service::Timestamp;

/// A database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// Its identifier.
    pub identifier: String,
    /// `available`, `modifying` …
    pub status: String,
    /// Until when it can be restored to a moment.
    pub restorable_until: Option<Timestamp>,
    /// How many days its backups are kept.
    pub backup_days: u32,
    /// Whether RDS refuses to delete it.
    pub deletion_protection: bool,
}

/// A snapshot of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Its identifier.
    pub identifier: String,
    /// `creating`, `available`, `failed`.
    pub status: String,
    /// How far it is, 0 to 100.
    pub percent: u32,
    /// When it was taken; none while it is being taken.
    pub created: Option<Timestamp>,
    /// The ARN of the key that it is encrypted with; none where it is not.
    pub key: Option<String>,
}
