//! The form of a template's sections: names, numbers of members, and what may stand in them.

use stratiform_finding::{Code, Finding};
use stratiform_service::Refusal;
use stratiform_template::{Member, Template, Text};

use super::refused::format_error;
use super::{declaration, transform};
use crate::input::Refused;

/// Checks the form of all sections, as far as no macro may still give them another.
pub(super) fn check(template: &Template) -> Result<(), Refused> {
    let macros = transform::has_macros(template);
    if !macros {
        known(template)?;
    }
    declaration::check(template)?;
    if !macros {
        written_out(template)?;
    }
    let findings = stratiform_template::check(template);
    match findings
        .iter()
        .find_map(|finding| refusal(finding, template, macros))
    {
        Some(refused) => Err(refused),
        None => Ok(()),
    }
}

/// Every section is one of the service's.
fn known(template: &Template) -> Result<(), Refused> {
    let unknown = template.unknown.keys();
    let names: Vec<String> = unknown
        .filter(|name| *name != "Fn::Transform")
        .map(Text::to_string)
        .collect();
    match names.is_empty() {
        true => Ok(()),
        false => Err(Refusal::UnknownSections { names }.into()),
    }
}

/// No member of a section is a loop, unless the template has the transform for it.
fn written_out(template: &Template) -> Result<(), Refused> {
    if transform::is_extended(template) {
        return Ok(());
    }
    let resources = template.resources.iter();
    let mut loops = resources.filter_map(|(name, member)| match member {
        Member::Unexpanded(_) if !name.starts_with("Fn::Transform") => Some(name),
        Member::Unexpanded(_) | Member::One(_) => None,
    });
    match loops.next() {
        Some(name) => Err(format_error(&format!(
            "[/Resources/{name}] resource definition is malformed"
        ))),
        None => Ok(()),
    }
}

/// What the service says to a finding about a section's form; none for what is checked elsewhere.
fn refusal(finding: &Finding, template: &Template, macros: bool) -> Option<Refused> {
    let path: Vec<&str> = finding.path.iter().map(String::as_str).collect();
    let is_form = matches!(
        finding.code,
        Code::NoResources
            | Code::InvalidName
            | Code::QuotaExceeded
            | Code::InvalidStructure
            | Code::UnknownMember
    );
    // A macro gets what it does not understand, too.
    let is_unknown = finding.code == Code::UnknownMember;
    if !is_form || is_unknown && (macros || finding.recorded.is_none()) {
        return None;
    }
    if let Some(recorded) = &finding.recorded {
        return Some(Refused::validation(recorded));
    }
    Some(match (finding.code, path.as_slice()) {
        (Code::InvalidName, ["Outputs", name, ..]) => {
            format_error(&format!("Output name {name} is non alphanumeric."))
        }
        (Code::InvalidStructure, ["AWSTemplateFormatVersion"]) => {
            format_error("unsupported value for AWSTemplateFormatVersion.")
        }
        (Code::QuotaExceeded, ["Description"]) => {
            format_error("'Description' length is greater than 1024.")
        }
        (Code::QuotaExceeded, ["Parameters"]) => too_many("parameters", template.parameters.len()),
        (Code::QuotaExceeded, ["Mappings"]) => too_many("mappings", template.mappings.len()),
        (Code::QuotaExceeded, ["Outputs"]) => too_many("outputs", template.outputs.len()),
        _ => format_error(&finding.what),
    })
}

/// Too many members. The words are those of resources.
fn too_many(section: &str, count: usize) -> Refused {
    format_error(&format!(
        "Number of {section}, {count}, is greater than maximum allowed, 200"
    ))
}
