//! Deploys a bootstrap, as any stack is deployed.

use stratiform_assembly::Assembly;
use stratiform_aws::Aws;
use stratiform_bootstrap::{GITHUB, Names, PROVIDER, PROVIDER_ID, Provider};
use stratiform_deploy::call::Resource;
use stratiform_deploy::{Call, Reply};
use stratiform_environment::{Deployment, Settings, Verify};
use stratiform_finding::words::listed;
use stratiform_service::AccountId;
use stratiform_service::status::{Ending, Phase};

use super::Wanted;

use crate::args::{Bootstrap, Global, ParameterValue};
use crate::cloud::Cloud;
use crate::commands::deploy::preparing::{failed, identity};
use crate::commands::deploy::{Intent, carried_out, not_reviewed};
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
        let stale = stale(project, bootstrap)?;
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
    for (index, bootstrap) in wanted.bootstraps.iter().enumerate() {
        let mut deploy = args.deployment();
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
        }
        let stale = stale(project, bootstrap).map_err(|failure| unasked(&failure));
        let intent = Intent {
            project,
            assembly: bootstrap.clone(),
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
    }
    view.event(&Event::Notice { text: left(wanted) });
    Ok(answer)
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
