//! Calls to S3.

use std::time::Duration;

use stratiform_deploy::Reply;

use crate::aws::Aws;
use crate::error::{Call as Operation, Error};
use crate::service::{Endpoint, Request, Service, Signing, encoded};

const S3: Service = Service {
    id: "S3",
    host: "s3",
    fips_host: "s3-fips",
    signed_as: "s3",
};

/// A template of 1 MiB over a slow line: the answer comes after all of it is there. That nobody is there at all is known
/// before, when there is no connection.
const PATIENCE: Duration = Duration::from_secs(60);

impl Aws {
    /// Puts a template into a bucket, encrypted as the bucket says, and answers with the address for `TemplateURL`.
    ///
    /// Source: [PutObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html).
    pub(super) async fn put_template(
        &self,
        bucket: &str,
        key: &str,
        body: &str,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("PutObject", &format!("{bucket}/{key}"));
        let (endpoint, path) = address(&self.endpoint(&S3), bucket, key);
        let url = format!("{endpoint}{path}");
        let request = Request {
            method: "PUT",
            endpoint,
            path,
            headers: vec![("content-type", "text/plain; charset=utf-8".to_owned())],
            body: body.to_owned(),
            signing: Signing::S3,
            patience: Some(PATIENCE),
        };
        self.send(&S3, &operation, request).await?;
        Ok(Reply::Uploaded { url })
    }
}

/// Where an object is. At AWS the bucket is a part of the host, but where it has dots, which no certificate has; elsewhere
/// it is in the path.
fn address(endpoint: &Endpoint, bucket: &str, key: &str) -> (String, String) {
    let key = encoded(key, "/");
    match endpoint {
        Endpoint::Aws(host) if !bucket.contains('.') => {
            (format!("https://{bucket}.{host}"), format!("/{key}"))
        }
        other => (other.url(), format!("/{}/{key}", encoded(bucket, ""))),
    }
}

#[cfg(test)]
mod tests {
    use super::address;
    use crate::service::Endpoint;

    #[test]
    fn buckets_are_in_the_host_where_they_can() {
        let aws = Endpoint::Aws("s3.eu-central-1.amazonaws.com".to_owned());
        let here = Endpoint::Configured("http://127.0.0.1:4566".to_owned());
        for (endpoint, bucket, expected) in [
            (
                &aws,
                "templates",
                "https://templates.s3.eu-central-1.amazonaws.com/a/b%20c",
            ),
            (
                &aws,
                "my.templates",
                "https://s3.eu-central-1.amazonaws.com/my.templates/a/b%20c",
            ),
            (
                &here,
                "templates",
                "http://127.0.0.1:4566/templates/a/b%20c",
            ),
        ] {
            let (endpoint, path) = address(endpoint, bucket, "a/b c");
            assert_eq!(format!("{endpoint}{path}"), expected);
        }
    }
}
