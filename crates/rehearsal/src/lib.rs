//! A deployment rehearsed: everything that can fail in it, one thing at a time, and what each comes to.
//!
//! What lives here: which failures there are ([`Failure`]), how an environment stands before and after ([`Stands`]), what an
//! end is worth ([`Harm`]) and what all of them come to ([`Report`]). What does not: carrying anything out, and showing it
//! (`src/`). There is no clock, network, file or randomness here.

mod failure;
mod report;
mod stands;

pub use failure::{Failure, Phase, Times, of_call, of_changes};
pub use report::{Clean, Counts, End, Ended, Harm, Report, Way};
pub use stands::{Held, StackStands, Stands};

#[cfg(test)]
mod tests;
