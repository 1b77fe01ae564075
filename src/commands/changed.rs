//! `changed`: which stacks, services and environments a change touches, and why.

mod services;
mod why;

use stratiform_diff::{StackChange, diff_environment};

use crate::args::{Changed, ChangedFormat, Global};
use crate::assemblies::since::{Sides, Since, since};
use crate::definition::Definition;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::services::parameter_of;
use crate::view::reviewed::ToolChange;
use crate::view::{Answer, changed};

/// All that a change touches.
#[derive(Debug)]
pub(crate) struct Touched {
    /// What it is compared with, as people know it.
    pub base: String,
    /// The environments that have something.
    pub environments: Vec<TouchedEnvironment>,
    /// The images that are other ones now.
    pub services: Vec<TouchedService>,
}

/// An environment that a change touches.
#[derive(Debug)]
pub(crate) struct TouchedEnvironment {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Whether it is there, and was.
    pub change: StackChange,
    /// Its stacks that something happens to, in deployment order.
    pub stacks: Vec<TouchedStack>,
}

/// A stack that a change touches.
#[derive(Debug)]
pub(crate) struct TouchedStack {
    /// CloudFormation's name.
    pub name: String,
    /// The name without app and environment.
    pub key: String,
    /// What happens to it.
    pub change: StackChange,
    /// Why, in sentences.
    pub why: Vec<String>,
    /// The tool before and after, where that is why the template changes.
    pub tool: Option<ToolChange>,
}

/// A service whose image is another one, and the environments that it is for.
#[derive(Clone, Debug)]
pub(crate) struct TouchedService {
    /// Its name.
    pub name: String,
    /// The folder that its image is built in, from the repository's top.
    pub source: String,
    /// Its Dockerfile, from the repository's top.
    pub dockerfile: String,
    /// What it is made from, as a digest: the same for the same content.
    pub digest: String,
    /// Why, in sentences.
    pub why: Vec<String>,
    /// The environments that have such an image.
    pub environments: Vec<String>,
}

/// Compares and shows.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Changed,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let Since {
        revision, sides, ..
    } = since(define, &project, args.base.as_deref(), &args.env)?;
    // `bootstrap` deploys what an environment has besides its own stacks; no job does.
    let sides: Vec<Sides> = sides.into_iter().filter(Sides::is_environment).collect();
    let services = services::touched(define, &project, &revision, &sides)?;
    let environments = sides.iter().filter_map(|sides| touched(sides, &services));
    let touched = Touched {
        base: revision.shown.clone(),
        environments: environments.collect(),
        services,
    };
    Ok(Answer::of(match args.format {
        ChangedFormat::Text => changed::text(&touched),
        ChangedFormat::Json => changed::json(&touched),
        ChangedFormat::Github => changed::github(&touched),
    }))
}

/// What is touched of an environment; none where nothing is.
fn touched(sides: &Sides, services: &[TouchedService]) -> Option<TouchedEnvironment> {
    let of = sides.after.as_ref().or(sides.before.as_ref())?;
    let name = of.environment.clone().unwrap_or_default();
    let pairs = sides.pairs(of);
    let diffs = diff_environment(&pairs);
    let is_here =
        |service: &&TouchedService| sides.after.is_some() && service.environments.contains(&name);
    let stacks = pairs.iter().zip(&diffs).filter_map(|(pair, diff)| {
        let mut why = why::of(pair, diff);
        let tool = sides.tool.clone();
        let tool = tool.filter(|_| diff.change != StackChange::Unchanged);
        why.extend(tool.iter().map(ToString::to_string));
        for service in services.iter().filter(is_here) {
            let takes = pair.after.is_some_and(|stack| {
                let parameters = &stack.template.parameters;
                parameters.contains_key(&parameter_of(&service.name))
            });
            if takes {
                let name = &service.name;
                why.extend(
                    service
                        .why
                        .iter()
                        .map(|why| format!("service `{name}`: {why}")),
                );
            }
        }
        (!why.is_empty()).then(|| TouchedStack {
            key: of.key(&diff.name).to_owned(),
            name: diff.name.clone(),
            change: diff.change,
            why,
            tool,
        })
    });
    let stacks: Vec<TouchedStack> = stacks.collect();
    (!stacks.is_empty()).then(|| TouchedEnvironment {
        region: of.region.to_string(),
        change: match (&sides.before, &sides.after) {
            (None, _) => StackChange::Created,
            (_, None) => StackChange::Removed,
            (Some(_), Some(_)) => StackChange::Updated,
        },
        name,
        stacks,
    })
}
