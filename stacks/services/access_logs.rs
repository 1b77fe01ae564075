//! The bucket with the load balancer's access logs.

use stratiform_stack::{
    Define, DeletionPolicy, Handle, PolicyDocument, Principal, Statement, arn, props, pseudo, sub,
};

use crate::parts;
use crate::resources::s3;
use crate::resources::s3::bucket;
use crate::services::Context;

/// Where in the bucket the load balancer writes.
pub(super) const PREFIX: &str = "alb";

/// Where in the bucket S3 writes who read it.
const OWN_PREFIX: &str = "bucket";

/// The bucket, and the policy that must be there before the load balancer writes to it.
pub(super) fn bucket(context: &Context<'_>) -> (Handle<s3::Bucket>, Handle<s3::BucketPolicy>) {
    let bucket = context.stack.add(
        "AccessLogBucket",
        props!(s3::Bucket {
            logging_configuration: bucket::LoggingConfiguration {
                log_file_prefix: format!("{OWN_PREFIX}/"),
            },
            lifecycle_configuration: bucket::LifecycleConfiguration {
                rules: [expiration(context)],
            },
            ..parts::private_bucket()
        })
        // A bucket with something in it cannot be deleted anyway.
        .on_removal(DeletionPolicy::RetainExceptOnCreate),
    );
    let policy = context.stack.add(
        "AccessLogBucketPolicy",
        props!(s3::BucketPolicy {
            bucket: &bucket,
            policy_document: PolicyDocument::new(statements(&bucket)),
        }),
    );
    (bucket, policy)
}

fn expiration(context: &Context<'_>) -> bucket::Rule {
    props!(bucket::Rule {
        status: bucket::rule::Status::Enabled,
        id: "expire",
        expiration_in_days: context.env.logs.retention_days.days(),
        noncurrent_version_expiration: bucket::NoncurrentVersionExpiration { noncurrent_days: 7 },
        abort_incomplete_multipart_upload: bucket::AbortIncompleteMultipartUpload {
            days_after_initiation: 1,
        },
    })
}

fn statements(bucket: &Handle<s3::Bucket>) -> [Statement; 3] {
    let put = |sid: &str, service: &str, objects| {
        Statement::allow(["s3:PutObject"])
            .sid(sid)
            .to(Principal::service(service))
            .on(objects)
    };
    [
        put(
            "LoadBalancerLogs",
            "logdelivery.elasticloadbalancing.amazonaws.com",
            sub!(
                "{}/{}/AWSLogs/{}/*",
                bucket.arn(),
                PREFIX,
                pseudo::account_id()
            ),
        )
        .when(
            "ArnLike",
            "aws:SourceArn",
            arn("elasticloadbalancing", "loadbalancer/*"),
        ),
        parts::own_account(put(
            "BucketLogs",
            "logging.s3.amazonaws.com",
            sub!("{}/{}/*", bucket.arn(), OWN_PREFIX),
        ))
        .when("ArnLike", "aws:SourceArn", bucket.arn()),
        parts::deny_plaintext("s3:*", bucket).on(sub!("{}/*", bucket.arn())),
    ]
}
