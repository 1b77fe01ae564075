//! `bootstrap --print-policy`: the roles with their policies, for whoever has to agree.

use serde_json::{Value, json};
use stratiform_bootstrap::{Role, Whereabouts, needs, report, roles};
#[cfg(feature = "aws")]
use stratiform_permissions::{MANAGED_POLICIES, MANAGED_POLICY};

use super::Wanted;
use crate::report::Failure;
use crate::view::Answer;
use crate::view::sorted::sorted;

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
    if let Some(own) = wanted.bootstraps.first() {
        let needs = needs(&wanted.assembly, wanted.settings);
        stderr += &report(&wanted.assembly, wanted.settings, own, &needs);
    }
    let roles: Vec<Value> = all.iter().map(shown).collect();
    let text = serde_json::to_string_pretty(&sorted(json!({ "version": 1, "roles": roles })));
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
#[cfg(feature = "aws")]
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
