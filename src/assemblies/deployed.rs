//! Stacks as CloudFormation has them, in the form that they are compared in.

use stratiform_assembly::{StackAt, StackPolicy};
use stratiform_aws::{Aws, DeployedStack};
use stratiform_deploy::is_record;
use stratiform_diff::macros;
use stratiform_finding::Finding;

use super::{Parsed, parse};
use crate::report::Failure;

/// Tags that deployments of other tools add with values of their own: they say nothing about the stack, as [`is_record`].
const RECORDS: [&str; 4] = ["release", "commit", "deployed-by", "run"];

/// A deployed stack; `new` is the same stack as it is synthesized, where it is.
///
/// # Errors
/// Its template cannot be read.
pub(crate) async fn stack_at(
    aws: &Aws,
    stack: DeployedStack,
    new: Option<&StackAt>,
    (policy, missing): (StackPolicy, Option<Finding>),
) -> Result<StackAt, Failure> {
    let parsed = template(aws, &stack, new).await?;
    let DeployedStack { stack, .. } = stack;
    // A hidden value is the same before and after, as far as anybody can tell.
    let parameters = stack.values();
    let mut tags = stack.tags;
    tags.retain(|key, _| !is_record(key) && !RECORDS.contains(&key.as_str()));
    Ok(StackAt {
        parameters,
        tags,
        termination_protection: Some(stack.termination_protection),
        policy,
        findings: parsed.findings.into_iter().chain(missing).collect(),
        ..StackAt::of(stack.name, parsed.template)
    })
}

/// Reads the text of a stack's deployed template.
///
/// # Errors
/// What is wrong with it, with places.
pub(crate) fn parse_deployed(stack: &str, text: &str) -> Result<Parsed, Failure> {
    parse(&format!("the deployed template of {stack}"), text)
}

/// The template of a deployed stack that can be compared: as it was given, or, where macros of it are gone from what
/// is synthesized, as CloudFormation made it of them. Where both sides have macros, both are compared as written.
async fn template(
    aws: &Aws,
    stack: &DeployedStack,
    new: Option<&StackAt>,
) -> Result<Parsed, Failure> {
    let original = parse_deployed(&stack.stack.name, &stack.template)?;
    let is_expanded = new.is_none_or(|new| macros(&new.template).next().is_none());
    // Inside of a resource; text that has the word by chance costs one more call, and the same answer.
    let is_inside = ["Fn::Transform", "!Transform"].map(|word| stack.template.contains(word));
    if is_expanded && (macros(&original.template).next().is_some() || is_inside.contains(&true)) {
        let processed = aws.processed_template(stack).await;
        let processed = processed.map_err(|error| Failure::of([error.into()]))?;
        return parse_deployed(&stack.stack.name, &processed);
    }
    Ok(original)
}
