//! What is deployed, asked of CloudFormation and never remembered.
//!
//! Here lives all that knows the AWS SDK: its configuration, the calls, and its errors as ours. What a change
//! means and when a call is made does not live here, nor does anything that prints. Only [`Aws::call`] changes anything in
//! AWS.
//!
//! All calls need a Tokio runtime with its clock and its network switched on.

mod answer;
mod aws;
mod call;
mod carry_out;
mod deployed;
mod embedded;
mod error;
mod identity;
mod in_process;
mod profile;
mod repetition;
mod service;

pub use aws::{Aws, configuration, deployment_configuration};
pub use aws_config::SdkConfig;
pub use carry_out::{Audience, Watch, carry_out, destroy, now};
pub use deployed::DeployedStack;
pub use embedded::embedded;
pub use error::{Call, Error, FailedCall};
pub use identity::Identity;
pub use in_process::{Arrival, Respond, in_process};
pub use stratiform_deploy::Interruption;
