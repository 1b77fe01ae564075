//! What RDS says of databases and their snapshots.

use stratiform_service::Timestamp;

/// What has a name and data of its own?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// An instance.
    Instance,
    /// A cluster: of Aurora, DocumentDB or Neptune, which have one API.
    Cluster,
}

impl DatabaseKind {
    /// That of a type of resources; none where it is no database with snapshots of its own.
    pub fn of(resource_type: &str) -> Option<DatabaseKind> {
        match resource_type {
            "AWS::RDS::DBInstance" => Some(DatabaseKind::Instance),
            "AWS::RDS::DBCluster" | "AWS::DocDB::DBCluster" | "AWS::Neptune::DBCluster" => {
                Some(DatabaseKind::Cluster)
            }
            _ => None,
        }
    }
}

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
