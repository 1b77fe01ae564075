//! What AWS Backup has of a database, and how it went. Nothing here changes anything.
//!
//! Source: AWS Backup developer guide, the API's reference of each operation.

use serde::Deserialize;
use stratiform_deploy::backups::{Backup, BackupPlan, Condition, Job, Operator, Rule, Selection};

use crate::aws::Aws;
use crate::error::{Call as Operation, Error};
use crate::service::{Seconds, Service, encoded};

const BACKUP: Service = Service {
    id: "Backup",
    host: "backup",
    fips_host: "backup-fips",
    signed_as: "backup",
};

const MISSING: [&str; 1] = ["ResourceNotFoundException"];

impl Aws {
    /// Whether there is a vault.
    ///
    /// # Errors
    /// The call fails.
    pub async fn has_backup_vault(&self, name: &str) -> Result<bool, Error> {
        let operation = Operation::new("DescribeBackupVault", name);
        let path = format!("/backup-vaults/{}", encoded(name, ""));
        let answer: Result<Nothing, Error> = self.rest(&BACKUP, &operation, path).await;
        match answer {
            Ok(Nothing {}) => Ok(true),
            Err(error) if error.has_code(&MISSING) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A backup plan; none where there is none.
    ///
    /// # Errors
    /// The call fails.
    pub async fn backup_plan(&self, id: &str) -> Result<Option<BackupPlan>, Error> {
        let operation = Operation::new("GetBackupPlan", id);
        let path = format!("/backup/plans/{}", encoded(id, ""));
        let answer: Result<PlanAnswer, Error> = self.rest(&BACKUP, &operation, path).await;
        match answer {
            Ok(answer) => Ok(Some(answer.backup_plan.plan())),
            Err(error) if error.has_code(&MISSING) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What a backup plan selects.
    ///
    /// # Errors
    /// A call fails.
    pub async fn backup_selections(&self, plan: &str) -> Result<Vec<Selection>, Error> {
        let path = format!("/backup/plans/{}/selections", encoded(plan, ""));
        let operation = Operation::new("ListBackupSelections", plan);
        let all: Vec<Selected> = self.listed(&operation, (&format!("{path}/"), &[])).await?;
        let mut found = Vec::new();
        for Selected { selection_id } in all {
            let operation = Operation::new("GetBackupSelection", &selection_id);
            let path = format!("{path}/{}", encoded(&selection_id, ""));
            let answer: SelectionAnswer = self.rest(&BACKUP, &operation, path).await?;
            found.push(answer.backup_selection.selection());
        }
        Ok(found)
    }

    /// The recovery points of a resource, in all vaults of the region.
    ///
    /// # Errors
    /// A call fails.
    pub async fn recovery_points(&self, resource: &str) -> Result<Vec<Backup>, Error> {
        let operation = Operation::new("ListRecoveryPointsByResource", resource);
        let path = format!("/resources/{}/recovery-points/", encoded(resource, ""));
        let points: Result<Vec<Point>, Error> = self.listed(&operation, (&path, &[])).await;
        match points {
            Ok(points) => Ok(points.into_iter().map(Point::backup).collect()),
            Err(error) if error.has_code(&MISSING) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// The backup jobs of a resource in the last 30 days.
    ///
    /// # Errors
    /// A call fails.
    pub async fn backup_jobs(&self, resource: &str) -> Result<Vec<Job>, Error> {
        let operation = Operation::new("ListBackupJobs", resource);
        let query = [("resourceArn", resource)];
        let jobs: Vec<JobAnswer> = self.listed(&operation, ("/backup-jobs/", &query)).await?;
        Ok(jobs.into_iter().map(JobAnswer::job).collect())
    }

    /// The copy jobs of a resource in the last 30 days.
    ///
    /// # Errors
    /// A call fails.
    pub async fn copy_jobs(&self, resource: &str) -> Result<Vec<Job>, Error> {
        let operation = Operation::new("ListCopyJobs", resource);
        let query = [("resourceArn", resource)];
        let jobs: Vec<JobAnswer> = self.listed(&operation, ("/copy-jobs/", &query)).await?;
        Ok(jobs.into_iter().map(JobAnswer::job).collect())
    }

    /// All pages of a list.
    async fn listed<Item: for<'d> Deserialize<'d>>(
        &self,
        operation: &Operation,
        (path, query): (&str, &[(&str, &str)]),
    ) -> Result<Vec<Item>, Error> {
        let mut found = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let token = next.as_deref().map(|token| ("nextToken", token));
            let pairs = query.iter().copied().chain(token);
            let pairs = pairs.map(|(key, value)| format!("{key}={}", encoded(value, "")));
            let pairs: Vec<String> = pairs.collect();
            let path = match pairs.is_empty() {
                true => path.to_owned(),
                false => format!("{path}?{}", pairs.join("&")),
            };
            let page: Page<Item> = self.rest(&BACKUP, operation, path).await?;
            found.extend(page.items);
            next = operation.next_page(next.as_deref(), page.next_token.as_deref())?;
            if next.is_none() {
                return Ok(found);
            }
        }
    }
}

#[derive(Deserialize)]
struct Nothing {}

/// A page of a list, whatever the list is called.
#[derive(Deserialize)]
#[serde(bound = "Item: Deserialize<'de>")]
struct Page<Item> {
    #[serde(
        alias = "BackupSelectionsList",
        alias = "RecoveryPoints",
        alias = "BackupJobs",
        alias = "CopyJobs"
    )]
    items: Vec<Item>,
    #[serde(rename = "NextToken")]
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PlanAnswer {
    backup_plan: PlanPart,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PlanPart {
    backup_plan_name: String,
    #[serde(default)]
    rules: Vec<RulePart>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RulePart {
    rule_name: String,
    target_backup_vault_name: String,
    #[serde(default)]
    copy_actions: Vec<CopyPart>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CopyPart {
    destination_backup_vault_arn: String,
}

impl PlanPart {
    fn plan(self) -> BackupPlan {
        let rules = self.rules.into_iter().map(|rule| Rule {
            name: rule.rule_name,
            vault: rule.target_backup_vault_name,
            copies: rule
                .copy_actions
                .into_iter()
                .map(|copy| copy.destination_backup_vault_arn)
                .collect(),
        });
        BackupPlan {
            name: self.backup_plan_name,
            rules: rules.collect(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Selected {
    selection_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SelectionAnswer {
    backup_selection: SelectionPart,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct SelectionPart {
    resources: Vec<String>,
    not_resources: Vec<String>,
    list_of_tags: Vec<ConditionPart>,
    conditions: ConditionsPart,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ConditionsPart {
    string_equals: Vec<ConditionPart>,
    string_not_equals: Vec<ConditionPart>,
    string_like: Vec<ConditionPart>,
    string_not_like: Vec<ConditionPart>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ConditionPart {
    condition_key: String,
    condition_value: String,
}

impl SelectionPart {
    fn selection(self) -> Selection {
        let conditions = self.conditions;
        let conditions = [
            (Operator::Equals, conditions.string_equals),
            (Operator::NotEquals, conditions.string_not_equals),
            (Operator::Like, conditions.string_like),
            (Operator::NotLike, conditions.string_not_like),
        ];
        let conditions = conditions.into_iter().flat_map(|(operator, parts)| {
            parts.into_iter().map(move |part| Condition {
                operator,
                key: part.key(),
                value: part.condition_value,
            })
        });
        Selection {
            resources: self.resources,
            not_resources: self.not_resources,
            tags: self
                .list_of_tags
                .into_iter()
                .map(|part| (part.key(), part.condition_value))
                .collect(),
            conditions: conditions.collect(),
        }
    }
}

impl ConditionPart {
    /// The tag's key: conditions write it as `aws:ResourceTag/KEY`.
    fn key(&self) -> String {
        let key = self.condition_key.as_str();
        key.strip_prefix("aws:ResourceTag/")
            .unwrap_or(key)
            .to_owned()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Point {
    recovery_point_arn: String,
    status: String,
    creation_date: Option<Seconds>,
}

impl Point {
    fn backup(self) -> Backup {
        Backup {
            is_usable: matches!(self.status.as_str(), "COMPLETED" | "AVAILABLE"),
            id: self.recovery_point_arn,
            taken: self.creation_date.and_then(Seconds::moment),
            status: self.status,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct JobAnswer {
    #[serde(alias = "BackupJobId", alias = "CopyJobId")]
    id: String,
    state: String,
    status_message: Option<String>,
    creation_date: Option<Seconds>,
}

impl JobAnswer {
    fn job(self) -> Job {
        Job {
            id: self.id,
            state: self.state,
            message: self.status_message,
            created: self.creation_date.and_then(Seconds::moment),
        }
    }
}
