//! Names, quotas and what sections may hold.

use std::collections::HashMap;

use stratiform_finding::Code;
use stratiform_finding::words::shortened;

use super::Checker;
use crate::read::Step;
use crate::template::{Member, Parameter};
use crate::value::{Text, Value};

const MAX_RESOURCES: usize = 500;
const MAX_PARAMETERS: usize = 200;
const MAX_OUTPUTS: usize = 200;
const MAX_DESCRIPTION: usize = 1024;
const MAX_NAME: usize = 255;
const MAX_PARAMETER_DESCRIPTION: usize = 4000;
const MAX_PARAMETER_VALUE: usize = 4096;

impl Checker<'_> {
    pub(super) fn form(&mut self) {
        let template = self.template;
        if let Some(version) = template
            .format_version
            .as_deref()
            .filter(|text| *text != "2010-09-09")
        {
            self.below(Step::Key("AWSTemplateFormatVersion"), |checker| {
                checker.find(
                    Code::InvalidStructure,
                    format!("format version `{}` does not exist", shortened(version)),
                    None,
                    "write `2010-09-09`, or leave it out",
                );
            });
        }
        let description = template.description.as_deref().unwrap_or_default();
        self.below(Step::Key("Description"), |checker| {
            checker.quota("bytes", description.len(), MAX_DESCRIPTION, None);
        });
        if !self.transformed {
            let is_known = |name: &&Text| self.serverless && *name == "Globals";
            let unknown: Vec<&Text> = template
                .unknown
                .keys()
                .filter(|name| !is_known(name))
                .collect();
            for name in unknown {
                self.below(Step::Key(name), |checker| checker.unknown_section(name));
            }
        }
        self.parameters();
        self.below(Step::Key("Resources"), Self::resources);
        self.below(Step::Key("Outputs"), Self::outputs);
    }

    fn unknown_section(&mut self, name: &str) {
        const SECTIONS: [&str; 11] = [
            "AWSTemplateFormatVersion",
            "Description",
            "Transform",
            "Metadata",
            "Parameters",
            "Rules",
            "Mappings",
            "Conditions",
            "Resources",
            "Outputs",
            "Hooks",
        ];
        let help = self.suggest(name, SECTIONS, "remove it");
        self.find(
            Code::UnknownMember,
            format!("section `{}` does not exist", shortened(name)),
            None,
            help,
        );
    }

    fn parameters(&mut self) {
        let template = self.template;
        self.below(Step::Key("Parameters"), |checker| {
            checker.quota(
                "parameters",
                template.parameters.len(),
                MAX_PARAMETERS,
                None,
            );
            for (name, parameter) in &template.parameters {
                checker.below(Step::Key(name), |checker| {
                    checker.name("Parameter", name, Recorded::Yes);
                    checker.parameter(parameter);
                });
            }
        });
    }

    fn parameter(&mut self, parameter: &'_ Parameter) {
        const CONSTRAINTS: [&str; 7] = [
            "AllowedPattern",
            "AllowedValues",
            "ConstraintDescription",
            "MinLength",
            "MaxLength",
            "MinValue",
            "MaxValue",
        ];
        let description = parameter.description.as_deref().unwrap_or_default();
        self.quota(
            "characters of description",
            description.chars().count(),
            MAX_PARAMETER_DESCRIPTION,
            None,
        );
        match &parameter.default {
            Some(Value::String(text)) => {
                self.quota("bytes of default", text.len(), MAX_PARAMETER_VALUE, None)
            }
            Some(Value::Null) => self.null("Default"),
            Some(Value::List(_) | Value::Map(_) | Value::Function(..)) => self.find(
                Code::FunctionNotAllowed,
                "the default of a parameter is no text",
                None,
                "write a literal; a list is one text with commas",
            ),
            Some(Value::Number(_) | Value::Bool(_)) | None => {}
        }
        for name in parameter.constraints.keys() {
            if !CONSTRAINTS.contains(&name.as_str()) && !self.transformed {
                let help = self.suggest(name, CONSTRAINTS, "remove it");
                self.find(
                    Code::UnknownMember,
                    format!("a parameter has no `{}`", shortened(name)),
                    None,
                    help,
                );
            }
        }
    }

    fn resources(&mut self) {
        let resources = &self.template.resources;
        if resources.is_empty() {
            self.find(
                Code::NoResources,
                "the template has no resources",
                Some(
                    "Template format error: At least one Resources member must be defined."
                        .to_owned(),
                ),
                "add a resource",
            );
        }
        let recorded = format!(
            "Template format error: Number of resources, {}, is greater than maximum allowed, {MAX_RESOURCES}",
            resources.len()
        );
        self.quota("resources", resources.len(), MAX_RESOURCES, Some(recorded));
        for (name, member) in resources {
            let Member::One(resource) = member else {
                continue;
            };
            self.named("Resource", name, Recorded::Yes);
            for attribute in resource.unknown.keys() {
                // No page says so, and CloudFormation takes both: CodeStar's own templates describe every resource, and
                // custom resources may say a version (aws-cdk#10522).
                let is_taken = attribute == "Description"
                    || attribute == "Version" && is_custom(&resource.resource_type);
                // SAM leaves out what it does not know beside its own types, and reads these of any.
                let is_of_sam = ["Connectors", "IgnoreGlobals"].contains(&attribute.as_str())
                    || resource.resource_type.starts_with("AWS::Serverless::");
                if self.serverless && is_of_sam {
                    continue;
                }
                if self.transformed || attribute.starts_with("Fn::") || is_taken {
                    continue;
                }
                self.unknown_attribute(name, attribute);
            }
        }
    }

    fn unknown_attribute(&mut self, resource: &str, attribute: &str) {
        const ATTRIBUTES: [&str; 9] = [
            "Type",
            "Condition",
            "DependsOn",
            "DeletionPolicy",
            "UpdateReplacePolicy",
            "CreationPolicy",
            "UpdatePolicy",
            "Metadata",
            "Properties",
        ];
        let help = self.suggest(
            attribute,
            ATTRIBUTES,
            "move it to `Properties`, or remove it",
        );
        self.find(
            Code::UnknownMember,
            format!("a resource has no `{}`", shortened(attribute)),
            Some(format!("Invalid template resource property '{attribute}'")),
            help,
        );
        self.extend_path([resource, attribute]);
    }

    /// Makes the path of the last finding longer.
    fn extend_path<const N: usize>(&mut self, steps: [&str; N]) {
        if let Some(finding) = self.findings.last_mut() {
            finding.path.extend(steps.map(str::to_owned));
        }
    }

    fn outputs(&mut self) {
        let outputs = &self.template.outputs;
        self.quota("outputs", outputs.len(), MAX_OUTPUTS, None);
        let mut exports: HashMap<&str, &str> = HashMap::new();
        for (name, member) in outputs {
            let Member::One(output) = member else {
                continue;
            };
            self.named("Output", name, Recorded::No);
            let Some(export) = output.export.as_ref().and_then(Value::as_str) else {
                continue;
            };
            if export.is_empty() || export.chars().count() > MAX_NAME {
                self.find(
                    Code::QuotaExceeded,
                    format!(
                        "the export name of `{}` has {} characters",
                        shortened(name),
                        export.chars().count()
                    ),
                    None,
                    format!("use 1 to {MAX_NAME}"),
                );
                self.extend_path([name, "Export", "Name"]);
            }
            if let Some(first) = exports.insert(export, name) {
                self.find(
                    Code::DuplicateExport,
                    format!(
                        "outputs `{}` and `{}` export one name",
                        shortened(first),
                        shortened(name)
                    ),
                    None,
                    "export names are unique in an account and region: rename one of the two",
                );
                self.extend_path([name, "Export", "Name"]);
            }
        }
    }

    fn quota(&mut self, what: &str, count: usize, limit: usize, recorded: Option<String>) {
        if count > limit {
            self.find(
                Code::QuotaExceeded,
                format!("there are {count} {what}"),
                recorded,
                format!("CloudFormation allows {limit}"),
            );
        }
    }

    /// A logical ID below the current path.
    fn named(&mut self, kind: &str, name: &str, recorded: Recorded) {
        let before = self.findings.len();
        self.name(kind, name, recorded);
        for finding in &mut self.findings[before..] {
            finding.path.push(name.to_owned());
        }
    }

    fn name(&mut self, kind: &str, name: &str, recorded: Recorded) {
        let alphanumeric =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !alphanumeric {
            let text = format!("Template format error: {kind} name {name} is non alphanumeric.");
            self.find(
                Code::InvalidName,
                format!(
                    "{} name `{}` is not alphanumeric",
                    kind.to_lowercase(),
                    shortened(name)
                ),
                matches!(recorded, Recorded::Yes).then_some(text),
                "use letters and digits only",
            );
        }
        if name.len() > MAX_NAME {
            self.find(
                Code::QuotaExceeded,
                format!(
                    "{} name `{}` has {} characters",
                    kind.to_lowercase(),
                    shortened(name),
                    name.len()
                ),
                None,
                format!("CloudFormation allows {MAX_NAME}"),
            );
        }
    }
}

/// Whether a type is one that somebody else makes.
fn is_custom(resource_type: &str) -> bool {
    resource_type.starts_with("Custom::") || resource_type == "AWS::CloudFormation::CustomResource"
}

/// Whether CloudFormation's words for this have been recorded.
#[derive(Clone, Copy)]
enum Recorded {
    Yes,
    No,
}
