//! The proof: what is derived from templates covers all that the engine's handlers do with them, and nothing of others.
//!
//! The stacks of each environment are created, changed and deleted on the engine. Each thing that a handler did is
//! translated by the catalog into actions, on the ARNs that the engine itself says; what is derived has to allow them.
//! `tests/permissions.rs` does the same with the shop.
#![expect(clippy::unwrap_used, reason = "a test")]

mod estate;
mod law;
mod request;

use std::collections::BTreeSet;
use std::path::Path;

use estate::Estate;
use law::Derived;
use request::Request;
use stratiform_catalog::Handler;
use stratiform_permissions::{MANAGED_POLICIES, MANAGED_POLICY, documents, lacking, of_stacks};

/// All environments: the reference app's, and those of an app beside it.
fn written() -> impl Iterator<Item = Estate> {
    let folders = [
        "snapshots/dev",
        "snapshots/staging",
        "snapshots/prod",
        "examples/guestbook/snapshots/dev",
        "examples/guestbook/snapshots/prod",
    ];
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    folders
        .into_iter()
        .map(move |folder| Estate::written(&repository.join(folder)))
}

fn prod() -> Estate {
    written()
        .find(|estate| estate.name == "storefront-prod")
        .unwrap()
        .lived()
}

#[test]
fn what_handlers_do_is_allowed() {
    written().for_each(|estate| law::handlers_are_allowed(&estate.lived()));
}

#[test]
fn nothing_is_allowed_that_no_handler_names() {
    written().for_each(|estate| law::nothing_else_is_granted(&estate));
}

#[test]
fn nothing_of_another_environment_or_app_is_allowed() {
    let all: Vec<_> = written().map(Estate::lived).collect();
    law::environments_are_kept_apart(&all);
}

#[test]
fn all_that_a_life_has_was_seen() {
    let estate = prod();
    let count = |handler| {
        estate
            .handled
            .iter()
            .filter(|handled| handled.handler == handler)
            .count()
    };
    let types: BTreeSet<_> = estate
        .handled
        .iter()
        .map(|handled| &handled.resource_type)
        .collect();
    let written = estate
        .assembly
        .stacks
        .iter()
        .flat_map(|stack| stack.template.each_resource());
    let written: BTreeSet<_> = written
        .map(|(_, resource)| &resource.resource_type)
        .collect();
    assert_eq!(types, written);
    let created = count(Handler::Create);
    let resources: usize = estate
        .assembly
        .stacks
        .iter()
        .map(|stack| stack.template.resources.len())
        .sum();
    assert!(created > resources, "something was replaced");
    assert!(count(Handler::Update) > 10);
    assert!(count(Handler::Delete) > 100);
}

#[test]
fn an_action_beside_the_derived_ones_is_refused() {
    let estate = prod();
    let derived = Derived::of(&estate);
    let queue = estate.arns().find(|arn| arn.contains(":sqs:")).unwrap();
    let role = "arn:aws:iam::111122223333:role/storefront-prod-backup-Role-1";
    let refused = |action: &str, resource: &str| {
        let request = Request {
            action: action.to_owned(),
            resource: resource.to_owned(),
            context: None,
        };
        !request::answer(&derived.policies, &[request]).is_empty()
    };
    assert!(!refused("sqs:CreateQueue", queue));
    assert!(!refused("iam:DeleteRole", role));
    assert!(refused("sqs:PurgeQueue", queue));
    assert!(refused(
        "sqs:CreateQueue",
        "arn:aws:sqs:eu-central-1:111122223333:other"
    ));
    assert!(refused(
        "iam:CreateUser",
        "arn:aws:iam::111122223333:user/eve"
    ));
    // Only to the services that it trusts.
    assert!(refused("iam:PassRole", role));
}

#[test]
fn no_statement_can_be_spared() {
    for estate in written() {
        let (derived, name) = (Derived::of(&estate), &estate.name);
        let needed = derived.needed.filled("aws", estate::ACCOUNT);
        assert!(lacking(&derived.policies, &needed).is_empty(), "{name}");
        for (number, policy) in derived.policies.iter().enumerate() {
            for (at, statement) in policy["Statement"].as_array().unwrap().iter().enumerate() {
                let mut spared = derived.policies.clone();
                spared[number]["Statement"]
                    .as_array_mut()
                    .unwrap()
                    .remove(at);
                // Of what is needed, that which the statement is about.
                let action = statement["Action"]
                    .as_str()
                    .or(statement["Action"][0].as_str());
                let mut about = needed.clone();
                about.grants.retain(|grant| {
                    grant
                        .actions
                        .iter()
                        .any(|known| Some(known.as_str()) == action)
                });
                assert!(!lacking(&spared, &about).is_empty(), "{name}: {statement}");
            }
        }
    }
}

#[test]
fn policies_fit_a_role() {
    for estate in written() {
        let (needed, name) = (of_stacks(&estate.assembly), &estate.name);
        let documents = documents(&needed.grants, MANAGED_POLICY);
        assert!(
            documents.len() <= MANAGED_POLICIES,
            "{name}: {}",
            documents.len()
        );
        assert!(
            documents
                .iter()
                .all(|document| document.size() <= MANAGED_POLICY)
        );
        assert_eq!(needed.unknown, [], "{name}");
    }
}
