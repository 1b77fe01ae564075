//! What `deploy` can be asked for.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;

/// Deploy an environment's stacks with change sets.
///
/// Stacks go in the order of their dependencies, independent ones at the same time. Nothing is executed before it was
/// approved, and nothing that holds data goes without being named.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Deploy {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// Only this stack (repeatable), by its short or full name; what it needs is taken as it is [default: all]
    #[arg(long, value_name = "STACK")]
    pub stack: Vec<String>,
    /// The release that this is: a git tag of the commit that is checked out [default: its tag, if it has one]
    #[arg(long, value_name = "TAG")]
    pub release: Option<String>,
    /// The image that a service runs (repeatable): a tag, a digest (`sha256:…`), or a whole name [default: the one that
    /// it runs]
    #[arg(long, value_name = "SERVICE=TAG")]
    pub image: Vec<ServiceImage>,
    /// The value of a parameter that has no default (repeatable): the ARN of a certificate [default: the one it has]
    #[arg(long, value_name = "NAME=VALUE")]
    pub parameter: Vec<ParameterValue>,
    /// A resource that may go or be interrupted (repeatable): `replace:STACK/ID`, `delete:STACK/ID` or `interrupt:STACK/ID`;
    /// or a task that cannot be undone, and that may be gone back over: `cross:TASK`
    #[arg(long, value_name = "WHAT:STACK/ID")]
    pub allow: Vec<Allow>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Make all change sets, and seal them in this file for `--execute`; execute nothing
    #[arg(long, value_name = "FILE", conflicts_with = "execute")]
    pub prepare: Option<PathBuf>,
    /// Execute what was sealed in this file, exactly that, or refuse
    #[arg(long, value_name = "FILE", conflicts_with_all = ["image", "parameter", "stack", "allow", "release"])]
    pub execute: Option<PathBuf>,
    /// Who approved what was sealed, where somebody else knows that: a workflow asks GitHub. `history` tells it
    #[arg(long, value_name = "NAME", requires = "execute")]
    pub approved_by: Option<String>,
    /// How many stacks at the same time [default: `settings.deployment.concurrency`]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<NonZeroUsize>,
    /// Why it cannot wait: goes on where only a check that may be skipped says no. The reason is recorded
    #[arg(long, value_name = "REASON")]
    pub emergency: Option<String>,
    /// Continue a rollback that is stuck, and roll back what was left halfway, before anything else
    #[arg(long)]
    pub continue_rollback: bool,
    /// Only for environments to try things out in: let ECS run the images of --image at once, past CloudFormation. The next
    /// deployment brings the stack in line
    #[arg(long, requires = "image", conflicts_with_all = ["prepare", "execute", "stack", "parameter", "allow", "release", "format", "emergency", "concurrency", "continue_rollback"])]
    pub hotswap: bool,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: DeployFormat,
    /// Use the embedded CloudFormation, with its state in `.stratiform/engine.json`
    #[arg(long)]
    pub local: bool,
    #[cfg(feature = "aws")]
    #[arg(skip)]
    pub elsewhere: Elsewhere,
}

/// Whether it comes from another region: `rebuild`.
#[cfg(feature = "aws")]
#[derive(Clone, Debug, Default)]
pub(crate) struct Elsewhere {
    /// The region that is lost; on the way back, the one that is left.
    pub from: Option<String>,
    /// Whether it ends before anything is made.
    pub only_look: bool,
    /// Whether nobody is shown how it goes on.
    pub quiet: bool,
}

#[cfg(feature = "aws")]
impl Deploy {
    /// A deployment of a whole environment that is told nothing else.
    pub(crate) fn of(env: String, release: Option<String>, local: bool) -> Deploy {
        Deploy {
            env,
            stack: Vec::new(),
            release,
            image: Vec::new(),
            parameter: Vec::new(),
            allow: Vec::new(),
            yes: true,
            prepare: None,
            execute: None,
            approved_by: None,
            concurrency: None,
            emergency: None,
            continue_rollback: false,
            hotswap: false,
            format: DeployFormat::Text,
            local,
            #[cfg(feature = "aws")]
            elsewhere: Elsewhere::default(),
        }
    }
}

/// What `deploy` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeployFormat {
    /// For people
    Text,
    /// For programs: an object a line; docs/deploying.md documents it
    Json,
}

/// The image of a service: `api=1.2.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceImage {
    /// The service.
    pub service: String,
    /// A tag, a digest or a whole name.
    pub image: String,
}

impl FromStr for ServiceImage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('=');
        let parts = parts.filter(|(service, image)| !service.is_empty() && !image.is_empty());
        let (service, image) = parts.ok_or_else(|| {
            "write the service and its image: `api=1.2.3`, or `api=sha256:…`".to_owned()
        })?;
        Ok(ServiceImage {
            service: service.to_owned(),
            image: image.to_owned(),
        })
    }
}

/// The value of a parameter: `CertificateArn=arn:…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParameterValue {
    /// The parameter.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl FromStr for ParameterValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| {
                "write the parameter and its value: `CertificateArn=arn:…`".to_owned()
            })?;
        Ok(ParameterValue {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// Something that is held back unless it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Allow {
    /// A resource that may go: `replace:database/Instance`.
    Resource {
        /// How it may go.
        going: Going,
        /// The stack's short or full name.
        stack: String,
        /// The logical ID.
        logical_id: String,
    },
    /// A task that cannot be undone, and that may be gone back over: `cross:migrate`.
    Cross {
        /// Its name.
        task: String,
    },
}

/// The tasks that may be gone back over.
#[cfg(feature = "aws")]
pub(crate) fn crossed(allowed: &[Allow]) -> impl Iterator<Item = &str> {
    allowed.iter().filter_map(|allow| match allow {
        Allow::Cross { task } => Some(task.as_str()),
        Allow::Resource { .. } => None,
    })
}

/// How does a resource go?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Going {
    /// A new one takes its place.
    Replaced,
    /// It is deleted.
    Deleted,
    /// It does not answer for a while.
    Interrupted,
}

impl FromStr for Allow {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            "name one resource: `replace:STACK/LOGICAL_ID`, `delete:…` or `interrupt:…`; or one task: `cross:TASK`"
                .to_owned()
        };
        let (how, resource) = text.split_once(':').ok_or_else(wrong)?;
        if how == "cross" {
            let is_name =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            return match !resource.is_empty() && resource.bytes().all(is_name) {
                true => Ok(Allow::Cross {
                    task: resource.to_owned(),
                }),
                false => Err(wrong()),
            };
        }
        let going = match how {
            "replace" => Going::Replaced,
            "delete" => Going::Deleted,
            "interrupt" => Going::Interrupted,
            _ => return Err(wrong()),
        };
        let (stack, logical_id) = resource.split_once('/').ok_or_else(wrong)?;
        let is_id = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
        if stack.is_empty() || !is_id(logical_id) {
            return Err(wrong());
        }
        Ok(Allow::Resource {
            going,
            stack: stack.to_owned(),
            logical_id: logical_id.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images() {
        let image = |text: &str| text.parse::<ServiceImage>();
        assert_eq!(
            image("api=1.2.3").unwrap(),
            ServiceImage {
                service: "api".to_owned(),
                image: "1.2.3".to_owned(),
            }
        );
        for wrong in ["", "api", "api=", "=1.2.3"] {
            assert!(image(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_blanket_allowance() {
        let allow = |text: &str| text.parse::<Allow>();
        let instance = Allow::Resource {
            going: Going::Deleted,
            stack: "database".to_owned(),
            logical_id: "Instance".to_owned(),
        };
        assert_eq!(allow("delete:database/Instance").unwrap(), instance);
        let task = Allow::Cross {
            task: "migrate".to_owned(),
        };
        assert_eq!(allow("cross:migrate").unwrap(), task);
        for wrong in [
            "",
            "replace",
            "replace:",
            "replace:database",
            "replace:database/",
            "replace:database/*",
            "replace:/Instance",
            "update:database/Instance",
            "cross:",
            "cross:*",
            "cross:api/migrate",
            "*",
        ] {
            assert!(allow(wrong).is_err(), "{wrong}");
        }
    }
}
