//! The day before, for a rehearsal with the embedded CloudFormation: the environment is deployed where it lives, and its
//! databases and images are copied into the region that it is rebuilt in.

use stratiform_assembly::Assembly;
use stratiform_aws::Aws;
use stratiform_deploy::call::DatabaseKind;
use stratiform_deploy::guard::StackFound;
use stratiform_environment::Settings;
use stratiform_finding::Code;

use super::back::{Copied, physical_id};
use super::{Target, own, parameter};
use crate::args::{Elsewhere, Global, ParameterValue, Rebuild};
use crate::assemblies::synthesis::bootstraps;
use crate::cloud::Cloud;
use crate::commands::deploy::conduct::pace;
use crate::commands::deploy::{Intent, carried_out};
use crate::commands::guard::gathering::Source;
use crate::commands::guard::looking::stacks;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::restores::restored;
use crate::services::{repository, services};
use crate::view::{Event, View};

/// What there is to set a stage with.
pub(super) struct Stage<'a> {
    pub global: &'a Global,
    pub args: &'a Rebuild,
    pub cloud: &'a Cloud,
    pub project: &'a Project,
    pub settings: &'a Settings,
    pub target: &'a Target,
}

impl Stage<'_> {
    /// Sets it; what is there already stays as it is.
    ///
    /// # Errors
    /// The environment cannot be deployed, or its databases cannot be backed up.
    pub(super) async fn set(&self, view: &mut dyn View) -> Result<(), Failure> {
        let Target {
            from: lost,
            assembly,
            ..
        } = self.target;
        let environment = Assembly {
            region: lost.clone(),
            ..assembly.clone()
        };
        let found = self
            .there(&environment, at_home(self.settings, self.target), view)
            .await?;
        let home = self.connect(&environment).await;
        let there = self.connect(assembly).await;
        let key = self.key(&environment, view).await?;
        for (stack, found) in environment.stacks.iter().zip(&found) {
            for restored in restored(&stack.template).values() {
                let kind = DatabaseKind::of(&restored.resource.resource_type);
                let database = physical_id(found, |id, _| id == restored.logical_id);
                if let Some(database) = kind.zip(database) {
                    back_up(&home, &there, database, &key, view).await?;
                }
            }
        }
        for service in services(&environment).into_keys() {
            if let Some(repository) = repository(&environment, service) {
                let pushed = home.put_image(&repository, "rehearsal").await;
                pushed.map_err(|error| Failure::of([error.into()]))?;
            }
        }
        view.event(&Event::Notice {
            text: format!("{lost} is lost: from here on it refuses every call"),
        });
        Ok(())
    }

    async fn connect(&self, assembly: &Assembly) -> Aws {
        self.cloud
            .deploying(&assembly.region, assembly.account.as_ref())
            .await
    }

    /// Stacks as they are there; where one of them is not, they are deployed.
    async fn there(
        &self,
        assembly: &Assembly,
        parameters: Vec<ParameterValue>,
        view: &mut dyn View,
    ) -> Result<Vec<StackFound>, Failure> {
        let aws = self.connect(assembly).await;
        let found = stacks(&aws, assembly).await;
        if found.iter().all(|found| found.there().is_some()) {
            return Ok(found);
        }
        let environment = assembly.environment.clone().unwrap_or_default();
        let region = &assembly.region;
        view.event(&Event::Notice {
            text: format!(
                "`{environment}` is not in the engine's {region} yet, and is deployed there"
            ),
        });
        let mut deploy = self.args.deployment(None, parameters, "");
        deploy.yes = true;
        deploy.image.clear();
        deploy.elsewhere = Elsewhere {
            quiet: true,
            ..Elsewhere::default()
        };
        let own = own(self.settings);
        let intent = Intent {
            project: self.project,
            assembly: assembly.clone(),
            settings: &own,
            source: Source::Here {
                before: None,
                stale: Ok(Vec::new()),
            },
        };
        let done = carried_out(self.global, &deploy, self.cloud, intent, None, view).await?;
        match done.exit {
            Exit::Done => Ok(stacks(&aws, assembly).await),
            exit => Err(Failure::new(
                exit,
                Code::AwsRefused,
                format!(
                    "`{environment}` could not be deployed in the engine's {region} to begin with"
                ),
                format!("see why: deploy --env {} --local", self.args.env),
            )),
        }
    }

    /// The key that backups are copied with: the vault's there, where the bootstrap has one.
    async fn key(&self, environment: &Assembly, view: &mut dyn View) -> Result<String, Failure> {
        let bootstraps = bootstraps(environment, self.settings).map_err(Failure::of)?;
        let region = &self.target.assembly.region;
        let vaults = bootstraps.into_iter().find(|one| one.region == *region);
        let found = match vaults {
            Some(vaults) => self.there(&vaults, Vec::new(), view).await?,
            None => Vec::new(),
        };
        let is_key = |_: &str, resource_type: &str| resource_type == "AWS::KMS::Key";
        let key = found.iter().find_map(|found| physical_id(found, is_key));
        Ok(key.unwrap_or_else(|| "alias/aws/rds".to_owned()))
    }
}

/// The values that recovery has for the other region, as if they were of this one.
fn at_home(settings: &Settings, target: &Target) -> Vec<ParameterValue> {
    let (there, home) = (target.assembly.region.as_str(), target.from.as_str());
    let written = settings
        .recovery
        .iter()
        .flat_map(|recovery| &recovery.parameters);
    let values = written.map(|(name, value)| parameter(name.as_ref(), &value.replace(there, home)));
    values.collect()
}

/// Takes a snapshot of a database and copies it, unless there is one.
async fn back_up(
    home: &Aws,
    there: &Aws,
    (kind, database): (DatabaseKind, String),
    key: &str,
    view: &mut dyn View,
) -> Result<(), Failure> {
    let known = there.snapshots_of(kind, &database).await;
    if known.is_ok_and(|known| !known.is_empty()) {
        return Ok(());
    }
    let copied = Copied {
        resource: String::new(),
        snapshot: format!("{database}-rehearsal"),
        kind,
        database,
    };
    copied.bring((home, there), key, pace(true)).await?;
    view.event(&Event::Notice {
        text: format!(
            "{} is backed up as {}, and copied",
            copied.database, copied.snapshot
        ),
    });
    Ok(())
}
