//! What CloudFormation says of a stack.

use indexmap::IndexMap;
use stratiform_service::{StackId, StackStatus, Timestamp, Word};

/// A stack, as `DescribeStacks` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// Its ARN.
    pub id: StackId,
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: Word<StackStatus>,
    /// Why.
    pub reason: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When its last operation began, but for its creation.
    pub updated: Option<Timestamp>,
    /// Values of parameters, as they were given; `****` where they are hidden.
    pub parameters: IndexMap<String, String>,
    /// What the template sees of those that name a parameter of Systems Manager, as of the last deployment; `****` where
    /// it is hidden.
    pub resolved: IndexMap<String, String>,
    /// Its tags.
    pub tags: IndexMap<String, String>,
    /// Outputs: the value, and the name under which it is exported.
    pub outputs: IndexMap<String, (String, Option<String>)>,
    /// Topics that are told.
    pub notification_arns: Vec<String>,
    /// Whether CloudFormation refuses to delete it.
    pub termination_protection: bool,
    /// Whether it was as its template says when somebody looked last; none where nobody has.
    pub drift: Option<Drift>,
}

/// Whether a stack is as its template says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// `IN_SYNC`, `DRIFTED`, `UNKNOWN`.
    pub status: String,
    /// When that was looked at.
    pub checked: Option<Timestamp>,
}

/// What CloudFormation writes where it does not tell a value.
pub(crate) const HIDDEN: &str = "****";

impl Stack {
    /// A stack of which nothing is said but where it is and how it stands.
    pub fn bare(id: StackId, status: Word<StackStatus>) -> Stack {
        Stack {
            name: id.stack_name().to_owned(),
            id,
            status,
            reason: None,
            created: Timestamp::EPOCH,
            updated: None,
            parameters: IndexMap::new(),
            resolved: IndexMap::new(),
            tags: IndexMap::new(),
            outputs: IndexMap::new(),
            notification_arns: Vec::new(),
            termination_protection: false,
            drift: None,
        }
    }

    /// What the template sees of each parameter. Nobody is told those that are hidden; a value that really is `****` looks
    /// the same.
    pub fn values(&self) -> IndexMap<String, String> {
        let seen = self.parameters.iter().map(|(name, given)| {
            let resolved = self.resolved.get(name).unwrap_or(given);
            (name, given, resolved)
        });
        // Where one of the two is hidden, the other was not meant to be seen.
        let seen = seen.filter(|(_, given, resolved)| *given != HIDDEN && *resolved != HIDDEN);
        seen.map(|(name, _, value)| (name.clone(), value.clone()))
            .collect()
    }
}
