//! A stack is brought in line with what its service runs: the same template and parameters, but for one image.

use indexmap::IndexMap;
use stratiform_assembly::Assembly;
use stratiform_aws::Identity;
use stratiform_deploy::call::ParameterValue;
use stratiform_deploy::guard::StackFound;
use stratiform_deploy::{Approval, Conduct, Mending, Plan, PlannedStack, Record, is_record};
use stratiform_environment::Settings;
use stratiform_finding::Code;
use stratiform_service::StackName;

use super::conduct::{Found, conduct};
use super::consent;
use super::record::{Origin, actor, record, run};
use crate::args::Deploy;
use crate::commands::swap::Site;
use crate::exit::Exit;
use crate::report::Failure;

/// A plan that gives a service's stack the image that the service runs, and changes nothing else.
///
/// # Errors
/// The stack or its template could not be asked.
pub(crate) fn in_line(
    args: &Deploy,
    settings: &Settings,
    (assembly, found): (&Assembly, &[StackFound]),
    identity: &Identity,
    (site, image): (&Site, &str),
) -> Result<Plan, Failure> {
    let unknown = || {
        let what = format!("it is not known how the stack of {} stands", site.name);
        Failure::new(Exit::Failed, Code::AwsUnavailable, what, "try again")
    };
    let planned = assembly.stacks.get(site.stack).ok_or_else(unknown)?;
    let found = found.get(site.stack).ok_or_else(unknown)?;
    let stack = found.there().ok_or_else(unknown)?;
    let Some(Ok(template)) = &found.template else {
        return Err(unknown());
    };
    let name = StackName::new(&stack.name).map_err(|_| unknown())?;
    let parameters = stack.parameters.keys().map(|parameter| {
        let value = match *parameter == site.parameter {
            true => ParameterValue::Value(image.to_owned()),
            false => ParameterValue::Previous,
        };
        (parameter.clone(), value)
    });
    let parameters: IndexMap<String, ParameterValue> = parameters.collect();
    let tags = stack.tags.iter().filter(|(key, _)| !is_record(key));
    let stacks = vec![PlannedStack {
        template: template.clone(),
        parameters,
        tags: tags
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
        capabilities: planned.capabilities.clone(),
        ..PlannedStack::bare(name, found.key.clone())
    }];
    let actor = actor();
    let reason = match &args.emergency {
        Some(reason) => reason.clone(),
        None => format!("{} went back", site.name),
    };
    let record = Record {
        release: found.record("release").map(str::to_owned),
        commit: found.record("commit").map(str::to_owned),
        // It asks no check.
        skipped: Some("all".to_owned()),
        ..record(Origin {
            head: None,
            release: None,
            caller: &identity.arn,
            actor: actor.as_deref(),
            consent: consent(args),
            approved_by: None,
            rebuilt_from: None,
            reason: Some(&reason),
        })
    };
    let run = run(&args.env, &record, &stacks);
    let found = Found {
        run,
        record,
        allowed: Vec::new(),
        // An alarm that is on is why somebody goes back.
        rollback: settings
            .deployment
            .rollback_alarm
            .as_ref()
            .map(|_| Default::default()),
        mending: Mending::Harmless,
        // What a service is swapped to is tried already.
        besides: Default::default(),
    };
    let conduct = conduct(args, &settings.deployment, found);
    Ok(Plan {
        stacks,
        conduct: Conduct {
            approval: Approval::Given,
            backup: false,
            ..conduct
        },
    })
}
