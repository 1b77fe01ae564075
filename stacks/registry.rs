//! The registry: a repository of images per service, kept where the environment could be rebuilt, too.

use std::collections::BTreeMap;

use stratiform_stack::{
    App, Define, DeletionPolicy, Expr, Handle, Stack, equals, json, not, props, pseudo,
};

use crate::environment::{Environment, ServiceName};
use crate::parts::{self, Names};
use crate::resources::ecr::{replication_configuration, repository};
use crate::resources::{ecr, kms};

/// What other stacks use of the registry.
#[derive(Clone, Debug)]
pub struct Registry {
    /// Where the images of each service are.
    pub repositories: BTreeMap<ServiceName, Handle<ecr::Repository>>,
    /// Encrypts the images.
    pub key: Handle<kms::Key>,
}

/// Adds the stack.
pub fn stack(app: &App, env: &Environment) -> Registry {
    let names = Names::of(app);
    let stack = app.stack("registry", &names.describe("image repositories"));
    let key = props!(parts::Key {
        description: format!("Images of {}", names.prefix()),
        alias: names.alias("registry"),
        // Images are what an older release is made of.
        removal: DeletionPolicy::RetainExceptOnCreate,
        key: parts::deletion_window(env),
    });
    let key = key.add_to(&stack, "Key");
    let repositories = env.services.keys().map(|service| {
        let repository = stack.add(
            format!("{}Repository", service.logical_id_prefix()),
            props!(ecr::Repository {
                repository_name: names.repository(service.as_ref()),
                image_tag_mutability: repository::ImageTagMutability::Immutable,
                image_scanning_configuration: repository::ImageScanningConfiguration {
                    scan_on_push: true,
                },
                encryption_configuration: repository::EncryptionConfiguration {
                    encryption_type: repository::EncryptionType::Kms,
                    kms_key: key.arn(),
                },
                lifecycle_policy: repository::LifecyclePolicy {
                    lifecycle_policy_text: lifecycle(),
                },
            })
            .on_removal(DeletionPolicy::RetainExceptOnCreate),
        );
        (service.clone(), repository)
    });
    let repositories = repositories.collect();
    if let Some(region) = &env.settings.disaster_recovery_region {
        replicate(&stack, region.as_ref(), names.repository(""));
    }
    Registry { repositories, key }
}

/// Which images go: what a failed push has left, and all but the last of a service.
fn lifecycle() -> Expr<String> {
    json!({
        "rules": [
            {
                "rulePriority": 1,
                "description": "Untagged images: 14 days",
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": 14,
                },
                "action": {"type": "expire"},
            },
            {
                "rulePriority": 2,
                "description": "The last 30 images",
                "selection": {
                    "tagStatus": "any",
                    "countType": "imageCountMoreThan",
                    "countNumber": 30,
                },
                "action": {"type": "expire"},
            },
        ],
    })
    .into_text()
}

/// Copies every image that is pushed to repositories of this environment to another region.
fn replicate(stack: &Stack, region: &str, repositories: String) {
    // A rebuild in that region deploys this very template there, where there is nothing to copy.
    let outside = stack.condition(
        "OutsideRecoveryRegion",
        not(equals(pseudo::region(), region)),
    );
    let rule = props!(replication_configuration::ReplicationRule {
        destinations: [replication_configuration::ReplicationDestination {
            region,
            registry_id: pseudo::account_id(),
        },],
        repository_filters: [replication_configuration::RepositoryFilter {
            filter: repositories,
            filter_type: replication_configuration::FilterType::PrefixMatch,
        }],
    });
    stack.add(
        "Replication",
        props!(ecr::ReplicationConfiguration {
            replication_configuration: replication_configuration::ReplicationConfiguration {
                rules: [rule],
            }
        })
        .condition(&outside),
    );
}
