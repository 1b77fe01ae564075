//! `diff --deployed`: against what CloudFormation has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use stratiform_deploy::{Aws, DeployedStack, Error, ParameterValue};
use stratiform_diff::{ChangeType, StackDiff, imported_elsewhere};
use stratiform_environment::Environment;

use super::{Sides, compare, facts, synthesized};
use crate::Define;
use crate::args::{Diff, Global};
use crate::exit::Exit;
use crate::project::Project;
use crate::report::{Failure, Report};
use crate::review::{Method, Review};
use crate::source::{Source, SourceStack, parse};

/// The working tree's synthesis against the stacks that exist.
pub(super) fn review<E: Environment>(
    define: Define<E>,
    global: &Global,
    args: &Diff,
) -> Result<Review, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            let what = format!("cannot start waiting for AWS: {error}");
            Failure::new(
                Exit::Failed,
                "runtime",
                what,
                "check the limits of this process",
            )
        })?;
    let mut sides = Vec::new();
    let mut connections = Vec::new();
    let mut read = Vec::new();
    for after in synthesized(define, &project, &args.env)? {
        let aws = runtime.block_on(Aws::connect(&after.region));
        let (account, deployed) = runtime.block_on(deployed(&aws, &after)).map_err(failure)?;
        let (before, after) = sides_of(deployed, after, &account)?;
        read.push(format!("account {account}, {}", after.region));
        sides.push(Sides {
            before: Some(before),
            after: Some(after),
        });
        connections.push(aws);
    }
    let read: BTreeSet<String> = read.into_iter().collect();
    let method = Method {
        before: format!(
            "CloudFormation's stacks, read from {}",
            read.into_iter().collect::<Vec<_>>().join("; ")
        ),
        after: "the working tree, synthesized".to_owned(),
        facts: facts(),
    };
    let mut review = compare(sides, method, args)?;
    for (environment, aws) in review.environments.iter_mut().zip(&connections) {
        let own: BTreeSet<String> = environment
            .stacks
            .iter()
            .map(|stack| stack.diff.name.clone())
            .collect();
        for stack in &mut environment.stacks {
            let importers = runtime
                .block_on(importers(aws, &stack.diff))
                .map_err(failure)?;
            for (export, mut stacks) in importers {
                // Those of the environment are found in their templates.
                stacks.retain(|stack| !own.contains(stack));
                imported_elsewhere(&mut stack.diff, &export, &stacks);
            }
        }
    }
    Ok(review)
}

async fn deployed(
    aws: &Aws,
    after: &Source,
) -> Result<(String, Vec<Option<DeployedStack>>), Error> {
    let identity = aws.identity().await?;
    identity.expect_account(after.account.as_deref())?;
    let names: Vec<String> = after
        .stacks
        .iter()
        .map(|stack| stack.name.clone())
        .collect();
    Ok((identity.account, aws.deployed(&names).await?))
}

/// The stacks that exist, and what is synthesized with the values that a deployment would leave as they are.
fn sides_of(
    deployed: Vec<Option<DeployedStack>>,
    mut after: Source,
    account: &str,
) -> Result<(Source, Source), Failure> {
    after.account = Some(account.to_owned());
    let mut stacks = Vec::new();
    for stack in deployed.into_iter().flatten() {
        let shown = format!("the deployed template of {}", stack.name);
        let template = parse(&shown, &stack.template)?;
        // A hidden value is the same before and after, as far as anybody can tell.
        let values = stack
            .parameters
            .into_iter()
            .filter_map(|(name, value)| match value {
                ParameterValue::Known(value) | ParameterValue::Resolved { name: value, .. } => {
                    Some((name, value))
                }
                ParameterValue::Hidden => None,
            });
        let parameters: IndexMap<String, String> = values.collect();
        if let Some(new) = after.stacks.iter_mut().find(|new| new.name == stack.name) {
            let kept = new
                .template
                .parameters
                .iter()
                .filter(|(_, new)| new.default.is_none());
            let kept =
                kept.filter_map(|(name, _)| Some((name.clone(), parameters.get(name)?.clone())));
            let kept: IndexMap<String, String> = kept.collect();
            new.parameters = kept;
        }
        stacks.push(SourceStack {
            name: stack.name,
            template: Arc::new(template),
            parameters,
            tags: own_tags(stack.tags),
            termination_protection: Some(stack.termination_protection),
        });
    }
    Ok((
        Source {
            stacks,
            ..after.clone()
        },
        after,
    ))
}

/// The tags without those that a deployment adds: they change with every one.
fn own_tags(mut tags: IndexMap<String, String>) -> IndexMap<String, String> {
    tags.retain(|key, _| !["release", "commit", "deployed-by", "run"].contains(&key.as_str()));
    tags
}

/// The stacks that import the exports which go or change.
async fn importers(aws: &Aws, stack: &StackDiff) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let mut found = BTreeMap::new();
    for output in &stack.outputs {
        if output.change_type == ChangeType::Add {
            continue;
        }
        let export = output
            .before
            .as_ref()
            .and_then(|before| before.export.as_ref()?.known());
        if let Some(export) = export {
            found.insert(export.to_string(), aws.imports(&export).await?);
        }
    }
    Ok(found)
}

fn failure(error: Error) -> Failure {
    Failure::of([Report {
        code: error.code().to_owned(),
        what: format!("{error}: {}", error.why()),
        places: Vec::new(),
        help: error.help(),
    }])
}
