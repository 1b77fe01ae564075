//! The VPC and its subnets.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stratiform_environment::Cidr;

/// The VPC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The VPC's addresses: a block from /16 to /23, such as `10.0.0.0/16`. No other environment may have
    /// one that overlaps, so that they can be peered. Changing it replaces the VPC and all that is in it.
    pub vpc_cidr: Cidr,

    /// How many availability zones the subnets are spread over: 2 or 3. Every region has at least that many
    /// for new accounts.
    #[schemars(range(min = 2, max = 3))]
    pub zones: u8,

    /// How private subnets reach the internet.
    pub nat: Nat,

    /// AWS services that are reached inside the VPC and not through NAT. Each costs about USD 9 a month and
    /// zone. S3 and DynamoDB always are, for nothing.
    #[serde(default)]
    pub interface_endpoints: BTreeSet<InterfaceEndpoint>,
}

/// How private subnets reach the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nat {
    /// One NAT gateway: when its zone fails, no zone reaches the internet. About USD 38 a month.
    Single,
    /// A NAT gateway in each zone.
    OnePerZone,
}

/// An AWS service that is reached inside the VPC.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum InterfaceEndpoint {
    /// Pulling images, the API part.
    #[serde(rename = "ecr.api")]
    EcrApi,
    /// Pulling images, the registry part.
    #[serde(rename = "ecr.dkr")]
    EcrDkr,
    /// KMS.
    #[serde(rename = "kms")]
    Kms,
    /// CloudWatch Logs.
    #[serde(rename = "logs")]
    Logs,
    /// CloudWatch metrics.
    #[serde(rename = "monitoring")]
    Monitoring,
    /// Secrets Manager.
    #[serde(rename = "secretsmanager")]
    SecretsManager,
    /// SQS.
    #[serde(rename = "sqs")]
    Sqs,
    /// Parameter Store.
    #[serde(rename = "ssm")]
    Ssm,
    /// ECS Exec.
    #[serde(rename = "ssmmessages")]
    SsmMessages,
}

impl InterfaceEndpoint {
    /// The last part of the endpoint service's name, `com.amazonaws.<region>.<this>`.
    pub fn service(self) -> &'static str {
        match self {
            InterfaceEndpoint::EcrApi => "ecr.api",
            InterfaceEndpoint::EcrDkr => "ecr.dkr",
            InterfaceEndpoint::Kms => "kms",
            InterfaceEndpoint::Logs => "logs",
            InterfaceEndpoint::Monitoring => "monitoring",
            InterfaceEndpoint::SecretsManager => "secretsmanager",
            InterfaceEndpoint::Sqs => "sqs",
            InterfaceEndpoint::Ssm => "ssm",
            InterfaceEndpoint::SsmMessages => "ssmmessages",
        }
    }
}

/// What a subnet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Reached from the internet: the load balancer, and NAT.
    Public,
    /// Reaches the internet: the services.
    Private,
    /// Neither: the database.
    Isolated,
}

impl Network {
    /// The largest VPC that AWS allows, and the smallest whose subnets hold a load balancer.
    pub const PREFIXES: std::ops::RangeInclusive<u8> = 16..=23;

    /// The block of a tier's subnet in a zone, counted from 0; `None` beyond the zones.
    ///
    /// The VPC is cut in 16: four blocks for each tier and four in reserve. So a further zone never moves a
    /// subnet that exists.
    pub fn subnet(&self, tier: Tier, zone: u8) -> Option<Cidr> {
        let first = match tier {
            Tier::Public => 0,
            Tier::Private => 4,
            Tier::Isolated => 8,
        };
        if zone >= self.zones {
            return None;
        }
        let prefix = self.vpc_cidr.prefix() + 4;
        self.vpc_cidr.subnet(prefix, first + u32::from(zone))
    }

    /// How many NAT gateways there are.
    pub fn nat_gateways(&self) -> u8 {
        match self.nat {
            Nat::Single => 1,
            Nat::OnePerZone => self.zones,
        }
    }
}
