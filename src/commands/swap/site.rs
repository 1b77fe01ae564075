//! Where a service is: its stack, its cluster, and the container that runs its image.

use stratiform_assembly::{Assembly, StackAt};
use stratiform_deploy::guard::StackFound;
use stratiform_deploy::service_place;
use stratiform_finding::Code;
use stratiform_finding::words::{joined, meant};

use crate::exit::Exit;
use crate::report::Failure;
use crate::services::{Declared, declared, service_of};

/// A service that runs an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    /// What people call it: `web-api`.
    pub name: String,
    /// The place of its stack.
    pub stack: usize,
    /// The cluster's name.
    pub cluster: String,
    /// What ECS calls it.
    pub service: String,
    /// Its ARN.
    pub arn: String,
    /// The ARN of the task definition that its stack has.
    pub task_definition: String,
    /// The containers that run the image, at least one.
    pub containers: Vec<String>,
    /// The parameter with the image.
    pub parameter: String,
}

/// A service of an environment, by its name.
///
/// # Errors
/// No service is called so, or it is not deployed.
pub(crate) fn site(assembly: &Assembly, found: &[StackFound], name: &str) -> Result<Site, Failure> {
    let sites: Vec<Site> = all(assembly, found).collect();
    let names: Vec<&str> = sites.iter().map(|site| site.name.as_str()).collect();
    sites
        .iter()
        .find(|site| site.name == name)
        .cloned()
        .ok_or_else(|| {
            let what = format!("no service that is deployed is called `{name}`");
            let help =
                meant(name, names.iter().copied()).unwrap_or_else(|| match names.as_slice() {
                    [] => "deploy its stack first".to_owned(),
                    names => format!("the services are: {}", joined(names)),
                });
            Failure::new(Exit::Failed, Code::UnknownService, what, help)
        })
}

/// All services that run an image of a parameter, and are deployed.
pub(crate) fn all<'a>(
    assembly: &'a Assembly,
    found: &'a [StackFound],
) -> impl Iterator<Item = Site> + 'a {
    let stacks = assembly.stacks.iter().zip(found).enumerate();
    stacks.flat_map(|(index, (stack, found))| {
        let parameters = stack.template.parameters.keys();
        parameters.filter_map(move |parameter| of_parameter(index, stack, found, parameter))
    })
}

fn of_parameter(
    index: usize,
    stack: &StackAt,
    found: &StackFound,
    parameter: &str,
) -> Option<Site> {
    let name = service_of(parameter)?;
    let Declared {
        service,
        definition,
        containers,
    } = declared(stack, parameter)?;
    let physical = |id: &str| {
        let mut resources = found.resources.iter().flatten();
        let resource = resources.find(|resource| resource.logical_id.as_str() == id)?;
        Some(resource.physical_id.as_ref()?.as_str().to_owned())
    };
    let arn = physical(service)?;
    let (cluster, service) = service_place(&arn)?;
    Some(Site {
        name,
        stack: index,
        cluster: cluster.to_owned(),
        service: service.to_owned(),
        arn: arn.clone(),
        task_definition: physical(definition)?,
        containers,
        parameter: parameter.to_owned(),
    })
}
