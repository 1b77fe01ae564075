//! What `rebuild` can be asked for.

use std::num::NonZeroUsize;
use std::str::FromStr;

#[cfg(feature = "aws")]
use super::deploy::{Allow, Deploy, Elsewhere};
use super::deploy::{DeployFormat, ParameterValue, ServiceImage};
#[cfg(feature = "aws")]
use super::destroy::Destroy;

/// Rebuild an environment in another region, from git and backups alone.
///
/// What the release needs there is looked at first, and said on one page; where something is missing, nothing is made.
/// Nothing in the lost region is asked or touched. Started again, it goes on. With --back it goes home again.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Rebuild {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// The region to rebuild it in
    #[arg(long, value_name = "REGION", required_unless_present = "back")]
    pub region: Option<String>,
    /// Go back: from `settings.disaster_recovery_region` to the region of the environment's file, with a new snapshot of each
    /// database. What is left is not touched
    #[arg(long, conflicts_with_all = ["region", "rehearsal"])]
    pub back: bool,
    /// The key that snapshots are copied with on the way back [default: that of RDS, `alias/aws/rds`]
    #[arg(long, value_name = "KEY", requires = "back")]
    pub key: Option<String>,
    /// The release: a git tag [default: the newest tag that is part of what is checked out; without one, what is checked out]
    #[arg(long, value_name = "TAG")]
    pub release: Option<String>,
    /// What a database begins with: `latest` (the newest backup in the region; with --back a new one), a snapshot's name, or
    /// `empty`; of one of several (repeatable): `PARAMETER=` and that
    #[arg(long, value_name = "BACKUP", default_value = "latest")]
    pub database: Vec<Beginning>,
    /// The value of a parameter there (repeatable) [default: `settings.recovery.parameters`]
    #[arg(long, value_name = "NAME=VALUE")]
    pub parameter: Vec<ParameterValue>,
    /// The image that a service runs (repeatable): a tag, a digest (`sha256:…`), or a whole name [default: the release's]
    #[arg(long, value_name = "SERVICE=TAG")]
    pub image: Vec<ServiceImage>,
    /// Go on although this is missing (repeatable)
    #[arg(long, value_name = "WHAT")]
    pub despite: Vec<Needed>,
    /// Only look, and say what there is and what is missing
    #[arg(long)]
    pub dry_run: bool,
    /// Only try it: in an environment of its own, which is deleted again. Nothing else is ever deleted
    #[arg(long)]
    pub rehearsal: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// How many stacks at the same time [default: `settings.deployment.concurrency`]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<NonZeroUsize>,
    /// Why it cannot wait: goes on where only a check that may be skipped says no. The reason is recorded
    #[arg(long, value_name = "REASON")]
    pub emergency: Option<String>,
    /// What to print while it goes on
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: DeployFormat,
    /// Rehearse it with the embedded CloudFormation: the environment is deployed and backed up there where it is not, then
    /// its region is lost; with --back neither
    #[arg(long)]
    pub local: bool,
}

#[cfg(feature = "aws")]
impl Rebuild {
    /// The same as a deployment of a release, with these parameters.
    pub(crate) fn deployment(
        &self,
        release: Option<String>,
        parameter: Vec<ParameterValue>,
        from: &str,
    ) -> Deploy {
        Deploy {
            image: self.image.clone(),
            parameter,
            yes: self.yes,
            concurrency: self.concurrency,
            emergency: self.emergency.clone(),
            format: self.format,
            elsewhere: Elsewhere {
                from: Some(from.to_owned()),
                only_look: self.dry_run,
                quiet: false,
            },
            ..Deploy::of(self.env.clone(), release, self.local)
        }
    }

    /// What takes down what was only tried.
    pub(crate) fn destruction(&self, allow: Vec<Allow>) -> Destroy {
        Destroy {
            env: self.env.clone(),
            allow,
            yes: true,
            concurrency: self.concurrency,
            format: self.format,
            local: self.local,
        }
    }
}

/// Something that a rebuild needs, and that it is to do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Needed {
    /// Room: stacks of an earlier time are there, and it goes on with the data of then
    Stacks,
    /// Types and properties that the region does not have
    Region,
    /// Names that somebody else has
    Names,
    /// The keys that read a backup
    Keys,
}

impl Needed {
    /// Its name.
    #[cfg(feature = "aws")]
    pub(crate) fn name(self) -> String {
        use clap::ValueEnum as _;

        let value = self.to_possible_value();
        value
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

/// What a database begins with: `latest`, `DatabaseSnapshot=nightly-7`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Beginning {
    /// The parameter that has the snapshot; none for all.
    pub parameter: Option<String>,
    /// `latest`, `empty`, or a snapshot.
    pub backup: String,
}

impl FromStr for Beginning {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (parameter, backup) = match text.split_once('=') {
            Some((parameter, backup)) => (Some(parameter.to_owned()), backup),
            None => (None, text),
        };
        if backup.is_empty() || parameter.as_ref().is_some_and(String::is_empty) {
            return Err(
                "write `latest`, `empty`, a snapshot's name, or `PARAMETER=` and that".to_owned(),
            );
        }
        Ok(Beginning {
            parameter,
            backup: backup.to_owned(),
        })
    }
}
