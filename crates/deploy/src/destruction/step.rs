//! One stack on its way from being there to being gone.
//!
//! Making a call a second time is safe in all steps: deleting what is being deleted, or is gone, does nothing.

use std::collections::VecDeque;

use stratiform_service::{LogicalId, StackId, Timestamp};

use super::{Ending, PlannedStack, Remains};
use crate::call::{Call, Failure, Stack};
use crate::stack::Operation;
use crate::token::token_prefix;

/// What is being asked, or waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// How the stack stands.
    Look,
    /// Whose deletion is going on.
    Whose(Box<Stack>),
    /// What its template says of what it has.
    ReadTemplate(Box<Stack>),
    /// What it has, by its template.
    ReadResources(Box<Stack>, String),
    /// Who imports the first of these exports.
    ReadImporters(VecDeque<String>),
    /// Whether RDS refuses to delete the first of these databases: their identifiers.
    ReadDatabases(VecDeque<(LogicalId, String)>),
    /// The word, and its turn.
    Ready,
    /// Its deletion.
    Delete {
        /// The stack.
        stack: StackId,
        /// The token on the deletion's events.
        token: String,
    },
    /// Whether it is being deleted: the answer was lost, or no.
    Confirm {
        /// The stack.
        stack: StackId,
        /// The token on the deletion's events.
        token: String,
        /// The answer.
        failure: Failure,
    },
    /// The end of its deletion.
    Follow(Operation),
    /// How it stands, where its events say nothing.
    Peek(Operation),
    /// The snapshots of what stays as one: the places of those that are not found yet.
    FindSnapshots(VecDeque<usize>, Vec<Remains>),
    /// It is done.
    Ended(Ending),
}

impl Step {
    /// Whether the stack is being deleted, or may be.
    pub(super) fn is_deleting(&self) -> bool {
        match self {
            Step::Delete { .. }
            | Step::Confirm { .. }
            | Step::Follow(_)
            | Step::Peek(_)
            | Step::FindSnapshots(..) => true,
            Step::Look
            | Step::Whose(_)
            | Step::ReadTemplate(_)
            | Step::ReadResources(..)
            | Step::ReadImporters(_)
            | Step::ReadDatabases(_)
            | Step::Ready
            | Step::Ended(_) => false,
        }
    }

    /// The call of a step that is one; none where something else is waited for.
    pub(super) fn call(&self, planned: &PlannedStack) -> Option<Call> {
        Some(match self {
            Step::Look => Call::DescribeStack {
                stack: planned.name.to_string(),
            },
            Step::Whose(stack) => Call::StackEvents {
                stack: stack.id.clone(),
                after: None,
            },
            Step::ReadTemplate(stack) => Call::GetTemplate {
                stack: stack.id.clone(),
            },
            Step::ReadResources(stack, _) => Call::ListStackResources {
                stack: stack.id.clone(),
            },
            Step::ReadImporters(exports) => Call::ListImports {
                export: exports.front()?.clone(),
            },
            Step::ReadDatabases(databases) => Call::DescribeDbInstance {
                identifier: databases.front()?.1.clone(),
            },
            Step::Delete { stack, token } => Call::DeleteStack {
                stack: stack.clone(),
                token: token.clone(),
            },
            Step::Confirm { stack, .. } => Call::StackEvents {
                stack: stack.clone(),
                after: None,
            },
            Step::Follow(operation) => Call::StackEvents {
                stack: operation.stack.clone(),
                after: operation.last.clone(),
            },
            // By its ARN: under its name, there is no deleted stack.
            Step::Peek(operation) => Call::DescribeStack {
                stack: operation.stack.to_string(),
            },
            Step::FindSnapshots(places, remains) => Call::DescribeDbSnapshots {
                instance: remains.get(*places.front()?)?.physical_id.to_string(),
            },
            Step::Ready | Step::Ended(_) => return None,
        })
    }
}

/// The token of a deletion. Each time that a run deletes a stack it is another one, so that the events of a deletion that
/// failed are not taken for those of the next.
pub(super) fn token(run: &str, now: Timestamp) -> String {
    format!("{}{:x}", deletion_prefix(run), now.millis())
}

/// How tokens of deletions of a run begin.
pub(super) fn deletion_prefix(run: &str) -> String {
    token_prefix(run) + "destroy-"
}
