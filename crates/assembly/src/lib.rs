//! The stacks of an environment at one moment, wherever they come from: synthesized, at a revision, deployed, or files.
//!
//! What lives here: [`Assembly`] and [`StackAt`], one shape that loses nothing of what any of them knows, and
//! [`AssemblyFile`], which is `assembly.json`. What does not: reading files, git or AWS, and comparing anything.

mod file;
mod ordered;
mod stack;
mod task;

use stratiform_service::{AccountId, Region, StackPrefix};

pub use file::{AssemblyFile, FILE, StackEntry, TOOL};
pub use stack::{StackAt, StackPolicy};
pub use task::TaskEntry;

/// The stacks of an environment at one moment.
#[derive(Clone, Debug)]
pub struct Assembly {
    /// The app; none where files are compared that do not say.
    pub app: Option<String>,
    /// The environment; none where files are compared. What an environment has besides its own stacks has a name after a
    /// dot: `prod.bootstrap`.
    pub environment: Option<String>,
    /// The region that the stacks are for.
    pub region: Region,
    /// The account, where it is known.
    pub account: Option<AccountId>,
    /// The stacks in deployment order: each comes after all that it needs.
    pub stacks: Vec<StackAt>,
    /// The tasks that a deployment runs besides.
    pub tasks: Vec<TaskEntry>,
}

impl Assembly {
    /// The stack of a name.
    pub fn stack(&self, name: &str) -> Option<&StackAt> {
        self.stacks.iter().find(|stack| stack.name == name)
    }

    /// How the names of the environment's stacks start, where app and environment are known.
    pub fn prefix(&self) -> Option<StackPrefix> {
        let environment = self.environment.as_deref()?;
        Some(StackPrefix::of(
            self.app.as_deref()?,
            environment_of(environment),
        ))
    }

    /// A stack's name without its app and environment: `network`; the whole name where they are not known, or it is
    /// none of theirs.
    pub fn key<'n>(&self, name: &'n str) -> &'n str {
        let prefix = self.prefix();
        prefix.and_then(|prefix| prefix.key(name)).unwrap_or(name)
    }
}

/// The environment that an assembly is of, by the name in [`Assembly::environment`]: `prod` of `prod.bootstrap`.
pub fn environment_of(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assembly(app: Option<&str>, environment: Option<&str>) -> Assembly {
        Assembly {
            app: app.map(str::to_owned),
            environment: environment.map(str::to_owned),
            region: "eu-west-1".parse().unwrap(),
            account: None,
            stacks: Vec::new(),
            tasks: Vec::new(),
        }
    }

    #[test]
    fn a_key_is_what_app_and_environment_leave() {
        let cases = [
            (Some("shop"), "shop-dev-network", "network"),
            (
                Some("shop-dev-tools"),
                "shop-dev-tools-dev-network",
                "network",
            ),
            (Some("other"), "shop-dev-network", "shop-dev-network"),
            (None, "shop-dev-network", "shop-dev-network"),
        ];
        for (app, name, expected) in cases {
            assert_eq!(assembly(app, Some("dev")).key(name), expected);
        }
        assert_eq!(assembly(Some("shop"), None).key("shop-dev-a"), "shop-dev-a");
        let besides = assembly(Some("shop"), Some("dev.bootstrap"));
        assert_eq!(besides.key("shop-dev-bootstrap"), "bootstrap");
    }
}
