//! The bucket with a load balancer's access logs.

use stratiform_stack::condition::{arn_like, key};
use stratiform_stack::{
    Define, DeletionPolicy, Handle, PolicyDocument, Principal, Prop, Stack, Statement, arn, props,
    pseudo, sub,
};

use crate::bucket::{BucketHandles, private_bucket};
use crate::part::part;
use crate::resources::s3::{self, bucket};
use crate::statements::{deny_plaintext, own_account};

/// Where in the bucket S3 writes who read it.
const OWN_PREFIX: &str = "bucket";

part! {
    /// A bucket for the access logs of load balancers, which are under [`AccessLogs::PREFIX`] in it, and of itself.
    ///
    /// Source: Elastic Load Balancing, "Enable access logs for your Application Load Balancer".
    pub struct AccessLogs {
        required {}
        optional {
            /// Days until a log is deleted.
            retention_days: Prop<i64> = 365,
        }
    }
}

impl AccessLogs {
    /// Where in the bucket load balancers may write.
    pub const PREFIX: &str = "alb";

    /// Adds it: the bucket under the logical ID `id`, its policy under `<id>Policy`. The policy must be there before a
    /// load balancer writes to the bucket.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, id: &str) -> BucketHandles {
        let bucket = stack.add(
            id,
            props!(s3::Bucket {
                logging_configuration: bucket::LoggingConfiguration {
                    log_file_prefix: format!("{OWN_PREFIX}/"),
                },
                lifecycle_configuration: bucket::LifecycleConfiguration {
                    rules: [expiration(self.retention_days)],
                },
                ..private_bucket()
            })
            // A bucket with something in it cannot be deleted anyway.
            .on_removal(DeletionPolicy::RetainExceptOnCreate),
        );
        let policy = stack.add(
            format!("{id}Policy"),
            props!(s3::BucketPolicy {
                bucket: &bucket,
                policy_document: PolicyDocument::new(statements(bucket)),
            }),
        );
        BucketHandles { bucket, policy }
    }
}

fn expiration(retention_days: Prop<i64>) -> bucket::Rule {
    props!(bucket::Rule {
        status: bucket::rule::Status::Enabled,
        id: "expire",
        expiration_in_days: retention_days,
        noncurrent_version_expiration: bucket::NoncurrentVersionExpiration { noncurrent_days: 7 },
        abort_incomplete_multipart_upload: bucket::AbortIncompleteMultipartUpload {
            days_after_initiation: 1,
        },
    })
}

fn statements(bucket: Handle<s3::Bucket>) -> [Statement; 3] {
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
                AccessLogs::PREFIX,
                pseudo::account_id()
            ),
        )
        .when(arn_like(
            key::SOURCE_ARN,
            arn("elasticloadbalancing", "loadbalancer/*"),
        )),
        own_account(put(
            "BucketLogs",
            "logging.s3.amazonaws.com",
            sub!("{}/{}/*", bucket.arn(), OWN_PREFIX),
        ))
        .when(arn_like(key::SOURCE_ARN, bucket.arn())),
        deny_plaintext("s3:*", bucket).on(sub!("{}/*", bucket.arn())),
    ]
}
