//! What `GetTemplateSummary` and `ValidateTemplate` answer.

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value, json};
use stratiform_catalog::catalog;
use stratiform_resolve::declared::{allowed_values, default};
use stratiform_template::{Parameter, Template};

use super::capability::capabilities;
use super::read::Intake;

/// The answer of `GetTemplateSummary`.
pub(crate) fn summary(intake: &Intake) -> Value {
    let template = &intake.template;
    let parameters = template.parameters.iter().map(|(name, parameter)| {
        let mut declared = declared(name, parameter);
        let mut constraints = Map::new();
        if let Some(allowed) = allowed_values(parameter) {
            constraints.insert("AllowedValues".to_owned(), json!(allowed));
        }
        declared.insert("ParameterType".to_owned(), json!(parameter.parameter_type));
        declared.insert(
            "ParameterConstraints".to_owned(),
            Value::Object(constraints),
        );
        Value::Object(declared)
    });
    let parameters = parameters.collect();
    let mut answer = about(intake, parameters);
    let types = template
        .each_resource()
        .map(|(_, resource)| resource.resource_type.as_str());
    let types: IndexSet<&str> = types.collect();
    answer.insert(
        "ResourceTypes".to_owned(),
        json!(types.into_iter().collect::<Vec<_>>()),
    );
    if let Some(version) = &template.format_version {
        answer.insert("Version".to_owned(), json!(version));
    }
    if !template.metadata.is_empty() {
        let metadata = stratiform_template::Value::Map(template.metadata.clone());
        answer.insert("Metadata".to_owned(), json!(metadata.to_json()));
    }
    answer.insert(
        "ResourceIdentifierSummaries".to_owned(),
        identifiers(template),
    );
    Value::Object(answer)
}

/// The answer of `ValidateTemplate`.
pub(crate) fn validation(intake: &Intake) -> Value {
    let parameters = intake.template.parameters.iter();
    let parameters = parameters.map(|(name, parameter)| Value::Object(declared(name, parameter)));
    Value::Object(about(intake, parameters.collect()))
}

/// What both answer.
fn about(intake: &Intake, parameters: Vec<Value>) -> Map<String, Value> {
    let needed = capabilities(intake);
    let mut answer = Map::new();
    answer.insert("Parameters".to_owned(), Value::Array(parameters));
    if let Some(description) = &intake.description {
        answer.insert("Description".to_owned(), json!(description));
    }
    answer.insert("Capabilities".to_owned(), json!(needed.capabilities()));
    if let Some(reason) = needed.reason() {
        answer.insert("CapabilitiesReason".to_owned(), json!(reason));
    }
    answer.insert("DeclaredTransforms".to_owned(), json!(intake.transforms));
    answer
}

/// A parameter, as both answer it.
fn declared(name: &str, parameter: &Parameter) -> Map<String, Value> {
    let mut declared = Map::new();
    declared.insert("ParameterKey".to_owned(), json!(name));
    if let Some(default) = default(parameter) {
        declared.insert("DefaultValue".to_owned(), json!(default));
    }
    declared.insert("NoEcho".to_owned(), json!(parameter.no_echo == Some(true)));
    if let Some(description) = &parameter.description {
        declared.insert("Description".to_owned(), json!(description));
    }
    declared
}

/// By type: the resources, and the properties that identify one where all of them can be given.
fn identifiers(template: &Template) -> Value {
    let mut by_type: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for (name, resource) in template.each_resource() {
        by_type
            .entry(&resource.resource_type)
            .or_default()
            .push(name);
    }
    let summaries = by_type.into_iter().filter_map(|(name, logical_ids)| {
        let resource_type = catalog().resource_type(name)?;
        let read_only: Vec<_> = resource_type.read_only().collect();
        let identifier: Vec<_> = resource_type.primary_identifier().collect();
        let mut summary = Map::new();
        summary.insert("ResourceType".to_owned(), json!(name));
        summary.insert("LogicalResourceIds".to_owned(), json!(logical_ids));
        let is_given = identifier.iter().all(|path| !read_only.contains(path));
        if is_given && !identifier.is_empty() {
            let names: Vec<&str> = identifier.iter().map(|path| path.first()).collect();
            summary.insert("ResourceIdentifiers".to_owned(), json!(names));
        }
        Some(Value::Object(summary))
    });
    Value::Array(summaries.collect())
}
