//! Finds out what is to be known before a deployment: all at the same time, and nothing twice.
//!
//! Nothing that cannot be asked ends it: that is a fact too.

use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::future::{join, join_all};
use indexmap::{IndexMap, IndexSet};
use stratiform_assembly::Assembly;
use stratiform_aws::Aws;
use stratiform_deploy::guard::{
    Asked, Caller, Deploys, Facts, ImageFound, Promotion, StackFound, Unasked, Wanted, Whose,
};
use stratiform_deploy::{Call, Mending, Reply};
use stratiform_environment::Deployment;
use stratiform_service::Timestamp;
use tokio::task::spawn_blocking;

use super::looking::{ask, running, stacks};
use crate::args::TemplateFormat;
use crate::cloud::Cloud;
use crate::report::Failure;
use crate::repository::git::Folder;
use crate::repository::project::Project;
use crate::repository::standing::unasked;
use crate::snapshots::{Coverage, FileChange, Rendered, Snapshots};

/// How the parameter with a service's image ends.
const IMAGE: &str = "Image";

/// What is to be found out about.
pub(crate) struct Asking<'a> {
    /// Whose CloudFormation it is.
    pub cloud: &'a Cloud,
    /// The way to the environment's account and region.
    pub aws: &'a Aws,
    /// The project.
    pub project: &'a Project,
    /// The environment, as it is synthesized now.
    pub assembly: &'a Assembly,
    /// How it is deployed.
    pub settings: &'a Deployment,
    /// The environment before it, as it is synthesized now; none where there is no such environment.
    pub before: Option<Asked<Assembly>>,
    /// The release that somebody named.
    pub release: Option<&'a str>,
    /// Whole names of the images that are to run, by parameter. The others stay as they are.
    pub images: &'a IndexMap<String, String>,
    /// What may be done about stacks that cannot be updated as they are.
    pub mending: Mending,
    /// The run that asks; none where nothing is deployed.
    pub run: Option<String>,
}

/// Finds it out.
pub(crate) async fn gather(asking: Asking<'_>) -> Facts {
    let Asking {
        cloud,
        aws,
        project,
        assembly,
        settings,
        before,
        release,
        images,
        mending,
        run,
    } = asking;
    let here = async {
        // Git may wait for its remote: on a thread of its own, so that all else goes on.
        let folder = Folder::new(&project.root);
        let named = release.map(str::to_owned);
        let git = spawn_blocking(move || folder.standing(named.as_deref()));
        let stale = stale(project, assembly).map_err(|failure| unasked(&failure));
        let git = git.await;
        let git = git.unwrap_or_else(|error| Err(Unasked::because(error.to_string(), "")));
        (git, stale)
    };
    let there = async {
        let environment = async {
            let stacks = stacks(aws, assembly).await;
            let images = self::images(cloud, aws, assembly, &stacks, images);
            let extra = settings.rollback_alarm.as_deref();
            let (images, running) = join(images, running(aws, &stacks, extra)).await;
            (stacks, images, running)
        };
        join(
            join(caller(aws), environment),
            promotion(cloud, aws, before),
        )
        .await
    };
    let (((caller, (stacks, images, running)), promotion), (git, stale)) = join(there, here).await;
    Facts {
        now: now(),
        wanted: Wanted {
            environment: assembly.environment.clone().unwrap_or_default(),
            region: assembly.region.clone(),
            account: assembly.account.clone(),
            release: release.map(str::to_owned),
            deploys: if settings.release_only {
                Deploys::ReleasesOnly
            } else {
                Deploys::AnyCommit
            },
            backup: settings.backup_before_deploy,
            compliance_at_least: settings.compliance_at_least,
            mending,
            run,
            whose: match cloud {
                Cloud::Configured => Whose::Aws,
                Cloud::Embedded(_) => Whose::Engine,
            },
        },
        git,
        stale,
        caller,
        stacks,
        running,
        promotion,
        images,
        rollback_alarm: settings.rollback_alarm.clone(),
    }
}

async fn caller(aws: &Aws) -> Asked<Caller> {
    ask(aws, Call::Identity, |reply| match reply {
        Reply::Identity { account, arn } => Some(Caller { account, arn }),
        _ => None,
    })
    .await
}

/// How it stands in the environment before this one. It may be in another account, which these credentials are not of.
async fn promotion(
    cloud: &Cloud,
    aws: &Aws,
    before: Option<Asked<Assembly>>,
) -> Option<Asked<Promotion>> {
    let assembly = match before? {
        Ok(assembly) => assembly,
        Err(unasked) => return Some(Err(unasked)),
    };
    let environment = assembly.environment.clone().unwrap_or_default();
    let account = assembly.account.as_ref();
    let there = cloud.deploying(&assembly.region, account).await;
    if let (Cloud::Configured, Some(account)) = (cloud, account) {
        let caller = caller(aws).await;
        let other = caller.map(|caller| (caller.account != *account).then_some(caller.account));
        match other {
            Ok(None) => {}
            Ok(Some(other)) => {
                let why = format!(
                    "`{environment}` is in account {account}, and the credentials are of {other}"
                );
                let help = format!("run `guard --env {environment}` with credentials of {account}");
                return Some(Err(Unasked::because(why, help)));
            }
            Err(unasked) => return Some(Err(unasked)),
        }
    }
    let stacks = stacks(&there, &assembly).await;
    Some(Ok(Promotion {
        running: running(&there, &stacks, None).await,
        environment,
        stacks,
    }))
}

/// The images that services run, or are to run.
async fn images(
    cloud: &Cloud,
    aws: &Aws,
    assembly: &Assembly,
    stacks: &[StackFound],
    given: &IndexMap<String, String>,
) -> Vec<ImageFound> {
    let mut names: IndexSet<&str> = IndexSet::new();
    for (stack, found) in assembly.stacks.iter().zip(stacks) {
        let parameters = stack.template.parameters.keys();
        for parameter in parameters.filter(|name| name.ends_with(IMAGE) && *name != IMAGE) {
            let has = found.there();
            let has = has.and_then(|stack| stack.parameters.get(parameter));
            names.extend(given.get(parameter).or(has).map(String::as_str));
        }
    }
    let found = names.into_iter().map(async |name| ImageFound {
        name: name.to_owned(),
        image: match (cloud, place(name)) {
            (Cloud::Embedded(_), _) => {
                Err(Unasked::because("the engine takes any image as pushed", ""))
            }
            (Cloud::Configured, Some(place)) if is_here(&place, aws, assembly).await => {
                let call = Call::DescribeImage {
                    repository: place.repository,
                    reference: place.reference,
                };
                ask(aws, call, |reply| match reply {
                    Reply::Image(image) => Some(image),
                    _ => None,
                })
                .await
            }
            (Cloud::Configured, _) => Err(Unasked::because(
                format!("`{name}` is not in the ECR of the environment's account and region"),
                "",
            )),
        },
    });
    join_all(found).await
}

/// Where in ECR an image is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct InEcr {
    account: String,
    region: String,
    repository: String,
    reference: String,
}

/// The place of an image in ECR; none where its name says that it is elsewhere.
fn place(name: &str) -> Option<InEcr> {
    let (host, image) = name.split_once('/')?;
    let (account, host) = host.split_once(".dkr.ecr.")?;
    let (region, _) = host.split_once('.')?;
    let (repository, reference) = image
        .split_once('@')
        .or_else(|| image.rsplit_once(':'))
        .unwrap_or((image, "latest"));
    // With a tag and a digest, the digest is meant.
    let repository = repository.split(':').next().unwrap_or(repository);
    Some(InEcr {
        account: account.to_owned(),
        region: region.to_owned(),
        repository: repository.to_owned(),
        reference: reference.to_owned(),
    })
}

async fn is_here(place: &InEcr, aws: &Aws, assembly: &Assembly) -> bool {
    let account = match &assembly.account {
        Some(account) => Some(account.clone()),
        None => caller(aws).await.ok().map(|caller| caller.account),
    };
    place.region == assembly.region.as_str()
        && account.is_some_and(|account| account.as_str() == place.account)
}

/// The snapshots of an environment that are not what is synthesized, or are not listed.
fn stale(project: &Project, assembly: &Assembly) -> Result<Vec<String>, Failure> {
    let rendered = Rendered::new(assembly.clone(), TemplateFormat::Yaml).map_err(Failure::of)?;
    let snapshots = Snapshots::compare(&project.snapshots(), vec![rendered], Coverage::Some)?;
    let changed = snapshots.files.into_iter();
    let changed = changed.filter(|file| file.change != FileChange::Unchanged);
    let changed = changed.map(|file| file.name);
    Ok(changed.chain(snapshots.unlisted).collect())
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map(|since| since.as_millis()).unwrap_or_default();
    let millis = i64::try_from(millis).ok();
    millis
        .and_then(Timestamp::from_millis)
        .unwrap_or(Timestamp::EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_ecr() {
        let registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
        let found = |image: &str| {
            let place = place(&format!("{registry}/{image}")).unwrap();
            (place.repository, place.reference)
        };
        let expected =
            |repository: &str, reference: &str| (repository.to_owned(), reference.to_owned());
        assert_eq!(found("shop/api:1.2"), expected("shop/api", "1.2"));
        assert_eq!(
            found("shop/api@sha256:ab"),
            expected("shop/api", "sha256:ab")
        );
        assert_eq!(found("api:1@sha256:ab"), expected("api", "sha256:ab"));
        assert_eq!(found("api"), expected("api", "latest"));
        let whole = place(&format!("{registry}/api:1")).unwrap();
        assert_eq!(
            (&*whole.account, &*whole.region),
            ("111122223333", "eu-west-1")
        );
        for elsewhere in [
            "api:1",
            "docker.io/library/nginx:1",
            "ghcr.io/a/b@sha256:ab",
        ] {
            assert_eq!(place(elsewhere), None, "{elsewhere}");
        }
    }
}
