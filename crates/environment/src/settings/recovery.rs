//! What a rebuild in another region promises, and what it needs there.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text;
use crate::values::text::RefusedText;

/// What is promised of the environment for the day on which its region is lost, and what a rebuild needs in
/// `disaster_recovery_region`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// How many minutes of data may be lost at most: how old the newest backup in the other region may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 525_600))]
    pub rpo_minutes: Option<u32>,

    /// How many minutes a rebuild may take, from the first stack to the last check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 525_600))]
    pub rto_minutes: Option<u32>,

    /// Values that parameters of stacks have in that region, by parameter: a certificate there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<ParameterOfStack, String>,
}

text! {
    /// Name of a parameter that a stack declares: `CertificateArn`.
    pub struct ParameterOfStack("parameter-of-stack", "a parameter", r"^[A-Za-z][A-Za-z0-9]{0,254}$", check_parameter);
}

fn check_parameter(text: &str) -> Result<(), RefusedText> {
    let starts = text.starts_with(|first: char| first.is_ascii_alphabetic());
    if starts && text.len() <= 255 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(RefusedText::new(
        "parameters are called by letters and digits",
        "write one as the stack declares it: `CertificateArn`",
    ))
}
