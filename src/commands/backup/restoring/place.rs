//! Where a backup is restored: beside the database, and out of everybody's reach.

use serde_json::json;
use stratiform_deploy::backups::DatabaseAt;

/// The logical ID of the database that is restored.
pub(super) const RESTORED: &str = "Restored";

/// A place for a restored database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    class: String,
    subnet_group: String,
    vpc: String,
}

impl Place {
    /// In the same subnets, of the same class, so that the time is that of a real restore. None where RDS does not say.
    pub(super) fn beside(database: &DatabaseAt) -> Option<Place> {
        Some(Place {
            class: database.class.clone()?,
            subnet_group: database.subnet_group.clone()?,
            vpc: database.vpc.clone()?,
        })
    }

    /// The template, JSON. Nobody can connect to what it makes, and it can connect to nobody: a restored database may have
    /// subscriptions, foreign servers and jobs, which would go on. Nothing of it is kept.
    pub(super) fn template(&self, snapshot: &str) -> String {
        // Without a rule AWS allows everything outwards; one that leads nowhere takes its place.
        let nowhere = json!({
            "IpProtocol": "-1",
            "CidrIp": "127.0.0.1/32",
            "Description": "No outbound traffic",
        });
        let template = json!({
            "Description": "A test of a backup by stratiform: it deletes this stack again",
            "Resources": {
                "Nobody": {
                    "Type": "AWS::EC2::SecurityGroup",
                    "Properties": {
                        "GroupDescription": "Lets nobody in and nothing out",
                        "VpcId": self.vpc,
                        "SecurityGroupEgress": [nowhere],
                    },
                },
                RESTORED: {
                    "Type": "AWS::RDS::DBInstance",
                    "DeletionPolicy": "Delete",
                    "UpdateReplacePolicy": "Delete",
                    "Properties": {
                        "DBSnapshotIdentifier": snapshot,
                        "DBInstanceClass": self.class,
                        "DBSubnetGroupName": self.subnet_group,
                        "VPCSecurityGroups": [{ "Fn::GetAtt": ["Nobody", "GroupId"] }],
                        "PubliclyAccessible": false,
                        "MultiAZ": false,
                        "BackupRetentionPeriod": 0,
                        "DeleteAutomatedBackups": true,
                        "DeletionProtection": false,
                    },
                },
            },
        });
        template.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> DatabaseAt {
        DatabaseAt {
            arn: "arn:aws:rds:eu-central-1:111122223333:db:shop".to_owned(),
            status: "available".to_owned(),
            class: Some("db.t3.micro".to_owned()),
            restorable_until: None,
            subnet_group: Some("isolated".to_owned()),
            vpc: Some("vpc-1".to_owned()),
            tags: Default::default(),
        }
    }

    #[test]
    fn nobody_gets_in_and_nothing_out() {
        let text = Place::beside(&at()).unwrap().template("rds:shop");
        let template: serde_json::Value = serde_json::from_str(&text).unwrap();
        let group = &template["Resources"]["Nobody"]["Properties"];
        assert!(group["SecurityGroupIngress"].is_null());
        assert_eq!(group["SecurityGroupEgress"][0]["CidrIp"], "127.0.0.1/32");
        let database = &template["Resources"][RESTORED];
        let properties = &database["Properties"];
        assert_eq!(properties["PubliclyAccessible"], false);
        let groups = properties["VPCSecurityGroups"].as_array().unwrap();
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0]["Fn::GetAtt"][0], "Nobody");
        assert_eq!(properties["DBSubnetGroupName"], "isolated");
        // The default policy of a database would leave a snapshot of the test behind.
        assert_eq!(database["DeletionPolicy"], "Delete");
        let parsed = stratiform_template::Template::parse(&text).unwrap();
        assert_eq!(stratiform_template::check(&parsed), []);
    }

    #[test]
    fn without_subnets_there_is_no_place() {
        for change in [
            |at: &mut DatabaseAt| at.vpc = None,
            |at: &mut DatabaseAt| at.subnet_group = None,
            |at: &mut DatabaseAt| at.class = None,
        ] {
            let mut at = at();
            change(&mut at);
            assert_eq!(Place::beside(&at), None);
        }
    }
}
