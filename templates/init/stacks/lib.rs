//! The stacks: one file for each.

pub mod environment;
mod inbox;

/// The types that `resources.txt` lists: a type that is not there is added to it.
pub mod resources {
    include!(concat!(env!("OUT_DIR"), "/resources.rs"));
}

use stratiform_stack::App;

use crate::environment::Environment;

/// Adds the stacks of an environment.
pub fn app(env: &Environment, app: &App) {
    inbox::stack(env, app);
}
