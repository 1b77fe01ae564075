//! How an environment is deployed and how it comes back: decisions, and nothing else.
//!
//! What lives here: state, what AWS answered and the moment → the next state and what to do. What does not: making
//! calls (`aws`), files and git (`src/`), showing anything. There is no clock, network, file or randomness here.

mod age;
pub mod assurance;
pub mod backups;
mod besides;
pub mod call;
pub mod destruction;
pub mod drift;
mod gate;
pub mod guard;
pub mod history;
mod machine;
mod plan;
mod predicted;
pub mod rebuild;
pub mod release;
mod run;
mod stack;
mod standing;
pub mod status;
mod swap;
mod token;
mod told;
mod verification;
pub mod watch;

pub use age::age;
pub use besides::{Besides, LeftOut, Notify, PlannedCommand, PlannedTask, Turn};
pub use call::{Call, Failure, FailureKind, Reply};
pub use gate::{Blocked, blocked};
pub use machine::{Effects, Interruption, Machine};
pub use plan::{
    Allowance, Approval, Conduct, FIRST, HOLDS, Imported, Loss, Mending, OnFailure, PREFIX, Pace,
    Plan, PlannedStack, Record, SealedChangeSet, Seen, Skip, Until, is_record, stack_of,
};
pub use predicted::{Impact, Predicted, Prediction, Worse, impact};
pub use run::undoing::never_was_complete;
pub use run::{Effect, Input, Proposals, Run};
pub use stack::{MOST_IN_A_CALL, changes_digest, text_digest};
pub use standing::{Standing, Way};
pub use swap::{Revision, Swap, before as revision_before, swap, swapped};
pub use told::{
    Cause, CommandNews, Ending, News, Outcome, Proposal, Refused, Stuck, TaskEnd, TaskNews, Told,
};
pub use verification::{Contract, Health, HttpCheck, Subject, Verified, alarm_name, service_place};
