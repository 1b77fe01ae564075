//! Sets back what was changed by hand: a drift-aware change set per stack that drifted, of the template that is deployed.
//! Guarded, shown, approved, executed and followed as any deployment.

use std::time::Instant;

use indexmap::IndexMap;
use stratiform_assembly::Assembly;
use stratiform_aws::Aws;
use stratiform_deploy::call::{OnDrift, ParameterValue, Stack};
use stratiform_deploy::guard::{Id, Report};
use stratiform_deploy::{Mending, Plan, PlannedStack, Record, Seen, is_record};
use stratiform_diff::drift::reverted;
use stratiform_diff::{Severity, StackDiff};
use stratiform_environment::Settings;
use stratiform_finding::Code;
use stratiform_service::StackName;

use super::looking::Found;
use super::place;
use crate::args::{Drift, Global};
use crate::cloud::Cloud;
use crate::commands::bootstrap::standing::bootstrapped;
use crate::commands::deploy::conduct::{Found as Run, conduct};
use crate::commands::deploy::planning::{allowances, dependencies};
use crate::commands::deploy::preparing::identity;
use crate::commands::deploy::record::{Origin, actor, record, run};
use crate::commands::deploy::{consent, exit, followed, follower};
use crate::commands::guard::gathering::{Asking, Gathered, Source, gather};
use crate::commands::guard::risks;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::runtime::or_interrupted;
use crate::view::deployment::Sources;
use crate::view::drift::{Shown, without_code};
use crate::view::guard::Guarded;
use crate::view::{Event, View, stderr};

/// Where it is, and what was found there.
pub(super) struct Site<'a> {
    pub project: &'a Project,
    pub cloud: &'a Cloud,
    pub aws: &'a Aws,
    pub assembly: &'a Assembly,
    pub settings: &'a Settings,
    pub found: &'a [Found],
}

/// A stack that drifted, with the place that it has in the environment.
struct Drifted<'a> {
    place: usize,
    found: &'a Found,
    stack: &'a Stack,
    template: &'a str,
}

/// Sets it back.
pub(super) async fn revert(
    global: &Global,
    args: &Drift,
    site: &Site<'_>,
    shown: &Shown<'_>,
    view: &mut dyn View,
) -> Result<Exit, Failure> {
    let started = Instant::now();
    let deploy = args.deployment();
    let drifted = drifted(site.found);
    let back: Vec<(&str, StackDiff)> = drifted
        .iter()
        .filter_map(|drifted| {
            let deployed = drifted.found.deployed.as_ref()?;
            let place = place(site.assembly, &drifted.stack.name);
            let diff = reverted(deployed, &drifted.found.drifted, &place);
            let key = site.assembly.key(&drifted.stack.name);
            Some((key, diff))
        })
        .collect();
    for text in said(&back, shown) {
        stderr(&text);
    }
    if drifted.is_empty() {
        return Ok(Exit::No);
    }
    let (plan, report) = or_interrupted(planned(&deploy, site, &drifted, &back, view)).await?;
    let sources = Sources {
        root: site.project.root.clone(),
        locations: drifted
            .iter()
            .map(|drifted| site.assembly.stacks[drifted.place].locations.clone())
            .collect(),
    };
    let mut follower = follower(global, &deploy, &plan, started);
    follower.guarded(&Guarded {
        environment: &args.env,
        emergency: args.emergency.as_deref(),
        report: &report,
        verbose: global.verbose,
    });
    if report.is_blocked() {
        return Ok(match report.blocks(Id::StackState) {
            true => Exit::NeedsPerson,
            false => Exit::No,
        });
    }
    let followed = followed(global, &deploy, site.aws, plan, &sources, follower, started);
    let (run, _) = followed.await;
    Ok(exit(run.outcome()))
}

fn drifted(found: &[Found]) -> Vec<Drifted<'_>> {
    let found = found.iter().enumerate();
    found
        .filter_map(|(place, found)| {
            found.drift.as_ref()?.drifted().next()?;
            // The code says that it should not be there at all.
            if !found.is_in_code {
                return None;
            }
            Some(Drifted {
                place,
                found,
                stack: found.stack.as_deref()?,
                template: found.template.as_deref()?,
            })
        })
        .collect()
}

/// What setting it back does, and what it leaves, in lines.
fn said(back: &[(&str, StackDiff)], shown: &Shown<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, diff) in back {
        let worth = diff.consequences.iter();
        let worth = worth.filter(|found| found.severity > Severity::Safe);
        lines.extend(
            worth.map(|found| format!("setting {key} back: {}: {}\n", found.severity, found.what)),
        );
    }
    for judged in shown.stacks {
        if !judged.is_in_code && judged.stack.drifted().next().is_some() {
            lines.push(format!(
                "{} is not set back: the code has no such stack\n{}",
                judged.stack.key,
                without_code(&judged.stack.name, shown.region)
            ));
            continue;
        }
        let stay = judged.differences.iter();
        let stay = stay.filter_map(|difference| Some((difference, difference.stays?)));
        lines.extend(stay.map(|(difference, why)| {
            format!(
                "it is not set back: {}/{}{}: {why}\n",
                judged.stack.key, difference.logical_id, difference.path
            )
        }));
    }
    lines
}

/// The plan, and whether it is a good moment.
async fn planned(
    args: &crate::args::Deploy,
    site: &Site<'_>,
    drifted: &[Drifted<'_>],
    back: &[(&str, StackDiff)],
    view: &mut dyn View,
) -> Result<(Plan, Report), Failure> {
    let Site {
        aws,
        assembly,
        settings,
        ..
    } = site;
    let identity = identity(aws, assembly).await?;
    let bootstrapped = bootstrapped(aws, settings).await;
    let account = identity.account.as_str();
    let (written, alone) = bootstrapped.deployment(settings, account, &assembly.region);
    if let Some(text) = alone {
        view.event(&Event::Notice { text });
    }
    let chosen: Vec<usize> = drifted.iter().map(|drifted| drifted.place).collect();
    let deployed: IndexMap<_, _> = drifted
        .iter()
        .filter_map(|drifted| Some((drifted.stack.name.clone(), drifted.found.deployed.clone()?)))
        .collect();
    // What is deployed, and not what is synthesized now.
    let wanted = Assembly {
        stacks: chosen
            .iter()
            .filter_map(|place| {
                let planned = &assembly.stacks[*place];
                let deployed = deployed.get(&planned.name)?;
                Some(stratiform_assembly::StackAt {
                    depends_on: planned.depends_on.clone(),
                    capabilities: planned.capabilities.clone(),
                    ..deployed.clone()
                })
            })
            .collect(),
        tasks: Vec::new(),
        ..(*assembly).clone()
    };
    let (source, images) = (Source::Deployed, IndexMap::new());
    let gathered = gather(Asking {
        cloud: site.cloud,
        aws,
        caller: None,
        project: site.project,
        assembly: &wanted,
        whole: assembly,
        settings: &written,
        written: settings,
        source: &source,
        release: None,
        images: &images,
        mending: Mending::Harmless,
    });
    let Gathered { mut facts, .. } = gathered.await;
    let allowed = allowances(assembly, &deployed, &args.allow)?;
    let mut stacks = stacks(site, drifted, &chosen)?;
    let actor = actor();
    let mut record = Record {
        skipped: Some("none".to_owned()),
        ..record(Origin {
            head: None,
            release: None,
            caller: &identity.arn,
            actor: actor.as_deref(),
            consent: consent(args),
            approved_by: None,
            reason: Some(args.emergency.as_deref().unwrap_or(REASON)),
            rebuilt_from: None,
        })
    };
    let run = run(&args.env, &record, &stacks);
    facts.wanted.run = Some(run.clone());
    facts.wanted.allowed.clone_from(&allowed);
    facts.risks = Ok(back
        .iter()
        .flat_map(|(key, diff)| risks::of(key, diff))
        .collect());
    facts.permissions = bootstrapped.lacking(&wanted, settings, &facts);
    facts.tasks = Ok(Vec::new());
    let report = Report::of(&facts);
    let report = match &args.emergency {
        Some(reason) => {
            record.skipped = Some(report.in_the_way());
            report.in_emergency(reason)
        }
        None => report,
    };
    for (stack, found) in stacks.iter_mut().zip(&facts.stacks) {
        // It is the release that it was.
        stack.record = Some(Record {
            release: found.record("release").map(str::to_owned),
            commit: found.record("commit").map(str::to_owned),
            rebuilt_from: found.record("rebuilt-from").map(str::to_owned),
            ..record.clone()
        });
    }
    let found = Run {
        run,
        record,
        allowed,
        // An alarm that is on may be why somebody goes back.
        rollback: written.rollback_alarm.as_ref().map(|_| Default::default()),
        mending: Mending::Harmless,
        besides: Default::default(),
    };
    let plan = Plan {
        stacks,
        conduct: conduct(args, &written, found),
    };
    Ok((plan, report))
}

/// What the stacks' tags say of why.
const REASON: &str = "drift set back";

/// The stacks as they are deployed, to be so again.
fn stacks(
    site: &Site<'_>,
    drifted: &[Drifted<'_>],
    chosen: &[usize],
) -> Result<Vec<PlannedStack>, Failure> {
    let needed = dependencies(site.assembly, chosen);
    let each = drifted.iter().zip(needed);
    let stacks = each.map(|(drifted, depends_on)| {
        let stack = drifted.stack;
        let name = StackName::new(&stack.name).map_err(|malformed| {
            Failure::new(Exit::Failed, Code::StackName, malformed.to_string(), "")
        })?;
        let parameters = stack.parameters.keys();
        let tags = stack.tags.iter().filter(|(key, _)| !is_record(key));
        let planned = &site.assembly.stacks[drifted.place];
        Ok(PlannedStack {
            depends_on,
            template: drifted.template.to_owned(),
            parameters: parameters
                .map(|name| (name.clone(), ParameterValue::Previous))
                .collect(),
            tags: tags
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
            capabilities: planned.capabilities.clone(),
            seen: Some(Seen {
                stack: Some(Box::new(stack.clone())),
                template: Some(drifted.template.to_owned()),
            }),
            drift: OnDrift::Revert,
            ..PlannedStack::bare(name, site.assembly.key(&stack.name).to_owned())
        })
    });
    stacks.collect()
}
