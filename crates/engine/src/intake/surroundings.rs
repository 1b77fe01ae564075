//! The world at the moment in which a template comes in.

use indexmap::IndexMap;
use stratiform_resolve::{Resolved, Time, Whereabouts, World, reference};

use super::parameter::ParameterValue;

/// A world in which nothing of the template is there yet: parameters have their values, and resources and other stacks
/// have none.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    pub world: &'a dyn World,
    pub parameters: &'a IndexMap<String, ParameterValue>,
}

impl Surroundings<'_> {
    /// The parameters as a scope has them.
    pub(super) fn given(&self) -> IndexMap<String, String> {
        let given = self.parameters.iter();
        given
            .map(|(name, value)| (name.clone(), value.value.clone()))
            .collect()
    }
}

impl World for Surroundings<'_> {
    fn place(&self) -> &Whereabouts {
        self.world.place()
    }

    fn pseudo(&self, name: &str) -> Option<Resolved<'static>> {
        self.world.pseudo(name)
    }

    fn resource(&self, logical_id: &str, attribute: Option<&str>) -> Resolved<'static> {
        reference(logical_id, attribute, Time::AfterApply, None)
    }

    fn looked_up(&self, name: &str) -> Option<String> {
        let mut values = self.parameters.values();
        let found =
            values.find_map(|value| value.resolved.as_ref().filter(|_| value.value == name));
        found.cloned().or_else(|| self.world.looked_up(name))
    }
}
