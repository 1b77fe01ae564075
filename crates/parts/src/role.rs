//! Roles.

use stratiform_stack::{Handle, Opt, PolicyDocument, Prop, Stack, Statements, props};

use crate::part::part;
use crate::resources::iam;

part! {
    /// A role with one inline policy: what [`trust`](crate::trust) makes says who may take it.
    pub struct Role {
        required {
            /// Who may take it.
            trust: PolicyDocument,
            /// What it is for.
            description: Prop<String>,
        }
        optional {
            /// What it may do. Without anything the role has no policy.
            statements: Statements,
            /// The name of the policy.
            policy_name: Prop<String> = "permissions",
            /// The most that the role may ever be allowed.
            permissions_boundary: Opt<String>,
        }
    }
}

impl Role {
    /// Adds it under the logical ID `id`.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, id: &str) -> Handle<iam::Role> {
        let policy = (!self.statements.is_empty()).then(|| {
            props!(iam::role::Policy {
                policy_document: PolicyDocument::new(self.statements),
                policy_name: self.policy_name,
            })
        });
        stack.add(
            id,
            props!(iam::Role {
                assume_role_policy_document: self.trust,
                description: self.description,
                permissions_boundary: self.permissions_boundary,
                policies: policy.map(|policy| [policy]),
            }),
        )
    }
}
