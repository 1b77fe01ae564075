//! What an account has, by Cloud Control, and what it has room for, by Service Quotas.

use serde::Deserialize;
use serde_json::{Value, json};
use stratiform_deploy::Reply;

use crate::aws::Aws;
use crate::error::{Call as Operation, Error};
use crate::service::Service;

const QUOTAS: Service = Service {
    id: "Service Quotas",
    host: "servicequotas",
    fips_host: "servicequotas",
    signed_as: "servicequotas",
};
const OF_QUOTAS: &str = "ServiceQuotasV20190624";

const CONTROL: Service = Service {
    id: "CloudControl",
    host: "cloudcontrolapi",
    fips_host: "cloudcontrolapi-fips",
    signed_as: "cloudcontrolapi",
};
const OF_CONTROL: &str = "CloudApiService";

/// There is no such resource.
const NOT_THERE: [&str; 1] = ["ResourceNotFoundException"];

/// The account has AWS's own value.
const AS_BY_DEFAULT: [&str; 1] = ["NoSuchResourceException"];

impl Aws {
    /// The value of a quota in the account and region.
    ///
    /// Sources: [GetServiceQuota](https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html),
    /// [GetAWSDefaultServiceQuota](https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetAWSDefaultServiceQuota.html).
    pub(super) async fn quota(&self, service: &str, code: &str) -> Result<Reply, Error> {
        let body = json!({ "ServiceCode": service, "QuotaCode": code });
        let own = self.quota_by("GetServiceQuota", &body).await;
        match own {
            Err(error) if error.has_code(&AS_BY_DEFAULT) => {
                self.quota_by("GetAWSDefaultServiceQuota", &body).await
            }
            own => own,
        }
    }

    async fn quota_by(&self, operation: &'static str, body: &Value) -> Result<Reply, Error> {
        let code = body["QuotaCode"].as_str().unwrap_or_default();
        let operation = Operation::new(operation, code);
        let answer: Quota = self.json(&QUOTAS, OF_QUOTAS, &operation, body).await?;
        // A quota is a number of things, written with a fraction.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it saturates"
        )]
        let value = answer.quota.value as usize;
        Ok(Reply::Quota(value))
    }

    /// How many resources of a type there are.
    ///
    /// Source: [ListResources](https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/API_ListResources.html).
    pub(super) async fn count_resources(&self, resource_type: &str) -> Result<Reply, Error> {
        let operation = Operation::new("ListResources", resource_type);
        let mut count = 0;
        let mut token: Option<String> = None;
        loop {
            let mut body = json!({ "TypeName": resource_type, "MaxResults": 100 });
            if let Some(token) = &token {
                body["NextToken"] = token.as_str().into();
            }
            let page: Page = self.json(&CONTROL, OF_CONTROL, &operation, &body).await?;
            count += page.resource_descriptions.len();
            token = operation.next_page(token.as_deref(), page.next_token.as_deref())?;
            if token.is_none() {
                return Ok(Reply::Count(count));
            }
        }
    }

    /// Whether a resource is there.
    ///
    /// Source: [GetResource](https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/API_GetResource.html).
    pub(super) async fn find_resource(
        &self,
        resource_type: &str,
        identifier: &str,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("GetResource", identifier);
        let body = json!({ "TypeName": resource_type, "Identifier": identifier });
        let answer: Result<serde::de::IgnoredAny, Error> =
            self.json(&CONTROL, OF_CONTROL, &operation, &body).await;
        match answer {
            Ok(_) => Ok(Reply::Found(true)),
            Err(error) if error.has_code(&NOT_THERE) => Ok(Reply::Found(false)),
            Err(error) => Err(error),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Quota {
    quota: Valued,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Valued {
    value: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Page {
    resource_descriptions: Vec<serde::de::IgnoredAny>,
    next_token: Option<String>,
}
