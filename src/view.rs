//! What people and programs see.

pub(crate) mod annotation;
#[cfg(feature = "aws")]
pub(crate) mod assurances;
#[cfg(feature = "aws")]
pub(crate) mod backup_test;
#[cfg(feature = "aws")]
pub(crate) mod backups;
pub(crate) mod changed;
#[cfg(feature = "aws")]
pub(crate) mod checklist;
#[cfg(feature = "aws")]
pub(crate) mod deployment;
#[cfg(feature = "aws")]
pub(crate) mod destruction;
#[cfg(feature = "aws")]
pub(crate) mod drift;
pub(crate) mod explained;
#[cfg(feature = "aws")]
pub(crate) mod guard;
#[cfg(feature = "aws")]
pub(crate) mod history;
#[cfg(feature = "aws")]
pub(crate) mod objects;
#[cfg(feature = "aws")]
pub(crate) mod rebuild;
#[cfg(all(feature = "aws", feature = "engine"))]
pub(crate) mod rehearsal;
pub(crate) mod review;
pub(crate) mod reviewed;
pub(crate) mod sorted;
pub(crate) mod stale;
#[cfg(feature = "aws")]
pub(crate) mod status;
mod style;
pub(crate) mod summary;
#[cfg_attr(
    not(feature = "aws"),
    expect(
        dead_code,
        reason = "only what calls AWS has something to tell while it waits"
    )
)]
mod terminal;
pub(crate) mod validated;
#[cfg(feature = "aws")]
pub(crate) mod watch;
pub(crate) mod width;

pub(crate) use terminal::{Answer, Terminal, View, stderr};
#[cfg(feature = "aws")]
pub(crate) use terminal::{Event, stdout_now};
