//! Something that decides, and has its effects carried out by somebody else.

use stratiform_service::Timestamp;

use crate::run::{Effect, Input};

/// What a machine wants.
pub type Effects<M> = Vec<Effect<<M as Machine>::Told, <M as Machine>::Question>>;

/// Something that decides: it is given an input and the moment, and gives effects.
pub trait Machine: Sized {
    /// What it tells while it goes on.
    type Told;
    /// What it asks somebody, who says yes or no.
    type Question;

    /// Takes an input in.
    fn step(&mut self, input: Input, now: Timestamp) -> Effects<Self>;

    /// Whether it has come to its end.
    fn is_over(&self) -> bool;

    /// What it comes to where somebody wants it to end, who wanted so this often before; and what it is given then.
    fn interrupted(&self, before: u32) -> (Interruption, Input);
}

/// What happens when somebody wants a machine to end?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// Nothing is under way in CloudFormation: it ends, and takes away what it made.
    Ends,
    /// CloudFormation is at work: it is followed on.
    GoesOn,
    /// CloudFormation is asked to cancel.
    Cancels,
}
