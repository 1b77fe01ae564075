//! Grants: what is allowed on what.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Actions that are allowed on resources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// Of one service, in AWS's spelling, sorted: `sqs:CreateQueue`.
    pub actions: Vec<String>,
    /// ARNs with `*`, and with `${AWS::Partition}` and `${AWS::AccountId}` in them; or `*` alone. Sorted.
    pub resources: Vec<String>,
    /// What must be true besides.
    pub conditions: Vec<Condition>,
}

/// A condition of a statement: one of the values has to be what the key says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// `StringEquals`.
    pub operator: String,
    /// `iam:PassedToService`.
    pub key: String,
    /// The values, sorted.
    pub values: Vec<String>,
}

/// Single permissions, put together by what they are on.
#[derive(Debug, Default)]
pub(crate) struct Permissions {
    /// The resources of each action and its conditions. The key is in small letters, with the spelling beside it.
    on: BTreeMap<(String, Vec<Condition>), (String, Resources)>,
}

/// ARNs, which many actions share.
type Resources = BTreeSet<Rc<str>>;

impl Permissions {
    /// Allows an action on resources, of which there has to be one.
    pub(crate) fn allow<R: Into<Rc<str>>>(
        &mut self,
        action: &str,
        arns: impl IntoIterator<Item = R>,
        conditions: Vec<Condition>,
    ) {
        let key = (action.to_ascii_lowercase(), conditions);
        let (spelling, resources) = self.on.entry(key).or_default();
        // The first one in order, so that the order of types does not matter.
        if spelling.is_empty() || action < spelling.as_str() {
            action.clone_into(spelling);
        }
        resources.extend(arns.into_iter().map(Into::into));
    }

    /// Grants: those of one service on the same resources are one.
    pub(crate) fn grants(self) -> Vec<Grant> {
        type Key<R> = (String, R, Vec<Condition>);
        // Most actions of a service are on the same resources: those are narrowed once.
        let mut alike: BTreeMap<Key<Resources>, Vec<String>> = BTreeMap::new();
        for ((action, conditions), (spelling, resources)) in self.on {
            let service = action.split(':').next().unwrap_or_default().to_owned();
            let key = (service, resources, conditions);
            alike.entry(key).or_default().push(spelling);
        }
        let mut grants: BTreeMap<Key<Vec<String>>, Vec<String>> = BTreeMap::new();
        for ((service, resources, conditions), actions) in alike {
            let key = (service, narrowed(&resources), conditions);
            grants.entry(key).or_default().extend(actions);
        }
        let grant = |((_, resources, conditions), mut actions): (Key<Vec<String>>, Vec<String>)| {
            actions.sort();
            Grant {
                actions,
                resources,
                conditions,
            }
        };
        grants.into_iter().map(grant).collect()
    }
}

/// Without those that another one covers.
fn narrowed(resources: &Resources) -> Vec<String> {
    let open = resources.iter().filter(|resource| resource.contains('*'));
    let open: Vec<&Rc<str>> = open.collect();
    let is_covered = |resource: &&Rc<str>| {
        let mut others = open.iter().filter(|other| *other != resource);
        others.any(|other| crate::glob::covers(other, resource))
    };
    let kept = resources.iter().filter(|resource| !is_covered(resource));
    kept.map(|resource| resource.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_on_the_same_is_one_grant() {
        let mut permissions = Permissions::default();
        for (action, resource) in [
            ("sqs:SetQueueAttributes", "b"),
            ("sqs:CreateQueue", "b"),
            ("sqs:CreateQueue", "a"),
            ("SQS:createQueue", "a"),
            ("sqs:SetQueueAttributes", "a"),
            ("sns:CreateTopic", "t-1"),
            ("sns:CreateTopic", "t-*"),
        ] {
            permissions.allow(action, [resource], Vec::new());
        }
        let told: Vec<_> = permissions
            .grants()
            .into_iter()
            .map(|grant| (grant.actions.join(" "), grant.resources.join(" ")))
            .collect();
        let expected = [
            ("sns:CreateTopic", "t-*"),
            ("SQS:createQueue sqs:SetQueueAttributes", "a b"),
        ];
        assert_eq!(
            told,
            expected.map(|(on, what)| (on.to_owned(), what.to_owned()))
        );
    }
}
