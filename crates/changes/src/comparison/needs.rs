//! Whether a resource is made from anything that changes around it.

use stratiform_template::Reference;

use super::Surroundings;

impl Surroundings<'_> {
    /// Whether they touch what refers to this.
    pub(super) fn touch(&self, reference: Reference<'_>) -> bool {
        match reference {
            Reference::Name(name) => {
                self.parameters.contains(name) || self.looked_up.contains(name)
            }
            Reference::Mapping(name) => self.mappings.contains(name),
            Reference::Condition(name) => self.conditions.contains(name),
            Reference::Anything => true,
            Reference::Attribute { .. } | Reference::Export(_) | Reference::Output(_) => false,
        }
    }
}
