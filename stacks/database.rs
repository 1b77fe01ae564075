//! The database: PostgreSQL, encrypted with a key of its own, reached by its clients only and over TLS only.

use stratiform_environment::Text;
use stratiform_stack::{
    App, Condition, Define, DeletionPolicy, Expr, Handle, Parameter, Prop, Stack, Statement,
    Update, arn, either, equals, json, props, pseudo,
};

use crate::environment::Environment;
use crate::network::Network;
use crate::parts::{self, Names};
use crate::resources::ec2::security_group;
use crate::resources::rds::db_instance;
use crate::resources::{ec2, iam, kms, rds};

/// What other stacks use of the database.
#[derive(Clone, Debug)]
pub struct Database {
    /// The instance.
    pub instance: Handle<rds::DbInstance>,
    /// Encrypts storage, snapshots and the master password's secret.
    pub key: Handle<kms::Key>,
    /// Whoever carries this group may connect.
    pub clients: Handle<ec2::SecurityGroup>,
}

/// Adds the stack.
pub fn stack(app: &App, env: &Environment, network: &Network) -> Database {
    let names = Names::of(app);
    let stack = app.stack("database", &names.describe("PostgreSQL"));
    let key = parts::Key {
        id: "Key",
        alias: &names.name("database"),
        description: &format!(
            "Database of {}: storage, snapshots, master secret and Performance Insights",
            names.prefix()
        ),
        services: Vec::new(),
        // A snapshot without its key is worthless.
        removal: DeletionPolicy::RetainExceptOnCreate,
    };
    let key = key.add_to(&stack, env);
    let (server, clients) = security_groups(&stack, env, names, network);
    let subnets = stack.add(
        "SubnetGroup",
        props!(rds::DbSubnetGroup {
            db_subnet_group_description: "Isolated subnets",
            subnet_ids: &network.isolated_subnets,
        }),
    );
    let parameters = parameters(&stack, env, names);
    // The log groups are there before the instance writes to them, so that it does not make its own, which
    // would be neither encrypted nor ever emptied. For that the instance's name must be known.
    let identifier = names.name("database");
    let log_groups =
        [("PostgresqlLogs", "postgresql"), ("UpgradeLogs", "upgrade")].map(|(id, log)| {
            let group = parts::LogGroup {
                id,
                name: &format!("/aws/rds/instance/{identifier}/{log}"),
                key: &network.logs_key,
            };
            group.add_to(&stack, env)
        });
    let monitoring = monitoring_role(&stack, &identifier);

    let origin = Origin::of(&stack);

    let database = &env.database;
    let instance = stack.add(
        "Instance",
        props!(rds::DbInstance {
            db_instance_identifier: &identifier,
            db_instance_class: database.instance_class.as_str(),
            engine: "postgres",
            engine_version: database.engine_version.as_str(),
            auto_minor_version_upgrade: true,
            engine_lifecycle_support: "open-source-rds-extended-support-disabled",
            db_snapshot_identifier: origin.snapshot_where_given(),
            db_name: origin.if_new(database.name.as_str()),
            master_username: origin.if_new("storefront"),
            manage_master_user_password: true,
            master_user_secret: db_instance::MasterUserSecret {
                kms_key_id: key.arn(),
            },
            enable_iam_database_authentication: true,

            allocated_storage: database.allocated_storage_gib.to_string(),
            max_allocated_storage: database.max_allocated_storage_gib,
            storage_type: "gp3",
            storage_encrypted: true,
            kms_key_id: origin.if_new(key.arn()),

            db_subnet_group_name: &subnets,
            vpc_security_groups: [&server],
            port: database.port.to_string(),
            publicly_accessible: false,
            multi_az: database.multi_az,
            db_parameter_group_name: &parameters,
            ca_certificate_identifier: "rds-ca-rsa2048-g1",

            backup_retention_period: i64::from(database.backup_retention_days),
            preferred_backup_window: "02:00-03:00",
            preferred_maintenance_window: "sun:05:00-sun:06:00",
            copy_tags_to_snapshot: true,
            delete_automated_backups: !database.deletion_protection,
            deletion_protection: database.deletion_protection,

            enable_cloudwatch_logs_exports: ["postgresql", "upgrade"],
            monitoring_interval: 60,
            monitoring_role_arn: &monitoring,
            database_insights_mode: db_instance::DatabaseInsightsMode::Standard,
        })
        .on_removal(DeletionPolicy::Snapshot)
        .depends_on(log_groups),
    );
    if database.deletion_protection {
        // Whoever asks for it: an update that would replace or delete one of them fails.
        stack.protect([&instance, &key], [Update::Replace, Update::Delete]);
    }
    Database {
        instance,
        key,
        clients,
    }
}

/// What the database is made from: nothing, or a snapshot, with what that has in it: name, user and key.
///
/// Source: CloudFormation template reference, `AWS::RDS::DBInstance`, `DBSnapshotIdentifier`.
struct Origin {
    snapshot: Expr<String>,
    is_new: Condition,
}

impl Origin {
    fn of(stack: &Stack) -> Origin {
        let snapshot = Parameter::string(
            "Snapshot that the database is made from, none for an empty one. Another value makes another database",
        )
        .default_value("");
        let snapshot = stack.parameter("DatabaseSnapshot", snapshot);
        let is_new = stack.condition("NewDatabase", equals(snapshot.clone(), ""));
        Origin { snapshot, is_new }
    }

    fn snapshot_where_given(&self) -> Expr<String> {
        either(
            &self.is_new,
            pseudo::no_value::<String>(),
            self.snapshot.clone(),
        )
    }

    /// What only a database that begins empty is told.
    fn if_new(&self, value: impl Into<Prop<String>>) -> Expr<String> {
        either(&self.is_new, value, pseudo::no_value::<String>())
    }
}

/// The instance's group and its clients' group. Membership is the grant: a new service changes nothing here.
fn security_groups(
    stack: &Stack,
    env: &Environment,
    names: Names<'_>,
    network: &Network,
) -> (Handle<ec2::SecurityGroup>, Handle<ec2::SecurityGroup>) {
    let port = i64::from(env.database.port);
    let server = stack.add(
        "SecurityGroup",
        props!(ec2::SecurityGroup {
            group_description: "The database",
            vpc_id: &network.vpc,
            security_group_egress: parts::no_egress(),
            tags: names.tag("database"),
        }),
    );
    let clients = stack.add(
        "ClientSecurityGroup",
        props!(ec2::SecurityGroup {
            group_description: "Whoever carries this group may connect to the database",
            vpc_id: &network.vpc,
            security_group_egress: [security_group::Egress {
                ip_protocol: "tcp",
                description: "PostgreSQL to the database",
                from_port: port,
                to_port: port,
                destination_security_group_id: &server,
            }],
            tags: names.tag("database-clients"),
        }),
    );
    stack.add(
        "IngressFromClients",
        props!(ec2::SecurityGroupIngress {
            ip_protocol: "tcp",
            description: "PostgreSQL from the clients",
            group_id: &server,
            from_port: port,
            to_port: port,
            source_security_group_id: &clients,
        }),
    );
    (server, clients)
}

/// TLS only; connections, schema changes, slow statements and waits in the log.
fn parameters(stack: &Stack, env: &Environment, names: Names<'_>) -> Handle<rds::DbParameterGroup> {
    let major = env
        .database
        .engine_version
        .as_str()
        .split('.')
        .next()
        .unwrap_or_default()
        .to_owned();
    stack.add(
        "ParameterGroup",
        props!(rds::DbParameterGroup {
            description: format!("{}: TLS only, statements and waits logged", names.prefix()),
            family: format!("postgres{major}"),
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

fn monitoring_role(stack: &Stack, identifier: &str) -> Handle<iam::Role> {
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
    let role = parts::Role {
        id: "MonitoringRole",
        description: "Enhanced monitoring of the database",
        trust: parts::trust(
            "monitoring.rds.amazonaws.com",
            arn("rds", format!("db:{identifier}")),
        ),
        policy: "write-os-metrics",
        statements: vec![create, write],
    };
    role.add_to(stack)
}
