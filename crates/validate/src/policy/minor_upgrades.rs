//! Databases that keep the holes of their version.

use stratiform_finding::{Code, Level};

use super::{Check, Policy};

pub(super) static POLICY: Policy = Policy {
    code: Code::MinorUpgrades,
    level: Some(Level::Note),
    rule: "A database takes minor versions by itself",
    reason: "known holes stay open until somebody thinks of it",
    remedy: "Leave `AutoMinorVersionUpgrade` out, or write `true`.",
    sources: &["ElastiCache.2", "RDS.13", "AwsSolutions-N2"],
    checks: &[
        ("AWS::AmazonMQ::Broker", UPGRADED),
        ("AWS::ElastiCache::ReplicationGroup", UPGRADED),
        ("AWS::Neptune::DBInstance", UPGRADED),
        ("AWS::RDS::DBInstance", UPGRADED),
    ],
};

const UPGRADED: Check = |look, database, path| {
    let what = "minor versions do not come by themselves";
    look.must_not_be_false(&POLICY, database, &["AutoMinorVersionUpgrade"], path, what)
};
