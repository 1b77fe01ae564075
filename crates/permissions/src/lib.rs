//! What CloudFormation must be allowed to do for stacks.
//!
//! What lives here: [`of_stacks`], from an environment's templates to what the execution role needs, for exactly the
//! resource types in them and scoped by the ARNs that their names give; an [`Inventory`] of stacks, for whoever asks more of
//! them: what a way from some to others needs, what reading needs; [`documents`], policies below IAM's limits; and
//! [`lacking`], what policies as they are deployed do not allow of that. What does not: roles, stacks, AWS.
//!
//! An action is needed because a type's handler names it (`catalog`). It is granted on the ARNs of those **things** that
//! it can act on: what the stacks make, and what their templates name outside of them. Everything is pure.

mod around;
mod boundary;
mod derived;
mod document;
mod glob;
mod grant;
mod inventory;
mod lacking;
mod needed;
mod role;
mod thing;

pub use derived::{Derivations, Derived};
pub use document::{Document, INLINE_POLICIES, MANAGED_POLICIES, MANAGED_POLICY, documents};
pub use grant::{Condition, Grant};
pub use inventory::Inventory;
pub use lacking::{Lacking, lacking};
pub use needed::{Because, Left, Needed, Reason, Unknown, Unscoped, of_stacks};
