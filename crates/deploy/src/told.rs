//! What a run tells while it goes on, and how it ended.

use serde::Serialize;
use stratiform_service::event::Subject as EventSubject;
use stratiform_service::{
    ChangeSet, LogicalId, Reason, ResourceStatus, StackEvent, StackId, StackStatus, Timestamp, Word,
};

use crate::call::{Failure, ValidationFailure};
use crate::gate::Blocked;
use crate::predicted::Worse;
use crate::token::is_of;
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
    /// They would go back, or CloudFormation has brought one back, and nothing more goes by itself: tasks have run that
    /// cannot be undone.
    Stays {
        /// Their names.
        tasks: Vec<String>,
    },
    /// Something about a task.
    Task {
        /// Which, as a place in [`Besides::tasks`](crate::Besides).
        task: usize,
        /// What.
        news: TaskNews,
    },
    /// Something about a command.
    Command {
        /// Which, as a place in [`Besides::commands`](crate::Besides).
        command: usize,
        /// What.
        news: CommandNews,
    },
    /// Somebody could not be told. That stops nothing.
    NotNotified {
        /// Who.
        receiver: String,
        /// Why.
        why: String,
    },
}

/// What happens to a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskNews {
    /// Nothing of its service runs yet: it runs after its stack is there.
    Later,
    /// It runs already: this run was interrupted.
    Resumed,
    /// ECS was told to run it.
    Begins {
        /// The task's ARN.
        task: String,
    },
    /// It has another status: `RUNNING`.
    Status(String),
    /// It is stopped: why.
    Stopping(String),
    /// It is over.
    Ended(TaskEnd),
}

/// How did a task end?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskEnd {
    /// Well.
    Done,
    /// It had been done by this run before that was interrupted.
    DoneBefore,
    /// It failed.
    Failed {
        /// Why.
        why: String,
        /// The last lines that it printed; none where they are not known.
        printed: Option<Vec<String>>,
    },
}

/// What happens to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandNews {
    /// It runs.
    Begins,
    /// It is over.
    Ended {
        /// Why it failed; none where it did not.
        failed: Option<String>,
        /// The last of what it printed.
        printed: Vec<String>,
    },
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
    /// The deletion protection of these is lifted: a creation that failed made them, and nothing is lost with them.
    Unprotecting(Vec<LogicalId>),
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
    /// Nothing was changed: a task that comes before it failed. Which, as a place in
    /// [`Besides::tasks`](crate::Besides).
    Held(usize),
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
    /// The nested stacks that lead to it, the outermost first, by their logical IDs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<LogicalId>,
    /// The resource; none where it is the stack itself.
    pub logical_id: Option<LogicalId>,
    /// Its type.
    pub resource_type: String,
    /// What failed: `CREATE_FAILED`.
    pub status: Word<ResourceStatus>,
    /// Why, in CloudFormation's words.
    pub reason: String,
    /// The nested stack that it is, which knows more.
    #[serde(skip)]
    pub nested: Option<StackId>,
}

impl Cause {
    /// The resource of the outermost stack that it is, or is in.
    pub fn outermost(&self) -> Option<&LogicalId> {
        self.within.first().or(self.logical_id.as_ref())
    }

    /// What failed, of this stack: `` `Queue` of the nested stack `Child` of the stack `queues` ``.
    pub fn subject(&self, stack: &str) -> String {
        let mut subject = match &self.logical_id {
            Some(id) => format!("`{id}` of "),
            None => String::new(),
        };
        for nested in self.within.iter().rev() {
            subject += &format!("the nested stack `{nested}` of ");
        }
        subject + &format!("the stack `{stack}`")
    }

    /// The cause in the nested stack that this one is, from that stack's events; none where they do not say.
    pub(crate) fn inside(&self, events: Vec<StackEvent>, token: &str) -> Option<Cause> {
        let inner = last_cause(events, token)?;
        let within = self.within.iter().chain(&self.logical_id);
        Some(Cause {
            within: within.cloned().collect(),
            ..inner
        })
    }

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
        let nested = event.physical_resource_id.as_ref();
        let nested = nested.filter(|_| event.resource_type == NESTED);
        Some(Cause {
            within: Vec::new(),
            nested: nested
                .filter(|_| matches!(event.subject(), EventSubject::Resource(_)))
                .and_then(|id| StackId::new(id.as_str()).ok()),
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

/// The type of a nested stack.
const NESTED: &str = "AWS::CloudFormation::Stack";

/// The cause in the events of a nested stack, oldest first: among those that have the token; where none has it, in the last
/// of its operations that failed.
fn last_cause(mut events: Vec<StackEvent>, token: &str) -> Option<Cause> {
    let is_own = |event: &StackEvent| is_of(event, token);
    if events.iter().any(is_own) {
        events.retain(is_own);
        return Cause::of(&events);
    }
    let begins = |event: &StackEvent| {
        let status = event.resource_status.as_str();
        let is_begin = ["CREATE", "UPDATE", "DELETE"]
            .iter()
            .any(|operation| status.strip_suffix("_IN_PROGRESS") == Some(operation));
        is_begin && event.subject() == EventSubject::Stack
    };
    while !events.is_empty() {
        let operation = events.split_off(events.iter().rposition(begins).unwrap_or_default());
        if let Some(cause) = Cause::of(&operation) {
            return Some(cause);
        }
    }
    None
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
