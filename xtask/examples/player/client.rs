//! The SDK's client, and what is a refusal in what it returns.

use std::fmt;
use std::time::Duration;

use crate::http;
use crate::plan::SsmParameter;
use crate::transcript::Refused;
use aws_credential_types::Credentials;
use aws_sdk_cloudformation::Config;
use aws_sdk_cloudformation::config::retry::RetryConfig;
use aws_sdk_cloudformation::config::timeout::TimeoutConfig;
use aws_sdk_cloudformation::config::{BehaviorVersion, Region};
use aws_sdk_cloudformation::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use serde_json::json;

/// The account that recordings are about.
const ACCOUNT: &str = "111111111111";
const REGION: &str = "us-east-1";

/// CloudFormation at an endpoint, and Systems Manager as far as a test puts parameters there.
pub(crate) struct Client {
    pub(crate) cloudformation: aws_sdk_cloudformation::Client,
    address: String,
}

impl Client {
    /// Nothing of the machine's configuration is read.
    pub(crate) fn new(url: &str) -> Client {
        let patience = TimeoutConfig::builder().operation_timeout(Duration::from_secs(30));
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .credentials_provider(Credentials::new(ACCOUNT, "secret", None, None, "player"))
            .endpoint_url(url)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            // A refusal is an answer: it is not asked for twice.
            .retry_config(RetryConfig::disabled())
            .timeout_config(patience.build())
            .build();
        Client {
            cloudformation: aws_sdk_cloudformation::Client::from_conf(config),
            address: url.trim_start_matches("http://").to_owned(),
        }
    }

    /// PutParameter of Systems Manager. Its SDK is not built for this one call.
    pub(crate) fn put_parameter(&self, parameter: &SsmParameter) -> Result<(), String> {
        let body = json!({
            "Name": parameter.name,
            "Type": parameter.r#type,
            "Value": parameter.value,
            "Overwrite": true,
        });
        let signature = http::signature(ACCOUNT, REGION, "ssm");
        let headers = [
            ("X-Amz-Target", "AmazonSSM.PutParameter"),
            ("Content-Type", "application/x-amz-json-1.1"),
            ("Authorization", &signature),
        ];
        let answer = http::post(&self.address, "/", &headers, &body.to_string());
        match answer.map_err(|error| error.to_string())? {
            (200, _) => Ok(()),
            (status, body) => Err(format!("PutParameter: {status} {body}")),
        }
    }
}

/// Why a call did not go on.
pub(crate) enum Failure {
    /// The service said no.
    Refused(Refused),
    /// There was no answer, or one that the SDK cannot read.
    Trouble(String),
}

impl Failure {
    pub(crate) fn of<E, R>(operation: &str, error: &SdkError<E, R>) -> Failure
    where
        SdkError<E, R>: ProvideErrorMetadata + std::error::Error,
    {
        match error.code() {
            Some(code) => Failure::Refused(Refused {
                operation: operation.to_owned(),
                code: code.to_owned(),
                message: error.message().unwrap_or_default().to_owned(),
            }),
            None => Failure::Trouble(format!("{operation}: {}", DisplayErrorContext(error))),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused(refused) => refused.fmt(formatter),
            Failure::Trouble(trouble) => trouble.fmt(formatter),
        }
    }
}
