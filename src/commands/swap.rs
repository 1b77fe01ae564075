//! A service gets another task definition, straight through ECS: `rollback --service` and `deploy --hotswap`.
//!
//! What lives here: finding the service, asking ECS and following it. What does not: which task definition it gets
//! (`stratiform_deploy::swap`), and how its stack is brought in line (`commands/deploy`).

mod site;

use std::time::{Duration, Instant};

use indexmap::IndexMap;
use stratiform_assembly::Assembly;
use stratiform_aws::Aws;
use stratiform_deploy::call::Service;
use stratiform_deploy::guard::{Running, StackFound};
use stratiform_deploy::{
    Call, Health, Pace, Reply, Revision, Swap, revision_before, swap, swapped,
};
use stratiform_finding::words::few;
use stratiform_finding::{Code, Finding};

use crate::commands::deploy::preparing::failed;
use crate::exit::Exit;
use crate::report::Failure;
use crate::view::deployment::words::duration;

pub(crate) use site::{Site, site};

/// After this long ECS answers what it was told.
const SETTLED: Duration = Duration::from_secs(30);

/// How many revisions are looked at for one with another image.
const LOOKED_AT: usize = 10;

/// What a service is to run.
#[derive(Clone, Debug)]
pub(crate) enum To {
    /// The image before the one that its stack has.
    Before,
    /// This image: its whole name.
    Image(String),
}

/// What a service is to get.
pub(crate) struct Proposal {
    /// What it runs.
    running: Revision,
    /// The revision that it gets, or gets a copy of.
    found: Revision,
    /// The image.
    pub image: String,
}

impl Proposal {
    /// What will be done, in sentences.
    pub(crate) fn text(&self, site: &Site) -> String {
        let Proposal {
            running,
            found,
            image,
        } = self;
        let name = |arn: &str| arn.rsplit('/').next().unwrap_or(arn).to_owned();
        let how = match swap(running, found, image) {
            Swap::None => "it does already".to_owned(),
            Swap::Use => format!("with {}", name(&found.arn)),
            Swap::Copy => format!("with a copy of {}", name(&found.arn)),
        };
        format!(
            "the service {} runs {} ({})\n  → it runs {image}, {how}",
            site.service,
            running.image,
            name(&running.arn)
        )
    }
}

/// Finds out what a service is to get.
///
/// # Errors
/// The service is not there, or cannot be asked; nothing is known that it ran before.
pub(crate) async fn propose(aws: &Aws, site: &Site, to: &To) -> Result<Proposal, Failure> {
    let service = described(aws, site).await?;
    let running = revision(aws, site, &service.task_definition).await?;
    let deployed = match service.task_definition == site.task_definition {
        true => running.clone(),
        false => revision(aws, site, &site.task_definition).await?,
    };
    let (found, image) = match to {
        To::Image(image) => (running.clone(), image.clone()),
        To::Before => {
            let found = previous(aws, site, &deployed).await?;
            let image = found.image.clone();
            (found, image)
        }
    };
    Ok(Proposal {
        running,
        found,
        image,
    })
}

/// The newest revision before one that has another image.
async fn previous(aws: &Aws, site: &Site, deployed: &Revision) -> Result<Revision, Failure> {
    let mut arn = deployed.arn.clone();
    for _ in 0..LOOKED_AT {
        let Some(before) = revision_before(&arn) else {
            break;
        };
        let found = revision(aws, site, &before).await?;
        if found.image != deployed.image {
            return match revision_before(&found.arn) {
                Some(before) if revision(aws, site, &before).await?.image == deployed.image => {
                    Err(went_back_before(site, &found))
                }
                _ => Ok(found),
            };
        }
        arn = before;
    }
    Err(Failure::new(
        Exit::Failed,
        Code::UnknownImage,
        format!(
            "it is not known what the service {} ran before {}",
            site.service, deployed.image
        ),
        format!("name the image: --image {}=TAG", site.name),
    ))
}

/// What it ran before is what somebody has brought it back from.
fn went_back_before(site: &Site, found: &Revision) -> Failure {
    let what = format!(
        "the service {} came back from {} already, and nobody wants to go there again",
        site.service, found.image
    );
    let help = format!("name the image: --image {}=TAG", site.name);
    Failure::new(Exit::Failed, Code::UnknownImage, what, help)
}

/// Lets the service run it. Whoever makes it twice changes nothing the second time.
///
/// # Errors
/// ECS refuses it.
pub(crate) async fn begin(aws: &Aws, site: &Site, proposal: &Proposal) -> Result<String, Failure> {
    let Proposal {
        running,
        found,
        image,
    } = proposal;
    let task_definition = match swap(running, found, image) {
        Swap::None => return Ok(running.arn.clone()),
        Swap::Use => found.arn.clone(),
        Swap::Copy => {
            let containers = site.containers.iter();
            let images = containers.map(|container| (container.clone(), image.clone()));
            let call = Call::CopyTaskDefinition {
                task_definition: found.arn.clone(),
                family: None,
                images: images.collect(),
            };
            match aws.call(&call).await.map_err(failed)? {
                Reply::TaskDefinition { arn, .. } => arn,
                _ => return Err(other_answer()),
            }
        }
    };
    let call = Call::UpdateService {
        cluster: site.cluster.clone(),
        service: site.service.clone(),
        task_definition: task_definition.clone(),
    };
    aws.call(&call).await.map_err(failed)?;
    Ok(task_definition)
}

/// Follows a service until it runs a task definition well, or never will; tells whatever changes.
///
/// # Errors
/// It is not well, or not well in time; it cannot be asked.
pub(crate) async fn follow(
    aws: &Aws,
    site: &Site,
    task_definition: &str,
    pace: Pace,
    patience: Duration,
    mut say: impl FnMut(&str),
) -> Result<(), Failure> {
    let begun = Instant::now();
    let mut last = String::new();
    loop {
        let service = described(aws, site).await?;
        let why = match swapped(&service, task_definition) {
            Health::Healthy => return Ok(()),
            // What ECS answers right after a change may be older than it.
            Health::Broken(why)
                if service.task_definition == task_definition || begun.elapsed() > SETTLED =>
            {
                return Err(not_well(site, why));
            }
            Health::Broken(why) | Health::Not(why) => why,
        };
        let waited = begun.elapsed();
        if waited > patience {
            return Err(not_well(site, format!("{why}, after {}", duration(waited))));
        }
        if why != last {
            say(&format!("{}: {why}", site.service));
            last = why;
        }
        let waited = i64::try_from(waited.as_millis()).unwrap_or(i64::MAX);
        let pause = pace.pause(waited).max(1).unsigned_abs();
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

fn not_well(site: &Site, why: String) -> Failure {
    let what = format!("the service {} does not get well", site.service);
    let help = "look at its events and logs; with --image another image can be named";
    Failure::of([Finding::new(Code::NotWell, what, help).because(why)])
}

fn other_answer() -> Failure {
    let what = "AWS gave another answer than was asked for";
    Failure::new(Exit::Failed, Code::AwsUnreadable, what, "try again")
}

async fn described(aws: &Aws, site: &Site) -> Result<Service, Failure> {
    let call = Call::DescribeServices {
        cluster: site.cluster.clone(),
        services: vec![site.service.clone()],
    };
    let services = match aws.call(&call).await.map_err(failed)? {
        Reply::Services(services) => services,
        _ => return Err(other_answer()),
    };
    services.into_iter().next().ok_or_else(|| {
        let what = format!(
            "ECS has no service {} in the cluster {}",
            site.service, site.cluster
        );
        Failure::new(
            Exit::Failed,
            Code::UnknownService,
            what,
            "deploy its stack first",
        )
    })
}

async fn revision(aws: &Aws, site: &Site, arn: &str) -> Result<Revision, Failure> {
    let call = Call::DescribeTaskDefinition {
        task_definition: arn.to_owned(),
    };
    let Reply::TaskDefinition {
        arn,
        is_active,
        images,
    } = aws.call(&call).await.map_err(failed)?
    else {
        return Err(other_answer());
    };
    let mut own = site
        .containers
        .iter()
        .map(|container| images.get(container));
    // Where one has another image than the rest, the service does not run one image.
    let image = own
        .next()
        .flatten()
        .filter(|image| own.all(|other| other == Some(*image)));
    image
        .cloned()
        .map(|image| Revision {
            arn: arn.clone(),
            is_active,
            image,
        })
        .ok_or_else(|| {
            let what = format!("{arn} does not run one image in {}", few(&site.containers));
            let help = format!("name the image: --image {}=TAG", site.name);
            Failure::new(Exit::Failed, Code::UnknownService, what, help)
        })
}

/// The images of services that run another task definition than their stacks say, by parameter: what ECS was told past
/// CloudFormation stays with the next deployment. With sentences about each; one that cannot be asked is as its stack says.
pub(crate) async fn swapped_before(
    aws: &Aws,
    assembly: &Assembly,
    found: &[StackFound],
    running: &Running,
) -> (IndexMap<String, String>, Vec<String>) {
    let mut images = IndexMap::new();
    let mut said = Vec::new();
    for site in site::all(assembly, found) {
        let services = running.services.iter();
        let mut services = services.filter_map(|found| found.service.as_ref().ok()?.as_ref());
        let service = services.find(|service| service.arn == site.arn);
        let other = service.filter(|service| {
            service.task_definition != site.task_definition && !service.task_definition.is_empty()
        });
        let Some(service) = other else {
            continue;
        };
        let runs = format!(
            "the service {} runs another task definition than its stack says",
            site.name
        );
        match revision(aws, &site, &service.task_definition).await {
            Ok(revision) => {
                said.push(format!("{runs}: it keeps {}", revision.image));
                images.insert(site.parameter.clone(), revision.image);
            }
            Err(failure) => {
                let why = failure.findings.first().map(|finding| finding.what.clone());
                let why = why.unwrap_or_default();
                said.push(format!(
                    "{runs}, and which image that is could not be asked ({why}): it gets the one of its stack"
                ));
            }
        }
    }
    (images, said)
}
