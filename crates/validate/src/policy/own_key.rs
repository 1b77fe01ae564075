//! Data that is encrypted with a key of AWS's.

use stratiform_finding::Code;
use stratiform_template::Path;

use super::{Check, Policy};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::OwnKey,
    // A key costs, and needs a policy; what AWS's own keys encrypt is encrypted.
    level: None,
    rule: "What stores data is encrypted with a key of yours",
    reason: "nobody but AWS can say who uses the key, or take it away",
    remedy: "Name a key of `AWS::KMS::Key`.",
    sources: &[
        "CKV_AWS_35",
        "CKV_AWS_119",
        "CKV_AWS_136",
        "CKV_AWS_149",
        "CKV_AWS_160",
        "CKV_AWS_166",
        "CKV_AWS_173",
        "AwsSolutions-CB4",
        "cdk-nag S3DefaultEncryptionKMS",
    ],
    checks: &[
        ("AWS::Backup::BackupVault", |look, vault, path| {
            with(look, vault, &["EncryptionKeyArn"], path)
        }),
        ("AWS::CloudTrail::Trail", |look, trail, path| {
            with(look, trail, &["KMSKeyId"], path)
        }),
        ("AWS::CodeBuild::Project", |look, project, path| {
            with(look, project, &["EncryptionKey"], path)
        }),
        ("AWS::DynamoDB::Table", |look, table, path| {
            with(look, table, &["SSESpecification", "KMSMasterKeyId"], path)
        }),
        ("AWS::ECR::Repository", |look, repository, path| {
            with(
                look,
                repository,
                &["EncryptionConfiguration", "KmsKey"],
                path,
            )
        }),
        ("AWS::EFS::FileSystem", KMS_KEY_ID),
        ("AWS::Lambda::Function", variables),
        ("AWS::RDS::DBCluster", KMS_KEY_ID),
        ("AWS::RDS::DBInstance", |look, instance, path| {
            match look.is_given(instance, &["DBClusterIdentifier"])? {
                Some(true) => look.pass(),
                Some(false) => with(look, instance, &["KmsKeyId"], path)?,
                None => look.doubt(),
            }
            Ok(())
        }),
        ("AWS::SecretsManager::Secret", KMS_KEY_ID),
        ("AWS::Timestream::Database", KMS_KEY_ID),
    ],
};

const KMS_KEY_ID: Check = |look, properties, path| with(look, properties, &["KmsKeyId"], path);

fn variables<'t>(look: &mut Look<'_, 't>, function: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    match look.is_given(function, &["Environment", "Variables"])? {
        Some(true) => with(look, function, &["KmsKeyArn"], path)?,
        // There is nothing to encrypt.
        Some(false) => look.pass(),
        None => look.doubt(),
    }
    Ok(())
}

fn with<'t>(
    look: &mut Look<'_, 't>,
    properties: &Entries,
    way: &[&str],
    path: &Path<'_>,
) -> Looked<'t> {
    let help = format!("name one in `{}`", way.join("."));
    let said = ("the key is AWS's, and not yours", help.as_str());
    look.has_to_be_there(&POLICY, properties, way, path, said)
}
