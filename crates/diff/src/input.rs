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

/// Where the stack is: what pseudo parameters say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The stack's name.
    pub stack: String,
    /// The region.
    pub region: String,
    /// The account, where it is known.
    pub account: Option<String>,
}

impl Place {
    /// The partition that the region is in.
    pub(crate) fn partition(&self) -> &'static str {
        match self.region.as_str() {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            region if region.starts_with("eusc-") => "aws-eusc",
            _ => "aws",
        }
    }

    /// The domain of AWS's services in the region's partition.
    pub(crate) fn url_suffix(&self) -> &'static str {
        match self.partition() {
            "aws-cn" => "amazonaws.com.cn",
            "aws-eusc" => "amazonaws.eu",
            _ => "amazonaws.com",
        }
    }
}
