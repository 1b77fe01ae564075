//! Keys.

use stratiform_stack::condition::arn_like;
use stratiform_stack::generated::{Overlay, matches};
use stratiform_stack::{
    Define, DeletionPolicy, Handle, Opt, PolicyDocument, Principal, Prop, Stack, Statement,
    Statements, arn, props, pseudo, sub,
};

use crate::part::part;
use crate::resources::kms;

part! {
    /// A key that rotates, that IAM policies of the account govern, and that services use as it is said here.
    pub struct Key {
        required {
            /// What it encrypts.
            description: Prop<String>,
        }
        optional {
            /// Its alias: `alias/orders`. Without one it has none.
            alias: Opt<String>,
            /// What services may do with it, besides what IAM policies of the account allow.
            services: Statements,
            /// What becomes of it when it leaves its stack. What it has encrypted is worthless without it.
            removal: DeletionPolicy = DeletionPolicy::RetainExceptOnCreate,
            /// Properties of the key itself: what is named here counts, the rest is the part's.
            key: kms::Key,
        }
    }
}

impl Key {
    /// Adds it: the key under the logical ID `id`, its alias under `<id>Alias`.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, id: &str) -> Handle<kms::Key> {
        let administration = Statement::allow(["kms:*"])
            .sid("AccountAdministersKey")
            .to(Principal::account())
            .on_any();
        let defaults = props!(kms::Key {
            description: self.description,
            enable_key_rotation: true,
            pending_window_in_days: 30,
            key_policy: PolicyDocument::new(
                [administration.into()].into_iter().chain(self.services)
            ),
        });
        let key = stack.add(id, self.key.over(defaults).on_removal(self.removal));
        if let Some(alias) = self.alias.into_prop() {
            stack.add(
                format!("{id}Alias"),
                props!(kms::Alias {
                    alias_name: alias.into_expr(),
                    target_key_id: key.reference(),
                }),
            );
        }
        key
    }
}

part! {
    /// A key for log groups. CloudWatch Logs may use it for those that are named here and for no others, and
    /// [`LogGroup`](crate::LogGroup) refuses to be under it with any other name.
    pub struct LogKey {
        required {
            /// What it encrypts.
            description: Prop<String>,
            /// The names of the log groups, each with `*` for any characters: `["/shop/prod/*"]`.
            groups: Vec<Prop<String>>,
        }
        optional {
            /// Its alias: `alias/logs`. Without one it has none.
            alias: Opt<String>,
            /// What becomes of it when it leaves its stack. What it has encrypted is worthless without it.
            removal: DeletionPolicy = DeletionPolicy::RetainExceptOnCreate,
            /// Properties of the key itself: what is named here counts, the rest is the part's.
            key: kms::Key,
        }
    }
}

/// A [`LogKey`] that was added.
#[derive(Clone, Debug)]
pub struct LogKeyHandles {
    /// The key.
    pub key: Handle<kms::Key>,
    id: String,
    groups: Vec<Prop<String>>,
}

impl LogKey {
    /// Adds it: the key under the logical ID `id`, its alias under `<id>Alias`.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, id: &str) -> LogKeyHandles {
        let arns: Vec<_> = self
            .groups
            .iter()
            .map(|name| arn("logs", sub!("log-group:{}", name.clone())))
            .collect();
        let encrypt = Statement::allow([
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncrypt*",
            "kms:GenerateDataKey*",
            "kms:DescribeKey",
        ])
        .sid("LogGroupsOfThisEnvironment")
        .to(Principal::service(sub!(
            "logs.{}.amazonaws.com",
            pseudo::region()
        )))
        .on_any()
        .when(arn_like("kms:EncryptionContext:aws:logs:arn", arns));
        let key = Key {
            description: self.description,
            alias: self.alias,
            services: Statements::from_iter([encrypt]),
            removal: self.removal,
            key: self.key,
        };
        LogKeyHandles {
            key: key.add_to(stack, id),
            id: id.to_owned(),
            groups: self.groups,
        }
    }
}

impl LogKeyHandles {
    /// Whether CloudWatch Logs may use the key for a log group.
    pub fn admits(&self, log_group: &str) -> bool {
        self.patterns().any(|pattern| matches(pattern, log_group))
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// What it admits, for people.
    pub(crate) fn admitted(&self) -> String {
        let groups = self.patterns().map(|pattern| format!("`{pattern}`"));
        groups.collect::<Vec<_>>().join(", ")
    }

    fn patterns(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().filter_map(Prop::as_text)
    }
}
