//! Policies: how much each matters in an environment, and what is accepted all the same.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stratiform_finding::words::meant;
use stratiform_finding::{Code, Group, Level};

use crate::text;
use crate::values::names::Date;
use crate::values::text::{RefusedText, Text as _, check_kebab};

/// How much a policy matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyLevel {
    /// It is not asked.
    Off,
    /// Good to know: counted, and shown where somebody asks for notes.
    Note,
    /// Shown, and nothing fails.
    Warning,
    /// `validate` fails, and `guard` lets nothing through.
    Error,
}

impl PolicyLevel {
    /// The level of what breaks the policy; none where it is not asked.
    pub fn of_findings(self) -> Option<Level> {
        match self {
            PolicyLevel::Off => None,
            PolicyLevel::Note => Some(Level::Note),
            PolicyLevel::Warning => Some(Level::Warning),
            PolicyLevel::Error => Some(Level::Error),
        }
    }
}

text! {
    /// The name of a policy: `storage-encrypted`; or `all`, for those that are not named.
    pub struct PolicyName("policy", "a policy", r"^[a-z]+(-[a-z0-9]+)*$", check_policy, policies);
}

impl PolicyName {
    /// The code of what breaks it; none of `all`.
    pub fn code(&self) -> Option<Code> {
        self.as_str().parse().ok()
    }
}

/// What stands for all policies that are not named.
const ALL: &str = "all";

fn names() -> impl Iterator<Item = &'static str> {
    let codes = Group::Policies.codes().iter();
    codes.map(|code| code.as_str()).chain([ALL])
}

fn policies() -> Vec<String> {
    names().map(str::to_owned).collect()
}

fn check_policy(text: &str) -> Result<(), RefusedText> {
    match names().any(|name| name == text) {
        true => Ok(()),
        false => Err(RefusedText::new(
            "there is no such policy",
            meant(text, names())
                .unwrap_or_else(|| "docs/policies.md has the names of all".to_owned()),
        )),
    }
}

/// A finding that the team has decided to live with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedRisk {
    /// The resource it is accepted for: `database/Instance` (a stack and a logical ID), `database/*` or `*`.
    #[serde(default)]
    pub resource: Covered,

    /// Why it is acceptable, for the reader of the report. At least 10 characters.
    #[schemars(length(min = 10, max = 500))]
    pub reason: String,

    /// Who decided so, and is asked when it is over: a team or a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100))]
    pub owner: Option<String>,

    /// The last day on which it is accepted: `2027-03-31`. For ever when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

text! {
    /// Resources of an environment: `*`, all of a stack (`database/*`), or one (`database/Instance`).
    pub struct Covered("covered-resources", "a resource", r"^(\*|[a-z][a-z0-9-]*/(\*|[A-Za-z0-9]+))$", check_covered);
}

impl Covered {
    /// Whether a resource is among them.
    pub fn covers(&self, stack: &str, logical_id: &str) -> bool {
        match self.as_str().split_once('/') {
            None => true,
            Some((of_stack, id)) => of_stack == stack && (id == "*" || id == logical_id),
        }
    }
}

impl Default for Covered {
    fn default() -> Self {
        Covered("*".to_owned())
    }
}

fn check_covered(text: &str) -> Result<(), RefusedText> {
    let alphanumeric = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
    let valid = match text.split_once('/') {
        None => text == "*",
        Some((stack, id)) => check_kebab(stack, 40).is_ok() && (id == "*" || alphanumeric(id)),
    };
    if valid {
        return Ok(());
    }
    Err(RefusedText::new(
        "a resource is a stack, `/`, and a logical ID or `*`",
        "write one such as `database/Instance`, `database/*` or `*`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_is_a_name_and_a_misspelt_one_has_a_nearest() {
        for name in names() {
            let name = PolicyName::new(name).unwrap();
            let code = name.code().map(|code| code.as_str());
            assert_eq!(code.unwrap_or(ALL), name.as_str());
        }
        let refused = PolicyName::new("storage-encryptd").unwrap_err();
        assert_eq!(refused.help, "did you mean `storage-encrypted`?");
        // Other codes are none.
        assert!(PolicyName::new("duplicate-key").is_err());
    }
}
