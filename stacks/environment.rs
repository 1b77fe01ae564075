//! What differs between the environments of `storefront`.
//!
//! Here live the types that `environments/*.yaml` is read into, and the checks between their values. What
//! every environment has in common is in the stacks. The comments on the fields are what editors show.

mod alarms;
mod check;
mod database;
mod names;
mod network;
mod services;

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stratiform_environment::{Cidr, EnvironmentName, Format, Settings, Text, Violation};

pub use alarms::{Alarms, DatabaseAlarms, DurationAlarm, PercentAlarm};
pub use database::{Database, DatabaseName, EngineVersion, InstanceClass};
pub use names::{
    HttpPath, ParameterName, PathPattern, SecretVariableName, ServiceName, VariableName,
};
pub use network::{InterfaceEndpoint, Nat, Network, Tier};
pub use services::{Architecture, Cpu, Deployment, Http, Queue, Scaling, Service, Tasks};

/// An environment of `storefront`: what its stacks are made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Where the environment lives, and how its stacks are treated.
    pub settings: Settings,

    /// The VPC.
    pub network: Network,

    /// The PostgreSQL database.
    pub database: Database,

    /// The load balancer in front of the services that speak HTTP.
    #[serde(default)]
    pub load_balancer: LoadBalancer,

    /// The services, by name. Each is a container image that runs on Fargate.
    #[schemars(extend("minProperties" = 1))]
    pub services: BTreeMap<ServiceName, Service>,

    /// Logs of services, database, load balancer and network.
    pub logs: Logs,

    /// When somebody is told that something is wrong.
    #[serde(default)]
    pub alarms: Alarms,

    /// What the environment may cost.
    pub budget: Budget,

    /// Whether there is a CloudWatch dashboard, at USD 3 a month. `true` when left out.
    #[serde(default = "yes")]
    pub dashboard: bool,

    /// Backups in a vault, copied to `settings.disaster_recovery_region`: there where that is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<Backup>,
}

/// The load balancer in front of the services that speak HTTP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LoadBalancer {
    /// Whether it speaks HTTPS, and redirects to it from HTTP. The certificate's ARN is then a parameter of
    /// the services stack.
    pub https: bool,

    /// The IPv4 blocks that may connect. Everybody (`0.0.0.0/0`) when left out.
    #[schemars(length(min = 1, max = 30), extend("uniqueItems" = true))]
    pub allowed_cidrs: Vec<Cidr>,

    /// Whether AWS WAF, with Amazon's managed rules, stands in front of it: about USD 6 a month and more.
    pub waf: bool,

    /// Whether AWS refuses to delete it.
    pub deletion_protection: bool,
}

impl Default for LoadBalancer {
    fn default() -> Self {
        LoadBalancer {
            https: false,
            allowed_cidrs: vec![Cidr::ANYWHERE],
            waf: false,
            deletion_protection: false,
        }
    }
}

/// Logs of services, database, load balancer and network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logs {
    /// How many days logs are kept. CloudWatch knows certain numbers only: 1, 3, 5, 7, 14, 30, 60, 90 …
    pub retention_days: LogRetention,
}

/// Days that CloudWatch keeps logs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct LogRetention(u16);

impl LogRetention {
    /// The values that CloudWatch Logs allows.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html>
    pub const ALLOWED: [u16; 22] = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
        2922, 3288, 3653,
    ];

    /// The number of days.
    pub fn days(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for LogRetention {
    type Error = String;

    fn try_from(days: u16) -> Result<Self, String> {
        if LogRetention::ALLOWED.contains(&days) {
            Ok(LogRetention(days))
        } else {
            Err(format!("CloudWatch does not keep logs for {days} days"))
        }
    }
}

impl From<LogRetention> for u16 {
    fn from(retention: LogRetention) -> u16 {
        retention.0
    }
}

impl JsonSchema for LogRetention {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("LogRetention")
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "enum": LogRetention::ALLOWED })
    }
}

/// What the environment may cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// US dollars a month. Somebody is told at 80 % of it, and when the forecast says more than all of it.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub monthly_usd: u32,
}

/// Backups in a vault, copied to the disaster-recovery region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// Days that a daily backup, and its copy, is kept: 1 to 365.
    #[schemars(range(min = 1, max = 365))]
    pub daily_retention_days: u16,

    /// Days that the backup of each month's first day, and its copy, is kept: 30 to 3,650.
    #[schemars(range(min = 30, max = 3650))]
    pub monthly_retention_days: u16,
}

impl stratiform_environment::Environment for Environment {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn formats() -> Vec<Format> {
        vec![
            DatabaseName::FORMAT,
            EngineVersion::FORMAT,
            HttpPath::FORMAT,
            InstanceClass::FORMAT,
            ParameterName::FORMAT,
            PathPattern::FORMAT,
            SecretVariableName::FORMAT,
            ServiceName::FORMAT,
            VariableName::FORMAT,
        ]
    }

    fn check(&self) -> Vec<Violation> {
        check::relations(self)
    }

    fn check_all(all: &[(&EnvironmentName, &Self)]) -> Vec<(EnvironmentName, Violation)> {
        check::between_environments(all)
    }
}

/// The default of what is on unless somebody says otherwise; serde wants a function.
fn yes() -> bool {
    true
}
