//! The SDK's types as the JSON of the service's model: what recordings have. Times are left out.

use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::operation::get_template::GetTemplateOutput;
use aws_sdk_cloudformation::operation::get_template_summary::GetTemplateSummaryOutput;
use aws_sdk_cloudformation::types::{
    Change, Export, Output, Parameter, ParameterDeclaration, ResourceChangeDetail, Stack,
    StackEvent, StackResource, StackResourceDetail, StackResourceSummary, Tag,
};
use serde_json::{Map, Value};

/// An entry of an object; left out where there is no value.
type Entry = (&'static str, Option<Value>);

fn object(entries: impl IntoIterator<Item = Entry>) -> Value {
    let entries = entries.into_iter();
    let entries = entries.filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(Map::from_iter(entries))
}

fn text(value: Option<&str>) -> Option<Value> {
    value.map(Value::from)
}

/// A word of an enumeration, as it was sent.
macro_rules! word {
    ($value:expr) => {
        $value.map(|word| Value::from(word.as_str()))
    };
}

fn list<T>(items: Option<&Vec<T>>, item: impl Fn(&T) -> Value) -> Option<Value> {
    Some(items?.iter().map(item).collect())
}

fn words(items: Option<&Vec<String>>) -> Option<Value> {
    list(items, |item| Value::from(item.as_str()))
}

pub(crate) fn change_set(answer: &DescribeChangeSetOutput) -> Value {
    object([
        ("ChangeSetName", text(answer.change_set_name())),
        ("ChangeSetId", text(answer.change_set_id())),
        ("StackId", text(answer.stack_id())),
        ("StackName", text(answer.stack_name())),
        ("Description", text(answer.description())),
        ("Parameters", list(answer.parameters.as_ref(), parameter)),
        ("ExecutionStatus", word!(answer.execution_status())),
        ("Status", word!(answer.status())),
        ("StatusReason", text(answer.status_reason())),
        ("StackDriftStatus", word!(answer.stack_drift_status())),
        ("Tags", list(answer.tags.as_ref(), tag)),
        ("Changes", list(answer.changes.as_ref(), change)),
        (
            "IncludeNestedStacks",
            answer.include_nested_stacks().map(Value::from),
        ),
        ("OnStackFailure", word!(answer.on_stack_failure())),
        (
            "ImportExistingResources",
            answer.import_existing_resources().map(Value::from),
        ),
    ])
}

fn change(change: &Change) -> Value {
    let resource = change.resource_change().map(|change| {
        let scope = |attribute: &aws_sdk_cloudformation::types::ResourceAttribute| {
            Value::from(attribute.as_str())
        };
        object([
            ("PolicyAction", word!(change.policy_action())),
            ("Action", word!(change.action())),
            ("LogicalResourceId", text(change.logical_resource_id())),
            ("PhysicalResourceId", text(change.physical_resource_id())),
            ("ResourceType", text(change.resource_type())),
            ("Replacement", word!(change.replacement())),
            ("Scope", list(change.scope.as_ref(), scope)),
            ("Details", list(change.details.as_ref(), detail)),
            ("ChangeSetId", text(change.change_set_id())),
            ("BeforeContext", text(change.before_context())),
            ("AfterContext", text(change.after_context())),
        ])
    });
    object([
        ("Type", word!(change.r#type())),
        ("ResourceChange", resource),
    ])
}

fn detail(detail: &ResourceChangeDetail) -> Value {
    let target = detail.target().map(|target| {
        object([
            ("Attribute", word!(target.attribute())),
            ("Name", text(target.name())),
            ("RequiresRecreation", word!(target.requires_recreation())),
            ("Path", text(target.path())),
            ("BeforeValue", text(target.before_value())),
            ("AfterValue", text(target.after_value())),
            ("AttributeChangeType", word!(target.attribute_change_type())),
        ])
    });
    object([
        ("Target", target),
        ("Evaluation", word!(detail.evaluation())),
        ("ChangeSource", word!(detail.change_source())),
        ("CausingEntity", text(detail.causing_entity())),
    ])
}

fn parameter(parameter: &Parameter) -> Value {
    object([
        ("ParameterKey", text(parameter.parameter_key())),
        ("ParameterValue", text(parameter.parameter_value())),
        ("ResolvedValue", text(parameter.resolved_value())),
    ])
}

fn tag(tag: &Tag) -> Value {
    object([("Key", text(tag.key())), ("Value", text(tag.value()))])
}

pub(crate) fn stack(stack: &Stack) -> Value {
    object([
        ("StackId", text(stack.stack_id())),
        ("StackName", text(stack.stack_name())),
        ("Description", text(stack.description())),
        ("Parameters", list(stack.parameters.as_ref(), parameter)),
        ("StackStatus", word!(stack.stack_status())),
        ("StackStatusReason", text(stack.stack_status_reason())),
        ("Outputs", list(stack.outputs.as_ref(), output)),
        ("Tags", list(stack.tags.as_ref(), tag)),
    ])
}

fn output(output: &Output) -> Value {
    object([
        ("OutputKey", text(output.output_key())),
        ("OutputValue", text(output.output_value())),
        ("Description", text(output.description())),
        ("ExportName", text(output.export_name())),
    ])
}

pub(crate) fn event(event: &StackEvent) -> Value {
    object([
        ("StackName", text(event.stack_name())),
        ("EventId", text(event.event_id())),
        ("LogicalResourceId", text(event.logical_resource_id())),
        ("PhysicalResourceId", text(event.physical_resource_id())),
        ("ResourceType", text(event.resource_type())),
        ("ResourceStatus", word!(event.resource_status())),
        ("ResourceStatusReason", text(event.resource_status_reason())),
        ("DetailedStatus", word!(event.detailed_status())),
    ])
}

pub(crate) fn resources(resources: &[StackResource]) -> Value {
    let resources = resources.iter().map(|resource| {
        object([
            ("LogicalResourceId", text(resource.logical_resource_id())),
            ("PhysicalResourceId", text(resource.physical_resource_id())),
            ("ResourceType", text(resource.resource_type())),
            ("ResourceStatus", word!(resource.resource_status())),
            (
                "ResourceStatusReason",
                text(resource.resource_status_reason()),
            ),
            ("Description", text(resource.description())),
        ])
    });
    object([("StackResources", Some(resources.collect()))])
}

pub(crate) fn summaries(resources: &[StackResourceSummary]) -> Value {
    let resources = resources.iter().map(|resource| {
        let drift = resource.drift_information();
        let drift = drift.and_then(|drift| drift.stack_resource_drift_status());
        object([
            ("LogicalResourceId", text(resource.logical_resource_id())),
            ("PhysicalResourceId", text(resource.physical_resource_id())),
            ("ResourceType", text(resource.resource_type())),
            ("ResourceStatus", word!(resource.resource_status())),
            (
                "ResourceStatusReason",
                text(resource.resource_status_reason()),
            ),
            ("DriftInformation", drift_information(word!(drift))),
        ])
    });
    object([("StackResourceSummaries", Some(resources.collect()))])
}

pub(crate) fn resource(resource: &StackResourceDetail) -> Value {
    let drift = resource.drift_information();
    let drift = drift.and_then(|drift| drift.stack_resource_drift_status());
    let detail = object([
        ("StackName", text(resource.stack_name())),
        ("LogicalResourceId", text(resource.logical_resource_id())),
        ("PhysicalResourceId", text(resource.physical_resource_id())),
        ("ResourceType", text(resource.resource_type())),
        ("ResourceStatus", word!(resource.resource_status())),
        (
            "ResourceStatusReason",
            text(resource.resource_status_reason()),
        ),
        ("Description", text(resource.description())),
        ("Metadata", text(resource.metadata())),
        ("DriftInformation", drift_information(word!(drift))),
    ]);
    object([("StackResourceDetail", Some(detail))])
}

fn drift_information(status: Option<Value>) -> Option<Value> {
    Some(object([("StackResourceDriftStatus", Some(status?))]))
}

pub(crate) fn template(answer: &GetTemplateOutput) -> Value {
    let stage = |stage: &aws_sdk_cloudformation::types::TemplateStage| Value::from(stage.as_str());
    object([
        ("TemplateBody", text(answer.template_body())),
        (
            "StagesAvailable",
            list(answer.stages_available.as_ref(), stage),
        ),
    ])
}

pub(crate) fn summary(answer: &GetTemplateSummaryOutput) -> Value {
    object([
        ("Parameters", list(answer.parameters.as_ref(), declaration)),
        ("Description", text(answer.description())),
        ("CapabilitiesReason", text(answer.capabilities_reason())),
        ("ResourceTypes", words(answer.resource_types.as_ref())),
        ("Version", text(answer.version())),
        ("Metadata", text(answer.metadata())),
        (
            "DeclaredTransforms",
            words(answer.declared_transforms.as_ref()),
        ),
        (
            "ResourceIdentifierSummaries",
            list(answer.resource_identifier_summaries.as_ref(), |summary| {
                object([
                    ("ResourceType", text(summary.resource_type())),
                    (
                        "LogicalResourceIds",
                        words(summary.logical_resource_ids.as_ref()),
                    ),
                    (
                        "ResourceIdentifiers",
                        words(summary.resource_identifiers.as_ref()),
                    ),
                ])
            }),
        ),
    ])
}

fn declaration(declaration: &ParameterDeclaration) -> Value {
    let constraints = declaration.parameter_constraints();
    let allowed = constraints
        .map(|constraints| object([("AllowedValues", words(constraints.allowed_values.as_ref()))]));
    object([
        ("ParameterKey", text(declaration.parameter_key())),
        ("DefaultValue", text(declaration.default_value())),
        ("ParameterType", text(declaration.parameter_type())),
        ("NoEcho", declaration.no_echo().map(Value::from)),
        ("Description", text(declaration.description())),
        ("ParameterConstraints", allowed),
    ])
}

/// The exports of one stack.
pub(crate) fn exports(exports: &[Export], stack_id: Option<&str>) -> Value {
    let of_stack = exports
        .iter()
        .filter(|export| export.exporting_stack_id() == stack_id);
    let exports = of_stack.map(|export| {
        object([
            ("ExportingStackId", text(export.exporting_stack_id())),
            ("Name", text(export.name())),
            ("Value", text(export.value())),
        ])
    });
    object([("Exports", Some(exports.collect()))])
}
