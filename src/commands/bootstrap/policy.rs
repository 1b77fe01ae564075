//! `bootstrap --print-policy`: the roles with their policies, for whoever has to agree.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::{Value, json};
use stratiform_bootstrap::{Needs, Role, Whereabouts, needs, roles};
use stratiform_permissions::{Grant, MANAGED_POLICIES, MANAGED_POLICY, Needed};

use super::Wanted;
use crate::report::Failure;
use crate::view::Answer;

/// Stands for the account where the environment's file names none.
const ACCOUNT: &str = "ACCOUNT_ID";

/// The policies as JSON; how large they are and what they leave open on standard error.
pub(super) fn printed(wanted: &Wanted<'_>) -> Result<Answer, Failure> {
    let account = wanted.assembly.account.as_ref();
    let mut stderr = match wanted.unchecked.as_str() {
        "" => String::new(),
        unchecked => format!("{unchecked}\n"),
    };
    let mut all = Vec::new();
    for bootstrap in &wanted.bootstraps {
        let place = Whereabouts {
            partition: bootstrap.region.partition().to_owned(),
            account: account.map_or_else(|| ACCOUNT.to_owned(), ToString::to_string),
            region: bootstrap.region.to_string(),
        };
        let stacks = bootstrap.stacks.iter();
        all.extend(stacks.flat_map(|stack| roles(&stack.template, &place)));
    }
    if account.is_none() {
        stderr +=
            &format!("`{ACCOUNT}` stands for the account: the environment's file names none\n");
    }
    for role in &all {
        stderr += &sizes(role);
    }
    let Needs { execution, deploy } = needs(&wanted.assembly, wanted.settings);
    let unscoped = execution.unscoped.iter();
    let unscoped = unscoped.map(|open| (open.action.as_str(), open.reason.to_string()));
    stderr += &open("CloudFormation's role", &execution.grants, unscoped);
    let unscoped = deploy.unscoped.iter();
    let unscoped = unscoped.map(|(action, why)| (action.as_str(), (*why).to_owned()));
    stderr += &open("the deploy role", &deploy.grants, unscoped);
    stderr += &unknown(&execution);
    let roles: Vec<Value> = all.iter().map(shown).collect();
    let text = serde_json::to_string_pretty(&json!({ "version": 1, "roles": roles }));
    Ok(Answer {
        stderr,
        ..Answer::of(text.unwrap_or_default() + "\n")
    })
}

fn shown(role: &Role) -> Value {
    let policies = role.policies.iter().map(|policy| {
        json!({
            "name": policy.name,
            "characters": policy.characters(),
            "document": policy.document,
        })
    });
    json!({
        "name": role.name,
        "permissionsBoundary": role.boundary,
        "trust": role.trust,
        "policies": policies.collect::<Vec<_>>(),
    })
}

/// How many policies a role has, and how large they are.
pub(super) fn sizes(role: &Role) -> String {
    let sizes = role
        .policies
        .iter()
        .map(|policy| policy.characters().to_string());
    let sizes: Vec<String> = sizes.collect();
    format!(
        "{}: {} of {MANAGED_POLICIES}, with {} of {MANAGED_POLICY} characters\n",
        role.name,
        match sizes.len() {
            1 => "1 policy".to_owned(),
            many => format!("{many} policies"),
        },
        sizes.join(", ")
    )
}

/// What is not scoped, and why: the actions of one reason together.
fn open<'a>(
    role: &str,
    grants: &[Grant],
    unscoped: impl Iterator<Item = (&'a str, String)>,
) -> String {
    let mut reasons: IndexMap<String, Vec<&str>> = IndexMap::new();
    for (action, why) in unscoped {
        reasons.entry(why).or_default().push(action);
    }
    let actions: HashSet<&String> = grants.iter().flat_map(|grant| &grant.actions).collect();
    let open: HashSet<&&str> = reasons.values().flatten().collect();
    let mut text = format!(
        "\n{role}: {} actions, {} of them on more than what the stacks name\n",
        actions.len(),
        open.len()
    );
    for (why, actions) in reasons {
        text += &format!("  {why}:\n    {}\n", actions.join(", "));
    }
    text
}

/// Types of which nobody says what they need, and what is granted for them.
fn unknown(needed: &Needed) -> String {
    let unknown = needed.unknown.iter();
    let unknown = unknown.map(|it| format!("\n{}: {}\n", it.resource_type, it.instead));
    unknown.collect()
}
