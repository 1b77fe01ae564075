//! The real SDK against replies that the engine does not give: other services' errors, and what is no answer of AWS.
#![expect(clippy::unwrap_used, reason = "a test")]

mod backups;
mod calls;
mod credentials;
mod drift;
mod errors;
mod metrics;
mod no_answers;
mod offers;
mod quotas;
mod replies;
mod requests;
mod silence;
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
