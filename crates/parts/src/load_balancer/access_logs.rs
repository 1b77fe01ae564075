//! The bucket with a load balancer's access logs.

use stratiform_stack::{
    Define, DeletionPolicy, PolicyDocument, Principal, Prop, Stack, Statement, arn, props, pseudo,
    sub,
};

use crate::bucket::{BucketHandles, private_bucket};
use crate::resources::s3::{self, bucket};
use crate::statements::deny_plaintext;

/// Adds the bucket, and the policy that must be there before the load balancer writes to it.
///
/// Source: Elastic Load Balancing, "Enable access logs for your Application Load Balancer".
#[track_caller]
pub(super) fn add(stack: &Stack, id: &str, retention_days: Prop<i64>) -> BucketHandles {
    let bucket = stack.add(
        id,
        props!(s3::Bucket {
            lifecycle_configuration: bucket::LifecycleConfiguration {
                rules: [bucket::Rule {
                    status: bucket::rule::Status::Enabled,
                    id: "expire",
                    expiration_in_days: retention_days,
                    noncurrent_version_expiration: bucket::NoncurrentVersionExpiration {
                        noncurrent_days: 7,
                    },
                    abort_incomplete_multipart_upload: bucket::AbortIncompleteMultipartUpload {
                        days_after_initiation: 1,
                    },
                }],
            },
            ..private_bucket()
        })
        // A bucket with something in it cannot be deleted anyway.
        .on_removal(DeletionPolicy::RetainExceptOnCreate),
    );
    let write = Statement::allow(["s3:PutObject"])
        .sid("LoadBalancerLogs")
        .to(Principal::service(
            "logdelivery.elasticloadbalancing.amazonaws.com",
        ))
        .on(sub!("{}/AWSLogs/{}/*", bucket.arn(), pseudo::account_id()))
        .when(
            "ArnLike",
            "aws:SourceArn",
            arn("elasticloadbalancing", "loadbalancer/*"),
        );
    let plaintext = deny_plaintext("s3:*", &bucket).on(sub!("{}/*", bucket.arn()));
    let policy = stack.add(
        format!("{id}Policy"),
        props!(s3::BucketPolicy {
            bucket: &bucket,
            policy_document: PolicyDocument::new([write, plaintext]),
        }),
    );
    BucketHandles { bucket, policy }
}
