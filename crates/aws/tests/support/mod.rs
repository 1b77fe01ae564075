//! The real SDK, on its way to something on this machine.

use aws_config::SdkConfig;
use aws_sdk_sts::config::Credentials;
use stratiform_aws::configuration;

/// Our own configuration, led to an endpoint with credentials that are good for nothing.
pub(crate) async fn config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("id", "secret key", None, None, "test");
    let configuration = configuration("eu-central-1").credentials_provider(credentials);
    configuration.endpoint_url(endpoint).load().await
}
