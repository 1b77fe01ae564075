//! What mostly helps, for the reasons that everybody meets whose stack cannot be deleted.

use stratiform_service::Reason;

/// What to do about a resource that could not be deleted; none where the reason is not well known.
pub(super) fn remedy(resource_type: &str, reason: &str) -> Option<String> {
    let has = |words: &[&str]| {
        let reason = reason.to_lowercase();
        words.iter().any(|word| reason.contains(word))
    };
    let again = "and run `destroy` again: it goes on where it stopped";
    Some(match (resource_type, Reason::read(reason)) {
        (_, Reason::ExportInUse { by, .. }) => {
            format!(
                "`{by}` imports from it: delete `{by}` first, or deploy it without the import, {again}"
            )
        }
        ("AWS::S3::Bucket", _) if has(&["not empty", "notempty"]) => format!(
            "empty it, all versions of all objects (`aws s3 rm s3://BUCKET --recursive` leaves old versions), {again}"
        ),
        ("AWS::ECR::Repository", _) if has(&["contains images", "notempty", "not empty"]) => {
            format!("delete its images (`aws ecr batch-delete-image`), {again}")
        }
        ("AWS::Backup::BackupVault", _) if has(&["recovery points", "not empty"]) => {
            format!(
                "delete its recovery points, or keep the vault: `DeletionPolicy: Retain`, deployed, {again}"
            )
        }
        _ if has(&[
            "deletion protection",
            "is protected",
            "protected against deletion",
        ]) =>
        {
            format!("somebody switched deletion protection on: switch it off, {again}")
        }
        _ if has(&["not empty", "notempty"]) => format!("empty it, {again}"),
        _ if has(&[
            "dependent object",
            "dependencyviolation",
            "has dependencies",
            "in use",
            "inuse",
            "is still associated",
            "is currently",
        ]) =>
        {
            format!(
                "something that is in none of these stacks uses it, often a network interface: delete that first, {again}"
            )
        }
        _ if has(&[
            "accessdenied",
            "access denied",
            "not authorized",
            "unauthorized",
            "forbidden",
        ]) =>
        {
            format!(
                "allow the action that the reason names in the policies of the role that deletes, {again}"
            )
        }
        _ if has(&[
            "throttl",
            "rate exceeded",
            "internalfailure",
            "timed out",
            "did not stabilize",
            "notstabilized",
        ]) =>
        {
            "the service was busy or slow: run `destroy` again".to_owned()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::remedy;

    #[test]
    fn well_known_reasons() {
        let cases = [
            (
                "AWS::S3::Bucket",
                "The bucket you tried to delete is not empty (Service: S3, Status Code: 409)",
                "all versions",
            ),
            (
                "AWS::ECR::Repository",
                "The repository with name 'shop-dev/api' in registry with id '1' cannot be deleted because it still contains images",
                "batch-delete-image",
            ),
            (
                "AWS::EC2::SecurityGroup",
                "resource sg-1 has a dependent object (Service: Ec2, Status Code: 400)",
                "network interface",
            ),
            (
                "AWS::RDS::DBInstance",
                "Cannot delete protected DB Instance, please disable deletion protection and try again.",
                "switch it off",
            ),
            (
                "AWS::CloudFormation::Stack",
                "Delete canceled. Cannot delete export shop-dev-network-Vpc as it is in use by other.",
                "`other` imports from it",
            ),
        ];
        for (resource_type, reason, expected) in cases {
            let remedy = remedy(resource_type, reason).unwrap_or_default();
            assert!(remedy.contains(expected), "{reason}: {remedy}");
        }
        assert_eq!(remedy("AWS::SNS::Topic", "Something new"), None);
    }
}
