//! The template that is looked at, and what is around it.

use std::cell::RefCell;

use stratiform_catalog::{ResourceType, catalog};
use stratiform_template::{Resource, Template};

use crate::cases::Cases;
use crate::report::{NotChecked, Reason};

/// A template, where it is deployed, and what its conditions can be.
pub(crate) struct Scene<'t> {
    pub(crate) template: &'t Template,
    pub(crate) cases: Cases<'t>,
    /// Where the template is deployed; anywhere, where there are none.
    pub(crate) regions: &'t [&'t str],
    /// A macro of the user's may change or add anything.
    pub(crate) is_transformed: bool,
    /// What nobody could look at.
    pub(crate) skipped: RefCell<Vec<NotChecked>>,
}

/// A resource of the template with what is known of its type.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'t> {
    pub(crate) resource: &'t Resource,
    pub(crate) resource_type: ResourceType,
}

impl<'t> Scene<'t> {
    pub(crate) fn new(template: &'t Template, regions: &'t [&'t str]) -> Self {
        /// Transforms of AWS's that leave what is written there as it means it.
        const OWN: [&str; 4] = [
            "AWS::LanguageExtensions",
            "AWS::Serverless-2016-10-31",
            "AWS::CodeDeployBlueGreen",
            "AWS::SecretsManager-2020-07-23",
        ];
        let is_own = |name: &str| OWN.contains(&name);
        let is_transformed = template.unknown.contains_key("Fn::Transform")
            || template
                .transform
                .iter()
                .any(|name| !name.as_str().is_some_and(is_own));
        Scene {
            template,
            cases: Cases::new(template, regions),
            regions,
            is_transformed,
            skipped: RefCell::default(),
        }
    }

    /// The type of a resource, as the first region that has it knows it.
    pub(crate) fn resource_type(&self, name: &str) -> Option<ResourceType> {
        let mut here = self.regions.iter();
        here.find_map(|region| catalog().resource_type_in(name, region))
            .or_else(|| catalog().resource_type(name))
    }

    /// Something was not looked at.
    pub(crate) fn skip(&self, reason: Reason, path: Vec<String>) {
        let mut skipped = self.skipped.borrow_mut();
        let skip = NotChecked { reason, path };
        if !skipped.contains(&skip) {
            skipped.push(skip);
        }
    }
}
