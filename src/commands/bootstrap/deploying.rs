//! Deploys a bootstrap, as any stack is deployed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stratiform_assembly::{Assembly, StackAt};
use stratiform_aws::Aws;
use stratiform_bootstrap::{GITHUB, Names, PROVIDER, PROVIDER_ID, Provider, Whereabouts, roles};
use stratiform_deploy::call::Resource;
use stratiform_deploy::{Call, Reply};
use stratiform_environment::{Deployment, Settings, Verify};
use stratiform_finding::words::{counted, few, listed};
use stratiform_service::AccountId;
use stratiform_service::status::{Ending, Phase};

use super::standing::{Bootstrapped, bootstrapped, losing};
use super::{Wanted, policy};
use crate::args::{Bootstrap, Global, ParameterValue};
use crate::assemblies::deployed::parse_deployed;
use crate::assemblies::synthesis::bootstraps_from;
use crate::cloud::Cloud;
use crate::commands::deploy::preparing::{failed, identity};
use crate::commands::deploy::{Intent, carried_out, not_reviewed};
use crate::commands::diff::deployed::deployed as deployed_stacks;
use crate::commands::guard::gathering::Source;
use crate::commands::guard::stale;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::repository::standing::unasked;
use crate::runtime::{all_of, or_interrupted};
use crate::view::{Answer, Event, View};

/// Deploys each region's stack, and says what is left to do.
pub(super) fn deployed(
    global: &Global,
    args: &Bootstrap,
    project: &Project,
    wanted: Wanted<'_>,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    for bootstrap in &wanted.bootstraps {
        let stale = unreviewed(args, project, bootstrap)?;
        if !stale.is_empty() && !args.local {
            return Err(not_reviewed(&stale));
        }
    }
    if !wanted.unchecked.is_empty() {
        let text = wanted.unchecked.clone();
        view.event(&Event::Notice { text });
    }
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    all_of(all(global, args, project, &cloud, &wanted, view))
}

/// The snapshots that are not what is synthesized. A rehearsal has none: what is approved is what is shown.
fn unreviewed(
    args: &Bootstrap,
    project: &Project,
    bootstrap: &Assembly,
) -> Result<Vec<String>, Failure> {
    match args.rehearsal {
        true => Ok(Vec::new()),
        false => stale(project, bootstrap),
    }
}

async fn all(
    global: &Global,
    args: &Bootstrap,
    project: &Project,
    cloud: &Cloud,
    wanted: &Wanted<'_>,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let mut settings = own(wanted.settings);
    let mut answer = Answer::of(String::new());
    let mut kept = None;
    for (index, bootstrap) in wanted.bootstraps.iter().enumerate() {
        let mut deploy = args.deployment();
        // It says which of the bootstrap's regions this is.
        deploy.env.clone_from(environment_of(bootstrap, &args.env));
        if index == 0 {
            let account = or_interrupted(account(cloud, bootstrap)).await?;
            let provider = provider(&account, bootstrap, wanted, view);
            deploy.parameter = vec![or_interrupted(provider).await?];
            let bucket = || {
                let names = Names::of(wanted.settings);
                names.bucket(account.id.as_str(), bootstrap.region.as_str())
            };
            settings
                .deployment
                .artifact_bucket
                .get_or_insert_with(bucket);
            let found =
                or_interrupted(async { Ok(bootstrapped(&account.aws, wanted.settings).await) });
            if matches!(found.await?, Bootstrapped::Absent) {
                let text = first(wanted, &account);
                view.event(&Event::Notice { text });
            }
            kept = or_interrupted(keeping(&account.aws, wanted)).await?;
            if let Some(Kept { actions, .. }) = &kept {
                let text = still_needed(&args.command(), actions);
                view.event(&Event::Notice { text });
            }
        }
        let with_kept = kept.as_ref().and_then(|kept| kept.bootstraps.get(index));
        let stale = unreviewed(args, project, bootstrap).map_err(|failure| unasked(&failure));
        let intent = Intent {
            project,
            assembly: with_kept.unwrap_or(bootstrap).clone(),
            settings: &settings,
            source: Source::Here {
                before: None,
                stale,
            },
        };
        answer = carried_out(global, &deploy, cloud, intent, None, view).await?;
        if answer.exit != Exit::Done {
            return Ok(answer);
        }
        let text = format!(
            "`{}` is bootstrapped in {}",
            wanted.settings.name, bootstrap.region
        );
        view.event(&Event::Notice { text });
    }
    view.event(&Event::Notice { text: left(wanted) });
    Ok(answer)
}

/// What the roles must not lose yet.
struct Kept {
    /// The actions that what is deployed still needs, and what is synthesized does not: by role.
    actions: BTreeMap<String, BTreeSet<String>>,
    /// The bootstrap with them.
    bootstraps: Vec<Assembly>,
}

/// What would be taken away from the stacks that are deployed, where anything is.
async fn keeping(aws: &Aws, wanted: &Wanted<'_>) -> Result<Option<Kept>, Failure> {
    let Wanted {
        settings, assembly, ..
    } = wanted;
    let found = deployed_stacks(aws, assembly).await;
    let (_, found) = found.map_err(|error| Failure::of([error.into()]))?;
    let stacks = found.iter().map(|found| {
        let name = found.stack.name.as_str();
        let parsed = parse_deployed(name, &found.template)?;
        Ok(StackAt::of(name, parsed.template))
    });
    let deployed = Assembly {
        stacks: stacks.collect::<Result<_, Failure>>()?,
        ..assembly.clone()
    };
    let own = wanted.bootstraps.first();
    let actions = own.map(|own| losing(own, (&deployed, assembly), settings));
    let Some(actions) = actions.filter(|actions| !actions.is_empty()) else {
        return Ok(None);
    };
    let bootstraps = bootstraps_from(&deployed, assembly, settings).map_err(Failure::of)?;
    Ok(Some(Kept {
        actions,
        bootstraps,
    }))
}

/// What is kept and until when.
fn still_needed(command: &str, actions: &BTreeMap<String, BTreeSet<String>>) -> String {
    let mut text = String::new();
    for (role, actions) in actions {
        let names: Vec<String> = actions.iter().map(|action| format!("`{action}`")).collect();
        text += &format!(
            "the role `{role}` keeps {} that what is deployed still needs, beyond the snapshots: {}. ",
            counted(actions.len(), "action"),
            few(&names),
        );
    }
    text + &format!("Run `{command}` again after `deploy`")
}

/// What a bootstrap's assembly is called: after its environment, and where it is not in its region, that too.
fn environment_of<'a>(bootstrap: &'a Assembly, environment: &'a String) -> &'a String {
    bootstrap.environment.as_ref().unwrap_or(environment)
}

/// What is made where nothing is yet: change sets of stacks that need others cannot show it before somebody says yes.
fn first(wanted: &Wanted<'_>, account: &Account) -> String {
    let mut text = format!(
        "`{}` is bootstrapped for the first time:",
        wanted.settings.name
    );
    for bootstrap in &wanted.bootstraps {
        let place = Whereabouts::new(&account.id, &bootstrap.region);
        let stacks = bootstrap.stacks.iter();
        let names: Vec<&str> = stacks.clone().map(|stack| stack.name.as_str()).collect();
        text += &format!("\n  in {}: {}", bootstrap.region, listed(names));
        for role in stacks.flat_map(|stack| roles(&stack.template, &place)) {
            text += &format!("\n    role {}", policy::sizes(&role).trim_end());
            for line in trusted(&role.trust) {
                text += &format!("\n      {line}");
            }
            if let Some(boundary) = role.boundary.as_ref().and_then(Value::as_str) {
                text += &format!("\n      limited by {boundary}");
            }
        }
    }
    text + "\n  (--print-policy prints all that the roles may do)"
}

/// Whom a trust policy trusts, and under which conditions.
fn trusted(trust: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let statements = trust["Statement"].as_array().into_iter().flatten();
    for statement in statements {
        let who = statement["Principal"].as_object().into_iter().flatten();
        let who = who.flat_map(|(_, who)| texts(who));
        lines.push(format!("trusts {}", listed(who)));
        let tests = statement["Condition"].as_object().into_iter().flatten();
        let keys = tests.filter_map(|(_, keys)| keys.as_object()).flatten();
        lines.extend(keys.map(|(key, values)| {
            let claim = key.rsplit(':').next().unwrap_or(key);
            format!("  where {claim} is {}", texts(values).join(" or "))
        }));
    }
    lines
}

/// One text, or several.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

/// How the bootstrap itself is deployed: with the caller's own rights, and nothing runs in it that could be well or not.
fn own(settings: &Settings) -> Settings {
    let mut own = settings.clone();
    own.bootstrap = None;
    own.deployment = Deployment {
        artifact_bucket: settings.deployment.artifact_bucket.clone(),
        verify: Verify {
            services: false,
            targets: false,
            alarms: false,
            database: false,
            ..Verify::default()
        },
        ..Deployment::default()
    };
    own
}

/// The account that the credentials are of.
struct Account {
    aws: Aws,
    id: AccountId,
}

async fn account(cloud: &Cloud, bootstrap: &Assembly) -> Result<Account, Failure> {
    let account = bootstrap.account.as_ref();
    let aws = cloud.deploying(&bootstrap.region, account).await;
    let id = identity(&aws, bootstrap).await?.account;
    Ok(Account { aws, id })
}

/// Whose GitHub's identity provider is, as the value of the stack's parameter.
async fn provider(
    account: &Account,
    bootstrap: &Assembly,
    wanted: &Wanted<'_>,
    view: &mut dyn View,
) -> Result<ParameterValue, Failure> {
    let Account { aws, id } = account;
    let stack = Names::of(wanted.settings).stack().to_owned();
    let provider = if is_made_by(aws, stack).await? {
        Provider::MadeHere
    } else {
        let partition = bootstrap.region.partition();
        let call = Call::FindResource {
            resource_type: "AWS::IAM::OIDCProvider".to_owned(),
            identifier: format!("arn:{partition}:iam::{id}:oidc-provider/{GITHUB}"),
        };
        let (provider, said) = match aws.call(&call).await.map_err(failed)? {
            Reply::Found(true) => (
                Provider::ThereAlready,
                "the account has GitHub's identity provider already: it is used as it is",
            ),
            _ => (
                Provider::MadeHere,
                "the account has no identity provider of GitHub yet: the stack makes it, and it stays when the stack goes",
            ),
        };
        view.event(&Event::Notice {
            text: said.to_owned(),
        });
        provider
    };
    Ok(ParameterValue {
        name: PROVIDER.to_owned(),
        value: provider.as_str().to_owned(),
    })
}

/// Whether the stack that is there has made the identity provider.
async fn is_made_by(aws: &Aws, stack: String) -> Result<bool, Failure> {
    let found = aws.call(&Call::DescribeStack { stack }).await;
    let Reply::Stack(Some(stack)) = found.map_err(failed)? else {
        return Ok(false);
    };
    if !is_there(stack.status.phase()) {
        return Ok(false);
    }
    let call = Call::ListStackResources { stack: stack.id };
    Ok(match aws.call(&call).await.map_err(failed)? {
        Reply::Resources(resources) => resources.iter().any(is_provider),
        _ => false,
    })
}

/// Whether a stack has anything.
fn is_there(phase: Phase) -> bool {
    !matches!(
        phase,
        Phase::Settled(Ending::Gone | Ending::Reviewed | Ending::NeverCreated)
    )
}

fn is_provider(resource: &Resource) -> bool {
    resource.logical_id.as_str() == PROVIDER_ID
        && resource.physical_id.is_some()
        && resource.status.as_str() != "DELETE_COMPLETE"
}

/// What nobody but a person can do.
fn left(wanted: &Wanted<'_>) -> String {
    let role = Names::of(wanted.settings).deploy_role();
    let mut text = format!(
        "by hand, once: have the jobs on GitHub take on the role `{role}` (docs/bootstrapping.md)"
    );
    let tags = wanted.assembly.stacks.first();
    let keys: Vec<&String> = tags
        .into_iter()
        .flat_map(|stack| stack.tags.keys())
        .collect();
    if !keys.is_empty() {
        let statuses = keys
            .iter()
            .map(|key| format!("'TagKey={key},Status=Active'"));
        let statuses: Vec<String> = statuses.collect();
        text += &format!(
            "\nby hand, once for all accounts of the organization: activate the cost-allocation tags {}. CloudFormation \
             cannot, and AWS knows them a day after they were used first. In the management account:\n  \
             aws ce update-cost-allocation-tags-status --cost-allocation-tags-status {}",
            listed(keys),
            statuses.join(" ")
        );
    }
    text
}
