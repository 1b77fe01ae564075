//! What `rehearse` can be asked for.

use clap::ValueEnum;

#[cfg(all(feature = "aws", feature = "engine"))]
use super::deploy::Deploy;
use super::deploy::{Allow, ParameterValue, ServiceImage};

/// Rehearse a deployment on the embedded CloudFormation: once as it should go, and once with everything that can fail.
///
/// Each resource fails at each phase, each alarm goes off, each call to AWS fails in every way, and the process is killed
/// after each step: one at a time. Calls nobody, and changes nothing. Ends with 3 where one failure loses data or leaves a
/// stack that nothing gets out.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Rehearse {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// What is there before: a release, by its git tag [default: the newest tag with snapshots of the environment; without
    /// one, nothing]
    #[arg(long, value_name = "TAG", conflicts_with_all = ["local", "deployed"])]
    pub from: Option<String>,
    /// What is there before: what is deployed, asked of CloudFormation
    #[arg(long, conflicts_with = "local")]
    pub deployed: bool,
    /// What is there before: what is deployed with `--local`. It is not changed
    #[arg(long)]
    pub local: bool,
    /// The image that a service runs afterwards (repeatable): a tag, a digest (`sha256:…`), or a whole name [default: another
    /// one than before]
    #[arg(long, value_name = "SERVICE=TAG")]
    pub image: Vec<ServiceImage>,
    /// The value of a parameter that has no default (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    pub parameter: Vec<ParameterValue>,
    /// A resource with data that may go (repeatable), as `deploy` is told
    #[arg(long, value_name = "WHAT:STACK/ID")]
    pub allow: Vec<Allow>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: RehearseFormat,
}

#[cfg(all(feature = "aws", feature = "engine"))]
impl Rehearse {
    /// The rehearsal of a deployment.
    pub(crate) fn of(deploy: &Deploy) -> Rehearse {
        Rehearse {
            env: deploy.env.clone(),
            from: None,
            deployed: false,
            local: false,
            image: deploy.image.clone(),
            parameter: deploy.parameter.clone(),
            allow: deploy.allow.clone(),
            format: RehearseFormat::Text,
        }
    }
}

/// What `rehearse` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RehearseFormat {
    /// For people
    Text,
    /// For programs; docs/rehearsing.md documents it
    Json,
}
