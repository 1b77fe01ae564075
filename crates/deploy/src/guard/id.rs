//! Which checks there are, and how much each matters.

use std::fmt;

use serde::{Serialize, Serializer};

/// A check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// Everything is committed.
    WorkingTree,
    /// The commit is where others see it.
    Pushed,
    /// The release is a tag, and what is checked out is at it.
    Release,
    /// An environment that takes only releases gets one.
    ReleaseOnly,
    /// What would be deployed is what was reviewed.
    Snapshots,
    /// The templates have no findings.
    Findings,
    /// The compliance score is high enough.
    Compliance,
    /// AWS accepts the credentials.
    Credentials,
    /// Account and region are the environment's.
    Account,
    /// The roles may do what is to be done.
    Permissions,
    /// Each stack can be deployed.
    StackState,
    /// Nobody else is deploying.
    NobodyElse,
    /// Whatever fails in it comes back.
    Rehearsal,
    /// The release runs well in the environment before this one.
    Promotion,
    /// The images are there.
    Images,
    /// The account has room.
    Quotas,
    /// What runs is well.
    Services,
    /// What runs well is not put at risk.
    Working,
    /// No alarm is on.
    Alarms,
    /// The databases answer.
    Database,
    /// The databases can be restored.
    Backup,
    /// What is deployed can be deployed again.
    WayBack,
}

impl Id {
    /// All of them: first what is here, then what is there.
    pub const ALL: [Id; 22] = [
        Id::WorkingTree,
        Id::Pushed,
        Id::Release,
        Id::ReleaseOnly,
        Id::Snapshots,
        Id::Findings,
        Id::Compliance,
        Id::Credentials,
        Id::Account,
        Id::Permissions,
        Id::StackState,
        Id::NobodyElse,
        Id::Rehearsal,
        Id::Promotion,
        Id::Images,
        Id::Quotas,
        Id::Services,
        Id::Working,
        Id::Alarms,
        Id::Database,
        Id::Backup,
        Id::WayBack,
    ];

    /// The name: `working-tree`.
    pub fn as_str(self) -> &'static str {
        match self {
            Id::WorkingTree => "working-tree",
            Id::Pushed => "pushed",
            Id::Release => "release",
            Id::ReleaseOnly => "release-only",
            Id::Snapshots => "snapshots",
            Id::Findings => "findings",
            Id::Compliance => "compliance",
            Id::Credentials => "credentials",
            Id::Account => "account",
            Id::Permissions => "permissions",
            Id::StackState => "stack-state",
            Id::NobodyElse => "nobody-else",
            Id::Rehearsal => "rehearsal",
            Id::Promotion => "promotion",
            Id::Images => "images",
            Id::Quotas => "quotas",
            Id::Services => "services",
            Id::Working => "working",
            Id::Alarms => "alarms",
            Id::Database => "database",
            Id::Backup => "backup",
            Id::WayBack => "way-back",
        }
    }

    /// How much it matters, 1 to 5.
    pub fn weight(self) -> u32 {
        match self {
            Id::Quotas => 1,
            Id::WorkingTree | Id::Pushed | Id::Findings | Id::Compliance => 2,
            Id::Release
            | Id::Snapshots
            | Id::Rehearsal
            | Id::Services
            | Id::Alarms
            | Id::Database => 3,
            Id::Permissions | Id::Images | Id::Working | Id::Backup | Id::WayBack => 4,
            Id::ReleaseOnly
            | Id::Credentials
            | Id::Account
            | Id::StackState
            | Id::NobodyElse
            | Id::Promotion => 5,
        }
    }

    /// Whether an emergency goes before it: not where the deployment would fail all the same, would be somebody else's, or
    /// would be recorded as what it is not.
    pub fn is_skippable(self) -> bool {
        match self {
            Id::Release
            | Id::Snapshots
            | Id::Credentials
            | Id::Account
            | Id::StackState
            | Id::NobodyElse => false,
            Id::WorkingTree
            | Id::Pushed
            | Id::ReleaseOnly
            | Id::Findings
            | Id::Compliance
            | Id::Permissions
            | Id::Rehearsal
            | Id::Promotion
            | Id::Images
            | Id::Quotas
            | Id::Services
            | Id::Working
            | Id::Alarms
            | Id::Database
            | Id::Backup
            | Id::WayBack => true,
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
