//! Parts that most apps on AWS are made of.
#![doc = include_str!("../README.md")]

mod bucket;
mod database;
mod key;
mod load_balancer;
mod log_group;
mod part;
mod queue;
mod role;
mod service;
mod statements;
mod vpc;

/// The typed resources that parts are made of. A crate that depends on this one and lists one of them in its own
/// `resources.txt` has this very type.
pub mod resources {
    include!(concat!(env!("OUT_DIR"), "/resources.rs"));
}

pub use bucket::{Bucket, BucketHandles, private_bucket};
pub use database::{Postgres, PostgresHandles};
pub use key::{Key, LogKey, LogKeyHandles};
pub use load_balancer::{
    AccessLogs, Entrance, LoadBalancer, LoadBalancerHandles, Scheme, no_egress, not_found, to_https,
};
pub use log_group::{LogGroup, Logs};
pub use queue::{Queue, QueueHandles, encrypted_queue, queue_policy};
pub use role::Role;
pub use service::{CpuArchitecture, FargateService, FargateServiceHandles, Http, closed_container};
pub use statements::{
    deny_plaintext, log_groups, own_account, pull, through, trust, trust_in_tasks,
};
pub use vpc::{ANYWHERE, FlowLogs, FlowLogsHandles, Nat, Vpc, VpcHandles};
