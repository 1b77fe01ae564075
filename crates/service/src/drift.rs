//! Drift: what CloudFormation says of resources that somebody else may have changed.
//!
//! What lives here: the answers of `DescribeStackDriftDetectionStatus` and `DescribeStackResourceDrifts` as values. What
//! does not: what they mean.
//!
//! Source: CloudFormation API reference, "StackResourceDrift", "PropertyDifference".

use crate::change::ResourceDriftStatus;
use crate::names::{LogicalId, PhysicalId};
use crate::timestamp::Timestamp;
use crate::word::{Word, words};

words! {
    /// How is a look for drift getting on?
    pub enum DetectionStatus {
        /// It is not over.
        InProgress = "DETECTION_IN_PROGRESS",
        /// All that can be looked at was.
        Complete = "DETECTION_COMPLETE",
        /// Some could not be looked at, or nothing.
        Failed = "DETECTION_FAILED",
    }
}

words! {
    /// How does a value that is there differ from what it should be?
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum DifferenceType {
        Add = "ADD",
        Remove = "REMOVE",
        NotEqual = "NOT_EQUAL",
    }
}

/// A look for drift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// How it is getting on.
    pub status: Word<DetectionStatus>,
    /// What could not be looked at, and why.
    pub reason: Option<String>,
    /// When it began.
    pub begun: Timestamp,
}

/// A resource that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceDrift {
    /// Its logical ID.
    pub logical_id: LogicalId,
    /// Its physical ID.
    pub physical_id: Option<PhysicalId>,
    /// Its type.
    pub resource_type: String,
    /// What was found.
    pub status: Word<ResourceDriftStatus>,
    /// Why nothing was found.
    pub reason: Option<String>,
    /// The properties that the template gives it: JSON in text.
    pub expected: Option<String>,
    /// The same as they are there: JSON in text; none where it is gone.
    pub actual: Option<String>,
    /// What differs.
    pub differences: Vec<PropertyDifference>,
    /// When it was looked at.
    pub at: Timestamp,
}

/// A value that is another than it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyDifference {
    /// The way to it: `/Tags/0/Value`.
    pub path: String,
    /// The value that the template gives; JSON where it is a list or a map.
    pub expected: String,
    /// The value that is there.
    pub actual: String,
    /// Whether it was added, is missing, or is another.
    pub kind: Word<DifferenceType>,
}
