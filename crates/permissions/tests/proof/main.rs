//! The proof: what is derived from templates covers all that the engine's handlers do with them, and nothing of others.
//!
//! The stacks of each environment are created, changed and deleted on the engine. Each thing that a handler did is
//! translated by the catalog into actions, on the ARNs that the engine itself says; what is derived has to allow them.
#![expect(clippy::unwrap_used, reason = "a test")]

mod estate;
mod request;

use std::collections::BTreeSet;

use estate::Estate;
use request::{Answer, Request};
use serde_json::Value;
use stratiform_catalog::action::{action, actions};
use stratiform_catalog::{Handler, catalog};
use stratiform_permissions::{
    MANAGED_POLICIES, MANAGED_POLICY, Needed, documents, lacking, of_stacks,
};

/// All environments: the reference app's, and those of an app beside it.
const ENVIRONMENTS: [&str; 5] = [
    "snapshots/dev",
    "snapshots/staging",
    "snapshots/prod",
    "examples/guestbook/snapshots/dev",
    "examples/guestbook/snapshots/prod",
];

/// What is derived for an environment, and the policies of it.
struct Derived {
    needed: Needed,
    policies: Vec<Value>,
}

impl Derived {
    fn of(estate: &Estate) -> Derived {
        let needed = of_stacks(&estate.assembly);
        let policies = documents(&needed.grants, MANAGED_POLICY);
        let filled =
            |document: &stratiform_permissions::Document| document.filled("aws", estate::ACCOUNT);
        Derived {
            policies: policies.iter().map(filled).collect(),
            needed,
        }
    }

    fn allows(&self, request: &Request) -> bool {
        request::answer(&self.policies, std::slice::from_ref(request)).is_empty()
    }

    /// The handlers' actions that are told not to be granted.
    fn left(&self) -> BTreeSet<String> {
        let left = self.needed.left.iter();
        left.map(|left| left.action.to_ascii_lowercase()).collect()
    }
}

#[test]
fn what_handlers_do_is_allowed() {
    for folder in ENVIRONMENTS {
        let estate = Estate::lived(folder);
        let derived = Derived::of(&estate);
        let left = derived.left();
        let mut requests = BTreeSet::new();
        for handled in &estate.handled {
            for answer in request::of_handler(handled, &estate) {
                match answer {
                    Answer::Asks(request) => {
                        requests.insert(request);
                    }
                    Answer::NothingToActOn(action) | Answer::NoSuchAction(action) => {
                        let is_told = left.contains(&action.to_ascii_lowercase());
                        assert!(is_told, "{folder}: {action} of {}", handled.resource_type);
                    }
                }
            }
        }
        let requests: Vec<_> = requests.into_iter().collect();
        assert!(requests.len() > 50, "{folder}: {}", requests.len());
        let refused = request::answer(&derived.policies, &requests);
        assert!(refused.is_empty(), "{folder}: {refused:#?}");
    }
}

#[test]
fn all_that_a_life_has_was_seen() {
    let estate = Estate::lived("snapshots/prod");
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
fn nothing_is_allowed_that_no_handler_names() {
    // What templates need outside of handlers.
    const AROUND: [&str; 3] = [
        "ec2:describeaccountattributes",
        "ec2:describeavailabilityzones",
        "ec2:describesubnets",
    ];
    for folder in ENVIRONMENTS {
        let estate = Estate::written(folder);
        let mut named: BTreeSet<String> = AROUND.map(str::to_owned).into();
        for stack in &estate.assembly.stacks {
            for (_, resource) in stack.template.each_resource() {
                let found = catalog().resource_type(&resource.resource_type).unwrap();
                let by_handlers = Handler::ALL
                    .into_iter()
                    .flat_map(|handler| found.permissions(handler));
                for name in by_handlers.chain(found.tagging_permissions()) {
                    named.extend(request::actions_of(name).map(|name| name.to_ascii_lowercase()));
                }
            }
        }
        for grant in Derived::of(&estate).needed.grants {
            for action in grant.actions {
                assert!(
                    named.contains(&action.to_ascii_lowercase()),
                    "{folder}: {action}"
                );
                assert!(!action.contains('*'), "{folder}: {action}");
            }
        }
    }
}

/// In the same account and region, where only names keep environments apart.
#[test]
fn nothing_of_another_environment_or_app_is_allowed() {
    let all = ENVIRONMENTS.map(Estate::lived);
    for (folder, estate) in ENVIRONMENTS.iter().zip(&all) {
        let derived = Derived::of(estate);
        let unscoped: BTreeSet<_> = derived
            .needed
            .unscoped
            .iter()
            .map(|told| told.action.to_ascii_lowercase())
            .collect();
        let mut requests = Vec::new();
        for of_other in all
            .iter()
            .filter(|of_other| !std::ptr::eq(*of_other, estate))
        {
            for arn in of_other.arns() {
                let service = arn.split(':').nth(2).unwrap();
                let acting = actions(service).filter(|action| request::acts_on(action, arn));
                requests.extend(acting.map(|action| Request::new(action, arn)));
            }
        }
        requests.retain(|request| !unscoped.contains(&request.action.to_ascii_lowercase()));
        let refused = request::answer(&derived.policies, &requests);
        let refused: BTreeSet<_> = refused
            .iter()
            .map(|lacking| (&lacking.action, &lacking.resource))
            .collect();
        let allowed: Vec<_> = requests
            .iter()
            .filter(|request| !refused.contains(&(&request.action, &request.resource)))
            .collect();
        assert!(allowed.is_empty(), "{folder} may {allowed:#?}");
        assert!(requests.len() > 1000, "{folder}: {}", requests.len());
    }
}

#[test]
fn an_action_beside_the_derived_ones_is_refused() {
    let estate = Estate::lived("snapshots/prod");
    let derived = Derived::of(&estate);
    let queue = estate.arns().find(|arn| arn.contains(":sqs:")).unwrap();
    let create = action("sqs:CreateQueue").unwrap();
    assert!(derived.allows(&Request::new(create, queue)));
    for (action, resource) in [
        ("sqs:PurgeQueue", queue),
        (
            "sqs:CreateQueue",
            "arn:aws:sqs:eu-central-1:111122223333:other",
        ),
        ("iam:CreateUser", "arn:aws:iam::111122223333:user/eve"),
        (
            "iam:PassRole",
            "arn:aws:iam::111122223333:role/storefront-prod-backup-Role-1",
        ),
    ] {
        let request = Request {
            action: action.to_owned(),
            resource: resource.to_owned(),
            context: None,
        };
        assert!(!derived.allows(&request), "{request:?}");
    }
}

#[test]
fn no_statement_can_be_spared() {
    for folder in ENVIRONMENTS {
        let derived = Derived::of(&Estate::written(folder));
        let needed = derived.needed.filled("aws", estate::ACCOUNT);
        assert!(lacking(&derived.policies, &needed).is_empty(), "{folder}");
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
                assert!(
                    !lacking(&spared, &about).is_empty(),
                    "{folder}: {statement}"
                );
            }
        }
    }
}

#[test]
fn policies_fit_a_role() {
    for folder in ENVIRONMENTS {
        let needed = of_stacks(&Estate::written(folder).assembly);
        let documents = documents(&needed.grants, MANAGED_POLICY);
        assert!(
            documents.len() <= MANAGED_POLICIES,
            "{folder}: {}",
            documents.len()
        );
        assert!(
            documents
                .iter()
                .all(|document| document.size() <= MANAGED_POLICY)
        );
        assert_eq!(needed.unknown, [], "{folder}");
    }
}
