//! A template as nested fields: which, under what name, in what order.

use crate::map::Map;
use crate::template::{Member, Output, Parameter, Resource, Section, Template};
use crate::value::Value;

/// Something to render.
pub(super) enum View<'a> {
    Value(&'a Value),
    Text(&'a str),
    Bool(bool),
    Texts(&'a [String]),
    List(&'a [Value]),
    Map(&'a Map),
    Fields(Vec<(&'a str, View<'a>)>),
}

type Fields<'a> = Vec<(&'a str, View<'a>)>;

impl<'a> View<'a> {
    pub(super) fn of_template(template: &'a Template) -> View<'a> {
        let mut fields = Fields::new();
        text(
            &mut fields,
            "AWSTemplateFormatVersion",
            template.format_version.as_deref(),
        );
        text(&mut fields, "Description", template.description.as_deref());
        match template.transform.as_slice() {
            [] => {}
            // A list of one list, or of one null, would read back as something else.
            [only] if !matches!(only, Value::List(_) | Value::Null) => {
                fields.push(("Transform", View::Value(only)));
            }
            several => fields.push(("Transform", View::List(several))),
        }
        map(&mut fields, "Metadata", &template.metadata);
        if !template.parameters.is_empty() {
            let parameters = template
                .parameters
                .iter()
                .map(|(name, parameter)| (name.as_str(), View::of_parameter(parameter)))
                .collect();
            fields.push(("Parameters", View::Fields(parameters)));
        }
        map(&mut fields, "Rules", &template.rules);
        map(&mut fields, "Mappings", &template.mappings);
        if !template.conditions.is_empty() {
            fields.push(("Conditions", section(&template.conditions, View::Value)));
        }
        for (name, value) in &template.unknown {
            fields.push((name, View::Value(value)));
        }
        // The one section that is always there.
        fields.push(("Resources", section(&template.resources, View::of_resource)));
        if !template.outputs.is_empty() {
            fields.push(("Outputs", section(&template.outputs, View::of_output)));
        }
        map(&mut fields, "Hooks", &template.hooks);
        View::Fields(fields)
    }

    fn of_parameter(parameter: &'a Parameter) -> View<'a> {
        let mut fields = vec![("Type", View::Text(&parameter.parameter_type))];
        text(&mut fields, "Description", parameter.description.as_deref());
        value(&mut fields, "Default", parameter.default.as_ref());
        if let Some(no_echo) = parameter.no_echo {
            fields.push(("NoEcho", View::Bool(no_echo)));
        }
        for (name, constraint) in &parameter.constraints {
            fields.push((name, View::Value(constraint)));
        }
        View::Fields(fields)
    }

    fn of_resource(resource: &'a Resource) -> View<'a> {
        let mut fields = vec![("Type", View::Text(&resource.resource_type))];
        text(&mut fields, "Condition", resource.condition.as_deref());
        match resource.depends_on.as_slice() {
            [] => {}
            [only] => fields.push(("DependsOn", View::Text(only))),
            several => fields.push(("DependsOn", View::Texts(several))),
        }
        value(
            &mut fields,
            "DeletionPolicy",
            resource.deletion_policy.as_ref(),
        );
        value(
            &mut fields,
            "UpdateReplacePolicy",
            resource.update_replace_policy.as_ref(),
        );
        value(
            &mut fields,
            "CreationPolicy",
            resource.creation_policy.as_ref(),
        );
        value(&mut fields, "UpdatePolicy", resource.update_policy.as_ref());
        value(&mut fields, "Metadata", resource.metadata.as_ref());
        for (name, attribute) in &resource.unknown {
            fields.push((name, View::Value(attribute)));
        }
        map(&mut fields, "Properties", &resource.properties);
        View::Fields(fields)
    }

    fn of_output(output: &'a Output) -> View<'a> {
        let mut fields = Fields::new();
        text(&mut fields, "Description", output.description.as_deref());
        text(&mut fields, "Condition", output.condition.as_deref());
        fields.push(("Value", View::Value(&output.value)));
        if let Some(name) = &output.export {
            fields.push(("Export", View::Fields(vec![("Name", View::Value(name))])));
        }
        View::Fields(fields)
    }
}

fn section<'a, T>(members: &'a Section<T>, one: impl Fn(&'a T) -> View<'a>) -> View<'a> {
    let fields = members
        .iter()
        .map(|(name, member)| match member {
            Member::One(member) => (name.as_str(), one(member)),
            Member::Unexpanded(value) => (name.as_str(), View::Value(value)),
        })
        .collect();
    View::Fields(fields)
}

fn text<'a>(fields: &mut Fields<'a>, name: &'a str, text: Option<&'a str>) {
    fields.extend(text.map(|text| (name, View::Text(text))));
}

fn value<'a>(fields: &mut Fields<'a>, name: &'a str, value: Option<&'a Value>) {
    fields.extend(value.map(|value| (name, View::Value(value))));
}

fn map<'a>(fields: &mut Fields<'a>, name: &'a str, map: &'a Map) {
    if !map.is_empty() {
        fields.push((name, View::Map(map)));
    }
}
