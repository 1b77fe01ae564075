//! `diff --deployed`: against what CloudFormation has.

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use stratiform_aws::{Aws, DeployedStack, Error, ParameterValue};
use stratiform_changes::Edit;
use stratiform_diff::{Note, StackDiff, imported_elsewhere, macros};
use stratiform_environment::Environment;
use stratiform_finding::Code;

use super::{Sides, compare, facts, synthesized};
use crate::Define;
use crate::args::{Diff, Global};
use crate::exit::Exit;
use crate::project::Project;
use crate::report::Failure;
use crate::review::{Method, Review};
use crate::source::{Parsed, Source, SourceStack, parse};

/// Tags that each deployment adds with its own values: they say nothing about the stack.
const RECORDS: [&str; 4] = ["release", "commit", "deployed-by", "run"];

/// The working tree's synthesis against the stacks that exist.
pub(super) fn review<E: Environment>(
    define: Define<E>,
    global: &Global,
    args: &Diff,
) -> Result<Review, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| {
        let what = format!("cannot start waiting for AWS: {error}");
        Failure::new(
            Exit::Failed,
            Code::Runtime,
            what,
            "check the limits of this process",
        )
    })?;
    let mut sides = Vec::new();
    let mut connections = Vec::new();
    let mut places = BTreeSet::new();
    for after in synthesized(define, &project, &args.env)? {
        let aws = runtime.block_on(Aws::connect(&after.region));
        let (account, stacks) = runtime
            .block_on(deployed(&aws, &after))
            .map_err(|error| Failure::of([error.into()]))?;
        places.insert(format!("account {account}, {}", after.region));
        sides.push(runtime.block_on(sides_of(&aws, stacks, after, account))?);
        connections.push(aws);
    }
    let places: Vec<String> = places.into_iter().collect();
    let method = Method {
        before: format!("CloudFormation's stacks, read from {}", places.join("; ")),
        after: "the working tree, synthesized".to_owned(),
        facts: facts(),
    };
    let mut review = compare(sides, method, args)?;
    for (environment, aws) in review.environments.iter_mut().zip(&connections) {
        let stacks = environment.stacks.iter();
        let own: BTreeSet<String> = stacks.map(|stack| stack.diff.name.clone()).collect();
        for stack in &mut environment.stacks {
            runtime.block_on(ask_importers(aws, &mut stack.diff, &own));
        }
    }
    Ok(review)
}

/// The account, and the environment's stacks that exist: those that are synthesized, and others whose names say that
/// they belong to it.
async fn deployed(aws: &Aws, after: &Source) -> Result<(String, Vec<DeployedStack>), Error> {
    let identity = aws.identity().await?;
    identity.expect_account(after.account.as_deref())?;
    let known = after.stacks.iter().map(|stack| stack.name.clone());
    let mut names: IndexSet<String> = known.collect();
    if let Some(prefix) = after.prefix() {
        names.extend(aws.stack_names(&prefix).await?);
    }
    let names: Vec<String> = names.into_iter().collect();
    let stacks = aws.deployed(&names).await?;
    Ok((identity.account, stacks.into_iter().flatten().collect()))
}

/// The stacks that exist, and what is synthesized with the values that a deployment would leave as they are.
async fn sides_of(
    aws: &Aws,
    deployed: Vec<DeployedStack>,
    mut after: Source,
    account: String,
) -> Result<Sides, Failure> {
    after.account = Some(account);
    let mut stacks = Vec::new();
    for stack in deployed {
        let new = after.stacks.iter().find(|new| new.name == stack.name);
        let parsed = template(aws, &stack, new).await?;
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
            let given = new
                .template
                .parameters
                .iter()
                .filter(|(_, new)| new.default.is_none());
            let kept =
                given.filter_map(|(name, _)| Some((name.clone(), parameters.get(name)?.clone())));
            new.parameters = kept.collect();
        }
        let mut tags = stack.tags;
        tags.retain(|key, _| !RECORDS.contains(&key.as_str()));
        stacks.push(SourceStack {
            name: stack.name,
            template: Arc::new(parsed.template),
            parameters,
            tags,
            termination_protection: Some(stack.termination_protection),
            notes: parsed.notes,
        });
    }
    let before = Source {
        stacks,
        ..after.clone()
    };
    Ok(Sides {
        before: Some(before),
        after: Some(after),
    })
}

/// The template of a deployed stack that can be compared: as it was given, or, where macros of it are gone from what
/// is synthesized, as CloudFormation made it of them. Where both sides have macros, both are compared as written.
async fn template(
    aws: &Aws,
    stack: &DeployedStack,
    new: Option<&SourceStack>,
) -> Result<Parsed, Failure> {
    let name = format!("the deployed template of {}", stack.name);
    let original = parse(&name, &stack.template)?;
    let is_expanded = new.is_none_or(|new| macros(&new.template).next().is_none());
    // Inside of a resource; text that has the word by chance costs one more call, and the same answer.
    let is_inside = ["Fn::Transform", "!Transform"].map(|word| stack.template.contains(word));
    if is_expanded && (macros(&original.template).next().is_some() || is_inside.contains(&true)) {
        let processed = aws.processed_template(stack).await;
        let processed = processed.map_err(|error| Failure::of([error.into()]))?;
        return parse(&name, &processed);
    }
    Ok(original)
}

/// Asks which stacks import the exports that go or change. Those of the environment are found in their templates.
async fn ask_importers(aws: &Aws, stack: &mut StackDiff, own: &BTreeSet<String>) {
    let changed = stack
        .outputs
        .iter()
        .filter(|output| output.change_type != Edit::Add);
    let exports = changed.filter_map(|output| {
        let export = output.before.as_ref()?.export.as_ref()?.known()?;
        Some(export.into_owned())
    });
    for export in exports.collect::<BTreeSet<String>>() {
        match aws.imports(&export).await {
            Ok(mut importers) => {
                importers.retain(|importer| !own.contains(importer));
                imported_elsewhere(stack, &export, &importers);
            }
            // The rest of the answer is still worth having, if it says what is missing.
            Err(error) => stack.notes.push(Note {
                what: format!(
                    "who imports `{export}` could not be asked: {error}: {}",
                    error.why()
                ),
                help: Some(error.help()),
            }),
        }
    }
}
