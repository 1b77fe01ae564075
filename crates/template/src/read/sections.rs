//! The members of the sections.

use indexmap::IndexMap;
use stratiform_finding::Code;
use stratiform_finding::words::shortened;

use super::{Content, Reader, Step};
use crate::map::Map;
use crate::node::{Entry, Node, NodeKind, Scalar};
use crate::parse::scalar::boolean;
use crate::template::{Member, Output, Parameter, Resource};
use crate::value::Value;

/// Recorded for `Resources: ''`, too.
const NOT_AN_OBJECT: &str = "Template format error: Any Resources member must be an object.";

impl<'node> Reader<'node> {
    /// The text of a scalar; numbers and booleans as they are written.
    pub(super) fn text(&mut self, node: &Node) -> Option<String> {
        match &node.kind {
            NodeKind::Scalar(Scalar::String(text)) => Some(text.clone()),
            NodeKind::Scalar(Scalar::Number(number)) => Some(number.to_string()),
            NodeKind::Scalar(Scalar::Bool(boolean)) => Some(boolean.to_string()),
            NodeKind::Scalar(Scalar::Null) => {
                self.null(node);
                None
            }
            NodeKind::List(_) | NodeKind::Map(_) => {
                let message = format!("`{}` is no text", self.name());
                self.problem(
                    Code::InvalidStructure,
                    node.span,
                    message,
                    None,
                    "write a literal text; functions are not evaluated here",
                );
                None
            }
        }
    }

    /// The entries of a map; `recorded` is what CloudFormation says to anything else.
    pub(super) fn entries(&mut self, node: &'node Node, recorded: Option<&str>) -> &'node [Entry] {
        match &node.kind {
            NodeKind::Map(entries) => entries,
            NodeKind::Scalar(Scalar::Null) => {
                self.null(node);
                &[]
            }
            NodeKind::Scalar(_) | NodeKind::List(_) => {
                let message = format!("`{}` is no map", self.name());
                self.problem(
                    Code::InvalidStructure,
                    node.span,
                    message,
                    recorded.map(str::to_owned),
                    "write it as a map of names to values",
                );
                &[]
            }
        }
    }

    /// The members of a section; loops and transforms among them are kept as written.
    pub(super) fn section<T>(
        &mut self,
        node: &'node Node,
        place: Content,
        mut one: impl FnMut(&mut Self, &'node Node) -> Option<T>,
    ) -> IndexMap<String, Member<T>> {
        let recorded = (self.name() == "Resources").then_some(NOT_AN_OBJECT);
        let mut members = IndexMap::new();
        for entry in self.entries(node, recorded) {
            self.below(Step::Key(&entry.key), |reader| {
                let member = if entry.key.starts_with("Fn::") {
                    Some(Member::Unexpanded(reader.value(&entry.value, place)))
                } else {
                    one(reader, &entry.value).map(Member::One)
                };
                if let Some(member) = member {
                    members.insert(entry.key.clone(), member);
                }
            });
        }
        members
    }

    pub(super) fn parameter(&mut self, node: &'node Node) -> Option<Parameter> {
        let mut parameter = Parameter::default();
        let mut typed = false;
        for entry in self.entries(node, None) {
            self.below(Step::Key(&entry.key), |reader| match entry.key.as_str() {
                "Type" => {
                    typed = true;
                    parameter.parameter_type = reader.text(&entry.value).unwrap_or_default();
                }
                "Default" => parameter.default = Some(reader.value(&entry.value, Content::Free)),
                "Description" => parameter.description = reader.text(&entry.value),
                "NoEcho" => parameter.no_echo = reader.boolean(&entry.value),
                key => {
                    let value = reader.value(&entry.value, Content::Free);
                    parameter.constraints.insert(key.to_owned(), value);
                }
            });
        }
        if !typed && matches!(node.kind, NodeKind::Map(_)) {
            self.missing(
                node,
                "Type",
                None,
                "add `Type: String`, or another parameter type",
            );
        }
        Some(parameter)
    }

    fn boolean(&mut self, node: &Node) -> Option<bool> {
        let text = self.text(node)?;
        let answer = boolean(&text);
        if answer.is_none() {
            let message = format!("`{}` is neither true nor false", shortened(&text));
            self.problem(
                Code::InvalidStructure,
                node.span,
                message,
                None,
                "write `true` or `false`",
            );
        }
        answer
    }

    pub(super) fn resource(&mut self, node: &'node Node) -> Option<Resource> {
        const NOT_AN_OBJECT: &str =
            "Template format error: Any Resources member must be an object.";

        let mut resource = Resource::default();
        let mut typed = false;
        for entry in self.entries(node, Some(NOT_AN_OBJECT)) {
            self.below(Step::Key(&entry.key), |reader| {
                let node = &entry.value;
                match entry.key.as_str() {
                    "Type" => {
                        typed = true;
                        resource.resource_type = reader.text(node).unwrap_or_default();
                    }
                    "Condition" => resource.condition = reader.text(node),
                    "DependsOn" => resource.depends_on = reader.depends_on(node),
                    "DeletionPolicy" => resource.deletion_policy = reader.attribute(node),
                    "UpdateReplacePolicy" => {
                        resource.update_replace_policy = reader.attribute(node)
                    }
                    "CreationPolicy" => resource.creation_policy = reader.attribute(node),
                    "UpdatePolicy" => resource.update_policy = reader.attribute(node),
                    "Metadata" => resource.metadata = Some(reader.value(node, Content::Free)),
                    "Properties" => resource.properties = reader.properties(node),
                    key => {
                        let value = reader.value(node, Content::Free);
                        resource.unknown.insert(key.to_owned(), value);
                    }
                }
            });
        }
        if !typed && matches!(node.kind, NodeKind::Map(_)) {
            let recorded = format!(
                "Template format error: [{}] Every Resources object must contain a Type member.",
                self.slashed()
            );
            self.missing(
                node,
                "Type",
                Some(recorded),
                "add the resource's type: `Type: AWS::SQS::Queue`",
            );
        }
        Some(resource)
    }

    fn attribute(&mut self, node: &'node Node) -> Option<Value> {
        Some(self.value(node, Content::Property))
    }

    /// The properties; a function in their place becomes a single entry under its name.
    fn properties(&mut self, node: &'node Node) -> Map {
        let entries = self.entries(node, None);
        match entries {
            [entry] if entry.key.starts_with("Fn::Transform") => self.map(entries, Content::Free),
            _ => self.map(entries, Content::Property),
        }
    }

    fn depends_on(&mut self, node: &'node Node) -> Vec<String> {
        match &node.kind {
            NodeKind::List(items) => items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| {
                    self.below(Step::Index(index), |reader| reader.text(item))
                })
                .collect(),
            NodeKind::Scalar(_) | NodeKind::Map(_) => self.text(node).into_iter().collect(),
        }
    }

    pub(super) fn output(&mut self, node: &'node Node) -> Option<Output> {
        let mut output = Output::empty();
        let mut valued = false;
        for entry in self.entries(node, None) {
            self.below(Step::Key(&entry.key), |reader| {
                let node = &entry.value;
                match entry.key.as_str() {
                    "Value" => {
                        valued = true;
                        output.value = reader.value(node, Content::Property);
                    }
                    "Description" => output.description = reader.text(node),
                    "Export" => output.export = reader.export(node),
                    "Condition" => output.condition = reader.text(node),
                    _ => reader.unknown(entry, "`Value`, `Description`, `Export` and `Condition`"),
                }
            });
        }
        if !valued && matches!(node.kind, NodeKind::Map(_)) {
            let recorded =
                "Template format error: Every Outputs member must contain a Value object";
            self.missing(
                node,
                "Value",
                Some(recorded.to_owned()),
                "add the output's value",
            );
        }
        Some(output)
    }

    fn export(&mut self, node: &'node Node) -> Option<Value> {
        let mut name = None;
        for entry in self.entries(node, None) {
            self.below(Step::Key(&entry.key), |reader| match entry.key.as_str() {
                "Name" => name = Some(reader.value(&entry.value, Content::Property)),
                _ => reader.unknown(entry, "`Name`"),
            });
        }
        if name.is_none() && matches!(node.kind, NodeKind::Map(_)) {
            self.missing(node, "Name", None, "add the export's name");
        }
        name
    }

    fn missing(&mut self, node: &Node, member: &str, recorded: Option<String>, help: &str) {
        let message = format!("`{}` has no `{member}`", self.name());
        self.problem(Code::MissingMember, node.span, message, recorded, help);
    }

    fn unknown(&mut self, entry: &Entry, known: &str) {
        if self.macros {
            return;
        }
        self.problem(
            Code::UnknownMember,
            entry.key_span,
            format!("`{}` is not known here", shortened(&entry.key)),
            None,
            format!("remove it; what may stand here is {known}"),
        );
    }
}
