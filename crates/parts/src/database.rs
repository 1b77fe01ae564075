//! Databases.

mod network;

use stratiform_stack::generated::Overlay;
use stratiform_stack::kinds::{Ec2SubnetId, Ec2VpcId, KmsKeyArn};
use stratiform_stack::{
    Define, DeletionPolicy, Handle, Id, List, Opt, Prop, Stack, Statement, arn, json, props,
};

use crate::part::{digits, part};
use crate::resources::rds::db_instance;
use crate::resources::{ec2, kms, logs, rds};
use crate::{Key, LogGroup, Logs, Role, statements};

part! {
    /// A PostgreSQL database: encrypted with a key of its own, reached by its clients only and over TLS only, its
    /// master password made and rotated by RDS in Secrets Manager. Its logs and metrics are kept, its backups too, and
    /// a last snapshot is taken whenever it goes.
    pub struct Postgres {
        required {
            /// The VPC.
            vpc: Prop<Id<Ec2VpcId>>,
            /// Where it is, in two zones at least: isolated subnets.
            subnets: Prop<List<Id<Ec2SubnetId>>>,
            /// `db.t4g.medium`.
            instance_class: Prop<String>,
            /// `17.6`.
            engine_version: Prop<String>,
        }
        optional {
            /// The name of the instance. Without one, CloudFormation makes one; but then RDS makes the log groups
            /// itself, and nothing ever empties them.
            identifier: Opt<String>,
            /// The name of the database in it.
            database: Opt<String>,
            /// The name of the master user.
            master_username: Prop<String> = "postgres",
            /// Its storage in GiB, which grows by itself.
            storage_gib: Prop<i64> = 20,
            /// How far its storage grows, in GiB. With `None` it does not.
            maximum_storage_gib: Opt<i64> = 100,
            /// The port that it listens on.
            port: Prop<i64> = 5432,
            /// Days that backups are kept.
            backup_days: Prop<i64> = 7,
            /// Whether a standby waits in another zone.
            multi_az: Prop<bool> = false,
            /// Whether somebody has to switch this off before it can be deleted.
            deletion_protection: Prop<bool> = true,
            /// What encrypts storage, snapshots and the master password's secret. Without one it gets a key of its own.
            key: Opt<Id<KmsKeyArn>>,
            /// How long its logs are kept, and under which key.
            logs: Logs,
            /// What the `Name` tags of its security groups are; the logical ID where there is none.
            name: Opt<String>,
            /// Properties of the instance itself: what is named here counts, the rest is the part's.
            instance: rds::DbInstance,
        }
    }
}

/// [`Postgres`] that was added.
#[derive(Clone, Debug)]
pub struct PostgresHandles {
    /// The instance.
    pub instance: Handle<rds::DbInstance>,
    /// Encrypts storage, snapshots and the master password's secret, where it is its own.
    pub key: Option<Handle<kms::Key>>,
    /// Whoever carries this group may connect.
    pub clients: Handle<ec2::SecurityGroup>,
    /// The group of the instance itself.
    pub security_group: Handle<ec2::SecurityGroup>,
    /// What it is told to do.
    pub parameters: Handle<rds::DbParameterGroup>,
}

impl Postgres {
    /// Adds it. The logical IDs of what it is made of begin with `id`; they may begin with nothing where it is alone
    /// in its stack.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, id: &str) -> PostgresHandles {
        let (key, own_key) = match self.key.clone().into_prop() {
            Some(key) => (key, None),
            None => {
                let own = self.add_key(stack, id);
                (Prop::from(own.arn()), Some(own))
            }
        };
        let groups = network::add(stack, id, &self);
        let subnets = stack.add(
            format!("{id}SubnetGroup"),
            props!(rds::DbSubnetGroup {
                db_subnet_group_description: "Isolated subnets",
                subnet_ids: self.subnets.clone(),
            }),
        );
        let parameters = self.parameters(stack, id);
        let log_groups = self.log_groups(stack, id);
        let monitoring = monitoring_role(self.identifier.as_text().unwrap_or("*"));
        let monitoring = monitoring.add_to(stack, &format!("{id}MonitoringRole"));
        let placed = props!(rds::DbInstance {
            db_subnet_group_name: &subnets,
            vpc_security_groups: [&groups.server],
            db_parameter_group_name: &parameters,
            monitoring_role_arn: &monitoring,
            kms_key_id: key.clone().into_expr(),
            master_user_secret: db_instance::MasterUserSecret {
                kms_key_id: key.into_expr(),
            },
        });
        let instance = stack.add(
            format!("{id}Instance"),
            self.instance
                .clone()
                .over(placed)
                .over(self.properties())
                .on_removal(DeletionPolicy::Snapshot)
                .depends_on(log_groups),
        );
        PostgresHandles {
            instance,
            key: own_key,
            clients: groups.clients,
            security_group: groups.server,
            parameters,
        }
    }

    #[track_caller]
    fn add_key(&self, stack: &Stack, id: &str) -> Handle<kms::Key> {
        let key = props!(Key {
            description: format!(
                "Database of {}: storage, snapshots, master secret and Performance Insights",
                self.name.as_text().unwrap_or(id)
            ),
        });
        key.add_to(stack, &format!("{id}Key"))
    }

    /// What the instance is, without what it refers to.
    fn properties(self) -> rds::DbInstance {
        props!(rds::DbInstance {
            db_instance_identifier: self.identifier,
            db_instance_class: self.instance_class,
            engine: "postgres",
            engine_version: self.engine_version,
            auto_minor_version_upgrade: true,
            engine_lifecycle_support: "open-source-rds-extended-support-disabled",
            db_name: self.database,
            master_username: self.master_username,
            manage_master_user_password: true,
            enable_iam_database_authentication: true,
            allocated_storage: digits(self.storage_gib),
            max_allocated_storage: self.maximum_storage_gib,
            storage_type: "gp3",
            storage_encrypted: true,
            port: digits(self.port),
            publicly_accessible: false,
            multi_az: self.multi_az,
            ca_certificate_identifier: "rds-ca-rsa2048-g1",
            backup_retention_period: self.backup_days,
            copy_tags_to_snapshot: true,
            delete_automated_backups: false,
            deletion_protection: self.deletion_protection,
            enable_cloudwatch_logs_exports: ["postgresql", "upgrade"],
            monitoring_interval: 60,
            database_insights_mode: db_instance::DatabaseInsightsMode::Standard,
        })
    }

    /// The log groups are there before the instance writes to them, so that it does not make its own, which would
    /// never be emptied. For that the instance's name must be known.
    #[track_caller]
    fn log_groups(&self, stack: &Stack, id: &str) -> Vec<Handle<logs::LogGroup>> {
        let mut groups = Vec::new();
        let Some(identifier) = self.identifier.as_text() else {
            return groups;
        };
        for (log, name) in [("PostgresqlLogs", "postgresql"), ("UpgradeLogs", "upgrade")] {
            let group = props!(LogGroup {
                name: format!("/aws/rds/instance/{identifier}/{name}"),
                logs: &self.logs,
            });
            groups.push(group.add_to(stack, &format!("{id}{log}")));
        }
        groups
    }

    /// TLS only; connections, schema changes, slow statements and waits in the log.
    #[track_caller]
    fn parameters(&self, stack: &Stack, id: &str) -> Handle<rds::DbParameterGroup> {
        let version = self.engine_version.as_text();
        if version.is_none() {
            stack.refuse(
                "the version of the database is not known here",
                "give `engine_version` as text: it decides which parameters there are",
            );
        }
        let major = version.and_then(|version| version.split('.').next());
        stack.add(
            format!("{id}ParameterGroup"),
            props!(rds::DbParameterGroup {
                description: format!(
                    "{}: TLS only, statements and waits logged",
                    self.name.as_text().unwrap_or(id)
                ),
                family: format!("postgres{}", major.unwrap_or_default()),
                parameters: json!({
                    "rds.force_ssl": "1",
                    "log_connections": "1",
                    "log_disconnections": "1",
                    "log_statement": "ddl",
                    "log_min_duration_statement": "1000",
                    "log_lock_waits": "1",
                    "log_temp_files": "10240",
                    "log_autovacuum_min_duration": "10000",
                    "idle_in_transaction_session_timeout": "300000",
                }),
            }),
        )
    }
}

fn monitoring_role(identifier: &str) -> Role {
    // RDS writes to this group of the account, whatever one would like.
    let group = "log-group:RDSOSMetrics";
    let create = Statement::allow(["logs:CreateLogGroup", "logs:PutRetentionPolicy"])
        .sid("LogGroup")
        .on(arn("logs", group));
    let write = Statement::allow([
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:GetLogEvents",
        "logs:PutLogEvents",
    ])
    .sid("LogStreams")
    .on(arn("logs", format!("{group}:log-stream:*")));
    props!(Role {
        trust: statements::trust(
            "monitoring.rds.amazonaws.com",
            arn("rds", format!("db:{identifier}")),
        ),
        description: "Enhanced monitoring of the database",
        policy_name: "write-os-metrics",
        statements: [create, write],
    })
}
