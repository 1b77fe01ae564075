//! The built binary, end to end: `diff` and `changed`, as a user meets them.

#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "diff/changed.rs"]
mod changed;
#[path = "diff/cloud.rs"]
mod cloud;
#[path = "diff/deployed.rs"]
mod deployed;
#[path = "diff/environments.rs"]
mod environments;
#[path = "diff/exit_codes.rs"]
mod exit_codes;
#[path = "diff/files.rs"]
mod files;
#[path = "diff/formats.rs"]
mod formats;
#[cfg(unix)]
#[path = "diff/interrupted.rs"]
mod interrupted;
#[path = "diff/parity.rs"]
mod parity;
#[path = "diff/refused.rs"]
mod refused;
#[path = "support/repository.rs"]
mod repository;
#[path = "diff/revisions.rs"]
mod revisions;
#[path = "diff/rules.rs"]
mod rules;
#[path = "diff/secrets.rs"]
mod secrets;
mod support;
#[path = "diff/tool.rs"]
mod tool;
