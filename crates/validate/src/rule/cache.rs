//! Replication groups of ElastiCache in cluster mode.
//!
//! Source: ElastiCache API reference, `CreateReplicationGroup`: cluster mode fails over by itself. cfn-lint: E3026, which
//! does not look whether `NodeGroupConfiguration` or `ReplicasPerNodeGroup` says how many there are.

use stratiform_finding::Code;
use stratiform_template::{Path, Value};

use crate::schema::{Entries, Look, Looked};

/// Looks at a replication group.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.at_each(path, |look| cluster(look, properties, path));
}

fn cluster<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    if !is_cluster(look, properties)? || look.may_grow(properties) {
        return Ok(());
    }
    let why = "its parameter group sets `cluster-enabled`";
    if let Some(value) = look.given(properties, "AutomaticFailoverEnabled")?
        && look.is_true(value)? == Some(false)
    {
        let path = path.key("AutomaticFailoverEnabled");
        let what = "a replication group in cluster mode does not fail over";
        look.tell(
            &path,
            Code::ClusterMode,
            what,
            why,
            "write `true`, or take it away",
        );
    }
    let says_more = [
        "NumNodeGroups",
        "NodeGroupConfiguration",
        "ReplicasPerNodeGroup",
    ];
    for name in says_more {
        if look.given(properties, name)?.is_some() {
            return Ok(());
        }
    }
    let number = match look.given(properties, "NumCacheClusters")? {
        Some(_) => look.number_of(properties, "NumCacheClusters")?,
        // This is what it is by default.
        None => Some(1.0),
    };
    if number.is_some_and(|number| number <= 1.0) {
        let own = path.key("NumCacheClusters");
        let path = match properties.contains_key("NumCacheClusters") {
            true => &own,
            false => path,
        };
        let what = "a replication group in cluster mode has one cache cluster";
        let help = "give it 2 or more, or write `NumNodeGroups`";
        look.tell(path, Code::ClusterMode, what, why, help);
    }
    Ok(())
}

/// Whether the parameter group of the replication group switches on cluster mode.
fn is_cluster<'t>(look: &Look<'_, 't>, properties: &'t Entries) -> Looked<'t, bool> {
    let Some(group) = properties.get("CacheParameterGroupName") else {
        return Ok(false);
    };
    let Some((_, group)) = look.target(group)? else {
        return Ok(false);
    };
    if group.resource_type != "AWS::ElastiCache::ParameterGroup" {
        return Ok(false);
    }
    let Some(parameters) = look
        .given(&group.properties, "Properties")?
        .and_then(Value::as_map)
    else {
        return Ok(false);
    };
    Ok(look.word_of(parameters, "cluster-enabled")?.as_deref() == Some("yes"))
}
