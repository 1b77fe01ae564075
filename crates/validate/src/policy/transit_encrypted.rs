//! Data that goes over the wire as it is.

use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Step, Value};

use super::asking::Text;
use super::{Check, Part, Policy, cache};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::TransitEncrypted,
    level: Some(Level::Warning),
    rule: "Data is encrypted on its way to databases, caches, search domains, brokers and file systems, and to those who look",
    reason: "whoever is on the way reads it, and passwords with it",
    remedy: "Turn encryption in transit on. Clients have to use it, too.",
    sources: &[
        "CloudFront.3",
        "CloudFront.9",
        "ElastiCache.5",
        "MSK.1",
        "Opensearch.3",
        "Opensearch.8",
        "Redshift.2",
        "CKV_AWS_6",
        "CKV_AWS_30",
        "CKV_AWS_34",
        "CKV_AWS_81",
        "CKV_AWS_83",
        "CKV_AWS_90",
        "CKV_AWS_97",
        "CKV_AWS_105",
        "CKV2_AWS_69",
        "CKV2_AWS_72",
        "AwsSolutions-AEC3",
        "AwsSolutions-MSK2",
        "AwsSolutions-MSK3",
        "AwsSolutions-OS2",
        "AwsSolutions-RS1",
    ],
    checks: &[
        ("AWS::CloudFront::Distribution", distribution),
        (
            "AWS::DocDB::DBClusterParameterGroup",
            |look, group, path| {
                let way = ["Parameters", "tls"];
                not(look, group, (&way, &["disabled"]), path, "write `enabled`")
            },
        ),
        ("AWS::ECS::TaskDefinition", task),
        ("AWS::ElastiCache::ReplicationGroup", |look, group, path| {
            cache::has_to_be_true(
                look,
                &POLICY,
                group,
                "TransitEncryptionEnabled",
                (path, WHAT),
            )
        }),
        ("AWS::Elasticsearch::Domain", DOMAIN),
        ("AWS::MSK::Cluster", |look, cluster, path| {
            let way = ["EncryptionInfo", "EncryptionInTransit", "ClientBroker"];
            let plain = ["PLAINTEXT", "TLS_PLAINTEXT"];
            not(look, cluster, (&way, &plain), path, "write `TLS`")?;
            let way = ["EncryptionInfo", "EncryptionInTransit", "InCluster"];
            look.must_not_be_false(&POLICY, cluster, &way, path, WHAT)
        }),
        ("AWS::OpenSearchService::Domain", DOMAIN),
        ("AWS::RDS::DBClusterParameterGroup", PARAMETERS),
        ("AWS::RDS::DBParameterGroup", PARAMETERS),
        ("AWS::Redshift::ClusterParameterGroup", redshift),
    ],
};

const WHAT: &str = "data goes over the wire as it is";

const DOMAIN: Check = |look, domain, path| {
    let way = ["DomainEndpointOptions", "EnforceHTTPS"];
    look.has_to_be_true(
        &POLICY,
        domain,
        &way,
        path,
        "the domain speaks HTTP without TLS",
    )?;
    let way = ["NodeToNodeEncryptionOptions", "Enabled"];
    look.has_to_be_true(
        &POLICY,
        domain,
        &way,
        path,
        "data goes from node to node as it is",
    )
};

/// What makes a database take connections without TLS. Left out, it hangs on engine and version.
const PARAMETERS: Check = |look, group, path| {
    let way = ["Parameters", "rds.force_ssl"];
    not(look, group, (&way, &["0"]), path, "write `1`")?;
    let way = ["Parameters", "require_secure_transport"];
    not(look, group, (&way, &["0", "OFF"]), path, "write `ON`")
};

/// A property that must not have some texts; left out it has none of them.
fn not<'t>(
    look: &mut Look<'_, 't>,
    entries: &Entries,
    (way, plain): (&[&str], &[&str]),
    path: &Path<'_>,
    help: &str,
) -> Looked<'t> {
    match look.text_of(entries, way)? {
        Text::Known(given) if plain.contains(&given.as_ref()) => {
            look.broken_at(&POLICY, entries, way, path, WHAT, help);
        }
        Text::Known(_) | Text::Absent => {}
        Text::Unknown => look.doubt(),
    }
    Ok(())
}

fn distribution<'t>(
    look: &mut Look<'_, 't>,
    distribution: &'t Entries,
    path: &Path<'_>,
) -> Looked<'t> {
    const CONFIG: &str = "DistributionConfig";
    const PROTOCOL: &str = "ViewerProtocolPolicy";
    let plain: (&[&str], &[&str]) = (&[CONFIG, "DefaultCacheBehavior", PROTOCOL], &["allow-all"]);
    let help = "write `redirect-to-https`";
    not(look, distribution, plain, path, help)?;
    let config = match look.part(distribution, &[CONFIG])? {
        Part::Given(Value::Map(config)) => config,
        _ => {
            look.doubt();
            return Ok(());
        }
    };
    let config_path = path.key(CONFIG);
    let path = config_path.key("Origins");
    for (position, origin) in look.maps_of(config, &["Origins"])? {
        let path = path.below(Step::Index(position));
        let way = ["CustomOriginConfig", "OriginProtocolPolicy"];
        not(
            look,
            origin,
            (&way, &["http-only"]),
            &path,
            "write `https-only`",
        )?;
    }
    let path = config_path.key("CacheBehaviors");
    for (position, behavior) in look.maps_of(config, &["CacheBehaviors"])? {
        let path = path.below(Step::Index(position));
        not(look, behavior, (&[PROTOCOL], &["allow-all"]), &path, help)?;
    }
    Ok(())
}

fn task<'t>(look: &mut Look<'_, 't>, task: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    const FILES: &str = "EFSVolumeConfiguration";
    let path = path.key("Volumes");
    for (position, volume) in look.maps_of(task, &["Volumes"])? {
        let way = [FILES, "TransitEncryption"];
        match look.is_given(volume, &[FILES])? {
            Some(true) => {
                let path = path.below(Step::Index(position));
                look.has_to_read(&POLICY, volume, (&way, &["ENABLED"]), &path, WHAT)?;
            }
            Some(false) => {}
            None => look.doubt(),
        }
    }
    Ok(())
}

fn redshift<'t>(look: &mut Look<'_, 't>, group: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    const LIST: &str = "Parameters";
    const NAME: &str = "require_ssl";
    for (_, parameter) in look.maps_of(group, &[LIST])? {
        match look.text_of(parameter, &["ParameterName"])? {
            Text::Known(name) if name == NAME => {
                match look.text_of(parameter, &["ParameterValue"])? {
                    Text::Known(value) if value == "true" => return Ok(()),
                    Text::Known(_) | Text::Absent => {}
                    Text::Unknown => {
                        look.doubt();
                        return Ok(());
                    }
                }
            }
            Text::Known(_) | Text::Absent => {}
            Text::Unknown => look.doubt(),
        }
    }
    if !look.is_in_doubt() {
        let help = format!("set the parameter `{NAME}` to `true`");
        look.broken_at(&POLICY, group, &[LIST], path, WHAT, help);
    }
    Ok(())
}
