//! What holds for the stacks of any environment.

use std::collections::BTreeSet;

use serde_json::Value;
use stratiform_catalog::action::actions;
use stratiform_catalog::{Handler, catalog};
use stratiform_permissions::{Document, MANAGED_POLICY, Needed, documents, of_stacks};

use crate::estate::{ACCOUNT, Estate};
use crate::request::{self, Answer, Request};

/// What is derived for an environment, and the policies of it.
pub(crate) struct Derived {
    pub(crate) needed: Needed,
    pub(crate) policies: Vec<Value>,
}

impl Derived {
    pub(crate) fn of(estate: &Estate) -> Derived {
        let needed = of_stacks(&estate.assembly);
        let policies = documents(&needed.grants, MANAGED_POLICY);
        let filled = |document: &Document| document.filled("aws", ACCOUNT);
        Derived {
            policies: policies.iter().map(filled).collect(),
            needed,
        }
    }
}

/// Each operation of each handler is allowed; what is not asked for is told.
pub(crate) fn handlers_are_allowed(estate: &Estate) {
    let derived = Derived::of(estate);
    let left: BTreeSet<_> = derived
        .needed
        .left
        .iter()
        .map(|left| left.action.to_ascii_lowercase())
        .collect();
    let mut requests = BTreeSet::new();
    for handled in &estate.handled {
        for answer in request::of_handler(handled, estate) {
            match answer {
                Answer::Asks(request) => {
                    requests.insert(request);
                }
                Answer::NothingToActOn(action) | Answer::NoSuchAction(action) => {
                    let is_told = left.contains(&action.to_ascii_lowercase());
                    assert!(
                        is_told,
                        "{}: {action} of {}",
                        estate.name, handled.resource_type
                    );
                }
            }
        }
    }
    let name = &estate.name;
    let requests: Vec<_> = requests.into_iter().collect();
    assert!(requests.len() > 50, "{name}: {}", requests.len());
    let refused = request::answer(&derived.policies, &requests);
    assert!(refused.is_empty(), "{name}: {refused:#?}");
}

/// No action is granted that no handler names.
pub(crate) fn nothing_else_is_granted(estate: &Estate) {
    // What templates need outside of handlers.
    const AROUND: [&str; 3] = [
        "ec2:describeaccountattributes",
        "ec2:describeavailabilityzones",
        "ec2:describesubnets",
    ];
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
    for grant in Derived::of(estate).needed.grants {
        for action in grant.actions {
            assert!(
                named.contains(&action.to_ascii_lowercase()),
                "{}: {action}",
                estate.name
            );
            assert!(!action.contains('*'), "{}: {action}", estate.name);
        }
    }
}

/// In the same account and region, where only names keep environments apart.
pub(crate) fn environments_are_kept_apart(all: &[Estate]) {
    for estate in all {
        let derived = Derived::of(estate);
        let unscoped: BTreeSet<_> = derived
            .needed
            .unscoped
            .iter()
            .map(|told| told.action.to_ascii_lowercase())
            .collect();
        // What is called the same in both is not another one.
        let own: BTreeSet<&str> = estate.arns().collect();
        let mut requests = Vec::new();
        for of_other in all
            .iter()
            .filter(|of_other| !std::ptr::eq(*of_other, estate))
        {
            for arn in of_other.arns().filter(|arn| !own.contains(arn)) {
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
        assert!(allowed.is_empty(), "{} may {allowed:#?}", estate.name);
        assert!(requests.len() > 100, "{}: {}", estate.name, requests.len());
    }
}
