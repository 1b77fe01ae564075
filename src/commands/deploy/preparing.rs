//! What has to be asked before anything is planned: whose credentials these are, what is deployed, which images there are.

use indexmap::IndexMap;
use stratiform_assembly::{Assembly, StackAt, StackPolicy};
use stratiform_aws::{Aws, DeployedStack, Identity};
use stratiform_deploy::call::{ParameterValue, Stack};
use stratiform_deploy::guard::{Caller, Heading, Report, Risk, StackFound, Unasked};
use stratiform_deploy::{Call, FailureKind, Plan, PlannedStack, Reply, Seen};
use stratiform_diff::diff;
use stratiform_finding::words::listed;
use stratiform_finding::{Code, Finding};
use stratiform_resolve::Whereabouts;

use super::asking::Consent;
use super::besides;
use super::conduct::{Found, conduct, left_out, mending, rollback};
use super::passes::{InPasses, Side, in_passes};
use super::planning::{allowances, choose, dependencies, given, parameters, planned};
use super::record::{Origin, actor, record, run};
use super::sealing::Sealed;
use super::{Intent, consent};
use crate::args::Deploy;
use crate::assemblies::deployed::stack_at;
use crate::cloud::Cloud;
use crate::commands::bootstrap::standing::bootstrapped;
use crate::commands::guard::gathering::{Asking, Gathered, Source, gather};
use crate::commands::guard::{rehearsal, risks};
use crate::images::{Asked, InEcr, asked, stand_ins};
use crate::report::Failure;
use crate::repository::git::Folder;
use crate::services::service_of;
use crate::view::deployment::Sources;
use crate::view::{Event, View};

/// All that a deployment needs.
pub(crate) struct Prepared {
    /// The way to AWS.
    pub aws: Aws,
    /// What is to be deployed.
    pub plan: Plan,
    /// Whether it is a good moment.
    pub report: Report,
    /// Where its resources are declared.
    pub sources: Sources,
    /// What is deployed, as it was synthesized.
    pub assembly: Assembly,
}

/// Asks, and plans.
pub(crate) async fn prepare(
    cloud: &Cloud,
    intent: Intent<'_>,
    args: &Deploy,
    sealed: Option<&Sealed>,
    view: &mut dyn View,
) -> Result<Prepared, Failure> {
    let Intent {
        project,
        mut assembly,
        settings,
        source,
    } = intent;
    let wanted = sealed.map_or_else(|| args.stack.clone(), Sealed::stacks);
    let chosen = choose(&assembly, &wanted)?;
    let images = asked(&assembly, &args.image).map_err(Failure::of)?;
    let given = given(&assembly, &args.parameter).map_err(Failure::of)?;
    let region = assembly.region.clone();
    let aws = cloud.deploying(&region, assembly.account.as_ref()).await;
    view.event(&Event::Asking {
        environment: args.env.clone(),
        region: region.to_string(),
    });
    let identity = identity(&aws, &assembly).await?;
    let bootstrapped = bootstrapped(&aws, settings).await;
    let (written, alone) = bootstrapped.deployment(settings, identity.account.as_str(), &region);
    let written = &written;
    let images = resolved(&aws, &assembly, &identity, images, cloud).await?;
    let mut fixed = images;
    fixed.extend(given);
    fixed.extend(sealed.map(Sealed::values).unwrap_or_default());
    let release = sealed.and_then(Sealed::release).or(args.release.as_deref());
    let mending = mending(args);

    let wanted = Assembly {
        stacks: chosen
            .iter()
            .map(|place| assembly.stacks[*place].clone())
            .collect(),
        ..assembly.clone()
    };
    let gathered = gather(Asking {
        cloud,
        aws: &aws,
        caller: Some(Caller {
            account: identity.account.clone(),
            arn: identity.arn.clone(),
        }),
        project,
        assembly: &wanted,
        whole: &assembly,
        settings: written,
        written: settings,
        source: &source,
        release,
        images: &fixed,
        mending,
    });
    let Gathered {
        mut facts,
        images,
        said,
    } = gathered.await;
    let deployed = facts.stacks.iter().map(deployed);
    let deployed: Vec<Option<DeployedStack>> = deployed.collect::<Result<_, _>>()?;
    view.event(&Event::Answered {
        environment: args.env.clone(),
        account: identity.account.to_string(),
        stacks: deployed.iter().flatten().count(),
    });
    assembly.account = Some(identity.account.clone());
    for (parameter, image) in images {
        fixed.entry(parameter).or_insert(image);
    }
    let values = values_of(&assembly, &chosen, &deployed, fixed, sealed, cloud, view)?;
    let aws = aws.hiding(secrets(&assembly, &chosen, &values));
    let before = before(&aws, &assembly, &deployed).await?;
    let allowed = allowances(&assembly, &before, &args.allow)?;
    let sides = sides(&assembly, &chosen, &values, &before, &facts.stacks);
    let stacks = stacks(&assembly, &chosen, values.clone(), &facts.stacks)?;
    let InPasses {
        stacks,
        origins,
        said: twice,
    } = in_passes(&aws, &sides, &stacks).await?;

    let head = match &source {
        Source::Here { .. } => Folder::new(&project.root).head()?,
        Source::Release(head) => Some(head.clone()),
        Source::Deployed => None,
    };
    let actor = actor();
    let mut record = record(Origin {
        head: head.as_ref(),
        release,
        caller: &identity.arn,
        actor: actor.as_deref(),
        // What is sealed is approved later.
        consent: match args.prepare {
            Some(_) => Consent::Nobody,
            None => consent(args),
        },
        approved_by: args.approved_by.as_deref(),
        reason: args.emergency.as_deref(),
        // Where it was rebuilt from stays known, for the way back.
        rebuilt_from: args.elsewhere.from.as_deref().or_else(|| {
            let mut known = facts.stacks.iter();
            known.find_map(|found| found.record("rebuilt-from"))
        }),
    });
    let run = run(&args.env, &record, &stacks);
    facts.wanted.run = Some(run.clone());
    facts.wanted.allowed.clone_from(&allowed);
    facts.risks = Ok(risks_of(&sides));
    facts.permissions = bootstrapped.lacking(&wanted, settings, &facts);
    let rehearsal = rehearsal::Wanted {
        cloud,
        project,
        assembly: &assembly,
        settings,
        heading: source.heading(),
        found: &facts.stacks,
        args,
        is_sealed: sealed.is_some(),
    };
    facts.rehearsal = rehearsal::rehearsed(&rehearsal, view);
    let besides = besides::plan(
        aws,
        &besides::Asking {
            project,
            assembly: &assembly,
            written,
            args,
            heading: source.heading(),
            stacks: &stacks,
            found: &facts.stacks,
            record: &record,
            run: &run,
            sealed,
            consent: consent(args),
        },
    )?;
    let aws = besides.aws;
    facts.tasks = Ok(besides.tasks);
    facts.wanted.crossed.clone_from(&besides.besides.crossed);
    let report = Report::of(&facts);
    let report = match &args.emergency {
        Some(reason) => {
            record.skipped = Some(report.in_the_way());
            report.in_emergency(reason)
        }
        None => report,
    };
    // An alarm that is on is why somebody goes back: it would bring forth again what goes.
    let (rollback, note) = match source.heading() {
        Heading::Forward => rollback(&aws, &assembly, written, &facts.running).await?,
        Heading::Back => (
            written.rollback_alarm.as_ref().map(|_| Default::default()),
            None,
        ),
    };
    for text in left_out(args, written)
        .into_iter()
        .chain(note)
        .chain(alone)
        .chain(said)
        .chain(twice)
        .chain(besides.said)
    {
        view.event(&Event::Notice { text });
    }
    let found = Found {
        run,
        record,
        allowed,
        rollback,
        mending,
        besides: besides.besides,
    };
    let locations = origins.iter().map(|origin| {
        let place = chosen[*origin];
        assembly.stacks[place].locations.clone()
    });
    let mut plan = Plan {
        stacks,
        conduct: conduct(args, written, found),
    };
    if let Some(sealed) = sealed {
        sealed.seal(&mut plan, &assembly, &args.env)?;
    }
    Ok(Prepared {
        sources: Sources {
            root: project.root.clone(),
            locations: locations.collect(),
        },
        plan,
        report,
        aws,
        assembly,
    })
}

/// Whose credentials these are; refuses those of another account.
///
/// # Errors
/// They are of another account, or not accepted.
pub(crate) async fn identity(aws: &Aws, assembly: &Assembly) -> Result<Identity, Failure> {
    let identity = aws.identity().await;
    let identity = identity.map_err(|error| Failure::of([error.into()]))?;
    let expected = identity.expect_account(assembly.account.as_ref());
    expected.map_err(|error| Failure::of([error.into()]))?;
    Ok(identity)
}

/// The images that were asked for, by parameter: their whole names, with digests where ECR knows them.
///
/// # Errors
/// An image that is not there.
pub(crate) async fn resolved(
    aws: &Aws,
    assembly: &Assembly,
    identity: &Identity,
    images: IndexMap<String, Asked>,
    cloud: &Cloud,
) -> Result<IndexMap<String, String>, Failure> {
    let mut found = IndexMap::new();
    for (parameter, image) in images {
        let name = match image {
            Asked::Whole(name) => name,
            Asked::InEcr(image) => {
                let image = match cloud {
                    Cloud::Configured => in_ecr(aws, image).await?,
                    // The engine takes any image as pushed.
                    Cloud::Embedded(_) => image,
                };
                image.name(&identity.account, &assembly.region)
            }
        };
        found.insert(parameter, name);
    }
    Ok(found)
}

/// An image by its digest.
async fn in_ecr(aws: &Aws, image: InEcr) -> Result<InEcr, Failure> {
    let call = Call::DescribeImage {
        repository: image.repository.clone(),
        reference: image.reference.clone(),
    };
    match aws.call(&call).await {
        Ok(Reply::Image(Some(found))) => Ok(InEcr {
            reference: found.digest,
            ..image
        }),
        Ok(_) => {
            let InEcr {
                repository,
                reference,
            } = image;
            Err(Failure::of([Finding::new(
                Code::UnknownImage,
                format!("there is no image `{reference}` in the repository `{repository}`"),
                "push it first; where the repository is not there yet, deploy its stack before the others: --stack",
            )]))
        }
        Err(failure) => Err(failed(failure)),
    }
}

/// A call that failed.
pub(crate) fn failed(failure: stratiform_deploy::Failure) -> Failure {
    let finding = Finding::new(code(failure.kind), failure.what, failure.help);
    Failure::of([finding.because(failure.why)])
}

fn code(kind: FailureKind) -> Code {
    match kind {
        FailureKind::Refused => Code::AwsRefused,
        FailureKind::Credentials => Code::AwsCredentials,
        FailureKind::Denied => Code::AwsDenied,
        FailureKind::Throttled => Code::AwsThrottled,
        FailureKind::Unknown => Code::AwsUnavailable,
    }
}

/// A stack as it is deployed; none where it is not.
///
/// # Errors
/// It could not be asked.
fn deployed(found: &StackFound) -> Result<Option<DeployedStack>, Failure> {
    let unasked = |unasked: &Unasked| {
        let code = code(unasked.kind.unwrap_or(FailureKind::Unknown));
        Failure::of([Finding::new(
            code,
            unasked.why.clone(),
            unasked.help.clone(),
        )])
    };
    let stack = found.stack.as_ref().map_err(unasked)?;
    let (Some(stack), Some(template)) = (stack, &found.template) else {
        return Ok(None);
    };
    Ok(Some(DeployedStack {
        stack: (**stack).clone(),
        template: template.as_ref().map_err(unasked)?.clone(),
    }))
}

/// A value for each parameter of each stack.
fn values_of(
    assembly: &Assembly,
    chosen: &[usize],
    deployed: &[Option<DeployedStack>],
    mut images: IndexMap<String, String>,
    sealed: Option<&Sealed>,
    cloud: &Cloud,
    view: &mut dyn View,
) -> Result<Vec<IndexMap<String, ParameterValue>>, Failure> {
    if let (Cloud::Embedded(_), Some(account)) = (cloud, &assembly.account) {
        let mut missing = stand_ins(assembly, account);
        missing.retain(|parameter, _| {
            let mut stacks = chosen.iter().zip(deployed);
            !images.contains_key(parameter)
                && stacks.any(|(place, deployed)| {
                    let declared = assembly.stacks[*place].template.parameters.get(parameter);
                    let has = deployed.as_ref().map(|deployed| deployed.stack.values());
                    declared.is_some_and(|declared| declared.default.is_none())
                        && !has.is_some_and(|has| has.contains_key(parameter))
                })
        });
        if !missing.is_empty() {
            let services = missing.keys().filter_map(|parameter| service_of(parameter));
            let text = format!(
                "no image was given for {}: the engine takes any, and one that is called `local` stands in",
                listed(services)
            );
            view.event(&Event::Notice { text });
        }
        images.extend(missing);
    }
    let mut all = Vec::new();
    let mut findings = Vec::new();
    for (place, deployed) in chosen.iter().zip(deployed) {
        let stack = &assembly.stacks[*place];
        let key = assembly.key(&stack.name);
        let is_sealed = sealed.is_some_and(|sealed| sealed.has_change_set(key));
        let there = deployed.as_ref().map(|deployed| &deployed.stack);
        match parameters(stack, key, &images, there, is_sealed) {
            Ok(values) => all.push(values),
            Err(found) => findings.extend(found),
        }
    }
    if findings.is_empty() {
        Ok(all)
    } else {
        Err(Failure::some_of(findings))
    }
}

/// Values of parameters that CloudFormation does not echo.
fn secrets(
    assembly: &Assembly,
    chosen: &[usize],
    values: &[IndexMap<String, ParameterValue>],
) -> Vec<String> {
    let stacks = chosen.iter().map(|place| &assembly.stacks[*place].template);
    let all = stacks.zip(values).flat_map(|(template, values)| {
        let hidden = move |name: &str| {
            let parameter = template.parameters.get(name);
            parameter.is_some_and(|parameter| parameter.no_echo == Some(true))
        };
        values.iter().filter_map(move |(name, value)| match value {
            ParameterValue::Value(value) if hidden(name) => Some(value.clone()),
            ParameterValue::Value(_) | ParameterValue::Previous => None,
        })
    });
    all.collect()
}

/// The deployed stacks by name, in the form that they are compared in.
async fn before(
    aws: &Aws,
    assembly: &Assembly,
    deployed: &[Option<DeployedStack>],
) -> Result<IndexMap<String, StackAt>, Failure> {
    let mut before = IndexMap::new();
    for stack in deployed.iter().flatten() {
        let new = assembly.stack(&stack.stack.name);
        let policy = (StackPolicy::NotKnown, None);
        let stack = stack_at(aws, stack.clone(), new, policy).await?;
        before.insert(stack.name.clone(), stack);
    }
    Ok(before)
}

/// What the changes of stacks that are there interrupt.
fn risks_of(sides: &[Side<'_>]) -> Vec<Risk> {
    let there = sides.iter().filter(|side| side.before.is_some());
    there
        .flat_map(|side| risks::of(&side.found.key, &side.diff))
        .collect()
}

/// The chosen stacks as they are there and as they are to be.
fn sides<'a>(
    assembly: &Assembly,
    chosen: &[usize],
    values: &[IndexMap<String, ParameterValue>],
    before: &'a IndexMap<String, StackAt>,
    found: &'a [StackFound],
) -> Vec<Side<'a>> {
    let each = chosen.iter().zip(values).zip(found);
    let sides = each.map(|((place, values), found)| {
        let mut after = assembly.stacks[*place].clone();
        let known = found.there().map(Stack::values).unwrap_or_default();
        let given = values.iter().filter_map(|(name, value)| {
            let value = match value {
                ParameterValue::Value(value) => value.clone(),
                ParameterValue::Previous => known.get(name)?.clone(),
            };
            Some((name.clone(), value))
        });
        after.parameters = given.collect();
        let place = Whereabouts {
            stack: after.name.clone(),
            region: assembly.region.clone(),
            account: assembly.account.clone(),
        };
        let before = before.get(&after.name);
        Side {
            diff: diff(before, Some(&after), &place),
            place,
            found,
            before,
            after,
        }
    });
    sides.collect()
}

/// The chosen stacks of the plan.
fn stacks(
    assembly: &Assembly,
    chosen: &[usize],
    values: Vec<IndexMap<String, ParameterValue>>,
    found: &[StackFound],
) -> Result<Vec<PlannedStack>, Failure> {
    let needed = dependencies(assembly, chosen);
    let mut all = Vec::new();
    for (((place, depends_on), values), found) in chosen.iter().zip(needed).zip(values).zip(found) {
        let stack = &assembly.stacks[*place];
        let key = assembly.key(&stack.name);
        let planned = planned(stack, key, depends_on, values);
        all.push(PlannedStack {
            seen: seen(found),
            ..planned.map_err(|finding| Failure::of([*finding]))?
        });
    }
    Ok(all)
}

/// What was found of a stack, for a run that begins now.
pub(crate) fn seen(found: &StackFound) -> Option<Seen> {
    Some(Seen {
        stack: found.stack.as_ref().ok()?.clone(),
        template: found
            .template
            .as_ref()
            .and_then(|text| text.as_ref().ok())
            .cloned(),
    })
}
