//! The real SDK, on its way to something on this machine.

use aws_config::{ConfigLoader, SdkConfig};
use aws_sdk_sts::config::Credentials;
use stratiform_aws::{configuration, deployment_configuration};

/// Our own configuration, led to an endpoint with credentials that are good for nothing.
pub(crate) async fn config(endpoint: &str) -> SdkConfig {
    led(configuration("eu-central-1"), endpoint).await
}

/// The same for deploying.
pub(crate) async fn deployment_config(endpoint: &str) -> SdkConfig {
    led(deployment_configuration("eu-central-1"), endpoint).await
}

async fn led(configuration: ConfigLoader, endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("id", "secret key", None, None, "test");
    let configuration = configuration.credentials_provider(credentials);
    configuration.endpoint_url(endpoint).load().await
}
