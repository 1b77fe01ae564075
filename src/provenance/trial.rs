//! Trying another value of each variable, on all cores.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use serde_json::Value;
use stratiform_assembly::Assembly;
use stratiform_bootstrap::Derivations;
use stratiform_environment::{Loaded, Step, Variable, Variation};

use super::Keys;
use super::Synthesis;
use super::moved::{Extent, moved};
use crate::cores::on_all_cores;

/// What an environment synthesizes with some things another way, where that can be; once.
pub(crate) fn tried(
    synthesis: Synthesis<'_>,
    loaded: &Loaded,
    variation: &Variation,
) -> Option<Assembly> {
    caught(|| synthesis.of(&loaded.varied(&[variation])?, &Derivations::default()))
}

/// Whether what is tried has to pass the environment's checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Checks {
    Passed,
    Left,
}

/// What somebody's code gives: values that nobody wrote may be more than it can take. Nothing is said of what panics.
fn caught<T>(make: impl FnOnce() -> Option<T>) -> Option<T> {
    thread_local! {
        static IS_TRYING: Cell<bool> = const { Cell::new(false) };
    }
    // Once, and never back: environments are tried side by side, and the hook is that of all threads.
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let tell = take_hook();
        set_hook(Box::new(move |panic| {
            if !IS_TRYING.get() {
                tell(panic);
            }
        }));
    });
    let outside = IS_TRYING.replace(true);
    let made = catch_unwind(AssertUnwindSafe(make));
    IS_TRYING.set(outside);
    made.ok().flatten()
}

/// What is tried, and beside what.
pub(super) struct Trial<'t> {
    pub synthesis: Synthesis<'t>,
    pub loaded: &'t Loaded,
    pub now: &'t Assembly,
    pub variables: &'t [Variable],
    /// After so many that tell something, no more of a variable are tried.
    pub enough: usize,
    /// What roles need, as far as that was derived: most values are of no matter for it.
    pub derivations: Derivations,
}

/// What a variable makes another; none where nothing could be tried.
type Found = Option<Vec<(Keys, Extent)>>;

impl Trial<'_> {
    /// What each variable makes another, in their order.
    pub(super) fn all(&self) -> Vec<Found> {
        on_all_cores(self.variables, |variable| self.one(variable))
    }

    fn one(&self, variable: &Variable) -> Found {
        let checked = self.beside(variable, Checks::Passed, &[], self.now);
        let with_another = checked.or_else(|| {
            // What goes with something else: a processor with its memory. Where both are others, what the second one
            // does by itself is no difference.
            let companions = self.companions(variable);
            companions.into_iter().find_map(|companion| {
                let own = variable.variations.iter();
                let mut pairs = own.map(|own| [companion, own]);
                pairs.find(|pair| caught(|| self.loaded.varied(pair)).is_some())?;
                let now = self.made(Checks::Passed, &[companion])?;
                self.beside(variable, Checks::Passed, &[companion], &now)
            })
        });
        // Nothing else fits. What the stacks would make of it shows all the same what it is for.
        with_another.or_else(|| self.beside(variable, Checks::Left, &[], self.now))
    }

    /// What the other values of a variable make another, where something else is another way already.
    fn beside(
        &self,
        variable: &Variable,
        checks: Checks,
        given: &[&Variation],
        now: &Assembly,
    ) -> Found {
        let mut found: Found = None;
        let mut telling = 0;
        for variation in &variable.variations {
            // Each item of a list says something else; so does that there is nothing.
            let is_all = variable.value.as_ref().is_some_and(Value::is_array);
            let says_more = self.enough > 1 && (is_all || variation.value.is_none());
            if telling >= self.enough && !says_more {
                continue;
            }
            let Some(other) = self.made(checks, &[given, &[variation]].concat()) else {
                continue;
            };
            let moved = moved(now, &other);
            telling += usize::from(!moved.is_empty());
            found.get_or_insert_default().extend(moved);
        }
        found
    }

    fn made(&self, checks: Checks, variations: &[&Variation]) -> Option<Assembly> {
        caught(|| {
            let environment = match checks {
                Checks::Passed => self.loaded.varied(variations),
                Checks::Left => self.loaded.unchecked(variations),
            };
            self.synthesis.of(&environment?, &self.derivations)
        })
    }

    /// Other ways of what stands beside a variable, and of what names it.
    fn companions(&self, variable: &Variable) -> Vec<&Variation> {
        let name = match variable.path.steps().last() {
            Some(Step::Key(name)) => name.as_str(),
            _ => "",
        };
        let names = |value: &Value| match value {
            Value::String(text) => text == name,
            Value::Array(items) => items.iter().any(|item| item == name),
            _ => false,
        };
        let others = self.variables.iter().filter(|other| {
            let is_beside = other.path.parent() == variable.path.parent();
            let is_named = !name.is_empty() && other.value.as_ref().is_some_and(names);
            other.path != variable.path && (is_beside || is_named)
        });
        others.flat_map(|other| &other.variations).collect()
    }
}
