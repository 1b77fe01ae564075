//! AWS Backup: the operation is in method and path.
//!
//! Source: botocore 1.43.11, service model of `backup`.

use axum::http::request::Parts;
use serde_json::Value;

use crate::form;
use crate::protocol::{Asked, is_signature, json, malformed};
use crate::trouble::Trouble;

/// Method, path and operation. A part in braces is the member that it names.
const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/backup-jobs", "ListBackupJobs"),
    ("PUT", "/backup-jobs", "StartBackupJob"),
    ("GET", "/backup-jobs/{BackupJobId}", "DescribeBackupJob"),
    ("POST", "/backup-jobs/{BackupJobId}", "StopBackupJob"),
    ("GET", "/backup-vaults", "ListBackupVaults"),
    (
        "DELETE",
        "/backup-vaults/{BackupVaultName}",
        "DeleteBackupVault",
    ),
    (
        "GET",
        "/backup-vaults/{BackupVaultName}",
        "DescribeBackupVault",
    ),
    (
        "PUT",
        "/backup-vaults/{BackupVaultName}",
        "CreateBackupVault",
    ),
    (
        "GET",
        "/backup-vaults/{BackupVaultName}/recovery-points",
        "ListRecoveryPointsByBackupVault",
    ),
    (
        "DELETE",
        "/backup-vaults/{BackupVaultName}/recovery-points/{RecoveryPointArn}",
        "DeleteRecoveryPoint",
    ),
    (
        "GET",
        "/backup-vaults/{BackupVaultName}/recovery-points/{RecoveryPointArn}",
        "DescribeRecoveryPoint",
    ),
    (
        "GET",
        "/backup-vaults/{BackupVaultName}/recovery-points/{RecoveryPointArn}/restore-metadata",
        "GetRecoveryPointRestoreMetadata",
    ),
    (
        "GET",
        "/backup-vaults/{BackupVaultName}/resources",
        "ListProtectedResourcesByBackupVault",
    ),
    ("GET", "/backup/plans", "ListBackupPlans"),
    ("PUT", "/backup/plans", "CreateBackupPlan"),
    ("DELETE", "/backup/plans/{BackupPlanId}", "DeleteBackupPlan"),
    ("GET", "/backup/plans/{BackupPlanId}", "GetBackupPlan"),
    ("POST", "/backup/plans/{BackupPlanId}", "UpdateBackupPlan"),
    (
        "GET",
        "/backup/plans/{BackupPlanId}/selections",
        "ListBackupSelections",
    ),
    (
        "PUT",
        "/backup/plans/{BackupPlanId}/selections",
        "CreateBackupSelection",
    ),
    (
        "DELETE",
        "/backup/plans/{BackupPlanId}/selections/{SelectionId}",
        "DeleteBackupSelection",
    ),
    (
        "GET",
        "/backup/plans/{BackupPlanId}/selections/{SelectionId}",
        "GetBackupSelection",
    ),
    (
        "GET",
        "/backup/plans/{BackupPlanId}/versions",
        "ListBackupPlanVersions",
    ),
    ("GET", "/copy-jobs", "ListCopyJobs"),
    ("PUT", "/copy-jobs", "StartCopyJob"),
    ("GET", "/copy-jobs/{CopyJobId}", "DescribeCopyJob"),
    ("GET", "/resources", "ListProtectedResources"),
    (
        "GET",
        "/resources/{ResourceArn}",
        "DescribeProtectedResource",
    ),
    (
        "GET",
        "/resources/{ResourceArn}/recovery-points",
        "ListRecoveryPointsByResource",
    ),
    (
        "GET",
        "/resources/{ResourceArn}/restore-jobs",
        "ListRestoreJobsByProtectedResource",
    ),
    ("GET", "/restore-jobs", "ListRestoreJobs"),
    ("PUT", "/restore-jobs", "StartRestoreJob"),
    ("GET", "/restore-jobs/{RestoreJobId}", "DescribeRestoreJob"),
    (
        "GET",
        "/restore-jobs/{RestoreJobId}/metadata",
        "GetRestoreJobMetadata",
    ),
    ("GET", "/tags/{ResourceArn}", "ListTags"),
    ("POST", "/tags/{ResourceArn}", "TagResource"),
    ("POST", "/untag/{ResourceArn}", "UntagResource"),
];

/// The members of lists' requests whose names in a query string are not theirs with `By` before them.
const PLAIN: [&str; 6] = [
    "BackupVaultAccountId",
    "IncludeDeleted",
    "ManagedByAWSBackupOnly",
    "MaxResults",
    "NextToken",
    "VersionId",
];

/// Does a path belong to the service, as far as one can see?
pub(crate) fn is_path(path: &str) -> bool {
    let first = segments(path).next().unwrap_or_default();
    ROUTES
        .iter()
        .any(|(_, route, _)| segments(route).next() == Some(first))
}

/// Reads operation and parameters.
///
/// # Errors
/// There is no such path, or a part of it or the body cannot be read.
pub(crate) fn read(
    head: &Parts,
    asked: Vec<(String, String)>,
    body: &[u8],
) -> Result<Asked, Trouble> {
    let (method, path) = (head.method.as_str(), head.uri.path());
    let found = ROUTES.iter().find_map(|(known, route, operation)| {
        let labels = (*known == method).then(|| labels(route, path)).flatten()?;
        Some((*operation, labels))
    });
    let (operation, labels) = found.ok_or_else(|| Trouble::UnknownOperation {
        operation: format!("{method} {path}"),
        version: String::new(),
    })?;
    let Value::Object(mut parameters) = json::parse(body)? else {
        return Err(Trouble::Malformed("the body is no JSON object".to_owned()));
    };
    for (name, text) in labels {
        let text = form::segment(text).map_err(malformed)?;
        parameters.insert(name.to_owned(), Value::String(text));
    }
    for (key, text) in asked.into_iter().filter(|(key, _)| !is_signature(key)) {
        parameters.insert(member(operation, &key), Value::String(text));
    }
    Ok(Asked {
        operation: operation.to_owned(),
        parameters: Value::Object(parameters),
    })
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_matches('/').split('/')
}

/// The members that a path names, where it is along a route.
fn labels<'p>(route: &'static str, path: &'p str) -> Option<Vec<(&'static str, &'p str)>> {
    if segments(route).count() != segments(path).count() {
        return None;
    }
    let mut labels = Vec::new();
    for (known, there) in segments(route).zip(segments(path)) {
        match known
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        {
            Some(name) if !there.is_empty() => labels.push((name, there)),
            None if known == there => {}
            _ => return None,
        }
    }
    Some(labels)
}

/// The member that a key in a query string is: `state` is `ByState` in a list, and `nextToken` is `NextToken`.
fn member(operation: &str, key: &str) -> String {
    let mut letters = key.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let name: String = first.into_iter().chain(letters).collect();
    if operation.starts_with("List") && !PLAIN.contains(&name.as_str()) {
        return format!("By{name}");
    }
    name
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use serde_json::json;

    use super::{is_path, read};
    use crate::form;

    fn asked(method: &str, uri: &str, body: &str) -> Option<(String, serde_json::Value)> {
        let request = Request::builder().method(method).uri(uri);
        let (head, ()) = request.body(()).unwrap().into_parts();
        let pairs = form::pairs(head.uri.query().unwrap_or_default().as_bytes(), 9).unwrap();
        let asked = read(&head, pairs, body.as_bytes()).ok()?;
        Some((asked.operation, asked.parameters))
    }

    #[test]
    fn paths_are_operations() {
        for (method, uri, body, operation, parameters) in [
            ("GET", "/backup-vaults/", "", "ListBackupVaults", json!({})),
            (
                "PUT",
                "/backup-vaults/v",
                "{\"A\":1}",
                "CreateBackupVault",
                json!({"A": 1, "BackupVaultName": "v"}),
            ),
            (
                "GET",
                "/backup-vaults/v/recovery-points/arn%3Aaws%3Ab%2Fc",
                "",
                "DescribeRecoveryPoint",
                json!({"BackupVaultName": "v", "RecoveryPointArn": "arn:aws:b/c"}),
            ),
            (
                "GET",
                "/backup-jobs/?state=COMPLETED&maxResults=5",
                "",
                "ListBackupJobs",
                json!({"ByState": "COMPLETED", "MaxResults": "5"}),
            ),
        ] {
            assert_eq!(
                asked(method, uri, body),
                Some((operation.to_owned(), parameters)),
                "{uri}"
            );
        }
        assert_eq!(asked("PATCH", "/backup-vaults/v", ""), None);
        assert_eq!(asked("PUT", "/backup-vaults/v", "[]"), None);
        assert_eq!(asked("PUT", "/backup-vaults/%f", ""), None);
        assert!(is_path("/restore-jobs"));
        assert!(!is_path("/bucket/backup-jobs"));
    }
}
