//! What `backup check` asks: RDS and AWS Backup, in the environment's region and in the one for disasters. What `backup test`
//! makes is not here: `docs/decisions/0034`.

use stratiform_assembly::Assembly;
use stratiform_environment::{Settings, Text};
use stratiform_template::{Resource, Value};

use super::{Need, on, on_any};
use crate::pattern::{get, items, name, pattern};
use crate::places::{found, referred};

/// What it needs; nothing where no stack has a database.
pub(super) fn needs(assembly: &Assembly, settings: &Settings) -> Vec<Need> {
    let here = assembly.region.as_str();
    let there = settings.disaster_recovery_region.as_ref();
    let regions: Vec<&str> = [here].into_iter().chain(there.map(Text::as_str)).collect();
    let in_regions = |service: &str, resources: &[&str]| -> Vec<String> {
        let regions = regions.iter();
        let all = regions.flat_map(|region| {
            let resources = resources.iter();
            resources.map(move |resource| arn(service, region, resource))
        });
        all.collect()
    };
    let clusters = found(assembly, "AWS::RDS::DBCluster", &|stack, id, cluster, _| {
        let name = name(stack, id, cluster);
        arn("rds", here, &format!("cluster:{name}"))
    });
    let has_instances = !of_type(assembly, "AWS::RDS::DBInstance").is_empty();
    if clusters.is_empty() && !has_instances {
        return Vec::new();
    }
    let mut needs = vec![on(&["rds:DescribeDBClusters"], &clusters)];
    if has_instances {
        // With a filter in place of a name RDS asks for it on all of them.
        needs.push(on(
            &["rds:DescribeDBSnapshots"],
            &in_regions("rds", &["db:*", "snapshot:*"]),
        ));
        needs.push(on(
            &["rds:DescribeDBInstanceAutomatedBackups"],
            &in_regions("rds", &["auto-backup:*", "db:*"]),
        ));
    }
    let jobs = [
        "ListBackupJobs",
        "ListCopyJobs",
        "ListRecoveryPointsByResource",
    ];
    needs.extend(jobs.map(|call| {
        let reason = "AWS Backup asks for it on all jobs and recovery points or none";
        on_any(&format!("backup:{call}"), reason)
    }));
    if !of_type(assembly, PLAN).is_empty() {
        let plans = [
            "backup:GetBackupPlan",
            "backup:GetBackupSelection",
            "backup:ListBackupSelections",
        ];
        needs.push(on(&plans, &[arn("backup", here, "backup-plan:*")]));
        needs.push(on(
            &["backup:DescribeBackupVault"],
            &vaults(assembly, &regions),
        ));
    }
    needs
}

const PLAN: &str = "AWS::Backup::BackupPlan";

fn arn(service: &str, region: &str, resource: &str) -> String {
    let resource = resource.replace("${AWS::Region}", region);
    format!("arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{resource}")
}

fn of_type<'a>(assembly: &'a Assembly, kind: &str) -> Vec<&'a Resource> {
    let stacks = assembly.stacks.iter();
    let resources = stacks.flat_map(|stack| stack.template.each_resource());
    let of_type = resources.filter(|(_, resource)| resource.resource_type == kind);
    of_type.map(|(_, resource)| resource).collect()
}

/// The vaults in these regions that plans save and copy to. One that only a deployment knows may be any.
fn vaults(assembly: &Assembly, regions: &[&str]) -> Vec<String> {
    let mut vaults = Vec::new();
    for stack in &assembly.stacks {
        for (_, plan) in stack.template.each_resource() {
            if plan.resource_type != PLAN {
                continue;
            }
            let rules = plan.properties.get("BackupPlan");
            for rule in items(rules.and_then(|plan| get(plan, "BackupPlanRule"))) {
                let target = get(rule, "TargetBackupVault").map(|target| {
                    let made = referred(&stack.template, target);
                    made.map(|(id, vault)| name(&stack.name, id, vault))
                        .or_else(|| pattern(target))
                        .unwrap_or_else(|| "*".to_owned())
                });
                let target = target.unwrap_or_else(|| "*".to_owned());
                vaults.extend(
                    regions
                        .first()
                        .map(|here| arn("backup", here, &format!("backup-vault:{target}"))),
                );
                let copies = items(get(rule, "CopyActions"));
                let copies = copies.filter_map(|copy| get(copy, "DestinationBackupVaultArn"));
                vaults.extend(copies.filter_map(|copy| copied_to(copy, regions)));
            }
        }
    }
    vaults
}

/// A vault of this account in one of these regions.
fn copied_to(vault: &Value, regions: &[&str]) -> Option<String> {
    let vault = pattern(vault)?;
    let is_asked = regions
        .iter()
        .any(|region| vault.contains(&format!(":backup:{region}:")));
    is_asked.then_some(vault)
}
