//! Policies of resources that let everybody in.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::asking::Text;
use super::statement::{self, Anyone};
use super::{Check, Policy};
use crate::rule::policy::place::Kind;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::PrincipalAnyone,
    level: Some(Level::Error),
    rule: "The policy of a resource lets nobody in whom nobody knows",
    reason: "everybody who has an account somewhere, or nobody at all has to have one, does what it allows",
    remedy: "Name accounts, roles or services, or say who in a condition (`aws:PrincipalOrgID`, `aws:SourceArn`).",
    sources: &[
        "KMS.5",
        "Lambda.1",
        "S3.2",
        "S3.3",
        "SNS.4",
        "SQS.3",
        "CKV_AWS_32",
        "CKV_AWS_33",
        "CKV_AWS_70",
        "AwsSolutions-ECR1",
        "AwsSolutions-EVB1",
        "AwsSolutions-OS5",
        "AwsSolutions-S5",
    ],
    checks: &[
        ("AWS::Backup::BackupVault", OWN),
        ("AWS::ECR::Repository", OWN),
        ("AWS::EFS::FileSystem", OWN),
        ("AWS::Elasticsearch::Domain", OWN),
        ("AWS::KMS::Key", OWN),
        ("AWS::Lambda::Permission", function),
        ("AWS::Logs::ResourcePolicy", OWN),
        ("AWS::OpenSearchService::Domain", OWN),
        ("AWS::S3::AccessPoint", OWN),
        ("AWS::S3::BucketPolicy", OWN),
        ("AWS::SNS::TopicPolicy", OWN),
        ("AWS::SQS::QueuePolicy", OWN),
        ("AWS::SecretsManager::ResourcePolicy", OWN),
    ],
};

const HELP: &str = "name who may, or write a condition that says it";

const OWN: Check = |look, properties, path| {
    let is_of_resource = |kind| match kind {
        Kind::Resource | Kind::Bucket | Kind::Key | Kind::Own | Kind::Other => true,
        Kind::Identity | Kind::Trust => false,
    };
    statement::each(look, properties, path, is_of_resource, &mut known)
};

fn known<'t>(look: &mut Look<'_, 't>, statement: &Entries, path: &Path<'_>) -> Looked<'t> {
    if !statement::allows(look, statement)? {
        return Ok(());
    }
    match statement::is_open(look, statement)? {
        Some(false) => {}
        Some(true) => {
            let name = ["Principal", "NotPrincipal"];
            let name = name.iter().find(|name| statement.contains_key(name));
            let way: Vec<&str> = name.into_iter().copied().collect();
            let what = "everybody may do what the statement allows";
            look.broken_at(&POLICY, statement, &way, path, what, HELP);
        }
        None => look.doubt(),
    }
    Ok(())
}

/// What limits who calls a function.
const LIMITS: [&str; 3] = ["SourceArn", "SourceAccount", "PrincipalOrgID"];

fn function<'t>(look: &mut Look<'_, 't>, permission: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let Some(principal) = look.given(permission, "Principal")? else {
        return Ok(());
    };
    // Of addresses that everybody may call, `function-url-open` tells.
    let is_address = matches!(
        look.text_of(permission, &["FunctionUrlAuthType"])?,
        Text::Known(kind) if kind == "NONE"
    );
    if is_address || look.is_any_given(permission, &LIMITS)? == Some(true) {
        return Ok(());
    }
    match Anyone::among(look, principal)? {
        Anyone::No => {}
        Anyone::Yes => {
            let what = "everybody may call the function";
            look.broken_at(&POLICY, permission, &["Principal"], path, what, HELP);
        }
        Anyone::Unknown => look.doubt(),
    }
    Ok(())
}
