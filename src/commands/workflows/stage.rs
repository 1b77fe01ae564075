//! What an environment's pipeline is: what starts it, what comes before it, where its images are from, who it is in AWS.
//!
//! All of it follows from the environments' files and the stacks; decisions are made here, and the templates lay them out.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;
use stratiform_assembly::{Assembly, StackAt};
use stratiform_bootstrap::Names;
use stratiform_environment::{Rehearsal, Settings};
use stratiform_finding::{Code, Finding};
use stratiform_service::Region;
use stratiform_template::{Member, Reference, Template, Value};

use crate::assemblies::rehearsal;
use crate::report::Failure;
use crate::services::{kebab, parameter_of, pascal, repository, services};
use crate::view::sorted::sorted;

/// An environment with its stacks.
pub(super) type Known<'a> = (&'a Settings, Assembly);

/// An environment's pipeline.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Stage {
    /// The environment.
    pub name: String,
    /// Whether a release is sealed, approved and then executed; otherwise a push is deployed at once.
    pub sealed: bool,
    /// Whether its deployments are rehearsed.
    pub rehearsed: bool,
    /// Whether pushes start it, and not only people.
    pub pushes: bool,
    /// Branches whose pushes start it, as a list of YAML; empty where there are none.
    pub branches: String,
    /// Tags whose pushes start it, in the same way.
    pub tags: String,
    /// The environment that is deployed first, by the same push.
    pub after: Option<String>,
    /// Whether another environment's pipeline runs it first.
    pub called: bool,
    /// Whether only what changed is deployed.
    pub changed: bool,
    /// Whether its images are built; otherwise they are those of another environment, or there are none.
    pub builds: bool,
    /// What images are built from, as JSON in quotes of YAML.
    pub images: String,
    /// The environment that images are taken from.
    pub from: Option<From>,
    /// The images that are taken from there.
    pub promoted: Vec<Promoted>,
    /// What an image that is taken over is tagged with, for the shell.
    pub tag: &'static str,
    /// The stacks that have repositories.
    pub registry: Vec<String>,
    /// The region.
    pub region: String,
    /// Where the region's registries are.
    pub host: String,
    /// The role that a job is in AWS.
    pub role: String,
    /// The role of the job that only prepares.
    pub preparing_role: String,
    /// Where its rebuild is rehearsed, if anywhere.
    pub recovery: Option<Recovery>,
    /// GitHub's environment for what changes something.
    pub environment: String,
    /// GitHub's environment for what only prepares it: nobody has to approve that.
    pub preparing: String,
    /// The jobs that are reported, as a list of YAML.
    pub needs: String,
    /// The variable with the webhook's address, and the secret at GitHub that has it: none or one.
    pub webhook: Vec<String>,
    /// All secrets of what deploys: the webhook's, and those that commands need.
    pub secrets: Vec<String>,
    /// Those that the pipeline of the environment before is called with: what it and those before it need.
    pub handed: Vec<String>,
    /// Those that it is called with itself.
    pub taken: Vec<String>,
}

/// Where images are taken from.
#[derive(Clone, Debug, Serialize)]
pub(super) struct From {
    /// The environment.
    pub name: String,
    /// Its region.
    pub region: String,
}

/// A rehearsal of an environment's rebuild.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Recovery {
    /// The region.
    pub region: String,
    /// The role that its job is in AWS.
    pub role: String,
    /// GitHub's environment.
    pub environment: String,
}

impl Recovery {
    fn of(settings: &Settings) -> Result<Option<Recovery>, Failure> {
        let Some(region) = &settings.disaster_recovery_region else {
            return Ok(None);
        };
        let Trust {
            role, environment, ..
        } = Trust::of(&rehearsal::settings(settings)?);
        Ok(Some(Recovery {
            region: region.to_string(),
            role,
            environment,
        }))
    }
}

/// An image that is taken from another environment.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Promoted {
    /// The service.
    pub service: String,
    /// The whole name of the stack there that has it as a parameter.
    pub stack: String,
    /// The parameter.
    pub parameter: String,
    /// The repository here.
    pub repository: String,
}

/// The branch that everybody works towards.
const MAIN: &str = "main";

impl Stage {
    /// The pipelines of all environments.
    ///
    /// # Errors
    /// An environment cannot be rehearsed under another name.
    pub(super) fn all(known: &[Known<'_>]) -> Result<Vec<Stage>, Failure> {
        let stages = known.iter().map(|one| Stage::of(one, known));
        stages.collect()
    }

    fn of(one: &Known<'_>, known: &[Known<'_>]) -> Result<Stage, Failure> {
        let (settings, assembly) = one;
        let name = settings.name.to_string();
        let deployment = &settings.deployment;
        let sealed = deployment.release_only;
        let before = before(settings, known);
        let after = deployed_first(settings, known).map(|before| before.name.to_string());
        let followers: Vec<&Settings> = known
            .iter()
            .map(|(other, _)| *other)
            .filter(|other| !sealed && !other.deployment.release_only)
            .filter(|other| before_is(other, &name))
            .collect();
        let images = images(settings, assembly);
        let builds = !images.is_empty() && before.is_none();
        let place = Place::of(settings, known);
        let tags = refs(settings, place, "refs/tags/");
        let branches = match sealed {
            // A release is a tag.
            true => Vec::new(),
            false => without(refs(settings, place, "refs/heads/"), &followers),
        };
        let region = settings.region.to_string();
        let trust = Trust::of(settings);
        let changed = builds || (!sealed && after.is_none());
        let needs: &[&str] = match (sealed, &after, builds) {
            (true, _, true) => &["build", "image", "prepare", "execute"],
            (true, _, false) => &["build", "prepare", "execute"],
            (false, Some(before), _) => &[before, "deploy"],
            (false, None, true) => &["build", "image", "deploy"],
            (false, None, false) => &["build", "deploy"],
        };
        Ok(Stage {
            sealed,
            recovery: Recovery::of(settings)?,
            rehearsed: deployment.rehearsal == Rehearsal::Required,
            pushes: !branches.is_empty() || !tags.is_empty(),
            branches: list(&branches),
            tags: list(&tags),
            needs: format!("[{}]", needs.join(", ")),
            after,
            called: !followers.is_empty(),
            changed,
            builds,
            images: format!(
                "'{}'",
                sorted(json!(images)).to_string().replace('\'', "''")
            ),
            from: before.map(|(before, _)| From {
                name: before.name.to_string(),
                region: before.region.to_string(),
            }),
            promoted: before
                .map(|(_, before)| promoted(before, assembly))
                .unwrap_or_default(),
            tag: if sealed {
                "$GITHUB_REF_NAME"
            } else {
                "$GITHUB_SHA-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT"
            },
            registry: registry(assembly),
            host: host(&region),
            region,
            role: trust.role,
            preparing_role: trust.preparing_role,
            preparing: trust.preparing,
            environment: trust.environment,
            webhook: webhook(settings),
            secrets: secrets(settings),
            handed: deployed_first(settings, known)
                .map_or_else(Vec::new, |before| called_with(before, known)),
            taken: called_with(settings, known),
            name,
        })
    }
}

/// The environment that a release is tried in before.
fn before<'a, 'k>(settings: &Settings, known: &'a [Known<'k>]) -> Option<&'a Known<'k>> {
    let name = settings.deployment.promotes_from.as_ref()?;
    known.iter().find(|(other, _)| other.name == *name)
}

/// The environment that the same push deploys first.
fn deployed_first<'k>(settings: &Settings, known: &[Known<'k>]) -> Option<&'k Settings> {
    let (before, _) = before(settings, known)?;
    let at_once = !settings.deployment.release_only && !before.deployment.release_only;
    at_once.then_some(*before)
}

/// The variable with the webhook's address, if there is one.
fn webhook(settings: &Settings) -> Vec<String> {
    let variable = settings.deployment.notify.webhook_from.iter();
    variable.map(ToString::to_string).collect()
}

/// The secrets of what deploys an environment, each once.
fn secrets(settings: &Settings) -> Vec<String> {
    let commands = settings.deployment.commands.iter();
    let needed = commands.flat_map(|command| command.secrets.iter().map(ToString::to_string));
    let all: BTreeSet<String> = needed.chain(webhook(settings)).collect();
    all.into_iter().collect()
}

/// What a pipeline has to be called with: its own secrets, and those of the pipelines that it calls.
///
/// Secrets do not reach a called workflow by themselves, not even those of the environment that its job is in.
/// Source: [actions/runner#4453](https://github.com/actions/runner/issues/4453).
fn called_with(settings: &Settings, known: &[Known<'_>]) -> Vec<String> {
    let mut all = BTreeSet::new();
    let mut at = Some(settings);
    // No longer than the row of all environments, should it be a circle.
    for _ in known {
        let Some(settings) = at else { break };
        all.extend(secrets(settings));
        at = deployed_first(settings, known);
    }
    all.into_iter().collect()
}

/// The names that the steps with secrets have for something else, or that the machine has.
const RESERVED: [&str; 12] = [
    "ALLOW",
    "CI",
    "EMERGENCY",
    "HOME",
    "IMAGES",
    "LANG",
    "PARAMETERS",
    "PATH",
    "RELEASE",
    "SERVICE",
    "SHELL",
    "STACKS",
];

/// Refuses secrets whose names mean something else in the workflows.
///
/// Source: GitHub docs, "Variables reference": names with `GITHUB_` and `RUNNER_` are GitHub's; secrets have none with
/// `GITHUB_`.
pub(super) fn check_secrets(settings: &Settings) -> Vec<Finding> {
    let taken = |name: &String| {
        let prefixes = ["ACTIONS_", "AWS_", "GITHUB_", "RUNNER_", "STRATIFORM_"];
        RESERVED.contains(&name.as_str()) || prefixes.iter().any(|prefix| name.starts_with(prefix))
    };
    let secrets = secrets(settings).into_iter().filter(taken);
    let findings = secrets.map(|name| {
        Finding::new(
            Code::SecretName,
            format!("{} takes a secret from {name}, and the workflows have that variable for something else", settings.name),
            "give the variable another name, such as `DEPLOY_WEBHOOK`",
        )
    });
    findings.collect()
}

fn before_is(settings: &Settings, name: &str) -> bool {
    let before = settings.deployment.promotes_from.as_ref();
    before.is_some_and(|before| before.as_ref() == name)
}

/// Who a job is for AWS, and in which environment of GitHub.
struct Trust {
    role: String,
    preparing_role: String,
    environment: String,
    preparing: String,
}

impl Trust {
    /// The roles that `bootstrap` makes; without it, the role that a variable names.
    fn of(settings: &Settings) -> Trust {
        let Some(written) = &settings.bootstrap else {
            let role = "${{ vars.AWS_ROLE_ARN }}".to_owned();
            return Trust::in_environment(settings.name.as_ref(), role.clone(), role);
        };
        let account = settings.account.as_ref();
        let account = account.map_or_else(
            || "${{ vars.AWS_ACCOUNT_ID }}".to_owned(),
            ToString::to_string,
        );
        let partition = partition(settings.region.as_ref());
        let role = |name: String| format!("arn:{partition}:iam::{account}:role/{name}");
        let names = Names::of(settings);
        let environment = written.github_environment.as_ref();
        Trust::in_environment(
            environment.map_or(settings.name.as_ref(), AsRef::as_ref),
            role(names.deploy_role()),
            role(names.prepare_role()),
        )
    }

    fn in_environment(environment: &str, role: String, preparing_role: String) -> Trust {
        Trust {
            role,
            preparing_role,
            preparing: format!("{environment}-prepare"),
            environment: environment.to_owned(),
        }
    }
}

/// The partition of a region: `aws`.
fn partition(region: &str) -> &'static str {
    Region::new(region).map_or("aws", |region| region.partition())
}

/// Where is an environment on a release's way?
#[derive(Clone, Copy)]
enum Place {
    /// Others come after it, and none before.
    First,
    /// It comes after another one, or is by itself.
    Later,
}

impl Place {
    fn of(settings: &Settings, known: &[Known<'_>]) -> Place {
        let name = settings.name.to_string();
        let mut others = known.iter().map(|(other, _)| *other);
        match settings.deployment.promotes_from {
            None if others.any(|other| before_is(other, &name)) => Place::First,
            _ => Place::Later,
        }
    }
}

/// The branches or tags that may be deployed to an environment, without what their names begin with.
///
/// Any branch only where another environment comes after: what comes last is somebody's production.
fn refs(settings: &Settings, place: Place, kind: &str) -> Vec<String> {
    let deployment = &settings.deployment;
    let usual = match (deployment.release_only, place) {
        (true, _) => "refs/tags/v*".to_owned(),
        (false, Place::First) => "refs/heads/*".to_owned(),
        (false, Place::Later) => format!("refs/heads/{MAIN}"),
    };
    let refs = match &settings.bootstrap {
        Some(written) => written.refs.iter().map(ToString::to_string).collect(),
        None => vec![usual],
    };
    let of_kind = refs.iter().filter_map(|name| name.strip_prefix(kind));
    // There a `*` stands for any text; for GitHub it ends at a slash, and `**` does not.
    of_kind
        .map(|name| match name {
            "*" => "**".to_owned(),
            name => name.to_owned(),
        })
        .collect()
}

/// Branches without those that another pipeline begins with: nothing is begun twice.
fn without(mut branches: Vec<String>, followers: &[&Settings]) -> Vec<String> {
    if !branches.is_empty() {
        let theirs = followers.iter();
        let theirs = theirs.flat_map(|other| refs(other, Place::Later, "refs/heads/"));
        branches.extend(theirs.map(|branch| format!("!{branch}")));
    }
    branches
}

/// A list as YAML takes it in a line; nothing where it has no items.
fn list(items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    json!(items).to_string().replace("\",\"", "\", \"")
}

/// What is built for a service.
#[derive(Clone, Debug, Serialize)]
struct Image {
    service: String,
    source: String,
    dockerfile: String,
    repository: String,
    /// The machine to build it on: its tasks' architecture.
    runner: &'static str,
}

/// What the images of an environment are built from; those whose repository is known.
fn images(settings: &Settings, assembly: &Assembly) -> Vec<Image> {
    let images = settings.images.iter().filter_map(|(service, image)| {
        Some(Image {
            repository: repository(assembly, &pascal(service.as_ref()))?,
            runner: runner(assembly, &parameter_of(service.as_ref())),
            service: service.to_string(),
            source: image.source.to_string(),
            dockerfile: image.dockerfile(),
        })
    });
    images.collect()
}

/// The machine whose processor is that of the tasks which run an image.
fn runner(assembly: &Assembly, parameter: &str) -> &'static str {
    let runs_on_arm = |template: &Template| {
        template.resources.values().any(|resource| {
            let Member::One(resource) = resource else {
                return false;
            };
            let platform = resource.properties.get("RuntimePlatform");
            let architecture = platform
                .and_then(Value::as_map)
                .and_then(|platform| platform.get("CpuArchitecture"));
            architecture.and_then(Value::as_str) == Some("ARM64")
                && resource
                    .properties
                    .values()
                    .any(|value| refers(value, parameter))
        })
    };
    let mut stacks = assembly.stacks.iter();
    if stacks.any(|stack| runs_on_arm(&stack.template)) {
        "ubuntu-24.04-arm"
    } else {
        "ubuntu-24.04"
    }
}

fn refers(value: &Value, name: &str) -> bool {
    let mut found = false;
    value.for_each_reference(&mut |reference| found |= reference == Reference::Name(name));
    found
}

/// The images that are taken from the environment before: of services that both have, each in a repository.
fn promoted(before: &Assembly, here: &Assembly) -> Vec<Promoted> {
    let services = services(here).into_iter();
    let promoted = services.filter_map(|(service, parameter)| {
        let has_it = |stack: &&StackAt| stack.template.parameters.contains_key(parameter);
        repository(before, service)?;
        Some(Promoted {
            service: kebab(service),
            stack: before.stacks.iter().find(has_it)?.name.clone(),
            parameter: parameter.to_owned(),
            repository: repository(here, service)?,
        })
    });
    promoted.collect()
}

/// The stacks that have repositories, by their short names.
fn registry(assembly: &Assembly) -> Vec<String> {
    let has_repository = |stack: &&StackAt| {
        let resources = stack.template.resources.values();
        let mut types = resources.filter_map(|resource| match resource {
            Member::One(resource) => Some(resource.resource_type.as_str()),
            _ => None,
        });
        types.any(|name| name == "AWS::ECR::Repository")
    };
    let stacks = assembly.stacks.iter().filter(has_repository);
    stacks
        .map(|stack| assembly.key(&stack.name).to_owned())
        .collect()
}

/// `eu-west-1.amazonaws.com`.
fn host(region: &str) -> String {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("{region}.amazonaws.com{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(name: &str, more: serde_json::Value) -> Settings {
        let mut value = json!({ "name": name, "app": "shop", "region": "eu-west-1" });
        let members = value.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn roles_are_those_that_bootstrap_makes() {
        let trust = |more| Trust::of(&settings("dev", more));
        assert_eq!(trust(json!({})).role, "${{ vars.AWS_ROLE_ARN }}");
        let bootstrap = json!({ "repository": "octo/shop" });
        let known = json!({ "account": "111122223333", "bootstrap": bootstrap });
        let (deploys, prepares) = (trust(known.clone()).role, trust(known).preparing_role);
        assert_eq!(deploys, "arn:aws:iam::111122223333:role/shop-dev-deploy");
        assert_eq!(prepares, "arn:aws:iam::111122223333:role/shop-dev-prepare");
        let elsewhere = trust(json!({ "region": "cn-north-1", "bootstrap": bootstrap }));
        assert_eq!(
            elsewhere.role,
            "arn:aws-cn:iam::${{ vars.AWS_ACCOUNT_ID }}:role/shop-dev-deploy"
        );
        let named = json!({ "repository": "octo/shop", "github_environment": "production" });
        let named = trust(json!({ "bootstrap": named }));
        assert_eq!(
            (&*named.environment, &*named.preparing),
            ("production", "production-prepare")
        );
    }

    #[test]
    fn refs_are_the_usual_ones_or_those_of_bootstrap() {
        let found = |more, place| {
            let settings = settings("dev", more);
            let of = |kind| refs(&settings, place, kind);
            (of("refs/heads/"), of("refs/tags/"))
        };
        let some = |name: &str| vec![name.to_owned()];
        assert_eq!(found(json!({}), Place::First), (some("**"), Vec::new()));
        assert_eq!(found(json!({}), Place::Later), (some("main"), Vec::new()));
        let release = json!({ "deployment": { "release_only": true } });
        assert_eq!(found(release, Place::Later), (Vec::new(), some("v*")));
        let own =
            json!({ "repository": "octo/shop", "refs": ["refs/heads/*", "refs/tags/release-*"] });
        let own = json!({ "bootstrap": own });
        assert_eq!(found(own, Place::Later), (some("**"), some("release-*")));
    }
}
