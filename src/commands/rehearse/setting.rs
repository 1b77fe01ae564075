//! What is there before a rehearsal, and the plans from there and back.

use std::collections::BTreeMap;
use std::sync::Arc;

use stratiform_assembly::Assembly;
use stratiform_deploy::guard::StackFound;
use stratiform_deploy::{Outcome, Plan};
use stratiform_endpoint::DEFAULT_ACCOUNT;
use stratiform_environment::Settings;
use stratiform_finding::words::{few, meant};
use stratiform_finding::{Code, Finding};
use stratiform_resolve::declared::breaks;
use stratiform_service::AccountId;
use stratiform_template::{Parameter, Value};

use super::course::Course;
use super::failing::Play;
use super::stage::{Scene, Stage, aws};
use crate::args::{Deploy, ParameterValue, Rehearse, ServiceImage};
use crate::assemblies::at_release;
use crate::cloud::Cloud;
use crate::commands::deploy;
use crate::commands::deploy::preparing::identity;
use crate::commands::deploy::preparing::{Prepared, prepare};
use crate::commands::guard::gathering::Source;
use crate::commands::guard::looking::stacks;
use crate::commands::rollback::target::running;
use crate::commands::status::finding::Place;
use crate::exit::Exit;
use crate::images::stand_ins;
use crate::report::Failure;
use crate::repository::git::Folder;
use crate::repository::head::Head;
use crate::repository::project::Project;
use crate::runtime::block_on;
use crate::services::service_of;
use crate::view::{Answer, Event, View};

/// What is there before.
pub(crate) enum Before {
    /// Nothing: it is the first deployment.
    Nothing,
    /// A release, as git has it.
    Release(Box<Release>),
}

/// A release, as git has it.
pub(crate) struct Release {
    tag: String,
    head: Head,
    assembly: Assembly,
}

impl Before {
    /// What it is called; none where nothing is there.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Before::Nothing => None,
            Before::Release(release) => Some(release.tag.clone()),
        }
    }

    pub(super) fn sentence(&self) -> String {
        match self {
            Before::Nothing => "the first deployment, from nothing".to_owned(),
            Before::Release(release) => {
                format!("from the release {} to the working tree", release.tag)
            }
        }
    }
}

/// What is to be.
pub(crate) struct Intent<'a> {
    pub project: &'a Project,
    pub assembly: Assembly,
    pub settings: &'a Settings,
    pub args: &'a Rehearse,
}

/// What is there before: the release that was named, or that runs; else the newest one that has the environment, and has it
/// otherwise than it is now.
///
/// # Errors
/// There is no such tag, or it has no snapshots of the environment; what runs cannot be asked, or is no release.
pub(super) fn before(
    project: &Project,
    today: &Assembly,
    args: &Rehearse,
    view: &mut dyn View,
) -> Result<Before, Failure> {
    let folder = Folder::new(&project.root);
    if let Some(tag) = &args.from {
        let release =
            release(&folder, tag, today, &args.env)?.ok_or_else(|| unknown(&folder, tag))?;
        return Ok(Before::Release(Box::new(release)));
    }
    if args.deployed || args.local {
        let cloud = Cloud::chosen(args.local, &project.root, view)?;
        let found = block_on(async {
            let account = today.account.as_ref();
            let aws = cloud.deploying(&today.region, account).await;
            identity(&aws, today).await?;
            Ok(stacks(&aws, today).await)
        })?;
        return there(&folder, today, &args.env, &found);
    }
    let mut newest = None;
    // Without git there are no releases either.
    for tag in folder.tags().unwrap_or_default() {
        if let Ok(Some(release)) = release(&folder, &tag, today, &args.env) {
            let is_other = is_other(&release.assembly, today);
            let release = Before::Release(Box::new(release));
            if is_other {
                return Ok(release);
            }
            newest.get_or_insert(release);
        }
    }
    Ok(newest.unwrap_or(Before::Nothing))
}

/// Whether any stack is another one.
fn is_other(release: &Assembly, today: &Assembly) -> bool {
    let stacks = |assembly: &Assembly| -> Vec<(String, String)> {
        let stacks = assembly.stacks.iter();
        stacks
            .map(|stack| (stack.name.clone(), stack.template.to_yaml()))
            .collect()
    };
    stacks(release) != stacks(today)
}

/// The release that runs.
///
/// # Errors
/// A stack could not be asked; what runs is no release that git knows here.
pub(super) fn there(
    folder: &Folder,
    today: &Assembly,
    environment: &str,
    found: &[StackFound],
) -> Result<Before, Failure> {
    let mut is_there = false;
    for found in found {
        let stack = found.stack.as_ref().map_err(|unasked| {
            let what = format!("it is not known how the stack `{}` stands", found.key);
            let finding = Finding::new(Code::AwsUnavailable, what, unasked.help.clone());
            Failure::of([finding.because(unasked.why.clone())])
        })?;
        is_there |= stack.is_some() && found.template.is_some();
    }
    if !is_there {
        return Ok(Before::Nothing);
    }
    let named = running(found).ok_or_else(|| {
        Failure::new(
            Exit::Failed,
            Code::UnknownRelease,
            "it is not known which release runs: no stack has a tag `stratiform:release`",
            "name what is there before: rehearse --from TAG",
        )
    })?;
    let release =
        release(folder, named, today, environment)?.ok_or_else(|| unknown(folder, named))?;
    Ok(Before::Release(Box::new(release)))
}

/// A release as it is to be, and another one as what is there before.
///
/// # Errors
/// Git does not know one of them, or it has no snapshots of the environment.
pub(super) fn both(
    folder: &Folder,
    place: &Place,
    (from, to): (&str, &str),
) -> Result<(Assembly, Before), Failure> {
    let named = |tag: &str| {
        let found = release(folder, tag, &place.assembly, &place.name)?;
        found.ok_or_else(|| unknown(folder, tag))
    };
    let before = Before::Release(Box::new(named(to)?));
    Ok((named(from)?.assembly, before))
}

fn release(
    folder: &Folder,
    tag: &str,
    today: &Assembly,
    environment: &str,
) -> Result<Option<Release>, Failure> {
    let Some((head, assembly)) = at_release(folder, tag, environment, Some(today))? else {
        return Ok(None);
    };
    let assembly = assembly.ok_or_else(|| {
        Failure::new(
            Exit::Failed,
            Code::NoSnapshots,
            format!("the release `{tag}` has no snapshots of `{environment}`"),
            "name a release that has: --from TAG",
        )
    })?;
    Ok(Some(Release {
        tag: tag.to_owned(),
        head,
        assembly,
    }))
}

fn unknown(folder: &Folder, tag: &str) -> Failure {
    let tags = folder.tags().unwrap_or_default();
    let help =
        meant(tag, tags.iter().map(String::as_str)).unwrap_or_else(|| match tags.as_slice() {
            [] => "fetch the tags: `git fetch --tags`".to_owned(),
            tags => format!("the tags here are {}", few(tags)),
        });
    let what = format!("git knows no release `{tag}` here");
    Failure::new(Exit::Failed, Code::UnknownRelease, what, help)
}

/// Makes what is there before, and plans from there and back.
///
/// # Errors
/// It cannot be planned; what is there before cannot be made.
pub(super) async fn set(intent: Intent<'_>, before: Before) -> Result<Play, Failure> {
    let account = match &intent.assembly.account {
        Some(account) => account.clone(),
        None => AccountId::new(DEFAULT_ACCOUNT).map_err(|malformed| {
            Failure::new(Exit::Failed, Code::Malformed, malformed.to_string(), "")
        })?,
    };
    let stage = Stage::new(&Scene::empty());
    let setting = Setting {
        cloud: Cloud::on(&stage, account.clone()),
        stage,
        intent,
        account,
    };
    let mut stacks = setting.stacks(&setting.intent.assembly);
    let release = match before {
        Before::Nothing => None,
        Before::Release(release) => Some(release),
    };
    if let Some(release) = &release {
        stacks.extend(setting.stacks(&release.assembly));
        let first = setting.forward(release.assembly.clone(), "before").await?;
        setting.made(&first, &release.tag).await?;
    }
    let scene = setting.stage.scene();
    let plan = setting
        .forward(setting.intent.assembly.clone(), "after")
        .await?;
    let back = match release {
        None => None,
        Some(release) => {
            Course::begin(&plan, &setting.stage)
                .end(&setting.stage, &setting.aws())
                .await;
            Some(setting.back(*release).await?)
        }
    };
    Ok(Play {
        region: setting.intent.assembly.region.clone(),
        account: setting.account,
        before: scene,
        plan,
        back,
        stacks,
    })
}

/// What plans are made with.
struct Setting<'a> {
    cloud: Cloud,
    stage: Arc<Stage>,
    intent: Intent<'a>,
    account: AccountId,
}

impl Setting<'_> {
    fn aws(&self) -> stratiform_aws::Aws {
        aws(&self.stage, &self.intent.assembly.region, &self.account)
    }

    fn stacks(&self, assembly: &Assembly) -> BTreeMap<String, String> {
        let stacks = assembly.stacks.iter();
        let names = stacks.map(|stack| (assembly.key(&stack.name).to_owned(), stack.name.clone()));
        names.collect()
    }

    async fn forward(&self, assembly: Assembly, images: &str) -> Result<Plan, Failure> {
        // Whether it is a good moment is not asked here.
        let source = Source::Here {
            before: None,
            stale: Ok(Vec::new()),
        };
        self.planned(assembly, source, images, None).await
    }

    async fn back(&self, release: Release) -> Result<Plan, Failure> {
        let Release {
            tag,
            head,
            assembly,
        } = release;
        self.planned(assembly, Source::Release(head), "before", Some(tag))
            .await
    }

    async fn planned(
        &self,
        assembly: Assembly,
        source: Source,
        images: &str,
        release: Option<String>,
    ) -> Result<Plan, Failure> {
        let args = self.args(&assembly, images, release);
        let intent = deploy::Intent {
            project: self.intent.project,
            assembly,
            settings: self.intent.settings,
            source,
        };
        let prepared = prepare(&self.cloud, intent, &args, None, &mut Quiet).await?;
        let Prepared { mut plan, .. } = prepared;
        // Nothing leaves this process: no command is run, and no webhook told.
        plan.conduct.besides.commands.clear();
        if let Some(verify) = &mut plan.conduct.verify {
            // Time costs nothing here.
            verify.bake_minutes = self.intent.settings.deployment.bake_minutes;
        }
        Ok(plan)
    }

    /// What `deploy` would be told.
    fn args(&self, assembly: &Assembly, images: &str, release: Option<String>) -> Deploy {
        let given = self.intent.args;
        let mut image = match images {
            "after" => given.image.clone(),
            _ => Vec::new(),
        };
        for (parameter, name) in stand_ins(assembly, &self.account) {
            let Some(service) = service_of(&parameter) else {
                continue;
            };
            if !image.iter().any(|image| image.service == service) {
                let name = name
                    .rsplit_once(':')
                    .map_or(name.as_str(), |(name, _)| name);
                let image_name = format!("{name}:{images}");
                image.push(ServiceImage {
                    service,
                    image: image_name,
                });
            }
        }
        let mut parameter = given.parameter.clone();
        parameter.retain(|given| {
            images == "after" || declared(assembly).any(|(name, _)| *name == given.name)
        });
        for (name, declared) in declared(assembly) {
            let is_given = parameter.iter().any(|given| given.name == *name);
            if is_given || declared.default.is_some() || service_of(name).is_some() {
                continue;
            }
            let value = self.stand_in(name, declared);
            let name = name.clone();
            parameter.extend(value.map(|value| ParameterValue { name, value }));
        }
        Deploy {
            image,
            parameter,
            allow: match images {
                "after" => given.allow.clone(),
                _ => Vec::new(),
            },
            ..Deploy::of(given.env.clone(), release, true)
        }
    }

    /// A value for a parameter that nobody gave one: the first that it takes. None where it takes none of these: then it has to
    /// be given.
    fn stand_in(&self, name: &str, parameter: &Parameter) -> Option<String> {
        let Setting {
            intent, account, ..
        } = self;
        let region = &intent.assembly.region;
        let partition = region.partition();
        let id = "00000000-0000-4000-8000-000000000000";
        let allowed = match parameter.constraints.get("AllowedValues") {
            Some(Value::List(values)) => values.as_slice(),
            _ => &[],
        };
        let allowed = allowed
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned));
        let plausible = [
            format!("arn:{partition}:acm:{region}:{account}:certificate/{id}"),
            format!("arn:{partition}:sns:{region}:{account}:stand-in"),
            format!("arn:{partition}:iam::{account}:role/stand-in"),
            "stand-in.example.com".to_owned(),
            "https://stand-in.example.com".to_owned(),
            "stand-in@example.com".to_owned(),
            "stand-in".to_owned(),
            "standin".to_owned(),
            "1".to_owned(),
            "10.0.0.0/16".to_owned(),
        ];
        let mut all = allowed.chain(plausible);
        all.find(|value| breaks(name, parameter, value).is_none())
    }

    /// Deploys what is there before.
    async fn made(&self, plan: &Plan, tag: &str) -> Result<(), Failure> {
        let mut course = Course::begin(plan, &self.stage);
        match course.end(&self.stage, &self.aws()).await {
            Outcome::Done => Ok(()),
            _ => Err(Failure::new(
                Exit::Failed,
                Code::NotRehearsed,
                format!(
                    "the release `{tag}` itself cannot be deployed on the embedded CloudFormation"
                ),
                "name another release: --from TAG",
            )),
        }
    }
}

/// The parameters of all stacks.
fn declared(assembly: &Assembly) -> impl Iterator<Item = (&String, &Parameter)> {
    assembly
        .stacks
        .iter()
        .flat_map(|stack| &stack.template.parameters)
}

/// What a plan has to say of itself is said where it is deployed.
struct Quiet;

impl View for Quiet {
    fn event(&mut self, _: &Event) {}

    fn finish(&mut self, _: &Answer) -> Result<(), Failure> {
        Ok(())
    }
}
