//! A resource of a template, with what it needs and nothing else: a small template that can be spoilt in one place.

use stratiform_catalog::catalog;
use stratiform_template::{Map, Member, Reference, Resource, Template, Value};

/// A template with one resource whole, those that it refers to with as few further ones as can be, and the parameters,
/// conditions and mappings that these name.
pub(super) fn host(template: &Template, logical_id: &str) -> Option<Template> {
    let mut host = Template {
        format_version: template.format_version.clone(),
        transform: template.transform.clone(),
        ..Template::default()
    };
    let mut resource = template.resource(logical_id)?.clone();
    resource.depends_on.clear();
    let mut wanted = names_of(&resource);
    host.resources
        .insert(logical_id.to_owned(), Member::One(resource));
    while let Some(name) = wanted.pop() {
        if host.resources.contains_key(&name)
            || host.parameters.contains_key(&name)
            || host.mappings.contains_key(&name)
            || host.conditions.contains_key(&name)
        {
            continue;
        }
        if let Some(resource) = template.resource(&name) {
            let least = least(resource, template);
            wanted.extend(names_of(&least));
            host.resources.insert(name, Member::One(least));
        } else if let Some(parameter) = template.parameters.get(&name) {
            host.parameters.insert(name, parameter.clone());
        } else if let Some(mapping) = template.mappings.get(&name) {
            host.mappings.insert(name, mapping.clone());
        } else if let Some(condition) = template.conditions.get(&name) {
            if let Member::One(value) = condition {
                wanted.extend(names_in(value));
            }
            host.conditions.insert(name, condition.clone());
        }
    }
    Some(host)
}

/// A resource without what refers to further ones, unless its type requires it, and not under any condition.
fn least(resource: &Resource, template: &Template) -> Resource {
    let known = catalog().resource_type(&resource.resource_type);
    let is_needed = |name: &str, value: &Value| {
        let alone = !names_in(value)
            .iter()
            .any(|name| template.resources.contains_key(name));
        alone || known.is_some_and(|known| known.schema().requires(name))
    };
    let properties: Map = resource
        .properties
        .iter()
        .filter(|(name, value)| is_needed(name, value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Resource {
        resource_type: resource.resource_type.clone(),
        properties,
        ..Resource::default()
    }
}

fn names_of(resource: &Resource) -> Vec<String> {
    let mut names: Vec<String> = resource.condition.iter().cloned().collect();
    resource.for_each_reference(&mut |reference| names.extend(name(reference)));
    names
}

fn names_in(value: &Value) -> Vec<String> {
    let mut names = Vec::new();
    value.for_each_reference(&mut |reference| names.extend(name(reference)));
    names
}

fn name(reference: Reference<'_>) -> Option<String> {
    match reference {
        Reference::Name(name) | Reference::Mapping(name) | Reference::Condition(name) => {
            Some(name.to_owned())
        }
        Reference::Attribute { logical_id, .. } => Some(logical_id.to_owned()),
        Reference::Export(_) | Reference::Output(_) | Reference::Anything => None,
    }
}

#[cfg(test)]
mod tests {
    use super::host;
    use stratiform_template::Template;

    #[test]
    fn a_host_has_what_a_resource_needs_and_nothing_else() {
        let text = "
Parameters:
  Name: {Type: String}
  Other: {Type: String}
Conditions:
  Is: !Equals [!Ref Name, x]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Condition: Is
    DependsOn: Topic
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 1}}
  Dead:
    Type: AWS::SQS::Queue
    Properties: {DelaySeconds: 1, KmsMasterKeyId: !Ref Key}
  Key: {Type: AWS::KMS::Key}
  Topic: {Type: AWS::SNS::Topic}
";
        let template = Template::parse(text).unwrap();
        let host = host(&template, "Queue").unwrap();
        let names = |keys: Vec<&String>| keys.into_iter().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(names(host.resources.keys().collect()), "Queue Dead");
        assert_eq!(names(host.parameters.keys().collect()), "Name");
        assert_eq!(names(host.conditions.keys().collect()), "Is");
        let dead = &host.resource("Dead").unwrap().properties;
        assert_eq!(dead.keys().collect::<Vec<_>>(), ["DelaySeconds"]);
    }
}
