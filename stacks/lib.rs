//! The reference app, `storefront`: what it runs on AWS.
//!
//! One file per stack, and [`environment`] for what differs between dev, staging and prod.

pub mod environment;

pub mod database;
pub mod network;
pub mod parts;
pub mod queues;
pub mod registry;
pub mod resources;

use stratiform_stack::App;

use crate::environment::Environment;

/// Adds the stacks of one environment, each with what it needs of those before it.
pub fn app(env: &Environment, app: &App) {
    let network = network::stack(app, env);
    let _registry = registry::stack(app, env);
    let _database = database::stack(app, env, &network);
    let _queues = queues::stack(app, env);
}
