//! What `rollback` can be asked for.

use std::num::NonZeroUsize;
use std::str::FromStr;

#[cfg(feature = "aws")]
use super::deploy::Deploy;
use super::deploy::{Allow, DeployFormat, ParameterValue, ServiceImage};

/// Bring an environment back: out of stacks that are stuck, or to an earlier release.
///
/// Where a stack is stuck, that comes first: what it is, why, and the way out. Where none is, the snapshots and images of a
/// release are deployed, guarded, shown and approved as any deployment.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Rollback {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// The release: a git tag [default: the one before the release that runs]
    #[arg(long, value_name = "TAG")]
    pub to: Option<String>,
    /// The emergency lever: this service gets its previous task definition back straight from ECS, and its stack is brought
    /// in line afterwards
    #[arg(long, value_name = "SERVICE", conflicts_with_all = ["to", "stack", "skip", "parameter"])]
    pub service: Option<String>,
    /// Only this stack (repeatable), by its short or full name [default: all]
    #[arg(long, value_name = "STACK")]
    pub stack: Vec<String>,
    /// A resource that stays as it is while a rollback that is stuck is continued (repeatable)
    #[arg(long, value_name = "STACK/ID")]
    pub skip: Vec<Skip>,
    /// The image that a service runs (repeatable): a tag, a digest (`sha256:…`), or a whole name [default: the one that is
    /// tagged with the release]
    #[arg(long, value_name = "SERVICE=TAG")]
    pub image: Vec<ServiceImage>,
    /// The value of a parameter that has no default (repeatable) [default: the one it has]
    #[arg(long, value_name = "NAME=VALUE")]
    pub parameter: Vec<ParameterValue>,
    /// A resource with data that may go (repeatable): `replace:STACK/ID` or `delete:STACK/ID`; or a task that cannot be
    /// undone, and that is gone back over: `cross:TASK`
    #[arg(long, value_name = "WHAT:STACK/ID")]
    pub allow: Vec<Allow>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// How many stacks at the same time [default: `settings.deployment.concurrency`]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<NonZeroUsize>,
    /// Why it cannot wait: goes on where only a check that may be skipped says no. The reason is recorded
    #[arg(long, value_name = "REASON")]
    pub emergency: Option<String>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: DeployFormat,
    /// Use the embedded CloudFormation, with its state in `.stratiform/engine.json`
    #[arg(long)]
    pub local: bool,
}

#[cfg(feature = "aws")]
impl Rollback {
    /// The same as a deployment of a release.
    pub(crate) fn deployment(&self, release: Option<String>) -> Deploy {
        Deploy {
            stack: self.stack.clone(),
            image: self.image.clone(),
            parameter: self.parameter.clone(),
            allow: self.allow.clone(),
            yes: self.yes,
            concurrency: self.concurrency,
            emergency: self.emergency.clone(),
            format: self.format,
            ..Deploy::of(self.env.clone(), release, self.local)
        }
    }
}

/// A resource that is skipped: `database/Instance`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Skip {
    /// The stack's short or full name.
    pub stack: String,
    /// The logical ID; `Child.LogicalId` in a nested stack.
    pub resource: String,
}

impl FromStr for Skip {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let is_id = |id: &str| {
            let parts = id.split('.');
            parts.clone().count() <= 2
                && parts.into_iter().all(|part| {
                    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                })
        };
        let parts = parts.filter(|(stack, resource)| !stack.is_empty() && is_id(resource));
        let (stack, resource) = parts.ok_or_else(|| {
            "name one resource: `database/Instance`, or `network/Child.Vpc` in a nested stack"
                .to_owned()
        })?;
        Ok(Skip {
            stack: stack.to_owned(),
            resource: resource.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_resource_and_no_more() {
        let skip: Skip = "database/Instance".parse().unwrap();
        assert_eq!((&*skip.stack, &*skip.resource), ("database", "Instance"));
        assert!("network/Child.Vpc".parse::<Skip>().is_ok());
        for wrong in [
            "",
            "database",
            "database/",
            "/Instance",
            "database/*",
            "a/b.c.d",
            "a/b,c",
        ] {
            assert!(wrong.parse::<Skip>().is_err(), "{wrong}");
        }
    }
}
