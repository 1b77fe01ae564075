//! What synthesis gives: the templates of one environment and how to deploy them.

use std::collections::HashMap;
use std::panic::Location;

use indexmap::IndexMap;
use stratiform_catalog::behaviour::{self, Capability};
use stratiform_template::{Member, Template, Value};

/// The stacks of one environment, synthesized.
#[derive(Clone, Debug)]
pub struct Assembly {
    /// The app's name.
    pub app: String,
    /// The environment's name.
    pub environment: String,
    /// The region the stacks are for.
    pub region: String,
    /// The stacks in deployment order: each comes after all that it needs.
    pub stacks: Vec<SynthesizedStack>,
}

/// One stack, synthesized.
#[derive(Clone, Debug)]
pub struct SynthesizedStack {
    /// The short name: `network`.
    pub key: String,
    /// CloudFormation's name: `storefront-prod-network`.
    pub name: String,
    /// The template.
    pub template: Template,
    /// Full names of the stacks that must be deployed before this one, sorted.
    pub depends_on: Vec<String>,
    /// Capabilities that CloudFormation must be told: `CAPABILITY_IAM` …
    pub capabilities: Vec<&'static str>,
    /// Parameters and their values; none where the deployment has to give one.
    pub parameters: IndexMap<String, Option<String>>,
    /// Tags of the stack.
    pub tags: IndexMap<String, String>,
    /// Whether deletion of the stack is refused.
    pub termination_protection: bool,
    /// The stack policy, where one is set.
    pub stack_policy: Option<Value>,
    /// Where each logical ID was declared.
    pub locations: HashMap<String, &'static Location<'static>>,
}

/// The capabilities that a template needs.
pub(crate) fn capabilities(template: &Template) -> Vec<&'static str> {
    let resources = template.resources.values();
    let needed = resources.filter_map(|member| match member {
        Member::One(resource) => behaviour::needs_capability(&resource.resource_type, |property| {
            resource.properties.contains_key(property)
        }),
        Member::ForEach(_) => None,
    });
    let acknowledged = needed.max().map(Capability::as_str);
    let expand = (!template.transform.is_empty()).then_some("CAPABILITY_AUTO_EXPAND");
    acknowledged.into_iter().chain(expand).collect()
}
