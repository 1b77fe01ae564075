//! Finds out how an environment stands: all of its stacks and all that runs in them at the same time.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all};
use futures_util::{StreamExt, stream};
use indexmap::IndexMap;
use stratiform_assembly::Assembly;
use stratiform_aws::{Aws, Identity, now};
use stratiform_deploy::call::ChangeSetSummary;
use stratiform_deploy::guard::{Asked, Running, StackFound};
use stratiform_deploy::status::{Found, RunningImage, Status};
use stratiform_deploy::{Call, Reply};
use stratiform_environment::Settings;
use stratiform_service::Timestamp;

use crate::assemblies::environment::{Synthesized, environment};
use crate::assemblies::verdict::{Questions, verdict_of};
use crate::cloud::Cloud;
use crate::commands::guard::looking::{AT_ONCE, ask, running, stacks};
use crate::definition::Definition;
use crate::images::pinning::Place as InRegistry;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::validation::{Compliance, Terms, today};
use crate::view::Event;

/// An environment that is looked at.
pub(crate) struct Place {
    /// Its name.
    pub name: String,
    /// Its stacks.
    pub assembly: Assembly,
    /// Its settings.
    pub settings: Settings,
}

/// How an environment stands.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// Whose credentials asked.
    pub identity: Identity,
    /// When.
    pub at: Timestamp,
    /// How.
    pub status: Status,
}

impl Place {
    /// An environment of a project.
    ///
    /// # Errors
    /// As [`environment`].
    pub(crate) fn of(
        define: &dyn Definition,
        project: &Project,
        name: &str,
    ) -> Result<Place, Failure> {
        let Synthesized {
            assembly, settings, ..
        } = environment(define, project, name)?;
        Ok(Place {
            name: name.to_owned(),
            assembly,
            settings,
        })
    }

    /// How it stands by its policies, as it is synthesized now.
    pub(crate) fn compliance(&self) -> Compliance {
        let (terms, values) = (Terms::of(&self.settings), IndexMap::new());
        let asked = Questions::Policies(&values);
        let mut verdict = verdict_of(&self.assembly, &terms, asked, |_, _| Vec::new());
        verdict.expire(&today());
        verdict.score()
    }

    /// That it is asked about.
    pub(crate) fn asking(&self) -> Event {
        Event::Asking {
            environment: self.name.clone(),
            region: self.assembly.region.to_string(),
        }
    }

    /// The way to its account and region, with credentials of that account.
    ///
    /// # Errors
    /// There are no credentials, or those of another account.
    pub(crate) async fn reach(&self, cloud: &Cloud) -> Result<(Aws, Identity), Failure> {
        let account = self.assembly.account.as_ref();
        let aws = cloud.deploying(&self.assembly.region, account).await;
        let identity = aws.identity().await;
        let identity = identity.and_then(|identity| {
            identity.expect_account(account)?;
            Ok(identity)
        });
        let identity = identity.map_err(|error| Failure::of([error.into()]))?;
        Ok((aws, identity))
    }

    /// How it stands now.
    ///
    /// # Errors
    /// As [`reach`](Self::reach). What else could not be asked is part of the answer.
    pub(crate) async fn look(&self, cloud: &Cloud) -> Result<Standing, Failure> {
        let (aws, identity) = self.reach(cloud).await?;
        let status = self.status(&aws, &identity).await;
        Ok(Standing {
            identity,
            at: now(),
            status,
        })
    }

    /// How it stands, asked with these credentials.
    pub(crate) async fn status(&self, aws: &Aws, identity: &Identity) -> Status {
        let stacks = stacks(aws, &self.assembly).await;
        let alarm = self.settings.deployment.rollback_alarm.as_deref();
        let runs = async {
            let running = running(aws, &stacks, alarm).await;
            let images = self.images(aws, identity, &running).await;
            (running, images)
        };
        let (change_sets, (running, images)) = join(change_sets(aws, &stacks), runs).await;
        Status::of(&Found {
            stacks,
            running,
            change_sets,
            images,
        })
    }

    /// The images that services run.
    async fn images(
        &self,
        aws: &Aws,
        identity: &Identity,
        running: &Running,
    ) -> BTreeMap<String, Asked<Vec<RunningImage>>> {
        let services = running.services.iter().filter_map(|found| {
            let service = found.service.as_ref().ok()?.as_ref()?;
            Some((found.name.clone(), service.task_definition.clone()))
        });
        let services: Vec<(String, String)> = services.collect();
        let definitions: BTreeSet<&String> = services.iter().map(|(_, task)| task).collect();
        let definitions = definitions.into_iter().map(async |task| {
            let images = self.images_of(aws, identity, task).await;
            (task.clone(), images)
        });
        let definitions: BTreeMap<String, _> = join_all(definitions).await.into_iter().collect();
        let services = services.into_iter().filter_map(|(name, task)| {
            let images = definitions.get(&task)?.clone();
            Some((name, images))
        });
        services.collect()
    }

    /// The images of a task definition, with what ECR knows of those that are in the environment's registry.
    async fn images_of(
        &self,
        aws: &Aws,
        identity: &Identity,
        task_definition: &str,
    ) -> Asked<Vec<RunningImage>> {
        let call = Call::DescribeTaskDefinition {
            task_definition: task_definition.to_owned(),
        };
        let images = ask(aws, call, |reply| match reply {
            Reply::TaskDefinition { images, .. } => Some(images),
            _ => None,
        })
        .await?;
        let images = images.into_iter().map(async |(container, name)| {
            let written = name.split_once('@').map(|(_, digest)| digest.to_owned());
            let place = InRegistry::of(&name);
            let place = place.filter(|place| place.is_in(&identity.account, &self.assembly.region));
            let known = match place {
                None => Ok(None),
                Some(place) => {
                    let call = Call::DescribeImage {
                        repository: place.image.repository,
                        reference: place.image.reference,
                    };
                    ask(aws, call, |reply| match reply {
                        Reply::Image(image) => Some(image),
                        _ => None,
                    })
                    .await
                }
            };
            let digest = known.as_ref().ok().and_then(Option::as_ref);
            RunningImage {
                container,
                digest: written.or_else(|| digest.map(|image| image.digest.clone())),
                tags: known.map(|image| image.map(|image| image.tags).unwrap_or_default()),
                name,
            }
        });
        Ok(join_all(images).await)
    }
}

/// The change sets of each stack; nothing where there is no stack.
async fn change_sets(aws: &Aws, stacks: &[StackFound]) -> Vec<Asked<Vec<ChangeSetSummary>>> {
    let asked = stacks.iter().map(async |found| {
        let Some(stack) = found.there() else {
            return Ok(Vec::new());
        };
        let stack = stack.id.clone();
        ask(aws, Call::ListChangeSets { stack }, |reply| match reply {
            Reply::ChangeSets(change_sets) => Some(change_sets),
            _ => None,
        })
        .await
    });
    stream::iter(asked).buffered(AT_ONCE).collect().await
}
