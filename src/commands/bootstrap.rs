//! `bootstrap`: what an account needs before an environment can be deployed from GitHub.
//!
//! What lives here: from arguments to what is to be made; printing its policies ([`policy`]), deploying it (`deploying`), and
//! what is deployed of it (`standing`). What does not: what the stacks are (`stratiform_bootstrap`).

#[cfg(feature = "aws")]
mod deploying;
mod policy;
#[cfg(feature = "aws")]
pub(crate) mod standing;

use stratiform_assembly::Assembly;
use stratiform_environment::Settings;
use stratiform_finding::Code;

#[cfg(feature = "aws")]
use self::deploying::deployed;
use crate::args::{Bootstrap, Global};
use crate::assemblies::environment::{Synthesized, environment};
use crate::assemblies::rehearsal::synthesized;
use crate::assemblies::synthesis::bootstraps;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::regions::region;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::view::{Answer, View};

/// Deploys what is asked for, or prints its policies.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Bootstrap,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let Synthesized {
        assembly,
        settings,
        unchecked,
        ..
    } = of(define, &project, args)?;
    let bootstraps = bootstraps(&assembly, &settings)
        .map_err(|findings| Failure::below(&project.root, findings))?;
    if bootstraps.is_empty() {
        return Err(not_asked_for(&args.env));
    }
    let wanted = Wanted {
        settings: &settings,
        assembly,
        bootstraps,
        unchecked,
    };
    if args.print_policy {
        return policy::printed(&wanted);
    }
    deployed(global, args, &project, wanted, view)
}

/// The environment that is asked for, or its rehearsal: that has no snapshots, since nothing of it stays.
fn of(
    define: &dyn Definition,
    project: &Project,
    args: &Bootstrap,
) -> Result<Synthesized, Failure> {
    let own = environment(define, project, &args.env)?;
    if !args.rehearsal {
        return Ok(own);
    }
    match &own.settings.disaster_recovery_region {
        Some(there) => synthesized(define, project, &own.assembly, &region(there.as_ref())?),
        None => Err(Failure::new(
            Exit::Usage,
            Code::NoBootstrap,
            format!(
                "the file of `{}` does not say where it is rebuilt",
                args.env
            ),
            "write `disaster_recovery_region: REGION` under its `settings`",
        )),
    }
}

/// What is to be made, of which environment.
pub(crate) struct Wanted<'a> {
    settings: &'a Settings,
    /// The environment's stacks.
    assembly: Assembly,
    /// The stacks of its bootstrap, by region.
    bootstraps: Vec<Assembly>,
    /// What of its values was not checked; empty where all of it was.
    unchecked: String,
}

fn not_asked_for(environment: &str) -> Failure {
    Failure::new(
        Exit::Usage,
        Code::NoBootstrap,
        format!("the file of `{environment}` does not say who deploys it from GitHub"),
        "write `bootstrap: { repository: OWNER/NAME }` under its `settings`",
    )
}

#[cfg(not(feature = "aws"))]
fn deployed(
    _: &Global,
    _: &Bootstrap,
    _: &Project,
    _: Wanted<'_>,
    _: &mut dyn View,
) -> Result<Answer, Failure> {
    Err(super::without_aws::refused("bootstrap"))
}
