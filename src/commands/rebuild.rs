//! `rebuild`: an environment in another region, from git and backups alone.
//!
//! What lives here: from arguments to a deployment of a release somewhere else, and what is said before and after it. What
//! does not: deploying it (`commands/deploy`), and what is missing (`stratiform_deploy::rebuild`).

mod afterwards;
mod back;
mod looking;
mod rehearsal;
mod staging;

use stratiform_assembly::Assembly;
use stratiform_aws::Aws;
use stratiform_deploy::guard::Verdict;
use stratiform_deploy::rebuild::PointId;
use stratiform_environment::{Settings, Text as _};
use stratiform_finding::Code;
use stratiform_service::Region;

use self::afterwards::Afterwards;
use self::back::Left;
use self::looking::{Before, Looking, look};
use self::staging::Stage;
use crate::args::{Global, ParameterValue, Rebuild};
use crate::assemblies::at_release;
use crate::assemblies::environment::{Synthesized, environment};
use crate::assemblies::rehearsal::synthesized;
use crate::cloud::Cloud;
use crate::commands::bootstrap::standing::{Bootstrapped, bootstrapped};
use crate::commands::deploy::preparing::identity;
use crate::commands::deploy::{Intent, besides, carried_out};
use crate::commands::destroy::destroyed;
use crate::commands::guard::gathering::Source;
use crate::commands::guard::looking::stacks;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::regions::region;
use crate::report::{Colour, Failure};
use crate::repository::git::Folder;
use crate::repository::head::Head;
use crate::repository::project::Project;
use crate::runtime::{all_of, or_interrupted};
use crate::view::rebuild::{page, told};
use crate::view::{Answer, Event, View, stderr, stdout_now};

/// Rebuilds an environment, and shows that while it goes on.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Rebuild,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let Synthesized {
        assembly,
        settings,
        absent,
        ..
    } = environment(define, &project, &args.env)?;
    let commands = besides::asked(&settings.deployment, &assembly, &[], args.local)?;
    besides::there(&absent, &commands, false)?;
    let between = between(args, &assembly, &settings)?;
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    let tried = match args.rehearsal {
        true => Some(synthesized(define, &project, &assembly, &between.1)?),
        false => None,
    };
    let target = target(&project, args, assembly, between)?;
    let rebuilding = Rebuilding {
        global,
        args,
        project: &project,
        settings: &settings,
        tried,
    };
    all_of(rebuilding.run(cloud, target, view))
}

/// What a rebuild is made with.
struct Rebuilding<'a> {
    global: &'a Global,
    args: &'a Rebuild,
    project: &'a Project,
    settings: &'a Settings,
    /// The environment that it is only tried with.
    tried: Option<Synthesized>,
}

/// What is rebuilt.
pub(crate) struct Target {
    /// The region that is lost; the one that is left, on the way back.
    pub from: Region,
    /// The stacks, in the region that they are rebuilt in.
    pub assembly: Assembly,
    /// The release, where there is one.
    pub release: Option<(String, Head)>,
}

impl Rebuilding<'_> {
    async fn run(
        &self,
        mut cloud: Cloud,
        target: Target,
        view: &mut dyn View,
    ) -> Result<Answer, Failure> {
        let Rebuilding {
            global,
            args,
            project,
            settings,
            ..
        } = *self;
        if args.local && !args.dry_run && !args.back {
            let stage = Stage {
                global,
                args,
                cloud: &cloud,
                project,
                settings,
                target: &target,
            };
            stage.set(view).await?;
        }
        if !args.back {
            cloud.lose(&target.from);
        }
        let Some(tried) = &self.tried else {
            let made = target.assembly.clone();
            return self.rebuilt(&cloud, &target, &made, settings, view).await;
        };
        let Synthesized {
            assembly: made,
            settings,
            ..
        } = tried;
        let done = self.rebuilt(&cloud, &target, made, settings, view).await?;
        // What nobody made is not taken down.
        if args.dry_run || done.exit == Exit::No {
            return Ok(done);
        }
        let destroy = args.destruction(rehearsal::everything(made));
        let taken = destroyed(global, &destroy, &cloud, project, (made, settings), view).await?;
        // What stays is worse than what failed.
        Ok(match taken.exit {
            Exit::Done => done,
            _ => taken,
        })
    }

    /// Makes stacks in the other region, with the data of the environment's.
    async fn rebuilt(
        &self,
        cloud: &Cloud,
        target: &Target,
        made: &Assembly,
        settings: &Settings,
        view: &mut dyn View,
    ) -> Result<Answer, Failure> {
        let Rebuilding {
            global,
            args,
            project,
            ..
        } = *self;
        let (from, region) = (&target.from, &made.region);
        let environment = made.environment.as_deref().unwrap_or(&args.env);
        view.event(&Event::Asking {
            environment: environment.to_owned(),
            region: region.to_string(),
        });
        let aws = cloud.deploying(region, made.account.as_ref()).await;
        let found = or_interrupted(async {
            let identity = identity(&aws, made).await?;
            Ok((identity, stacks(&aws, made).await))
        });
        let (identity, found) = found.await?;
        if self.tried.is_some() {
            rehearsal::refuse_foreign(&found, &args.env)?;
        }
        let left = match args.back {
            true => {
                let left = cloud.deploying(from, Some(&identity.account)).await;
                let look = async { Ok(Left::look(left, made, from).await) };
                Some(or_interrupted(look).await?)
            }
            false => None,
        };
        let looking = Looking {
            aws: &aws,
            args,
            settings: self.settings,
            origin: &target.assembly,
            from,
            left: left.as_ref(),
            made,
            found: &found,
        };
        let mut before = or_interrupted(look(&looking)).await?;
        let colour = Colour::on(global.color, &std::io::stdout());
        let tag = target.release.as_ref().map(|(tag, _)| tag.as_str());
        let origin = match args.back {
            true => format!("back from {from}"),
            false => format!("{from} is lost"),
        };
        let place = (region, origin.as_str(), &identity.account);
        stdout_now(&page(environment, place, tag, &before.points, colour));
        if !before.in_the_way.is_empty() {
            let values = &before.known_there;
            stdout_now(&afterwards::room(environment, (from, region), values));
        }
        if is_missing(&before, args) {
            return Ok(answer(Exit::No));
        }
        if let (Some(left), false) = (&left, args.dry_run) {
            or_interrupted(before.bring((&left.aws, &aws), args, view)).await?;
        }
        let given = std::mem::take(&mut before.parameters);
        let mut deploy = args.deployment(tag.map(str::to_owned), given, from.as_str());
        environment.clone_into(&mut deploy.env);
        if self.tried.is_some() && !args.local {
            let own = rehearsal::images(target, identity.account.as_str());
            deploy.image.extend(own);
        }
        let source = match &target.release {
            Some((_, head)) => Source::Release(head.clone()),
            None => Source::Here {
                before: None,
                stale: Ok(Vec::new()),
            },
        };
        let own = self.own(&aws, settings).await?;
        let intent = Intent {
            project,
            assembly: made.clone(),
            settings: &own,
            source,
        };
        let done = carried_out(global, &deploy, cloud, intent, None, view).await?;
        if args.dry_run || done.exit != Exit::Done {
            return Ok(done);
        }
        let copied = std::mem::take(&mut before.phases);
        let happened = async { Ok(afterwards::happened(&aws, made, copied).await) };
        let happened = or_interrupted(happened).await?;
        let recovery = self.settings.recovery.as_ref();
        let promised = recovery.and_then(|recovery| recovery.rto_minutes);
        stdout_now(&told(
            environment,
            (region, from),
            happened.timeline.as_ref(),
            promised,
        ));
        if self.tried.is_none() {
            let afterwards = Afterwards {
                environment,
                made,
                from,
                is_back: args.back,
                beginnings: &before.beginnings,
                taken_in: &happened.taken_in,
            };
            stdout_now(&afterwards.told());
        }
        Ok(done)
    }

    /// How it is deployed there: with the caller's own rights, unless it is a rehearsal that has roles of its own.
    async fn own(&self, aws: &Aws, settings: &Settings) -> Result<Settings, Failure> {
        let has_roles = async { Ok(bootstrapped(aws, settings).await) };
        Ok(match (&self.tried, or_interrupted(has_roles).await?) {
            (Some(_), Bootstrapped::Deployed(_)) => settings.clone(),
            _ => own(settings),
        })
    }
}

/// Whether something is missing that nobody said is to be done without.
fn is_missing(before: &Before, args: &Rebuild) -> bool {
    let is_named = |id: PointId| {
        args.despite
            .iter()
            .any(|needed| needed.name() == id.as_str())
    };
    let missing = before
        .points
        .iter()
        .filter(|point| point.verdict == Verdict::Block);
    let mut missing = missing.filter(|point| !is_named(point.id)).peekable();
    if missing.peek().is_none() {
        return false;
    }
    let names: Vec<&str> = missing.map(|point| point.id.as_str()).collect();
    stderr(&format!(
        "nothing is made: blocked by {}\n",
        names.join(", ")
    ));
    true
}

/// With the caller's own rights: the roles of the bootstrap are for the region that is lost.
fn own(settings: &Settings) -> Settings {
    let mut own = settings.clone();
    own.bootstrap = None;
    own
}

/// The region that is lost or left, and the one to rebuild in.
fn between(
    args: &Rebuild,
    assembly: &Assembly,
    settings: &Settings,
) -> Result<(Region, Region), Failure> {
    let home = assembly.region.clone();
    let Some(named) = &args.region else {
        let left = settings.disaster_recovery_region.as_ref();
        let left = left.filter(|left| left.as_str() != home.as_str());
        let left = left.ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                Code::UnknownRegion,
                format!("where `{}` comes back from is not known", args.env),
                "write the region that it was rebuilt in as `settings.disaster_recovery_region`",
            )
        })?;
        return Ok((region(left.as_str())?, home));
    };
    let region = region(named)?;
    if region != home {
        return Ok((home, region));
    }
    Err(Failure::new(
        Exit::Usage,
        Code::UnknownRegion,
        format!("`{}` is in {region}: a rebuild is somewhere else", args.env),
        format!("to bring it back where it is: rollback --env {}", args.env),
    ))
}

/// The stacks of the release, as git has them; those of what is checked out where there is no release.
fn target(
    project: &Project,
    args: &Rebuild,
    today: Assembly,
    (from, region): (Region, Region),
) -> Result<Target, Failure> {
    let folder = Folder::new(&project.root);
    let named = match &args.release {
        Some(release) => Some(release.clone()),
        None => folder.newest_tag()?,
    };
    let Some(release) = named else {
        return Ok(Target {
            from,
            assembly: Assembly { region, ..today },
            release: None,
        });
    };
    let unknown = |what: String| {
        let help = "name a release: --release TAG (`git fetch --tags` brings those of the remote)";
        Failure::new(Exit::Failed, Code::UnknownRelease, what, help)
    };
    let found = at_release(&folder, &release, &args.env, Some(&today))?;
    let (head, assembly) =
        found.ok_or_else(|| unknown(format!("git knows no release `{release}` here")))?;
    let assembly = assembly.ok_or_else(|| {
        unknown(format!(
            "the release `{release}` has no snapshots of `{}`",
            args.env
        ))
    })?;
    Ok(Target {
        from,
        assembly: Assembly { region, ..assembly },
        release: Some((release, head)),
    })
}

fn answer(exit: Exit) -> Answer {
    Answer {
        exit,
        ..Answer::of(String::new())
    }
}

/// A parameter and its value.
fn parameter(name: &str, value: &str) -> ParameterValue {
    ParameterValue {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}
