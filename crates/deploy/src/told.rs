//! What a run tells while it goes on, and how it ended.

use serde::Serialize;
use stratiform_service::event::Subject as EventSubject;
use stratiform_service::{
    ChangeSet, LogicalId, Reason, ResourceStatus, StackEvent, StackStatus, Timestamp, Word,
};

use crate::call::{Failure, ValidationFailure};
use crate::gate::Blocked;
use crate::predicted::Worse;
use crate::verification::{Health, Subject, Verified};

/// Something that happens. Stacks are places in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Something about a stack.
    Stack {
        /// Which.
        stack: usize,
        /// What.
        news: News,
    },
    /// A call failed for a reason that passes, and is made again.
    Again {
        /// Which stack it was about.
        stack: usize,
        /// Why.
        failure: Failure,
        /// When.
        at: Timestamp,
    },
    /// A snapshot of a database is there.
    BackedUp {
        /// The database's identifier.
        database: String,
        /// The snapshot's.
        snapshot: String,
    },
    /// A database could not be saved: nothing is executed.
    NotBackedUp {
        /// The database, or the stack that was asked for its databases.
        subject: String,
        /// Why.
        why: String,
    },
    /// All stacks are deployed, and what runs is looked at.
    Verifying,
    /// How something that runs is, where that is another answer than before.
    Health {
        /// What.
        subject: Subject,
        /// How.
        health: Health,
    },
    /// What was looked at, at the end.
    Verified {
        /// Whether all is well.
        verdict: Verified,
        /// How each is.
        report: Vec<(Subject, Health)>,
    },
    /// All stacks of this run that changed go back.
    GoingBack,
}

/// What happens to a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// How it stands; none where it is not there.
    Found(Option<Word<StackStatus>>),
    /// Somebody's earlier run is followed: this one was interrupted.
    Resumed,
    /// A creation that never succeeded is deleted.
    Clearing,
    /// A rollback that was stuck is continued, or what was left halfway rolled back.
    Mending,
    /// Nothing changes.
    Unchanged,
    /// Its change set can only be made after these stacks.
    Waits(Vec<usize>),
    /// Its change set is made.
    Proposed(Box<Proposal>),
    /// Its change set is executed, so many resources.
    Executing(usize),
    /// Something happened in it.
    Event(Box<StackEvent>),
    /// It is done.
    Finished(Ending),
}

/// What a change set would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The change set.
    pub change_set: ChangeSet,
    /// When the stack's last operation began; none where there is no stack.
    pub stack_changed: Option<Timestamp>,
    /// Resources with data that would go without being named.
    pub blocked: Vec<Blocked>,
    /// Where it is worse than what was predicted.
    pub worse: Vec<Worse>,
}

/// How did it end with a stack?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// There was nothing to do.
    Unchanged,
    /// Its change set is made, and stays.
    Prepared,
    /// It is as planned.
    Deployed,
    /// It is as it was before: it was as planned, or it was stuck on the way.
    WentBack,
    /// It is as planned, and was to go back: why it could not.
    Stays(Box<Ending>),
    /// The deployment failed, and CloudFormation brought it back.
    RolledBack(Option<Box<Cause>>),
    /// A person has to do something.
    Stuck(Box<Stuck>),
    /// Nothing was changed: its change set cannot be.
    Refused(Box<Refused>),
    /// Nothing was changed: it would have lost data that nobody named, or somebody said no.
    NotApproved,
    /// Nothing was changed: what it needs was not deployed.
    NotReached(Vec<usize>),
}

/// Why a change set cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A call failed.
    Call(Failure),
    /// CloudFormation could not make it.
    ChangeSet {
        /// Its reason.
        reason: String,
        /// What validation found.
        validation: Vec<ValidationFailure>,
    },
    /// Somebody else's operation is going on.
    Busy {
        /// The stack's status.
        status: Word<StackStatus>,
        /// Whose run it is, where it is one of ours.
        run: Option<String>,
    },
    /// The stack is not as it was when the change set was approved.
    Moved(String),
    /// The template is too large for a call, and there is no bucket.
    TooLarge {
        /// Its length in bytes.
        bytes: usize,
    },
}

/// A stack that a person has to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Its status; none where it is not known.
    pub status: Option<Word<StackStatus>>,
    /// What made it so.
    pub cause: Option<Cause>,
    /// What is in the way, where it is a call.
    pub failure: Option<Failure>,
}

/// The first real failure of an operation: not one of those that followed from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// The resource; none where it is the stack itself.
    pub logical_id: Option<LogicalId>,
    /// Its type.
    pub resource_type: String,
    /// What failed: `CREATE_FAILED`.
    pub status: Word<ResourceStatus>,
    /// Why, in CloudFormation's words.
    pub reason: String,
}

impl Cause {
    /// Finds it among an operation's events, oldest first.
    pub fn of(events: &[StackEvent]) -> Option<Cause> {
        let reason = |event: &StackEvent| event.resource_status_reason.clone().unwrap_or_default();
        let failed = events
            .iter()
            .filter(|event| event.resource_status.as_str().ends_with("_FAILED"));
        let real = |event: &&StackEvent| !Reason::read(&reason(event)).is_follow_up();
        let mut of_resources = failed
            .clone()
            .filter(real)
            .filter(|event| matches!(event.subject(), EventSubject::Resource(_)));
        // Where no resource failed, the stack says why it went back: an alarm, a person, an export in use.
        let of_stack = || {
            events.iter().find(|event| {
                let status = event.resource_status.as_str();
                event.subject() == EventSubject::Stack
                    && (status.ends_with("ROLLBACK_IN_PROGRESS") || status.ends_with("_FAILED"))
            })
        };
        let event = of_resources.next().or_else(of_stack)?;
        Some(Cause {
            logical_id: match event.subject() {
                EventSubject::Resource(id) => Some(id),
                _ => None,
            },
            resource_type: event.resource_type.clone(),
            status: event.resource_status.clone(),
            reason: reason(event),
        })
    }
}

/// How did a run end?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// All is as planned.
    Done,
    /// The answer is no: nothing was changed by what was not approved.
    No,
    /// Something failed, and no stack was changed by it.
    Failed,
    /// A deployment failed, and all that failed is as it was.
    RolledBack,
    /// A stack needs a person.
    NeedsPerson,
}
