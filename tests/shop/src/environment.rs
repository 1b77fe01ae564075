//! What differs between the environments of the shop.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stratiform_environment::{Cidr, EnvironmentName, Settings, Violation};

/// An environment of the shop.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Environment {
    /// Where the environment lives, and how its stacks are treated.
    pub(crate) settings: Settings,
    /// The network.
    pub(crate) network: Network,
    /// The database.
    pub(crate) database: Database,
    /// What runs.
    pub(crate) services: BTreeMap<String, Service>,
    /// Days that logs are kept.
    #[schemars(range(min = 1, max = 3653))]
    pub(crate) retention_days: u16,
    /// Days that backups are kept; without it, there is no stack of backups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) backup_days: Option<u16>,
    /// What the code does in `prod` only, which a review must find.
    #[serde(default)]
    pub(crate) prod_is_special: Special,
}

/// What may the code do in `prod` only?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Special {
    /// Nothing, as it should be.
    #[default]
    Nothing,
    /// A property has another value.
    Property,
    /// There is an output more.
    Output,
    /// There is a stack more.
    Stack,
}

/// The network.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Network {
    /// The addresses of the VPC.
    pub(crate) vpc_cidr: Cidr,
    /// How many subnets there are; two where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subnets: Option<u8>,
    /// From where the services can be reached.
    pub(crate) allowed_cidr: Cidr,
}

/// The database.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Database {
    /// The class of the instance.
    pub(crate) instance_class: String,
    /// Days that RDS keeps its backups.
    #[schemars(range(min = 1, max = 35))]
    pub(crate) backup_retention_days: u16,
    /// Whether it can be made from a snapshot.
    #[serde(default)]
    pub(crate) restorable: bool,
}

/// A service.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    /// How many tasks there are.
    pub(crate) tasks: Tasks,
    /// Whether a queue is read.
    #[serde(default)]
    pub(crate) queue: bool,
    /// Whether whoever deploys gives it a token that nobody sees.
    #[serde(default)]
    pub(crate) token: bool,
    /// Variables of its container.
    pub(crate) variables: BTreeMap<String, String>,
}

/// How many tasks there are.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tasks {
    /// At least.
    pub(crate) minimum: u16,
    /// At most.
    pub(crate) maximum: u16,
}

impl stratiform_environment::Environment for Environment {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn check_all(all: &[(&EnvironmentName, &Self)]) -> Vec<(EnvironmentName, Violation)> {
        let mut found = Vec::new();
        for (index, (name, one)) in all.iter().enumerate() {
            for (other_name, other) in all.iter().take(index) {
                if one.network.vpc_cidr.overlaps(other.network.vpc_cidr) {
                    let violation = Violation::new(
                        "network.vpc_cidr",
                        format!("the VPC of `{name}` overlaps that of `{other_name}`"),
                        "VPCs that overlap cannot be connected",
                        "choose another block",
                    );
                    found.push(((*name).clone(), violation));
                }
            }
        }
        found
    }
}
