//! The template that is looked at, and what is around it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use stratiform_catalog::{ResourceType, Schema, catalog};
use stratiform_template::{Resource, Template};

use crate::block::Block;
use crate::cases::{Case, Cases};
use crate::facts::TypeFacts;
use crate::report::{NotChecked, Reason};

/// A template, where it is deployed, and what its conditions can be.
pub(crate) struct Scene<'t> {
    pub(crate) template: &'t Template,
    pub(crate) cases: Cases<'t>,
    /// Where the template is deployed; anywhere, where there are none.
    pub(crate) regions: &'t [&'t str],
    /// A macro of the user's may change or add anything.
    pub(crate) is_transformed: bool,
    /// The schemas of each rule, by its name: one for all regions that share it.
    rules: Rules,
    /// The types of resources by their names, each as the regions have it.
    types: RefCell<HashMap<Box<str>, Rc<[ResourceType]>>>,
    /// The blocks of addresses in properties of resources that hang on no condition.
    pub(crate) blocks: RefCell<HashMap<(*const Resource, &'static str), Option<Block>>>,
    /// What nobody could look at.
    pub(crate) skipped: RefCell<Vec<NotChecked>>,
}

/// A resource of the template with what is known of its type.
pub(crate) struct Subject<'t> {
    pub(crate) resource: &'t Resource,
    pub(crate) resource_type: ResourceType,
    /// When the resource exists at all: nobody is told that.
    pub(crate) base: Case<'t>,
    /// What is asked of the type at each resource.
    pub(crate) facts: &'static TypeFacts,
}

impl<'t> Subject<'t> {
    pub(crate) fn new(resource: &'t Resource, resource_type: ResourceType, base: Case<'t>) -> Self {
        Subject {
            resource,
            resource_type,
            base,
            facts: TypeFacts::of(resource_type),
        }
    }
}

impl<'t> Scene<'t> {
    pub(crate) fn new(template: &'t Template, regions: &'t [&'t str]) -> Self {
        Scene {
            template,
            cases: Cases::new(template, regions),
            regions,
            is_transformed: is_transformed(template),
            rules: RefCell::default(),
            types: RefCell::default(),
            blocks: RefCell::default(),
            skipped: RefCell::default(),
        }
    }

    /// A type as each of the regions has it, once for all that have it alike; nothing of one that nobody knows.
    pub(crate) fn variants(&self, name: &str) -> Rc<[ResourceType]> {
        if let Some(known) = self.types.borrow().get(name) {
            return Rc::clone(known);
        }
        let variants: Rc<[ResourceType]> = self.looked_up(name).into();
        let mut types = self.types.borrow_mut();
        types.insert(name.into(), Rc::clone(&variants));
        variants
    }

    fn looked_up(&self, name: &str) -> Vec<ResourceType> {
        let mut variants: Vec<ResourceType> = Vec::new();
        for region in self.regions {
            let variant = catalog().resource_type_in(name, region);
            let is_new = |variant: &ResourceType| {
                let id = variant.schema().id();
                variants.iter().all(|known| known.schema().id() != id)
            };
            variants.extend(variant.filter(is_new));
        }
        if variants.is_empty() {
            variants.extend(catalog().resource_type(name));
        }
        variants
    }

    /// The type of a resource, as the first region that has it knows it.
    pub(crate) fn resource_type(&self, name: &str) -> Option<ResourceType> {
        self.variants(name).first().copied()
    }

    /// What a rule is, in each of the regions that there are to look at.
    pub(crate) fn rule(&self, name: &'static str) -> Rc<[Schema]> {
        match self.regions {
            [] => ANYWHERE.with(|rules| in_regions(rules, name, catalog().regions())),
            regions => in_regions(&self.rules, name, regions.iter().copied()),
        }
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

/// The different schemas of each rule, by its name.
type Rules = RefCell<HashMap<&'static str, Rc<[Schema]>>>;

thread_local! {
    /// Those of all regions, which are the same for every template.
    static ANYWHERE: Rules = Rules::default();
}

/// What a rule is in some regions: asked once.
fn in_regions<'r>(
    rules: &Rules,
    name: &'static str,
    regions: impl Iterator<Item = &'r str>,
) -> Rc<[Schema]> {
    if let Some(known) = rules.borrow().get(name) {
        return Rc::clone(known);
    }
    let schemas: Rc<[Schema]> = catalog().extension_in(name, regions).into();
    rules.borrow_mut().insert(name, Rc::clone(&schemas));
    schemas
}

/// The transform of AWS SAM.
pub(crate) const SERVERLESS: &str = "AWS::Serverless-2016-10-31";

/// Whether a macro of somebody's may change or add anything.
pub(crate) fn is_transformed(template: &Template) -> bool {
    /// Transforms of AWS's that leave what is written there as it means it.
    const OWN: [&str; 4] = [
        "AWS::LanguageExtensions",
        SERVERLESS,
        "AWS::CodeDeployBlueGreen",
        "AWS::SecretsManager-2020-07-23",
    ];
    let is_own = |name| OWN.contains(&name);
    let mut names = template.transform_names();
    template.unknown.contains_key("Fn::Transform") || names.any(|name| !name.is_some_and(is_own))
}
