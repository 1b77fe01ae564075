//! A stack at one moment.

use std::collections::HashMap;
use std::panic::Location;
use std::sync::Arc;

use indexmap::IndexMap;
use stratiform_finding::Finding;
use stratiform_template::{Template, Value};

/// A stack at one moment: all that is known of it there.
#[derive(Clone, Debug)]
pub struct StackAt {
    /// CloudFormation's name: `storefront-prod-network`.
    pub name: String,
    /// The template.
    pub template: Arc<Template>,
    /// Names of the stacks that must be deployed before this one, sorted.
    pub depends_on: Vec<String>,
    /// Capabilities that CloudFormation must be told: `CAPABILITY_IAM` …
    pub capabilities: Vec<String>,
    /// Values that are given for parameters; a parameter that is not here has its default, if there is one.
    pub parameters: IndexMap<String, String>,
    /// Tags of the stack, which CloudFormation passes on to its resources.
    pub tags: IndexMap<String, String>,
    /// Whether CloudFormation refuses to delete the stack, where that is known.
    pub termination_protection: Option<bool>,
    /// The stack policy.
    pub policy: StackPolicy,
    /// Pseudo parameters whose values are only supposed, since nobody told them: `AWS::Region`, `AWS::StackName`.
    pub supposed: Vec<&'static str>,
    /// Where it was declared in Rust; none of a stack that was not synthesized now.
    pub location: Option<&'static Location<'static>>,
    /// Where each logical ID was declared in Rust; nothing of a stack that was not synthesized now.
    pub locations: HashMap<String, &'static Location<'static>>,
    /// Paths of values that were written as they have to be, whatever the catalog says; nothing of a stack that was not
    /// synthesized now.
    pub untyped: Vec<Vec<String>>,
    /// What has to be known about the template's text.
    pub findings: Vec<Finding>,
}

/// What is known of a stack policy?
#[derive(Clone, Debug, Default, PartialEq)]
pub enum StackPolicy {
    /// Nothing: files do not say.
    #[default]
    NotKnown,
    /// There is none: every update is allowed.
    Absent,
    /// The document.
    Document(Value),
}

impl StackAt {
    /// A template of which nothing else is known: what a file is.
    pub fn of(name: impl Into<String>, template: impl Into<Arc<Template>>) -> Self {
        StackAt {
            name: name.into(),
            template: template.into(),
            depends_on: Vec::new(),
            capabilities: Vec::new(),
            parameters: IndexMap::new(),
            tags: IndexMap::new(),
            termination_protection: None,
            policy: StackPolicy::NotKnown,
            supposed: Vec::new(),
            location: None,
            locations: HashMap::new(),
            untyped: Vec::new(),
            findings: Vec::new(),
        }
    }
}

impl StackPolicy {
    /// The document, where there is one.
    pub fn document(&self) -> Option<&Value> {
        match self {
            StackPolicy::Document(document) => Some(document),
            StackPolicy::NotKnown | StackPolicy::Absent => None,
        }
    }
}

impl From<Option<Value>> for StackPolicy {
    fn from(document: Option<Value>) -> Self {
        document.map_or(StackPolicy::Absent, StackPolicy::Document)
    }
}
