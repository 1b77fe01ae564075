//! What the roles of a bootstrap may do, for whoever has to agree: how large it is, what is not scoped, and why.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::Value;
use stratiform_assembly::Assembly;
use stratiform_environment::Settings;
use stratiform_permissions::{MANAGED_POLICIES, MANAGED_POLICY};

use crate::{Names, Needs, Role, Whereabouts, roles};

/// As long as any account.
const ANY_ACCOUNT: &str = "000000000000";

/// The report as Markdown, of an environment's stacks, what their roles need, and what bootstraps them in its own region.
pub fn report(
    assembly: &Assembly,
    settings: &Settings,
    bootstrap: &Assembly,
    needs: &Needs,
) -> String {
    let names = Names::of(settings);
    let account = assembly.account.as_ref();
    let place = Whereabouts {
        partition: assembly.region.partition().to_owned(),
        account: account.map_or_else(|| ANY_ACCOUNT.to_owned(), ToString::to_string),
        region: assembly.region.to_string(),
    };
    let Needs { execution, deploy } = needs;
    let mut text = format!(
        "# What the roles of `{}` may do\n\nA role has at most {MANAGED_POLICIES} policies, each of at most {MANAGED_POLICY} \
         characters.\n",
        names.prefix()
    );
    let stacks = bootstrap.stacks.iter();
    for role in stacks.flat_map(|stack| roles(&stack.template, &place)) {
        text += &format!("\n## `{}`\n\n{}", role.name, sizes(&role));
        if role.name == names.execution_role() {
            let open = execution.unscoped.iter();
            text += &unscoped(open.map(|open| (open.action.as_str(), open.reason.to_string())));
            text += &unknown(execution.unknown.iter().map(ToString::to_string));
        } else if role.name == names.deploy_role() {
            let open = deploy.unscoped.iter();
            text += &unscoped(open.map(|(action, why)| (action.as_str(), why.clone())));
        } else {
            let deploys = names.deploy_role();
            text += &format!("\nWhat `{deploys}` may, but for what the last policy denies.\n");
        }
    }
    text
}

/// One text or several.
fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        item => std::slice::from_ref(item),
    }
}

fn sizes(role: &Role) -> String {
    let policies = role.policies.iter();
    let statements = policies.flat_map(|policy| items(&policy.document["Statement"]));
    let allowing: Vec<_> = statements.filter(|it| it["Effect"] == "Allow").collect();
    let actions = allowing.iter().flat_map(|it| items(&it["Action"]));
    let actions: BTreeSet<&str> = actions.filter_map(Value::as_str).collect();
    let on_all = allowing.iter().filter(|it| it["Resource"] == "*").count();
    let sizes = role.policies.iter().map(|it| it.characters().to_string());
    let sizes: Vec<_> = sizes.collect();
    let boundary = role.boundary.as_ref().and_then(Value::as_str);
    let boundary = boundary.map(|arn| format!("- never more than `{arn}` allows\n"));
    format!(
        "- {} with {} characters\n- {}, {on_all} of them on every resource (`*`)\n- {}, {} of them a pattern\n{}",
        counted(sizes.len(), "policy", "policies"),
        sizes.join(", "),
        counted(allowing.len(), "statement", "statements"),
        counted(actions.len(), "action", "actions"),
        actions.iter().filter(|action| action.contains('*')).count(),
        boundary.unwrap_or_default()
    )
}

fn counted(number: usize, one: &str, more: &str) -> String {
    let word = if number == 1 { one } else { more };
    format!("{number} {word}")
}

/// The actions on more than what the stacks name: those of one reason together, a line for each service.
fn unscoped<'a>(open: impl Iterator<Item = (&'a str, String)>) -> String {
    let mut reasons: IndexMap<String, BTreeMap<&str, Vec<String>>> = IndexMap::new();
    let mut all = BTreeSet::new();
    for (action, why) in open {
        let service = action.split(':').next().unwrap_or_default();
        let of_reason = reasons.entry(why).or_default();
        of_reason
            .entry(service)
            .or_default()
            .push(format!("`{action}`"));
        all.insert(action);
    }
    if all.is_empty() {
        return "\nEach action only on what the stacks name.\n".to_owned();
    }
    let mut text = format!(
        "\n{} on more than what the stacks name:\n",
        counted(all.len(), "action", "actions")
    );
    for (why, services) in reasons {
        text += &format!("\n- {why}:\n");
        for actions in services.values() {
            text += &format!("  - {}\n", actions.join(", "));
        }
    }
    text
}

/// Types of which nobody says what they need, and what is granted for them.
fn unknown(types: impl Iterator<Item = String>) -> String {
    let lines: String = types.map(|unknown| format!("- {unknown}\n")).collect();
    match lines.is_empty() {
        true => lines,
        false => format!("\nTypes of which nobody says what they need:\n\n{lines}"),
    }
}
