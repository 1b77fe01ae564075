//! Buckets.

use stratiform_stack::generated::Overlay;
use stratiform_stack::{
    Define, DeletionPolicy, Handle, PolicyDocument, Stack, Statements, props, sub,
};

use crate::part::part;
use crate::resources::s3::{self, bucket};
use crate::statements::deny_plaintext;

part! {
    /// A bucket that nobody outside the account reads, over TLS only, encrypted, with old versions kept.
    ///
    /// The keys are S3's own: load balancers and S3 itself cannot write logs to a bucket with another.
    pub struct Bucket {
        required {}
        optional {
            /// What services may do with it, besides what IAM policies of the account allow.
            services: Statements,
            /// What becomes of it when it leaves its stack.
            removal: DeletionPolicy = DeletionPolicy::RetainExceptOnCreate,
            /// Properties of the bucket itself, such as its lifecycle: what is named here counts, the rest is the
            /// part's.
            bucket: s3::Bucket,
        }
    }
}

/// A [`Bucket`] that was added.
#[derive(Clone, Debug)]
pub struct BucketHandles {
    /// The bucket.
    pub bucket: Handle<s3::Bucket>,
    /// Its policy. What writes to the bucket while it is created depends on it.
    pub policy: Handle<s3::BucketPolicy>,
}

impl Bucket {
    /// Adds it: the bucket under the logical ID `id`, its policy under `<id>Policy`.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, id: &str) -> BucketHandles {
        let bucket = self.bucket.over(private_bucket());
        let bucket = stack.add(id, bucket.on_removal(self.removal));
        let plaintext = deny_plaintext("s3:*", bucket).on(sub!("{}/*", bucket.arn()));
        let statements = self.services.into_iter().chain([plaintext.into()]);
        let policy = stack.add(
            format!("{id}Policy"),
            props!(s3::BucketPolicy {
                bucket: &bucket,
                policy_document: PolicyDocument::new(statements),
            }),
        );
        BucketHandles { bucket, policy }
    }
}

/// The properties of such a bucket, for one whose policy needs to name the bucket itself: add what it is for with
/// `..parts::private_bucket()`.
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
