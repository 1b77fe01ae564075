//! Finds out what there is of backups: the databases and plans of an environment's templates, and what AWS says of each, in
//! both regions. What cannot be asked is a fact too.

use std::collections::BTreeMap;

use futures_util::future::{join, join_all};
use stratiform_assembly::Assembly;
use stratiform_aws::{Aws, Error, now};
use stratiform_deploy::backups::{
    BackupPlan, DatabaseAt, Facts, Promises, Protected, Selection, VaultFound,
};
use stratiform_deploy::guard::{Asked, StackFound, Unasked};
use stratiform_service::AccountId;
use stratiform_template::Resource;

use crate::commands::guard::looking::stacks;

const INSTANCE: &str = "AWS::RDS::DBInstance";
const CLUSTER: &str = "AWS::RDS::DBCluster";
const PLAN: &str = "AWS::Backup::BackupPlan";

/// Where is asked.
pub(super) struct Site<'a> {
    /// The environment's region.
    pub here: &'a Aws,
    /// The region for disasters.
    pub there: Option<&'a Aws>,
    /// The environment's stacks.
    pub assembly: &'a Assembly,
    /// The account.
    pub account: &'a AccountId,
}

/// A resource of a template, and what it is in AWS.
pub(super) struct Placed {
    /// The stack and the logical ID: `database/Instance`.
    pub subject: String,
    /// Its type.
    pub resource_type: String,
    /// Its physical ID; none where it is not deployed.
    pub physical_id: Asked<Option<String>>,
}

/// The databases of an environment, each once: an instance of a cluster is part of that, and what replicates another one is
/// no data of its own.
pub(super) fn databases(assembly: &Assembly, found: &[StackFound]) -> Vec<Placed> {
    placed(assembly, found, is_database)
}

/// Whether a resource is a database with data of its own.
pub(super) fn is_database(resource: &Resource) -> bool {
    let has = |property: &str| resource.properties.contains_key(property);
    match resource.resource_type.as_str() {
        INSTANCE => !has("DBClusterIdentifier") && !has("SourceDBInstanceIdentifier"),
        CLUSTER => !has("ReplicationSourceIdentifier"),
        _ => false,
    }
}

fn placed(
    assembly: &Assembly,
    found: &[StackFound],
    is_meant: impl Fn(&Resource) -> bool,
) -> Vec<Placed> {
    let mut all = Vec::new();
    for (stack, found) in assembly.stacks.iter().zip(found) {
        for (logical_id, resource) in stack.template.each_resource() {
            if !is_meant(resource) {
                continue;
            }
            let physical_id = physical_id(found, logical_id);
            // Whether a condition holds, the stack knows.
            let is_left_out = resource.condition.is_some() && physical_id == Ok(None);
            if !is_left_out || found.there().is_none() {
                all.push(Placed {
                    subject: format!("{}/{logical_id}", found.key),
                    resource_type: resource.resource_type.clone(),
                    physical_id,
                });
            }
        }
    }
    all
}

fn physical_id(found: &StackFound, logical_id: &str) -> Asked<Option<String>> {
    if let Err(unasked) = &found.stack {
        return Err(unasked.clone());
    }
    let resources = found.resources.as_ref().map_err(Unasked::clone)?;
    let mut resources = resources.iter();
    let resource = resources.find(|resource| resource.logical_id.as_str() == logical_id);
    let id = resource.and_then(|resource| resource.physical_id.as_ref());
    Ok(id.map(|id| id.as_str().to_owned()))
}

/// Finds it out.
pub(super) async fn gather(site: &Site<'_>, promises: Promises) -> Facts {
    let found = stacks(site.here, site.assembly).await;
    let plans = placed(site.assembly, &found, |resource| {
        resource.resource_type == PLAN
    });
    let has_plans = !plans.is_empty();
    let plans: Asked<Vec<Selecting>> = join_all(plans.iter().map(|plan| selecting(site, plan)))
        .await
        .into_iter()
        .filter_map(Result::transpose)
        .collect();
    let databases = databases(site.assembly, &found);
    let protected = databases
        .iter()
        .map(|placed| protected(site, placed, &plans));
    let (databases, vaults) = join(join_all(protected), vaults(site, &plans)).await;
    Facts {
        now: now(),
        environment: site.assembly.environment.clone().unwrap_or_default(),
        promises,
        databases,
        vaults,
        has_plans,
    }
}

/// A plan with what it selects.
struct Selecting {
    plan: BackupPlan,
    selections: Vec<Selection>,
}

/// None of one that is not deployed.
async fn selecting(site: &Site<'_>, placed: &Placed) -> Asked<Option<Selecting>> {
    let Some(id) = placed.physical_id.clone()? else {
        return Ok(None);
    };
    let (plan, selections) =
        join(site.here.backup_plan(&id), site.here.backup_selections(&id)).await;
    let Some(plan) = plan? else {
        return Ok(None);
    };
    Ok(Some(Selecting {
        plan,
        selections: selections?,
    }))
}

async fn protected(site: &Site<'_>, placed: &Placed, plans: &Asked<Vec<Selecting>>) -> Protected {
    let nothing = Protected {
        subject: placed.subject.clone(),
        identifier: None,
        database: Ok(None),
        here: Ok(Vec::new()),
        there: Ok(Vec::new()),
        replicated: Ok(None),
        plans: Ok(Vec::new()),
        backups: Ok(Vec::new()),
        copies: Ok(Vec::new()),
    };
    let identifier = match &placed.physical_id {
        Ok(Some(identifier)) => identifier.as_str(),
        Ok(None) => return nothing,
        Err(unasked) => {
            let database = Err(unasked.clone());
            return Protected {
                database,
                ..nothing
            };
        }
    };
    let is_cluster = placed.resource_type == CLUSTER;
    let database = database(site.here, is_cluster, identifier).await;
    let known = Protected {
        identifier: Some(identifier.to_owned()),
        ..nothing
    };
    let at = match &database {
        Ok(Some(at)) => at.clone(),
        Ok(None) | Err(_) => return Protected { database, ..known },
    };
    let saved = async |aws: &Aws| match is_cluster {
        true => aws.recovery_points(&at.arn).await,
        false => aws.database_backups(identifier).await,
    };
    let there = async {
        let Some(there) = site.there else {
            return (Ok(Vec::new()), Ok(None));
        };
        let replicated = async {
            match is_cluster {
                true => Ok(None),
                false => there.replicated_until(identifier, &at.arn).await,
            }
        };
        join(saved(there), replicated).await
    };
    let jobs = join(site.here.backup_jobs(&at.arn), site.here.copy_jobs(&at.arn));
    let ((here, (there, replicated)), (backups, copies)) =
        join(join(saved(site.here), there), jobs).await;
    Protected {
        database,
        here: asked(here),
        there: asked(there),
        replicated: asked(replicated),
        plans: plans.as_ref().map_err(Unasked::clone).map(|plans| {
            let selects = |found: &&Selecting| {
                let mut selections = found.selections.iter();
                selections.any(|selection| selection.covers(&at.arn, &at.tags))
            };
            let plans = plans.iter().filter(selects);
            plans.map(|found| found.plan.clone()).collect()
        }),
        backups: asked(backups),
        copies: asked(copies),
        ..known
    }
}

/// A database, be it an instance or a cluster.
pub(super) async fn database(
    aws: &Aws,
    is_cluster: bool,
    identifier: &str,
) -> Asked<Option<DatabaseAt>> {
    asked(match is_cluster {
        true => aws.database_cluster(identifier).await,
        false => aws.database(identifier).await,
    })
}

/// Whether a type is that of clusters.
pub(super) fn is_cluster(resource_type: &str) -> bool {
    resource_type == CLUSTER
}

fn asked<T>(answer: Result<T, Error>) -> Asked<T> {
    answer.map_err(Unasked::from)
}

/// The vaults that plans save and copy to.
async fn vaults(site: &Site<'_>, plans: &Asked<Vec<Selecting>>) -> Vec<VaultFound> {
    let region = site.assembly.region.to_string();
    // By region and name: whether it is asked here, there, or nowhere.
    let mut wanted: BTreeMap<(String, String), Option<bool>> = BTreeMap::new();
    let rules = plans.iter().flatten().flat_map(|found| &found.plan.rules);
    for rule in rules {
        wanted.insert((region.clone(), rule.vault.clone()), Some(false));
        for arn in &rule.copies {
            let part = |at: usize| arn.split(':').nth(at).unwrap_or_default().to_owned();
            let (to, account, name) = (part(3), part(4), part(6));
            let is_ours = account == site.account.as_str();
            let is_copy = site.there.is_some_and(|there| there.region() == to);
            let asked = match (is_ours, is_copy) {
                (true, true) => Some(true),
                (true, false) if to == region => Some(false),
                _ => None,
            };
            wanted.insert((to, name), asked);
        }
    }
    let found = wanted.into_iter().map(async |((region, name), at)| {
        let is_there = match (at, site.there) {
            (Some(true), Some(there)) => asked(there.has_backup_vault(&name).await),
            (Some(false), _) => asked(site.here.has_backup_vault(&name).await),
            (Some(true) | None, _) => {
                let why = "it is in another account, or in a region that is not the environment's";
                let help = "look there whether it is there, and takes these copies";
                Err(Unasked::because(why, help))
            }
        };
        VaultFound {
            name,
            region,
            is_copy: at == Some(true),
            is_there,
        }
    });
    join_all(found).await
}
