//! Which services there are: parameters of stacks that are called as a service and end in `Image`; and what runs these
//! images.

use std::collections::BTreeMap;

use stratiform_assembly::{Assembly, StackAt};
use stratiform_environment::{Loaded, Path, Violation};
use stratiform_finding::words::meant;
use stratiform_finding::{Code, Finding};
use stratiform_template::{Function, Member, Resource, Value};

/// How the parameter with a service's image ends.
const PARAMETER: &str = "Image";

/// How the logical ID of a service's repository ends.
pub(crate) const REPOSITORY: &str = "Repository";

/// The services that have an image, by their names as they are in logical IDs (`WebApi`), each with the parameter.
pub(crate) fn services(assembly: &Assembly) -> BTreeMap<&str, &str> {
    let stacks = assembly.stacks.iter();
    let parameters = stacks.flat_map(|stack| stack.template.parameters.keys());
    let images = parameters.filter_map(|name| Some((name.strip_suffix(PARAMETER)?, name.as_str())));
    images.filter(|(service, _)| !service.is_empty()).collect()
}

/// The name of the parameter that a service's image has: `WebApiImage` of `web-api`.
pub(crate) fn parameter_of(service: &str) -> String {
    pascal(service) + PARAMETER
}

/// The name of a service's repository, where one of the stacks has it as plain text.
pub(crate) fn repository(assembly: &Assembly, service: &str) -> Option<String> {
    let id = format!("{service}{REPOSITORY}");
    let mut stacks = assembly.stacks.iter();
    stacks.find_map(|stack| {
        let Member::One(resource) = stack.template.resources.get(&id)? else {
            return None;
        };
        let is_repository = resource.resource_type == "AWS::ECR::Repository";
        let name = resource.properties.get("RepositoryName");
        let name = name.filter(|_| is_repository).and_then(Value::as_str)?;
        Some(name.to_owned())
    })
}

/// What is meant where no service has a name.
pub(crate) fn meant_of(assembly: &Assembly, service: &str) -> String {
    let services = services(assembly);
    let names: Vec<String> = services.keys().map(|service| kebab(service)).collect();
    meant(service, names.iter().map(String::as_str)).unwrap_or_else(|| match names.as_slice() {
        [] => "no stack has a parameter that ends in `Image`".to_owned(),
        names => format!("the services are: {}", names.join(", ")),
    })
}

/// What of a stack runs the image of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared<'s> {
    /// The logical ID of the service.
    pub service: &'s str,
    /// That of its task definition.
    pub definition: &'s str,
    /// The containers that run the image, at least one.
    pub containers: Vec<String>,
}

/// What of a stack runs the image of a parameter; none where it is no service's.
pub(crate) fn declared<'s>(stack: &'s StackAt, parameter: &str) -> Option<Declared<'s>> {
    let of_type = |wanted: &'static str| {
        let resources = stack.template.resources.iter();
        resources.filter_map(move |(id, resource)| match resource {
            Member::One(resource) if resource.resource_type == wanted => {
                Some((id.as_str(), resource))
            }
            Member::One(_) | Member::Unexpanded(_) => None,
        })
    };
    let mut definitions = of_type("AWS::ECS::TaskDefinition")
        .map(|(id, resource)| (id, containers(resource, parameter)));
    let (definition, containers) = definitions.find(|(_, containers)| !containers.is_empty())?;
    let (service, _) = of_type("AWS::ECS::Service").find(|(_, resource)| {
        let wanted = resource.properties.get("TaskDefinition");
        wanted.is_some_and(|wanted| is_reference(wanted, definition))
    })?;
    Some(Declared {
        service,
        definition,
        containers,
    })
}

/// The names of the containers that run the image of a parameter.
fn containers(definition: &Resource, parameter: &str) -> Vec<String> {
    let containers = definition.properties.get("ContainerDefinitions");
    let containers = containers.and_then(Value::as_list).unwrap_or_default();
    let wanted = containers.iter().filter_map(|container| {
        let container = container.as_map()?;
        let is_wanted = is_reference(container.get("Image")?, parameter);
        let name = container.get("Name").filter(|_| is_wanted)?;
        Some(name.as_str()?.to_owned())
    });
    wanted.collect()
}

fn is_reference(value: &Value, name: &str) -> bool {
    matches!(value, Value::Function(Function::Ref, of) if of.as_str() == Some(name))
}

/// The services of `settings.images` that no stack has an image of.
pub(crate) fn unknown(loaded: &Loaded, assembly: &Assembly) -> Vec<Finding> {
    let services = services(assembly);
    let images = loaded.environment.settings().images.keys();
    let unknown = images.filter(|service| !services.contains_key(&*pascal(service.as_ref())));
    let findings = unknown.map(|service| {
        let violation = Violation::new(
            Path::from("settings.images").key(service),
            format!("no service is called `{service}`"),
            format!(
                "no stack has a parameter `{}`",
                parameter_of(service.as_ref())
            ),
            meant_of(assembly, service.as_ref()),
        );
        Finding {
            code: Code::UnknownService,
            ..loaded.refused(violation)
        }
    });
    findings.collect()
}

/// `web-api` → `WebApi`.
pub(crate) fn pascal(service: &str) -> String {
    let words = service
        .split('-')
        .map(|word| match word.split_at_checked(1) {
            Some((first, rest)) => first.to_ascii_uppercase() + rest,
            None => String::new(),
        });
    words.collect()
}

/// `WebApi` → `web-api`.
pub(crate) fn kebab(service: &str) -> String {
    let mut name = String::new();
    for character in service.chars() {
        if character.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

/// The service of a parameter: `web-api` of `WebApiImage`.
pub(crate) fn service_of(parameter: &str) -> Option<String> {
    let service = parameter.strip_suffix(PARAMETER)?;
    (!service.is_empty()).then(|| kebab(service))
}
