//! A change that is refused has one fate: what would become of it otherwise is told under the refusal, and counts.

use stratiform_diff::Kind;

use crate::{KEPT, check, check_changed, environment, lines};

#[test]
fn a_replacement_that_is_refused_loses_nothing() {
    let domain = "Type: AWS::OpenSearchService::Domain, Properties: {DomainName: find, EngineVersion: OpenSearch_2.$}";
    check_changed(
        domain,
        ["11", "13"],
        &[
            "danger refused will: cannot replace the domain `A`: its name `find` stays taken by the old one",
            "- otherwise it replaces the domain `A`: its data is deleted with it",
        ],
    );
    check_changed(
        &domain.replace("DomainName: find, ", ""),
        ["11", "13"],
        &[
            "danger data-loss will: replaces the domain `A`: its data is deleted with it",
            "- the new one starts empty",
            "warning replacement will: replaces the domain `A`",
        ],
    );
}

#[test]
fn gates_count_what_is_withheld() {
    let domain = |id: &str, version: &str| {
        format!(
            "{id}: {{Type: AWS::OpenSearchService::Domain, Properties: {{DomainName: find, EngineVersion: {version}}}}}"
        )
    };
    let found = environment(&[("shop", &domain("A", "a"), &domain("A", "b"))]);
    let [refused] = found[0].consequences.as_slice() else {
        panic!("{:?}", found[0].consequences);
    };
    assert_eq!(refused.withheld, [Kind::DataLoss, Kind::Replacement]);
    assert!(refused.concerns(&[Kind::DataLoss]) && !refused.concerns(&[Kind::Interruption]));
    assert!(found[0].resources[0].refused);
    // How the data is kept is worth knowing before the name is changed.
    let help = refused.help.clone().unwrap_or_default();
    assert!(
        help.ends_with("; keep the data: `UpdateReplacePolicy: Retain`"),
        "{help}"
    );
    // The one that goes stays, because the one that comes is refused.
    let found = environment(&[("shop", &domain("A", "a"), &domain("B", "b"))]);
    let [refused] = found[0].consequences.as_slice() else {
        panic!("{:?}", found[0].consequences);
    };
    assert!(refused.concerns(&[Kind::DataLoss]));
}

#[test]
fn what_follows_from_a_refused_replacement_does_not_happen() {
    let cluster = "A: {Type: AWS::RDS::DBCluster, Properties: {DBClusterIdentifier: a, Engine: aurora-mysql, StorageEncrypted: $}}";
    let instance = "B: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref A, Engine: aurora-mysql}}";
    let [before, after] =
        ["false", "true"].map(|value| format!("{}\n{instance}", cluster.replace('$', value)));
    check(
        &before,
        &after,
        &[
            "danger refused will: cannot replace the database cluster `A`: its name `a` stays taken by the old one",
            "- otherwise it replaces the database cluster `A`: its data is deleted with it",
            "- otherwise it replaces the database `B`",
        ],
    );
    // What the other one changes by itself is another thing.
    let after = after.replace(
        "Engine: aurora-mysql}}",
        "Engine: aurora-mysql, DeletionProtection: false}}",
    );
    let before = before.replace(
        "Engine: aurora-mysql}}",
        "Engine: aurora-mysql, DeletionProtection: true}}",
    );
    let found = environment(&[("shop", &before, &after)]);
    let found = lines(&found[0].consequences).join("\n");
    assert!(
        found.contains("- otherwise it replaces the database `B`"),
        "{found}"
    );
    assert!(found.contains("warning protection-lost will: "), "{found}");
}

#[test]
fn another_type_is_refused_as_a_whole() {
    check(
        "A: {Type: AWS::DynamoDB::Table, Properties: {}}",
        "A: {Type: AWS::SNS::Topic}",
        &[
            "danger refused will: cannot turn the table `A` into a resource of type `AWS::SNS::Topic`",
            "- otherwise it deletes the table `A`, and its data with it",
        ],
    );
}

#[test]
fn an_update_that_is_refused_opens_nothing() {
    check_changed(
        "Type: AWS::RDS::DBInstance, Properties: {$}",
        [
            "AllocatedStorage: 100, PubliclyAccessible: false",
            "AllocatedStorage: 50, PubliclyAccessible: true",
        ],
        &[
            "danger refused will: cannot shrink the database `A`",
            "- otherwise it makes the database `A` publicly accessible",
        ],
    );
}

#[test]
fn what_may_be_refused_may_happen() {
    // Whether the value is another one is not known: both may be.
    let parameter = "Parameters: {Key: {Type: String}}\nResources:\n  ";
    let volume =
        "A: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a, Size: 1, KmsKeyId: $}}";
    let [before, after] =
        ["k", "!Ref Key"].map(|key| format!("{parameter}{}\n  {KEPT}\n", volume.replace('$', key)));
    let found = environment(&[("shop", &before, &after)]);
    assert!(
        lines(&found[0].consequences)[0].starts_with("warning refused may: perhaps cannot change")
    );
    assert!(!found[0].resources[0].refused);
}
