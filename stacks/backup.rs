//! Backups of the database in a vault, each with a copy in the disaster-recovery region.
//!
//! They are kept longer than what RDS keeps by itself, and nobody can delete them before their time. The vault
//! for the copies, and its key, are in the other region; they are not made here.

use stratiform_stack::condition::{boolean, string_equals};
use stratiform_stack::{
    App, Define, DeletionPolicy, Expr, Handle, PolicyDocument, Principal, Stack, Statement, arn,
    json, props, pseudo, sub,
};

use crate::alarms::{Alarm, Alarms, Lasting, Limit, Measure, Metric, notifications};
use crate::database::Database;
use crate::environment::{Backup, Environment};
use crate::parts::{self, Names, own_account};
use crate::resources::backup::{backup_plan, backup_selection, backup_vault};
use crate::resources::cloudwatch::alarm::{Statistic, TreatMissingData};
use crate::resources::{backup, iam};

/// Adds the stack, where the environment has backups and a region for their copies.
pub fn stack(app: &App, env: &Environment, database: &Database, alarms: &Alarms) {
    let (Some(kept), Some(region)) = (&env.backup, &env.settings.disaster_recovery_region) else {
        return;
    };
    let names = Names::of(app);
    let description = format!("backups of the database, kept here and in {region}");
    let stack = app.stack("backup", &names.describe(&description));
    let vault = vault(&stack, env, names, kept);
    let there = Elsewhere {
        region: region.as_ref(),
        vault: names.name("dr"),
    };
    let plan = Plan {
        kept,
        vault,
        there: &there,
    };
    let plan = plan.add_to(&stack, names);
    let role = role(&stack, database, &vault, &there);
    let instance = database.instance.db_instance_arn();
    stack.add(
        "Selection",
        props!(backup::BackupSelection {
            backup_plan_id: &plan,
            backup_selection: backup_selection::BackupSelectionResourceType {
                iam_role_arn: &role,
                selection_name: "database",
                resources: [instance],
            }
        }),
    );
    watch(&stack, alarms, &role, &vault);
}

/// Where the copies go.
struct Elsewhere<'a> {
    region: &'a str,
    /// The name of the vault there.
    vault: String,
}

impl Elsewhere<'_> {
    /// The ARN of something of this account in that region.
    fn arn(&self, service: &str, resource: &str) -> Expr<String> {
        sub!(
            "arn:{}:{}:{}:{}:{}",
            pseudo::partition(),
            service,
            self.region,
            pseudo::account_id(),
            resource
        )
    }

    fn vault_arn(&self) -> Expr<String> {
        self.arn("backup", &format!("backup-vault:{}", self.vault))
    }
}

/// The vault. What is in it, nobody deletes or shortens; it goes when its time has come.
fn vault(
    stack: &Stack,
    env: &Environment,
    names: Names<'_>,
    kept: &Backup,
) -> Handle<backup::BackupVault> {
    let key = props!(parts::Key {
        description: format!("Backup vault of {}", names.prefix()),
        alias: names.alias("backup"),
        removal: DeletionPolicy::RetainExceptOnCreate,
        key: parts::deletion_window(env),
    });
    let key = key.add_to(stack, "Key");
    let keep = Statement::deny([
        "backup:DeleteRecoveryPoint",
        "backup:UpdateRecoveryPointLifecycle",
    ])
    .sid("NobodyDeletesBackups")
    .to(Principal::Everyone)
    .on_any();
    stack.add(
        "Vault",
        props!(backup::BackupVault {
            backup_vault_name: names.prefix(),
            encryption_key_arn: &key,
            // Without `ChangeableForDays` an administrator can take the lock off. With it nobody could, and a
            // mistake in the numbers would stay for ever.
            lock_configuration: backup_vault::LockConfigurationType {
                min_retention_days: kept.daily_retention_days,
                max_retention_days: kept.monthly_retention_days,
            },
            access_policy: PolicyDocument::new([keep]),
        })
        .on_removal(DeletionPolicy::RetainExceptOnCreate),
    )
}

/// When backups are made, how long they are kept, and where.
struct Plan<'a> {
    kept: &'a Backup,
    vault: Handle<backup::BackupVault>,
    there: &'a Elsewhere<'a>,
}

impl Plan<'_> {
    /// Well before the instance's own backup (02:00) and maintenance.
    fn add_to(self, stack: &Stack, names: Names<'_>) -> Handle<backup::BackupPlan> {
        let Plan { kept, vault, there } = self;
        let rules = [
            ("daily", "cron(0 22 * * ? *)", kept.daily_retention_days),
            ("monthly", "cron(0 12 1 * ? *)", kept.monthly_retention_days),
        ];
        let rules = rules.map(|(name, schedule, days)| {
            // RDS has no cold storage to move them to.
            let lifecycle = props!(backup_plan::LifecycleResourceType {
                delete_after_days: days,
            });
            props!(backup_plan::BackupRuleResourceType {
                rule_name: name,
                target_backup_vault: vault,
                schedule_expression: schedule,
                schedule_expression_timezone: "Etc/UTC",
                start_window_minutes: 60,
                completion_window_minutes: 480,
                // To any second of the last weeks is what RDS's own backups are for.
                enable_continuous_backup: false,
                lifecycle: lifecycle.clone(),
                copy_actions: [backup_plan::CopyActionResourceType {
                    destination_backup_vault_arn: there.vault_arn(),
                    lifecycle,
                }],
            })
        });
        stack.add(
            "Plan",
            props!(backup::BackupPlan {
                backup_plan: backup_plan::BackupPlanResourceType {
                    backup_plan_name: names.prefix(),
                    backup_plan_rule: rules,
                }
            }),
        )
    }
}

/// The role of AWS Backup: this instance, the snapshots that AWS Backup itself makes, and the two vaults.
fn role(
    stack: &Stack,
    database: &Database,
    vault: &Handle<backup::BackupVault>,
    there: &Elsewhere<'_>,
) -> Handle<iam::Role> {
    let allow = |sid: &str, actions: &[&str]| Statement::allow(actions.iter().copied()).sid(sid);
    let instances = || arn("rds", "db:*");
    let everywhere = |resource: &str| [arn("rds", resource), there.arn("rds", resource)];
    let made = "snapshot:awsbackup:*";
    // The vault's key there is not known here.
    let keys_there = || there.arn("kms", "key/*");
    let rds = sub!("rds.{}.amazonaws.com", pseudo::region());
    let rds_there = sub!("rds.{}.amazonaws.com", there.region);
    let grant = |sid: &str| {
        allow(sid, &["kms:CreateGrant"]).when(boolean("kms:GrantIsForAWSResource", true))
    };
    let via = "kms:ViaService";
    let statements = vec![
        allow("FindInstances", &["rds:DescribeDBInstances"]).on(instances()),
        allow(
            "FindSnapshots",
            &["rds:DescribeDBSnapshots", "rds:ListTagsForResource"],
        )
        .on(instances())
        .on_each(everywhere("snapshot:*")),
        allow("TakeSnapshots", &["rds:CreateDBSnapshot"])
            .on(database.instance)
            .on(arn("rds", made)),
        allow(
            "ManageSnapshots",
            &[
                "rds:AddTagsToResource",
                "rds:CopyDBSnapshot",
                "rds:DeleteDBSnapshot",
            ],
        )
        .on_each(everywhere(made)),
        allow(
            "UseVaults",
            &["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"],
        )
        .on(vault)
        .on(there.vault_arn()),
        allow("CopyFromVault", &["backup:CopyFromBackupVault"]).on(arn("rds", made)),
        allow("SeeKeys", &["kms:DescribeKey"])
            .on(database.key)
            .on(keys_there()),
        grant("GrantDatabaseKey")
            .on(database.key)
            .when(string_equals(via, [&rds, &rds_there])),
        grant("GrantVaultKey")
            .on(keys_there())
            .when(string_equals(via, &rds_there)),
    ];
    // AWS Backup does not say for which of its resources it comes.
    let assume =
        Statement::allow(["sts:AssumeRole"]).to(Principal::service("backup.amazonaws.com"));
    let role = props!(parts::Role {
        description: "Takes, copies and expires the backups of the database",
        trust: PolicyDocument::new([own_account(assume)]),
        policy_name: "back-up-database",
        statements,
    });
    role.add_to(stack, "Role")
}

/// Tells of backups that failed, and of backups that were not even tried.
fn watch(
    stack: &Stack,
    alarms: &Alarms,
    role: &Handle<iam::Role>,
    vault: &Handle<backup::BackupVault>,
) {
    alarms.events(
        stack,
        "FailedJobs",
        notifications::Events {
            description: "Backups and copies of the database that failed",
            pattern: json!({
                "source": ["aws.backup"],
                "detail-type": ["Backup Job State Change", "Copy Job State Change"],
                "detail": {
                    "state": ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"],
                    "iamRoleArn": [role.arn()],
                },
            }),
            paths: vec![
                ("kind", "$.detail-type"),
                ("state", "$.detail.state"),
                ("reason", "$.detail.statusMessage"),
                ("time", "$.time"),
            ],
            message: "<kind>: <state> at <time>: <reason>",
        },
    );
    let completed = Metric::vault("NumberOfBackupJobsCompleted", vault);
    alarms.alarm(
        stack,
        "NoBackup",
        Alarm {
            what: "backup: none has completed".to_owned(),
            measure: Measure::Metric(completed, Statistic::Sum),
            limit: Limit::Below(1.0),
            // A day, and six hours for one that takes long.
            lasting: Lasting::periods(5, 6 * 60 * 60),
            // No number is what "none" looks like.
            missing: TreatMissingData::Breaching,
        },
    );
}
