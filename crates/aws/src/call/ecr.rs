//! Calls to ECR.

use serde::Deserialize;
use serde_json::json;
use stratiform_deploy::Reply;
use stratiform_deploy::call::Image;

use crate::aws::Aws;
use crate::error::{Call as Operation, Error};
use crate::service::{Seconds, Service};

const ECR: Service = Service {
    id: "ECR",
    host: "api.ecr",
    fips_host: "ecr-fips",
    signed_as: "ecr",
};
const TARGET: &str = "AmazonEC2ContainerRegistry_V20150921";

/// There is no such image, or no such repository.
const MISSING: [&str; 2] = ["ImageNotFoundException", "RepositoryNotFoundException"];

impl Aws {
    /// An image of a repository in the account.
    ///
    /// Source: [DescribeImages](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html).
    pub(super) async fn describe_image(
        &self,
        repository: &str,
        reference: &str,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("DescribeImages", &named(repository, reference));
        let id = match reference.starts_with("sha256:") {
            true => "imageDigest",
            false => "imageTag",
        };
        let body = json!({ "repositoryName": repository, "imageIds": [{ id: reference }] });
        let answer: Result<Images, Error> = self.json(&ECR, TARGET, &operation, &body).await;
        match answer {
            Ok(answer) => {
                let found = answer.image_details.into_iter().next();
                Ok(Reply::Image(found.map(|found| Image {
                    digest: found.image_digest,
                    tags: found.image_tags,
                    pushed: found.image_pushed_at.and_then(Seconds::moment),
                })))
            }
            Err(error) if error.has_code(&MISSING) => Ok(Reply::Image(None)),
            Err(error) => Err(error),
        }
    }

    /// Puts an image of no layers under a tag, as a push would; one that is there already stays.
    ///
    /// # Errors
    /// There is no such repository; AWS refuses; nobody answers.
    pub async fn put_image(&self, repository: &str, tag: &str) -> Result<(), Error> {
        let operation = Operation::new("PutImage", &named(repository, tag));
        let manifest = json!({ "schemaVersion": 2, "layers": [], "annotations": { "tag": tag } });
        let body = json!({
            "repositoryName": repository,
            "imageTag": tag,
            "imageManifest": manifest.to_string(),
        });
        let answer: Result<serde_json::Value, Error> =
            self.json(&ECR, TARGET, &operation, &body).await;
        match answer {
            Err(error) if !error.has_code(&["ImageAlreadyExistsException"]) => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

fn named(repository: &str, reference: &str) -> String {
    let mark = if reference.starts_with("sha256:") {
        '@'
    } else {
        ':'
    };
    format!("{repository}{mark}{reference}")
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Images {
    image_details: Vec<Details>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    image_digest: String,
    #[serde(default)]
    image_tags: Vec<String>,
    image_pushed_at: Option<Seconds>,
}
