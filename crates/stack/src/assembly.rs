//! What synthesis gives: the templates of one environment and how to deploy them.

use std::collections::HashMap;
use std::panic::Location;

use indexmap::IndexMap;
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

/// IAM properties that name a resource; a template with one needs `CAPABILITY_NAMED_IAM`.
///
/// Source: CloudFormation API reference, CreateStack, "Capabilities".
const IAM_NAMES: [&str; 6] = [
    "RoleName",
    "UserName",
    "GroupName",
    "ManagedPolicyName",
    "InstanceProfileName",
    "PolicyName",
];

/// IAM types that CloudFormation does not ask to acknowledge, or that carry names as a matter of course.
const POLICY_TYPES: [&str; 4] = [
    "AWS::IAM::Policy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
];

/// The capabilities that a template needs.
pub(crate) fn capabilities(template: &Template) -> Vec<&'static str> {
    let mut iam = false;
    let mut named = false;
    for member in template.resources.values() {
        let Member::One(resource) = member else {
            continue;
        };
        if resource.resource_type.starts_with("AWS::IAM::") {
            iam = true;
            named |= !POLICY_TYPES.contains(&resource.resource_type.as_str())
                && IAM_NAMES
                    .iter()
                    .any(|name| resource.properties.contains_key(*name));
        }
    }
    let acknowledged = match (iam, named) {
        (_, true) => Some("CAPABILITY_NAMED_IAM"),
        (true, false) => Some("CAPABILITY_IAM"),
        (false, false) => None,
    };
    let expand = (!template.transform.is_empty()).then_some("CAPABILITY_AUTO_EXPAND");
    acknowledged.into_iter().chain(expand).collect()
}
