//! `diff --deployed`: against what CloudFormation has.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use indexmap::{IndexMap, IndexSet};
use stratiform_assembly::{Assembly, StackAt, StackPolicy};
use stratiform_aws::{Aws, DeployedParameter, DeployedStack, Error};
use stratiform_changes::Edit;
use stratiform_diff::{Note, StackDiff, imported_elsewhere, macros};
use stratiform_environment::Environment;
use stratiform_finding::{Code, Finding, Level};
use stratiform_service::AccountId;
use stratiform_template::{Value, parse_json};

use super::{Sides, compare, facts, synthesized};
use crate::Define;
use crate::args::{Diff, Global};
use crate::assemblies::{Parsed, parse};
use crate::report::Failure;
use crate::repository::project::Project;
use crate::runtime::block_on;
use crate::view::reviewed::{Method, Review};
use crate::view::{Event, View};

/// Tags that each deployment adds with its own values: they say nothing about the stack.
const RECORDS: [&str; 4] = ["release", "commit", "deployed-by", "run"];

/// The working tree's synthesis against the stacks that exist.
pub(super) fn review<E: Environment>(
    define: Define<E>,
    global: &Global,
    args: &Diff,
    view: &mut dyn View,
) -> Result<Review, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let synthesized = synthesized(define, &project, &args.env)?;
    for after in &synthesized {
        view.event(&Event::Asking {
            environment: after.environment.clone().unwrap_or_default(),
            region: after.region.to_string(),
        });
    }
    let (found, review) = block_on(async {
        // All environments at the same time: each has a connection of its own.
        let found = try_join_all(synthesized.into_iter().map(ask)).await?;
        let mut connections = Vec::new();
        let mut sides = Vec::new();
        let mut places = BTreeSet::new();
        let mut answered = Vec::new();
        for Found {
            aws,
            account,
            stacks,
            sides: found,
        } in found
        {
            places.extend(found.after.as_ref().map(|after| {
                answered.push(Event::Answered {
                    environment: after.environment.clone().unwrap_or_default(),
                    account: account.to_string(),
                    stacks,
                });
                format!("account {account}, {}", after.region)
            }));
            connections.push(aws);
            sides.push(found);
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
                ask_importers(aws, &mut stack.diff, &own).await;
            }
        }
        Ok((answered, review))
    })?;
    found.iter().for_each(|event| view.event(event));
    Ok(review)
}

/// What CloudFormation has of an environment.
struct Found {
    aws: Aws,
    account: AccountId,
    /// How many stacks exist.
    stacks: usize,
    sides: Sides,
}

async fn ask(after: Assembly) -> Result<Found, Failure> {
    let aws = Aws::connect(after.region.as_str()).await;
    let (account, stacks) = deployed(&aws, &after)
        .await
        .map_err(|error| Failure::of([error.into()]))?;
    Ok(Found {
        account: account.clone(),
        stacks: stacks.len(),
        sides: sides_of(&aws, stacks, after, account).await?,
        aws,
    })
}

/// The account, and the environment's stacks that exist: those that are synthesized, and others whose names and tags
/// say that they belong to it.
async fn deployed(aws: &Aws, after: &Assembly) -> Result<(AccountId, Vec<DeployedStack>), Error> {
    let identity = aws.identity().await?;
    identity.expect_account(after.account.as_ref())?;
    let known = after.stacks.iter().map(|stack| stack.name.clone());
    let mut names: IndexSet<String> = known.collect();
    if let Some(prefix) = after.prefix() {
        names.extend(aws.stack_names(prefix.as_str()).await?);
    }
    let names: Vec<String> = names.into_iter().collect();
    let stacks = aws.deployed(&names).await?.into_iter().flatten();
    let ours = stacks.filter(|stack| after.stack(&stack.name).is_some() || is_ours(stack, after));
    Ok((identity.account, ours.collect()))
}

/// Whether a stack whose name starts as ours do is ours: `shop-dev-tools-dev-network` may be the stack
/// `tools-dev-network` of the app `shop`, or `network` of another app. The tags that every stack of ours has tell.
fn is_ours(stack: &DeployedStack, after: &Assembly) -> bool {
    let own = [("app", &after.app), ("environment", &after.environment)];
    own.into_iter().all(|(key, own)| {
        let tag = stack.tags.get(key);
        tag.is_none() || tag == own.as_ref()
    })
}

/// The stacks that exist, and what is synthesized with the values that a deployment would leave as they are.
async fn sides_of(
    aws: &Aws,
    deployed: Vec<DeployedStack>,
    mut after: Assembly,
    account: AccountId,
) -> Result<Sides, Failure> {
    after.account = Some(account);
    let mut stacks = Vec::new();
    for stack in deployed {
        let new = after.stacks.iter().find(|new| new.name == stack.name);
        let parsed = template(aws, &stack, new).await?;
        let (policy, missing) = policy(aws, &stack).await;
        // A hidden value is the same before and after, as far as anybody can tell.
        let values = stack
            .parameters
            .into_iter()
            .filter_map(|(name, value)| match value {
                DeployedParameter::Known(value)
                | DeployedParameter::Resolved { name: value, .. } => Some((name, value)),
                DeployedParameter::Hidden => None,
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
        stacks.push(StackAt {
            parameters,
            tags,
            termination_protection: Some(stack.termination_protection),
            policy,
            findings: parsed.findings.into_iter().chain(missing).collect(),
            ..StackAt::of(stack.name, parsed.template)
        });
    }
    let before = Assembly {
        stacks,
        ..after.clone()
    };
    Ok(Sides {
        before: Some(before),
        after: Some(after),
    })
}

/// A stack policy as CloudFormation has it. The rest of the answer is worth having without it, if that is said.
async fn policy(aws: &Aws, stack: &DeployedStack) -> (StackPolicy, Option<Finding>) {
    let missing = |what: String, help: String| {
        let finding = Finding {
            level: Level::Note,
            ..Finding::new(Code::StackPolicy, what, help)
        };
        (StackPolicy::NotKnown, Some(finding))
    };
    match aws.stack_policy(stack).await {
        Ok(None) => (StackPolicy::Absent, None),
        Ok(Some(text)) => {
            let node = parse_json(&text).ok();
            match node.and_then(|node| Value::from_node(&node).ok()) {
                Some(document) => (StackPolicy::Document(document), None),
                None => missing(
                    "the deployed stack policy is no JSON document: it is not compared".to_owned(),
                    String::new(),
                ),
            }
        }
        Err(error) => missing(
            format!(
                "the stack policy could not be asked: {error}: {}",
                error.why()
            ),
            error.help(),
        ),
    }
}

/// The template of a deployed stack that can be compared: as it was given, or, where macros of it are gone from what
/// is synthesized, as CloudFormation made it of them. Where both sides have macros, both are compared as written.
async fn template(
    aws: &Aws,
    stack: &DeployedStack,
    new: Option<&StackAt>,
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
