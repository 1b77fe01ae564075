//! `diff --deployed`: against what CloudFormation has.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use indexmap::IndexSet;
use stratiform_assembly::{Assembly, StackPolicy, environment_of};
use stratiform_aws::{Aws, DeployedStack, Error};
use stratiform_bootstrap::{ARTIFACTS, KEY as BOOTSTRAP};
use stratiform_changes::Edit;
use stratiform_deploy::call::Stack;
use stratiform_diff::{Note, StackDiff, imported_elsewhere};
use stratiform_finding::{Code, Finding, Level};
use stratiform_service::AccountId;
use stratiform_template::{Value, parse_json};

use super::{Sides, by_laws, compare, facts};
use crate::args::{Diff, Global};
use crate::assemblies::deployed::stack_at;
use crate::assemblies::since::synthesized;
use crate::cloud::Cloud;
use crate::definition::Definition;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::restores::restored;
use crate::runtime::block_on;
use crate::view::reviewed::{Method, Review};
use crate::view::{Event, View};

/// The working tree's synthesis against the stacks that exist.
pub(super) fn review(
    define: &dyn Definition,
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
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    let (found, review) = block_on(async {
        // All environments at the same time: each has a connection of its own.
        let found = synthesized.into_iter().map(|after| ask(&cloud, after));
        let found = try_join_all(found).await?;
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
        let mut review = by_laws(define, &project, |laws| compare(sides, method, args, laws))?;
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

async fn ask(cloud: &Cloud, after: Assembly) -> Result<Found, Failure> {
    let aws = cloud.connect(&after.region, after.account.as_ref()).await;
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
pub(crate) async fn deployed(
    aws: &Aws,
    after: &Assembly,
) -> Result<(AccountId, Vec<DeployedStack>), Error> {
    let identity = aws.identity().await?;
    identity.expect_account(after.account.as_ref())?;
    let known = after.stacks.iter().map(|stack| stack.name.clone());
    let mut names: IndexSet<String> = known.collect();
    // What the environment has besides its own stacks is known by name.
    let is_besides = after
        .environment
        .as_deref()
        .is_some_and(|name| environment_of(name) != name);
    if let Some(prefix) = after.prefix().filter(|_| !is_besides) {
        names.extend(aws.stack_names(prefix.as_str()).await?);
    }
    let names: Vec<String> = names.into_iter().collect();
    let stacks = aws.deployed(&names).await?.into_iter().flatten();
    let ours = stacks.filter(|deployed| {
        after.stack(&deployed.stack.name).is_some() || is_left(&deployed.stack, after)
    });
    Ok((identity.account, ours.collect()))
}

/// Whether a stack that is not synthesized, and whose name starts as those of the environment do, is one of them.
pub(crate) fn is_left(stack: &Stack, after: &Assembly) -> bool {
    ![BOOTSTRAP, ARTIFACTS].contains(&after.key(&stack.name)) && is_ours(stack, after)
}

/// Whether a stack whose name starts as ours do is ours: `shop-dev-tools-dev-network` may be the stack
/// `tools-dev-network` of the app `shop`, or `network` of another app. The tags that every stack of ours has tell.
fn is_ours(stack: &Stack, after: &Assembly) -> bool {
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
        let new = after.stacks.iter().find(|new| new.name == stack.stack.name);
        let policy = policy(aws, &stack).await;
        let before = stack_at(aws, stack, new, policy).await?;
        let new = after.stacks.iter_mut().find(|new| new.name == before.name);
        if let Some(new) = new {
            let given = new.template.parameters.iter();
            let restored = restored(&new.template);
            let given = given.filter(|(name, parameter)| {
                parameter.default.is_none() || restored.contains_key(name.as_str())
            });
            let kept = given
                .filter_map(|(name, _)| Some((name.clone(), before.parameters.get(name)?.clone())));
            new.parameters = kept.collect();
        }
        stacks.push(before);
    }
    let before = Assembly {
        stacks,
        ..after.clone()
    };
    Ok(Sides::new(Some(before), Some(after)))
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
