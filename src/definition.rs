//! What a team brings, whatever type its environments are of.
//!
//! The commands are given this and no type parameter: they are compiled once, with this crate, and not again in each
//! program that has stacks, each time that one of those is edited.

use stratiform_environment::{AnyEnvironment, Environment, EnvironmentType};
use stratiform_stack::App;

use crate::Define;

/// A function that adds the stacks of one environment to an app, and the type of its environments.
pub(crate) trait Definition: Sync {
    /// Its type of environments.
    fn environment_type(&self) -> EnvironmentType;

    /// Adds the stacks of an environment, which is one of that type.
    fn add(&self, environment: &AnyEnvironment, app: &App);
}

impl<E: Environment> Definition for Define<E> {
    fn environment_type(&self) -> EnvironmentType {
        EnvironmentType::of::<E>()
    }

    fn add(&self, environment: &AnyEnvironment, app: &App) {
        // Always: nothing but the type above makes one.
        if let Some(environment) = environment.downcast() {
            self(environment, app);
        }
    }
}
