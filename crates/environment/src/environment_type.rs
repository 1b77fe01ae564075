//! A type of environments as a value: what is asked of the type itself, and of environments of it.
//!
//! What lives here: how code that knows no app's type works on its environments. It is then compiled once, with its own
//! crate, and not again in each program that has such a type. What does not live here: anything that could be asked of
//! one type only.

use std::any::Any;
use std::fmt;

use serde_json::Value;

use crate::{Environment, EnvironmentName, Format, Settings, Violation, schema};

/// An environment's values, whatever type they are of.
pub struct AnyEnvironment(Box<dyn Values>);

/// What is asked of an environment's values. An [`Environment`] is a type, too, and there is no value of a type.
trait Values: Any + Sync {
    fn settings(&self) -> &Settings;
    fn check(&self) -> Vec<Violation>;
    fn to_json(&self) -> serde_json::Result<Value>;
}

impl<E: Environment> Values for E {
    fn settings(&self) -> &Settings {
        Environment::settings(self)
    }

    fn check(&self) -> Vec<Violation> {
        Environment::check(self)
    }

    fn to_json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self)
    }
}

impl AnyEnvironment {
    /// What the tool itself needs.
    pub fn settings(&self) -> &Settings {
        self.0.settings()
    }

    /// The values of the type that they are of; none of another one.
    pub fn downcast<E: Environment>(&self) -> Option<&E> {
        let values: &dyn Any = &*self.0;
        values.downcast_ref()
    }

    /// All values, as they would be written.
    ///
    /// # Errors
    /// The type cannot be written as JSON.
    pub fn to_json(&self) -> serde_json::Result<Value> {
        self.0.to_json()
    }
}

/// Nothing of the values: a secret may be among them.
impl fmt::Debug for AnyEnvironment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.settings();
        formatter
            .debug_tuple("AnyEnvironment")
            .field(&settings.name)
            .finish()
    }
}

/// Why values are not of a type, and at which of them that shows.
pub(crate) type Refused = serde_path_to_error::Error<serde_json::Error>;

/// [`Environment::check_all`], of a type.
pub(crate) type CheckAll<E> = fn(&[(&EnvironmentName, &E)]) -> Vec<(EnvironmentName, Violation)>;

/// A type of environments: [`Environment`] as a value. `E` is that type itself, or [`AnyEnvironment`] where it is not
/// known.
pub struct EnvironmentType<E = AnyEnvironment> {
    /// The JSON Schema of a whole environment.
    pub(crate) schema: fn() -> Value,
    pub(crate) formats: fn() -> Vec<Format>,
    pub(crate) read: fn(Value) -> Result<E, Refused>,
    pub(crate) to_json: fn(&E) -> serde_json::Result<Value>,
    pub(crate) check: fn(&E) -> Vec<Violation>,
    pub(crate) check_all: CheckAll<E>,
}

// Not derived: it can be copied whatever the environment is.
impl<E> Clone for EnvironmentType<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for EnvironmentType<E> {}

impl<E> fmt::Debug for EnvironmentType<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EnvironmentType")
            .finish_non_exhaustive()
    }
}

impl<E: Environment> EnvironmentType<E> {
    /// A type that is known.
    pub(crate) fn known() -> Self {
        EnvironmentType {
            schema: schema::root::<E>,
            formats: E::formats,
            read: |value| serde_path_to_error::deserialize(value),
            to_json: |environment| serde_json::to_value(environment),
            check: E::check,
            check_all: E::check_all,
        }
    }
}

impl EnvironmentType {
    /// A type, for code that does not know it.
    pub fn of<E: Environment>() -> EnvironmentType {
        EnvironmentType {
            schema: schema::root::<E>,
            formats: E::formats,
            read: |value| {
                let environment: E = serde_path_to_error::deserialize(value)?;
                Ok(AnyEnvironment(Box::new(environment)))
            },
            to_json: AnyEnvironment::to_json,
            check: |environment| environment.0.check(),
            check_all: |all| {
                // All of them are of this type: what else they could be, `read` gives nobody.
                let known = all.iter();
                let known: Vec<(&EnvironmentName, &E)> = known
                    .filter_map(|(name, environment)| Some((*name, environment.downcast()?)))
                    .collect();
                E::check_all(&known)
            },
        }
    }

    /// Values of the type.
    ///
    /// # Errors
    /// They are none.
    pub fn read(&self, value: Value) -> serde_json::Result<AnyEnvironment> {
        (self.read)(value).map_err(Refused::into_inner)
    }
}
