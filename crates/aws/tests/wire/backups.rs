//! What AWS Backup and RDS say of backups: what the engine never says.

use stratiform_aws::Error;
use stratiform_deploy::backups::{Condition, Operator, Selection};
use stratiform_deploy::guard::Unasked;
use stratiform_test_support::serve;

use crate::client;

const ARN: &str = "arn:aws:rds:eu-central-1:111122223333:db:shop";

// The shapes are those of the API references' examples.
#[tokio::test]
async fn jobs_that_failed_over_all_pages() {
    let pages = serve(|request| {
        let line = request.lines().next().unwrap_or_default();
        assert!(
            line.starts_with("GET /copy-jobs/?resourceArn=arn%3Aaws%3Ards"),
            "{line}"
        );
        let page = match line.contains("&nextToken=m%2Fore") {
            false => {
                r#"{"CopyJobs":[{"CopyJobId":"A","State":"FAILED","StatusMessage":"no key","CreationDate":1790461406.836}],"NextToken":"m/ore"}"#
            }
            true => {
                r#"{"CopyJobs":[{"CopyJobId":"B","State":"COMPLETED","CreationDate":1790461000}]}"#
            }
        };
        (200, page.to_owned())
    });
    let jobs = client(&pages).await.copy_jobs(ARN).await.unwrap();
    let said: Vec<(&str, &str)> = jobs
        .iter()
        .map(|job| (job.id.as_str(), job.state.as_str()))
        .collect();
    assert_eq!(said, [("A", "FAILED"), ("B", "COMPLETED")]);
    assert_eq!(jobs[0].message.as_deref(), Some("no key"));
    assert_eq!(
        jobs[0].created.unwrap().to_string(),
        "2026-09-26T22:23:26.836Z"
    );
}

#[tokio::test]
async fn what_a_plan_selects() {
    let aws = serve(|request| {
        let line = request.lines().next().unwrap_or_default();
        let answer = match line.contains("/selections/?") || line.contains("/selections/ ") {
            true => r#"{"BackupSelectionsList":[{"SelectionId":"s-1","SelectionName":"all"}]}"#,
            false => {
                r#"{"BackupSelection":{"SelectionName":"all","Resources":["arn:aws:rds:*:*:db:*"],
                "ListOfTags":[{"ConditionType":"STRINGEQUALS","ConditionKey":"backup","ConditionValue":"yes"}],
                "Conditions":{"StringLike":[{"ConditionKey":"aws:ResourceTag/team","ConditionValue":"s*"}]}}}"#
            }
        };
        (200, answer.to_owned())
    });
    let found = client(&aws).await.backup_selections("plan").await.unwrap();
    let expected = Selection {
        resources: vec!["arn:aws:rds:*:*:db:*".to_owned()],
        not_resources: Vec::new(),
        tags: vec![("backup".to_owned(), "yes".to_owned())],
        conditions: vec![Condition {
            operator: Operator::Like,
            key: "team".to_owned(),
            value: "s*".to_owned(),
        }],
    };
    assert_eq!(found, [expected]);
}

#[tokio::test]
async fn what_may_not_be_asked_is_named() {
    let denied = serve(|_| {
        let body = r#"{"message":"not authorized","__type":"AccessDeniedException"}"#;
        (403, body.to_owned())
    });
    let error = client(&denied)
        .await
        .recovery_points(ARN)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Denied(_)), "{error:?}");
    let unasked = Unasked::from(error);
    assert!(
        unasked.why.starts_with("ListRecoveryPointsByResource of"),
        "{}",
        unasked.why
    );
    assert!(unasked.is_refused());
    let missing = serve(|_| {
        let body = r#"{"message":"no","__type":"ResourceNotFoundException"}"#;
        (400, body.to_owned())
    });
    assert!(
        !client(&missing)
            .await
            .has_backup_vault("shop")
            .await
            .unwrap()
    );
    assert_eq!(client(&missing).await.backup_plan("p").await.unwrap(), None);
}
