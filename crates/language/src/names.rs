//! The names of a template: what it has now, and what it had when it could last be read.

use std::collections::HashSet;
use std::ops::Range;

use stratiform_catalog::{ResourceType, catalog};

use crate::sketch::{Sign, Sketch};

/// Sections, in the order in which they are usually written.
pub(crate) const SECTIONS: [(&str, &str); 10] = [
    ("AWSTemplateFormatVersion", "only `2010-09-09` exists"),
    ("Description", "what the stack is for"),
    ("Metadata", "whatever there is to say about the template"),
    (
        "Parameters",
        "values that are given when the stack is deployed",
    ),
    ("Rules", "assertions on parameters"),
    ("Mappings", "tables of values"),
    ("Conditions", "what holds only in some cases"),
    ("Transform", "macros that the template goes through first"),
    (
        "Resources",
        "what the stack has; the one section that must be there",
    ),
    ("Outputs", "values that others may read"),
];

/// Pseudo parameters with what `Ref` gives.
pub(crate) const PSEUDO: [(&str, &str); 8] = [
    ("AWS::AccountId", "the account that the stack is in"),
    ("AWS::NoValue", "takes the property away"),
    (
        "AWS::NotificationARNs",
        "the topics that are told of the stack",
    ),
    ("AWS::Partition", "`aws`, `aws-cn` or `aws-us-gov`"),
    ("AWS::Region", "the region that the stack is in"),
    ("AWS::StackId", "the stack's ARN"),
    ("AWS::StackName", "the stack's name"),
    (
        "AWS::URLSuffix",
        "what AWS's domains end with, as `amazonaws.com`",
    ),
];

/// The names of a template.
#[derive(Clone, Copy)]
pub(crate) struct Names<'s> {
    now: &'s Sketch,
    earlier: Option<&'s Sketch>,
}

impl<'s> Names<'s> {
    pub(crate) fn new(now: &'s Sketch, earlier: Option<&'s Sketch>) -> Names<'s> {
        Names { now, earlier }
    }

    /// What is directly below a path now, and then what was there and cannot be made out any more.
    pub(crate) fn below(self, path: &[&str]) -> Vec<&'s Sign> {
        let mut seen = HashSet::new();
        let now = self.now.below(path);
        let earlier = self.earlier.into_iter();
        let earlier = earlier.flat_map(|sketch| sketch.below(path));
        let all = now.chain(earlier);
        all.filter(|sign| seen.insert(sign.key.as_str())).collect()
    }

    pub(crate) fn value(self, path: &[&str]) -> Option<&'s str> {
        let earlier = || self.earlier?.value(path);
        self.now.value(path).or_else(earlier)
    }

    /// The type of a resource, as the template names it.
    pub(crate) fn type_name(self, logical_id: &str) -> Option<&'s str> {
        self.value(&["Resources", logical_id, "Type"])
    }

    /// The type of a resource, as the catalog knows it.
    pub(crate) fn resource_type(self, logical_id: &str) -> Option<ResourceType> {
        let name = self.type_name(logical_id)?;
        catalog().resource_type(name)
    }

    /// The kinds of text that `Ref` or an attribute of a resource gives.
    pub(crate) fn given(self, logical_id: &str, attribute: Option<&str>) -> Vec<&'static str> {
        let Some(known) = self.resource_type(logical_id) else {
            return Vec::new();
        };
        let is_set = |property: &str| {
            let path = ["Resources", logical_id, "Properties", property];
            self.now.at(&path).is_some()
        };
        stratiform_validate::given_by(known, attribute, is_set)
    }
}

/// Whether a text is a template, or nothing yet that could be anything else, whatever is being written.
pub(crate) fn may_be_template(sketch: &Sketch, written: &Range<usize>) -> bool {
    let sections = sketch.below(&[]).filter(|sign| sign.span != *written);
    let mut sections = sections.peekable();
    let is_own = |sign: &Sign| {
        ["AWSTemplateFormatVersion", "Resources", "Transform"].contains(&sign.key.as_str())
    };
    sections.peek().is_none() || sections.any(is_own)
}
