//! What an account needs before an environment can be deployed from GitHub, as stacks like any other.
//!
//! What lives here: from an environment's stacks and its `settings.bootstrap` to the assemblies of its bootstrap
//! ([`assemblies`]), and from a bootstrap's template to the policies of its roles ([`roles`]) and what people have to know of
//! them ([`report`]). What does not: which permissions CloudFormation needs for a resource (`permissions`), and deploying
//! any of it (`src/commands/bootstrap.rs`).

mod account;
mod calls;
mod names;
mod pattern;
mod places;
mod recovery;
mod report;
mod resources;
mod roles;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use crate::account::Policies;
use indexmap::IndexMap;
use stratiform_assembly::{Assembly, StackAt};
use stratiform_deploy::MOST_IN_A_CALL;
use stratiform_environment::{Settings, Text};
use stratiform_finding::{Code, Finding, Place};
use stratiform_permissions::{Inventory, Needed};
use stratiform_service::Region;
use stratiform_stack::{App, References, Settings as AppSettings};

pub use account::{GITHUB, PROVIDER, PROVIDER_ID, Provider, supposed};
pub use calls::{Calls, REHEARSAL_OF};
pub use names::{ARTIFACTS, KEY, Names, Whereabouts};
pub use report::report;
pub use roles::{Policy, Role, roles};
pub use stratiform_permissions::Derivations;

/// The bootstrap of an environment: the assembly of its own region, and that of the region for disasters where something
/// leans on it; none where the environment's file does not ask for one.
///
/// An assembly's environment is called after the environment, with `.bootstrap`: no environment has a dot in its name.
///
/// # Errors
/// A role would need more policies than IAM allows.
pub fn assemblies(assembly: &Assembly, settings: &Settings) -> Result<Vec<Assembly>, Vec<Finding>> {
    assemblies_by(&Derivations::default(), assembly, settings)
}

/// The same for whoever asks for many that differ in little: what was derived before is not derived again.
///
/// # Errors
/// A role would need more policies than IAM allows.
pub fn assemblies_by(
    derivations: &Derivations,
    assembly: &Assembly,
    settings: &Settings,
) -> Result<Vec<Assembly>, Vec<Finding>> {
    let needs = || needs_by(derivations, assembly, settings);
    let made = made_of(needs, &[], assembly, settings)?;
    Ok(made.map_or_else(Vec::new, |made| made.assemblies))
}

/// A bootstrap, and what its roles need.
#[derive(Clone, Debug)]
pub struct Bootstrapped {
    /// As [`assemblies`] gives them.
    pub assemblies: Vec<Assembly>,
    /// What its policies were made of.
    pub needs: Needs,
}

/// The bootstrap of an environment with what its roles need; none where the environment's file does not ask for one.
///
/// # Errors
/// As [`assemblies`].
pub fn bootstrap(
    assembly: &Assembly,
    settings: &Settings,
) -> Result<Option<Bootstrapped>, Vec<Finding>> {
    made_of(|| needs(assembly, settings), &[], assembly, settings)
}

/// The same where some stacks are deployed already: the roles may do what the way from them needs, too.
///
/// # Errors
/// A role would need more policies than IAM allows.
pub fn assemblies_from(
    deployed: &Assembly,
    assembly: &Assembly,
    settings: &Settings,
) -> Result<Vec<Assembly>, Vec<Finding>> {
    let needs = || needs_between(deployed, assembly, settings);
    let made = made_of(needs, &deployed.stacks, assembly, settings)?;
    Ok(made.map_or_else(Vec::new, |made| made.assemblies))
}

/// A bootstrap by what its roles need, which is asked only where there is one.
fn made_of(
    needs: impl FnOnce() -> Needs,
    deployed: &[StackAt],
    assembly: &Assembly,
    settings: &Settings,
) -> Result<Option<Bootstrapped>, Vec<Finding>> {
    let Some(written) = &settings.bootstrap else {
        return Ok(None);
    };
    if let Some(taken) = taken(assembly, settings) {
        return Err(vec![taken]);
    }
    let needs = needs();
    let policies = Policies::of(&needs, deployed, settings)?;
    let name = format!("{}.{KEY}", settings.name);
    let app = app(assembly, settings, assembly.region.clone());
    account::stacks(&app, settings, written, &policies);
    let mut own = synthesized(app, assembly, name.clone())?;
    let names = Names::of(settings);
    for stack in &mut own.stacks {
        let is_long = stack.template.to_json().len() > MOST_IN_A_CALL;
        if stack.name == names.stack() && is_long {
            // Its template goes through the bucket, which has to be there.
            stack.depends_on.push(names.artifacts().to_owned());
        }
    }
    let mut all = vec![own];
    if let Some(region) = &settings.disaster_recovery_region {
        let there = Region::new(region.as_str()).map_err(|malformed| {
            vec![Finding::new(
                Code::Malformed,
                malformed.to_string(),
                "correct `settings.disaster_recovery_region`",
            )]
        })?;
        let app = self::app(assembly, settings, there);
        if recovery::stack(&app, assembly, settings, region.as_str()) {
            all.push(synthesized(app, assembly, format!("{name}.{region}"))?);
        }
    }
    Ok(Some(Bootstrapped {
        assemblies: all,
        needs,
    }))
}

/// A stack of the environment's own that has the bootstrap's name.
fn taken(assembly: &Assembly, settings: &Settings) -> Option<Finding> {
    let names = Names::of(settings);
    let stacks = names.stacks();
    let stack = stacks.iter().find_map(|name| assembly.stack(name))?;
    let finding = Finding::new(
        Code::StackName,
        format!("`{}` is a stack that `bootstrap` makes", stack.name),
        "give the environment's own stack another name, or leave `settings.bootstrap` out",
    );
    Some(match stack.location {
        Some(location) => finding.at(Place::rust(location, "declared here")),
        None => finding,
    })
}

/// What the roles need for a release: CloudFormation's, and that of the deployment itself.
#[derive(Clone, Debug)]
pub struct Needs {
    /// What CloudFormation needs.
    pub execution: Needed,
    /// What the deployment itself needs.
    pub deploy: Calls,
}

/// What the roles need on the way from some stacks to others: what is only there is deleted.
pub fn needs_between(before: &Assembly, after: &Assembly, settings: &Settings) -> Needs {
    let stacks = after.stacks.iter().chain(&before.stacks);
    let both = Assembly {
        stacks: stacks.cloned().collect(),
        ..after.clone()
    };
    needs(&both, settings)
}

/// What the roles need for an environment's stacks.
pub fn needs(assembly: &Assembly, settings: &Settings) -> Needs {
    needs_by(&Derivations::default(), assembly, settings)
}

fn needs_by(derivations: &Derivations, assembly: &Assembly, settings: &Settings) -> Needs {
    let derived = derivations.of(Inventory::of(&[assembly]));
    Needs {
        execution: execution(derived.needed.clone(), settings),
        deploy: calls::needed(assembly, settings, &derived.needed_to_read),
    }
}

/// What CloudFormation's role needs: with a boundary, what it limits is all that the role makes.
fn execution(needed: Needed, settings: &Settings) -> Needed {
    let written = settings.bootstrap.as_ref();
    match written.and_then(|written| written.permissions_boundary.as_ref()) {
        Some(boundary) => needed.within(boundary.as_str()),
        None => needed,
    }
}

fn app(assembly: &Assembly, settings: &Settings, region: Region) -> App {
    let tags: Option<IndexMap<String, String>> =
        assembly.stacks.first().map(|stack| stack.tags.clone());
    App::new(AppSettings {
        app: settings.app.to_string(),
        environment: settings.name.to_string(),
        region,
        references: References::Strong,
        termination_protection: settings.termination_protection,
        tags: tags.unwrap_or_default(),
    })
}

fn synthesized(app: App, of: &Assembly, name: String) -> Result<Assembly, Vec<Finding>> {
    let mut made = app.synthesize()?;
    made.account = of.account.clone();
    made.environment = Some(name);
    for stack in &mut made.stacks {
        // They are declared here, and not in the project whose file a message would show.
        stack.location = None;
        stack.locations.clear();
    }
    Ok(made)
}
