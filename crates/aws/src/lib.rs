//! What is deployed, asked of CloudFormation and never remembered.
//!
//! Here lives all that knows the AWS SDK: its configuration, the calls, and its errors as ours. What a change
//! means does not live here, nor does anything that prints. So far nothing here changes anything in AWS.
//!
//! All calls need a Tokio runtime with its clock and its network switched on.

mod aws;
mod deployed;
mod error;
mod identity;
mod profile;

pub use aws::{Aws, configuration};
pub use deployed::{DeployedOutput, DeployedParameter, DeployedStack};
pub use error::{Call, Error, FailedCall};
pub use identity::Identity;
