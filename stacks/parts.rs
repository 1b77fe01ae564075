//! What several stacks are made of: keys, log groups, tags, statements that recur.
//!
//! What adds resources here says `#[track_caller]`: a mistake is shown where the part is used.

use stratiform_stack::{
    App, Arn, Define, DeletionPolicy, Expr, Handle, Id, PolicyDocument, Principal, Prop, Stack,
    Statement, Tag, arn, props, pseudo,
};

use crate::environment::Environment;
use crate::resources::ec2::security_group;
use crate::resources::s3::bucket;
use crate::resources::{iam, kms, logs, s3, sqs};

/// Every address of the internet.
pub const ANYWHERE: &str = "0.0.0.0/0";

/// Names that carry the app and the environment, so that environments never collide in one account.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    app: &'a App,
}

impl<'a> Names<'a> {
    /// The names of an app's environment.
    pub fn of(app: &'a App) -> Self {
        Names { app }
    }

    /// `storefront-prod`.
    pub fn prefix(self) -> String {
        let settings = self.app.settings();
        format!("{}-{}", settings.app, settings.environment)
    }

    /// `storefront-prod-<name>`.
    pub fn name(self, name: &str) -> String {
        format!("{}-{name}", self.prefix())
    }

    /// `/storefront/prod/<name>`, for log groups.
    pub fn path(self, name: &str) -> String {
        let settings = self.app.settings();
        format!("/{}/{}/{name}", settings.app, settings.environment)
    }

    /// `storefront/prod/<name>`, for image repositories: a path, without the slash that would be an error there.
    pub fn repository(self, name: &str) -> String {
        let settings = self.app.settings();
        format!("{}/{}/{name}", settings.app, settings.environment)
    }

    /// `aws-waf-logs-storefront-prod`, for the log group of the firewall: WAF writes to no other names.
    pub fn web_acl_logs(self) -> String {
        format!("aws-waf-logs-{}", self.prefix())
    }

    /// The description of a stack: `storefront prod: <what>`.
    pub fn describe(self, what: &str) -> String {
        let settings = self.app.settings();
        format!("{} {}: {what}", settings.app, settings.environment)
    }

    /// A `Name` tag, which consoles show.
    pub fn tag(self, name: &str) -> [Tag; 1] {
        [Tag::new("Name", self.name(name))]
    }
}

/// Whether what holds history (logs, queues) outlives its stack: where the environment is worth protecting.
pub fn keep_history(env: &Environment) -> DeletionPolicy {
    if env.settings.termination_protection {
        DeletionPolicy::RetainExceptOnCreate
    } else {
        DeletionPolicy::Delete
    }
}

/// A key that IAM policies of the account govern, plus what services may do with it, under an alias.
#[derive(Clone, Debug)]
pub struct Key<'a> {
    /// Its logical ID.
    pub id: &'a str,
    /// What follows `alias/`.
    pub alias: &'a str,
    /// What it encrypts.
    pub description: &'a str,
    /// What services may do with it.
    pub services: Vec<Statement>,
    /// What becomes of it when it leaves its stack.
    pub removal: DeletionPolicy,
}

impl Key<'_> {
    /// Adds it.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, env: &Environment) -> Handle<kms::Key> {
        let administration = Statement::allow(["kms:*"])
            .sid("AccountAdministersKey")
            .to(Principal::account())
            .on_any();
        let key = stack.add(
            self.id,
            props!(kms::Key {
                description: self.description,
                enable_key_rotation: true,
                pending_window_in_days: if env.settings.termination_protection {
                    30
                } else {
                    7
                },
                key_policy: PolicyDocument::new([administration].into_iter().chain(self.services)),
            })
            .on_removal(self.removal),
        );
        stack.add(
            format!("{}Alias", self.id),
            props!(kms::Alias {
                alias_name: format!("alias/{}", self.alias),
                target_key_id: key.reference(),
            }),
        );
        key
    }
}

/// A log group with the environment's retention, encrypted.
#[derive(Clone, Copy, Debug)]
pub struct LogGroup<'a> {
    /// Its logical ID.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What encrypts it.
    pub key: &'a Handle<kms::Key>,
}

impl LogGroup<'_> {
    /// Adds it.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, env: &Environment) -> Handle<logs::LogGroup> {
        stack.add(
            self.id,
            props!(logs::LogGroup {
                log_group_name: self.name,
                retention_in_days: env.logs.retention_days.days(),
                kms_key_id: self.key.arn(),
            })
            .on_removal(keep_history(env)),
        )
    }
}

/// Trust in a service that acts for one resource of this account only.
pub fn trust(service: &str, source: Expr<String>) -> PolicyDocument {
    let assume = Statement::allow(["sts:AssumeRole"]).to(Principal::service(service));
    PolicyDocument::new([own_account(assume).when("ArnLike", "aws:SourceArn", source)])
}

/// Limits a statement to requests that a service makes for this account.
pub fn own_account(statement: Statement) -> Statement {
    statement.when("StringEquals", "aws:SourceAccount", pseudo::account_id())
}

/// A bucket that nobody outside the account reads, encrypted, with old versions kept: add what it is for with
/// `..parts::private_bucket()`.
///
/// The keys are S3's own: load balancers and S3 itself cannot write logs to a bucket with another.
pub fn private_bucket() -> s3::Bucket {
    use bucket::ownership_controls_rule::ObjectOwnership::BucketOwnerEnforced;
    use bucket::server_side_encryption_by_default::SseAlgorithm::Aes256;
    props!(s3::Bucket {
        bucket_encryption: bucket::BucketEncryption {
            server_side_encryption_configuration: [bucket::ServerSideEncryptionRule {
                server_side_encryption_by_default: bucket::ServerSideEncryptionByDefault {
                    sse_algorithm: Aes256,
                },
            }]
        },
        ownership_controls: bucket::OwnershipControls {
            rules: [bucket::OwnershipControlsRule {
                object_ownership: BucketOwnerEnforced,
            }]
        },
        public_access_block_configuration: bucket::PublicAccessBlockConfiguration {
            block_public_acls: true,
            block_public_policy: true,
            ignore_public_acls: true,
            restrict_public_buckets: true,
        },
        versioning_configuration: bucket::VersioningConfiguration {
            status: bucket::versioning_configuration::Status::Enabled,
        },
    })
}

/// Refuses requests without TLS.
pub fn deny_plaintext(action: &str, resource: impl Into<Prop<Id<Arn>>>) -> Statement {
    Statement::deny([action])
        .sid("DenyPlaintext")
        .to(Principal::Everyone)
        .on(resource)
        .when("Bool", "aws:SecureTransport", "false")
}

/// A role with one inline policy.
#[derive(Clone, Debug)]
pub struct Role<'a> {
    /// Its logical ID.
    pub id: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// Who may take it.
    pub trust: PolicyDocument,
    /// The policy's name.
    pub policy: &'a str,
    /// What is in it. Without any the role has no policy.
    pub statements: Vec<Statement>,
}

impl Role<'_> {
    /// Adds it.
    #[track_caller]
    pub fn add_to(self, stack: &Stack) -> Handle<iam::Role> {
        let policy = (!self.statements.is_empty()).then(|| {
            props!(iam::role::Policy {
                policy_document: PolicyDocument::new(self.statements),
                policy_name: self.policy,
            })
        });
        stack.add(
            self.id,
            props!(iam::Role {
                assume_role_policy_document: self.trust,
                description: self.description,
                policies: policy.map(|policy| [policy]),
            }),
        )
    }
}

/// No way out. A group without an egress rule gets "allow everything" from EC2; this one leads nowhere.
pub fn no_egress() -> [security_group::Egress; 1] {
    [props!(security_group::Egress {
        ip_protocol: "-1",
        description: "No outbound traffic",
        cidr_ip: "127.0.0.1/32",
    })]
}

/// The items, where there are any: for lists that may be left out but not be empty.
pub fn some<T>(items: impl IntoIterator<Item = T>) -> Option<Vec<T>> {
    let items: Vec<T> = items.into_iter().collect();
    (!items.is_empty()).then_some(items)
}

/// The ARNs of log groups by a pattern of their names.
pub fn log_groups(pattern: &str) -> Expr<String> {
    arn("logs", format!("log-group:{pattern}"))
}

/// Seconds of a day.
pub const DAY: u32 = 24 * 60 * 60;

/// What every queue has: a key.
pub fn encrypted_queue(key: &Handle<kms::Key>) -> sqs::Queue {
    props!(sqs::Queue {
        kms_master_key_id: key.arn(),
        // Fewer calls of KMS; a data key is never stored unencrypted.
        kms_data_key_reuse_period_seconds: 3600,
    })
}

/// A queue that messages wait in for a person: as long as SQS allows.
pub fn dead_letter_queue(key: &Handle<kms::Key>) -> sqs::Queue {
    props!(sqs::Queue {
        message_retention_period: 14 * DAY,
        ..encrypted_queue(key)
    })
}

/// The policy of the queue with this logical ID: what services may do with it, and nothing without TLS.
#[track_caller]
pub fn queue_policy(
    stack: &Stack,
    id: &str,
    queue: &Handle<sqs::Queue>,
    statements: impl IntoIterator<Item = Statement>,
) {
    let statements = statements
        .into_iter()
        .chain([deny_plaintext("sqs:*", queue)]);
    stack.add(
        format!("{id}Policy"),
        props!(sqs::QueuePolicy {
            policy_document: PolicyDocument::new(statements),
            queues: [queue],
        }),
    );
}
