//! The real SDK against replies as CloudFormation sends them, and as something else might.
#![expect(clippy::unwrap_used, reason = "a test")]

mod change_sets;
mod credentials;
mod errors;
mod replies;
mod server;
mod stacks;
#[path = "../support/mod.rs"]
mod support;

use aws_config::retry::RetryConfig;
use stratiform_aws::Aws;

/// A client that tries once.
pub(crate) async fn client(endpoint: &str) -> Aws {
    let config = support::config(endpoint).await.into_builder();
    Aws::new(&config.retry_config(RetryConfig::disabled()).build())
}
