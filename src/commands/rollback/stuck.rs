//! Stacks that cannot be deployed as they are: what they are, and the way out.

use std::collections::BTreeMap;

use stratiform_catalog::behaviour;
use stratiform_deploy::call::{Resource, Stack};
use stratiform_deploy::destruction::{Fate, Inventory, Protection};
use stratiform_deploy::guard::{StackFound, Unasked};
use stratiform_deploy::{
    Allowance, Approval, Conduct, Loss, Mending, OnFailure, Plan, PlannedStack, Record,
    Skip as Skipped, Standing, Until, Way, text_digest,
};
use stratiform_environment::Settings;
use stratiform_finding::words::few;
use stratiform_finding::{Code, Finding};
use stratiform_service::change_set::DeploymentConfigMode;
use stratiform_service::{LogicalId, ResourceStatus, StackEvent, StackName, StackStatus, Word};

use crate::args::{Allow, Going, Rollback};
use crate::commands::deploy::conduct::{concurrency, pace};
use crate::exit::Exit;
use crate::report::Failure;

/// A stack that cannot be deployed as it is.
pub(super) struct Stuck<'a> {
    key: &'a str,
    name: &'a str,
    status: &'a Word<StackStatus>,
    standing: Standing,
    /// The resources that are in the way: the first real failures.
    failed: Vec<&'a Resource>,
    /// Those that stay as they are.
    skip: Vec<String>,
    /// Those that hold data, were made by what failed and go with its rollback, and were not named.
    losses: Vec<&'a Resource>,
    /// What is left, where its creation is undone.
    left: Option<Left<'a>>,
    /// Those with data that may go.
    allowed: Vec<Allowance>,
}

impl Stuck<'_> {
    /// Whether nobody knows yet how it ends.
    pub(super) fn is_moving(&self) -> bool {
        self.standing.way == Way::Wait
    }

    /// Whether this command is its way out.
    pub(super) fn is_mended_here(&self) -> bool {
        match self.standing.way {
            Way::Continue | Way::RollBack | Way::Clear | Way::Undo => true,
            Way::Open | Way::Destroy | Way::Wait | Way::Look => false,
        }
    }
}

/// What is left of a creation that could not be rolled back.
struct Left<'a> {
    inventory: Inventory,
    /// All events of its stack.
    events: &'a [StackEvent],
}

/// The stacks that cannot be deployed as they are; `unmade` are those that never were complete and could not be deleted, with
/// all their events.
///
/// # Errors
/// A stack could not be asked; something is to be skipped that is not in the way.
pub(super) fn stuck<'a>(
    found: &'a [StackFound],
    unmade: &'a BTreeMap<&str, Vec<StackEvent>>,
    args: &Rollback,
) -> Result<Vec<Stuck<'a>>, Failure> {
    let mut all = Vec::new();
    for found in found {
        let stack = known(found, found.stack.as_ref())?;
        let Some(stack) = stack else { continue };
        let chosen = |wanted: &String| *wanted == found.key || *wanted == stack.name;
        if !args.stack.is_empty() && !args.stack.iter().any(chosen) {
            continue;
        }
        let events = unmade.get(found.key.as_str());
        let standing = match events {
            Some(_) => Standing::of(&Word::Known(StackStatus::RollbackFailed)),
            None => Standing::of(&stack.status),
        };
        if standing.way == Way::Open {
            continue;
        }
        let resources = found.resources.iter().flatten();
        let failed = resources.filter(|resource| resource.status.as_str().ends_with("_FAILED"));
        let skip = args.skip.iter().filter(|skip| chosen(&skip.stack));
        let allowed = args.allow.iter().filter_map(|allow| match allow {
            Allow::Resource {
                going: Going::Deleted,
                stack,
                logical_id,
            } if chosen(stack) => Some(Allowance {
                loss: Loss::Delete,
                stack: found.key.clone(),
                logical_id: LogicalId::new(logical_id).ok()?,
            }),
            Allow::Resource { .. } | Allow::Cross { .. } => None,
        });
        let allowed: Vec<Allowance> = allowed.collect();
        let is_allowed = |resource: &Resource| {
            let mut allowed = allowed.iter();
            allowed.any(|allowed| allowed.logical_id == resource.logical_id)
        };
        let left = match events {
            Some(events) => Some(Left {
                inventory: left(found, stack)?,
                events,
            }),
            None => None,
        };
        let inventory = left.iter().map(|left| &left.inventory);
        let at_risk = inventory.flat_map(|inventory| inventory.unnamed(&found.key, &[]));
        let at_risk: Vec<LogicalId> = at_risk.map(|blocked| blocked.logical_id).collect();
        // What an operation made, its rollback deletes.
        let was_made = |resource: &Resource| {
            stack.status == StackStatus::CreateFailed
                || (stack.status == StackStatus::UpdateFailed
                    && resource
                        .changed
                        .is_none_or(|changed| Some(changed) >= stack.updated))
        };
        let losses = found.resources.iter().flatten().filter(|resource| {
            let goes = was_made(resource)
                && resource.status == ResourceStatus::CreateComplete
                && behaviour::holds_data(&resource.resource_type);
            (goes || at_risk.contains(&resource.logical_id)) && !is_allowed(resource)
        });
        all.push(Stuck {
            key: &found.key,
            name: &stack.name,
            status: &stack.status,
            standing,
            failed: failed.collect(),
            skip: skip.map(|skip| skip.resource.clone()).collect(),
            losses: losses.collect(),
            left,
            allowed,
        });
    }
    for skip in &args.skip {
        let stuck = all
            .iter()
            .find(|stuck| skip.stack == stuck.key || skip.stack == stuck.name);
        let can = stuck.filter(|stuck| stuck.standing.way == Way::Continue);
        let Some(stuck) = can else {
            return Err(nothing_to_skip());
        };
        // Only CloudFormation knows what is in a nested stack.
        let is_known = skip.resource.contains('.')
            || stuck.failed.iter().any(|resource| {
                resource.logical_id.as_str() == skip.resource
                    && resource.status == ResourceStatus::UpdateFailed
            });
        if !is_known {
            let ids = stuck.failed.iter();
            let ids: Vec<String> = ids
                .map(|resource| resource.logical_id.to_string())
                .collect();
            return Err(Failure::new(
                Exit::Usage,
                Code::UnknownResource,
                format!(
                    "`{}` of the stack `{}` is not UPDATE_FAILED: only what is can be skipped",
                    skip.resource, stuck.key
                ),
                format!("what is in the way: {}", few(&ids)),
            ));
        }
    }
    Ok(all)
}

/// What could be asked of a stack.
///
/// # Errors
/// It could not.
fn known<T>(found: &StackFound, asked: Result<T, &Unasked>) -> Result<T, Failure> {
    asked.map_err(|unasked| {
        let what = format!("it is not known how the stack `{}` stands", found.key);
        let finding = Finding::new(Code::AwsUnavailable, what, unasked.help.clone());
        Failure::of([finding.because(unasked.why.clone())])
    })
}

/// What is left of a creation that failed and could not be rolled back.
///
/// # Errors
/// Its template or its resources could not be asked for.
fn left(found: &StackFound, stack: &Stack) -> Result<Inventory, Failure> {
    let template = found.template.as_ref().map(Result::as_ref).transpose();
    let template = known(found, template)?.map_or("", String::as_str);
    let resources = known(found, found.resources.as_ref())?;
    Ok(Inventory::of(stack, template, resources))
}

/// Refuses to roll creations back whose data nobody named: all that they made is deleted.
///
/// # Errors
/// There is such data.
pub(super) fn keep_data(stuck: &[Stuck<'_>]) -> Result<(), Failure> {
    let losses = stuck.iter().flat_map(|stuck| {
        stuck.losses.iter().map(|resource| {
            let (key, id) = (stuck.key, &resource.logical_id);
            Finding::new(
                Code::DataAtRisk,
                format!(
                    "`{id}` of the stack `{key}` would be deleted ({})",
                    resource.resource_type
                ),
                format!("if that is what you want: --allow delete:{key}/{id}"),
            )
            .because("a creation that is rolled back takes all that it made along")
        })
    });
    let losses: Vec<Finding> = losses.collect();
    if losses.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::of(losses);
    failure.exit = Exit::No;
    Err(failure)
}

/// Refuses to skip where no rollback is stuck.
pub(super) fn nothing_to_skip() -> Failure {
    Failure::new(
        Exit::Usage,
        Code::UnknownResource,
        "nothing can be skipped: only the rollback of a stack that is UPDATE_ROLLBACK_FAILED is continued without a resource",
        "take --skip away, or correct the stack's name",
    )
}

/// What they are, each in a sentence, and the way out.
pub(super) fn text(stuck: &[Stuck<'_>]) -> String {
    stuck.iter().map(one).collect()
}

fn one(stuck: &Stuck<'_>) -> String {
    let Stuck {
        key,
        name,
        status,
        standing,
        failed,
        skip,
        left,
        ..
    } = stuck;
    let mut text = format!("{key} is {status}: it {}\n", standing.sentence);
    for resource in failed {
        let reason = resource.reason.as_deref().unwrap_or_default();
        text += &format!(
            "    {}  {}  {reason}\n",
            resource.logical_id, resource.status
        );
    }
    text += &match standing.way {
        Way::Open => String::new(),
        Way::Continue if !skip.is_empty() => format!(
            "  → its rollback is continued without {}: CloudFormation then takes it as rolled back, whatever it is; look at it \
             afterwards (`diff --deployed`, drift)\n",
            few(skip)
        ),
        Way::Continue => {
            let flags: String = failed
                .iter()
                .filter(|resource| resource.status == ResourceStatus::UpdateFailed)
                .map(|resource| format!(" --skip {key}/{}", resource.logical_id))
                .collect();
            format!(
                "  → correct what is in the way, and its rollback is continued; where it cannot be corrected, leave it as it \
                 is:{flags}\n"
            )
        }
        Way::RollBack => "  → it is rolled back\n".to_owned(),
        Way::Clear => "  → it is deleted if it holds nothing; `deploy` makes it anew\n".to_owned(),
        Way::Undo => left.as_ref().map(undone).unwrap_or_default(),
        Way::Destroy => format!(
            "  → correct what keeps it from going, and delete the stack `{name}` again; `deploy` makes it anew\n"
        ),
        Way::Wait => "  → wait until that has ended\n".to_owned(),
        Way::Look => format!("  → look at the stack `{name}` in CloudFormation\n"),
    };
    text
}

/// What is done about what is left of a creation.
fn undone(left: &Left<'_>) -> String {
    let Left { inventory, events } = left;
    let lifted = inventory.liftable(events);
    let is_lifted = |id: &LogicalId| lifted.iter().any(|(item, _)| item.logical_id == *id);
    let held = inventory.protections.iter().filter_map(|protection| {
        let Protection::Resource {
            logical_id, what, ..
        } = protection
        else {
            return None;
        };
        let text = match is_lifted(logical_id) {
            true => format!("  → the {what} of {logical_id} is lifted: the creation that failed made it, and nothing is lost with it\n"),
            false => format!("  → the {what} of {logical_id} is not lifted: it may hold data; while it is on, AWS refuses to delete it\n"),
        };
        Some(text)
    });
    let stays = inventory
        .items
        .iter()
        .filter(|item| item.fate == Fate::Stays);
    let stays: Vec<String> = stays.map(|item| item.logical_id.to_string()).collect();
    let stays = match stays.is_empty() {
        true => String::new(),
        false => format!(", but for {}, which no stack manages then", few(&stays)),
    };
    let held: String = held.collect();
    format!("{held}  → what is left of it is deleted{stays}; `deploy` makes it anew\n")
}

/// A plan that mends them, and does nothing else.
///
/// # Errors
/// A stack has a name that CloudFormation cannot have given.
pub(super) fn mending(
    args: &Rollback,
    settings: &Settings,
    stuck: &[Stuck<'_>],
) -> Result<Plan, Failure> {
    let mended = || stuck.iter().filter(|stuck| stuck.is_mended_here());
    let stacks = mended().map(|stuck| {
        let name = StackName::new(stuck.name).map_err(|malformed| {
            let what = malformed.to_string();
            Failure::new(Exit::Failed, Code::StackName, what, "")
        })?;
        Ok(PlannedStack::bare(name, stuck.key.to_owned()))
    });
    let skip = mended().flat_map(|stuck| {
        stuck.skip.iter().map(|resource| Skipped {
            stack: stuck.key.to_owned(),
            resource: resource.clone(),
        })
    });
    let about: String = mended()
        .map(|stuck| format!("{} {} {:?}\n", stuck.name, stuck.status, stuck.skip))
        .collect();
    let written = &settings.deployment;
    Ok(Plan {
        stacks: stacks.collect::<Result<_, Failure>>()?,
        conduct: Conduct {
            run: text_digest(&about).chars().take(10).collect(),
            record: Record::default(),
            concurrency: concurrency(args.concurrency, written),
            on_failure: OnFailure::Keep,
            until: Until::Mended,
            approval: Approval::Given,
            allowed: mended().flat_map(|stuck| stuck.allowed.clone()).collect(),
            mending: Mending::Rollbacks,
            skip: skip.collect(),
            role: written.role_arn.clone(),
            notification_arns: Vec::new(),
            rollback: None,
            mode: DeploymentConfigMode::Standard,
            import_existing: false,
            bucket: None,
            backup: false,
            besides: Default::default(),
            verify: None,
            pace: pace(args.local),
        },
    })
}

#[cfg(test)]
mod tests {
    use stratiform_service::StackId;

    use super::*;

    #[test]
    fn what_is_left_is_told_by_what_becomes_of_it() {
        let template = r#"{"Resources": {
            "Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {
                "LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]}},
            "Instance": {"Type": "AWS::RDS::DBInstance", "Properties": {"DeletionProtection": true}},
            "Logs": {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain"}}}"#;
        let id: StackId = "arn:aws:cloudformation:eu-central-1:111122223333:stack/shop-dev-front/1"
            .parse()
            .unwrap();
        let resource = |id: &str, resource_type: &str| Resource {
            logical_id: id.parse().unwrap(),
            physical_id: format!("{id}-1").parse().ok(),
            resource_type: resource_type.to_owned(),
            status: Word::new("DELETE_FAILED"),
            reason: None,
            changed: None,
        };
        let resources = [
            resource("Balancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
            resource("Instance", "AWS::RDS::DBInstance"),
            resource("Logs", "AWS::Logs::LogGroup"),
        ];
        let stack = Stack::bare(id, Word::new("ROLLBACK_FAILED"));
        let left = Left {
            inventory: Inventory::of(&stack, template, &resources),
            events: &[],
        };
        insta::assert_snapshot!(undone(&left), @"
        → the deletion protection of Balancer is lifted: the creation that failed made it, and nothing is lost with it
        → the deletion protection of Instance is not lifted: it may hold data; while it is on, AWS refuses to delete it
        → what is left of it is deleted, but for Logs, which no stack manages then; `deploy` makes it anew
        ");
    }
}
