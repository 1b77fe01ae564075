//! The way to a CloudFormation on this machine that is not AWS's.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Builder;
use stratiform_service::AccountId;

/// What calls an engine on this machine as an account. Nothing else is looked at: no profile, no credentials, no variable
/// that names another endpoint, and no proxy, so that nothing of it ever reaches AWS.
pub fn embedded(url: &str, region: &str, account: &AccountId) -> SdkConfig {
    // The engine takes an access key that is an account's digits for that account, and checks no signature.
    let credentials = Credentials::new(account.as_str(), "embedded", None, None, "embedded");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(Builder::new().build_http())
        .build()
}
