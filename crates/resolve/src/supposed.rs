//! What is supposed of parameters and conditions that are not known: one case of several.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::scope::Scope;
use crate::world::World;

/// Stands for a text that no condition compares with. No template says it: it has a control character.
const ANOTHER: &str = "\u{1}";

/// What is supposed of what is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supposed {
    /// Parameters without a value: the text, or none for one that no condition compares with.
    pub parameters: BTreeMap<String, Option<String>>,
    /// Conditions that hang on something else: whether they hold.
    pub conditions: BTreeMap<String, bool>,
}

impl<'t> Scope<'t> {
    /// The same template, where something is supposed of what is not known; what is known stays as it is.
    #[must_use]
    pub fn supposing(mut self, supposed: &Supposed, world: &dyn World) -> Self {
        let others = supposed
            .parameters
            .iter()
            .filter(|(_, text)| text.is_none());
        self.others = others.map(|(name, _)| name.clone()).collect();
        for (name, value) in &mut self.parameters {
            let Some(text) = supposed
                .parameters
                .get(*name)
                .filter(|_| value.text.is_none())
            else {
                continue;
            };
            let text = text.clone().unwrap_or_else(|| ANOTHER.to_owned());
            value.text = Some(Cow::Owned(text));
        }
        let conditions = supposed.conditions.iter();
        let unknown = conditions.filter(|(name, _)| self.condition(name).is_none());
        let taken: Vec<(&str, bool)> = unknown
            .map(|(name, holds)| (name.as_str(), *holds))
            .collect();
        self.evaluate_conditions(&taken, world);
        for value in self.parameters.values_mut() {
            value.text.take_if(|text| text == ANOTHER);
        }
        self
    }
}
