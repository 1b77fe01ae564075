//! [`Node`] → [`Template`].

use indexmap::IndexMap;
use stratiform_finding::{Code, Finding};

use super::{Content, Reader, Step};
use crate::map::Map;
use crate::node::{Node, NodeKind, Scalar};
use crate::parse::parse;
use crate::template::{Output, Resource, Template};
use crate::value::Value;

impl Template {
    /// Reads a template's text, JSON or YAML.
    ///
    /// # Errors
    /// The one finding that keeps the text from being read as either; or every finding that keeps what was read from
    /// being a template, in the order of the text. All places are in the text that was given.
    pub fn parse(text: &str) -> Result<Template, Vec<Finding>> {
        let node = parse(text).map_err(|finding| vec![*finding])?;
        Template::from_node(&node)
    }

    /// Reads a template.
    ///
    /// Accepts whatever CloudFormation accepts, templates that only a macro makes whole included, and what it
    /// refuses for other reasons than form. Numbers and booleans where a text is wanted become text as written.
    ///
    /// # Errors
    /// Every problem, in the order of the text.
    pub fn from_node(node: &Node) -> Result<Template, Vec<Finding>> {
        match Template::read(node) {
            (template, findings) if findings.is_empty() => Ok(template),
            (_, findings) => Err(findings),
        }
    }

    /// Reads what can be held of a template, and tells what cannot.
    pub(crate) fn read(node: &Node) -> (Template, Vec<Finding>) {
        let mut reader = Reader::new();
        let template = reader.template(node);
        (template, reader.findings)
    }
}

impl Resource {
    /// Reads a value as a resource: what the body of a loop stands for.
    ///
    /// # Errors
    /// Every problem; their paths begin at the resource.
    pub fn from_value(value: &Value) -> Result<Resource, Vec<Finding>> {
        let node = Node::from(value);
        let mut reader = Reader::new();
        reader.whole = "the resource";
        let resource = reader.resource(&node);
        reader.finish(resource.unwrap_or_default())
    }
}

impl Output {
    /// Reads a value as an output: what the body of a loop stands for.
    ///
    /// # Errors
    /// Every problem; their paths begin at the output.
    pub fn from_value(value: &Value) -> Result<Output, Vec<Finding>> {
        let node = Node::from(value);
        let mut reader = Reader::new();
        reader.whole = "the output";
        let output = reader.output(&node);
        reader.finish(output.unwrap_or_else(Output::empty))
    }
}

impl<'node> Reader<'node> {
    fn template(&mut self, node: &'node Node) -> Template {
        let mut template = Template::default();
        let NodeKind::Map(sections) = &node.kind else {
            self.problem(
                Code::InvalidStructure,
                node.span,
                match node.kind {
                    NodeKind::Scalar(Scalar::Null) => "the template is empty",
                    _ => "the template is no map",
                },
                Some("Template format error: unsupported structure.".to_owned()),
                "start with a section: `Resources:`",
            );
            return template;
        };
        self.macros = node.get("Transform").is_some_and(names_macro);
        for entry in sections {
            self.below(Step::Key(&entry.key), |reader| {
                let node = &entry.value;
                match entry.key.as_str() {
                    "AWSTemplateFormatVersion" => template.format_version = reader.text(node),
                    "Description" => template.description = reader.text(node),
                    "Transform" => template.transform = reader.transform(node),
                    "Metadata" => template.metadata = reader.free(node),
                    "Parameters" => template.parameters = reader.parameters(node),
                    "Rules" => {
                        let entries = reader.entries(node, None);
                        template.rules = reader.map(entries, Content::Condition);
                    }
                    "Mappings" => template.mappings = reader.free(node),
                    "Conditions" => {
                        template.conditions =
                            reader.section(node, Content::Condition, |reader, node| {
                                Some(reader.value(node, Content::Condition))
                            });
                    }
                    "Resources" => {
                        template.resources =
                            reader.section(node, Content::Property, Self::resource);
                    }
                    "Outputs" => {
                        template.outputs = reader.section(node, Content::Property, Self::output);
                    }
                    "Hooks" => template.hooks = reader.free(node),
                    key => {
                        let value = reader.value(node, Content::Free);
                        template.unknown.insert(key.to_owned(), value);
                    }
                }
            });
        }
        template
    }

    fn free(&mut self, node: &'node Node) -> Map {
        let entries = self.entries(node, None);
        self.map(entries, Content::Free)
    }

    fn parameters(&mut self, node: &'node Node) -> IndexMap<String, crate::Parameter> {
        let mut parameters = IndexMap::new();
        for entry in self.entries(node, None) {
            self.below(Step::Key(&entry.key), |reader| {
                if let Some(parameter) = reader.parameter(&entry.value) {
                    parameters.insert(entry.key.clone(), parameter);
                }
            });
        }
        parameters
    }

    fn transform(&mut self, node: &'node Node) -> Vec<Value> {
        match &node.kind {
            NodeKind::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| {
                    self.below(Step::Index(index), |reader| reader.one_transform(item))
                })
                .collect(),
            NodeKind::Scalar(_) | NodeKind::Map(_) => vec![self.one_transform(node)],
        }
    }

    fn one_transform(&mut self, node: &'node Node) -> Value {
        let value = self.value(node, Content::Free);
        if value == Value::Null {
            self.null(node);
        }
        value
    }
}

/// Whether a `Transform` names a macro other than AWS's own, which may give meaning to anything.
fn names_macro(node: &Node) -> bool {
    let foreign = |node: &Node| {
        let name = node
            .as_str()
            .or_else(|| node.get("Name").and_then(Node::as_str));
        name.is_none_or(|name| !name.starts_with("AWS::"))
    };
    match &node.kind {
        NodeKind::List(items) => items.iter().any(foreign),
        NodeKind::Scalar(_) | NodeKind::Map(_) => foreign(node),
    }
}
