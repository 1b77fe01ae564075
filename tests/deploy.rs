//! The command `deploy`, end to end: the built binary against the embedded engine, in its process and beside it.

#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "deploy/backups.rs"]
mod backups;
#[path = "deploy/basics.rs"]
mod basics;
#[path = "deploy/besides.rs"]
mod besides;
#[path = "deploy/bootstrapping.rs"]
mod bootstrapping;
#[path = "deploy/checklist.rs"]
mod checklist;
#[path = "deploy/denied.rs"]
mod denied;
#[path = "deploy/destroying.rs"]
mod destroying;
#[path = "deploy/drift.rs"]
mod drift;
#[path = "deploy/engine.rs"]
mod engine;
#[path = "deploy/failures.rs"]
mod failures;
#[path = "deploy/formats.rs"]
mod formats;
#[path = "deploy/moto.rs"]
mod moto;
#[path = "deploy/passes.rs"]
mod passes;
#[path = "deploy/policies.rs"]
mod policies;
#[path = "deploy/rehearsing.rs"]
mod rehearsing;
#[path = "deploy/rolling_back.rs"]
mod rolling_back;
#[path = "deploy/runbook.rs"]
mod runbook;
#[path = "deploy/running.rs"]
mod running;
#[path = "deploy/sealed.rs"]
mod sealed;
#[path = "deploy/secrets.rs"]
mod secrets;
#[path = "deploy/status.rs"]
mod status;
#[expect(dead_code, reason = "other tests use the rest")]
mod support;
#[path = "deploy/watching.rs"]
mod watching;
