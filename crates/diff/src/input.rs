//! What is compared: a stack before, a stack after, and what is known about where it is.

use indexmap::IndexMap;
use stratiform_template::Template;

/// A stack at one moment.
#[derive(Clone, Debug)]
pub struct Side<'t> {
    /// The template.
    pub template: &'t Template,
    /// Values of parameters by name; a parameter that is not here has its default, if there is one.
    pub parameters: IndexMap<String, String>,
    /// Tags of the stack, which CloudFormation passes on to its resources.
    pub tags: IndexMap<String, String>,
    /// Whether CloudFormation refuses to delete the stack, where that is known.
    pub termination_protection: Option<bool>,
}

impl<'t> Side<'t> {
    /// A template with its parameters' defaults and no tags.
    pub fn of(template: &'t Template) -> Self {
        Side {
            template,
            parameters: IndexMap::new(),
            tags: IndexMap::new(),
            termination_protection: None,
        }
    }
}
