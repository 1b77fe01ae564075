//! What `bootstrap` can be asked for.

#[cfg(feature = "aws")]
use super::deploy::Deploy;
use super::deploy::{Allow, DeployFormat};

/// Make what an account needs before an environment can be deployed from GitHub.
///
/// GitHub's identity provider, a role for the jobs and one for CloudFormation, each with the permissions that this
/// environment's stacks need and no others, the bucket for templates, and what a rebuild in another region leans on. It is
/// deployed as any stack is, with your own rights. Run again, it brings all of it up to date.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Bootstrap {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// Print the roles with their policies, as JSON for whoever has to agree; make nothing
    #[arg(long, conflicts_with_all = ["allow", "yes", "format", "local"])]
    pub print_policy: bool,
    /// For rehearsals of `rebuild` instead: roles for an environment of their own in the region for disasters, which jobs on
    /// GitHub make and delete again
    #[arg(long)]
    pub rehearsal: bool,
    /// A resource that may go (repeatable): `replace:bootstrap/ID` or `delete:bootstrap/ID`
    #[arg(long, value_name = "WHAT:STACK/ID")]
    pub allow: Vec<Allow>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// What to print: text for people, or an object a line, which docs/deploying.md documents
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true
    )]
    pub format: DeployFormat,
    /// Use the embedded CloudFormation, with its state in `.stratiform/engine.json`
    #[arg(long)]
    pub local: bool,
}

impl Bootstrap {
    /// The command that does the same again.
    #[cfg(feature = "aws")]
    pub(crate) fn command(&self) -> String {
        let rehearsal = if self.rehearsal { " --rehearsal" } else { "" };
        format!("bootstrap --env {}{rehearsal}", self.env)
    }

    /// The deployment that it is.
    #[cfg(feature = "aws")]
    pub(crate) fn deployment(&self) -> Deploy {
        Deploy {
            allow: self.allow.clone(),
            yes: self.yes,
            format: self.format,
            ..Deploy::of(self.env.clone(), None, self.local)
        }
    }
}
