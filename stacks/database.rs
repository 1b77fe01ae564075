//! The database: PostgreSQL, encrypted with a key of its own, reached by its clients only and over TLS only.

use stratiform_environment::Text;
use stratiform_stack::{
    App, Condition, DeletionPolicy, Expr, Handle, Parameter, Prop, Stack, Update, either, equals,
    props, pseudo,
};

use crate::environment::Environment;
use crate::network::Network;
use crate::parts::{self, Names, PostgresHandles};
use crate::resources::{ec2, kms, rds};

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
    let key = props!(parts::Key {
        description: format!(
            "Database of {}: storage, snapshots, master secret and Performance Insights",
            names.prefix()
        ),
        alias: names.alias("database"),
        // A snapshot without its key is worthless.
        removal: DeletionPolicy::RetainExceptOnCreate,
        key: parts::deletion_window(env),
    });
    let key = key.add_to(&stack, "Key");
    let origin = Origin::of(&stack);

    let database = &env.database;
    let postgres = props!(parts::Postgres {
        vpc: &network.vpc,
        subnets: &network.isolated_subnets,
        name: names.prefix(),
        // Known, so that its log groups are there before it writes to them.
        identifier: names.name("database"),
        instance_class: database.instance_class.as_str(),
        engine_version: database.engine_version.as_str(),
        storage_gib: database.allocated_storage_gib,
        maximum_storage_gib: database.max_allocated_storage_gib,
        port: database.port,
        multi_az: database.multi_az,
        backup_days: i64::from(database.backup_retention_days),
        deletion_protection: database.deletion_protection,
        key: &key,
        logs: &network.logs,
        instance: rds::DbInstance {
            db_snapshot_identifier: origin.snapshot_where_given(),
            db_name: origin.if_new(database.name.as_str()),
            master_username: origin.if_new("storefront"),
            kms_key_id: origin.if_new(key.arn()),
            preferred_backup_window: "02:00-03:00",
            preferred_maintenance_window: "sun:05:00-sun:06:00",
            delete_automated_backups: !database.deletion_protection,
        },
    });
    let PostgresHandles {
        instance, clients, ..
    } = postgres.add_to(&stack, "");
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
