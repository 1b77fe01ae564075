//! What is deployed of an environment's bootstrap: which role CloudFormation has, and whether it may do what a release needs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stratiform_assembly::{Assembly, StackAt};
use stratiform_aws::Aws;
use stratiform_bootstrap::{
    self as bootstrap, Names, Role, Whereabouts, needs, needs_between, roles,
};
use stratiform_deploy::guard::{Asked, Facts, Lacking, Needs, StackFound, Unasked};
use stratiform_deploy::{Call, Reply};
use stratiform_environment::{Deployment, Settings};
use stratiform_permissions::{Grant, Needed, lacking};
use stratiform_service::Region;
use stratiform_service::status::{Ending, Phase};

use crate::assemblies::deployed::parse_deployed;
use crate::commands::guard::looking::ask;
use crate::repository::standing::unasked;

/// The bootstrap of an environment.
pub(crate) enum Bootstrapped {
    /// The environment's file asks for none.
    NotAskedFor,
    /// It is not deployed.
    Absent,
    /// It is deployed, with this template; or it is not known whether it is.
    Deployed(Asked<String>),
}

/// Asks for the bootstrap of an environment.
pub(crate) async fn bootstrapped(aws: &Aws, settings: &Settings) -> Bootstrapped {
    if settings.bootstrap.is_none() {
        return Bootstrapped::NotAskedFor;
    }
    let stack = Names::of(settings).stack().to_owned();
    let stack = ask(aws, Call::DescribeStack { stack }, |reply| match reply {
        Reply::Stack(stack) => Some(stack),
        _ => None,
    });
    let stack = match stack.await {
        Ok(stack) => stack,
        Err(unasked) => return Bootstrapped::Deployed(Err(unasked)),
    };
    let is_there = |phase: Phase| {
        !matches!(
            phase,
            Phase::Settled(Ending::Gone | Ending::Reviewed | Ending::NeverCreated)
        )
    };
    let Some(stack) = stack.filter(|stack| is_there(stack.status.phase())) else {
        return Bootstrapped::Absent;
    };
    let call = Call::GetTemplate { stack: stack.id };
    let template = ask(aws, call, |reply| match reply {
        Reply::Template(text) => Some(text),
        _ => None,
    });
    Bootstrapped::Deployed(template.await)
}

impl Bootstrapped {
    /// How the environment is deployed: what its file leaves out, the bootstrap has. And what has to be known about that.
    pub(crate) fn deployment(
        &self,
        settings: &Settings,
        account: &str,
        region: &Region,
    ) -> (Deployment, Option<String>) {
        let mut written = settings.deployment.clone();
        let environment = &settings.name;
        match self {
            Bootstrapped::NotAskedFor => (written, None),
            Bootstrapped::Absent => {
                let note = written.role_arn.is_none().then(|| {
                    format!(
                        "`{environment}` is not bootstrapped: CloudFormation acts with your own permissions (`bootstrap --env \
                         {environment}`)"
                    )
                });
                (written, note)
            }
            Bootstrapped::Deployed(_) => {
                let names = Names::of(settings);
                let role = || names.execution_role_arn(region.partition(), account);
                let bucket = || names.bucket(account, region.as_str());
                written.role_arn.get_or_insert_with(role);
                written.artifact_bucket.get_or_insert_with(bucket);
                (written, None)
            }
        }
    }

    /// What the roles may not do, and have to for these stacks.
    pub(crate) fn lacking(
        &self,
        assembly: &Assembly,
        settings: &Settings,
        facts: &Facts,
    ) -> Asked<Vec<Lacking>> {
        let skipped = |why: String, help: String| Err(Unasked::because(why, help));
        let template = match self {
            Bootstrapped::NotAskedFor => {
                return skipped(
                    "no bootstrap is asked for: nobody knows here what the role of CloudFormation may do".to_owned(),
                    String::new(),
                );
            }
            Bootstrapped::Absent => {
                let environment = &settings.name;
                return skipped(
                    format!(
                        "`{environment}` is not bootstrapped: CloudFormation acts with the permissions of who deploys"
                    ),
                    format!("bootstrap --env {environment}"),
                );
            }
            Bootstrapped::Deployed(template) => template.as_ref().map_err(Clone::clone)?,
        };
        let caller = facts.caller.as_ref().map_err(Clone::clone)?;
        let names = Names::of(settings);
        let template = parse_deployed(names.stack(), template);
        let template = template.map_err(|failure| unasked(&failure))?;
        let roles = roles(&template.template, &Whereabouts::anywhere(&assembly.region));
        let place = Whereabouts::new(&caller.account, &assembly.region);
        let bootstrap::Needs { execution, deploy } = needs(assembly, settings);
        let deploys = names.deploy_role();
        let mut found = Vec::new();
        // With another role of its own, an environment has what that one may.
        if settings.deployment.role_arn.is_none() {
            let role = names.execution_role();
            let deployed = deployed(assembly, &facts.stacks)?;
            let planned = of_role(&roles, &role, &execution.grants, &place);
            let all = needs_between(&deployed, assembly, settings)
                .execution
                .grants;
            found.extend(going(&roles, &role, &all, &planned, &place));
            found.extend(planned);
        }
        if caller.arn.contains(&format!(":assumed-role/{deploys}/")) {
            found.extend(of_role(&roles, &deploys, &deploy.grants, &place));
        }
        Ok(found)
    }
}

/// The stacks as they are deployed, as far as they are.
fn deployed(assembly: &Assembly, found: &[StackFound]) -> Asked<Assembly> {
    let mut stacks = Vec::new();
    for (planned, found) in assembly.stacks.iter().zip(found) {
        let Some(template) = &found.template else {
            continue;
        };
        let text = template.as_ref().map_err(Clone::clone)?;
        let parsed = parse_deployed(&planned.name, text);
        let parsed = parsed.map_err(|failure| unasked(&failure))?;
        stacks.push(StackAt::of(planned.name.as_str(), parsed.template));
    }
    Ok(Assembly {
        stacks,
        ..assembly.clone()
    })
}

/// What a role may not do, and has to on the way from what is deployed; without what it lacks anyway.
fn going(
    roles: &[Role],
    role: &str,
    all: &[Grant],
    planned: &[Lacking],
    place: &Whereabouts,
) -> Vec<Lacking> {
    let lacking = of_role(roles, role, all, place).into_iter();
    lacking
        .filter(|lacking| !planned.contains(lacking))
        .map(|lacking| Lacking {
            whose: Needs::Going,
            ..lacking
        })
        .collect()
}

/// The actions that what is deployed still needs, and that roles would lose with a bootstrap: by role.
pub(super) fn losing(
    bootstrap: &Assembly,
    (deployed, assembly): (&Assembly, &Assembly),
    settings: &Settings,
) -> BTreeMap<String, BTreeSet<String>> {
    let names = Names::of(settings);
    let place = Whereabouts::anywhere(&assembly.region);
    let stack = bootstrap.stack(names.stack());
    let roles = stack.map_or_else(Vec::new, |stack| roles(&stack.template, &place));
    let planned = needs(assembly, settings);
    let all = needs_between(deployed, assembly, settings);
    let both = [
        (
            names.execution_role(),
            planned.execution.grants,
            all.execution.grants,
        ),
        (
            names.deploy_role(),
            planned.deploy.grants,
            all.deploy.grants,
        ),
    ];
    let losing = both.into_iter().map(|(role, planned, all)| {
        let planned = of_role(&roles, &role, &planned, &place);
        let going = going(&roles, &role, &all, &planned, &place).into_iter();
        (role, going.map(|lacking| lacking.action).collect())
    });
    let losing = losing.filter(|(_, actions): &(_, BTreeSet<_>)| !actions.is_empty());
    losing.collect()
}

/// What a role may not do, and has to.
fn of_role(roles: &[Role], name: &str, grants: &[Grant], place: &Whereabouts) -> Vec<Lacking> {
    let role = roles.iter().find(|role| role.name == name);
    let policies = role.into_iter().flat_map(|role| &role.policies);
    let documents: Vec<Value> = policies.map(|policy| policy.document.clone()).collect();
    let needed = Needed {
        grants: grants.to_vec(),
        ..Needed::default()
    };
    let lacking = lacking(&documents, &needed).into_iter();
    lacking
        .map(|lacking| Lacking {
            role: name.to_owned(),
            action: lacking.action,
            resource: place.fill(&lacking.resource),
            whose: Needs::Planned,
        })
        .collect()
}
