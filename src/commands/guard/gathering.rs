//! Finds out what is to be known before a deployment: all at the same time, and nothing twice.
//!
//! Nothing that cannot be asked ends it: that is a fact too.

use futures_util::future::{join, join_all};
use indexmap::{IndexMap, IndexSet};
use stratiform_assembly::Assembly;
use stratiform_aws::{Aws, now};
use stratiform_bootstrap::REHEARSAL_OF;
use stratiform_deploy::guard::{
    Asked, Caller, Compliance, Deploys, Facts, Flaw, Git, Heading, ImageFound, Promotion, Room,
    Severity, StackFound, Unasked, Wanted, Whose, nearer,
};
use stratiform_deploy::{Call, Mending, Reply};
use stratiform_environment::{Deployment, Settings};
use stratiform_finding::{Code, Level};
use tokio::task::spawn_blocking;

use super::looking::{ask, running, stacks};
use crate::assemblies::verdict::{Questions, verdict_of};
use crate::cloud::Cloud;
use crate::commands::swap::swapped_before;
use crate::cores::on_a_deep_stack;
use crate::images::pinning::{Pinning, Place, pinned};
use crate::own_rules::RuleFiles;
use crate::repository::git::Folder;
use crate::repository::head::Head;
use crate::repository::project::Project;
use crate::services::service_of;
use crate::validation::{Terms, Verdict, today};
use crate::view::validated::message;

/// What is to be found out about.
pub(crate) struct Asking<'a> {
    /// Whose CloudFormation it is.
    pub cloud: &'a Cloud,
    /// The way to the environment's account and region.
    pub aws: &'a Aws,
    /// Whose credentials these are; none where that is to be asked.
    pub caller: Option<Caller>,
    /// The project.
    pub project: &'a Project,
    /// The stacks that are to be deployed, as they are synthesized now.
    pub assembly: &'a Assembly,
    /// The whole environment, of which they are.
    pub whole: &'a Assembly,
    /// How it is deployed.
    pub settings: &'a Deployment,
    /// What else its file says.
    pub written: &'a Settings,
    /// Where it comes from.
    pub source: &'a Source,
    /// The release that somebody named.
    pub release: Option<&'a str>,
    /// Whole names of the images that are to run, by parameter.
    pub images: &'a IndexMap<String, String>,
    /// What may be done about stacks that cannot be updated as they are.
    pub mending: Mending,
}

/// Where does what is deployed come from?
pub(crate) enum Source {
    /// From what is checked out.
    Here {
        /// The environment before this one, as it is synthesized now; none where there is no such environment.
        before: Option<Asked<Assembly>>,
        /// The snapshots that are not what is synthesized.
        stale: Asked<Vec<String>>,
    },
    /// From the snapshots of a release, as git has them.
    Release(Head),
    /// From CloudFormation: it is what is deployed, and is to be so again.
    Deployed,
}

impl Source {
    /// The environment before this one.
    fn before(&self) -> Option<&Assembly> {
        match self {
            Source::Here { before, .. } => before.as_ref()?.as_ref().ok(),
            Source::Release(_) | Source::Deployed => None,
        }
    }

    /// Where it leads.
    pub(crate) fn heading(&self) -> Heading {
        match self {
            Source::Here { .. } => Heading::Forward,
            Source::Release(_) | Source::Deployed => Heading::Back,
        }
    }
}

/// What was found out.
pub(crate) struct Gathered {
    /// The facts.
    pub facts: Facts,
    /// Whole names of images that nobody named and that the release pins, or that ECS runs past CloudFormation, by parameter.
    /// The others stay as they are.
    pub images: IndexMap<String, String>,
    /// What has to be known about them.
    pub said: Vec<String>,
}

/// Finds it out.
pub(crate) async fn gather(asking: Asking<'_>) -> Gathered {
    let Asking {
        cloud,
        aws,
        caller,
        project,
        assembly,
        whole,
        settings,
        written,
        source,
        release,
        images,
        mending,
    } = asking;
    let here = here(project, source, release);
    let caller = match caller {
        Some(caller) => Ok(caller),
        None => self::caller(aws).await,
    };
    let promotion = promotion(cloud, &caller, source);
    let (stacks, (promotion, (git, stale))) =
        join(stacks(aws, assembly), join(promotion, here)).await;
    let pinning = Pinning {
        cloud,
        aws,
        assembly,
        whole,
        heading: source.heading(),
        promotion: source
            .before()
            .zip(promotion.as_ref().and_then(|asked| asked.as_ref().ok())),
        git: git.as_ref().ok(),
        release,
        account: caller.as_ref().ok().map(|caller| &caller.account),
    };
    // An alarm that is on is why somebody goes back: CloudFormation does not listen to it then.
    let rollback_alarm = settings.rollback_alarm.clone();
    let rollback_alarm = rollback_alarm.filter(|_| source.heading() == Heading::Forward);
    let images_wanted = images.clone();
    let images = async {
        let pinned = pinned(&pinning, images).await;
        let mut wanted = images.clone();
        wanted.extend(pinned.values.clone());
        let found = self::images(&pinning, &stacks, &wanted).await;
        let all = found.into_iter().chain(pinned.missing);
        (all.collect(), pinned.values)
    };
    let running = async {
        let running = running(aws, &stacks, settings.rollback_alarm.as_deref()).await;
        let swapped = swapped_before(aws, assembly, &stacks, &running).await;
        (running, swapped)
    };
    let ((images, pinned), ((running, (mut chosen, said)), room)) =
        join(images, join(running, self::room(cloud, aws, &stacks))).await;
    chosen.extend(pinned);
    let mut values = deployed_values(&stacks);
    values.extend(images_wanted);
    values.extend(chosen.clone());
    // Rules may be as deep as templates.
    let (findings, compliance) =
        on_a_deep_stack(|| judged(project, source, (assembly, whole), written, &values));
    let facts = Facts {
        now: now(),
        wanted: Wanted {
            environment: assembly.environment.clone().unwrap_or_default(),
            rehearsal_of: assembly
                .stacks
                .iter()
                .find_map(|stack| stack.tags.get(REHEARSAL_OF).cloned()),
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
            run: None,
            whose: match cloud {
                Cloud::Configured => Whose::Aws,
                Cloud::Embedded(_) => Whose::Engine,
            },
            heading: source.heading(),
            allowed: Vec::new(),
            crossed: Vec::new(),
        },
        // Whoever deploys compares the stacks all the same, with the values that they get.
        risks: Err(Unasked::because("what changes was not compared", "")),
        permissions: Err(Unasked::because("the bootstrap was not looked at", "")),
        tasks: Err(Unasked::because("which tasks run was not asked", "")),
        rehearsal: None,
        room,
        git,
        stale,
        findings,
        compliance,
        caller,
        stacks,
        running,
        promotion,
        images,
        rollback_alarm,
    };
    Gathered {
        facts,
        images: chosen,
        said,
    }
}

/// The values that parameters have where they are deployed already; whoever gives no others leaves them so.
fn deployed_values(stacks: &[StackFound]) -> IndexMap<String, String> {
    let there = stacks.iter().filter_map(StackFound::there);
    there.flat_map(|stack| stack.parameters.clone()).collect()
}

/// What validation finds in what is to be deployed, by the project's own rules too, and how the whole environment stands by
/// its policies. Of what is deployed already, it is not asked.
fn judged(
    project: &Project,
    source: &Source,
    (assembly, whole): (&Assembly, &Assembly),
    written: &Settings,
    values: &IndexMap<String, String>,
) -> (Asked<Vec<Flaw>>, Asked<Compliance>) {
    if let Source::Deployed = source {
        let unasked = Unasked::because("what is deployed stays", "");
        return (Err(unasked.clone()), Err(unasked));
    }
    let terms = Terms::of(written);
    let verdict = |assembly: &Assembly, asked: Questions<'_>| {
        let mut verdict = verdict_of(assembly, &terms, asked, |_, _| Vec::new());
        verdict.expire(&today());
        verdict
    };
    let files = RuleFiles::of(&project.root);
    // Of files that nobody can use, nothing is held: that has to be known, too.
    let mut found = Verdict::default();
    let rules = files.rules(&mut found);
    let rules = rules.as_slice();
    found.add(verdict(assembly, Questions::Deployment { values, rules }));
    let flaws = found.open().filter_map(|finding| {
        let severity = match finding.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Note => return None,
        };
        Some(Flaw {
            what: match finding.code {
                // It is in no stack: where it is, the file says.
                Code::GuardFile => finding.to_string(),
                _ => message(finding),
            },
            severity,
        })
    });
    let flaws = flaws.collect();
    let is_all = assembly.stacks.len() == whole.stacks.len();
    let found = match is_all {
        true => found,
        false => verdict(whole, Questions::Policies(values)),
    };
    (Ok(flaws), Ok(compliance(&found)))
}

/// A score as a fact.
fn compliance(verdict: &Verdict) -> Compliance {
    let compliance = verdict.score();
    Compliance {
        score: compliance.score,
        number: compliance.number(),
        costs: compliance.dearest(compliance.costs.len()),
    }
}

/// What git knows of where it comes from, and the snapshots that are not what would be deployed.
async fn here(
    project: &Project,
    source: &Source,
    release: Option<&str>,
) -> (Asked<Git>, Asked<Vec<String>>) {
    // Git may wait for its remote: on a thread of its own, so that all else goes on.
    let folder = Folder::new(&project.root);
    let named = release.map(str::to_owned);
    if let Source::Deployed = source {
        let why = "what is deployed stays: nothing comes from git";
        return (Err(Unasked::because(why, "")), Ok(Vec::new()));
    }
    let head = match source {
        Source::Here { .. } | Source::Deployed => None,
        Source::Release(head) => Some(head.clone()),
    };
    let git = spawn_blocking(move || match head {
        None => folder.standing(named.as_deref()),
        Some(head) => folder.standing_of(head),
    });
    let stale = match source {
        Source::Here { stale, .. } => stale.clone(),
        // What is deployed are the snapshots themselves.
        Source::Release(_) | Source::Deployed => Ok(Vec::new()),
    };
    let git = git.await;
    let git = git.unwrap_or_else(|error| Err(Unasked::because(error.to_string(), "")));
    (git, stale)
}

/// How much room the account has for what is added.
async fn room(cloud: &Cloud, aws: &Aws, stacks: &[StackFound]) -> Vec<Room> {
    let nearer = nearer(stacks).into_iter().map(async |(quota, added)| {
        if let Cloud::Embedded(_) = cloud {
            return Room {
                quota,
                added,
                asked: Err(Unasked::because(
                    "the embedded CloudFormation has no quotas of accounts",
                    "",
                )),
            };
        }
        let most = Call::Quota {
            service: quota.service.to_owned(),
            code: quota.code.to_owned(),
        };
        let has = Call::CountResources {
            resource_type: quota.resource_type.to_owned(),
        };
        let most = ask(aws, most, |reply| match reply {
            Reply::Quota(value) => Some(value),
            _ => None,
        });
        let has = ask(aws, has, |reply| match reply {
            Reply::Count(count) => Some(count),
            _ => None,
        });
        let (most, has) = join(most, has).await;
        let asked = has.and_then(|has| Ok((has, most?)));
        Room {
            quota,
            added,
            asked,
        }
    });
    join_all(nearer).await
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
    caller: &Asked<Caller>,
    source: &Source,
) -> Option<Asked<Promotion>> {
    let before = match source {
        Source::Here { before, .. } => before.as_ref()?,
        Source::Release(_) | Source::Deployed => return None,
    };
    let assembly = match before {
        Ok(assembly) => assembly,
        Err(unasked) => return Some(Err(unasked.clone())),
    };
    let environment = assembly.environment.clone().unwrap_or_default();
    let account = assembly.account.as_ref();
    let there = cloud.deploying(&assembly.region, account).await;
    if let (Cloud::Configured, Some(account)) = (cloud, account) {
        match caller {
            Ok(caller) if caller.account == *account => {}
            Ok(caller) => {
                let why = format!(
                    "`{environment}` is in account {account}, and the credentials are of {}",
                    caller.account
                );
                let help = format!("run `guard --env {environment}` with credentials of {account}");
                return Some(Err(Unasked::because(why, help)));
            }
            Err(unasked) => return Some(Err(unasked.clone())),
        }
    }
    let stacks = stacks(&there, assembly).await;
    Some(Ok(Promotion {
        running: running(&there, &stacks, None).await,
        environment,
        stacks,
    }))
}

/// The images that services run, or are to run.
async fn images(
    pinning: &Pinning<'_>,
    stacks: &[StackFound],
    wanted: &IndexMap<String, String>,
) -> Vec<ImageFound> {
    let mut names: IndexSet<&str> = IndexSet::new();
    for (stack, found) in pinning.assembly.stacks.iter().zip(stacks) {
        let parameters = stack.template.parameters.keys();
        for parameter in parameters.filter(|name| service_of(name).is_some()) {
            let has = found.there();
            let has = has.and_then(|stack| stack.parameters.get(parameter));
            names.extend(wanted.get(parameter).or(has).map(String::as_str));
        }
    }
    let found = names.into_iter().map(async |name| ImageFound {
        name: name.to_owned(),
        image: match (pinning.cloud, Place::of(name)) {
            (Cloud::Embedded(_), _) => {
                Err(Unasked::because("the engine takes any image as pushed", ""))
            }
            (Cloud::Configured, Some(place)) if pinning.is_here(&place) => {
                pinning.look_up(&place.image).await
            }
            (Cloud::Configured, _) => Err(Unasked::because(
                format!("`{name}` is not in the ECR of the environment's account and region"),
                "",
            )),
        },
    });
    join_all(found).await
}
