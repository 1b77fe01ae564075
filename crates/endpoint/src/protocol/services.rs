//! What services differ in where they speak the same protocol.
//!
//! Source: the service models of botocore 1.43.11 (`metadata`, operations without `output`, `locationName` of lists'
//! items, members of type map).

/// A service in the Query protocol.
struct Service {
    /// As in the scope of a signature.
    name: &'static str,
    version: &'static str,
    namespace: &'static str,
    /// The operations whose answers have no `<…Result>`.
    silent: &'static [&'static str],
    /// The lists whose items are not called `member`.
    items: &'static [(&'static str, &'static str)],
    /// The members that are maps, and not structures.
    maps: &'static [&'static str],
}

const SERVICES: &[Service] = &[
    Service {
        name: "cloudformation",
        version: "2010-05-15",
        namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
        silent: &[
            "CancelUpdateStack",
            "DeleteGeneratedTemplate",
            "DeleteStack",
            "ExecuteStackRefactor",
            "SetStackPolicy",
            "SignalResource",
        ],
        items: &[],
        maps: &["ResourceIdentifier"],
    },
    Service {
        name: "sts",
        version: "2011-06-15",
        namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
        silent: &[],
        items: &[],
        maps: &[],
    },
    Service {
        name: "rds",
        version: "2014-10-31",
        namespace: "http://rds.amazonaws.com/doc/2014-10-31/",
        silent: &[
            "AddRoleToDBCluster",
            "AddRoleToDBInstance",
            "AddTagsToResource",
            "DeleteDBClusterParameterGroup",
            "DeleteDBParameterGroup",
            "DeleteDBSecurityGroup",
            "DeleteDBSubnetGroup",
            "DeleteOptionGroup",
            "RemoveRoleFromDBCluster",
            "RemoveRoleFromDBInstance",
            "RemoveTagsFromResource",
        ],
        items: RDS_ITEMS,
        maps: &["AdditionalEncryptionContext"],
    },
    Service {
        name: "elasticloadbalancing",
        version: "2015-12-01",
        namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
        silent: &[],
        items: &[],
        maps: &["AuthenticationRequestExtraParams"],
    },
    Service {
        name: "sns",
        version: "2010-03-31",
        namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
        silent: &[
            "AddPermission",
            "DeleteTopic",
            "PutDataProtectionPolicy",
            "RemovePermission",
            "SetSubscriptionAttributes",
            "SetTopicAttributes",
            "Unsubscribe",
        ],
        items: &[],
        maps: &["Attributes"],
    },
    Service {
        name: "monitoring",
        version: "2010-08-01",
        namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
        silent: &[
            "DeleteAlarms",
            "DisableAlarmActions",
            "EnableAlarmActions",
            "PutCompositeAlarm",
            "PutMetricAlarm",
            "PutMetricData",
            "SetAlarmState",
        ],
        items: &[],
        maps: &["ExtendedStatistics"],
    },
];

/// What a deployer reads; a name that stands for two kinds of items (`StatusInfos`) is an instance's.
const RDS_ITEMS: &[(&str, &str)] = &[
    ("AssociatedRoles", "DBInstanceRole"),
    ("AttributeValues", "AttributeValue"),
    ("AvailabilityZones", "AvailabilityZone"),
    ("Certificates", "Certificate"),
    ("DBClusterMembers", "DBClusterMember"),
    ("DBClusterOptionGroupMemberships", "DBClusterOptionGroup"),
    ("DBClusterParameterGroups", "DBClusterParameterGroup"),
    ("DBClusterSnapshots", "DBClusterSnapshot"),
    ("DBClusters", "DBCluster"),
    ("DBEngineVersions", "DBEngineVersion"),
    ("DBInstanceAutomatedBackups", "DBInstanceAutomatedBackup"),
    (
        "DBInstanceAutomatedBackupsReplications",
        "DBInstanceAutomatedBackupsReplication",
    ),
    ("DBInstances", "DBInstance"),
    ("DBParameterGroups", "DBParameterGroup"),
    ("DBSecurityGroups", "DBSecurityGroup"),
    ("DBSnapshotAttributes", "DBSnapshotAttribute"),
    ("DBSnapshots", "DBSnapshot"),
    ("DBSubnetGroups", "DBSubnetGroup"),
    ("DomainMemberships", "DomainMembership"),
    ("EventCategories", "EventCategory"),
    ("EventCategoriesList", "EventCategory"),
    ("EventSubscriptionsList", "EventSubscription"),
    ("Events", "Event"),
    ("OptionGroupMemberships", "OptionGroupMembership"),
    ("OptionGroupsList", "OptionGroup"),
    ("OptionSettings", "OptionSetting"),
    ("Options", "Option"),
    ("OrderableDBInstanceOptions", "OrderableDBInstanceOption"),
    ("Parameters", "Parameter"),
    (
        "PendingMaintenanceActionDetails",
        "PendingMaintenanceAction",
    ),
    (
        "PendingMaintenanceActions",
        "ResourcePendingMaintenanceActions",
    ),
    ("ProcessorFeatures", "ProcessorFeature"),
    (
        "ReadReplicaDBClusterIdentifiers",
        "ReadReplicaDBClusterIdentifier",
    ),
    (
        "ReadReplicaDBInstanceIdentifiers",
        "ReadReplicaDBInstanceIdentifier",
    ),
    ("ReadReplicaIdentifiers", "ReadReplicaIdentifier"),
    ("SourceIdsList", "SourceId"),
    ("StatusInfos", "DBInstanceStatusInfo"),
    ("Subnets", "Subnet"),
    ("SupportedCharacterSets", "CharacterSet"),
    ("SupportedTimezones", "Timezone"),
    ("TagList", "Tag"),
    ("Tags", "Tag"),
    ("ValidUpgradeTarget", "UpgradeTarget"),
    ("VpcSecurityGroupMemberships", "VpcSecurityGroupMembership"),
    ("VpcSecurityGroups", "VpcSecurityGroupMembership"),
];

fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

/// The version of a service's interface in the Query protocol; empty where it is not known here.
pub(crate) fn version(name: &str) -> &'static str {
    service(name).map_or("", |service| service.version)
}

/// The namespace of a service's XML; CloudFormation's where it is not known here, as clients do not look at it.
pub(crate) fn namespace(name: &str) -> &'static str {
    let first = SERVICES.first().map_or("", |service| service.namespace);
    service(name).map_or(first, |service| service.namespace)
}

/// Has the answer to an operation no `<…Result>`?
pub(crate) fn is_silent(name: &str, operation: &str) -> bool {
    service(name).is_some_and(|service| service.silent.contains(&operation))
}

/// What an item of a list is called.
pub(crate) fn item(name: &str, list: &str) -> &'static str {
    let items = service(name).map(|service| service.items);
    items
        .unwrap_or_default()
        .iter()
        .find(|(known, _)| *known == list)
        .map_or("member", |(_, item)| item)
}

/// Is a member a map, whose keys are data?
pub(crate) fn is_map(name: &str, member: &str) -> bool {
    service(name).is_some_and(|service| service.maps.contains(&member))
}

#[cfg(test)]
mod tests {
    use super::{RDS_ITEMS, is_silent, item};

    #[test]
    fn tables_are_in_order() {
        assert!(RDS_ITEMS.is_sorted_by_key(|(list, _)| *list));
        assert_eq!(item("rds", "DBInstances"), "DBInstance");
        assert_eq!(item("cloudformation", "Stacks"), "member");
        assert!(is_silent("cloudformation", "DeleteStack"));
        assert!(!is_silent("cloudformation", "DeleteChangeSet"));
    }
}
