//! The app that the tool's own tests run: a small shop with a network, a database, queues and services.
//!
//! What lives here: just enough that a review has something of every kind to say. What does not: anything that
//! somebody would want to deploy; that is the reference app, whose edits must break no test of the tool.

mod environment;
mod stacks;

mod resources {
    include!(concat!(env!("OUT_DIR"), "/resources.rs"));
}

use std::process::ExitCode;

fn main() -> ExitCode {
    stratiform::run(stacks::app)
}
