//! A permissions boundary: whoever makes roles and users makes those only that it limits.
//!
//! Source: IAM user guide, "Permissions boundaries for IAM entities", "Delegating responsibility to others using
//! permissions boundaries".

use crate::grant::{Condition, Grant};
use crate::needed::Needed;

/// What makes a role or a user, or gives it more: only with the boundary.
const LIMITED: [&str; 8] = [
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
];

/// What takes the boundary away.
const REFUSED: [&str; 2] = [
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
];

impl Needed {
    /// The same where all roles and users have this boundary: nothing is granted that takes it away.
    #[must_use]
    pub fn within(mut self, boundary: &str) -> Needed {
        self.unscoped.retain(|open| !is_in(&REFUSED, &open.action));
        let grants = self.grants.into_iter();
        self.grants = grants.flat_map(|grant| limited(grant, boundary)).collect();
        self
    }
}

/// A grant as it was, and one of what has the condition; none of them is empty.
fn limited(mut grant: Grant, boundary: &str) -> impl Iterator<Item = Grant> {
    grant.actions.retain(|action| !is_in(&REFUSED, action));
    let (with, without): (Vec<_>, Vec<_>) = grant
        .actions
        .drain(..)
        .partition(|action| is_in(&LIMITED, action));
    let mut only = grant.clone();
    only.conditions.push(Condition {
        operator: "StringEquals".to_owned(),
        key: "iam:PermissionsBoundary".to_owned(),
        values: vec![boundary.to_owned()],
    });
    (grant.actions, only.actions) = (without, with);
    [grant, only]
        .into_iter()
        .filter(|grant| !grant.actions.is_empty())
}

fn is_in(actions: &[&str], action: &str) -> bool {
    actions
        .iter()
        .any(|known| known.eq_ignore_ascii_case(action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lacking;
    use crate::{MANAGED_POLICY, documents};
    use serde_json::Value;

    const ROLE: &str = "arn:aws:iam::1:role/shop-*";
    const BOUNDARY: &str = "arn:aws:iam::1:policy/boundary";

    fn roles() -> Needed {
        let actions = [
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePermissionsBoundary",
            "iam:PutRolePermissionsBoundary",
        ];
        Needed {
            grants: vec![Grant {
                actions: actions.map(str::to_owned).into(),
                resources: vec![ROLE.to_owned()],
                conditions: Vec::new(),
            }],
            ..Needed::default()
        }
    }

    /// What the policies for one lack of the other.
    fn missing(of: &Needed, needed: &Needed) -> Vec<String> {
        let documents: Vec<Value> = documents(&of.grants, MANAGED_POLICY)
            .into_iter()
            .map(|document| document.0)
            .collect();
        let lacking = lacking(&documents, needed).into_iter();
        lacking.map(|lacking| lacking.action).collect()
    }

    #[test]
    fn who_makes_roles_makes_those_only_that_the_boundary_limits() {
        let limited = roles().within(BOUNDARY);
        let without = [
            "iam:CreateRole",
            "iam:DeleteRolePermissionsBoundary",
            "iam:PutRolePermissionsBoundary",
        ];
        assert_eq!(missing(&limited, &roles()), without);
        assert!(missing(&limited, &limited).is_empty());
        let other = roles().within("arn:aws:iam::1:policy/other");
        let other_way = ["iam:CreateRole", "iam:PutRolePermissionsBoundary"];
        assert_eq!(missing(&limited, &other), other_way);
        // What is allowed on any is allowed with a boundary, too.
        assert!(missing(&roles(), &limited).is_empty());
    }
}
