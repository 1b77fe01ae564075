//! The reference app, `storefront`: what it runs on AWS.
//!
//! One file per stack, and [`environment`] for what differs between dev, staging and prod.

pub mod environment;

pub mod alarms;
pub mod backup;
pub mod database;
pub mod network;
pub mod parts;
pub mod queues;
pub mod registry;
pub mod resources;
pub mod services;

use stratiform_stack::App;

use crate::environment::Environment;

/// Adds the stacks of one environment, each with what it needs of those before it.
pub fn app(env: &Environment, app: &App) {
    let network = network::stack(app, env);
    let registry = registry::stack(app, env);
    let database = database::stack(app, env, &network);
    let queues = queues::stack(app, env);
    let uses = services::Uses {
        network: &network,
        registry: &registry,
        database: &database,
        queues: &queues,
    };
    let services = services::stack(app, env, uses);
    let watched = alarms::Watched {
        database: &database,
        queues: &queues,
        services: &services,
    };
    let alarms = alarms::stack(app, env, watched);
    backup::stack(app, env, &database, &alarms);
}
