//! What the service says where our own reader has a finding.
//!
//! What lives here: findings as refusals. What does not: what is a finding (`stratiform-template`).

use stratiform_finding::{Code, Finding};
use stratiform_service::Refusal;

use super::function;
use crate::input::Refused;

/// A text that is neither JSON nor YAML.
pub(super) fn unreadable(finding: &Finding) -> Refused {
    match &finding.recorded {
        Some(recorded) => Refused::validation(recorded),
        None => Refused::validation("Template format error: YAML not well-formed."),
    }
}

/// The sections in the order in which the service reads them: of several findings that of the first section is said.
const SECTIONS: [&str; 10] = [
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Transform",
    "Parameters",
    "Mappings",
    "Conditions",
    "Rules",
    "Resources",
    "Outputs",
];

/// The first of the findings that keep a text from being a template.
pub(super) fn first(findings: &[Finding]) -> Refused {
    let section = |finding: &&Finding| {
        let section = finding.path.first();
        SECTIONS
            .iter()
            .position(|name| Some(*name) == section.map(String::as_str))
    };
    match findings.iter().min_by_key(section) {
        Some(finding) => of(finding),
        None => format_error("unsupported structure."),
    }
}

/// The refusal for one finding.
fn of(finding: &Finding) -> Refused {
    if let Some(recorded) = &finding.recorded {
        return Refused::validation(recorded);
    }
    let path: Vec<&str> = finding.path.iter().map(String::as_str).collect();
    match (finding.code, path.as_slice()) {
        (Code::UnknownFunction, [.., name]) => function::unsupported(name),
        (Code::MissingMember, ["Parameters", ..]) => {
            format_error("Every Parameters object must contain a Type member.")
        }
        (Code::MissingMember, ["Outputs", name, ..]) => format_error(&format!(
            "Output {name} is malformed. The Name field of every Export member must be specified."
        )),
        (Code::UnknownMember, ["Outputs", _, .., name]) => {
            Refused::validation(format!("Invalid template output property '{name}'"))
        }
        (Code::InvalidStructure, [section] | [section, _]) => {
            format_error(&format!("Any {section} member must be an object."))
        }
        (Code::InvalidStructure, path) if path.contains(&"DependsOn") => {
            format_error("Every DependsOn value must be a string.")
        }
        (Code::InvalidStructure, [.., name]) => {
            format_error(&format!("Every {name} member must be a string."))
        }
        _ => format_error(&finding.what),
    }
}

/// A refusal of the template's form.
pub(super) fn format_error(what: &str) -> Refused {
    let what = what.to_owned();
    Refusal::TemplateFormat { what }.into()
}

/// A refusal of something that the template says.
pub(super) fn template_error(what: &str) -> Refused {
    let what = what.to_owned();
    Refusal::TemplateError { what }.into()
}
