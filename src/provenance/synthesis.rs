//! What is synthesized and tried: an environment's stacks, or those of one of its bootstraps.

use stratiform_assembly::Assembly;
use stratiform_bootstrap::{Derivations, assemblies_by};
use stratiform_environment::AnyEnvironment;

use crate::assemblies::synthesis::with_flaws;
use crate::definition::Definition;

/// A function from an environment's values to some of its stacks.
#[derive(Clone, Copy)]
pub(crate) struct Synthesis<'a> {
    define: &'a dyn Definition,
    whose: Whose,
}

/// Whose stacks are meant?
#[derive(Clone, Copy, Debug)]
enum Whose {
    /// The environment's own.
    Environment,
    /// Those of its bootstrap at this place.
    Bootstrap(usize),
}

impl<'a> Synthesis<'a> {
    /// The environment's own stacks.
    pub(crate) fn own(define: &'a dyn Definition) -> Self {
        let whose = Whose::Environment;
        Synthesis { define, whose }
    }

    /// The stacks of the bootstrap at a place of [`assemblies`].
    pub(crate) fn bootstrap(self, place: usize) -> Self {
        let whose = Whose::Bootstrap(place);
        Synthesis { whose, ..self }
    }

    /// Of how many other values of a variable it is enough to know what they do: one to each side. What a bootstrap is
    /// made of takes its time.
    pub(super) fn enough(self) -> usize {
        match self.whose {
            Whose::Environment => 2,
            Whose::Bootstrap(_) => 1,
        }
    }

    /// The stacks as an environment's values make them, where that can be. What was derived for another one is not
    /// derived again.
    pub(super) fn of(
        self,
        environment: &AnyEnvironment,
        derivations: &Derivations,
    ) -> Option<Assembly> {
        let (own, _) = with_flaws(self.define, environment).ok()?;
        match self.whose {
            Whose::Environment => Some(own),
            Whose::Bootstrap(place) => {
                let bootstraps = assemblies_by(derivations, &own, environment.settings()).ok()?;
                bootstraps.into_iter().nth(place)
            }
        }
    }
}
