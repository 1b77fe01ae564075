//! What stacks are made of: the parts of `stratiform_parts`, and how this app uses them.

pub use stratiform_parts::*;
use stratiform_stack::{App, DeletionPolicy, Tag, props};

use crate::environment::Environment;
use crate::resources::kms;

/// Names that carry the app and the environment, so that environments never collide in one account.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    app: &'a App,
}

impl<'a> Names<'a> {
    /// The names of an app's environment.
    pub fn of(app: &'a App) -> Self {
        Names { app }
    }

    /// `storefront-prod`.
    pub fn prefix(self) -> String {
        let settings = self.app.settings();
        format!("{}-{}", settings.app, settings.environment)
    }

    /// `storefront-prod-<name>`.
    pub fn name(self, name: &str) -> String {
        format!("{}-{name}", self.prefix())
    }

    /// `alias/storefront-prod-<name>`, for keys.
    pub fn alias(self, name: &str) -> String {
        format!("alias/{}", self.name(name))
    }

    /// `/storefront/prod/<name>`, for log groups.
    pub fn path(self, name: &str) -> String {
        let settings = self.app.settings();
        format!("/{}/{}/{name}", settings.app, settings.environment)
    }

    /// `storefront/prod/<name>`, for image repositories: a path, without the slash that would be an error there.
    pub fn repository(self, name: &str) -> String {
        let settings = self.app.settings();
        format!("{}/{}/{name}", settings.app, settings.environment)
    }

    /// `aws-waf-logs-storefront-prod`, for the log group of the firewall: WAF writes to no other names.
    pub fn web_acl_logs(self) -> String {
        format!("aws-waf-logs-{}", self.prefix())
    }

    /// The description of a stack: `storefront prod: <what>`.
    pub fn describe(self, what: &str) -> String {
        let settings = self.app.settings();
        format!("{} {}: {what}", settings.app, settings.environment)
    }

    /// A `Name` tag, which consoles show.
    pub fn tag(self, name: &str) -> [Tag; 1] {
        [Tag::new("Name", self.name(name))]
    }
}

/// Whether what holds history (logs, queues) outlives its stack: where the environment is worth protecting.
pub fn keep_history(env: &Environment) -> DeletionPolicy {
    if env.settings.termination_protection {
        DeletionPolicy::RetainExceptOnCreate
    } else {
        DeletionPolicy::Delete
    }
}

/// How long a key can be called back after its deletion: longer where the environment is worth protecting.
pub fn deletion_window(env: &Environment) -> kms::Key {
    props!(kms::Key {
        pending_window_in_days: if env.settings.termination_protection {
            30
        } else {
            7
        },
    })
}

/// How logs of the environment are kept.
pub fn logs(env: &Environment, key: &LogKeyHandles) -> Logs {
    props!(Logs {
        retention_days: env.logs.retention_days.days(),
        key,
        removal: keep_history(env),
    })
}

/// The items, where there are any: for lists that may be left out but not be empty.
pub fn some<T>(items: impl IntoIterator<Item = T>) -> Option<Vec<T>> {
    let items: Vec<T> = items.into_iter().collect();
    (!items.is_empty()).then_some(items)
}

/// Seconds of a day.
pub const DAY: u32 = 24 * 60 * 60;
